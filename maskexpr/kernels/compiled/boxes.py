"""Sums over boxes. Those of integers are exact, whatever the order: along all axes but the last a sum goes on from row
to row, by the row that comes in and the one that goes; along the last a window is put together from windows of 1, 2,
4, 8... pixels, as NumPy does. Floats are added in the order of the NumPy kernel, as weighted sums are."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from maskexpr.kernels.boxes import Array, Finish, largest, rows_of_tile
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.smooth import TYPES, as_numbers, fill, is_served, smooth_lines, taken_places, taken_runs
from maskexpr.kernels.compiled.vectors import DOUBLE, fma, load, pointer, spread, store
from maskexpr.kernels.smooth import as_lines
from maskexpr.kernels.stopping import pause

_FLOAT, _WHOLE = np.dtype(np.float64), np.dtype(np.int32)
_BETWEEN_PAUSES = 2**22  # pixels
_LANES = 16  # sums at once


def over_boxes(
    im: Array,
    reaches: Sequence[int],
    finish: Finish,
    dtype: Any,
    out: Array | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
    squares: bool = False,
) -> Array:
    """As the kernel of this name in `boxes`."""
    values, powers = as_numbers(im), (1, 2) if squares else (1,)
    if not _serves(values, reaches) or not all(_fits(im.dtype, reaches, power) for power in powers):
        return NotImplemented  # type: ignore[no-any-return]
    moments = [_along_all_but_the_last(values, reaches, mode, around, power == 2) for power in powers]
    shape = (len(im) - sum(around), *im.shape[1:])
    result = np.empty(shape, dtype) if out is None else out
    rows, width, reach = result.reshape(-1, shape[-1]), shape[-1], reaches[-1]
    step = rows_of_tile(shape, reach)
    tiles = np.empty((len(moments), min(step, len(rows)), width))
    for start in range(0, len(rows), step):
        pause()
        stop = min(start + step, len(rows))
        for moment, tile in zip(moments, tiles, strict=True):
            lines = moment.reshape(-1, width)[start:stop]
            if lines.dtype == _WHOLE:
                _add_rows(lines[:, :, np.newaxis], taken_runs(width, (0, 0), reach, mode), reach, 1.0, tile)
            else:
                smooth_lines(lines, tile[: stop - start], 1, _ones(reach), mode, (0, 0))
        sums, *others = tiles[:, : stop - start]
        finish(sums, others[0] if others else None, rows[start:stop])
    return result


def means(
    im: Array,
    reaches: Sequence[int],
    dtype: Any,
    out: Array | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """As the kernel of this name in `boxes`."""
    values = as_numbers(im)
    if not _serves(values, reaches) or im.dtype.kind == "f" or not _fits(im.dtype, reaches, 1):
        return NotImplemented  # type: ignore[no-any-return]
    sums = _along_all_but_the_last(values, reaches, mode, around, is_squared=False)
    result = np.empty(sums.shape, dtype) if out is None else out
    width, over = sums.shape[-1], float(_size(reaches))
    lines, rows, runs = (
        sums.reshape(-1, width, 1),
        result.reshape(-1, width),
        taken_runs(width, (0, 0), reaches[-1], mode),
    )
    step = max(1, _BETWEEN_PAUSES // width)
    for start in range(0, len(rows), step):
        pause()
        _add_rows(lines[start : start + step], runs, reaches[-1], over, rows[start:])
    return result


def _serves(values: Array, reaches: Sequence[int]) -> bool:
    """Whether there are loops for values, whose sums along more than the last axis are asked for."""
    near = all(reach < n for reach, n in zip(reaches, values.shape, strict=True))
    return near and any(reaches[:-1]) and is_served(values, _FLOAT)


def _fits(dtype: np.dtype[Any], reaches: Sequence[int], power: int) -> bool:
    """Whether there is a type for sums of powers: of whole numbers that of 32 bits."""
    if dtype.kind == "f":
        return power == 1
    return bool(largest(dtype) ** power * _size(reaches) <= np.iinfo(_WHOLE).max)


def _size(reaches: Sequence[int]) -> int:
    return math.prod(2 * reach + 1 for reach in reaches)


def _ones(reach: int) -> tuple[Array, bool]:
    return np.ones(reach + 1), False


def _along_all_but_the_last(
    values: Array, reaches: Sequence[int], mode: str, around: tuple[int, int], is_squared: bool
) -> Array:
    """The sums of values, or of their squares, along one axis after another."""
    found = values
    for axis, reach in enumerate(reaches[:-1]):
        if not reach:
            continue
        own_around = around if axis == 0 else (0, 0)
        shape = list(found.shape)
        shape[axis] -= sum(own_around)
        sums = np.empty(shape, _FLOAT if values.dtype.kind == "f" else _WHOLE)
        if values.dtype.kind == "f":
            smooth_lines(found, sums, axis, _ones(reach), mode, own_around)
        else:
            places = taken_places(found.shape[axis], own_around, reach, mode)
            lines, into = as_lines(found, axis), as_lines(sums, axis)
            step = max(1, _BETWEEN_PAUSES // (into.shape[1] * into.shape[2]))
            for start in range(0, len(lines), step):
                pause()
                _add_on(lines[start : start + step], places, reach, is_squared and found is values, into[start:])
        found = sums
    return found


_PLACES, _RUNS = types.Array(types.int64, 1, "C", True), types.Array(types.int64, 2, "C", True)


@kernel(
    *(
        (types.Array(given, 3, "C", True), _PLACES, types.intp, types.boolean, types.Array(types.int32, 3, "C"))
        for given in TYPES
        if not isinstance(given, types.Float)
    )
)
def _add_on(lines: Array, places: Array, reach: int, is_squared: bool, sums: Array) -> None:
    """The sums of so many pixels, or of their squares, along lines: that of one, and from it that of the next."""
    kind, nothing, size = sums.dtype.type, np.zeros(lines.shape[2], lines.dtype), 2 * reach + 1
    for i in range(len(lines)):
        line = lines[i]
        first = sums[i, 0]
        first[:] = 0
        for p in range(size):
            row = line[places[p]] if places[p] >= 0 else nothing
            if is_squared:
                for x in range(len(row)):
                    first[x] = kind(first[x] + kind(kind(row[x]) * kind(row[x])))
            else:
                for x in range(len(row)):
                    first[x] = kind(first[x] + kind(row[x]))
        for y in range(1, sums.shape[1]):
            comes, goes = places[y + size - 1], places[y - 1]
            new, old = line[comes] if comes >= 0 else nothing, line[goes] if goes >= 0 else nothing
            before, here = sums[i, y - 1], sums[i, y]
            if is_squared:
                for x in range(len(here)):
                    more = kind(kind(new[x]) * kind(new[x])) - kind(kind(old[x]) * kind(old[x]))
                    here[x] = kind(before[x] + kind(more))
            else:
                for x in range(len(here)):
                    here[x] = kind(before[x] + kind(kind(new[x]) - kind(old[x])))


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _go_on(typing: Any, line: Any, at: Any, size: Any, total: Any, over: Any, into: Any, to: Any) -> Any:
    """The sums of so many numbers from each of some on, over a number, where that of those before them is a total;
    gives the last.

    The quotient is the product with the inverse and what that lacks times the inverse. It lacks a few times n of its
    last places, over n: a whole number, which is exact. And a quotient of whole numbers lies by more than 1 / 2n of a
    last place off the middle between two numbers, so that it is rounded as by a division, which takes longer."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        numbers, at, size, total, over, found, to = given
        whole, real = ir.VectorType(ir.IntType(32), _LANES), ir.VectorType(DOUBLE, _LANES)
        data = pointer(context, builder, line, numbers)
        sums = builder.sub(load(builder, data, builder.add(at, size), whole), load(builder, data, at, whole))
        apart = 1
        while apart < _LANES:
            places = [place - apart if place >= apart else _LANES for place in range(_LANES)]
            order = ir.Constant(ir.VectorType(ir.IntType(32), _LANES), places)
            sums = builder.add(sums, builder.shuffle_vector(sums, ir.Constant(whole, None), order))
            apart *= 2
        sums = builder.add(sums, spread(builder, total, whole))
        values, divisor = builder.sitofp(sums, real), spread(builder, over, real)
        inverse = builder.fdiv(ir.Constant(real, [1.0] * _LANES), divisor)
        quotient = builder.fmul(values, inverse)
        lacks = fma(builder, builder.fneg(quotient), divisor, values)
        store(builder, fma(builder, lacks, inverse, quotient), pointer(context, builder, into, found), to)
        return builder.extract_element(sums, ir.Constant(ir.IntType(32), _LANES - 1))

    return types.int32(line, types.intp, types.intp, types.int32, types.float64, into, types.intp), generate


@kernel((types.Array(types.int32, 3, "C", True), _RUNS, types.intp, types.float64, types.Array(types.float64, 2, "C")))
def _add_rows(rows: Array, runs: Array, reach: int, over: float, out: Array) -> None:
    """The sums of so many numbers along rows, over a number."""
    width, size = rows.shape[1], 2 * reach + 1
    line = np.zeros(width + size, rows.dtype)
    for y in range(len(rows)):
        fill(line[1:], rows[y], runs, 0, 1)
        total = np.int32(line[:size].sum())
        row, whole = out[y], width // _LANES * _LANES
        for x in range(0, whole, _LANES):
            total = _go_on(line, x, size, total, over, row, x)
        for x in range(whole, width):
            total = np.int32(total + line[x + size] - line[x])
            row[x] = total / over
