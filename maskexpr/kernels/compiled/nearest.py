"""The nearest of many numbered pixels, line by line by the lower envelope of parabolas, in whole numbers throughout."""

import math
from collections.abc import Sequence

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.distances import in_parts
from maskexpr.kernels.nearest import Array

_LARGE = 2**50  # of squares in float64, in which differences of sums stay exact
_COLUMNS = 16  # gone through at once
_AT_ONCE = 2**18  # pixels, of whole lines


def nearest_numbers(
    labels: Array, steps: Sequence[int], axes: Sequence[int] | None = None, most: int | None = None
) -> Array:
    """As the kernel of this name in `nearest`."""
    worked = list(range(labels.ndim)) if axes is None else list(axes)
    largest = sum((steps[axis] * labels.shape[axis]) ** 2 for axis in worked)
    if not labels.size or not worked or largest > _LARGE or int(labels.min()) < 0 or int(labels.max()) >= 2**31:
        return NotImplemented  # type: ignore[no-any-return]
    numbers = np.array(labels, np.int32, order="C")
    squares = np.where(numbers > 0, 0, np.inf)
    limit = np.inf if most is None else float(min(most, 2 * _LARGE))
    for axis in reversed(worked):
        unit = float(steps[axis]) ** 2
        view = (math.prod(labels.shape[:axis]), labels.shape[axis], -1)
        lines, found = numbers.reshape(view), squares.reshape(view)
        count = len(lines) * -(-lines.shape[2] // _COLUMNS)
        in_parts(_along, (lines, found, unit, limit), count, _AT_ONCE // (_COLUMNS * lines.shape[1]))
    return numbers.astype(labels.dtype, copy=False)


@kernel("void(int32[:, :, ::1], float64[:, :, ::1], float64, float64, int64, int64)")
def _along(numbers: Array, squares: Array, unit: float, limit: float, start: int, stop: int) -> None:
    """Take the nearest of those that the pixels on a line have found, along the middle axis, of blocks of lines."""
    length, width = numbers.shape[1], numbers.shape[2]
    across = (width + _COLUMNS - 1) // _COLUMNS
    held, away = np.empty(length, np.int32), np.empty(length, np.float64)
    sums = np.empty(length, np.float64)
    places, begins = np.empty(length, np.int32), np.empty(length, np.int32)
    for block in range(start, stop):
        first = (block % across) * _COLUMNS
        for x in range(first, min(first + _COLUMNS, width)):
            line, found = numbers[block // across, :, x], squares[block // across, :, x]
            for y in range(length):
                held[y], away[y] = line[y], found[y]
            top = _envelope(held, away, unit, sums, places, begins)
            end = length
            while top >= 0:
                there, begin = int(places[top]), int(begins[top])
                for y in range(begin, end):
                    square = away[there] + unit * ((y - there) * (y - there))
                    found[y] = square if square <= limit else np.inf
                    line[y] = held[there] if square <= limit else 0
                end = begin
                top -= 1


@kernel()
def _envelope(held: Array, away: Array, unit: float, sums: Array, places: Array, begins: Array) -> int:
    """The pixels of a line whose numbers are the nearest somewhere, in order, and where each begins to be; gives the
    index of the last of them, -1 where there is none."""
    top = -1
    for here in range(len(held)):
        if not held[here]:
            continue
        total = away[here] + unit * (here * here)
        begin = 0
        while top >= 0:
            there = int(places[top])
            # It is the nearest up to and with `last`: with, if it is as near and its number is not the higher one.
            apart = total - sums[top] - (held[here] < held[there])
            last = np.floor(apart / (2 * unit * (here - there)))
            if last >= begins[top]:
                begin = int(min(last, len(held))) + 1
                break
            top -= 1
        if begin < len(held):
            top += 1
            places[top], begins[top], sums[top] = here, begin, total
    return top
