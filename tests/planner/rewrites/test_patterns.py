"""How rules recognise steps, and what they put in their place."""

from dataclasses import replace

import pytest
from helpers.rewriting import checked, shown

from maskexpr.planner.rewrites import patterns


@pytest.mark.parametrize(
    ("text", "everywhere", "nowhere"),
    [
        ("full()", True, False),
        ("empty()", False, True),
        ("true", True, False),
        ("1 > 2", False, True),
        ("any(m)", False, False),
        ("m", False, False),
        ("m | ~m", False, False),
    ],
)
def test_masks_and_truths_that_are_known(text: str, everywhere: bool, nowhere: bool) -> None:
    condition = checked(f"where({text}, m, k)").outputs[0][1].operands["condition"]
    assert patterns.is_known(condition, True) is everywhere
    assert patterns.is_known(condition, False) is nowhere


def test_one_kind_stands_for_another_wherever_its_shape_came_from() -> None:
    kind = checked("m & k").outputs[0][1].kind
    assert patterns.same_kind(kind, replace(kind, origin="elsewhere"))
    assert not patterns.same_kind(kind, replace(kind, shape=(7, 6)))
    assert not patterns.same_kind(kind, replace(kind, name="truth"))
    assert not patterns.same_kind(kind, checked("sp").outputs[0][1].kind)  # which has a spacing


def test_what_is_put_in_stands_where_the_other_was_written() -> None:
    step = checked("dilate(m & k)").outputs[0][1].operands["m"]
    m, k = step.operands.values()
    for made, text in (
        (patterns.known_mask(step, True), "full()"),
        (patterns.known_mask(step, False), "empty()"),
        (patterns.applied(patterns.OR, {"a": k, "b": m}, step), "(k | m)"),
        (patterns.applied(patterns.NOT, {"a": m}, step), "~m"),
    ):
        assert shown(made) == text
        assert made.kind == step.kind
        assert (made.source, made.span) == (step.source, step.span)
    number = patterns.whole_number(-3, step)
    assert (number.kind.constant, number.kind.range.low, number.kind.range.high) == (-3, -3, -3)
    assert number.span == step.span
