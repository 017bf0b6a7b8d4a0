"""Counts of packed masks, for which nothing need be unpacked."""

import math
from typing import Any

from maskexpr.kernels import packed
from maskexpr.library.measures import masks as meaning
from maskexpr.planner.methods.method import Method, Place, runs, words_of
from maskexpr.planner.methods.projections import along
from maskexpr.program.steps import Step


def _of_mask(step: Step, operation: Any) -> Method | None:
    """A measure of one mask, from the number of its pixels that are on and of all."""
    kind = step.operands["m"].kind
    if kind.name != "mask":
        return None  # samples
    if step.kind.is_array:
        return along(step)
    pixels = math.prod(kind.shape or ())

    def run(given: Any, out: Any, place: Place) -> Any:
        return operation(packed.area(given[0]), pixels)

    # A byte for each word counts its bits.
    return Method(packed=run, whole=True, cost=0.1, memory=lambda shape: words_of(shape) / 8, word="bits counted")


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
