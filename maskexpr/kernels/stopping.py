"""Work that is not wanted any more ends: after Ctrl-C, past a deadline, or because whoever asked for it says so.

Work is wanted as a `Wish` says. Long work calls `pause` between two pieces, on helping threads too; it is done apart
from the thread that waits for it (`apart`), so that one is free at once, even while a call of another library goes on,
which nothing can stop. No exception is ever thrown into a thread from outside: it might strike while a lock is taken or
a module half loaded.
"""

import contextlib
import contextvars
import itertools
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

import numpy as np

_Result = TypeVar("_Result")
_Item = TypeVar("_Item")

_LOOKS = 0.2  # seconds after which a system that does not wake a waiting thread for Ctrl-C looks for one
_ASKS = 0.03  # seconds between two looks at what says whether work is wanted
_LONGEST_WAIT = 3600.0  # at a time
_GRACE = 0.2  # seconds that work which is given up has to end, before it is left alone
_MOST_LEFT = 4  # works that were given up and go on in a call of another library


class Cancel(Protocol):
    """What says that work is not wanted: an event of threads, of processes, or a host's own."""

    def is_set(self) -> bool: ...


class NotWanted(BaseException):
    """Ends work that is not wanted any more; `wish` says whose, None for a share of it or for work apart."""

    def __init__(self, wish: "Wish | None" = None) -> None:
        super().__init__()
        self.wish = wish


class Wish:
    """How long work is wanted: so many seconds from now on, and until something is set.

    `why` says why it is not any more, "seconds" or "cancelled", and `at` what was done then as far as that was noted.
    """

    def __init__(self, seconds: float = math.inf, cancel: Cancel | None = None) -> None:
        self._until = time.monotonic() + seconds
        self._cancel = cancel
        self._next = -math.inf  # when to ask again
        self._outer: Wish | None = None
        self.why = ""
        self.at: Any = None

    def work(self, work: Callable[[], _Result]) -> _Result:
        """What work gives that this thread does or waits for as long as it is wanted; else NotWanted."""
        here = _here
        before, noted = here.wish, here.noted
        self._outer = before
        here.wish = here.noted = self
        try:
            self.look()
            return work()
        finally:
            here.wish, here.noted = before, noted

    def left(self) -> float:
        """Seconds that are left."""
        own = self._until - time.monotonic()
        return own if self._outer is None else min(own, self._outer.left())

    @property
    def asks(self) -> bool:
        """Whether something may be set at any time."""
        return self._cancel is not None or (self._outer is not None and self._outer.asks)

    def look(self) -> None:
        """End the work if it is not wanted any more; only the thread that has the wish asks."""
        if self._outer is not None:
            self._outer.look()
        now = time.monotonic()
        if self._cancel is not None and now >= self._next:
            self._next = now + _ASKS
            if _is_set(self._cancel):
                self.why = "cancelled"
        if not self.why and now >= self._until:
            self.why = "seconds"
        if self.why:
            raise NotWanted(self)


def _is_set(cancel: Cancel) -> bool:
    found = cancel.is_set()
    if not isinstance(found, bool | int | np.bool_):
        close = getattr(found, "close", None)  # of a coroutine, which would complain that nobody waits for it
        if callable(close):
            close()
        raise TypeError(f"cancel.is_set() gave a {type(found).__name__}; it must say True or False at once")
    return bool(found)


class _Here(threading.local):
    """What is wanted of this thread's work."""

    given_up: tuple[list[bool], ...] = ()  # of the work this is a share of, each with something in it once given up
    wish: Wish | None = None  # that this thread looks at itself
    noted: Wish | None = None  # that is told what is done at the time


_here = _Here()


def pause() -> None:
    """Between two pieces of long work: ends it if it is not wanted any more."""
    here = _here
    if here.given_up and any(here.given_up):
        raise NotWanted
    if here.wish is not None:
        here.wish.look()


def pausing(items: Iterable[_Item], every: int = 4096) -> Iterator[_Item]:
    """Items, with a pause before each so many; not of what grows meanwhile."""
    left = iter(items)
    while some := tuple(itertools.islice(left, every)):
        pause()
        yield from some


def note(step: Any) -> None:
    """Say what is done from now on, for whoever is told that it was stopped."""
    if _here.noted is not None:
        _here.noted.at = step


def seconds_left() -> float:
    """How long this thread's work is wanted at most; it is looked at more closely than that where something asks."""
    wish = _here.wish
    return math.inf if wish is None else wish.left()


def is_asked() -> bool:
    """Whether something may end this thread's work at any time."""
    return _here.wish is not None and _here.wish.asks


# --- work that is shared out -----------------------------------------------------------------------------------------


def given_up() -> tuple[list[bool], ...]:
    """What says of the work that this thread helps with, and of all that this is a share of, that it was given up."""
    return _here.given_up


def help_with(given_up: tuple[list[bool], ...], work: Callable[[], None]) -> None:
    """Do a share of work, which ends when something is in one of these lists."""
    before = _here.given_up
    _here.given_up = given_up
    try:
        work()
    finally:
        _here.given_up = before


# --- work apart from the thread that waits for it --------------------------------------------------------------------


def apart(work: Callable[[], _Result]) -> _Result:
    """What work gives that is done by a thread of its own, while this one waits, if it may have to stop: as the main
    thread, which sees Ctrl-C, and as one that has a wish.

    Python looks for Ctrl-C only between two calls, and a call of another library may take many seconds. Work that is
    given up ends when such a call does; till then it goes on for nobody, and what it gives is dropped. Where four go on
    like that, the next one is waited for.
    """
    here = _here
    is_waited_for = bool(here.given_up)  # by a thread that looks in its place
    if is_waited_for or (here.wish is None and threading.current_thread() is not threading.main_thread()):
        return work()
    separate = _Apart(work)
    try:
        try:
            separate.start()
        except RuntimeError:  # no more threads, or the interpreter ends
            return work()
        separate.wait_for()
    except BaseException as error:
        separate.give_up(is_left=not isinstance(error, Exception | NotWanted))
        raise
    found: _Result = separate.result()
    return found


class _Apart:
    """Work that another thread does, and what came out."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._context = contextvars.copy_context()
        self._wish, self._noted = _here.wish, _here.noted
        self._found: Any = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        self._given_up: list[bool] = []
        self._thread = threading.Thread(target=self._run, name="maskexpr run", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait_for(self) -> None:
        """Wait until it is done, as long as it is wanted."""
        wish = self._wish
        while not self._done.wait(_waits(wish)):
            if wish is not None:
                wish.look()

    def give_up(self, *, is_left: bool) -> None:
        """Have it end; wait a little for that, and for as long as it takes where too many go on already, unless it is
        to be left alone at once, as a second Ctrl-C asks."""
        self._given_up.append(True)
        if self._thread.ident is None or self._done.wait(0 if is_left else _GRACE):
            return
        _left[:] = [other for other in _left if not other.is_set()]
        _left.append(self._done)
        if len(_left) > _MOST_LEFT and not is_left:
            self._done.wait()

    def result(self) -> Any:
        if self._error is None:
            return self._found
        try:
            raise self._error
        finally:
            self._error = None  # it knows of this frame, which knows of it

    def _run(self) -> None:
        _here.given_up, _here.noted = (self._given_up,), self._noted
        try:
            self._found = self._context.run(self._work)
        except BaseException as error:
            if not self._given_up:  # else nobody asks, and its frames hold arrays
                self._error = error
        finally:
            if self._given_up:
                self._found = None
            self._done.set()


def _waits(wish: Wish | None) -> float:
    """Seconds to wait at a time."""
    if wish is None:
        return _LOOKS
    return max(0.0, min(wish.left(), _ASKS if wish.asks else _LOOKS, _LONGEST_WAIT))


_left: list[threading.Event] = []  # for each work that was given up and went on, what is set when it ends


def goes_on() -> bool:
    """Whether work that was given up goes on for nobody."""
    return any(not done.is_set() for done in _left)


def _forget_left() -> None:
    _left.clear()  # those threads are not in a child


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_left)


def finish(ended: Callable[[float | None], _Result]) -> _Result:
    """What a wait for others gives, which is asked with so many seconds to wait at most; in between it is looked
    whether the work is wanted, where this thread has to."""
    while True:
        if _here.wish is None:
            return ended(None)
        with contextlib.suppress(TimeoutError):
            return ended(_ASKS)
        pause()
