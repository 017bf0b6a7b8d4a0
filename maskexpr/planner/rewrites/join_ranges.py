"""`(im > 32) & (im <= 64)` is `between(im, 33, 64)`."""

from maskexpr.functions.record import Function
from maskexpr.kinds.ranges import Range
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.intervals import Test, both, either, gap, spelled, test_of
from maskexpr.planner.rewrites.patterns import AND, NOT, OR, applied
from maskexpr.program.steps import Step


def join_ranges(step: Step, facts: Facts) -> Step | None:
    """Two tests of one integer image against constants are one test, also where another mask stands between them."""
    if step.kind.name != "mask" or step.function not in (AND, OR):
        return None
    a, b = step.operands["a"], step.operands["b"]
    joined = _joined(step.function, a, b, step, facts)
    return joined or _reached(step, a, b, facts) or _reached(step, b, a, facts)


def _reached(step: Step, chain: Step, last: Step, facts: Facts) -> Step | None:
    """(m & first) & last: m & (first & last)."""
    function = step.function
    assert function is not None
    if chain.function is not function or facts.is_shared(chain):
        return None
    a, b = chain.operands["a"], chain.operands["b"]
    for m, first in ((a, b), (b, a)):
        joined = _joined(function, first, last, first, facts)
        if joined is not None:
            return applied(function, {"a": m, "b": joined}, step)
    return None


def _joined(function: Function, a: Step, b: Step, place: Step, facts: Facts) -> Step | None:
    first, second = test_of(a), test_of(b)
    if first is None or second is None or first.im is not second.im:
        return None
    passing = (both if function is AND else either)(first.passing, second.passing)
    if passing == first.passing:
        return a
    if passing == second.passing:
        return b
    if facts.is_shared(a) and facts.is_shared(b):
        return None
    return spelled(first, passing, place, facts) if passing else _around(first, second, place, facts)


def _around(first: Test, second: Test, place: Step, facts: Facts) -> Step | None:
    """All values but those between two intervals."""
    ends = Range(min(first.passing.low, second.passing.low), max(first.passing.high, second.passing.high))
    left_out = gap(first.passing, second.passing)
    if left_out is None or ends != first.values:
        return None
    between = spelled(first, left_out, place, facts)
    return between and applied(NOT, {"a": between}, place)
