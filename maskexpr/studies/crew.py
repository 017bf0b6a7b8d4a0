"""Workers and what they are given: one item after another, and again where one of them died."""

import itertools
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, NamedTuple

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, RunError
from maskexpr.processes.child import Reason
from maskexpr.processes.cores import threads_of_each
from maskexpr.studies.process import UNSENT, Given, Process, error_of
from maskexpr.studies.worker import BEGAN, COMPUTED, DONE, READY, REFUSED, Work

_MOST_STARTS = 3  # that fail one after another, before it is given up
_MOST_DEATHS = 5  # of workers that an item was with, before it is blamed for them
_SLOW = 1.0  # seconds for an item, from which on it had better wait for whichever worker is free first
_LINE = 3  # items that a worker has at a time where they are quick: read, computed, written


class Lost(NamedTuple):
    """What there is instead of an answer."""

    error: Diagnostic


class Answer(NamedTuple):
    """What became of an item; the key counts items from 0."""

    key: int
    item: Any
    value: Any


class Crew:
    """Workers that do one kind of work: a context, which ends them. It does all in the thread that asks for answers.

    An item that a worker dies of is lost. Which that is, is known where it was the only one; where the worker was
    killed, it is the one that was being computed. All others that it had go on with a new worker.
    """

    def __init__(self, work: Work, items: Iterable[Any], jobs: int) -> None:
        self._work, self._jobs = work, jobs
        self._threads = threads_of_each(jobs)
        self._folder = os.getcwd()
        self._items, self._keys = iter(items), itertools.count()
        self._waiting: deque[Given] = deque()
        self._open = 0  # items that are taken and not answered yet
        self._early = 0  # answers that wait for those before them
        self._workers: list[Process] = []
        self._events: SimpleQueue[tuple[Process, Any]] = SimpleQueue()
        self._failed_starts = 0
        self._is_stopped = False
        self._seconds = _SLOW  # that the last item took

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            for worker in self._workers:
                worker.dismiss()
            for worker in self._workers:
                worker.wait()
        finally:
            for worker in self._workers:
                worker.kill()

    def answers(self) -> Iterator[Answer]:
        """What became of each item, as they are done."""
        while True:
            self._start()
            self._hand_out()
            if not self._open:
                return
            yield from self._heard(*self._event())

    def in_order(self) -> Iterator[Answer]:
        """The same in the order of the items."""
        early: dict[int, Answer] = {}
        following = 0
        for answer in self.answers():
            early[answer.key] = answer
            while following in early:
                self._early = len(early) - 1
                yield early.pop(following)
                following += 1
            self._early = len(early)

    def stop(self) -> None:
        """Begin no other item."""
        self._is_stopped = True
        self._open -= len(self._waiting)
        self._waiting.clear()
        for worker in self._workers:
            worker.stop()

    # --- items to workers ---

    def _take(self) -> bool:
        """Take one more item, if there is one, and not too many are under way."""
        if self._is_stopped or self._open + self._early >= self._jobs * (_LINE + 1):
            return False
        for item in self._items:
            self._waiting.append(Given(next(self._keys), item))
            self._open += 1
            return True
        return False

    def _start(self) -> None:
        """See that there are as many workers as there is work for."""
        while len(self._workers) < self._jobs:
            starting = sum(not worker.is_ready for worker in self._workers)
            if len(self._waiting) <= starting and not self._take():
                return
            try:
                self._workers.append(Process(self._work, self._events, self._folder, self._threads))
            except OSError as error:
                self._not_started(os.strerror(error.errno or 0))

    def _not_started(self, why: str) -> None:
        self._failed_starts += 1
        if self._failed_starts < _MOST_STARTS:
            return
        if not self._workers:
            raise RunError(messages.WORKER_NOT_STARTED.anywhere(why=why))
        self._jobs = len(self._workers)

    def _hand_out(self) -> None:
        while (worker := self._free()) is not None and (self._waiting or self._take()):
            if self._waiting[0].alone and worker.in_hand:
                return
            worker.give(self._waiting.popleft())

    def _free(self) -> Process | None:
        """The worker that gets the next item, if any has room for it."""
        line = _LINE if self._seconds < _SLOW else min(self._threads, 2)
        able = (worker for worker in self._workers if worker.has_room(line))
        return min(able, key=lambda worker: len(worker.in_hand), default=None)

    # --- what is heard of workers ---

    def _event(self) -> tuple[Process, Any]:
        while True:
            with suppress(Empty):
                return self._events.get(timeout=1)  # a wait without an end is not interrupted everywhere

    def _heard(self, worker: Process, message: Any) -> Iterator[Answer]:
        if message is None:
            yield from self._died(worker)
            return
        word, *rest = message
        if word == READY:
            worker.is_ready, self._failed_starts = True, 0
        elif word == REFUSED:
            raise RunError(messages.WORKER_REFUSES.anywhere(why=rest[0]))
        elif word == BEGAN:
            given = worker.in_hand[rest[0]]
            given.part, given.since = rest[1], given.since or time.monotonic()
        else:
            yield self._answered(worker, word, *rest)

    def _answered(self, worker: Process, word: str, key: int, value: Any) -> Answer:
        given = worker.in_hand.pop(key)
        if given.since:
            self._seconds = time.monotonic() - given.since
        self._open -= 1
        if word != DONE:
            mistake = messages.WORKER_REFUSES if word == UNSENT else messages.ANSWER_KEPT
            value = Lost(mistake.anywhere(why=value))
        self._hand_out()  # before whoever gets the answer takes time over it
        return Answer(key, given.item, value)

    def _died(self, worker: Process) -> Iterator[Answer]:
        self._workers.remove(worker)
        reason, given = worker.reason(), [*worker.in_hand.values()]
        if not worker.is_ready:
            self._not_started(worker.last_words or reason.text)
        if worker.is_stopped:
            self._open -= sum(not one.part for one in given)
            given = [one for one in given if one.part]
        lost = _blamed(given, reason)
        again = [one.again() for one in given if one not in lost]
        if self._is_stopped:
            self._open -= len(again)
        else:
            self._waiting.extendleft(reversed(again))
        self._open -= len(lost)
        for one in lost:
            yield Answer(one.key, one.item, Lost(error_of(reason)))


def _blamed(given: list[Given], reason: Reason) -> list[Given]:
    """The items that a worker died of, as far as that is known; those that may have done it are to be tried alone."""
    begun = [one for one in given if one.part]
    for one in given:
        one.deaths += 1
    if len(begun) > 1 and not reason.is_from_outside:
        for one in begun:
            one.alone = True
        begun = []
    computed = [one for one in begun if one.part == COMPUTED]
    return (computed or begun)[:1] or [one for one in given if one.deaths >= _MOST_DEATHS]
