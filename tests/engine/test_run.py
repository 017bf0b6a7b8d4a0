"""The engine gives bit for bit what the reference gives, and the same errors, however a run is cut and shared."""

import itertools
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.both_ways import bound, expect_outcome, expect_same, grey, helpers
from helpers.each import each
from helpers.forks import exit_status_of_child
from helpers.places import ANKLE
from helpers.reaching import ANYWHERE, PLANES, SHAPES, three, with_inputs

import maskexpr
from maskexpr import RunError
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.library import OPERATORS
from maskexpr.planner.methods.method import MAKERS, Method
from maskexpr.planner.plan import plan
from maskexpr.testing.pixels import random_array


@pytest.mark.slow
@pytest.mark.parametrize("text", [*ANYWHERE, *PLANES])
@each("shape", SHAPES)
def test_shapes_that_bite(text: str, shape: tuple[int, ...]) -> None:
    """Each text with all four kinds of pixels and heights of strips, and so each shape, two at a time."""
    if text in PLANES and len(shape) == 1:
        return
    rng = np.random.default_rng(9)
    ways = [("any", 1), ("lone", 2), ("near", None), ("edges", 7)]
    turn = (SHAPES.index(shape) + [*ANYWHERE, *PLANES].index(text)) % 2
    with helpers(2):
        for fill, rows in ways[turn::2]:
            expect_same(with_inputs(text), three(rng, shape, fill), rows)


@pytest.mark.parametrize("rows", [1, 3, None])
def test_several_grids_in_one_program(rows: int | None) -> None:
    rng = np.random.default_rng(2)
    text = """
        output a = dilate(p > 3)
        output b = erode(q > 3, 2) & ~(q > area(p > 3))
        output c = area(a) + count(b)
        output d = keep_largest(p > 9) ^ dilate(keep_largest(p > 200))
        output e = where(q > mean(p), q, 0)
        output f = dilate(l > 3) & (l < max(q))
    """
    given = {name: random_array(rng, s, "uint8", "any") for name, s in (("p", (9, 65)), ("q", (14, 3)), ("l", (77,)))}
    with helpers(3):
        expect_same(text, given, rows)


TISSUE = """
limb = im > 32
bone = im > 64
soft = limb & ~bone
output tissue = dilate(soft, 2)
output core = erode(soft, 2)
output leg = keep_largest(limb)
output bones_only = where(bone, im, 0)
output share = fraction(tissue)
output clean = close(open(bone, 3, "disk"), 3, "disk")
output by_size = bone.remove_small(200).fill_holes() & dilate(leg, 5)
output agreement = dice(clean, by_size)
output smooth = gaussian(im, 2) > otsu(im)
output tall = median_filter(im, 2) >= dilate(im, 3) - y
"""


@pytest.mark.slow
@pytest.mark.parametrize(("threads", "heights"), [(1, (5, None)), (3, (1, 40))])
def test_a_real_image(threads: int, heights: tuple[int | None, ...]) -> None:
    with helpers(threads):
        expect_same(TISSUE, {"im": iio.imread(ANKLE)}, *heights)


# --- results of their own --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(6, 9), (40, 64), (300, 70)])
@pytest.mark.parametrize("text", [*ANYWHERE[:4], *ANYWHERE[8:22], *PLANES])
def test_results_are_new_arrays(text: str, shape: tuple[int, ...]) -> None:
    """Never the inputs, nor each other, nor what the next run uses."""
    rng = np.random.default_rng(8)
    program, runs = maskexpr.compile(with_inputs(text)), []
    for fill in ("any", "few", "any"):
        given = {**three(rng, shape, fill), "m": rng.random(shape) < 0.5}
        given["im"] = np.array(given["im"].array)
        before = {name: array.copy() for name, array in given.items()}
        checked, arrays = bound(program, given)
        found = as_mapping(program, program(**given))
        wanted = reference.run(checked, arrays)
        expect_outcome(found, wanted, text)
        results = [r for r in found.values() if isinstance(r, np.ndarray)]
        runs.append((found, {name: np.copy(value) for name, value in wanted.items()}, [*given.values(), *results]))
        for name, array in given.items():
            np.testing.assert_array_equal(array, before[name])
    arrays = [array for _, _, some in runs for array in some]
    for i, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in arrays[:i])
    for found, wanted, _ in runs:
        for name, value in wanted.items():
            np.testing.assert_array_equal(found[name], value)
            if isinstance(found[name], np.ndarray):
                found[name][...] = 0  # writable, and nothing that the next run looks at
    given = three(rng, shape, "any")
    checked, arrays = bound(program, given)
    expect_outcome(as_mapping(program, program(**given)), reference.run(checked, arrays), text)


def as_mapping(program: maskexpr.Program, found: Any) -> dict[str, Any]:
    return found if len(program.outputs) > 1 else {program.outputs[0]: found}


# --- threads, processes, interruptions -------------------------------------------------------------------------------

SHARED = "t = im > otsu(im); output a = dilate(t, 3); output b = keep_largest(a) & t; output c = where(b, im, 0)"


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 3])
def test_a_program_runs_in_many_threads_at_once(threads: int) -> None:
    rng = np.random.default_rng(3)
    program = maskexpr.compile(SHARED)
    shapes = [(30, 40), (30, 40), (64, 65), (200,), (5, 6, 7), (300, 30)]
    images = [grey(random_array(rng, shape, dtype, "any")) for shape in shapes for dtype in ("uint8", "float32")]
    wanted = []
    for image in images:
        checked, arrays = bound(program, {"im": image})
        wanted.append(reference.run(checked, arrays))
    program = maskexpr.compile(SHARED)  # which has checked and planned nothing yet
    together = threading.Barrier(8)

    def work(first: int) -> None:
        together.wait()
        for i in range(30):
            at = (first + i) % len(images)
            image = images[at] if images[at].array.ndim == 3 else images[at].array
            expect_outcome(program(im=image), wanted[at], f"image {at}")

    with helpers(threads), ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, first) for first in range(8)]:
            done.result()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_runs_programs() -> None:
    """Although the threads of the first one are not there, whatever they were doing."""
    rng = np.random.default_rng(3)
    im = random_array(rng, (90, 80), "uint8", "any")
    program, long = maskexpr.compile(SHARED), maskexpr.compile("dilate(im > 9, 40)")
    large = random_array(rng, (900, 900), "uint8", "any")
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            long(im=large)

    with helpers(3), ThreadPoolExecutor(2) as pool:
        wanted = program(im=im)
        busy = [pool.submit(work) for _ in range(2)]
        try:
            for _ in range(5):
                assert exit_status_of_child(lambda: expect_outcome(program(im=im), wanted, SHARED)) == 0
        finally:
            stop.set()
        for done in busy:
            done.result()


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_run_stops_and_the_next_is_right(
    threads: int, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    function = OPERATORS["^"]
    own = MAKERS[function]
    calls: list[int] = []
    numbers = itertools.count(1)

    def interrupting(step: Any) -> Method | None:
        method = own(step)
        assert method is not None

        def run(given: Any, out: Any, place: Any) -> Any:
            calls.append(number := next(numbers))
            time.sleep(0.001)  # so that other threads take strips too
            if number == 4:
                raise error
            return method.run(form)(given, out, place)

        form = "packed" if method.plain is None else "plain"
        return Method(run, quiet=method.quiet)

    monkeypatch.setitem(MAKERS, function, interrupting)
    rng = np.random.default_rng(1)
    given = {name: rng.random((60, 20)) < 0.5 for name in ("m", "k")}
    program = maskexpr.compile("dilate(m ^ k)")
    checked, arrays = bound(program, given)
    with helpers(threads):
        engine = Engine(checked, plan(checked, 1))
        with pytest.raises(error):
            engine.run(arrays)
        assert len(calls) < 20  # the other strips were left
        for _ in range(2):
            expect_outcome(engine.run(arrays), reference.run(checked, arrays), "after an interruption")


def test_errors_show_the_place_as_it_was_written() -> None:
    """Whatever a rewrite made of it."""
    im, off = np.array([[1, 2]], np.uint8), np.array([[False, False]])
    for text in (
        "otsu(im, within=~~m)",
        "a = m & (im > 0); output b = a; output c = otsu(im, within=(im > 0) & m & m)",
    ):
        expect_same(text, {"im": im, "m": off})
        with pytest.raises(RunError):
            maskexpr.evaluate(text, im=im, m=off)
    expect_same("k = im > 200\noutput a = k\noutput b = otsu(im, ~(im <= 200))", {"im": im})


def test_a_run_goes_on_alone_where_no_thread_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    im = random_array(np.random.default_rng(0), (200, 70), "uint8", "any")
    program = maskexpr.compile("dilate(im > 100, 2)")
    wanted = program(im=im)

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("maskexpr.kernels.threads._pool", [])
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with helpers(4):
        checked, arrays = bound(program, {"im": im})
        found = Engine(checked, plan(checked, 5)).run(arrays)
    np.testing.assert_array_equal(found["result"], wanted)
