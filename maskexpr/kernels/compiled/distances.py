"""Exact Euclidean distances: along one axis by steps, along each further one by the nearest neighbours while these are
few, else by the lower envelope of parabolas (Meijster, Roerdink & Hesselink, A general algorithm for computing distance
transforms in linear time, 2000; Felzenszwalb & Huttenlocher, Distance transforms of sampled functions, 2012).

All is done in whole numbers, as int32 or as float64 that hold them exactly, so that the way it is found by does not
matter. Where squares may be too large for that the NumPy kernel answers.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.distances import Array, in_unit, whole_lengths
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.threads import share

_SMALL = 2**28  # of squares in int32, in which it stands for none: sums of two fit
_LARGE = 2**50  # of squares in float64, in which differences of sums stay exact
_COLUMNS = 64  # gone through at once, along an axis that is not the last
_SEGMENT = 32  # pixels of a line that look as far as the farthest of them
_NEAR = 24  # pixels to each side that are looked at one by one
_AT_ONCE = 2**18  # pixels, of whole lines


def distances_to_off(m: Array, steps: Sequence[Fraction], metric: str = "euclidean") -> Array:
    """As the kernel of this name in `distances`."""
    lengths, unit = whole_lengths(steps)
    if metric != "euclidean" or not serves(lengths, m.shape):
        return NotImplemented  # type: ignore[no-any-return]
    return in_unit(_measured(m, lengths, rooted=True), unit)


def squares_to_off(m: Array, steps: Sequence[int]) -> Array:
    """As the kernel of this name in `distances`."""
    if not serves(steps, m.shape):
        return NotImplemented  # type: ignore[no-any-return]
    return _measured(m, steps, rooted=False).astype(np.int64)


def serves(lengths: Sequence[int], shape: Sequence[int]) -> bool:
    """Whether pixels of such lengths are near enough to be measured here."""
    return math.prod(shape) > 0 and _largest(lengths, shape) <= _LARGE


def _largest(lengths: Sequence[int], shape: Sequence[int]) -> int:
    return sum((step * size) ** 2 for step, size in zip(lengths, shape, strict=True))


def _measured(m: Array, lengths: Sequence[int], rooted: bool) -> Array:
    """The distances, or their squares, as float64."""
    if m.ndim == 1:
        return _measured(m[np.newaxis], [1, *lengths], rooted).reshape(-1)
    found = np.empty(m.shape)
    small = _largest(lengths, m.shape) < _SMALL
    squares = np.empty(m.shape, np.int32) if small else found
    kind = squares.dtype.type
    units, far = [kind(length * length) for length in lengths], kind(_SMALL if small else np.inf)
    on = np.require(m, np.bool_, ("C", "W")).view(np.uint8).reshape(len(m), -1)
    flat = squares.reshape(len(m), -1)
    width = max(_COLUMNS, min(512, _AT_ONCE // len(m)))
    in_parts(_count, (on, flat, units[0], far), flat.shape[1], width)
    for axis in range(1, m.ndim - 1):
        lines = squares.reshape(math.prod(m.shape[:axis]), m.shape[axis], -1)
        blocks = -(-lines.shape[2] // _COLUMNS)
        in_parts(
            _along_columns, (lines, units[axis], far), len(lines) * blocks, _AT_ONCE // (_COLUMNS * lines.shape[1])
        )
    rows, out = squares.reshape(-1, m.shape[-1]), found.reshape(-1, m.shape[-1])
    in_parts(_along_rows, (rows, units[-1], far, out, rooted), len(rows), _AT_ONCE // m.shape[-1])
    return found


def in_parts(work: Callable[..., Any], given: tuple[Any, ...], count: int, size: int) -> None:
    """Work from a first to before a last one, so many at once, shared among threads."""
    size = max(1, size)

    def some(starts: Iterator[int]) -> None:
        for start in starts:
            pause()
            work(*given, start, min(start + size, count))

    share(some, range(0, count, size))


_TYPES = ("int32", "float64")


@kernel(*(f"void(uint8[:, ::1], {t}[:, ::1], {t}, {t}, int64, int64)" for t in _TYPES))
def _count(on: Array, squares: Array, unit: Any, far: Any, start: int, stop: int) -> None:
    """The squares of the ways to the nearest pixel that is off along the first axis, of columns start to stop."""
    height, kind = len(on), squares.dtype.type
    for x in range(start, stop):
        squares[0, x] = far if on[0, x] else kind(0)
    for y in range(1, height):
        for x in range(start, stop):
            squares[y, x] = kind(min(kind(squares[y - 1, x] + kind(1)), far)) if on[y, x] else kind(0)
    for y in range(height - 2, -2, -1):
        for x in range(start, stop):
            steps = squares[y + 1, x]
            if y >= 0:
                squares[y, x] = min(squares[y, x], kind(steps + kind(1)))
            squares[y + 1, x] = kind(kind(steps * steps) * unit) if steps < kind(height) else far


@kernel(*(f"void({t}[:, :, ::1], {t}, {t}, int64, int64)" for t in _TYPES))
def _along_columns(lines: Array, unit: Any, far: Any, start: int, stop: int) -> None:
    """The least square of each pixel along the middle axis, of blocks of columns start to stop, in place."""
    height, width = lines.shape[1], lines.shape[2]
    across = (width + _COLUMNS - 1) // _COLUMNS
    before = np.empty((height, _COLUMNS), lines.dtype)
    line, best, sums = np.empty(height, lines.dtype), np.empty(height, lines.dtype), np.empty(height, np.float64)
    places, begins = np.empty(height, np.int32), np.empty(height, np.int32)
    all_near = True
    for block in range(start, stop):
        plane, first = lines[block // across], (block % across) * _COLUMNS
        count = min(_COLUMNS, width - first)
        for y in range(height):
            for x in range(count):
                before[y, x] = plane[y, first + x]
        if all_near:
            all_near = _near_columns(before, plane, first, count, unit)
        if not all_near:
            most = lines.dtype.type(0)
            for x in range(count):
                for y in range(height):
                    line[y] = before[y, x]
                most = max(most, _envelope(line, unit, far, sums, places, begins, best))
                for y in range(height):
                    plane[y, first + x] = best[y]
            all_near = most <= unit * (_NEAR * _NEAR)


@kernel()
def _near_columns(before: Array, plane: Array, first: int, count: int, unit: Any) -> bool:
    """The same of some columns by the neighbours of each row, as far as its largest square asks; whether none asks for
    more than are looked at."""
    height, kind = len(before), plane.dtype.type
    for y in range(height):
        row = plane[y, first : first + count]
        most = _largest_of(row)
        d = 1
        while d < height and unit * (d * d) < most:
            if d > _NEAR:
                return False
            square = kind(unit * kind(d * d))
            if y >= d:
                _lower(row, before[y - d], square)
            if y + d < height:
                _lower(row, before[y + d], square)
            d += 1
            if d % 4 == 0:
                most = _largest_of(row)
    return True


@kernel()
def _largest_of(values: Array) -> Any:
    most = values.dtype.type(0)
    for x in range(len(values)):
        most = max(most, values[x])
    return most


@kernel()
def _lower(values: Array, others: Array, more: Any) -> None:
    """The least of values and others that are so much more, in place; there may be others yet."""
    kind = values.dtype.type
    for x in range(len(values)):
        values[x] = min(values[x], kind(others[x] + more))


@kernel(*(f"void({t}[:, ::1], {t}, {t}, float64[:, ::1], boolean, int64, int64)" for t in _TYPES))
def _along_rows(rows: Array, unit: Any, far: Any, out: Array, rooted: bool, start: int, stop: int) -> None:
    """The least square of each pixel along its row, or the root of it, of rows start to stop."""
    width = rows.shape[1]
    line, best, sums = np.empty(width, rows.dtype), np.empty(width, rows.dtype), np.empty(width, np.float64)
    places, begins = np.empty(width, np.int32), np.empty(width, np.int32)
    all_near = True
    for y in range(start, stop):
        for x in range(width):
            line[x] = rows[y, x]
        if all_near:
            all_near = _near(line, unit, best)
        if not all_near:
            all_near = _envelope(line, unit, far, sums, places, begins, best) <= unit * (_NEAR * _NEAR)
        result = out[y]
        if rooted:
            for x in range(width):
                result[x] = np.sqrt(np.float64(best[x]))
        else:
            for x in range(width):
                result[x] = best[x]


@kernel()
def _near(line: Array, unit: Any, best: Array) -> bool:
    """The least of what pixels of a line hold and the squares of the ways to them, where each segment looks as far as
    its largest value asks; whether none asks for more than are looked at."""
    length, kind = len(line), line.dtype.type
    best[:] = line
    for start in range(0, length, _SEGMENT):
        stop = min(length, start + _SEGMENT)
        most = _largest_of(best[start:stop])
        d = 1
        while d < length and unit * (d * d) < most:
            if d > _NEAR:
                return False
            square = kind(unit * kind(d * d))
            if d < stop:
                _lower(best[max(start, d) : stop], line[max(start, d) - d :], square)
            if start + d < length:
                _lower(best[start : min(stop, length - d)], line[start + d :], square)
            d += 1
            if d % 4 == 0:
                most = _largest_of(best[start:stop])
    return True


@kernel()
def _envelope(line: Array, unit: Any, far: Any, sums: Array, places: Array, begins: Array, best: Array) -> Any:
    """The same by the lower envelope of the parabolas over the pixels; gives the largest."""
    length, kind = len(line), line.dtype.type
    whole = np.float64(unit)
    top = -1
    for here in range(length):
        if line[here] >= far:
            continue
        total = np.float64(line[here]) + whole * (here * here)
        begin = 0
        while top >= 0:
            there = int(places[top])
            # Up to and with this place the parabola there is not above the one here.
            last = np.floor((total - sums[top]) / (2 * whole * (here - there)))
            if last >= begins[top]:
                begin = int(min(last, length)) + 1
                break
            top -= 1
        if begin < length:
            top += 1
            places[top], begins[top], sums[top] = here, begin, total
    most = kind(0)
    if top < 0:
        best[:] = far
        return far
    stop = length
    while stop > 0:
        there, begin = int(places[top]), int(begins[top])
        held = line[there]
        for x in range(begin, stop):
            best[x] = kind(held + kind(unit * kind((x - there) * (x - there))))
        most = max(most, best[begin], best[stop - 1])
        stop = begin
        top -= 1
    return most
