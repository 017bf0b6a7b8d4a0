"""The calipers of flat regions, one after the other."""

import numpy as np
from numba import types

from maskexpr.kernels.calipers import Array
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.hulls import ROWS, end_of_region, push
from maskexpr.kernels.stopping import pause

_AT_ONCE = 2**24  # pairs of points between two pauses
_ROWS = (ROWS, ROWS, ROWS, ROWS)


def longest(region: Array, y: Array, first: Array, last: Array, count: int, weights: tuple[float, ...]) -> Array:
    """As the kernel of this name in `calipers`."""
    squares = np.zeros(count)
    is_even = set(weights) == {1.0}
    begin = 0
    while begin < len(region):
        pause()
        begin = _longest(region, y, first, last, begin, is_even, *weights, squares)
    return np.sqrt(squares)


def narrowest(region: Array, y: Array, first: Array, last: Array, count: int, weights: tuple[float, ...]) -> Array:
    """As the kernel of this name in `calipers`."""
    widths = np.full(count, np.inf)
    begin = 0
    while begin < len(region):
        pause()
        begin = _narrowest(region, y, first, last, begin, *weights, widths)
    return widths


@kernel((*_ROWS, types.int64, types.boolean, types.float64, types.float64, types.Array(types.float64, 1, "C")))
def _longest(
    region: Array,
    y: Array,
    first: Array,
    last: Array,
    begin: int,
    is_even: bool,
    height: float,
    width: float,
    squares: Array,
) -> int:
    """The squares of distances of about so many pairs, from a row on; gives the one to go on from."""
    done = 0
    while begin < len(region) and done < _AT_ONCE:
        end = end_of_region(region, begin)
        points = _polygon(y, first, last, begin, end)
        best, most = 0.0, np.int64(0)
        for i in range(len(points)):
            for k in range(i):
                dy, dx = points[i, 0] - points[k, 0], points[i, 1] - points[k, 1]
                if is_even:
                    most = max(most, dy * dy + dx * dx)
                else:
                    a, b = dy * height, dx * width
                    best = max(best, a * a + b * b)
        squares[region[begin]] = np.float64(most) if is_even else best
        done += len(points) * len(points)
        begin = end
    return begin


@kernel((*_ROWS, types.int64, types.float64, types.float64, types.Array(types.float64, 1, "C")))
def _narrowest(
    region: Array, y: Array, first: Array, last: Array, begin: int, height: float, width: float, widths: Array
) -> int:
    """The same of the distances of parallel lines."""
    done = 0
    while begin < len(region) and done < _AT_ONCE:
        end = end_of_region(region, begin)
        points = _polygon(y, first, last, begin, end)
        best = np.inf
        for i in range(len(points)):
            after = i + 1 if i + 1 < len(points) else 0
            dy, dx = points[after, 0] - points[i, 0], points[after, 1] - points[i, 1]
            crossed = np.int64(0)
            for k in range(len(points)):
                crossed = max(crossed, abs(dy * (points[k, 1] - points[i, 1]) - dx * (points[k, 0] - points[i, 0])))
            a, b = dy * height, dx * width
            best = min(best, crossed * (height * width) / np.sqrt(a * a + b * b))
        widths[region[begin]] = best
        done += len(points) * len(points)
        begin = end
    return begin


@kernel()
def _polygon(y: Array, first: Array, last: Array, begin: int, end: int) -> Array:
    """The corners of a region's hull, once around it: down the left side, and up the right."""
    left, right = np.empty((2 * (end - begin), 2), np.int64), np.empty((2 * (end - begin), 2), np.int64)
    a = b = 0
    for i in range(begin, end):
        for t in (y[i], y[i] + 1):
            a = push(left, a, t, first[i])
            b = push(right, b, t, -1 - last[i])
    points = np.empty((a + b, 2), np.int64)
    points[:a] = left[:a]
    for i in range(b):
        points[a + i, 0], points[a + i, 1] = right[b - 1 - i, 0], -right[b - 1 - i, 1]
    return points
