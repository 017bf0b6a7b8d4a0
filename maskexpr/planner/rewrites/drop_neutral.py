"""`m & full` is `m`."""

from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import AND, NOT, OR, XOR, applied, is_known, known_mask, same_kind
from maskexpr.program.steps import Step

_NEUTRAL = {AND: True, OR: False, XOR: False}


def drop_neutral(step: Step, facts: Facts) -> Step | None:
    """A mask beside one that is on everywhere or nowhere, or beside itself, is that mask, its opposite, or known."""
    if step.kind.name != "mask":
        return None
    if step.function is NOT:
        operand = step.operands["a"]
        return next((known_mask(step, not value) for value in (True, False) if is_known(operand, value)), None)
    if step.function not in _NEUTRAL:
        return None
    a, b = step.operands["a"], step.operands["b"]
    if a is b:
        return _with_itself(step, a, facts)
    return _beside(step, a, b, facts) or _beside(step, b, a, facts)


def _with_itself(step: Step, m: Step, facts: Facts) -> Step | None:
    if step.function is not XOR:
        return m
    return known_mask(step, False) if facts.cannot_fail(m) else None


def _beside(step: Step, m: Step, known: Step, facts: Facts) -> Step | None:
    function = step.function
    assert function is not None
    neutral = _NEUTRAL[function]
    if is_known(known, neutral):
        return m if same_kind(m.kind, step.kind) else None
    if not is_known(known, not neutral):
        return None
    if function is XOR:
        return applied(NOT, {"a": m}, step) if m.kind.is_array else None
    return known_mask(step, not neutral) if facts.cannot_fail(m) else None
