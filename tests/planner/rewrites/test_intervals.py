"""Tests of integer images as intervals of values: every comparison, every pair of intervals, value by value."""

import itertools

import pytest
from helpers.each import each
from helpers.rewriting import checked, shown_all

from maskexpr.kinds.ranges import Range
from maskexpr.planner.rewrites import intervals, rewrite
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.steps import Step

NOTHING = Range(1, 0)
SMALL = [Range(low, high) for low in range(4) for high in range(low, 4)]


def values(some: Range) -> set[int]:
    return set(range(some.low, some.high + 1))


@each("number", ["-1", "0", "0.5", "7", "254.5", "255", "256", "1e30", "-1e30"])
@each("symbol", ["<", "<=", ">", ">=", "=="])
def test_a_comparison_passes_the_values_that_python_compares_so(symbol: str, number: str) -> None:
    for text in (f"im {symbol} {number}", f"{number} {symbol} im"):
        (_, step), *_ = checked(text).outputs
        found = intervals.test_of(step)
        assert found is not None
        assert found.im.name == "im"
        assert values(found.passing) == {im for im in range(256) if eval(text, {}, {"im": im})}


@pytest.mark.parametrize(
    ("text", "passing"),
    [
        ("between(im, 3, 9)", range(3, 10)),
        ("between(im, 2.5, 9.5)", range(3, 10)),
        ("between(im, 9, 3)", range(0)),
        ("between(s, -300, 0)", range(-128, 1)),
        ("im in [4, 2, 3]", range(2, 5)),
        ("im in [300, 2.5]", range(0)),
    ],
)
def test_intervals_and_lists_without_a_gap_pass_theirs(text: str, passing: range) -> None:
    (_, step), *_ = checked(text).outputs
    found = intervals.test_of(step)
    assert found is not None
    assert values(found.passing) == set(passing)


@pytest.mark.parametrize(
    "text",
    ["im in [1, 3]", "fl > 3", "im > s", "im > mean(im)", "im > exp(1000)", "im != 3", "m & k", "m", "area(m) > 3"],
)
def test_what_is_no_test_against_constants(text: str) -> None:
    (_, step), *_ = checked(text).outputs
    assert intervals.test_of(step) is None


@each("a, b", list(itertools.product([*SMALL, NOTHING], repeat=2)))
def test_two_intervals_as_sets(a: Range, b: Range) -> None:
    assert values(intervals.both(a, b)) == values(a) & values(b)
    union = values(a) | values(b)
    without_gap = not union or len(union) == max(union) - min(union) + 1
    found = intervals.either(a, b)
    assert (found is not None) == without_gap
    if found is not None:
        assert values(found) == union
    if a != NOTHING != b:
        left_out = intervals.gap(a, b)
        assert values(left_out or NOTHING) == set(range(min(union), max(union) + 1)) - union


@pytest.mark.parametrize(
    ("passing", "spelled"),
    [
        (NOTHING, "empty()"),
        (Range(0, 255), "full()"),
        (Range(7, 7), "(im == 7)"),
        (Range(0, 7), "(im <= 7)"),
        (Range(7, 255), "(im >= 7)"),
        (Range(7, 9), "between(im, 7, 9)"),
    ],
)
def test_the_cheapest_step_for_an_interval(passing: Range, spelled: str) -> None:
    def put(step: Step, facts: Facts) -> Step | None:
        test = intervals.test_of(step)
        return intervals.spelled(test, passing, step, facts) if test and step.function.name == ">" else None

    assert shown_all(rewrite(checked("im > 100"), [put])) == spelled


def test_an_image_that_may_stop_the_run_is_still_looked_at() -> None:
    """Were `im // s > 3` spelled as nowhere, a division by zero would go unnoticed."""

    def put(step: Step, facts: Facts) -> Step | None:
        test = intervals.test_of(step)
        return intervals.spelled(test, NOTHING, step, facts) if test else None

    assert shown_all(rewrite(checked("im // s > 3"), [put])) == "((im // s) > 3)"
    assert shown_all(rewrite(checked("im // 2 > 3"), [put])) == "empty()"
