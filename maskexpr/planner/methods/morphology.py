"""Morphology of masks on packed words, of grey images along lines."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.functions.arguments import Refused
from maskexpr.functions.settling import NAMED_SHAPES, Distance
from maskexpr.kernels import grey, packed, spread
from maskexpr.kernels.packed import Words
from maskexpr.kernels.scratch import Scratch
from maskexpr.library import elements
from maskexpr.library.morphology import elementary as meaning
from maskexpr.library.morphology import hulls, patterns
from maskexpr.planner.methods.bodies import by_body, takes
from maskexpr.planner.methods.method import (
    Array,
    Bytes,
    Method,
    Place,
    estimated,
    reach_no_further,
    runs,
    width_of,
    words_of,
)
from maskexpr.program.steps import Step

_PADDED = 4  # images with room around them
_OF_LINE = {1: 8, 2: 280, 3: 1000}  # bytes of a line of an image of so many axes whose hull is found

# A disk is combined from its rows, an operation each; above so many a distance transform is cheaper.
_MOST_ROWS = 5_000
# A pattern that holds its centre is stamped so often at most. SciPy visits only what changed last, which pays where
# little does; it must do the others again and again.
_MOST_STAMPS = 1000
# By so many times the sum of an image's sizes, stamps have come back to what they gave before.
_STAMPS_A_PIXEL = 4
# Operations on words of 64 pixels that take as long as one on each pixel, and no dilation takes less.
_WORDS_COST = 30.0
_WORD = "64 pixels at once"
_ALONG, _ACROSS = 4, 1  # operations on words that combine a copy moved along the rows, or across them

reach_no_further(meaning.dilate, meaning.erode, meaning.open_, meaning.close, meaning.boundary)

Spread = Callable[[Words, int, Words, Scratch], Words]  # words, width, result, buffers


@dataclass(frozen=True, slots=True)
class _Spreading:
    """How packed masks are dilated or eroded: the operations on each word, and how many further masks are held
    meanwhile, of so many more rows."""

    run: Spread
    operations: float
    masks: int = 5
    rows: int = 0

    def memory(self, shape: tuple[int, ...]) -> int:
        return self.masks * words_of((shape[0] + self.rows, *shape[1:]))


def _cost(*parts: _Spreading) -> float:
    """Of several one after the other, for each pixel."""
    return sum(max(1.0, part.operations / _WORDS_COST) for part in parts)


def _spreader(step: Step, combine: Any) -> _Spreading | None:
    """How to dilate (OR) or erode (AND) packed masks by the element of a step; None leaves it to the plain body."""
    n, shape, axes = (step.settings[name] for name in ("n", "shape", "axes"))
    assert step.kind.shape
    ndim = len(step.kind.shape)
    worked = elements.worked_axes(axes, ndim)
    # Beyond the image's size a longer reach makes no difference; an erosion must still see the outside.
    extent = tuple(size + 1 for size in step.kind.shape)
    if shape not in NAMED_SHAPES:
        element = elements.element(n, shape, axes, ndim)
        many = element.times > _MOST_STAMPS and element.holds_centre
        return None if many else _stamped(element, step.kind.shape, combine)
    n = elements.in_pixels(n, worked)
    if shape == "square":
        return _lines([min(n.reach(a), extent[a]) if a in worked else 0 for a in range(ndim)], combine)
    if shape == "diamond" and n.spacing is None:
        reach = min(int(n.radius), sum(extent[a] for a in worked))
        if len(worked) == 1:
            return _lines([reach if a in worked else 0 for a in range(ndim)], combine)
        return _diamond(reach, worked, ndim, combine)
    places = _rows(n, worked[:-1] if worked[-1] == ndim - 1 else worked, extent)
    if places > _MOST_ROWS:
        return None
    footprint = elements.footprint(n, shape, axes, ndim, extent)
    widths = min(places, footprint.shape[-1] // 2 + 1)
    return _Spreading(
        lambda words, width, out, scratch: spread.rows(words, width, footprint, combine, out, scratch),
        _ACROSS * places + 2 * _ALONG * widths,
    )


def _lines(reaches: list[int], combine: Any) -> _Spreading:
    *others, last = reaches
    operations = sum(_ACROSS * (reach.bit_length() + 1) for reach in others if reach)
    operations += _ALONG * (last.bit_length() + 1) if last <= 64 else 2 * _ALONG * len(list(spread.shifts(last)))
    return _Spreading(
        lambda words, width, out, scratch: spread.square(words, width, reaches, combine, out, scratch), operations
    )


def _diamond(reach: int, worked: tuple[int, ...], ndim: int, combine: Any) -> _Spreading:
    along = ndim - 1 in worked
    cross = 2 * _ALONG * along + 2 * _ACROSS * (len(worked) - along)
    if ndim > 2 or reach <= 2:
        operations = cross * len(list(spread.shifts(reach, len(worked))))
    else:  # by lines along both diagonals
        operations = 2 * _ALONG * (reach - 1).bit_length() + cross
    return _Spreading(
        lambda words, width, out, scratch: spread.diamond(words, width, reach, worked, combine, out, scratch),
        operations,
        rows=reach + 2,
    )


def _rows(n: Distance, axes: tuple[int, ...], extent: tuple[int, ...]) -> int:
    return math.prod(2 * min(n.reach(a), extent[a]) + 1 for a in axes)


def _stamped(element: elements.Element, extent: tuple[int, ...], combine: Any) -> _Spreading:
    """A pattern, applied its number of times, cropped to the image each time."""
    moves = elements.offsets(element.footprint)
    if combine is spread.AND:
        moves = [tuple(-d for d in move) for move in moves]

    def run(words: Words, width: int, out: Words, scratch: Scratch) -> Words:
        if element.times == 1:
            return spread.stamp(words, width, moves, combine, out, scratch)

        def once(before: Words) -> Words:
            return spread.stamp(before, width, moves, combine, np.empty_like(before), scratch)

        out[...] = elements.repeated(once, words, element.times)
        return out

    columns = len({move[-1] for move in moves})
    times = min(element.times, _STAMPS_A_PIXEL * sum(extent))
    return _Spreading(run, times * (_ALONG * columns + _ACROSS * len(moves)), masks=7)


@runs(meaning.dilate)
def dilate(step: Step) -> Method | None:
    return _one(step, spread.OR) if _of_masks(step) else _grey(step, np.maximum)


@runs(meaning.erode)
def erode(step: Step) -> Method | None:
    if _is_ignoring(step):
        return None
    return _one(step, spread.AND) if _of_masks(step) else _grey(step, np.minimum)


def _of_masks(step: Step) -> bool:
    return step.kind.name == "mask"


def _is_ignoring(step: Step) -> bool:
    """Whether it is a mask's, and the outside is ignored: then it is an expression of dilations, or no method fits."""
    return _of_masks(step) and step.settings.get("border") == "ignore"


def _one(step: Step, combine: Any) -> Method | None:
    grow, width = _spreader(step, combine), width_of(step)
    if grow is None:
        return None
    grown = grow.run

    def run(given: Any, out: Any, place: Place) -> Any:
        return grown(given[0], width, out, place.scratch)

    return Method(packed=run, quiet=True, brief=True, cost=_cost(grow), memory=grow.memory, word=_WORD)


@runs(meaning.open_)
def open_(step: Step) -> Method | None:
    if _is_ignoring(step):
        return None
    if not _of_masks(step):
        return _grey(step, np.minimum, np.maximum)
    if step.settings["shape"] not in NAMED_SHAPES:
        return _on_the_plane(step, spread.AND, spread.OR)
    shrink, grow, width = _spreader(step, spread.AND), _spreader(step, spread.OR), width_of(step)
    if shrink is None or grow is None:
        return None
    first, second = shrink.run, grow.run

    def run(given: Any, out: Any, place: Place) -> Any:
        between = place.scratch("between", out.shape, np.uint64)
        return second(first(given[0], width, between, place.scratch), width, out, place.scratch)

    def memory(rows: tuple[int, ...]) -> int:
        return grow.memory(rows) + words_of(rows)

    return Method(packed=run, quiet=True, brief=True, cost=_cost(shrink, grow), memory=memory, word=_WORD)


@runs(meaning.close)
def close(step: Step) -> Method | None:
    if _is_ignoring(step):
        return None
    return _on_the_plane(step, spread.OR, spread.AND) if _of_masks(step) else _grey(step, np.maximum, np.minimum)


def _on_the_plane(step: Step, first: Any, second: Any) -> Method | None:
    """Two operations with room around the image for what leaves it between them."""
    assert step.kind.shape
    try:
        n, pad = meaning.room(step.kind.shape, *(step.settings[name] for name in ("n", "shape", "axes")))
    except Refused:
        return replace(by_body(step), cost=0.0)  # the plain body says so when it is run, and does nothing else
    width = width_of(step)
    shape = tuple(size + 2 * p for size, p in zip(step.kind.shape, pad, strict=True))
    wide = replace(step, kind=replace(step.kind, shape=shape), settings={**step.settings, "n": n})
    one, two = _spreader(wide, first), _spreader(wide, second)
    if one is None or two is None:
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        roomy, roomy_width = packed.with_room(given[0], width, pad, place.scratch)
        between = place.scratch("between", roomy.shape, np.uint64)
        one.run(roomy, roomy_width, between, place.scratch)
        two.run(between, roomy_width, roomy, place.scratch)
        return packed.without_room(roomy, width, pad, out)

    def memory(rows: tuple[int, ...]) -> int:
        wide = tuple(size + 2 * p for size, p in zip(rows, pad, strict=True))
        wide = (*wide[:-1], wide[-1] + 64)  # whole words before each row
        return max(one.memory(wide), two.memory(wide)) + 2 * words_of(wide)

    return Method(packed=run, quiet=True, brief=True, cost=_cost(one, two), memory=memory, word=_WORD)


@runs(patterns.hit_or_miss)
def hit_or_miss(step: Step) -> Method:
    shape, width = step.kind.shape or (), width_of(step)
    masks = patterns.on_and_off(step.settings["pattern"], step.settings["axes"], len(shape))
    on, off = (elements.offsets(mask) for mask in masks)

    def run(given: Any, out: Any, place: Place) -> Any:
        return spread.fits(given[0], width, on, off, out, place.scratch)

    operations = _ALONG * len({offset[-1] for offset in (*on, *off)}) + _ACROSS * len((*on, *off))
    cost = max(1.0, operations / _WORDS_COST)
    return Method(packed=run, quiet=True, brief=True, cost=cost, memory=lambda rows: 4 * words_of(rows), word=_WORD)


# --- grey images -----------------------------------------------------------------------------------------------------

_OF_OFFSET = 44  # bytes of an offset of an element, of which lines are made

_Extreme = Callable[[Array, Any, Array], Array]  # image, np.maximum or np.minimum, result


def _grey(step: Step, *ufuncs: Any) -> Method | None:
    """Extremes under the element, one after the other."""
    extreme = extreme_of(step)
    if extreme is None:
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        value = given[0]
        for left, ufunc in zip(range(len(ufuncs) - 1, -1, -1), ufuncs, strict=True):
            value = extreme(value, ufunc, place.scratch("between", out.shape, out.dtype) if left else out)
        return value

    dtype, halo = step.kind.dtype, elements.halo(step.settings, len(step.kind.shape or ()))
    assert dtype is not None
    itemsize = dtype.itemsize
    # Besides what lies between: windows of two lengths and the result, with gaps between lines, or in the frames of
    # blocks; of small floats ranks.
    arrays = len(ufuncs) + 3 + (3 if dtype == np.float16 else 0)

    around = _OF_OFFSET * _offsets(step)

    def memory(rows: tuple[int, ...]) -> int:
        spaced = math.prod(n + 2 * min(reach, n) for n, reach in zip(rows, halo, strict=True))
        return arrays * spaced * itemsize + around

    return Method(run, cost=len(ufuncs) * _operations(step), memory=memory, word="extremes along lines")


def _offsets(step: Step) -> int:
    """How many offsets are looked at to find the lines of an element; none of a square and of a plain diamond."""
    shape, extent, settings = step.settings["shape"], step.kind.shape or (), step.settings
    if shape == "square" or (shape == "diamond" and settings["n"].spacing is None):
        return 0
    reaches = elements.halo(settings, len(extent))
    return math.prod(2 * min(reach, max(n - 1, 0)) + 1 for reach, n in zip(reaches, extent, strict=True))


def _operations(step: Step) -> float:
    """Operations on each pixel that find the extremes under an element, once: along lines their number grows with the
    logarithm of the reach; a footprint is combined from its lines."""
    shape, extent, settings = step.settings["shape"], step.kind.shape or (), step.settings
    reaches = [min(reach, n) for reach, n in zip(elements.halo(settings, len(extent)), extent, strict=True)]
    if shape == "square":
        return sum(2.0 * (2 * reach + 1).bit_length() for reach in reaches if reach)
    if shape == "diamond" and settings["n"].spacing is None:
        return 3.0 + 5 * max(reaches).bit_length()
    return 8.0 + math.prod(2.0 * reach + 1 for reach in reaches[:-1])


def extreme_of(step: Step) -> _Extreme | None:
    """What finds the extreme under the element of a step; None leaves it to the plain body."""
    n, shape, axes = (step.settings[name] for name in ("n", "shape", "axes"))
    extent = step.kind.shape
    assert extent
    worked = elements.worked_axes(axes, len(extent))
    n = elements.in_pixels(n, worked)
    if shape == "square":
        reaches = [min(n.reach(a), extent[a]) if a in worked else 0 for a in range(len(extent))]
        return lambda im, ufunc, out: grey.extreme_of_square(im, reaches, ufunc, out)
    if shape == "diamond" and n.spacing is None:
        reach = min(int(n.radius), sum(extent))
        return lambda im, ufunc, out: grey.extreme_of_diamond(im, reach, worked, ufunc, out)
    element = elements.element(n, shape, axes, len(extent), extent)
    if element.times != 1:
        return None
    return lambda im, ufunc, out: grey.extreme_of_footprint(im, element.footprint, ufunc, out)


@takes(hulls.hull)
def hull_by_body(step: Step) -> Bytes:
    """Where pixels are, and of each line its ends: in a volume the points around these, and facets."""
    of_line = _OF_LINE[min(step.kind.ndim or 1, 3)]
    of_pixel = 20.0 if step.kind.name == "mask" else 36.0
    return lambda shape: of_pixel * math.prod(shape) + of_line * math.prod(shape[:-1])


@takes(meaning.open_, meaning.close)
def padded_by_body(step: Step) -> Bytes | None:
    """What goes to and fro needs as much room around the image as it reaches; grey images need none."""
    assert step.function is not None
    if step.kind.name == "image":
        return None
    per_pixel, halo = estimated(step.function.memory, step), elements.halo(step.settings, step.kind.ndim or 0)
    size = step.kind.dtype.itemsize if step.kind.dtype is not None else 8

    def memory(shape: tuple[int, ...]) -> float:
        padded = math.prod(n + 2 * reach for n, reach in zip(shape, halo, strict=True))
        return per_pixel * math.prod(shape) + _PADDED * size * padded

    return memory
