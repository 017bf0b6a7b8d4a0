"""The workers of a sandbox: who gets the next one, and that there are as many as there should be."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import WorkerError
from maskexpr.sandbox.process import NotStarted, Process, Until

_MOST_STARTS = 3  # that fail one after another, before those who wait are told
_LOOKS = 0.02  # seconds after which who waits looks whether that is still wanted

_crews: "WeakSet[Crew]" = WeakSet()


def closed() -> WorkerError:
    """What is said to whoever asks something of a sandbox that is closed."""
    return WorkerError(messages.SANDBOX_CLOSED.anywhere())


class _Ticket:
    """One who waits for a worker."""

    __slots__ = ("come", "error", "worker")

    def __init__(self) -> None:
        self.come = threading.Lock()
        self.come.acquire()
        self.worker: Process | None = None
        self.error: WorkerError | None = None

    def give(self, worker: Process | None, error: WorkerError | None = None) -> None:
        self.worker, self.error = worker, error
        self.come.release()


class Crew:
    """Some workers, started and replaced by threads of their own. Who comes first gets one first."""

    def __init__(self, workers: int, memory: int, threads: int) -> None:
        self._count, self._memory, self._threads = workers, memory, threads
        self.is_closed = False
        self._begin()
        _crews.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Process] = []
        self._waiting: deque[_Ticket] = deque()
        self._all: set[Process] = set()
        self._starting = 0
        self._failed = 0

    def start(self) -> None:
        """See that there are as many as there should be."""
        with self._lock:
            self._start()

    def take(self, cancel: Any = None) -> Process:
        """A worker for one run, to be given back or lost.

        Raises
        ------
        WorkerError
            The sandbox is closed, or no worker can be started.
        NotWanted
            `cancel` is set.
        """
        with self._lock:
            if self.is_closed:
                raise closed()
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
                self._bury(worker)
            ticket = _Ticket()
            self._waiting.append(ticket)
            self._start()
        try:
            until = Until(cancel=cancel)
            until.look()
            while not ticket.come.acquire(timeout=-1 if cancel is None else _LOOKS):
                until.look()
        except BaseException:
            self._give_up(ticket)
            raise
        if ticket.error is not None:
            raise ticket.error
        assert ticket.worker is not None
        return ticket.worker

    def give_back(self, worker: Process) -> None:
        """Let the next one have it."""
        with self._lock:
            self._hand_on(worker)

    def lose(self, worker: Process) -> None:
        """End a worker, and start another in its place."""
        worker.kill()
        with self._lock:
            self._bury(worker)
            self._start()

    def close(self) -> None:
        """End all of them, whatever they are at."""
        with self._lock:
            self.is_closed = True
            workers, waiting = list(self._all), list(self._waiting)
            idle = list(self._idle)
            self._waiting.clear()
            self._idle.clear()
            for worker in idle:
                self._drop(worker)
        for worker in workers:  # whoever waits for one that is at work ends it
            worker.kill()
        for worker in idle:
            worker.end()
        for ticket in waiting:
            ticket.give(None, closed())

    def processes(self) -> list[int]:
        """The numbers that the system knows the workers by."""
        with self._lock:
            return [worker.child.process.pid for worker in self._all]

    def after_fork(self) -> None:
        """In a fork of this process: leave the workers to the one that started them; others are started here."""
        for worker in self._all:
            worker.forget()
        self._begin()

    def _give_up(self, ticket: _Ticket) -> None:
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
            elif ticket.worker is not None:
                self._hand_on(ticket.worker)

    # --- with the lock ---

    def _hand_on(self, worker: Process) -> None:
        if self.is_closed:
            worker.kill()
            self._bury(worker)
        elif self._waiting:
            self._waiting.popleft().give(worker)
        else:
            self._idle.append(worker)

    def _drop(self, worker: Process) -> None:
        self._all.discard(worker)

    def _bury(self, worker: Process) -> None:
        self._drop(worker)
        with suppress(RuntimeError):  # the interpreter ends
            threading.Thread(target=worker.end, name="maskexpr sandbox", daemon=True).start()

    def _start(self) -> None:
        while not self.is_closed and len(self._all) + self._starting < self._count:
            starting = threading.Thread(target=self._start_one, name="maskexpr sandbox", daemon=True)
            with self._started():
                starting.start()

    @contextmanager
    def _started(self) -> Iterator[None]:
        """Reckon with a worker that is being started, if that can be begun."""
        self._starting += 1
        try:
            yield
        except RuntimeError as error:  # no more threads, or the interpreter ends
            self._starting -= 1
            raise WorkerError(messages.SANDBOX_NOT_STARTED.anywhere(why=error)) from None

    # --- a thread of its own ---

    def _start_one(self) -> None:
        worker = None
        try:
            worker = Process(self._memory, self._threads)
            worker.await_start()
        except NotStarted as error:
            if worker is not None:
                worker.end()
            self._not_started(str(error))
            return
        with self._lock:
            self._starting -= 1
            self._failed = 0
            self._all.add(worker)
            self._hand_on(worker)

    def _not_started(self, why: str) -> None:
        with self._lock:
            self._starting -= 1
            self._failed += 1
            if self._failed < _MOST_STARTS:
                self._start()
                return
            if self._all:
                return  # there are some, which go on; who asks next has it tried again
            waiting = list(self._waiting)
            self._waiting.clear()
        for ticket in waiting:
            ticket.give(None, WorkerError(messages.SANDBOX_NOT_STARTED.anywhere(why=why)))


def _after_fork() -> None:
    for crew in list(_crews):
        crew.after_fork()


def close_all() -> None:
    """End the workers of all sandboxes of this process."""
    for crew in list(_crews):
        crew.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
