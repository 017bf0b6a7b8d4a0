"""Convex hulls of regions of planes, row by row: corners wait on a stack, from which those go that bend inwards
(Andrew, Another efficient algorithm for convex hulls in two dimensions, 1979, doi:10.1016/0020-0190(79)90072-3)."""

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.hulls import Array

ROWS = types.Array(types.int64, 1, "C", True)


def sizes_of_rows(owner: Array, places: Array, first: Array, last: Array, count: int) -> Array:
    """As the kernel of this name in `hulls`."""
    if len(places) != 1:
        return NotImplemented  # type: ignore[no-any-return]
    sizes = np.zeros(count, np.int64)
    _add_sizes(owner, places[0], first, last, sizes)
    return sizes


@kernel((ROWS, ROWS, ROWS, ROWS, types.Array(types.int64, 1, "C")))
def _add_sizes(owner: Array, y: Array, first: Array, last: Array, sizes: Array) -> None:
    begin = 0
    while begin < len(owner):
        end = end_of_region(owner, begin)
        # All is counted in half pixels: a row's centre lies on a line that is even.
        left, right = np.empty((3 * (end - begin), 2), np.int64), np.empty((3 * (end - begin), 2), np.int64)
        a = b = 0
        for i in range(begin, end):
            for move, tip in ((-1, 0), (0, 1), (1, 0)):
                a = push(left, a, 2 * y[i] + move, 2 * first[i] - tip)
                b = push(right, b, 2 * y[i] + move, -2 * last[i] - tip)
        inside = i = k = 0
        for row in range(y[begin], y[end - 1] + 1):
            while left[i + 1, 0] <= 2 * row:
                i += 1
            while right[k + 1, 0] <= 2 * row:
                k += 1
            inside += 1 - _reached(left, i, 2 * row) - _reached(right, k, 2 * row)
        sizes[owner[begin]] = inside
        begin = end


@kernel()
def end_of_region(owner: Array, begin: int) -> int:
    """Behind the last row of the region that has the first."""
    end = begin + 1
    while end < len(owner) and owner[end] == owner[begin]:
        end += 1
    return end


@kernel()
def push(corners: Array, count: int, t: int, x: int) -> int:
    """The number of corners of the side of a hull where x is low, so many so far, with a point that lies no higher."""
    if count and corners[count - 1, 0] == t:
        if corners[count - 1, 1] <= x:
            return count
        count -= 1
    while count > 1:
        t0, x0, t1, x1 = corners[count - 2, 0], corners[count - 2, 1], corners[count - 1, 0], corners[count - 1, 1]
        if (x1 - x0) * (t - t1) < (x - x1) * (t1 - t0):
            break
        count -= 1
    corners[count, 0], corners[count, 1] = t, x
    return count + 1


@kernel()
def _reached(corners: Array, i: int, t: int) -> int:
    """The first pixel at a line, or right of it, which lies behind corner i."""
    t0, x0, steps, x1 = corners[i, 0], corners[i, 1], corners[i + 1, 0] - corners[i, 0], corners[i + 1, 1]
    reached: int = -((-(x0 * steps + (x1 - x0) * (t - t0))) // (2 * steps))
    return reached
