"""What libraries in other languages print about damaged files stays off the terminal."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
_lock = threading.Lock()
_inside = 0
_kept: int | None = None


@contextmanager
def native_code() -> Iterator[None]:
    """Nothing that is printed to the standard error stream in here gets there.

    Decoders such as libtiff print there by themselves, past Python. The stream belongs to the whole process: the first
    thread that comes in takes it away, and the last one that goes out gives it back.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _kept
    with _lock:
        _inside += 1
        if _inside > 1:
            return
        try:
            _kept = os.dup(_STDERR)
            nowhere = os.open(os.devnull, os.O_WRONLY)
        except OSError:  # a process without such a stream, or without room for another
            return
        os.dup2(nowhere, _STDERR)
        os.close(nowhere)


def _leave() -> None:
    global _inside, _kept
    with _lock:
        _inside -= 1
        if _inside or _kept is None:
            return
        os.dup2(_kept, _STDERR)
        os.close(_kept)
        _kept = None
