"""Work shared among threads: each item once, the first error stops all, and buffers come back."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from maskexpr.kernels import stopping, threads


@pytest.fixture(autouse=True)
def without_pool(monkeypatch):
    """Threads and buffers of its own."""
    monkeypatch.setattr(threads, "_pool", [])
    monkeypatch.setattr(threads, "_kept", [])
    yield
    for _, executor in threads._pool:
        executor.shutdown()


@pytest.mark.parametrize(
    ("given", "wanted"), [("1", 1), ("3", 3), ("256", 256), ("257", 256), ("1" + "0" * 40, 256), ("07", 7)]
)
def test_as_many_threads_as_are_asked_for(given, wanted, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", given)
    assert threads.threads() == wanted


@pytest.mark.parametrize("given", ["", "0", "-2", "many", "1.5"])
def test_one_a_core_where_no_number_is_given(given, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", given)
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 3, 5}, raising=False)
        assert threads.threads() == 3
        monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert threads.threads() == 1


@pytest.mark.parametrize("count", ["1", "2", "5"])
@pytest.mark.parametrize("items", [0, 1, 2, 100])
def test_each_item_is_taken_once(items, count, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", count)
    taken, workers = [], set()

    def work(some):
        for item in some:
            taken.append(item)
            workers.add(threading.get_ident())

    threads.share(work, range(items))
    assert sorted(taken) == list(range(items))
    assert len(workers) <= int(count)


def test_several_threads_take_part(monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", "3")
    together = threading.Barrier(3, timeout=60)

    def work(some):
        for _ in some:
            together.wait()  # passed only where three are at it at once

    threads.share(work, range(3))


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("count", ["1", "3"])
def test_the_first_error_stops_all(count, error, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", count)
    taken = []

    def work(some):
        for item in some:
            taken.append(item)
            if item == 5:
                raise error

    with pytest.raises(error):
        threads.share(work, range(10**7))
    assert len(taken) < 10**7
    done = []
    threads.share(lambda some: done.extend(some), range(10))  # and the next work is done
    assert sorted(done) == list(range(10))


def test_what_is_given_up_ends_in_helping_threads_too(monkeypatch):
    """At their next pause, in the midst of an item; where nothing is given up they finish theirs."""
    monkeypatch.setenv("MASKEXPR_THREADS", "2")
    this, helped, ended = threading.get_ident(), threading.Event(), []

    def work(some, error=None):
        for _ in some:
            if threading.get_ident() == this:
                assert helped.wait(60)
                if error:
                    raise error
                return
            helped.set()
            give_up = time.monotonic() + (60 if error else 0.2)
            while time.monotonic() < give_up:
                stopping.pause()
            ended.append(error)

    with pytest.raises(KeyboardInterrupt):
        threads.share(lambda some: work(some, KeyboardInterrupt), range(2))
    assert ended == []
    helped.clear()
    threads.share(work, range(2))
    assert ended == [None]
    stopping.pause()


def test_an_error_of_a_helping_thread_is_told(monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", "2")
    this, helped = threading.get_ident(), threading.Event()

    def work(some):
        for _ in some:
            if threading.get_ident() != this:
                helped.set()
                raise LookupError
            assert helped.wait(60)

    with pytest.raises(LookupError):
        threads.share(work, range(2))


def test_one_does_all_where_no_thread_starts(monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", "4")

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    done = []
    threads.share(lambda some: done.extend(some), range(20))
    assert done == list(range(20))


def test_helping_threads_are_used_again_and_become_more(monkeypatch):
    small = threads._executor(2)
    assert threads._executor(1) is small
    large = threads._executor(3)
    assert large is not small
    assert threads._executor(2) is large
    small.shutdown()
    monkeypatch.setattr(os, "getpid", lambda: -1)  # as in a forked process
    forked = threads._executor(2)
    assert forked is not large
    large.shutdown()


def test_buffers_come_back_trimmed_and_are_not_kept_without_end():
    one = threads.borrow_scratch()
    other = threads.borrow_scratch()
    assert one is not other
    threads.give_back(one)
    assert threads.borrow_scratch() is one
    many = [threads.borrow_scratch() for _ in range(40)]
    for scratch in many:
        threads.give_back(scratch)
    assert 1 <= len(threads._kept) <= 16


def test_turns_are_taken(monkeypatch):
    monkeypatch.setattr(threads, "_turns", [threading.Semaphore(1)])
    inside, most = [], []

    def work(number):
        inside.append(number)
        most.append(len(inside))
        inside.remove(number)
        return number * 2

    in_turn = threads.in_turns(work)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(in_turn, range(200))) == [2 * n for n in range(200)]
    assert max(most) == 1


def test_a_turn_ends_with_an_error():
    def fail():
        raise LookupError

    for _ in range(20):
        with pytest.raises(LookupError):
            threads.in_turns(fail)()
