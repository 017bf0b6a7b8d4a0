"""What a rule may know of the program around its step."""

from typing import Any

import numpy as np
import pytest
from helpers.both_ways import bound
from helpers.rewriting import checked, expect_same_rewritten, run, shown_all, taken

import maskexpr
from maskexpr import RunError
from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import Mask
from maskexpr.functions.record import function
from maskexpr.inside import stages
from maskexpr.planner.rewrites import rewrite
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.steps import Step

SURE = [
    ("im // 2", True),
    ("im % 0.5", True),
    ("fl // fl", True),
    ("im // (im + 1)", True),
    ("im // im", False),
    ("area(m)", True),
    ("mean(im)", False),
    ("keep_largest(m, area(m))", False),
    ("close(m, 3)", False),
    ("dilate(close(m, 3))", False),
    ("gaussian(im, 2)", True),
    ("hysteresis(im, min(im), max(im))", False),
]


@pytest.mark.parametrize(("text", "sure"), SURE)
def test_what_cannot_fail(text: str, sure: bool) -> None:
    asked = {}

    def ask(step: Step, facts: Facts) -> None:
        asked[step] = facts.cannot_fail(step)

    last = rewrite(checked(text), [ask]).outputs[0][1]
    assert asked[last] is sure


def test_what_is_not_known_to_be_sure_can_fail() -> None:
    """Functions of a host's own, be they called like ours."""

    @function(gives=MASK, halo=0, cost=1, memory=0, name="fill_holes")
    def fill_holes(m: Mask) -> Any:
        return m

    (record,) = [fill_holes.record]  # type: ignore[attr-defined]
    program = stages(maskexpr.compile("fill_holes(m) & empty()", functions=[record]), {"m": ((2, 2), "bool")}).checked
    assert shown_all(rewrite(program)) == "(fill_holes(m) & empty())"


@pytest.mark.parametrize(
    "text",
    [
        "(im // o >= 0) | full()",
        "where(true, im > 3, im // o > 3)",
        "(im // o > 300) & (im > 300)",
        "empty() & (im > percentile(im[im > 250], 5))",
        "dilate(im // o, 0) > 3",
        "assert any(empty()); output a = im",
        "assert all(im // o >= 0), 'no'; output a = im",
        "otsu(im, within=empty())",
        "otsu(im, within=im > 300)",
    ],
)
def test_errors_do_not_vanish(text: str) -> None:
    given = {"im": np.array([[1, 2]], np.uint8), "o": np.array([[0, 1]], np.uint8)}
    program, arrays = bound(text, taken(text, given))
    assert isinstance(run(program, None, arrays), RunError)
    expect_same_rewritten(text, taken(text, given))


def test_what_is_used_twice_is_shared() -> None:
    shared = {}

    def ask(step: Step, facts: Facts) -> None:
        shared.update({operand: facts.is_shared(operand) for operand in step.operands.values()})

    (_, a), (_, b) = rewrite(checked("d = dilate(m); output a = d & erode(k); output b = d | k"), [ask]).outputs
    assert a.operands["a"] is b.operands["a"]
    assert shared[a.operands["a"]]
    assert not shared[a.operands["b"]]
    assert shared[b.operands["b"]]  # k, which is eroded too
