"""Sums over boxes: of each pixel and those within a reach along each axis, and of their squares.

Those of integers are exact, whatever the order: a window of a line is put together from windows of 1, 2, 4, 8...
pixels, in the smallest type that holds all sums. Floats are added in one order for each pixel, the middle first, then
two by two from the farthest in, each sum rounded. Each step is one operation on a tile that stays in the cache, laid
flat.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.smooth import fill_lines
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
# Makes results of the sums under windows and, where they are asked for, the sums of squares.
Finish = Callable[[Array, Array | None, Array], None]

_TILE = 2**18  # bytes of each of the arrays of a tile
_TALL = 8  # times as many a tile of long columns may have, so that what is read of each row still fills cache lines
_NARROWEST = 32
_BETWEEN_PAUSES = 64
_MOST_PIXELS = 2**20  # of a window
_COMPILED = 4  # bytes of a sum of small integers, at least, where that is compiled
_FLOAT = np.dtype(np.float64)


def serves(dtype: np.dtype[Any], shape: Sequence[int], reaches: Sequence[int]) -> bool:
    """Whether sums over boxes of such an image are found here: those that are exact in float64, or of floats, where no
    window reaches beyond whole lines."""
    near = all(reach < length for reach, length in zip(reaches, shape, strict=True))
    return near and (dtype.kind == "f" or dtype.itemsize < _FLOAT.itemsize)


@has_compiled
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
    """What `finish` makes of the sums, as whole numbers or float64, and where asked for of the sums of squares as
    float64 has them.

    `out` is C-contiguous, of the type asked for, and no part of the image. It has no rows for those `around`: so many
    first and last ones of the image.
    """
    shape = (len(im) - sum(around), *im.shape[1:])
    result = np.empty(shape, dtype) if out is None else out
    if not result.size:
        return result
    given, values = np.dtype(im.dtype), np.ascontiguousarray(im)
    is_exact = are_whole(given, squares)
    types = [_types(given, reaches, power, is_exact) for power in ((1, 2) if squares else (1,))]
    last, most = im.ndim - 1, _TILE // max(own[-1].itemsize for own in types)
    moments = [values] * len(types)
    square = [False, True]
    for axis, reach in enumerate(reaches[:-1]):
        if reach:
            own_around = around if axis == 0 else (0, 0)
            for i, of_axes in enumerate(types):
                tiles = _tiles(moments[i], axis, reach, of_axes[axis], mode, own_around, most, is_exact, square[i])
                moments[i], square[i] = _gathered(tiles, moments[i], axis, own_around, of_axes[axis]), False
    own_around = around if last == 0 else (0, 0)
    finished = [
        _tiles(moment, last, reaches[last], own[-1], mode, own_around, most, is_exact, is_squared)
        for moment, own, is_squared in zip(moments, types, square, strict=False)
    ]
    rows = result.reshape(-1, result.shape[-1])
    for found in zip(*finished, strict=True):
        some, (sums, *rest) = found[0][0][0], [tile[..., 0] for _, tile in found]
        finish(sums, rest[0] if rest else None, rows[some])
    return result


@has_compiled
def means(
    im: Array,
    reaches: Sequence[int],
    dtype: Any,
    out: Array | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """The quotients of these sums by the size of a window, each rounded once; the rest as for `over_boxes`."""
    size = math.prod(2 * reach + 1 for reach in reaches)

    def finish(sums: Array, squares: Array | None, out: Array) -> None:
        np.divide(sums, size, out=out, dtype=_FLOAT, casting="same_kind")

    return over_boxes(im, reaches, finish, dtype, out, mode, around)


def are_whole(dtype: np.dtype[Any], squares: bool) -> bool:
    """Whether all sums are whole numbers that float64 holds, in windows of up to 2^20 pixels."""
    return dtype.kind in "bui" and dtype.itemsize <= (2 if squares else 4)


def boxes_bytes(shape: tuple[int, ...], dtype: np.dtype[Any], reaches: Sequence[int], squares: bool = False) -> int:
    """Bytes that `over_boxes` works in, beside what `finish` takes for a tile."""
    total, is_exact = 0, are_whole(dtype, squares)
    types = [_types(dtype, reaches, power, is_exact) for power in ((1, 2) if squares else (1,))]
    most = _TILE // max(own[-1].itemsize for own in types)
    for own in types:
        passes = [max(_COMPILED, type_.itemsize) for type_, reach in zip(own, reaches[:-1], strict=False) if reach]
        total += math.prod(shape) * sum(sorted(passes)[-2:])
        total += max(
            (4 if is_exact else 3) * type_.itemsize * _pixels(shape, axis, reach, most)
            + _beyond(shape, axis, reach, most)
            for axis, (reach, type_) in enumerate(zip(reaches, own, strict=True))
        )
    return total


def rows_of_tile(shape: tuple[int, ...], reach: int) -> int:
    """How many rows of float64 are worked on together."""
    return _tile(shape, len(shape) - 1, reach, _TILE // _FLOAT.itemsize)[0]


def _beyond(shape: tuple[int, ...], axis: int, reach: int, most: int) -> int:
    """Bytes of what lies beyond one end of lines, and of where it is."""
    count, _, width = _tile(shape, axis, reach, most)
    return 8 * reach * (count * width + 6)


def tile_pixels(shape: tuple[int, ...], dtype: np.dtype[Any], reaches: Sequence[int], squares: bool = False) -> int:
    """The most pixels that are finished at once."""
    types = [_types(dtype, reaches, power, are_whole(dtype, squares)) for power in ((1, 2) if squares else (1,))]
    return _pixels(shape, len(shape) - 1, reaches[-1], _TILE // max(own[-1].itemsize for own in types))


def _pixels(shape: tuple[int, ...], axis: int, reach: int, most: int) -> int:
    count, padded, width = _tile(shape, axis, reach, most)
    everything = math.prod(shape[:axis]) * padded * math.prod(shape[axis + 1 :])
    return min(everything, max(most, count * padded * width))


def _types(dtype: np.dtype[Any], reaches: Sequence[int], power: int, is_exact: bool) -> list[np.dtype[Any]]:
    """The types that sums are taken in, axis after axis."""
    if not is_exact:
        return [_FLOAT] * len(reaches)
    highest, is_signed = largest(dtype) ** power, dtype.kind == "i" and power == 1
    found, size = list[np.dtype[Any]](), 1
    for reach in reaches:
        size *= 2 * reach + 1
        found.append(_smallest(highest * size, is_signed))
    return found


def largest(dtype: np.dtype[Any]) -> int:
    """The largest size of a whole number of a type."""
    return 1 if dtype.kind == "b" else max(-int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))


def _smallest(highest: int, is_signed: bool) -> np.dtype[Any]:
    for name in ("i2", "i4") if is_signed else ("u2", "u4"):
        if highest <= np.iinfo(name).max:
            return np.dtype(name)
    return _FLOAT


# --- lines -----------------------------------------------------------------------------------------------------------


def _gathered(
    tiles: Iterator[tuple[tuple[slice, ...], Array]],
    source: Array,
    axis: int,
    around: tuple[int, int],
    dtype: np.dtype[Any],
) -> Array:
    shape = list(source.shape)
    shape[axis] -= sum(around)
    target = np.empty(shape, dtype)
    lines = target.reshape(_turned(tuple(shape), axis))
    for part, sums in tiles:
        lines[part] = sums
    return target


def _turned(shape: tuple[int, ...], axis: int) -> tuple[int, int, int]:
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def _tile(shape: tuple[int, ...], axis: int, reach: int, most: int) -> tuple[int, int, int]:
    """How many lines are summed together, and how long they are with what lies beyond their ends."""
    before, length, after = _turned(shape, axis)
    padded = length + 2 * reach
    width = min(after, max(1, most // padded, min(_NARROWEST, _TALL * most // padded)))
    return max(1, min(before, most // (padded * after))), padded, width


def _tiles(
    source: Array,
    axis: int,
    reach: int,
    dtype: np.dtype[Any],
    mode: str,
    around: tuple[int, int],
    most: int,
    is_exact: bool,
    is_squared: bool,
) -> Iterator[tuple[tuple[slice, ...], Array]]:
    """The sums along an axis, for all pixels of lines but so many at both ends: tile after tile, with its place among
    all lines. `is_squared` asks for those of the squares."""
    shape = list(source.shape)
    shape[axis] -= sum(around)
    before, kept, after = _turned(tuple(shape), axis)
    lines = source.reshape(_turned(source.shape, axis))
    count, padded, width = _tile(tuple(shape), axis, reach, most)
    work = np.empty((4 if is_exact else 3, min(count, before) * padded * width), dtype)
    add = _summed if is_exact else _added
    for i in range(0, before, count):
        for j in range(0, after, width):
            pause()
            part = lines[i : i + count, :, j : j + width]
            extent = len(part), padded, part.shape[2]
            tile, *spare = work[:, : math.prod(extent)]
            fill_lines(tile.reshape(extent), part, around[0] - reach, mode)
            if is_squared:
                np.multiply(tile, tile, out=tile)
            sums = add(tile, reach, extent[2], spare).reshape(extent)[:, :kept]
            yield (slice(i, i + count), slice(None), slice(j, j + width)), sums


def _summed(tile: Array, reach: int, step: int, spare: Sequence[Array]) -> Array:
    """The sums of windows of lines laid flat, whose pixels are `step` apart, each where its window begins: put
    together from windows of powers of two."""
    if not reach:
        return tile
    total, found, windows = tile, 1, tile
    sums, *others = spare
    size, stop, left = 1, tile.size, reach  # of the windows; where they end; how often they are still to be doubled
    while left:
        pause()
        wider = others[0]
        stop -= size * step
        np.add(windows[:stop], windows[size * step : size * step + stop], out=wider[:stop])
        others.reverse()
        windows, size = wider, 2 * size
        if left & 1:
            end = stop - found * step
            np.add(total[:end], windows[found * step : found * step + end], out=sums[:end])
            total, found = sums, found + size
        left >>= 1
    return total


def _added(tile: Array, reach: int, step: int, spare: Sequence[Array]) -> Array:
    """The same of floats, in their order."""
    sums, pair = spare
    size = tile.size - 2 * reach * step
    total, pair = sums[:size], pair[:size]
    middle = reach * step
    total[...] = tile[middle : middle + size]
    for far in range(reach * step, 0, -step):
        if far % (_BETWEEN_PAUSES * step) == 0:
            pause()
        np.add(tile[middle + far : middle + far + size], tile[middle - far : middle - far + size], out=pair)
        np.add(total, pair, out=total)
    return sums
