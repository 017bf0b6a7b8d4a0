"""The nearest of many numbered pixels: which number it bears, measured exactly.

Along one axis after the other, each pixel takes the nearest of those that the pixels on its line have found so far. On
a line these are parabolas, of which the lower envelope counts (Meijster, Roerdink & Hesselink, A general algorithm for
computing distance transforms in linear time, 2000); many lines are gone through at once.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_AT_ONCE = 2**20  # pixels, of whole lines
_LARGEST = 2**60  # of squares in int64: sums and differences of three fit
_NONE = -1  # the square of a distance to what is not there


@has_compiled
def nearest_numbers(
    labels: Array, steps: Sequence[int], axes: Sequence[int] | None = None, most: int | None = None
) -> Array:
    """For each pixel the number of the nearest one whose number is not 0, the lowest of several; of its type.

    Pixels have whole lengths along the axes, and only axes that are named are gone along, else all of them. 0 where
    there is no number, or none of which the square of the distance is at most `most`.
    """
    worked = list(range(labels.ndim)) if axes is None else list(axes)
    numbers = labels.copy()
    if not worked or not labels.any():
        return numbers
    largest = sum((steps[axis] * labels.shape[axis]) ** 2 for axis in worked)
    squares = np.zeros(labels.shape, np.int64 if largest <= _LARGEST else object)
    squares[numbers == 0] = _NONE
    for axis in reversed(worked):
        along = _along_first if axis == worked[-1] else _along
        lines, found = (np.moveaxis(a, axis, 0).reshape(a.shape[axis], -1) for a in (numbers, squares))
        for part in _parts(lines.shape):
            lines[:, part], found[:, part] = along(lines[:, part], found[:, part], steps[axis], most)
        moved = [n for a, n in enumerate(labels.shape) if a != axis]
        for array, changed in ((numbers, lines), (squares, found)):
            array[...] = np.moveaxis(changed.reshape(labels.shape[axis], *moved), 0, axis)
    numbers[squares == _NONE] = 0
    return numbers


def _parts(shape: tuple[int, ...]) -> list[slice]:
    """Lines, so many at once."""
    count = max(1, _AT_ONCE // max(1, shape[0]))
    return [slice(start, start + count) for start in range(0, shape[1], count)]


_Found = tuple[Array, Array]  # of each pixel the number, and the square of the distance to it


def _within(numbers: Array, squares: Array, most: int | None) -> _Found:
    if most is not None:
        squares[squares > most] = _NONE
    return numbers, squares


def _along_first(numbers: Array, squares: Array, step: int, most: int | None) -> _Found:
    """Along the lines of the numbered pixels themselves: the nearest lies just before, or just after."""
    length = len(numbers)
    places = np.arange(length)[:, np.newaxis]
    before = np.maximum.accumulate(np.where(numbers > 0, places, -1), axis=0)
    after = np.minimum.accumulate(np.where(numbers > 0, places, length)[::-1], axis=0)[::-1]
    far = 2 * length  # farther than any
    back, ahead = np.where(before >= 0, places - before, far), np.where(after < length, after - places, far)
    first = np.take_along_axis(numbers, np.maximum(before, 0), axis=0)
    second = np.take_along_axis(numbers, np.minimum(after, length - 1), axis=0)
    takes_first = (back < ahead) | ((back == ahead) & (first < second))
    away = np.minimum(back, ahead).astype(squares.dtype)
    squares = np.where(away < far, (away * step) ** 2, _NONE)
    return _within(np.where(takes_first, first, second), squares, most)


def _along(numbers: Array, squares: Array, step: int, most: int | None) -> _Found:
    """Along the lines of pixels that have found one already."""
    places, starts, top = _envelope(numbers, squares, step)
    new_numbers, new_squares = numbers.copy(), squares.copy()
    lines = np.flatnonzero(top >= 0)
    for here in range(len(numbers) - 1, -1, -1):
        pause()
        level = top[lines]
        there = places[level, lines]
        away = (there - here).astype(squares.dtype) * step
        new_squares[here, lines] = squares[there, lines] + away * away
        new_numbers[here, lines] = numbers[there, lines]
        top[lines] -= starts[level, lines] == here
    return _within(new_numbers, new_squares, most)


def _envelope(numbers: Array, squares: Array, step: int) -> tuple[Array, Array, Array]:
    """On each line the pixels whose numbers are the nearest somewhere, in order, where each begins to be, and the index
    of the last of them, -1 where there is none."""
    length, count = numbers.shape
    places, starts = np.zeros((length, count), np.int32), np.zeros((length, count), np.int32)
    top = np.full(count, -1, np.int32)
    unit = step * step
    for here in range(length):
        lines = np.flatnonzero(squares[here] != _NONE)
        while lines.size:
            pause()
            level = top[lines]
            empty = lines[level < 0]
            top[empty], places[0, empty], starts[0, empty] = 0, here, 0
            lines, level = lines[level >= 0], level[level >= 0]
            there = places[level, lines]
            # It is the nearest up to and with `last`: with, if it is as near and its number is not the higher one.
            apart = squares[here, lines] - squares[there, lines]
            apart += unit * (here * here - there.astype(squares.dtype) ** 2)
            apart -= numbers[here, lines] < numbers[there, lines]
            last = apart // (2 * unit * (here - there).astype(squares.dtype))
            lost = last < starts[level, lines]  # it is nowhere
            kept = ~lost & (last < length - 1)
            higher = level[kept] + 1
            top[lines[kept]], places[higher, lines[kept]] = higher, here
            starts[higher, lines[kept]] = last[kept] + 1
            lines = lines[lost]
            top[lines] -= 1
    return places, starts, top
