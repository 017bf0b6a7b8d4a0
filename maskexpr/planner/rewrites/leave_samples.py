"""`mean(im[m])` adds up the samples where they lie, and `median(im[m])` takes them in any order."""

from dataclasses import replace

from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import (
    MAX,
    MEAN,
    MEDIAN,
    MIN,
    PERCENTILE,
    SAMPLES,
    SAMPLES_IN_ANY_ORDER,
    SAMPLES_IN_PLACE,
    STD,
    SUM,
)
from maskexpr.program.steps import Step


def leave_samples(step: Step, facts: Facts) -> Step | None:
    """Samples of which only one statistic is made need no order, and for one that goes through them once, in blocks,
    they are not taken from their image."""
    if step.function not in (SUM, MEAN, STD, MIN, MAX, MEDIAN, PERCENTILE):
        return None
    taken = step.operands["im"]
    if taken.function is not SAMPLES or facts.is_shared(taken):
        return None
    image = taken.operands["value"].kind
    if image.is_samples or image.channels or image.dtype is None:
        return None
    is_once = step.function in (SUM, MEAN) or (step.function is STD and image.dtype.kind != "f")
    function = SAMPLES_IN_PLACE if is_once else SAMPLES_IN_ANY_ORDER
    return replace(step, operands={**step.operands, "im": replace(taken, function=function)})
