"""Counts of masks in the form they come in: nothing need be packed or unpacked for them."""

import math
from typing import Any

import numpy as np

from maskexpr.kernels import extents, packed
from maskexpr.kernels.counts import count_on
from maskexpr.kernels.overlaps import BLOCK, overlap
from maskexpr.library.measures import agreement
from maskexpr.library.measures import masks as meaning
from maskexpr.planner.methods.method import Method, Place, most_pixels, runs, words_of
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
        return operation(count_on(given[0]), pixels)

    def of_bits(given: Any, out: Any, place: Place) -> Any:
        return operation(packed.area(given[0]), pixels)

    plain = of_bytes if _is_counted_as_bytes(step) else None
    # A byte for each word counts its bits.
    return Method(
        plain,
        of_bits,
        whole=True,
        quiet=True,
        loose=True,
        lenient=True,
        cost=0.1,
        memory=lambda shape: words_of(shape) / 8,
        word="bits counted",
    )


def _is_counted_as_bytes(step: Step) -> bool:
    m = step.operands["m"]
    return bool(m.name) or math.prod(m.kind.shape or ()) <= _MOST_BYTES


@runs(meaning.area)
def area(step: Step) -> Method | None:
    unit, spacing = step.settings["unit"], step.settings["spacing"]
    return _of_mask(step, lambda on, pixels: meaning.in_unit(on, unit, spacing))


@runs(meaning.fraction)
def fraction(step: Step) -> Method | None:
    return _of_mask(step, lambda on, pixels: on / pixels)


@runs(meaning.any_)
def any_(step: Step) -> Method | None:
    return _until_found(step, extents.is_any, extents.is_any_of_words)


@runs(meaning.all_)
def all_(step: Step) -> Method | None:
    width = (step.operands["m"].kind.shape or (0,))[-1]
    return _until_found(step, extents.is_all, lambda words: extents.is_all_of_words(words, width))


def _until_found(step: Step, of_bytes: Any, of_bits: Any) -> Method | None:
    """A truth of one mask, which a part of it may settle."""
    if step.operands["m"].kind.name != "mask":
        return None  # samples
    if step.kind.is_array:
        return along(step)
    plain = (lambda given, out, place: of_bytes(given[0])) if _is_counted_as_bytes(step) else None
    return Method(
        plain,
        lambda given, out, place: of_bits(given[0]),
        whole=True,
        quiet=True,
        loose=True,
        lenient=True,
        cost=0.1,
        memory=lambda shape: min(words_of(shape), extents.MOST),  # bits of words, and their sums
        word="looked at until it is known",
    )


@runs(meaning.bbox)
def bbox(step: Step) -> Method:
    """By the first and last rows that have something; what lies between them is laid over each other."""
    unit, spacing = step.settings["unit"], step.settings["spacing"]
    width = (step.operands["m"].kind.shape or (0,))[-1]

    def of_bytes(given: Any, out: Any, place: Place) -> Any:
        return meaning.box_in_unit(extents.box_of(given[0]), unit, spacing)

    def of_bits(given: Any, out: Any, place: Place) -> Any:
        return meaning.box_in_unit(extents.box_of_words(given[0], width), unit, spacing)

    return Method(
        of_bytes,
        of_bits,
        whole=True,
        quiet=True,
        loose=True,
        lenient=True,
        cost=0.1,
        memory=_of_shadows,
        word="from its ends",
    )


def _of_shadows(shape: tuple[int, ...]) -> float:
    """Bytes of what is laid over each other, along whichever axis comes first in memory, and of one more such."""
    return 2.0 * max(math.prod(shape), words_of(shape)) / max(1, min(shape)) + extents.MOST


# --- what one operation finds ----------------------------------------------------------------------------------------


@runs(meaning.area_of_pixels)
def area_of_pixels(step: Step) -> Method | None:
    return _in_blocks(step, lambda blocks: sum(int(np.count_nonzero(block)) for block in blocks))


@runs(meaning.share_of_pixels)
def share_of_pixels(step: Step) -> Method | None:
    pixels = most_pixels(step)
    return _in_blocks(step, lambda blocks: sum(int(np.count_nonzero(block)) for block in blocks) / pixels)


@runs(agreement.dice_of_pixels)
def dice(step: Step) -> Method:
    return _of_two(step, agreement.dice_of)


@runs(agreement.iou_of_pixels)
def iou(step: Step) -> Method:
    return _of_two(step, agreement.iou_of)


def _of_two(step: Step, operation: Any) -> Method:
    """A measure of two masks, from the numbers of their pixels and of those in both."""

    def of_bytes(given: Any, out: Any, place: Place) -> Any:
        return operation(*overlap(*given))

    def of_bits(given: Any, out: Any, place: Place) -> Any:
        a, b = given
        return operation(packed.area(a), packed.area(b), packed.area(a & b))

    def memory(shape: tuple[int, ...]) -> float:
        return 1.125 * words_of(shape) + 4 * min(math.prod(shape), BLOCK)

    return Method(
        of_bytes, of_bits, whole=True, quiet=True, loose=True, lenient=True, cost=0.3, memory=memory, word="counted"
    )


@runs(meaning.any_of_pixels)
def any_of_pixels(step: Step) -> Method | None:
    return _in_blocks(step, lambda blocks: any(bool(block.any()) for block in blocks))


def _in_blocks(step: Step, statistic: Any) -> Method | None:
    """What is made of a mask whose pixels are found block by block."""
    symbol, (a, b) = step.settings["symbol"], step.operands.values()
    size = 2 + sum(o.kind.dtype.itemsize for o in (a, b) if o.kind.is_array and o.kind.dtype is not None)

    def run(given: Any, out: Any, place: Place) -> Any:
        return statistic(meaning.found_in_blocks(symbol, *given))

    def memory(shape: tuple[int, ...]) -> float:
        return size * min(math.prod(shape), meaning.BLOCK)

    return Method(run, whole=True, quiet=True, loose=True, cost=2, memory=memory, word="counted block by block")
