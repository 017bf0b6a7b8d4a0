"""`count(label(m))` is `count(m)`."""

from dataclasses import replace

from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import COUNT, LABEL
from maskexpr.program.steps import Step


def count_regions(step: Step, facts: Facts) -> Step | None:
    """The regions of a mask are counted as they are, not the numbers that they would be given: that takes less even
    where these are needed, too. Along the axes on which they were numbered, or along all of them."""
    if step.function is not COUNT:
        return None
    labels = step.operands["m"]
    if labels.function is not LABEL or step.settings["axes"] not in (None, labels.settings["axes"]):
        return None
    return replace(step, operands={"m": labels.operands["m"]}, settings={**step.settings, **labels.settings})
