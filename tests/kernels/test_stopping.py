"""Work that is not wanted any more: who sees it, where it ends, and what is left of it."""

import asyncio
import contextvars
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from maskexpr.kernels import stopping, threads
from maskexpr.kernels.stopping import NotWanted, Wish


def paused():
    """Work that goes on until it is stopped."""
    while True:
        stopping.pause()
        time.sleep(0.001)


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch):
    monkeypatch.setattr(stopping, "_left", [])


def set_soon(event):
    threading.Timer(0.05, event.set).start()
    return event


# --- wishes ----------------------------------------------------------------------------------------------------------


WAYS = {
    "here": lambda work: work(),
    "apart": stopping.apart,
    "shared": lambda work: threads.share(lambda some: [work() for _ in some], range(9)),
    "apart and shared": lambda work: stopping.apart(WAYS["shared"].__get__(work)),
    "in another thread": lambda work: ThreadPoolExecutor(1).submit(Wish(0.05).work, work).result(),
}


@pytest.mark.parametrize("count", ["1", "3"])
@pytest.mark.parametrize("way", WAYS)
def test_work_ends_after_a_time(way, count, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", count)
    wish = Wish(0.05)
    with pytest.raises(NotWanted) as caught:
        wish.work(lambda: WAYS[way](paused))
    assert caught.value.wish is not None
    assert caught.value.wish.why == "seconds"
    stopping.pause()  # nobody wishes anything any more
    assert stopping.seconds_left() == float("inf")


@pytest.mark.parametrize("way", ["here", "apart", "shared", "apart and shared"])
@pytest.mark.parametrize("make", [threading.Event, multiprocessing.Event, asyncio.Event])
def test_work_ends_once_something_is_set(make, way, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", "2")
    wish = Wish(cancel=set_soon(make()))
    with pytest.raises(NotWanted):
        wish.work(lambda: WAYS[way](paused))
    assert wish.why == "cancelled"


@pytest.mark.parametrize("way", ["here", "apart"])
def test_the_innermost_wish_that_is_over_says_so(way):
    outer, inner = Wish(0.05), Wish(60)
    with pytest.raises(NotWanted) as caught:
        outer.work(lambda: inner.work(lambda: WAYS[way](paused)))
    assert caught.value.wish is outer
    assert (outer.why, inner.why) == ("seconds", "")


def test_what_is_not_wanted_from_the_first_is_not_begun():
    begun = []
    with pytest.raises(NotWanted):
        Wish(0).work(lambda: begun.append(True))
    assert begun == []


class Odd:
    def __init__(self, found):
        self._found = found

    def is_set(self):
        if isinstance(self._found, Exception):
            raise self._found
        return self._found


async def later():
    return False


@pytest.mark.parametrize("found", ["no", None, 0.0, OSError("gone")], ids=str)
def test_what_says_neither_true_nor_false_is_an_error(found):
    with pytest.raises(OSError if isinstance(found, OSError) else TypeError):
        Wish(cancel=Odd(found)).work(lambda: None)


def test_what_must_be_awaited_is_an_error():
    with pytest.raises(TypeError, match="gave a coroutine"):
        Wish(cancel=Odd(later())).work(lambda: None)


def test_who_fails_to_say_ends_the_work():
    ended = threading.Event()

    class Failing:
        asked = 0

        def is_set(self):
            self.asked += 1
            if self.asked > 2:
                raise OSError("gone")
            return False

    def work():
        try:
            paused()
        finally:
            ended.set()

    with pytest.raises(OSError, match="gone"):
        Wish(cancel=Failing()).work(lambda: stopping.apart(work))
    assert ended.wait(60)


def test_what_was_done_is_noted():
    def work():
        stopping.note("first")
        stopping.note("second")
        paused()

    for way in (work, lambda: stopping.apart(work)):
        wish = Wish(0.05)
        with pytest.raises(NotWanted):
            wish.work(way)
        assert wish.at == "second"


def test_shared_work_that_is_given_up_from_outside_gives_nothing(monkeypatch):
    """Though no thread is in the midst of an item, some were not taken."""
    monkeypatch.setenv("MASKEXPR_THREADS", "2")
    given_up = []
    with pytest.raises(NotWanted):
        stopping.help_with(([], given_up), lambda: threads.share(lambda some: given_up.append(next(some)), [1, 2, 3]))


def test_work_that_cannot_end_is_left_but_not_much_of_it(monkeypatch):
    goes_on = threading.Event()
    monkeypatch.setattr(stopping, "_GRACE", 0.0)
    for _ in range(stopping._MOST_LEFT):
        with pytest.raises(NotWanted):
            Wish(0.01).work(lambda: stopping.apart(lambda: goes_on.wait(60)))
    threading.Timer(0.3, goes_on.set).start()
    with pytest.raises(NotWanted):
        Wish(0.01).work(lambda: stopping.apart(lambda: goes_on.wait(60)))
    assert goes_on.is_set()  # it was waited for


def test_finishing_looks_up_in_between():
    asked = []

    def ended(seconds):
        asked.append(seconds)
        if seconds is not None:
            time.sleep(seconds)
            raise TimeoutError

    assert stopping.finish(ended) is None
    with pytest.raises(NotWanted):
        Wish(0.05).work(lambda: stopping.finish(ended))
    assert asked[0] is None
    assert None not in asked[1:]


# --- work apart from the thread that waits ---------------------------------------------------------------------------


@pytest.fixture
def interrupts():
    """Ctrl-C as a call, for a thread that is not the main one; systems differ in how one comes."""
    if os.name == "nt":
        pytest.skip("there is no such signal")
    return lambda: os.kill(os.getpid(), signal.SIGINT)


def test_work_apart_gives_what_it_gives_and_sees_the_context():
    number = contextvars.ContextVar("number", default=0)
    number.set(7)
    assert stopping.apart(lambda: (number.get(), threading.current_thread() is threading.main_thread())) == (7, False)


def test_the_error_of_work_apart_is_raised():
    with pytest.raises(ZeroDivisionError):
        stopping.apart(lambda: 1 / 0)


def test_another_thread_does_its_work_itself():
    with ThreadPoolExecutor(1) as pool:
        here, there = pool.submit(lambda: (threading.get_ident(), stopping.apart(threading.get_ident))).result()
    assert here == there


def test_work_is_done_here_where_no_thread_starts(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert stopping.apart(threading.get_ident) == threading.get_ident()


def test_an_interrupt_does_not_wait_for_a_call(interrupts):
    goes_on, ended = threading.Event(), threading.Event()

    def work():
        interrupts()
        goes_on.wait(60)  # as a call of another library, which nothing interrupts
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        stopping.apart(work)
    assert not ended.is_set()
    goes_on.set()


def test_work_that_is_given_up_ends_between_two_pieces(interrupts):
    ended = threading.Event()

    def work():
        interrupts()
        try:
            while True:
                stopping.pause()
                time.sleep(0.001)
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        stopping.apart(work)
    assert ended.wait(60)


@pytest.mark.parametrize("count", ["1", "3"])
def test_what_work_apart_shares_out_ends_with_it(count, interrupts, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", count)
    together, ended = threading.Barrier(int(count), timeout=60), threading.Semaphore(0)

    def work(items):
        for item in items:
            together.wait()
            if item == 0:
                interrupts()
            try:
                while True:
                    stopping.pause()
                    time.sleep(0.001)
            finally:
                ended.release()

    with pytest.raises(KeyboardInterrupt):
        stopping.apart(lambda: threads.share(work, range(20)))
    for _ in range(int(count)):
        assert ended.acquire(timeout=60)
    assert not ended.acquire(blocking=False)  # nobody took another item
