"""Statistics along axes, and samples: of arrays however they lie in memory, so that none in Fortran order is copied."""

import math
from typing import Any

from maskexpr.kernels.gathering import gather
from maskexpr.kernels.projections import MOST
from maskexpr.library import OPERATORS
from maskexpr.library.measures import statistics as meaning
from maskexpr.planner.methods.bodies import by_body
from maskexpr.planner.methods.method import Method, Place, array_shape, estimated, per_pixel, runs
from maskexpr.program.steps import Step

_BLOCKS = 5 * 8 * MOST  # a block of values as they are, in wider types, and sorted
_RESULTS = 96  # bytes of a value of the result: sums and products of Python's own numbers


@runs(meaning.sum_, meaning.mean, meaning.std, meaning.min_, meaning.max_, meaning.percentile, meaning.median)
def along(step: Step) -> Method | None:
    """By the plain body, which reads blocks of lines; of a whole image it takes them in order."""
    if not step.kind.is_array:
        return None
    (operand, *_), run = step.operands.values(), by_body(step).plain
    shape = operand.kind.shape or ()
    longest = max(shape[axis] for axis in step.settings["axes"])
    line = math.prod(shape) // max(1, math.prod(step.kind.shape or ()))

    def memory(shape: tuple[int, ...]) -> float:
        results = math.prod(array_shape(step.kind))
        pixels = math.prod(shape)
        return float(min(_BLOCKS, 40 * pixels) + 40 * line + 16 * pixels / longest + _RESULTS * results)

    return Method(run, whole=True, fresh=True, loose=True, memory=memory, word="line by line")


@runs(OPERATORS["samples"])
def samples(step: Step) -> Method | None:
    """Of arrays that do not lie row by row the places are looked up, where they are few."""
    if step.operands["value"].kind.is_samples:
        return None
    assert step.function is not None
    size = estimated(step.function.memory, step)

    def gathered(given: Any, out: Any, place: Place) -> Any:
        return gather(*given)

    return Method(gathered, whole=True, fresh=True, loose=True, memory=per_pixel(size), word="gathered")
