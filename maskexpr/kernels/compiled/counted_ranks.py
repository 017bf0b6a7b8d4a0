"""Ranks of windows of any shape by histograms that go along rows: a step adds the pixels at one end of each run of a
window and takes away those at the other (Huang, Yang & Tang, A fast two-dimensional median filtering algorithm, 1979).

Of values of more than 16 bits, those of a tile are counted by their order in it. Levels are counted one by one, by 16
and by 256, so that few are gone through from one window's to the next one's.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, cast

import numpy as np

from maskexpr.kernels import borders
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.counted_ranks import Array, as_integers, tiles
from maskexpr.kernels.stopping import pause

_NOT: Any = NotImplemented
_WIDEST = 2**17  # pixels of tiles and around them, of values that are their own levels
_TILE = 2**16  # the same of others
_SMALLEST = 64  # pixels of windows over others: smaller ones are sorted faster


def by_counts(im: Array, rank: int, window: Array, out: Array | None = None, mode: str = "reflect") -> Array:
    """As the kernel of this name in `counted_ranks`."""
    return ranked(im, rank, window, mode, out=out)


def ranked(
    im: Array, rank: int | Array, window: Array, mode: str = "reflect", beyond: Any = 0, out: Array | None = None
) -> Array:
    """As the kernel of this name in `ranks`."""
    size, is_narrow = int(np.count_nonzero(window)), im.itemsize <= 2
    if not (im.size and size >= (1 if is_narrow else _SMALLEST) and im.dtype.isnative):
        return cast(Array, _NOT)
    wanted = np.asarray(rank % size if isinstance(rank, int) else rank, np.int64)
    if wanted.min() < 0:
        return cast(Array, _NOT)
    result = np.empty(im.shape, im.dtype) if out is None else out
    convert, back = as_integers(im.dtype)
    for tile, place in framed_tiles(im, window, is_narrow, mode, beyond, convert):
        values, levels = _own_levels(tile) if is_narrow else _levels_by_order(tile)
        found = result[place]
        width = found.shape[-1]
        numbers = np.empty((found.size // width, width), np.int32)
        each = np.ascontiguousarray(wanted[place]).reshape(-1, width) if wanted.ndim else wanted.reshape(1, 1)
        room = np.zeros(_rounded(len(values)) * 273 // 256, np.int32)
        _ranks_along(levels, *lines_of(window, tile.shape), each, room, numbers)
        found[...] = back(values[numbers.reshape(found.shape)])
    return result


def _own_levels(tile: Array) -> tuple[Array, Array]:
    """All values of a type, and which of them each pixel has."""
    limits = np.iinfo(tile.dtype)
    values = np.arange(limits.min, limits.max + 1, dtype=np.int32).astype(tile.dtype)
    return values, (tile.reshape(-1).astype(np.int32) - int(limits.min)).view(np.uint32)


def _levels_by_order(tile: Array) -> tuple[Array, Array]:
    """The different values of a tile in their order, and which of them each pixel has."""
    flat = tile.reshape(-1)
    order = flat.argsort(kind="stable")
    ordered = flat[order]
    is_new = np.append(True, ordered[1:] != ordered[:-1])
    levels = np.empty(len(flat), np.uint32)
    levels[order] = np.cumsum(is_new) - 1
    return ordered[is_new], levels


def framed_tiles(
    im: Array, window: Array, in_rows: bool, mode: str, beyond: Any, convert: Callable[[Array], Array]
) -> Iterator[tuple[Array, tuple[slice, ...]]]:
    """Tiles with what lies around them, as `convert` makes them, and where their results are; of whole rows, or about
    as long along each axis."""
    before = [n // 2 for n in window.shape]
    sides = _sides(im.shape, window.shape, in_rows)
    others = [n + w - 1 for n, w in zip(im.shape[1:], window.shape[1:], strict=True)]
    strip = np.empty((sides[0] + len(window) - 1, *others), convert(np.zeros(1, im.dtype)).dtype)
    for start in range(0, len(im), sides[0]):
        height = min(sides[0], len(im) - start)
        framed = strip[: height + len(window) - 1]
        borders.fill_framed(framed, im, start - before[0], before, mode, convert, beyond)
        for part in tiles(im.shape[1:], sides[1:]):
            pause()
            around = (slice(s.start, s.stop + w - 1) for s, w in zip(part, window.shape[1:], strict=True))
            yield np.ascontiguousarray(framed[(slice(None), *around)]), (slice(start, start + height), *part)


def _sides(shape: Sequence[int], window: Sequence[int], in_rows: bool) -> list[int]:
    if in_rows:
        row = math.prod(n + w - 1 for n, w in zip(shape[1:], window[1:], strict=True))
        return [min(shape[0], max(1, window[0] // 2, _WIDEST // row)), *shape[1:]]
    side = round(_TILE ** (1 / len(shape)))
    return [min(n, max(w, side - w + 1)) for n, w in zip(shape, window, strict=True)]


class Lines(NamedTuple):
    """Where the first windows of rows begin in a tile laid flat, and how far from there the runs of one begin, where
    they have ended, all its pixels, and those that begin no run."""

    rows: Array
    starts: Array
    stops: Array
    pixels: Array
    others: Array


def lines_of(window: Array, framed: Sequence[int]) -> Lines:
    """Those of a window in framed tiles of a shape."""
    shape = [n - w + 1 for n, w in zip(framed, window.shape, strict=True)]
    places = np.arange(math.prod(framed)).reshape(framed)
    rows = np.ascontiguousarray(places[tuple(slice(n) for n in shape)][..., 0]).reshape(-1)
    ends = np.diff(window.astype(np.int8), axis=-1, prepend=0, append=0)
    strides = np.array([math.prod(framed[axis + 1 :]) for axis in range(len(framed))], np.int64)
    starts, stops = (np.argwhere(ends == way) @ strides for way in (1, -1))
    pixels = np.argwhere(window) @ strides
    return Lines(*(places.view(np.uint64) for places in (rows, starts, stops, pixels, np.setdiff1d(pixels, starts))))


def _rounded(levels: int) -> int:
    """So many levels, or a few more that are counted by 256 with the last."""
    return -(-levels // 256) * 256


LINES = ", ".join(["uint32[::1]"] + ["uint64[::1]"] * 5)  # levels, and lines of them


@kernel(f"void({LINES}, int64[:, ::1], int32[::1], int32[:, ::1])")
def _ranks_along(
    levels: Array,
    rows: Array,
    starts: Array,
    stops: Array,
    pixels: Array,
    others: Array,
    ranks: Array,
    counts: Array,
    found: Array,
) -> None:
    """The level of a rank of each window along rows, of one rank for all or of one for each. No pixel is counted yet in
    the counts of levels, of each 16 and of each 256 of them, nor are any in the end."""
    width, size = found.shape[1], len(counts) * 256 // 273
    ones, tens, many = counts[:size], counts[size : size + size // 16], counts[size + size // 16 :]
    is_one = ranks.size == 1
    level, below = 0, 0  # how many of the window lie below the level
    for y in range(len(rows)):
        below += _count(levels, rows[y], pixels, 1, level, ones, tens, many)
        for x in range(width):
            here = rows[y] + np.uint64(x)
            level, below = _moved(level, below, ranks[0, 0] if is_one else ranks[y, x], ones, tens, many)
            found[y, x] = level
            below += _count(levels, here, starts, -1, level, ones, tens, many)
            if x + 1 < width:
                below += _count(levels, here, stops, 1, level, ones, tens, many)
        below += _count(levels, rows[y] + np.uint64(width - 1), others, -1, level, ones, tens, many)


@kernel()
def _count(levels: Array, here: Any, places: Array, by: int, level: int, ones: Array, tens: Array, many: Array) -> int:
    """Count pixels so far from one, or count them no more; gives how many more lie below a level."""
    below = 0
    for i in range(len(places)):
        value = levels[here + places[i]]
        ones[value] += by
        tens[value >> 4] += by
        many[value >> 8] += by
        below += by * (value < level)
    return below


@kernel()
def _moved(level: int, below: int, rank: int, ones: Array, tens: Array, many: Array) -> tuple[int, int]:
    """The level of a rank, and how many lie below it, from another level on: one, 16 or 256 at a time."""
    while below > rank:
        if level & 15 or below - tens[(level >> 4) - 1] <= rank:
            level -= 1
            below -= ones[level]
        elif level & 255 or below - many[(level >> 8) - 1] <= rank:
            level -= 16
            below -= tens[level >> 4]
        else:
            level -= 256
            below -= many[level >> 8]
    while below + ones[level] <= rank:
        if level & 15 or below + tens[level >> 4] > rank:
            below += ones[level]
            level += 1
        elif level & 255 or below + many[level >> 8] > rank:
            below += tens[level >> 4]
            level += 16
        else:
            below += many[level >> 8]
            level += 256
    return level, below
