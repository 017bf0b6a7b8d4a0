"""Counts of masks in the form they come in: nothing need be packed or unpacked for them."""

import math
from typing import Any

import numpy as np

from maskexpr.kernels import packed
from maskexpr.library.measures import masks as meaning
from maskexpr.planner.methods.method import Method, Place, runs, words_of
from maskexpr.planner.methods.projections import along
from maskexpr.program.steps import Step

# Pixels up to which a mask is counted as bytes, if it comes as such: while it is in the cache that takes less than to
# put it into bits. What is given as bytes is always counted so.
_MOST_BYTES = 2**19


def _of_mask(step: Step, operation: Any) -> Method | None:
    """A measure of one mask, from the number of its pixels that are on and of all."""
    kind = step.operands["m"].kind
    if kind.name != "mask":
        return None  # samples
    if step.kind.is_array:
        return along(step)
    pixels = math.prod(kind.shape or ())

    def of_bytes(given: Any, out: Any, place: Place) -> Any:
        return operation(int(np.count_nonzero(given[0])), pixels)

    def of_bits(given: Any, out: Any, place: Place) -> Any:
        return operation(packed.area(given[0]), pixels)

    plain = of_bytes if pixels <= _MOST_BYTES or step.operands["m"].name else None
    # A byte for each word counts its bits.
    return Method(
        plain,
        of_bits,
        whole=True,
        quiet=True,
        loose=True,
        cost=0.1,
        memory=lambda shape: words_of(shape) / 8,
        word="bits counted",
    )


@runs(meaning.area)
def area(step: Step) -> Method | None:
    unit, spacing = step.settings["unit"], step.settings["spacing"]
    return _of_mask(step, lambda on, pixels: meaning.in_unit(on, unit, spacing))


@runs(meaning.fraction)
def fraction(step: Step) -> Method | None:
    return _of_mask(step, lambda on, pixels: on / pixels)


@runs(meaning.any_)
def any_(step: Step) -> Method | None:
    return _of_mask(step, lambda on, pixels: on > 0)


@runs(meaning.all_)
def all_(step: Step) -> Method | None:
    return _of_mask(step, lambda on, pixels: on == pixels)
