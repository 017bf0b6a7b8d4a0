"""`~(im > 64)` is `im <= 64`."""

from dataclasses import replace

from maskexpr.kinds.kind import Kind
from maskexpr.library import OPERATORS
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import NOT
from maskexpr.program.steps import Step

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def flip_negations(step: Step, facts: Facts) -> Step | None:
    """The negation of a comparison is the opposite comparison, for an order where neither side can be nan."""
    if step.function is not NOT:
        return None
    comparison = step.operands["a"]
    function = comparison.function
    if function is None or function.name not in _OPPOSITE or function is not OPERATORS[function.name]:
        return None
    # nan is neither above nor below anything, but unequal to everything.
    exact = function.name in ("==", "!=") or all(_is_no_nan(o.kind) for o in comparison.operands.values())
    if not exact or facts.is_shared(comparison):
        return None
    return replace(step, function=OPERATORS[_OPPOSITE[function.name]], operands=comparison.operands)


def _is_no_nan(kind: Kind) -> bool:
    return kind.range is not None or (kind.is_constant and bool(kind.constant == kind.constant))
