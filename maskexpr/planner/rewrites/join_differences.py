"""`abs(a - b)` is one step."""

from maskexpr.library import OPERATORS
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import ABS, ABSOLUTE_DIFFERENCE, applied
from maskexpr.program.running import work_type
from maskexpr.program.steps import Step


def join_differences(step: Step, facts: Facts) -> Step | None:
    """Of floating images or of unsigned integers, all of one type, which then need no wider one with a sign between."""
    if step.function is not ABS or not step.kind.is_array:
        return None
    difference = step.operands["im"]
    if difference.function is not OPERATORS["-"] or facts.is_shared(difference):
        return None
    joined = applied(ABSOLUTE_DIFFERENCE, difference.operands, step)
    work = work_type(joined)
    types = {o.kind.dtype for o in difference.operands.values() if o.kind.is_array}
    return joined if work.kind in "uf" and types | {step.kind.dtype} == {work} else None
