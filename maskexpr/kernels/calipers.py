"""The calipers of many flat regions at once: the largest distance of two corners of pixels, and the least distance of
two parallel lines around all of them.

Regions are told by their rows: for each row of each region the first and the last pixel, in the order of regions and
rows. A pixel is a square, so its corners lie at whole numbers.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.hulls import convex_corners
from maskexpr.kernels.runs import ranges
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

PAIRS = 2**15  # that are looked at together


@has_compiled
def longest(region: Array, y: Array, first: Array, last: Array, count: int, weights: tuple[float, ...]) -> Array:
    """The largest distance of two points of each region; a step along each axis has a length."""
    owner, ys, xs = _polygons(region, y, first, last)
    squares = np.zeros(count, np.int64 if set(weights) == {1.0} else np.float64)
    for here, there, begins in pairs(owner, count):
        dy, dx = ys[here] - ys[there], xs[here] - xs[there]
        if squares.dtype == np.float64:
            dy, dx = dy * weights[0], dx * weights[1]
        best = np.maximum.reduceat(dy * dy + dx * dx, begins)
        np.maximum.at(squares, owner[here[begins]], best)
    return np.sqrt(squares.astype(np.float64))


@has_compiled
def narrowest(region: Array, y: Array, first: Array, last: Array, count: int, weights: tuple[float, ...]) -> Array:
    """The least distance of two parallel lines around each region, one of which lies along an edge of its hull."""
    owner, ys, xs = _polygons(region, y, first, last)
    after = np.arange(1, len(owner) + 1)
    ends = np.flatnonzero(np.diff(owner, append=count))
    after[ends] = np.append(0, ends[:-1] + 1)  # each polygon is closed
    dy, dx = ys[after] - ys, xs[after] - xs
    widths = np.full(count, np.inf)
    for here, there, begins in pairs(owner, count):
        crossed = np.abs(dy[here] * (xs[there] - xs[here]) - dx[here] * (ys[there] - ys[here]))
        edge = here[begins]
        length = np.sqrt(np.square(dy[edge] * weights[0]) + np.square(dx[edge] * weights[1]))
        width = np.maximum.reduceat(crossed, begins) * (weights[0] * weights[1]) / length
        np.minimum.at(widths, owner[edge], width)
    return widths


def _polygons(region: Array, y: Array, first: Array, last: Array) -> tuple[Array, Array, Array]:
    """The corners of each region's hull, region by region, once around each: their regions and places."""
    order, begins = _lines(region, y)
    at = order[begins]
    owner, t = region[at >> 1], y[at >> 1] + (at & 1)
    sides = []
    for x in (first, -1 - last):
        least = np.minimum.reduceat(x[order >> 1], begins)  # rows that touch share a line, at which both are
        corners = convex_corners(t, least, owner)
        sides.append((owner[corners], t[corners], least[corners]))
    (a, ta, xa), (b, tb, xb) = sides
    owner, t, x = np.concatenate([a, b]), np.concatenate([ta, -tb]), np.concatenate([xa, -xb])
    is_right = np.arange(len(owner)) >= len(a)
    around = np.lexsort((t, is_right, owner))  # down the left side, and up the right
    return owner[around], np.abs(t[around]), x[around]


def _lines(region: Array, y: Array) -> tuple[Array, Array]:
    """Rows as the two lines around each: their order by region and place, and where each line begins in it."""
    lines = np.stack([y, y + 1], axis=1).reshape(-1)
    owner = np.repeat(region, 2)
    order = np.lexsort((lines, owner))
    lines, owner = lines[order], owner[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (lines[1:] != lines[:-1]) | (owner[1:] != owner[:-1])
    return order, np.flatnonzero(begins)


def pairs(owner: Array, count: int) -> Iterator[tuple[Array, Array, Array]]:
    """Each point with each one of its region, some points at a time: the places of both, and where each point's pairs
    begin. The points go by their regions."""
    number = np.bincount(owner, minlength=count)
    begin = np.cumsum(number) - number
    each = number[owner]
    ends = np.cumsum(each)
    start = 0
    while start < len(owner):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + PAIRS, side="right")))
        pause()
        here = np.arange(start, stop)
        lengths = each[start:stop]
        yield np.repeat(here, lengths), ranges(begin[owner[here]], lengths), np.cumsum(lengths) - lengths
        start = stop
