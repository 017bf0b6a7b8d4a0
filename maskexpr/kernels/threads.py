"""How many threads there are, work shared among them, and the buffers each works in."""

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from maskexpr.kernels.scratch import Scratch

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor


def threads() -> int:
    """Threads to use: MASKEXPR_THREADS, or one per core that this process may use."""
    given = os.environ.get("MASKEXPR_THREADS", "")
    return min(int(given), 256) if given.isdecimal() and int(given) > 0 else _cores()


def _cores() -> int:
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_kept: list[Scratch] = []
_pool: list[tuple[int, "ThreadPoolExecutor"]] = []


def borrow_scratch() -> Scratch:
    """Buffers for one thread's work, to be given back."""
    try:
        return _kept.pop()
    except IndexError:
        return Scratch()


def give_back(scratch: Scratch) -> None:
    """Keep buffers for the next that borrows some."""
    scratch.trim()
    if len(_kept) < 16:
        _kept.append(scratch)


# Work of many short NumPy calls is done by a thread at a time (of two; by half of more): each call lets go of the
# interpreter's lock and asks for it again, and waking up for that takes longer than the call. Other work goes on.
_turns: list[threading.Semaphore] = []


def _fresh_turns() -> None:
    _turns[:] = [threading.Semaphore(max(1, _cores() // 2))]


_fresh_turns()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_turns)  # a turn that was taken would never end in the child


def in_turns(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, taking turns with other threads'."""

    def in_turn(*given: Any) -> Any:
        with _turns[0]:
            return work(*given)

    return in_turn


def _executor(count: int) -> "ThreadPoolExecutor":
    """The helping threads; a forked process has none and starts its own."""
    from concurrent.futures import ThreadPoolExecutor  # a start goes without it

    if not _pool or _pool[0][0] != os.getpid() or _pool[0][1]._max_workers < count:
        _pool[:] = [(os.getpid(), ThreadPoolExecutor(count, "maskexpr"))]
    return _pool[0][1]


def share(work: Callable[[Iterator[Any]], None], items: Sequence[Any]) -> None:
    """Let several threads, this one among them, take items one by one; the first exception of any stops them all."""
    count = min(threads(), len(items))
    numbers = itertools.count()
    stopped: list[bool] = []

    def taken() -> Iterator[Any]:
        while not stopped:
            number = next(numbers)
            if number >= len(items):
                return
            yield items[number]

    def take_part() -> None:
        try:
            work(taken())
        except BaseException:
            stopped.append(True)
            raise

    helpers: list[Future[None]] = []
    try:
        # Where no thread can be started, or none any more as the interpreter ends, this one does all.
        with contextlib.suppress(RuntimeError):
            for _ in range(count - 1):
                helpers.append(_executor(count - 1).submit(take_part))  # noqa: PERF401 - keeps those that began
        take_part()
    finally:
        stopped.append(True)
        # Helpers that are busy elsewhere and have not begun need not; their share is done.
        failed = [h.exception() for h in helpers if not h.cancel()]
    for error in failed:
        if error is not None:
            raise error
