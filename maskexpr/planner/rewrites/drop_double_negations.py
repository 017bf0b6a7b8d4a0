"""`~~m` is `m`."""

from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import NOT
from maskexpr.program.steps import Step


def drop_double_negations(step: Step, facts: Facts) -> Step | None:
    """The negation of a negation is what was negated."""
    if step.function is not NOT or step.operands["a"].function is not NOT:
        return None
    return step.operands["a"].operands["a"]
