"""Local maxima of an image."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any

import numpy as np

from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import (
    Array,
    Axes,
    CountOrNone,
    HeightOrNone,
    Image,
    MaskOrLabelsOrNone,
    Masks,
    NumberOrNone,
    Reach,
)
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import Distance, one_of
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import check_window
from maskexpr.library.morphology.elementary import dilate
from maskexpr.library.numbering import regions_of
from maskexpr.library.operators import compare
from maskexpr.library.regions.components import neighbours
from maskexpr.library.regions.extremes import risen

_Shape = Annotated[str, one_of("square", "diamond", "disk")]


def _cost(settings: Settings, ndim: int) -> float:
    return 10 + 2.0 * ndim  # however far it looks: extremes are found along lines


def _memory(settings: Settings, ndim: int) -> float:
    # For a reach as wide as the image, what is spaced is padded to twice its sides, and a disk is as large.
    return 76 + (10 if settings["shape"] == "disk" else 5) * 2.0**ndim


def _check(settings: Settings, around: Surroundings) -> None:
    if around.ndim is not None:
        check_window(math.prod(2 * reach + 1 for reach in elements.halo(settings, around.ndim)), "n")


@function(gives=MASK, halo=WHOLE, cost=_cost, memory=_memory, border="outside the image there are no values",
         check=_check, total=True, without_data="peaks")  # fmt: skip
def peaks(
    im: Image,
    n: Reach = 1,
    threshold: NumberOrNone = None,
    within: MaskOrLabelsOrNone = None,
    shape: _Shape = "square",
    axes: Axes = None,
    h: HeightOrNone = None,
    count: CountOrNone = None,
) -> Array:
    """The local maxima of an image, as a mask; the pixels with the largest value within a reach of n.

    A peak lies above `threshold`, by default above the image's smallest value, and inside `within` if that is given;
    pixels outside that mask are not looked at. `n` is a number of pixels or a length, and `shape` what counts as its
    reach, as for `dilate`; n=0 gives all pixels above the threshold. Of pixels with the same largest value that are
    closer to each other than n the first in scan order is taken, so that peaks are at least n apart; with n=1 all
    pixels of a plateau are peaks, which `label(peaks(im), 8)` numbers as one. `axes="yx"` finds the peaks of each slice
    of a stack. nan is no peak and hides none.

    `h` takes the peaks that rise by that much, as `h_maxima` does along ways by corners too: from each every way to a
    higher pixel goes down by h first. `count` takes so many at most, the highest ones, of equals the first in scan
    order; with `axes` so many of each slice. With labels as `within`, each region has its own peaks, as if there were
    no others: `peaks(im, within=cells, count=1)` is the highest pixel of each cell.

    Border: pixels outside the image are not looked at, so that a peak may lie at the border.
    Errors: a negative reach or h; a count that is not whole or below 1; a window of more than 2^20 pixels; a length
    where the spacing is unknown; images of different shapes.
    Source: as skimage.feature.peak_local_max with min_distance=n, threshold_abs=threshold, labels=within, num_peaks or
    num_peaks_per_label as count and exclude_border=False, which never finds a peak in an image of one value, rounds
    64-bit integers, and of equals keeps others.

    >>> evaluate("peaks(im, 2)", im=[[1, 5, 1, 4, 1, 1, 3]]).astype(int)
    array([[0, 1, 0, 0, 0, 0, 1]])
    """
    return found(im, n, threshold, within, shape, axes, h, count, Ways(_are_highest, spaced))


Highest = Callable[[Array, Distance, str, tuple[int, ...] | None], Masks]
Spacing = Callable[[Masks, Distance, str, tuple[int, ...] | None], Masks]


@dataclass(frozen=True, slots=True)
class Ways:
    """How the pixels are found that none is above within a reach, and those of a mask that keep a distance."""

    highest: Highest
    spaced: Spacing


def body_by(ways: Ways) -> Callable[..., Masks]:
    """A body of `peaks` that goes other ways."""

    def body(**given: Any) -> Masks:
        return found(**given, ways=ways)

    return body


def found(
    im: Array,
    n: Distance,
    threshold: Any,
    within: Masks | None,
    shape: str,
    axes: tuple[int, ...] | None,
    h: Any,
    count: int | None,
    ways: Ways,
) -> Masks:
    """What `peaks` gives, in one way or another."""
    if threshold is None:
        threshold = np.fmin.reduce(im, axis=None).item()
    if within is None or within.dtype == bool:
        return _peaks(im, within, n, threshold, shape, axes, h, count, ways)
    result = np.zeros(im.shape, bool)
    for box, own, _ in regions_of(within, axes):
        result[box] |= _peaks(im[box], own, n, threshold, shape, axes, h, count, ways)
    return result


def _are_highest(values: Array, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Masks:
    return np.asarray(values == dilate(values, n, shape, axes))


def _peaks(
    im: Array,
    within: Masks | None,
    n: Distance,
    threshold: Any,
    shape: str,
    axes: tuple[int, ...] | None,
    h: Any,
    count: int | None,
    ways: Ways,
) -> Masks:
    values, counts = _that_count(im, within)
    highest = ways.highest(values, n, shape, axes)
    highest &= np.asarray(compare(">", values, threshold))
    if counts is not None:
        highest &= counts
    if h is not None:
        joined = neighbours(len(elements.worked_axes(axes, im.ndim)), axes, im.ndim)
        for place in elements.slices(im.shape, axes):
            counted = np.ones(im[place].shape, bool) if counts is None else counts[place]
            highest[place] &= risen(im[place], counted, h, joined)
    taken = ways.spaced(highest, n, shape, axes)
    if count is not None:
        for place in elements.slices(im.shape, axes):
            taken[place] = _first(taken[place], im[place], int(count))
    return taken


def _that_count(im: Array, within: Masks | None) -> tuple[Array, Masks | None]:
    """An image with the lowest value where pixels do not count, and which do; None if all of them."""
    counts = within
    if im.dtype.kind == "f":
        missing = np.isnan(im)
        if missing.any():
            counts = ~missing if counts is None else counts & ~missing
    if counts is None:
        return im, None
    lowest = -np.inf if im.dtype.kind == "f" else np.iinfo(im.dtype).min
    return np.where(counts, im, lowest).astype(im.dtype), counts


def _first(found: Masks, im: Array, count: int) -> Masks:
    """So many of the pixels of a mask at most, the highest ones, of equals the first in scan order."""
    places = np.flatnonzero(found)
    _, ranks = np.unique(im.reshape(-1)[places], return_inverse=True)
    kept = np.zeros(found.shape, bool)
    kept.reshape(-1)[places[np.argsort(-ranks, kind="stable")[:count]]] = True
    return kept


def spaced(m: Masks, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Masks:
    """The pixels of a mask in scan order, without those closer than n to one that is taken already."""
    window = apart(n, shape, axes, m.shape)
    if window.size == 1:
        return m
    # Pixels behind the end of each axis let lines of the window end there, before they reach the next row or slice.
    room = [size // 2 for size in window.shape]
    left = np.pad(m, [(0, r) for r in room])
    lines = _lines_ahead(window, left.shape)
    flags, off = bytearray(left.tobytes()), bytes(window.shape[-1])
    place = flags.find(1)
    while place >= 0:
        for start, stop in lines:
            flags[place + start : place + stop] = off[: stop - start]
        place = flags.find(1, place + 1)
    taken = np.frombuffer(flags, bool).reshape(left.shape)
    return np.ascontiguousarray(taken[tuple(slice(size) for size in m.shape)])


def apart(n: Distance, shape: str, axes: tuple[int, ...] | None, extent: tuple[int, ...]) -> Masks:
    """The offsets that are closer than n, in an image of an extent."""
    return elements.footprint(_just_below(n), shape, axes, len(extent), extent)


def _lines_ahead(window: Masks, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """The lines of a window that come after its centre in scan order, as places from the centre in a flat image."""
    strides = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
    centre = [size // 2 for size in window.shape]
    lines = []
    for index in itertools.product(*map(range, window.shape[:-1])):
        columns = np.flatnonzero(window[index])
        if len(columns):
            row = sum((i - c) * stride for i, c, stride in zip(index, centre, strides, strict=False))
            start, stop = (row + int(column) - centre[-1] for column in (columns[0], columns[-1] + 1))
            if stop > 1:
                lines.append((max(start, 1), stop))
    return lines


def _just_below(n: Distance) -> Distance:
    """A reach that holds the offsets that are closer than n, and not those at n: along axes distances are multiples of
    a common part of all lengths, and their squares of its square."""
    if not n.radius:
        return n
    part = Fraction(1, math.lcm(n.radius.denominator, *(step.denominator for step in n.spacing or ())))
    return replace(n, radius=n.radius - part**2 / (2 * n.radius))
