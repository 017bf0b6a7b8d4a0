"""How many threads there are, work shared among them, the buffers each works in, and long work that Ctrl-C ends."""

import contextlib
import contextvars
import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from maskexpr.kernels.scratch import Scratch

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_Result = TypeVar("_Result")


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
_turns: list[threading.Semaphore] = []


def _fresh_turns() -> None:
    _turns[:] = [threading.Semaphore(max(1, cores() // 2))]


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


def _ended(helpers: "Iterable[Future[None]]") -> list[BaseException | None]:
    """The errors of helpers, once they are done; those that are busy elsewhere and have not begun need not."""
    return [helper.exception() for helper in helpers if not helper.cancel()]


class _NotWanted(BaseException):
    """Ends the work of a thread that helps with what is not wanted any more."""


_helping = threading.local()


def pause() -> None:
    """Between two pieces of long work: ends it if the work it is a share of was given up, by Ctrl-C say.

    The thread that is interrupted need not call this.
    """
    given_up = getattr(_helping, "given_up", None)  # looked at in place, as small images pause often for their size
    if given_up and any(given_up):
        raise _NotWanted


def _given_up() -> tuple[list[bool], ...]:
    """What says of the work that this thread helps with, and of all that this is a share of, that it was given up."""
    found: tuple[list[bool], ...] = getattr(_helping, "given_up", ())
    return found


class _Share:
    """Work on items that several threads take one by one."""

    def __init__(self, work: Callable[[Iterator[Any]], None], items: Sequence[Any]) -> None:
        self._work, self._items = work, items
        self._numbers = itertools.count()
        self.given_up: list[bool] = []
        self._all = (*_given_up(), self.given_up)

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
        _helping.given_up = self._all
        try:
            self.take_part()
        finally:
            _helping.given_up = ()


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
        _ended(helpers)
        raise
    for error in failed:
        if error is not None and not isinstance(error, _NotWanted):
            raise error


# --- long work that Ctrl-C ends --------------------------------------------------------------------------------------

_LOOKS = 0.2  # seconds after which a system that does not wake a waiting thread for Ctrl-C looks for one


def apart(work: Callable[[], _Result]) -> _Result:
    """What work gives that is done by a thread of its own, while the main thread waits: that sees Ctrl-C at once.

    Python looks for one only between two calls, and a call of another library may take many seconds. Work that is given
    up ends when such a call does; till then it goes on for nobody, and what it gives is dropped. Other threads than the
    main one are never interrupted, and do it themselves.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    apart_from_us = _Apart(work)
    thread = threading.Thread(target=apart_from_us.run, name="maskexpr run", daemon=True)
    try:
        try:
            thread.start()
        except RuntimeError:  # no more threads, or the interpreter ends
            return work()
        while not apart_from_us.done.wait(_LOOKS):
            pass
    except BaseException:
        apart_from_us.given_up.append(True)
        _end(thread)
        raise
    found: _Result = apart_from_us.result()
    return found


class _Apart:
    """Work that another thread does, and what came out."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._context = contextvars.copy_context()
        self._found: Any = None
        self._error: BaseException | None = None
        self.done = threading.Event()
        self.given_up: list[bool] = []

    def run(self) -> None:
        _helping.given_up = (self.given_up,)
        try:
            self._found = self._context.run(self._work)
        except BaseException as error:
            self._error = error
        finally:
            self.done.set()

    def result(self) -> Any:
        if self._error is None:
            return self._found
        try:
            raise self._error
        finally:
            self._error = None  # it knows of this frame, which knows of it


def _end(thread: threading.Thread) -> None:
    """Have a thread leave between two calls, as Ctrl-C has the main one, where the interpreter can do that."""
    with contextlib.suppress(ImportError, AttributeError):
        import ctypes

        if thread.ident is not None:
            leave = ctypes.pythonapi.PyThreadState_SetAsyncExc
            leave(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
