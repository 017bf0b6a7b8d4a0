"""Tests of an integer image against constants: which values pass, and the cheapest step that says so."""

import math
from dataclasses import dataclass
from typing import Any

from maskexpr.kinds.ranges import Range
from maskexpr.library import OPERATORS
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import BETWEEN, ISIN, applied, known_mask, whole_number
from maskexpr.program.steps import Step

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
_NOTHING = Range(1, 0)


@dataclass(frozen=True, slots=True)
class Test:
    """A mask of the pixels of `im` whose value lies in `passing`, a part of the image's range; low > high for none."""

    im: Step
    values: Range
    passing: Range


def test_of(step: Step) -> Test | None:
    """What a step tests, where that is an interval of the values of an integer image, given by constants."""
    if step.kind.name != "mask" or step.function is None:
        return None
    operands = step.operands
    if step.function is ISIN:
        return _test(operands["im"], _run(operands["im"], step.settings["values"]))
    if step.function is BETWEEN:
        low, high = (_constant(operands[name]) for name in ("low", "high"))
        if low is None or high is None:
            return None
        return _test(operands["im"], Range(math.ceil(low), math.floor(high)))
    symbol = step.function.name
    if symbol not in _SWAPPED or step.function is not OPERATORS[symbol]:
        return None
    a, b = operands["a"], operands["b"]
    if not a.kind.is_array:
        a, b, symbol = b, a, _SWAPPED[symbol]
    return _test(a, _passing(symbol, a, _constant(b)))


def _test(im: Step, passing: Range | None) -> Test | None:
    values = im.kind.range
    if not im.kind.is_array or values is None or passing is None:
        return None
    inside = Range(max(passing.low, values.low), min(passing.high, values.high))
    return Test(im, values, inside if inside.low <= inside.high else _NOTHING)


def _constant(step: Step) -> Any:
    """A finite number that is known before the run, else None."""
    value = step.kind.constant
    if step.kind.name != "number" or not step.kind.is_constant:
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _passing(symbol: str, im: Step, value: Any) -> Range | None:
    """The integers that compare so with a number, itself perhaps a fraction."""
    values = im.kind.range
    if value is None or values is None:
        return None
    floor, ceiling = math.floor(value), math.ceil(value)
    return {
        "<": Range(values.low, ceiling - 1),
        "<=": Range(values.low, floor),
        ">": Range(floor + 1, values.high),
        ">=": Range(ceiling, values.high),
        "==": Range(ceiling, floor),
    }[symbol]


def _run(im: Step, listed: tuple[Any, ...]) -> Range | None:
    """The numbers of a list that the image can hold, where they follow one another without a gap."""
    values = im.kind.range
    if values is None:
        return None
    found = {int(v) for v in listed if values.low <= v <= values.high and v == v // 1}
    if not found:
        return _NOTHING
    return Range(min(found), max(found)) if max(found) - min(found) == len(found) - 1 else None


def both(a: Range, b: Range) -> Range:
    """The values in both of two intervals."""
    inside = Range(max(a.low, b.low), min(a.high, b.high))
    return inside if inside.low <= inside.high else _NOTHING


def either(a: Range, b: Range) -> Range | None:
    """The values in either of two intervals; None where they leave a gap."""
    if _NOTHING in (a, b):
        return a if b == _NOTHING else b
    return None if gap(a, b) else Range(min(a.low, b.low), max(a.high, b.high))


def gap(a: Range, b: Range) -> Range | None:
    """The values between two intervals, neither of them empty."""
    between = Range(min(a.high, b.high) + 1, max(a.low, b.low) - 1)
    return between if between.low <= between.high else None


def spelled(test: Test, passing: Range, step: Step, facts: Facts) -> Step | None:
    """The cheapest step for an interval of the image's values, in the place of a step that gives a mask of its grid.

    None where the image would not be looked at, but can fail.
    """
    if passing in (_NOTHING, test.values):
        return known_mask(step, passing != _NOTHING) if facts.cannot_fail(test.im) else None
    low, high = whole_number(passing.low, step), whole_number(passing.high, step)
    if passing.low == passing.high:
        return applied(OPERATORS["=="], {"a": test.im, "b": low}, step)
    if passing.low == test.values.low:
        return applied(OPERATORS["<="], {"a": test.im, "b": high}, step)
    if passing.high == test.values.high:
        return applied(OPERATORS[">="], {"a": test.im, "b": low}, step)
    return applied(BETWEEN, {"im": test.im, "low": low, "high": high}, step)
