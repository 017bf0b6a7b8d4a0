"""Slopes and curvatures by differences of neighbours, many rows at a time.

A tile of the image is framed by one pixel more on each side and laid flat: a neighbour along an axis is so many values
away. Each step is one operation on the tile, which stays in the cache. Small integers are worked out in a type that
holds all that can come up, which rounds nothing; else floats in double precision, each step rounded as the bodies do.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from maskexpr.kernels import borders
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Across = tuple[int, int]

SOBEL, SCHARR, PREWITT = (1, 2), (3, 10), (1, 1)
"""How slopes are smoothed across: the weights beside the middle, and in it."""

_TILE = 2**17  # bytes of each of the five arrays of a tile
_NARROWEST = 16  # rows of one
_EXACT = 2**53  # float64 holds every whole number up to here
_FLOAT = np.dtype(np.float64)


def edges(
    im: Array,
    axis: int | None,
    dtype: Any,
    out: Array | None = None,
    across: Across = SOBEL,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """The gradient's size by differences of the pixels to both sides, over the square root of the number of axes; along
    one axis, or of an image of one axis, the signed derivative. It is smoothed along the other axes, by weights that
    add up to 1.

    `out` is of the type asked for, and no part of the image. It has no rows for those `around`: so many first and last
    ones of the image, of one at most.
    """
    axes = range(im.ndim) if axis is None else [axis]
    whole = _type_of_slopes(im.dtype, im.ndim, axes, across)
    over = float((2 * across[0] + across[1]) ** (im.ndim - 1))

    def slope(tile: Array, steps: Sequence[int], work: list[Array]) -> Array:
        found = _whole_slope if whole else _slope
        return found(tile, steps[axes[0]], _others(steps, axes[0]), across, work)

    def size(tile: Array, steps: Sequence[int], work: list[Array]) -> Array:
        return (_whole_squares if whole else _squares)(tile, steps, across, work, over)

    def finish(found: Array, into: Array) -> None:
        if len(axes) == 1:
            np.divide(found, over, out=into, dtype=_FLOAT, casting="same_kind")
        elif whole:  # with squares of whole slopes, which are `over` times as large: a power of 2, which rounds nothing
            np.sqrt(found, out=into, dtype=_FLOAT)
            np.divide(into, over * np.sqrt(im.ndim), out=into)
        else:
            np.sqrt(found, out=found)
            np.divide(found, np.sqrt(im.ndim), out=into, casting="same_kind")

    return _by_tiles(im, whole or _FLOAT, slope if len(axes) == 1 else size, finish, dtype, out, mode, around)


def laplace(
    im: Array,
    axes: Sequence[int],
    dtype: Any,
    out: Array | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """The sum of the second differences along axes; `out` and `around` as for `edges`."""
    whole = _type_of_curvatures(im.dtype, len(axes))

    def curvature(tile: Array, steps: Sequence[int], work: list[Array]) -> Array:
        return (_whole_curvature if whole else _curvature)(tile, [steps[axis] for axis in axes], work)

    return _by_tiles(im, whole or _FLOAT, curvature, _copied, dtype, out, mode, around)


def _copied(found: Array, into: Array) -> None:
    np.copyto(into, found, casting="same_kind")


def slopes_bytes(shape: tuple[int, ...]) -> int:
    """Bytes that `edges` and `laplace` work in."""
    tiles = [0]
    for lead in _leads(len(shape)):
        row, rows = math.prod(n + 2 for axis, n in enumerate(shape) if axis != lead), shape[lead] + 2
        few = _NARROWEST + 2
        # Five arrays, rows with what lies beyond the image, and where those lie, of narrow types the most.
        tiles.append(6 * min(8 * rows * row, max(8 * few * row, _TILE)) + 48 * min(rows, max(few, _TILE // (2 * row))))
    return max(tiles)


# --- types -----------------------------------------------------------------------------------------------------------


def _type_of_slopes(dtype: np.dtype[Any], ndim: int, axes: Sequence[int], across: Across) -> np.dtype[Any] | None:
    """The type that holds all slopes of integers, or the sum of the squares of several; None where there is none, or
    where it would not give what floats give: of negative values these may give -0.0, and a power of 3 rounds."""
    if dtype.kind not in "iu" or (dtype.kind == "i" and len(axes) == 1):
        return None
    info, weights = np.iinfo(dtype), 2 * across[0] + across[1]
    most = (int(info.max) - int(info.min)) * weights ** (ndim - 1)
    if len(axes) == 1:
        return _type_up_to(most)
    return None if weights & (weights - 1) else _type_up_to(len(axes) * most * most)


def _type_of_curvatures(dtype: np.dtype[Any], count: int) -> np.dtype[Any] | None:
    if dtype.kind not in "iu":
        return None
    info = np.iinfo(dtype)
    return _type_up_to(4 * count * max(int(info.max), -int(info.min)))


def _type_up_to(most: int) -> np.dtype[Any] | None:
    for name in ("i2", "i4"):
        if most <= np.iinfo(name).max:
            return np.dtype(name)
    return _FLOAT if most <= _EXACT else None


# --- tiles -----------------------------------------------------------------------------------------------------------


def _by_tiles(
    im: Array,
    dtype: np.dtype[Any],
    work_out: Callable[[Array, Sequence[int], list[Array]], Array],
    finish: Callable[[Array, Array], None],
    result_type: Any,
    out: Array | None,
    mode: str,
    around: tuple[int, int],
) -> Array:
    """What is worked out of framed tiles of a type, laid flat, and finished without the frame."""
    above, below = around
    result = np.empty((len(im) - above - below, *im.shape[1:]), result_type) if out is None else out
    if not result.size:
        return result
    lead = min(_leads(im.ndim), key=lambda axis: -result.shape[axis])
    values, into = im.swapaxes(0, lead), result.swapaxes(0, lead)
    first, before = (above - 1, (1,) * im.ndim) if lead == 0 else (-1, _but(1 - above, lead, im.ndim))
    for start, stop, tile, work in _framed(into.shape, dtype):
        pause()
        borders.fill_framed(tile, values, start + first, before, mode)
        steps = [n // tile.itemsize for n in tile.swapaxes(0, lead).strides]
        found = work_out(tile.reshape(-1), steps, work)
        finish(found.reshape(tile.shape)[(slice(1, -1),) * im.ndim], into[start:stop])
    return result


def _but(value: int, place: int, count: int) -> tuple[int, ...]:
    """Ones, but at a place."""
    return tuple(value if axis == place else 1 for axis in range(count))


def _leads(ndim: int) -> range:
    """The axes that tiles may be cut along: of a few planes better along their rows."""
    return range(1 if ndim < 3 else 2)


def _framed(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[tuple[int, int, Array, list[Array]]]:
    """From row to row, an array with a frame around these, and four flat ones of its size to work in."""
    framed = tuple(n + 2 for n in shape[1:])
    row = math.prod(framed)
    rows = min(shape[0], max(_NARROWEST, _TILE // dtype.itemsize // row - 2))
    scratch = np.empty((5, (rows + 2) * row), dtype)
    for start in range(0, shape[0], rows):
        stop = min(start + rows, shape[0])
        tile, *work = scratch[:, : (stop - start + 2) * row]
        yield start, stop, tile.reshape(stop - start + 2, *framed), work


# --- of floats -------------------------------------------------------------------------------------------------------


def _squares(tile: Array, steps: Sequence[int], across: Across, spare: list[Array], over: float) -> Array:
    """The sum of the squares of the slopes along all axes; what comes out for the frame means nothing."""
    squares, *work = spare
    valid = slice(sum(steps), tile.size - sum(steps))
    for axis, step in enumerate(steps):
        slope = _slope(tile, step, _others(steps, axis), across, work)
        np.divide(slope[valid], over, out=slope[valid])
        np.multiply(slope[valid], slope[valid], out=(work[2] if axis else squares)[valid])
        if axis:
            np.add(squares[valid], work[2][valid], out=squares[valid])
    return squares


def _others(steps: Sequence[int], axis: int) -> list[int]:
    return [step for other, step in enumerate(steps) if other != axis]


def _slope(tile: Array, step: int, others: Sequence[int], across: Across, work: list[Array]) -> Array:
    """The difference along one axis, smoothed along the others; each with pixels so far apart laid flat."""
    total, other, pair = work[-3:]
    beside, middle = (float(weight) for weight in across)
    start, stop = step, tile.size - step
    here = slice(start, stop)
    np.multiply(tile[here], 0.0, out=total[here])  # as SciPy does: nan and inf in the middle give nan
    np.subtract(tile[start - step : stop - step], tile[start + step : stop + step], out=pair[here])
    np.subtract(total[here], pair[here], out=total[here])
    for step in others:
        start, stop = start + step, stop - step
        here = slice(start, stop)
        np.add(total[start - step : stop - step], total[start + step : stop + step], out=pair[here])
        if beside != 1:
            np.multiply(pair[here], beside, out=pair[here])
        np.multiply(total[here], middle, out=other[here])
        np.add(other[here], pair[here], out=other[here])
        total, other = other, total
    return total


def _curvature(tile: Array, steps: Sequence[int], work: list[Array]) -> Array:
    """The second differences along axes one after another, each rounded, and their sum."""
    frame = max(steps)
    valid = slice(frame, tile.size - frame)
    middle, total, pair = (values[valid] for values in work[:3])
    np.multiply(tile[valid], -2.0, out=middle)
    for number, step in enumerate(steps):
        second = pair if number else total
        _neighbours(tile, step, frame, second)
        np.add(middle, second, out=second)
        if number:
            np.add(total, pair, out=total)
    return work[1]


def _neighbours(tile: Array, step: int, frame: int, out: Array) -> None:
    """The sums of the two neighbours so far away, but for those of so many values at both ends."""
    np.add(tile[frame - step : tile.size - frame - step], tile[frame + step : tile.size - frame + step], out=out)


# --- of whole numbers ------------------------------------------------------------------------------------------------


def _whole_squares(tile: Array, steps: Sequence[int], across: Across, spare: list[Array], over: float) -> Array:
    squares, *work = spare
    valid = slice(sum(steps), tile.size - sum(steps))
    for axis, step in enumerate(steps):
        slope = _whole_slope(tile, step, _others(steps, axis), across, work)[valid]
        np.multiply(slope, slope, out=slope if axis else squares[valid])
        if axis:
            np.add(squares[valid], slope, out=squares[valid])
    return squares


def _whole_slope(tile: Array, step: int, others: Sequence[int], across: Across, work: list[Array]) -> Array:
    total, other, pair = work[-3:]
    start, stop = step, tile.size - step
    np.subtract(tile[start + step :], tile[: stop - step], out=total[start:stop])
    for step in others:
        before, here, after = (slice(start + d, stop - 2 * step + d) for d in (0, step, 2 * step))
        if across == SOBEL:  # the sum of two sums of two neighbours
            both = slice(start, stop - step)
            np.add(total[both], total[start + step : stop], out=pair[both])
            np.add(pair[before], pair[here], out=other[here])
        else:
            np.add(total[before], total[after], out=pair[here])
            if across[0] != 1:
                np.multiply(pair[here], across[0], out=pair[here])
            np.multiply(total[here], across[1], out=other[here])
            np.add(other[here], pair[here], out=other[here])
        total, other = other, total
        start, stop = start + step, stop - step
    return total


def _whole_curvature(tile: Array, steps: Sequence[int], work: list[Array]) -> Array:
    frame = max(steps)
    valid = slice(frame, tile.size - frame)
    total, pair = (values[valid] for values in work[:2])
    for number, step in enumerate(steps):
        _neighbours(tile, step, frame, pair if number else total)
        if number:
            np.add(total, pair, out=total)
    np.multiply(tile[valid], tile.dtype.type(2 * len(steps)), out=pair)
    np.subtract(total, pair, out=total)
    return work[0]
