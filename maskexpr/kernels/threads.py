"""How many threads there are, work shared among them, and the buffers each works in."""

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from maskexpr.kernels.choosing import as_here
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.stopping import NotWanted, finish, given_up, help_with, pause

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor


def threads() -> int:
    """Threads to use: MASKEXPR_THREADS, or one per core that this process may use."""
    given = os.environ.get("MASKEXPR_THREADS", "")
    return min(int(given), 256) if given.isdecimal() and int(given) > 0 else cores()


def cores() -> int:
    """Cores that this process may use."""
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
# Locks, which Ctrl-C cannot leave taken, as it can a semaphore: that is written in Python.
_turns: list[threading.Lock] = []


def _fresh_turns() -> None:
    _turns[:] = [threading.Lock() for _ in range(max(1, cores() // 2))]


_fresh_turns()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_turns)  # a turn that was taken would never end in the child


def in_turns(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, taking turns with other threads'."""

    def in_turn(*given: Any) -> Any:
        turns = _turns
        turn = turns[0]
        if len(turns) > 1 and turn.locked():
            turn = next((other for other in turns if not other.locked()), turns[threading.get_ident() % len(turns)])
        with turn:
            return work(*given)

    return in_turn


def _executor(count: int) -> "ThreadPoolExecutor":
    """The helping threads; a forked process has none and starts its own."""
    from concurrent.futures import ThreadPoolExecutor  # a start goes without it

    if not _pool or _pool[0][0] != os.getpid() or _pool[0][1]._max_workers < count:
        _pool[:] = [(os.getpid(), ThreadPoolExecutor(count, "maskexpr"))]
    return _pool[0][1]


def _ended(helpers: "Iterable[Future[None]]") -> list[BaseException | None]:
    """The errors of helpers, once they are done; those that are busy elsewhere and have not begun need not."""
    return [finish(helper.exception) for helper in helpers if not helper.cancel()]


def _over(helpers: "Iterable[Future[None]]") -> None:
    """Wait for helpers with work that was given up."""
    for helper in helpers:
        if not helper.cancel():
            helper.exception()


class _Share:
    """Work on items that several threads take one by one."""

    def __init__(self, work: Callable[[Iterator[Any]], None], items: Sequence[Any]) -> None:
        self._work, self._items = as_here(work), items
        self._numbers = itertools.count()
        self.given_up: list[bool] = []
        self._all = (*given_up(), self.given_up)

    def _taken(self) -> Iterator[Any]:
        while not any(self._all):
            number = next(self._numbers)
            if number >= len(self._items):
                return
            yield self._items[number]

    def take_part(self) -> None:
        try:
            self._work(self._taken())
        except BaseException:
            self.given_up.append(True)
            raise

    def help_out(self) -> None:
        help_with(self._all, self.take_part)


_elsewhere: list[None] = []  # one for each thread that is busy with other work


@contextlib.contextmanager
def elsewhere() -> Iterator[None]:
    """This thread does other work at the time, such as reading a file: so fewer are to share what another shares."""
    _elsewhere.append(None)
    try:
        yield
    finally:
        _elsewhere.pop()


def share(work: Callable[[Iterator[Any]], None], items: Sequence[Any]) -> None:
    """Let several threads, this one among them, take items one by one; the first exception of any stops them all."""
    count = min(max(1, threads() - len(_elsewhere)), len(items))
    shared = _Share(work, items)
    helpers: list[Future[None]] = []
    try:
        # Where no thread can be started, or none any more as the interpreter ends, this one does all.
        with contextlib.suppress(RuntimeError):
            for _ in range(count - 1):
                helpers.append(_executor(count - 1).submit(shared.help_out))  # noqa: PERF401 - keeps those that began
        shared.take_part()
        failed = _ended(helpers)
    except BaseException:
        shared.given_up.append(True)  # Ctrl-C may come while they are waited for
        _over(helpers)
        raise
    for error in failed:
        if error is not None and not isinstance(error, NotWanted):
            raise error
    pause()  # where it was given up, threads left items that nobody took
