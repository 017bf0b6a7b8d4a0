"""Polygons, in exact arithmetic."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings, Takes
from maskexpr.functions.parameters import Array, GridShape
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import Along, exact
from maskexpr.kinds.kind import Kind, quantity
from maskexpr.kinds.quantity import Quantity
from maskexpr.library.shapes.places import DRAWN, holds_pixel, missed


@dataclass(frozen=True, slots=True)
class _Corners:
    """Settles the places of corners along an axis: numbers, and lengths in pixels of that axis."""

    along: Along

    def __call__(self, kind: Kind, around: Surroundings) -> tuple[int | float | Fraction, ...]:
        places: list[int | float | Fraction] = []
        for value in kind.constant:
            if isinstance(value, Quantity):
                places.append(self.along(quantity(value.value, value.power), around))
            elif isinstance(value, bool) or not isinstance(value, int | float):
                raise Refused(messages.CORNERS_NOT_NUMBERS)
            elif not math.isfinite(value):
                raise Refused(messages.CORNER_NOWHERE, value=value)
            else:
                places.append(value)
        if len(places) < 3:
            raise Refused(messages.CORNERS_FEW, count=len(places))
        return tuple(places)


def _check_corners(settings: Settings, around: Surroundings) -> None:
    rows, columns = len(settings["ys"]), len(settings["xs"])
    if rows != columns:
        raise Refused(messages.CORNERS_UNEQUAL, "xs", ys=rows, xs=columns)


def _polygon_cost(settings: Settings, ndim: int) -> float:
    corners, columns = len(settings["ys"]), int(settings["grid"][-1])
    return 4 + 100 * corners / columns  # an edge may meet every row


_Ys = Annotated[tuple[Any, ...], Takes(frozenset({"list"}), "a list of numbers", _Corners(Along("y")))]
_Xs = Annotated[tuple[Any, ...], Takes(frozenset({"list"}), "a list of numbers", _Corners(Along("x")))]


def _missed(values: Settings, shape: tuple[int, ...]) -> Refused | None:
    spans = [(min(corners), max(corners)) for corners in (values["ys"], values["xs"])]
    return None if holds_pixel(shape, spans) else missed(shape, 2)


@function(gives=DRAWN, halo=0, cost=_polygon_cost, memory=4, check=_check_corners, total=True,
         remark=_missed)  # fmt: skip
def polygon(ys: _Ys, xs: _Xs, grid: GridShape) -> Array:
    """The pixels with their centres in a polygon or on its edge; its corners are (ys[0], xs[0]), (ys[1], xs[1])...

    Two lists of numbers of pixels, or of lengths, known before the run; they may have fractions and lie outside the
    image. The last corner is
    joined to the first, in either direction. Where the polygon crosses or covers itself a place is inside if a ray from
    it crosses the edges an odd number of times (the even-odd rule). The arithmetic is exact, with each number as it was
    written: 0.1 is a tenth. Goes through all slices of a stack.

    Errors: fewer than three corners; lists that differ in length or hold other things than finite numbers; images of
    several shapes in the program, or none; images of one axis.
    Source: as skimage.draw.polygon, which leaves out a pixel where two edges cross or lie on each other, and rounds, so
    that it may miss a pixel on a slanting edge; cv2.fillPoly rounds the corners and also draws the edges, a pixel wide.

    >>> evaluate("polygon([0, 0, 3], [0, 4, 0]) & (im > 0)", im=np.ones((4, 5), np.uint8)).astype(int)
    array([[1, 1, 1, 1, 1],
           [1, 1, 1, 0, 0],
           [1, 1, 0, 0, 0],
           [1, 0, 0, 0, 0]])
    """
    rows, columns = grid[-2:]
    turns, edges = np.zeros((rows, columns + 1), bool), np.zeros((rows, columns), bool)
    corners = [(exact(y), exact(x)) for y, x in zip(ys, xs, strict=True)]
    for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
        (top, left), (bottom, right) = sorted([one, other])
        start, stop = max(0, math.ceil(top)), min(rows, math.floor(bottom) + 1)
        if start < stop and top == bottom:
            edges[start, max(0, math.ceil(left)) : max(0, math.floor(right) + 1)] = True
        elif start < stop:
            slope = (right - left) / (bottom - top)
            before, met = _crossings(left + (start - top) * slope, slope, stop - start)
            on = np.flatnonzero(met & (before >= 0) & (before < columns))
            edges[start + on, before[on].astype(np.intp)] = True
            # An edge holds its upper end and not its lower one, so that two edges which meet cross a row once.
            crossed = np.arange(min(rows, math.ceil(bottom)) - start)
            turns[start + crossed, np.clip(before + ~met, 0, columns)[crossed].astype(np.intp)] ^= True
    return np.full(grid, np.logical_xor.accumulate(turns, axis=1)[:, :-1] | edges)


def _crossings(first: Fraction, slope: Fraction, count: int) -> tuple[Array, Array]:
    """The columns where an edge meets so many rows, rounded down, and whether each is met exactly."""
    scale = math.lcm(first.denominator, slope.denominator)
    start, step = int(first * scale), int(slope * scale)
    fits = max(scale, abs(start), abs(start + step * count)) < 2**62
    columns = start + step * np.arange(count).astype(np.int64 if fits else object)
    return columns // scale, np.asarray(columns % scale == 0, bool)
