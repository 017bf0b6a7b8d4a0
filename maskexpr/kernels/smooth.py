"""Smoothing and slopes, many lines at a time.

Each pixel is worked out in double precision, in the order that SciPy has too: the middle times its weight, then for
each distance from the farthest on, the sum (or the difference) of the two pixels there times theirs. Here each of these
steps is one operation on a tile that stays in the cache, laid flat. Each is rounded on its own, which SciPy's are only
where it was not built to multiply and add in one step, as it is for Apple silicon.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels import borders
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.weights import gaussian_reach, line_reach, line_weights

Array = np.ndarray[Any, Any]

# Pixels of a tile, of which three arrays in double precision are held.
_TILE = 32768
# Tall tiles may be larger, so that what is read of each row still fills cache lines.
_TALL_TILE = 8 * _TILE
_NARROWEST = 16
_BETWEEN_PAUSES = 64
_MOSTLY_BEYOND = 4  # times as many pixels as the image's in a row of it with what a window reaches beyond
_FEW_PIXELS = 256  # of which an operation takes as long to begin as to do
_MOST_IN_PAIRS = 2**19  # pixels of sums that are kept as they occur again
_WHILE_FOUND = 140  # bytes that each weight takes as a whole number and as Python's floats

# --- gaussian --------------------------------------------------------------------------------------------------------


def gaussian(
    im: Array,
    sigmas: Sequence[float],
    dtype: Any,
    out: Array | None = None,
    orders: Sequence[int] | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """An image smoothed by Gaussians or their derivatives, where a sigma of 0 leaves an axis as it is: along each axis
    in turn as scipy.ndimage.correlate1d(im, weights, axis, output=dtype, mode=mode); float16 is computed in float32.

    `out` is C-contiguous, of the type asked for, and no part of the image. It has no rows for those `around`: so many
    first and last ones of the image.
    """
    lines: list[tuple[Array, bool] | None] = []
    for sigma, order, length in zip(sigmas, orders or (0,) * len(sigmas), im.shape, strict=True):
        if gaussian_reach(sigma):
            weights = line_weights(sigma, order, length, mode)
            lines.append((weights, bool(order % 2)))
        else:
            lines.append(None)
    if dtype != np.float16:
        return _along_each_axis(im, dtype, lines, out, mode, around)
    found = _along_each_axis(im.astype(np.float32), np.float32, lines, None, mode, around)
    if out is None:
        return found.astype(dtype)
    out[...] = found
    return out


def _along_each_axis(
    im: Array,
    dtype: Any,
    lines: Sequence[tuple[Array, bool] | None],
    out: Array | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """Weighted sums along one axis after another, by weights from the middle one out, of which those of the other side
    have the other sign or not; where there are none an axis is left as it is."""
    above, below = around
    rows = len(im) - above - below
    result = np.empty((rows, *im.shape[1:]), dtype) if out is None else out
    source = np.ascontiguousarray(im)
    for axis, its_weights in enumerate(lines):
        if its_weights is not None and im.size:
            smooth_lines(source, result, axis, its_weights, mode, around if axis == 0 else (0, 0))
            source = result
    if source is not result:
        result[...] = source[above : above + rows]
    return result


@has_compiled
def smooth_lines(
    source: Array, target: Array, axis: int, its: tuple[Array, bool], mode: str, around: tuple[int, int]
) -> None:
    """Smooth along one axis, all of lines but so many pixels at both ends; a tile holds whole lines, so that source and
    target may be one array."""
    weights, odd = its
    lines, smooth = as_lines(source, axis), as_lines(target, axis)
    (before, length, after), kept = lines.shape, smooth.shape[1]
    reach = len(weights) - 1
    if is_mostly_mirrored(length, reach) and mode == "reflect" and not odd:
        return _smooth_mirrored(lines, smooth, weights, around[0])
    count, padded, width = _tile(before, kept, after, reach)
    scratch = np.empty((3, count * padded * width))
    for i in range(0, before, count):
        for j in range(0, after, width):
            pause()
            part = lines[i : i + count, :, j : j + width]
            shape = (len(part), padded, part.shape[2])
            tile, total, pair = scratch[:, : math.prod(shape)]
            fill_lines(tile.reshape(shape), part, around[0] - reach, mode)
            _weigh(tile, total, pair, shape[2], weights.tolist(), odd)
            smooth[i : i + count, :, j : j + width] = total.reshape(shape)[:, reach : reach + kept]
    return None


def as_lines(im: Array, axis: int) -> Array:
    """An array of lines along the middle one of three axes."""
    return im.reshape(math.prod(im.shape[:axis]), im.shape[axis], math.prod(im.shape[axis + 1 :]))


def is_mostly_mirrored(length: int, reach: int) -> bool:
    """Whether weights reach beyond whole lines. A tile with all that these mirror would be little else."""
    return reach >= length


def _smooth_mirrored(lines: Array, smooth: Array, weights: Array, first: int) -> None:
    """Smooth lines that weights reach beyond, from a pixel on. What they mirror repeats after two lengths, so that all
    pixels so far away to one side lie together, somewhere in three lengths."""
    before, length, after = lines.shape
    count, _, width = _tile(before, length, after, length)
    for i in range(0, before, count):
        for j in range(0, after, width):
            pause()
            part = lines[i : i + count, :, j : j + width].swapaxes(0, 1)
            tile = np.empty((3, *part.shape))
            tile[0] = tile[2] = part
            tile[1] = tile[0, ::-1]
            views = np.lib.stride_tricks.sliding_window_view(tile.reshape(-1), part.size)[:: part[0].size]
            weigh = _weigh_views if part.size > _FEW_PIXELS else _weigh_many_views
            total = weigh(views, weights)
            kept = total.reshape(part.shape)[first : first + smooth.shape[1]]
            smooth[i : i + count, :, j : j + width] = kept.swapaxes(0, 1)


def _weigh_views(views: Array, weights: Array) -> Array:
    """The weighted sums of views of the pixels so far away; as many views as they repeat after, and one."""
    turn = len(views) - 1
    total: Array = np.multiply(views[0], weights[0])
    pair = np.empty_like(total)
    reach, length = len(weights) - 1, turn // 2
    pairs = range(length + 1) if _repeats(length, reach) and (length + 1) * total.size <= _MOST_IN_PAIRS else range(0)
    kept = [np.add(views[turn - far], views[far]) for far in pairs]
    for far, weight in zip(range(reach, 0, -1), weights[:0:-1].tolist(), strict=True):
        if far % _BETWEEN_PAUSES == 0:
            pause()
        if kept:
            np.multiply(kept[min(far % turn, -far % turn)], weight, out=pair)
        else:
            np.add(views[-far % turn], views[far % turn], out=pair)
            np.multiply(pair, weight, out=pair)
        np.add(total, pair, out=total)
    return total


def _repeats(length: int, reach: int) -> bool:
    """Whether pairs of views so far away occur again: there is one for each distance within a line."""
    return reach > 2 * length


def _weigh_many_views(views: Array, weights: Array) -> Array:
    """The same, by fewer operations where views are short."""
    turn = len(views) - 1
    total: Array = np.multiply(views[0], weights[0])
    step = max(1, _TILE // (4 * len(total)))
    for last in range(len(weights) - 1, 0, -step):
        pause()
        far = np.arange(last, max(last - step, 0), -1)
        pairs = np.add(views[-far % turn], views[far % turn])
        np.multiply(pairs, weights[far, None], out=pairs)
        np.add(total, pairs[0], out=pairs[0])
        total = np.add.accumulate(pairs)[-1]  # one after another, as no sum promises
    return total


def _tile(before: int, length: int, after: int, reach: int) -> tuple[int, int, int]:
    """How many lines are smoothed together, and how long they are with what they mirror."""
    padded = length + 2 * reach
    width = min(after, max(1, _TILE // padded, min(_NARROWEST, _TALL_TILE // padded)))
    return max(1, min(before, _TILE // (padded * after))), padded, width


def gaussian_bytes(shape: tuple[int, ...], sigmas: Sequence[float], dtype: Any, mirrored: bool = True) -> int:
    """Bytes that `gaussian` works in, for a C-contiguous image; `mirrored` where weights are even and reflected."""
    reaches = [line_reach(sigma, length) for sigma, length in zip(sigmas, shape, strict=True)]
    weights = _WHILE_FOUND * max(map(gaussian_reach, sigmas), default=0)
    return weights + _lines_bytes(shape, reaches, mirrored) + (8 * math.prod(shape) if dtype == np.float16 else 0)


def _lines_bytes(shape: tuple[int, ...], reaches: Sequence[int], mirrored: bool) -> int:
    """Bytes that lines are smoothed in, along the axis that takes the most."""
    tiles = [0]
    for axis, reach in enumerate(reaches):
        before, length, after = math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
        if is_mostly_mirrored(length, reach) and mirrored:
            count, _, width = _tile(before, length, after, length)
            size = count * length * width
            pairs = min((length + 1) * size, _MOST_IN_PAIRS) if _repeats(length, reach) else 0
            tiles.append(8 * (5 * size + _TILE + pairs))
        else:
            count, padded, width = _tile(before, length, after, reach)
            size = min(before * padded * after, max(_TILE, count * padded * width))  # shorter lines fill it more
            tiles.append(8 * (3 * size + count * width * reach))  # and what is mirrored at one end
    return max(tiles)


def fill_lines(tile: Array, part: Array, first: int, mode: str) -> None:
    """Lines from a pixel on, which may lie before their first one, with what lies beyond their ends."""
    length, last = part.shape[1], first + tile.shape[1]
    start, stop = max(first, 0), min(last, length)
    tile[:, start - first : stop - first] = part[:, start:stop]
    if first < 0:
        tile[:, :-first] = borders.taken(part, np.arange(first, 0), 1, mode)
    if last > length:
        tile[:, length - first :] = borders.taken(part, np.arange(length, last), 1, mode)


def _weigh(tile: Array, total: Array, pair: Array, step: int, weights: list[float], odd: bool) -> None:
    """The weighted sums along lines laid flat, whose pixels are `step` apart; those near the ends of a line are not
    its own. Of odd weights those before the middle have the other sign."""
    edge = (len(weights) - 1) * step
    stop = tile.size - edge
    total, pair = total[edge:stop], pair[edge:stop]
    np.multiply(tile[edge:stop], weights[0], out=total)
    join = np.subtract if odd else np.add
    for far in range(len(weights) - 1, 0, -1):
        if far % _BETWEEN_PAUSES == 0:
            pause()
        join(tile[edge + far * step : stop + far * step], tile[edge - far * step : stop - far * step], out=pair)
        if weights[far] != 1:
            np.multiply(pair, weights[far], out=pair)
        np.add(total, pair, out=total)


# --- sums over windows -----------------------------------------------------------------------------------------------


def box_sums(im: Array, reaches: Sequence[int], mode: str = "reflect") -> Array:
    """The sums of the pixels within a reach along each axis, as float64, axis by axis, as scipy.ndimage.correlate1d
    with weights of 1 has them, however it was built: what is times 1 is not rounded."""
    lines = [(np.ones(reach + 1), False) if reach else None for reach in reaches]
    return _along_each_axis(im, np.float64, lines, mode=mode)


def window_sums(im: Array, window: Array, mode: str = "reflect") -> Array:
    """The sums of the pixels under a window, centred at `size // 2` per axis, as float64: added one after another in
    the window's scan order, as by scipy.ndimage.correlate."""
    return weighted_sums(im, window.astype(np.float64), mode)


def weighted_sums(im: Array, kernel: Array, mode: str = "reflect") -> Array:
    """The same of the pixels times the numbers of a kernel, of which those that are 0 are left out; each product and
    each sum is rounded by itself."""
    result = np.empty(im.shape)
    window = kernel != 0
    before = [n // 2 for n in window.shape]
    slice_shape, rows = _window_tile(im.shape, window.shape)
    strides = [math.prod(slice_shape[axis:]) for axis in range(im.ndim)]
    offsets, weights = np.argwhere(window) @ strides, kernel[window]
    framed = np.empty((rows + len(window) - 1, *slice_shape))
    # Where windows reach far beyond the image, what is framed is little else than that.
    sums = _sums_at if math.prod(slice_shape) > _MOSTLY_BEYOND * math.prod(im.shape[1:]) else _sums_along
    for start in range(0, len(im), rows):
        stop = min(start + rows, len(im))
        block = framed[: stop - start + len(window) - 1]
        borders.fill_framed(block, im, start - before[0], before, mode)
        inside = (slice(stop - start), *(slice(n) for n in im.shape[1:]))
        result[start:stop] = sums(block, inside, offsets, weights)
    return result


def _sums_along(block: Array, inside: tuple[slice, ...], offsets: Array, weights: Array) -> Array:
    """The weighted sums of the pixels that lie so far from those inside of a block, for all that it holds at once."""
    flat = block.reshape(-1)
    sums = np.empty(block.size)
    some = sums[: block.size - (int(offsets[-1]) if len(offsets) else 0)]
    some[...] = 0.0
    product = np.empty(some.size if (weights != 1).any() else 0)
    for number, (offset, weight) in enumerate(zip(offsets.tolist(), weights.tolist(), strict=True)):
        if number % _BETWEEN_PAUSES == 0:
            pause()
        values = flat[offset : offset + some.size]
        if weight != 1:
            values = np.multiply(values, weight, out=product)
        np.add(some, values, out=some)
    return np.asarray(sums.reshape(block.shape)[inside])


def _sums_at(block: Array, inside: tuple[slice, ...], offsets: Array, weights: Array) -> Array:
    """The same for those inside alone, many distances at a time."""
    flat, corners = block.reshape(-1), np.arange(block.size).reshape(block.shape)[inside]
    total = np.zeros(corners.size)
    step = max(1, _TALL_TILE // corners.size)
    for first in range(0, len(offsets), step):
        pause()
        some = slice(first, first + step)
        values = flat[np.add.outer(offsets[some], corners.reshape(-1))]
        np.multiply(values, weights[some, np.newaxis], out=values)
        np.add(total, values[0], out=values[0])
        total = np.add.accumulate(values)[-1]  # one after another, as no sum promises
    return total.reshape(corners.shape)


def _window_tile(shape: tuple[int, ...], window: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """The shape of a row with what a window reaches beyond it, and how many rows are summed at once."""
    slice_shape = tuple(n + w - 1 for n, w in zip(shape[1:], window[1:], strict=True))
    return slice_shape, min(shape[0], max(1, _TILE // math.prod(slice_shape)))


def sums_bytes(shape: tuple[int, ...], window: Array, mode: str = "reflect") -> int:
    """Bytes that `box_sums` and `window_sums` work in, beside images of the size of the result."""
    if window.all():
        return _lines_bytes(shape, [size // 2 for size in window.shape], mode == "reflect")
    slice_shape, rows = _window_tile(shape, window.shape)
    height = rows + len(window) - 1
    few = (
        24 * max(_TALL_TILE, math.prod(shape[1:]))
        if math.prod(slice_shape) > _MOSTLY_BEYOND * math.prod(shape[1:])
        else 0
    )
    listed = (16 * len(shape) + 160) * int(np.count_nonzero(window))
    return 40 * height * math.prod(slice_shape) + listed + 40 * height + few
