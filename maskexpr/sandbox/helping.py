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
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], Any]) -> "Future[Any]":
        """What becomes of some work."""
        future: Future[Any] = Future()
        self._jobs.put((future, work))
        with self._lock:
            if self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._help, name="maskexpr sandbox", daemon=True).start()
        return future

    def close(self) -> None:
        """Let the threads end, each with what it is at."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _help(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, work = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                found = work()
            except BaseException as error:
                future.set_exception(error)
                del error
            else:
                future.set_result(found)
                del found
            del job, future, work
