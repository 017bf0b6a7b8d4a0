"""Small images run as a list of calls: the same bits as stage by stage, and results of their own."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import bound, expect_bits
from helpers.each import each

import maskexpr
from maskexpr.engine import direct
from maskexpr.engine.run import Engine
from maskexpr.functions import FLOATS, Numeric
from maskexpr.planner.plan import plan

IM = np.random.default_rng(3).integers(0, 100, (40, 64)).astype(np.uint8)
TEXTS = [
    "im > 32",
    "im > t",
    "(im > 32) & ~(im > 64)",
    "area(im > 64)",
    "output a = im > 32; output b = im > 64; output c = area(a & ~b)",
    "where(im > mean(im), im, 0)",
    "dilate(im > 32, 2)",
    "dilate(im[0:40, 0:63] > 32, 2)",
    "keep_largest(im > 64) & erode(im > 20)",
    "output a = keep_largest(im > 64); output b = dilate(a); output c = otsu(im, within=a)",
    "output a = im // 3; output b = a % 7; output c = distance(a > 9)",
    'label(dilate(im > 90, 1, "disk"))',
    "im[3, 5]",
    "im[::2, 1]",
    "lab = multiotsu(im, 3); output a = lab == 1; output b = lab",
]


@each("text", TEXTS)
def test_the_same_bits_as_stage_by_stage(text: str) -> None:
    given: dict[str, Any] = {"im": IM} | ({"t": 40} if text == "im > t" else {})
    checked, arrays = bound(text, given)
    made = plan(checked)
    assert direct.is_direct(made)
    engine = Engine(checked, made)
    stages, at_once = engine._run(arrays), engine._run_in_order(arrays)
    for name, value in stages.items():
        expect_bits(at_once[name], value, name)
    assert list(at_once) == list(stages)


@each("text", TEXTS)
def test_results_share_no_memory(text: str) -> None:
    program = maskexpr.compile(text)
    im = IM.copy()
    given: dict[str, Any] = {"im": im} | ({"t": 40} if text == "im > t" else {})
    rounds = [program(**given) for _ in range(3)]
    arrays = [
        value
        for found in rounds
        for value in (found.values() if isinstance(found, dict) else [found])
        if isinstance(value, np.ndarray)
    ]
    for i, array in enumerate(arrays):
        assert array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in [im, *arrays[:i]])


@pytest.mark.parametrize("pauses", [False, True])
def test_what_the_pixels_make_impossible_is_said_where_it_is(pauses: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_SHORT", 0 if pauses else 1e6)
    program = maskexpr.compile("low = im // (im - 5); low > 1")
    assert not program(im=np.full((8, 8), 70, np.uint8)).any()
    assert program(im=np.full((8, 8), 6, np.uint8)).all()
    for _ in range(2):
        with pytest.raises(maskexpr.RunError, match="an integer divisor is 0"):
            program(im=np.full((8, 8), 5, np.uint8))


def test_arrays_of_a_host_are_not_given_away() -> None:
    kept = np.ones((8, 8), np.float64)

    @maskexpr.function(gives=FLOATS, halo=0, cost=1, memory=0)
    def texture(im: Numeric) -> Any:
        """Texture."""
        return kept

    program = maskexpr.compile("texture(im)", functions=[texture])
    for _ in range(2):
        assert not np.shares_memory(program(im=np.zeros((8, 8), np.uint8)), kept)


def test_what_a_pass_makes_for_itself_goes_with_it() -> None:
    im = np.zeros((300, 300), np.uint8)
    program = maskexpr.compile("keep_largest(sqrt(im * 1.5) ** 0.3 > 4)")
    program(im=im)
    (ready,) = program._kept.ready.values()
    assert direct.is_direct(ready.prepared.plan)
    cost = program.cost(im=im)
    program(im=im)
    tracemalloc.start()
    program(im=im)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= cost.memory - im.nbytes
