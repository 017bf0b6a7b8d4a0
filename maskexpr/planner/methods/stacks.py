"""Several masks taken together: counted in as few bytes as hold their number."""

import math
from typing import Any

import numpy as np

from maskexpr.kinds import ranges
from maskexpr.kinds.ranges import Range
from maskexpr.library import stacks
from maskexpr.planner.methods.method import Method, Place, chunk, no_bytes, runs
from maskexpr.program.steps import Step


@runs(stacks.vote)
def vote(step: Step) -> Method | None:
    """The count, divided once."""
    counts = ranges.smallest_type(Range(0, len(step.operands)))
    if counts is None or not step.kind.is_array:
        return None
    all_of_them, size = np.array(len(step.operands), np.float64), counts.itemsize

    def run(given: Any, out: Any, place: Place) -> Any:
        total = _counted(given, place.scratch("votes", out.shape, counts))
        return np.true_divide(total, all_of_them, out)

    def memory(shape: tuple[int, ...]) -> float:
        return size * math.prod(shape) + 2 * chunk(shape)

    return Method(run, quiet=True, memory=memory)


@runs(stacks.votes)
def votes(step: Step) -> Method:
    """Straight into the result."""
    is_narrow = step.kind.dtype == np.uint8
    return Method(lambda given, out, place: _counted(given, out), quiet=True, memory=no_bytes if is_narrow else chunk)


def _counted(masks: Any, out: Any) -> Any:
    """How many masks are on at each pixel."""
    first, *others = (mask.view(np.uint8) for mask in masks)
    if not others:
        np.copyto(out, first)
    for i, other in enumerate(others):
        np.add(out if i else first, other, out, dtype=out.dtype)
    return out
