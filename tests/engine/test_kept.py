"""What a program keeps of the inputs it has seen: as long as it is asked for, within bounds, without a lock."""

import gc
import os
import threading
import tracemalloc
import types
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from helpers.forks import exit_status_of_child

import maskexpr
from maskexpr.engine import kept, prepared
from maskexpr.engine.kept import Kept, Ready
from maskexpr.engine.prepared import Prepared
from maskexpr.inside import stages
from maskexpr.program.declared import Means
from maskexpr.program.steps import Checked, Step

TEXT = "output m = dilate((im > 32) & ~(im > 64), n); output size = area(m)"


def image(i: int, height: int = 20) -> Any:
    """Each of another shape."""
    return np.full((height + i // 40, 20 + i % 40), 40, np.uint8)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One for each plan that is made."""
    made: list[None] = []
    own = prepared.plan

    def counting(*args: Any, **more: Any) -> Any:
        made.append(None)
        return own(*args, **more)

    monkeypatch.setattr(prepared, "plan", counting)
    return made


# --- as long as it is asked for --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_thousand_shapes_in_turn_are_planned_once_each(planned: list[None]) -> None:
    program = maskexpr.compile(TEXT)
    for _ in range(3):
        for i in range(1000):
            assert program(im=image(i), n=1)["size"] == image(i).size
    assert len(planned) == 1000
    assert program._kept.bytes < kept.MOST_BYTES


def test_what_is_asked_for_stays_what_is_not_goes(planned: list[None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 2**20)
    program = maskexpr.compile("im > 32")
    usual = image(0)
    for i in range(1, 2000):
        program(im=image(i))
        program(im=usual)
        assert program._kept.bytes <= 2**20
    assert len(planned) == 2000  # the usual one once
    assert 10 < len(program._kept.ready) < 200


def test_what_is_bound_again_and_again_stays_too(planned: list[None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 2**20)
    program = maskexpr.compile("im > t")  # not ready by a look, for the number
    for i in range(300):
        program.bind(im=image(0), t=0.5).run()
        program(im=image(1), t=float(i))
    assert len(planned) == 301


def test_what_is_larger_than_all_room_is_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 1)
    program = maskexpr.compile("im > 32")
    for i in range(3):
        assert program(im=image(i)).all()
        assert program._kept.bytes == 0


def some(steps: int) -> Prepared:
    none: Any = None
    return Prepared(Checked(steps=tuple(Step(none, none, none) for _ in range(steps))), Means())


def test_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 100_000)
    keeping = Kept()
    for i in range(9):
        keeping.keep((i,), some(2))
    for key in ((0,), (3,)):
        keeping.find(key)
    keeping.keep((9,), some(2))
    assert keeping.bytes <= 75_000
    assert [i for i in range(10) if (i,) in keeping._prepared] == [0, 3, 5, 6, 7, 8, 9]
    for i in range(10, 13):  # those asked for were spared once
        keeping.keep((i,), some(2))
    assert [i for i in range(13) if (i,) in keeping._prepared] == [6, 7, 8, 9, 10, 11, 12]
    for i in range(6, 15):  # where nearly all are asked for, the oldest go too
        if i > 12:
            keeping.keep((i,), some(2))
        keeping.find((i,))
    keeping.keep((15,), some(2))
    assert [i for i in range(16) if (i,) in keeping._prepared] == [8, 9, 10, 11, 12, 13, 14]


def test_a_look_goes_with_what_it_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 50_000)
    keeping = Kept()
    for i in range(50):
        found = some(1)
        keeping.keep((i,), found)
        keeping.keep_ready(("look", i), Ready(lambda given: {}, found))
    assert {ready.prepared for ready in keeping.ready.values()} <= set(keeping._values())
    assert 1 < len(keeping.ready) < 10


# --- how much it is --------------------------------------------------------------------------------------------------

PROGRAMS = [
    "im > 32",
    TEXT.replace("n)", "2)", 1),
    "m = gaussian(im, 2) > otsu(im); output a = dilate(m, 3) & ~erode(m, 3); output b = keep_largest(m)",
    'dilate(im > 3, 40, "disk")',
    'close(im, 9, "disk") - median_filter(im, 2)',
    " & ".join(f"(im > {i})" for i in range(30)),
    "+".join(["im"] * 30),
    "keep(im > 3, area > 5 & solidity > 0.5)",
]


@pytest.mark.slow
@pytest.mark.parametrize("text", PROGRAMS)
@pytest.mark.parametrize(("order", "height"), [("C", 3000), ("F", 60)])
def test_the_estimate_is_no_less_than_what_is_kept(text: str, order: Any, height: int) -> None:
    program = maskexpr.compile(text)
    images = [np.asarray(image(i, height), order=order) for i in range(9)]
    program(im=images.pop())  # what is imported late, and made once
    before_bytes = program._kept.bytes
    gc.freeze()  # what other tests left need not be looked at, which takes long
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for im in images:
        program.bind(im=im).run()
        program(im=im)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before - scratch_bytes()
    tracemalloc.stop()
    assert held <= program._kept.bytes - before_bytes


def scratch_bytes() -> int:
    from maskexpr.kernels import threads

    return sum(memory.nbytes for scratch in threads._kept for memory in scratch._memory.values())


def test_a_plan_does_not_grow_with_the_number_of_strips() -> None:
    program = maskexpr.compile("dilate((im > 32) & ~(im > 64), 2)")
    (runner,) = stages(program, {"im": ((200_000, 2048), "uint8")}).prepared.engine._stages
    strips = runner._strips  # type: ignore[union-attr]
    assert len(strips) > 50
    assert len({id(strip.program) for strip in strips}) <= 4


# --- without a lock --------------------------------------------------------------------------------------------------


def test_no_lock_is_held_by_a_program_or_what_it_keeps() -> None:
    """A fork while another thread holds one would leave it taken for ever."""
    program = maskexpr.compile(TEXT)
    im = image(0)
    program(im=im, n=1)
    program(im=np.asfortranarray(im), n=1)
    bound = program.bind(im=im, n=2)
    bound.run()
    locks = (type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Semaphore)
    beyond = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, np.ndarray)
    seen: set[int] = set()
    left: list[Any] = [program, bound]
    while left:
        held = left.pop()
        if id(held) in seen:
            continue
        seen.add(id(held))
        assert not isinstance(held, locks)
        if isinstance(held, types.FunctionType):
            left.extend(cell.cell_contents for cell in held.__closure__ or ())
        elif not isinstance(held, beyond):
            left.extend(gc.get_referents(held))
    assert len(seen) > 500


def hammer(program: maskexpr.Program, first: int, count: int = 150) -> bool:
    for i in range(first, first + count):
        im, n = image(i % 90), i % 3
        found = program.bind(im=im, n=n).run() if i % 2 else program(im=im, n=n)
        assert found["size"] == im.size
    return True


@pytest.mark.slow
def test_threads_share_what_is_kept_while_it_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 2**19)
    program = maskexpr.compile(TEXT)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda first: hammer(program, first), range(0, 400, 50)))
    hammer(program, 0, 30)
    assert program._kept.bytes <= 2**19
    assert {ready.prepared for ready in program._kept.ready.values()} <= set(program._kept._values())


def test_two_threads_that_plan_at_a_time_get_one_plan() -> None:
    for i in range(20):
        bound = maskexpr.compile(TEXT).bind(im=image(i), n=2)
        with ThreadPoolExecutor(4) as pool:
            plans = list(pool.map(lambda _, bound=bound: bound.plan, range(4)))  # type: ignore[misc]
        assert {id(plan) for plan in plans} == {id(bound.plan)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_goes_on_with_shared_programs() -> None:
    program, stop = maskexpr.compile(TEXT), threading.Event()

    def work(first: int) -> None:
        while not stop.is_set():
            hammer(program, first, 5)
            first += 5

    with ThreadPoolExecutor(3) as pool:
        busy = [pool.submit(work, first) for first in (0, 1000, 2000)]
        try:
            for i in range(10):
                assert exit_status_of_child(lambda i=i: hammer(program, 100 * i, 8)) == 0  # type: ignore[misc]
        finally:
            stop.set()
        for done in busy:
            done.result()
