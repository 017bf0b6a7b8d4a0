"""Entropies by counts of values that go along rows with a window: of the sum of terms of counts, a step changes those
of the pixels that come and go, in whole numbers."""

from typing import Any, cast

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.counted_ranks import LINES, framed_tiles, lines_of
from maskexpr.kernels.entropies import Array, Terms

_NOT: Any = NotImplemented


def entropies(
    im: Array, window: Array, mode: str = "reflect", within: Array | None = None, ends: bool = False
) -> Array:
    """As the kernel of this name in `entropies`."""
    size = int(np.count_nonzero(window))
    if not (im.size and size):
        return cast(Array, _NOT)
    terms, least = Terms(size), int(np.iinfo(im.dtype).min)
    none = 2 ** (8 * im.itemsize)  # stands behind all values
    values = im.astype(np.int32)
    values -= least
    if within is not None:
        values[~within] = none
    result, counts = np.empty(im.shape), np.zeros(none + 1, np.int32)
    beyond, mode = (none, "constant") if ends else (-least, mode)
    for tile, place in framed_tiles(values, window, True, mode, beyond, lambda part: part):
        shape = result[place].shape
        sums, there = (np.empty((result[place].size // shape[-1], shape[-1]), np.int64) for _ in range(2))
        levels = tile.reshape(-1).view(np.uint32)
        _terms_along(levels, *lines_of(window, tile.shape), terms.table, counts, sums, there)
        result[place] = terms.entropies(sums, there, 8 * im.itemsize).reshape(shape)
    return result


@kernel(f"void({LINES}, int64[::1], int32[::1], int64[:, ::1], int64[:, ::1])")
def _terms_along(
    levels: Array,
    rows: Array,
    starts: Array,
    stops: Array,
    pixels: Array,
    others: Array,
    terms: Array,
    counts: Array,
    sums: Array,
    there: Array,
) -> None:
    """The sum of terms of each window along rows, and how many of its pixels count: not those of the last level."""
    width = sums.shape[1]
    total, held = 0, 0
    for y in range(len(rows)):
        total, held = _added(levels, rows[y], pixels, total, held, terms, counts)
        for x in range(width):
            here = rows[y] + np.uint64(x)
            sums[y, x], there[y, x] = total, held
            total, held = _taken(levels, here, starts, total, held, terms, counts)
            if x + 1 < width:
                total, held = _added(levels, here, stops, total, held, terms, counts)
        total, held = _taken(levels, rows[y] + np.uint64(width - 1), others, total, held, terms, counts)


@kernel()
def _added(
    levels: Array, here: Any, places: Array, total: int, held: int, terms: Array, counts: Array
) -> tuple[int, int]:
    """The sum of terms, and how many pixels count, with those so far from one."""
    for i in range(len(places)):
        level = levels[here + places[i]]
        if level != len(counts) - 1:
            count = counts[level]
            counts[level] = count + 1
            total += terms[count + 1] - terms[count]
            held += 1
    return total, held


@kernel()
def _taken(
    levels: Array, here: Any, places: Array, total: int, held: int, terms: Array, counts: Array
) -> tuple[int, int]:
    """The same without them."""
    for i in range(len(places)):
        level = levels[here + places[i]]
        if level != len(counts) - 1:
            count = counts[level]
            counts[level] = count - 1
            total -= terms[count] - terms[count - 1]
            held -= 1
    return total, held
