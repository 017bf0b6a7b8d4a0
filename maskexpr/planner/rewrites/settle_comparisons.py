"""`im > 255` on 8 bits is on nowhere."""

from maskexpr.kinds.kind import Kind
from maskexpr.library import OPERATORS
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import BETWEEN, known_mask
from maskexpr.program.steps import Step

_Bounds = tuple[float, float]


def settle_comparisons(step: Step, facts: Facts) -> Step | None:
    """A comparison that the ranges of integers decide is a mask that is on everywhere or nowhere."""
    if step.kind.name != "mask" or step.function is None:
        return None
    # Both sides are no longer looked at, so neither may be what stops the run.
    settled = _settled(step)
    if settled is None or not all(facts.cannot_fail(o) for o in step.operands.values()):
        return None
    return known_mask(step, settled)


def _settled(step: Step) -> bool | None:
    function = step.function
    assert function is not None
    if function is BETWEEN:
        im, low, high = (_bounds(step.operands[name].kind) for name in ("im", "low", "high"))
        return _both(_compared(">=", im, low), _compared("<=", im, high))
    if OPERATORS.get(function.name) is not function or set(step.operands) != {"a", "b"}:
        return None
    a, b = _bounds(step.operands["a"].kind), _bounds(step.operands["b"].kind)
    if function.name == "==":
        return _both(_compared("<=", a, b), _compared(">=", a, b))
    if function.name == "!=":
        equal = _both(_compared("<=", a, b), _compared(">=", a, b))
        return None if equal is None else not equal
    return _compared(function.name, a, b)


def _bounds(kind: Kind) -> _Bounds | None:
    """Between which numbers a value lies, and is no nan; Python compares integers with floats exactly."""
    if kind.name == "number" and kind.is_constant and kind.constant == kind.constant:
        return (kind.constant, kind.constant)
    return kind.range


def _compared(symbol: str, a: _Bounds | None, b: _Bounds | None) -> bool | None:
    if a is None or b is None:
        return None
    always = {"<": a[1] < b[0], "<=": a[1] <= b[0], ">": a[0] > b[1], ">=": a[0] >= b[1]}
    never = {"<": a[0] >= b[1], "<=": a[0] > b[1], ">": a[1] <= b[0], ">=": a[1] < b[0]}
    return True if always.get(symbol) else False if never.get(symbol) else None


def _both(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return True if a and b else None
