"""Runs that are stopped, after a time or because somebody says so: their errors, and the runs after them."""

import asyncio
import functools
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import maskexpr
from maskexpr.engine import prepared
from maskexpr.engine.wanted import Wanted

# Each takes far longer than it may here: passes over strips, calls of another library, work shared by threads.
LONG = "output m = median_filter(im, 60); output n = area(distance(im > 200) > 3)"


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).integers(0, 60000, (1500, 1500)).astype(np.uint16)


@functools.cache
def bound_to(text, size):
    im = np.random.default_rng(0).integers(0, 60000, (size, size)).astype(np.uint16)
    return maskexpr.compile(text).bind(im=im)


def in_thread(work):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def in_a_loop(work):
    async def run():
        return await asyncio.to_thread(work)

    return asyncio.run(run())


@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("place", [lambda work: work(), in_thread, in_a_loop], ids=["here", "thread", "asyncio"])
def test_a_run_is_stopped(place, threads, noise, monkeypatch):
    monkeypatch.setenv("MASKEXPR_THREADS", threads)
    bound = bound_to(LONG, 1500)
    with pytest.raises(maskexpr.LimitError) as caught:
        place(lambda: bound.run(seconds=0.1))
    assert str(caught.value) == (
        "expression:1:12: error: the run was stopped in this step after 0.1 s, the limit\n"
        f"    {LONG}\n"
        "               ^^^^^^^^^^^^^^^^^^^^^\n"
        "  allow more: run(seconds=1), or give it fewer pixels"
    )
    monkeypatch.setattr(prepared, "over", lambda *given: ())  # else it would not even be begun
    event = threading.Event()
    threading.Timer(0.1, event.set).start()
    with pytest.raises(maskexpr.CancelledError) as cancelled:
        place(lambda: bound.run(cancel=event))
    assert cancelled.value.code == "cancelled"
    monkeypatch.setattr(prepared, "over", lambda *given: ())  # as though it had been taken for a brief one
    limited = maskexpr.compile(LONG, limits=maskexpr.Limits(seconds=0.1))
    for _ in range(2):  # the first one and those that follow it
        with pytest.raises(maskexpr.LimitError, match=r"Limits\(seconds=1\)"):
            place(lambda: limited(im=noise))
    with pytest.raises(maskexpr.LimitError, match=r"Limits\(seconds=1\)"):
        place(lambda: limited.bind(im=noise).run(seconds=1))


def test_functions_of_a_host_are_stopped_between_two_steps():
    @maskexpr.function(gives=maskexpr.functions.MASK, halo="whole", cost=1, memory=0)
    def slow(m: maskexpr.functions.Mask) -> maskexpr.functions.Masks:
        """The mask itself."""
        time.sleep(0.02)
        return m

    program = maskexpr.compile("slow(slow(slow(slow(slow(im > 1)))))", functions=[slow])
    with pytest.raises(maskexpr.LimitError):
        program.bind(im=np.zeros((9, 9))).run(seconds=0.05)


def test_a_program_of_a_host_within_one_is_stopped_with_it(noise):
    inner = bound_to(LONG, 1500)

    @maskexpr.function(gives=maskexpr.functions.MASK, halo="whole", cost=1, memory=0)
    def other(m: maskexpr.functions.Mask) -> maskexpr.functions.Masks:
        """Where another program says."""
        return inner.run(seconds=3600)["m"] > 7

    program = maskexpr.compile("other(im > 1)", functions=[other])
    with pytest.raises(maskexpr.LimitError, match=r"other\(im > 1\)"):
        program.bind(im=noise).run(seconds=0.1)


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"cancel": 3}, TypeError, "cancel must have is_set(), as threading.Event has; int has none"),
        ({"seconds": "3"}, TypeError, "seconds must be a number, not str"),
        ({"seconds": True}, TypeError, "seconds must be a number, not bool"),
        ({"seconds": float("nan")}, ValueError, "seconds must be a number, not nan"),
    ],
)
def test_what_cannot_stop_a_run(given, error, text):
    with pytest.raises(error) as caught:
        bound_to("im > 3", 9).run(**given)
    assert str(caught.value) == text


def test_what_is_over_before_is_not_begun():
    bound = bound_to("im > 3", 9)
    event = threading.Event()
    bound.run(cancel=event, seconds=1e9)
    event.set()
    with pytest.raises(maskexpr.CancelledError):
        bound.run(cancel=event)
    for seconds in (0, -1, -float("inf")):
        with pytest.raises(maskexpr.LimitError, match="after 0 s, the limit"):
            bound.run(seconds=seconds)
    assert set(bound.run(seconds=float("inf"))) == {"result"}


def test_short_programs_are_not_watched(monkeypatch):
    """Where nobody may cancel them, and the time is far from what they take."""
    program = maskexpr.compile("(im > 3) & ~(im > 9)")
    im = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    program(im=im)
    monkeypatch.setattr(Wanted, "run", None)
    program(im=im)


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "2"])
def test_runs_after_those_that_were_stopped_give_the_same(threads, monkeypatch):
    """At whatever moment, with what is kept of others, in one thread or several at a time."""
    monkeypatch.setenv("MASKEXPR_THREADS", threads)
    text = """
    param t = 2000; param s = 3
    smooth = gaussian(im, s)
    output m = open(smooth > t, 2, shape="disk")
    output n = watershed(smooth, h_minima(smooth, 50))
    output d = median_filter(im, 4) > t
    output e = equalize(im) > 0.5
    """
    im = np.random.default_rng(3).integers(0, 4000, (300, 300)).astype(np.uint16)
    bound = maskexpr.compile(text).bind(im=im)
    params = [{"t": t, "s": s} for t in (1900, 2000, 2100) for s in (2, 3)]
    wanted = [maskexpr.compile(text).bind(im=im, **p).run() for p in params]
    start = time.perf_counter()
    bound.run()
    whole = time.perf_counter() - start
    draw = random.Random(5)
    members = [bound.with_params(**p) for p in params]

    def stop_and_run(number):
        member = members[number % len(members)]
        try:
            member.run(seconds=draw.uniform(0, whole / 8))  # the more is kept, the less takes long
        except maskexpr.LimitError:
            stopped.append(number)

    stopped: list[int] = []
    for number in range(40):
        stop_and_run(number)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(stop_and_run, range(40)))
    assert stopped
    for member, values in zip(members, wanted, strict=True):
        found = member.run()
        assert found.keys() == values.keys()
        for name in values:
            np.testing.assert_array_equal(found[name], values[name])
    for _ in range(600):
        running = [t for t in threading.enumerate() if t.name == "maskexpr run"]
        if not running:
            break
        time.sleep(0.1)
    assert running == []
