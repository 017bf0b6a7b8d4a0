"""Threads that wait for workers, so that an event loop need not."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

_Job = tuple["Future[Any]", Callable[[], Any]]


class Helpers:
    """Some threads that do one job after another; unlike those of an executor they hold no interpreter up that ends."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.process = os.getpid()  # a fork of it has no threads
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads = 0
        self._is_closed = False
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], Any]) -> "Future[Any]":
        """What becomes of some work; once this is closed it is done at once, as nobody is there for it."""
        future: Future[Any] = Future()
        with self._lock:
            is_late = self._is_closed
            if not is_late:
                if self._threads < self._most:
                    threading.Thread(target=self._help, name="maskexpr sandbox", daemon=True).start()
                    self._threads += 1
                self._jobs.put((future, work))
        if is_late:
            _do(future, work)
        return future

    def close(self) -> None:
        """Let the threads end, when all is done that was asked for before."""
        if self.process != os.getpid():
            return
        with self._lock:
            self._is_closed = True
            for _ in range(self._threads):
                self._jobs.put(None)
            self._threads = 0

    def _help(self) -> None:
        while (job := self._jobs.get()) is not None:
            _do(*job)
            del job


def _do(future: "Future[Any]", work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        found = work()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(found)
