"""Lines, in exact arithmetic."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.functions.arguments import Refused
from maskexpr.functions.parameters import Array, GridShape, PlaceX, PlaceY, ReachOrNone
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import Distance, exact
from maskexpr.library.shapes.places import DRAWN, holds_pixel, in_pixels, missed


def _line_missed(values: Settings, shape: tuple[int, ...]) -> Refused | None:
    """Of one whose box lies beside the image."""
    width, spans = values["width"], []
    for axis, name in ((-2, "y"), (-1, "x")):
        ends = [values[f"{name}0"], values[f"{name}1"]]
        if not all(math.isfinite(end) for end in ends):
            return missed(shape, 2)
        room = Fraction(1, 2) if width is None else in_pixels(width, axis) / 2
        spans.append((min(map(exact, ends)) - room, max(map(exact, ends)) + room))
    return None if holds_pixel(shape, spans) else missed(shape, 2)


@function(gives=DRAWN, halo=0, cost=2, memory=2, total=True, remark=_line_missed)
def line(y0: PlaceY, x0: PlaceX, y1: PlaceY, x1: PlaceX, width: ReachOrNone = None, *, grid: GridShape) -> Array:
    """The pixels of a straight line from the point (y0, x0) to (y1, x1), both among them.

    Without a `width` it is one pixel thick: along the axis that it goes farther on it has one pixel in each row, or in
    each column, the nearest to the line between the pixels nearest to its ends; of two as near the one that is farther
    from the first end in the other direction. `width` takes all pixels whose centres are at most half of it away from
    the line between the points themselves, so that its ends are round; it is a number of pixels or a length, which is
    measured with the spacing of the last two axes. The arithmetic is exact, with each number as it was written.

    The four are numbers of pixels, or lengths from the centre of the first pixel; they may have fractions, lie outside
    the image and depend on pixels. Goes through all slices of a stack.

    Errors: a negative width; a length where the spacing is unknown; images of several shapes in the program, or none;
    images of one axis.
    Source: Bresenham, Algorithm for computer control of a digital plotter, 1965 (doi:10.1147/sj.41.0025); equals
    skimage.draw.line. cv2.line rounds thick lines to a polygon.

    >>> evaluate("line(0, 0, 2, 4) & (im > 0)", im=np.ones((3, 5), np.uint8)).astype(int)
    array([[1, 0, 0, 0, 0],
           [0, 1, 1, 0, 0],
           [0, 0, 0, 1, 1]])
    """
    return np.full(grid, _line(grid[-2:], (y0, x0), (y1, x1), width))


def _line(shape: tuple[int, ...], start: Sequence[Any], stop: Sequence[Any], width: Distance | None) -> Array:
    found = np.zeros(shape, bool)
    if not all(math.isfinite(c) for c in (*start, *stop)):
        return found
    one, other = ([exact(c) for c in point] for point in (start, stop))
    if width is None:
        for place in _thin(shape, one, other):
            found[place] = True
        return found
    steps = [Fraction(s) for s in (width.spacing[-2:] if width.spacing else (1, 1))]
    stripe = _Stripe(_times(one, steps), _times(other, steps), width.radius / 2)
    for row in range(shape[0]):
        first, last = stripe.reach(row, steps, shape[1])
        found[row, first : last + 1] = True
    return found


def _times(point: Sequence[Fraction], steps: Sequence[Fraction]) -> list[Fraction]:
    return [c * step for c, step in zip(point, steps, strict=True)]


def _thin(shape: tuple[int, ...], start: list[Fraction], stop: list[Fraction]) -> Iterator[tuple[int, int]]:
    """The pixels of the image on a thin line."""
    first, last = ([math.floor(2 * c + 1) // 2 for c in point] for point in (start, stop))
    along = 0 if abs(last[0] - first[0]) > abs(last[1] - first[1]) else 1
    length, aside = abs(last[along] - first[along]), abs(last[1 - along] - first[1 - along])
    forward, sideways = (1 if b > a else -1 for a, b in ((first[k], last[k]) for k in (along, 1 - along)))
    inside = sorted(forward * (end - first[along]) for end in (0, shape[along] - 1))
    for i in range(max(0, inside[0]), min(length, inside[1]) + 1):
        steps = (2 * aside * i + length) // (2 * length) if length else 0
        place = (first[along] + forward * i, first[1 - along] + sideways * steps)
        y, x = place if along == 0 else place[::-1]
        if 0 <= y < shape[0] and 0 <= x < shape[1]:
            yield y, x


@dataclass(frozen=True, slots=True)
class _Stripe:
    """All that is within a distance of the line between two points."""

    start: list[Fraction]
    stop: list[Fraction]
    most: Fraction

    def holds(self, y: Fraction, x: Fraction) -> bool:
        (y0, x0), (y1, x1) = self.start, self.stop
        dy, dx = y1 - y0, x1 - x0
        length, way = dy * dy + dx * dx, (y - y0) * dy + (x - x0) * dx
        if way <= 0:
            return (y - y0) ** 2 + (x - x0) ** 2 <= self.most**2
        if way >= length:
            return (y - y1) ** 2 + (x - x1) ** 2 <= self.most**2
        return ((y - y0) * dx - (x - x0) * dy) ** 2 <= self.most**2 * length

    def reach(self, row: int, steps: Sequence[Fraction], columns: int) -> tuple[int, int]:
        """The first and the last pixel of a row that it holds: an interval, as it is convex; the last before the first
        where there is none."""
        y, step = row * steps[0], steps[1]
        ends = sorted([self.start, self.stop])
        if not ends[0][0] - self.most <= y <= ends[1][0] + self.most:
            return 0, -1
        (top, left), (bottom, right) = ends
        slant = (right - left) / (bottom - top) if bottom > top else Fraction(0)
        nearest = left + (min(max(y, top), bottom) - top) * slant
        middle = math.floor(nearest / step)
        for place in (min(max(p, 0), columns - 1) for p in (middle, middle + 1)):
            if self.holds(y, place * step):
                return self._end(y, step, place, 0), self._end(y, step, place, columns - 1)
        return 0, -1

    def _end(self, y: Fraction, step: Fraction, inside: int, end: int) -> int:
        """The farthest pixel in a direction that it holds, from one that it holds."""
        sign = 1 if end >= inside else -1
        low, high = 0, abs(end - inside)
        while low < high:
            middle = (low + high + 1) // 2
            if self.holds(y, (inside + sign * middle) * step):
                low = middle
            else:
                high = middle - 1
        return inside + sign * low
