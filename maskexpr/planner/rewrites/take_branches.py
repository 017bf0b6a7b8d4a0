"""`where(true, a, b)` is `a`, and `where(c, m, empty)` is `c & m`."""

from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import AND, OR, WHERE, applied, is_known, same_kind
from maskexpr.program.steps import Step


def take_branches(step: Step, facts: Facts) -> Step | None:
    """A choice that is known is what is chosen, where that needs no other type; one of masks is `&` or `|`."""
    if step.function is not WHERE:
        return None
    condition, a, b = (step.operands[name] for name in ("condition", "a", "b"))
    taken, left = (b, a) if is_known(condition, False) else (a, b)
    if is_known(condition, True) or is_known(condition, False):
        return taken if same_kind(taken.kind, step.kind) and facts.cannot_fail(left) else None
    if a is b:
        return a if same_kind(a.kind, step.kind) and facts.cannot_fail(condition) else None
    return _of_masks(step, condition, a, b) if step.kind.name == "mask" else None


def _of_masks(step: Step, condition: Step, a: Step, b: Step) -> Step | None:
    if is_known(a, True) and is_known(b, False):
        return condition if same_kind(condition.kind, step.kind) else None
    if is_known(b, False) and (condition.kind.is_array or a.kind.is_array):
        return applied(AND, {"a": condition, "b": a}, step)
    if is_known(a, True) and (condition.kind.is_array or b.kind.is_array):
        return applied(OR, {"a": condition, "b": b}, step)
    return None
