"""Weighted sums along lines: of so many numbers at once, which stay in registers, from tiles in double precision whose
rows stay in the nearest cache.

Each pixel is worked out by the same steps in the same order as by the NumPy kernel, each rounded: the middle times its
weight, then two by two from the farthest in.
"""

import functools
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from maskexpr.kernels import borders
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.vectors import DOUBLE, load, pointer, spread, store
from maskexpr.kernels.smooth import Array, as_lines, is_mostly_mirrored
from maskexpr.kernels.stopping import pause

TYPES = (types.uint8, types.uint16, types.int16, types.int32, types.float32, types.float64)
_CODES = {"u1", "u2", "i2", "i4", "f4", "f8"}
_LANES = 32  # sums at once
_ROWS = 4096  # numbers of all rows that one is summed of, about, which the nearest cache holds
_NOTHING = -2  # which no place follows
_MOST = 3 * 2**15  # numbers of a tile
_BETWEEN_PAUSES = 2**24  # products


def smooth_lines(
    source: Array, target: Array, axis: int, its: tuple[Array, bool], mode: str, around: tuple[int, int]
) -> Any:
    """As the kernel of this name in `smooth`."""
    weights, odd = its
    lines, smooth = as_lines(as_numbers(source), axis), as_lines(target, axis)
    reach = len(weights) - 1
    if not is_served(lines, target.dtype) or is_mostly_mirrored(lines.shape[1], reach):
        return NotImplemented
    runs = taken_runs(lines.shape[1], around, reach, mode)
    padded = smooth.shape[1] + 2 * reach
    width = _width(lines.shape[2], padded, reach)
    blocks = len(lines) * -(-lines.shape[2] // width)
    step = max(1, _BETWEEN_PAUSES // (padded * width * (reach + 1)))
    for start in range(0, blocks, step):
        pause()
        _smooth(lines, smooth, weights, odd, runs, width, start, min(start + step, blocks))
    return None


def as_numbers(im: Array) -> Array:
    """An image in one piece, of bytes where it is a mask."""
    values = np.ascontiguousarray(im)
    return values.view(np.uint8) if values.dtype == np.bool_ else values


def is_served(im: Array, dtype: np.dtype[Any]) -> bool:
    """Whether there are loops that take such values, and give those of a type."""
    is_taken = im.dtype.isnative and im.dtype.str[1:] in _CODES
    return is_taken and (dtype == np.float64 or dtype == np.float32 == im.dtype)


@functools.lru_cache(maxsize=64)  # strips of one image have the same
def taken_places(length: int, around: tuple[int, int], reach: int, mode: str) -> Array:
    """The place of what counts for the pixels of a line but so many at its ends, and for those within a reach; or
    `_NOTHING`."""
    wanted = np.arange(around[0] - reach, length - around[1] + reach)
    places = np.asarray(borders.places(wanted, length, mode), np.int64)
    if mode == "constant":
        places[(wanted < 0) | (wanted >= length)] = _NOTHING
    places.setflags(write=False)
    return places


@functools.lru_cache(maxsize=64)
def taken_runs(length: int, around: tuple[int, int], reach: int, mode: str) -> Array:
    """The same as runs of places that follow one another: the first of each, and where it begins and ends."""
    places = taken_places(length, around, reach, mode)
    begins = np.flatnonzero(np.diff(places, prepend=-9) != 1)
    runs = np.stack([places[begins], begins, [*begins[1:], len(places)]], axis=1)
    runs.setflags(write=False)
    return runs


def _width(after: int, padded: int, reach: int) -> int:
    """How many columns are smoothed together."""
    wide = max(1, _ROWS // (2 * reach + 1) // _LANES) * _LANES
    return min(after, wide, max(1, _MOST // padded))


# --- many numbers at once --------------------------------------------------------------------------------------------


def _weighing(join: str) -> Any:
    """What finds weighted sums of the numbers to both sides, which are added or subtracted."""

    @intrinsic  # type: ignore[untyped-decorator, unused-ignore]
    def weigh(typing: Any, tile: Any, at: Any, step: Any, weights: Any, into: Any, to: Any) -> Any:
        """Those around the numbers of a tile from one on, where those of a line lie `step` apart."""

        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            numbers, at, step, weights_of, found, to = given
            vector, index = ir.VectorType(DOUBLE, _LANES), at.type
            data, factors = pointer(context, builder, tile, numbers), pointer(context, builder, weights, weights_of)
            count = context.make_array(weights)(context, builder, weights_of).nitems
            nearest, none = ir.Constant(index, 1), ir.Constant(index, 0)

            def weighed(values: Any, far: Any) -> Any:
                return builder.fmul(values, spread(builder, builder.load(builder.gep(factors, [far])), vector))

            sums = cgutils.alloca_once_value(builder, weighed(load(builder, data, at, vector), none))
            with cgutils.for_range(builder, builder.sub(count, nearest), intp=index) as loop:
                far = builder.sub(builder.sub(count, nearest), loop.index)
                away = builder.mul(far, step)
                sides = [load(builder, data, of(at, away), vector) for of in (builder.add, builder.sub)]
                pair = weighed(getattr(builder, join)(*sides), far)
                builder.store(builder.fadd(builder.load(sums), pair), sums)
            values = builder.load(sums)
            if into.dtype == types.float32:
                values = builder.fptrunc(values, ir.VectorType(ir.FloatType(), _LANES))
            store(builder, values, pointer(context, builder, into, found), to)
            return context.get_dummy_value()

        return types.void(tile, types.intp, types.intp, weights, into, types.intp), generate

    return weigh


_weigh, _weigh_odd = _weighing("fadd"), _weighing("fsub")


# --- loops -----------------------------------------------------------------------------------------------------------


@kernel()
def copy(numbers: Array, into: Array) -> None:
    for x in range(len(numbers)):
        into[x] = numbers[x]


@kernel()
def fill(tile: Array, line: Array, runs: Array, left: int, width: int) -> None:
    """Columns of what lines hold at runs of places, laid flat."""
    after = line.shape[1]
    flat = line.reshape(-1)
    for run in range(len(runs)):
        place, begin, end = runs[run]
        if place < 0:
            tile[begin * width : end * width] = 0
        elif width == after == 1 == end - begin:
            tile[begin] = flat[place]
        elif width == after:
            copy(flat[place * width :][: (end - begin) * width], tile[begin * width :])
        else:
            for p in range(begin, end):
                copy(flat[(place + p - begin) * after + left :][:width], tile[p * width :])


@kernel()
def _weigh_all(tile: Array, at: int, step: int, weights: Array, odd: bool, found: Array, spare: Array) -> None:
    """The weighted sums around numbers of a tile, from one on."""
    count = len(found)
    for x in range(0, count, _LANES):
        is_whole = x + _LANES <= count
        into, to = (found, x) if is_whole else (spare, 0)
        if odd:
            _weigh_odd(tile, at + x, step, weights, into, to)
        else:
            _weigh(tile, at + x, step, weights, into, to)
        if not is_whole:
            copy(spare[: count - x], found[x:])


def _form(source: Any, target: Any) -> tuple[Any, ...]:
    weights, runs = types.Array(types.float64, 1, "C", True), types.Array(types.int64, 2, "C", True)
    lines = types.Array(source, 3, "C", True), types.Array(target, 3, "C")
    return *lines, weights, types.boolean, runs, types.intp, types.intp, types.intp


@kernel(*(_form(source, types.float64) for source in TYPES), _form(types.float32, types.float32))
def _smooth(
    lines: Array, smooth: Array, weights: Array, odd: bool, runs: Array, width: int, start: int, stop: int
) -> None:
    """Smooth blocks of columns, start to stop."""
    kept, after = smooth.shape[1:]
    across, reach = (after + width - 1) // width, len(weights) - 1
    # The last numbers of a tile are taken together with what lies behind it.
    tile, spare = np.empty((kept + 2 * reach) * width + _LANES), np.empty(_LANES, smooth.dtype)
    for block in range(start, stop):
        left = block % across * width
        columns = min(width, after - left)
        fill(tile, lines[block // across], runs, left, columns)
        flat = smooth[block // across].reshape(-1)
        if columns == after:
            _weigh_all(tile, reach * after, after, weights, odd, flat, spare)
            continue
        for y in range(kept):
            into = flat[y * after + left :][:columns]
            _weigh_all(tile, (y + reach) * columns, columns, weights, odd, into, spare)
