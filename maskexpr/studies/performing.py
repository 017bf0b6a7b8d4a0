"""What a worker does with the cases of a study: one is read and another written while a third is computed."""

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Queue

from maskexpr.kernels.threads import elsewhere, threads
from maskexpr.studies.case import Case
from maskexpr.studies.one import Course, perform
from maskexpr.studies.task import Task
from maskexpr.studies.worker import COMPUTED, FINISHED, LOADED, Teller, leave

_Way = Queue[tuple[int, Course] | None]


@dataclass(frozen=True, slots=True)
class Performing:
    """A task done to one case after another, by as many threads as there are: one does all, several overlap."""

    task: Task

    def do(self, items: Iterator[tuple[int, Case]], teller: Teller) -> None:
        if threads() > 1:
            _Overlapping(self.task, teller).do(items)
            return
        for key, case in items:
            teller.began(key, COMPUTED)
            teller.done(key, perform(self.task, case))


class _Overlapping:
    """The three parts, each by a thread of its own; at no time do more work than there are to be."""

    def __init__(self, task: Task, teller: Teller) -> None:
        self._task, self._teller = task, teller
        self._cores = threading.Semaphore(threads())
        self._loaded: _Way = Queue(1)
        self._computed: _Way = Queue(1)

    def do(self, items: Iterator[tuple[int, Case]]) -> None:
        for part in (lambda: self._load(items), self._compute):
            threading.Thread(target=_or_all_ends(part), daemon=True).start()
        self._finish()

    def _load(self, items: Iterator[tuple[int, Case]]) -> None:
        for key, case in items:
            course = Course(self._task, case)
            self._teller.began(key, LOADED)
            with self._cores, elsewhere():
                course.load()
            self._loaded.put((key, course))
        self._loaded.put(None)

    def _compute(self) -> None:
        while (taken := self._loaded.get()) is not None:
            key, course = taken
            self._teller.began(key, COMPUTED)
            with self._cores:
                course.compute()
            self._computed.put(taken)
        self._computed.put(None)

    def _finish(self) -> None:
        while (taken := self._computed.get()) is not None:
            key, course = taken
            self._teller.began(key, FINISHED)
            with self._cores, elsewhere():
                outcome = course.finish()
            self._teller.done(key, outcome)


def _or_all_ends(part: Callable[[], None]) -> Callable[[], None]:
    """The work of a thread that the others wait for: should it fail, they are not left waiting."""

    def done() -> None:
        try:
            part()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            leave(1)

    return done
