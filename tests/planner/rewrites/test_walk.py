"""The walk that applies rules: steps are made once, what is left keeps its place, and nothing recurses."""

import functools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from helpers.counting import calls_made
from helpers.rewriting import checked, expect_same_rewritten, shown_all

from maskexpr import Image
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.record import CATALOGUE, Function
from maskexpr.functions.settling import Distance
from maskexpr.kinds.kind import Kind
from maskexpr.library import OPERATORS
from maskexpr.planner.rewrites import RULES, rewrite
from maskexpr.program.steps import Checked, Step


def test_every_rule_is_named_like_its_file() -> None:
    for rule in RULES:
        assert rule.__module__ == f"maskexpr.planner.rewrites.{rule.__name__}"
        assert rule.__doc__


def test_kinds_that_differ_in_spacing_are_kept_apart() -> None:
    given = {"sp": Image(np.ones((2, 2), bool), spacing=0.5), "m": np.ones((2, 2), bool)}
    expect_same_rewritten("output a = sp | full(); output b = m | full(); output c = m & (sp | full())", given)
    changed = expect_same_rewritten("output a = sp ^ sp; output b = m ^ m", given)
    assert shown_all(changed) == "empty(); empty()"


def test_sources_and_spans_are_kept() -> None:
    program = checked("dilate((im > 32) & ~(im > 64), 2)")
    changed = rewrite(program)
    assert [name for name, _, _ in changed.applied] == ["flip_negations", "join_ranges"]
    places = [s.source.slice(s.span) for s in changed.steps if s.function]
    assert places == ["(im > 32) & ~(im > 64)", "dilate((im > 32) & ~(im > 64), 2)"]


def test_steps_are_made_once() -> None:
    result = rewrite(checked("output a = ~(im > 9) & m; output b = (im <= 9) & m; output c = m & ~~(im <= 9)"))
    assert result.outputs[0][1] is result.outputs[1][1]
    assert sum(s.function is OPERATORS["<="] for s in result.steps) == 1


def test_without_rules_nothing_is_changed() -> None:
    program = checked("~~m & full()")
    result = rewrite(program, ())
    assert list(result.steps) == program.needed()
    assert result.applied == ()


# --- long programs ---------------------------------------------------------------------------------------------------


def chain(function: Function, length: int, settings: dict[str, Any]) -> Checked:
    """A function applied to its own result over and over; one of two operands takes another input each time."""
    kind = Kind("mask", (3, 3), np.dtype(bool))
    made = functools.partial(Step, kind, Source("m"), Span(0, 1))
    step = made(name="m")
    steps = [step]
    for i in range(length):
        others = {"b": made(name=f"i{i}")} if function is OPERATORS["^"] else {}
        step = made(function, {"m" if function.parameter("m") else "a": step, **others}, settings)
        steps += [*others.values(), step]
    return Checked(steps=tuple(steps), outputs=(("a", step),))


def dilations(length: int) -> None:
    once = {"n": Distance(Fraction(1)), "shape": "diamond", "axes": None}
    merged = rewrite(chain(CATALOGUE["dilate"], length, once))
    assert merged.outputs[0][1].settings["n"] == Distance(Fraction(length))


def negations(length: int) -> None:
    assert len(rewrite(chain(OPERATORS["~"], length, {})).steps) == 1 + length % 2


def left_out(length: int) -> None:
    """Each time all of the chain so far is not needed."""
    program = chain(OPERATORS["^"], length, {})
    kind = program.outputs[0][1].kind
    full = Step(kind, Source("m"), Span(0, 1), CATALOGUE["full"], {}, {"grid": (3, 3)})
    steps, last = [full, *program.steps], full
    for step in program.steps:
        if step.function:
            last = Step(kind, step.source, step.span, OPERATORS["|"], {"a": step, "b": last})
            steps.append(last)
    left = rewrite(Checked(steps=tuple(steps), outputs=(("a", last),)))
    assert [s.function for s in left.steps] == [CATALOGUE["full"]]


@pytest.mark.slow
@pytest.mark.parametrize("work", [dilations, negations, left_out])
def test_long_chains_neither_recurse_nor_take_more_than_their_length(work: Callable[[int], None]) -> None:
    """Longer than Python's stack is deep, and two and a half times as long in so many times as many calls."""
    once, longer = (calls_made(lambda n=n: work(n)) for n in (1100, 2750))  # type: ignore[misc]
    assert longer < 2.8 * once
