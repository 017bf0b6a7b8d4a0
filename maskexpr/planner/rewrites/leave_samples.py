"""`mean(im[m])` adds up the samples where they lie."""

from dataclasses import replace

from maskexpr.library.measures import statistics
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import SAMPLES, SAMPLES_IN_PLACE
from maskexpr.program.steps import Step

_SUMS = tuple(function.record for function in (statistics.sum_, statistics.mean, statistics.std))  # type: ignore[union-attr]


def leave_samples(step: Step, facts: Facts) -> Step | None:
    """Samples that only one sum is made of are not taken from their image: what goes block by block needs no order."""
    if step.function not in _SUMS:
        return None
    taken = step.operands["im"]
    if taken.function is not SAMPLES or facts.is_shared(taken):
        return None
    image = taken.operands["value"].kind
    if image.is_samples or image.channels or image.dtype is None:
        return None
    return replace(step, operands={"im": replace(taken, function=SAMPLES_IN_PLACE)})
