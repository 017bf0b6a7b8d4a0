"""A process that works for another: it is told what to do once, then takes items until there are no more.

It is started by `process`. What it reads and writes goes through its standard input and output, which nothing else in
it gets to see: what a library prints goes to its standard error. It ends when the other one does, however that ends.
"""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, NoReturn, Protocol

from maskexpr.files.images.replacing import drop_unfinished
from maskexpr.processes.frames import receive, send

READY, REFUSED, BEGAN, DONE, FAILED = "ready", "refused", "began", "done", "failed"  # what is sent back

LOADED, COMPUTED, FINISHED = "loaded", "computed", "finished"  # what is being done to an item


class Teller(Protocol):
    """Who is told how work goes, by any thread."""

    def began(self, key: int, part: str) -> None: ...

    def done(self, key: int, answer: Any) -> None: ...


class Work(Protocol):
    """What workers do; it is pickled, and so are items and answers."""

    def do(self, items: Iterator[tuple[int, Any]], teller: Teller) -> None:
        """Take items, each with a key, as long as there are some, and tell the answers with the same keys."""


def main() -> NoReturn:
    """What a worker does from its start to its end."""
    requests, answers = _streams()
    teller = _Pipe(answers)
    try:
        work: Work = receive(requests)
    except EOFError:
        leave(1)
    except Exception as error:  # whatever importing what it names may raise
        teller.send(REFUSED, f"{type(error).__name__}: {error}")
        leave(1)
    gc.freeze()  # what modules made stays
    gc.enable()
    teller.send(READY)
    try:
        work.do(iter(_Items(requests)), teller)
    except BaseException as error:  # these are the last words that are heard of it
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        leave(1)
    leave(0)


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """The two ends of the pipes to the one that started this process, kept from everything else in it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    assert sys.stdin is not None
    requests: BinaryIO = sys.stdin.buffer
    sys.stdin = None  # as where it is closed
    return requests, answers


def leave(status: int) -> NoReturn:
    """End at once, whatever other threads do; what they write is not left behind half done."""
    drop_unfinished()
    os._exit(status)


class _Pipe:
    """Tells the one that started this process."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, *message: Any) -> None:
        with self._lock:
            try:
                send(self._stream, message)
            except OSError:  # nobody is there any more
                leave(1)

    def began(self, key: int, part: str) -> None:
        self.send(BEGAN, key, part)

    def done(self, key: int, answer: Any) -> None:
        try:
            self.send(DONE, key, answer)
        except Exception as error:  # whatever pickling may raise
            self.send(FAILED, key, f"{type(error).__name__}: {error}")


class _Items:
    """The items that come, read as they come: so the end of the one that sends them is noticed during work."""

    def __init__(self, requests: BinaryIO) -> None:
        self._requests = requests
        self._come: SimpleQueue[tuple[int, Any] | None] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while (item := receive(self._requests)) is not None:
                self._come.put(item)
            try:
                while True:  # what was not begun is not wanted any more
                    self._come.get_nowait()
            except Empty:
                self._come.put(None)
            receive(self._requests)
        except EOFError:
            leave(1)
        except Exception:  # an item that cannot be read: there is nobody to tell of it by its key
            os.abort()

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        while (item := self._come.get()) is not None:
            yield item
