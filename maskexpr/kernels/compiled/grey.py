"""Grey morphology on blocks that stay in the cache, framed so that no element reaches beyond them.

Laid flat, a move along any axes is one distance, so windows along rows, columns and diagonals grow by the same loop:
from the window that begins at each pixel and the one that begins a step further on. Floats are integers on the way,
whose extremes are one instruction.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
from numba import types

from maskexpr.kernels import grey
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.threads import borrow_scratch, give_back

Array = np.ndarray[Any, Any]
Offset = tuple[int, ...]  # along each axis
# Windows grow by steps, and are then joined from where they begin beside each pixel.
Stage = tuple[Sequence[Offset], Sequence[Offset]]

_NOT: Any = NotImplemented
_TYPES = (types.uint8, types.uint16, types.uint32, types.int8, types.int16, types.int32, types.int64)
_CODES = {"u1", "u2", "u4", "i1", "i2", "i4", "i8"}
_BLOCK = 2**18  # bytes of a block with its frame
_MOST_FRAMED = 4  # times the pixels of a block that it may have with its frame
_MOST_ROWS = 100  # of a diamond in a volume: NumPy's kernel grows larger ones from smaller
_PLANS = 64


def extreme_of_square(im: Array, reaches: Sequence[int], ufunc: Any, out: Array | None = None) -> Array:
    """As the kernel of this name in `grey`."""
    return _made(im, _of_square(im.shape, im.itemsize, tuple(reaches)), ufunc, out)


def extreme_of_diamond(
    im: Array, reach: int, axes: Sequence[int] | None, ufunc: Any, out: Array | None = None
) -> Array:
    """As the kernel of this name in `grey`."""
    worked = tuple(a for a in range(im.ndim) if im.shape[a] > 1 and (axes is None or a in axes))
    reach = min(reach, sum(im.shape[a] - 1 for a in worked))
    reaches = [reach if a in worked else 0 for a in range(im.ndim)]
    if len(worked) < 2 or not reach:
        return extreme_of_square(im, reaches, ufunc, out)
    if len(worked) == 2:
        return _made(im, _of_diamond(im.shape, im.itemsize, reach, worked), ufunc, out)
    if (2 * reach + 1) ** (len(worked) - 1) > _MOST_ROWS:
        return cast(Array, _NOT)
    away = np.indices([2 * r + 1 for r in reaches]) - np.reshape(reaches, (-1, *[1] * im.ndim))
    return extreme_of_footprint(im, np.abs(away).sum(axis=0) <= reach, ufunc, out)


def extreme_of_footprint(im: Array, footprint: Array, ufunc: Any, out: Array | None = None) -> Array:
    """As the kernel of this name in `grey`."""
    held = np.asarray(footprint, bool)
    sign = -1 if ufunc is np.maximum else 1
    return _made(im, _of_footprint(im.shape, im.itemsize, held.tobytes(), held.shape, sign), ufunc, out)


# --- elements --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """How an image is worked on: blocks of so many rows, or planes, in frames, and stages whose steps, two at a time,
    and beginnings, four at a time, are distances; where the lines of a block begin in it."""

    rows: int
    framed: tuple[int, ...]
    inside: tuple[slice, ...]
    lines: Array
    stages: tuple[tuple[list[tuple[int, int]], Array], ...]


@functools.lru_cache(_PLANS)
def _of_square(shape: tuple[int, ...], itemsize: int, reaches: tuple[int, ...]) -> _Plan | None:
    near = [max(0, min(reach, n - 1)) for reach, n in zip(reaches, shape, strict=True)]
    steps = [
        _moved(len(shape), {axis: step})
        for axis, reach in reversed(list(enumerate(near)))
        for step in grey.doublings(1, 2 * reach + 1)
    ]
    return _plan(shape, itemsize, near, [(steps, [tuple(-reach for reach in near)])])


@functools.lru_cache(_PLANS)
def _of_diamond(shape: tuple[int, ...], itemsize: int, reach: int, worked: tuple[int, int]) -> _Plan | None:
    """Lines of `reach` pixels along both diagonals give every second pixel of the next smaller diamond, which begins
    at its top, and a cross the others."""
    ndim, (y, x), top = len(shape), worked, 1 - reach
    steps = [_moved(ndim, {y: step, x: sign * step}) for sign in (1, -1) for step in grey.doublings(1, reach)]
    cross = ((top - 1, 0), (top, -1), (top, 0), (top, 1), (top + 1, 0))
    begins = [_moved(ndim, {y: dy, x: dx}) for dy, dx in cross]
    return _plan(shape, itemsize, [reach if a in worked else 0 for a in range(ndim)], [(steps, begins)])


@functools.lru_cache(_PLANS)
def _of_footprint(shape: tuple[int, ...], itemsize: int, held: bytes, size: tuple[int, ...], sign: int) -> _Plan | None:
    """By the runs along its last axis, each length from the one before."""
    ndim, stages, made, reaches = len(shape), [], 1, [0] * len(shape)
    for length, begins in grey.runs(np.frombuffer(held, bool).reshape(size), shape, sign).items():
        stages.append(([_moved(ndim, {ndim - 1: step}) for step in grey.doublings(made, length)], begins))
        made = length
        for begin in begins:
            reaches = [max(reach, abs(i)) for reach, i in zip(reaches, begin, strict=True)]
            reaches[-1] = max(reaches[-1], begin[-1] + length - 1)
    return _plan(shape, itemsize, reaches, stages)


def _moved(ndim: int, moves: dict[int, int]) -> Offset:
    return tuple(moves.get(axis, 0) for axis in range(ndim))


def _plan(shape: tuple[int, ...], itemsize: int, reaches: Sequence[int], stages: Sequence[Stage]) -> _Plan | None:
    """The plan for an element that reaches so far along each axis; None where frames would be most of it."""
    if len(shape) < 2 or not math.prod(shape) or not stages:
        return None
    plane = math.prod(n + 2 * reach for n, reach in zip(shape[1:], reaches[1:], strict=True))
    most = min(shape[0], max(1, 2 * reaches[0], _BLOCK // (plane * itemsize) - 2 * reaches[0]))
    rows = -(-shape[0] // -(-shape[0] // most))
    if (rows + 2 * reaches[0]) * plane > _MOST_FRAMED * rows * math.prod(shape[1:]):
        return None
    framed = tuple(n + 2 * reach for n, reach in zip((rows, *shape[1:]), reaches, strict=True))
    inside = tuple(slice(reach, reach + n) for n, reach in zip(shape[1:], reaches[1:], strict=True))
    strides = [math.prod(framed[axis + 1 :]) for axis in range(len(framed))]
    lines: Array = np.array(reaches[-1])
    for part, stride in zip((slice(framed[0]), *inside[:-1]), strides, strict=False):
        lines = np.add.outer(lines, stride * np.arange(part.start or 0, part.stop))
    distances = [tuple([_distance(move, strides) for move in moves] for moves in stage) for stage in stages]
    steps, begins = distances[-1]
    if len(begins) == 1 and steps:  # the last windows are made as they are joined
        last = steps[-2:] if len(steps) % 2 == 0 else steps[-1:]
        for step in last:
            begins += [begin + step for begin in begins]
        del steps[-len(last) :]
    return _Plan(rows, framed, inside, lines.reshape(-1), tuple((_in_pairs(s), _in_fours(b)) for s, b in distances))


def _distance(move: Offset, strides: Sequence[int]) -> int:
    return sum(i * stride for i, stride in zip(move, strides, strict=True))


def _in_pairs(steps: list[int]) -> list[tuple[int, int]]:
    """Two at a time, the last by itself if it is left."""
    padded = [*steps, 0]
    return [(padded[i], padded[i + 1]) for i in range(0, len(steps), 2)]


def _in_fours(begins: list[int]) -> Array:
    """Four at a time, the last of them more than once if some are wanting."""
    return np.array([*begins, *begins[-1:] * (-len(begins) % 4)], np.int64).reshape(-1, 4)


# --- block by block --------------------------------------------------------------------------------------------------


def _made(im: Array, plan: _Plan | None, ufunc: Any, out: Array | None) -> Array:
    is_float, is_largest = im.dtype.kind == "f", ufunc is np.maximum
    kind = np.dtype(f"i{im.dtype.itemsize}") if is_float else im.dtype
    if plan is None or not im.dtype.isnative or kind.str[1:] not in _CODES:
        return cast(Array, _NOT)
    result = np.empty(im.shape, im.dtype) if out is None else out
    source, target = np.ascontiguousarray(im).view(kind), result.view(kind)
    width, a_row = im.shape[-1], len(plan.lines) // plan.framed[0]
    reach = (plan.framed[0] - plan.rows) // 2
    floats = _Floats.of(im.dtype, is_largest) if is_float else None
    limits = np.iinfo(kind)
    beaten = floats.beaten if floats else limits.min if is_largest else limits.max
    scratch = borrow_scratch()
    windows, spare = (scratch(name, (math.prod(plan.framed),), kind) for name in ("windows", "spare windows"))
    for start in range(0, len(im), plan.rows):
        pause()
        stop = min(len(im), start + plan.rows)
        part = source[max(0, start - reach) : stop + reach]
        first = max(0, reach - start)
        windows.fill(beaten)
        lines = plan.lines[first * a_row : (first + len(part)) * a_row]
        if floats:
            _rank(part.reshape(-1, width), floats.most, floats.infinity, floats.rank_of_nan, lines, windows)
        else:
            windows.reshape(plan.framed)[(slice(first, first + len(part)), *plan.inside)] = part
        lines = plan.lines[reach * a_row : (reach + stop - start) * a_row]
        rows = target[start:stop].reshape(-1, width)
        best = scratch("best", rows.shape, kind) if floats else rows
        _extremes(windows, spare, plan.stages, lines, is_largest, best)
        if floats:
            _unrank(best, floats.rank_of_nan, floats.least, floats.nan, rows)
    give_back(scratch)
    return result


def _extremes(windows: Array, spare: Array, stages: Any, lines: Array, is_largest: bool, best: Array) -> None:
    """What the stages give for some lines of a block."""
    for number, (steps, begins) in enumerate(stages):
        for near, far in steps:
            _widen(windows, near, far, is_largest, spare)
            windows, spare = spare, windows
        _join(windows, begins, lines, number > 0, is_largest, best)


# --- values ----------------------------------------------------------------------------------------------------------

_FLAT, _LINES = ({t: types.Array(t, ndim, "C") for t in _TYPES} for ndim in (1, 2))
_DISTANCES = types.Array(types.int64, 1, "C", True)


@kernel(*((_FLAT[t], types.int64, types.int64, types.boolean, _FLAT[t]) for t in _TYPES))
def _widen(windows: Array, near: int, far: int, is_largest: bool, out: Array) -> None:
    """Windows that begin at each place, joined with those a step further on, and these with those another step on.
    Those near the end, which have too few ahead of them, are no pixel's."""
    count = len(windows) - near - far
    second, third, fourth = windows[near:], windows[far:], windows[near + far :]
    if far == 0 and is_largest:
        for i in range(count):
            out[i] = windows[i] if windows[i] > second[i] else second[i]
    elif far == 0:
        for i in range(count):
            out[i] = windows[i] if windows[i] < second[i] else second[i]
    elif is_largest:
        for i in range(count):
            a = windows[i] if windows[i] > second[i] else second[i]
            b = third[i] if third[i] > fourth[i] else fourth[i]
            out[i] = a if a > b else b
    else:
        for i in range(count):
            a = windows[i] if windows[i] < second[i] else second[i]
            b = third[i] if third[i] < fourth[i] else fourth[i]
            out[i] = a if a < b else b


@kernel(
    *(
        (_FLAT[t], types.Array(types.int64, 2, "C", True), _DISTANCES, types.boolean, types.boolean, _LINES[t])
        for t in _TYPES
    )
)
def _join(windows: Array, begins: Array, lines: Array, has_some: bool, is_largest: bool, best: Array) -> None:
    """The extreme of windows that begin at some distances from each pixel, and of what there is."""
    width = best.shape[1]
    for y in range(len(lines)):
        line = best[y]
        for number in range(len(begins)):
            first, second, third, fourth = (
                windows[lines[y] + begins[number, 0] :],
                windows[lines[y] + begins[number, 1] :],
                windows[lines[y] + begins[number, 2] :],
                windows[lines[y] + begins[number, 3] :],
            )
            is_more = has_some or number > 0
            if is_largest:
                for x in range(width):
                    a = first[x] if first[x] > second[x] else second[x]
                    b = third[x] if third[x] > fourth[x] else fourth[x]
                    a = a if a > b else b
                    line[x] = line[x] if is_more and line[x] > a else a
            else:
                for x in range(width):
                    a = first[x] if first[x] < second[x] else second[x]
                    b = third[x] if third[x] < fourth[x] else fourth[x]
                    a = a if a < b else b
                    line[x] = line[x] if is_more and line[x] < a else a


# --- floats ----------------------------------------------------------------------------------------------------------


class _Floats(NamedTuple):
    """The bits of floats, as integers: of such in their order nan is the last."""

    infinity: Any
    nan: Any
    least: Any
    most: Any
    rank_of_nan: Any
    beaten: Any

    @classmethod
    def of(cls, dtype: np.dtype[Any], is_largest: bool) -> "_Floats":
        kind = np.dtype(f"i{dtype.itemsize}")
        infinity, nan = np.array([np.inf, np.nan], dtype).view(kind)
        least, most = (kind.type(limit) for limit in (np.iinfo(kind).min, np.iinfo(kind).max))
        return cls(infinity, nan, least, most, *((most, -infinity) if is_largest else (least, infinity)))


_BITS = (types.int16, types.int32, types.int64)


@kernel(*((types.Array(t, 2, "C", True), t, t, t, _DISTANCES, _FLAT[t]) for t in _BITS))
def _rank(rows: Array, most: Any, infinity: Any, nan: Any, lines: Array, out: Array) -> None:
    """Rows of floats in lines of their frame, as integers in the same order: magnitudes with a sign, with one zero."""
    for y in range(len(lines)):
        row, line = rows[y], out[lines[y] :]
        for x in range(len(row)):
            magnitude = row[x] & most
            signed = magnitude if row[x] >= 0 else -magnitude
            line[x] = nan if magnitude > infinity else signed


@kernel(*((_LINES[t], t, t, t, _LINES[t]) for t in _BITS))
def _unrank(ranks: Array, rank_of_nan: Any, least: Any, nan: Any, out: Array) -> None:
    """And back."""
    for y in range(len(ranks)):
        row, line = ranks[y], out[y]
        for x in range(len(row)):
            bits = row[x] if row[x] >= 0 else least - row[x]
            line[x] = nan if row[x] == rank_of_nan else bits
