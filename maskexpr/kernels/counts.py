"""How often values occur, counted block by block instead of sorted."""

from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK, together
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_BLOCK = 2**16
_MOST_COUNTERS = 2**16
_PAIRED = 2**17  # bytes from which two at a time are counted, by as many counters as there are pairs
MOST_BLOCK = 2**18  # values of a block where there are many counters, which are gone through for each
_BLOCKS_OF_COUNTERS = 4
_NEAR = 2.0**-30  # of a bin: far more than rounding takes
BINNED = 2**14  # floating values of a block: what is made of them stays in the cache


def count_values(values: Array) -> tuple[Array, Array]:
    """The values of an array that is not empty, ascending, and how often each occurs.

    As numpy.unique with return_counts=True, which sorts; integers that span at most 65,536 values need no sorting, so
    none of 8 or 16 bits do. A floating zero has no sign: which of two zeros comes out of sorting is not laid down.
    """
    if values.dtype.kind not in "iu":
        found, counts = np.unique(values, return_counts=True)
        return found + 0, counts
    flat = values.reshape(-1)
    if values.dtype.itemsize == 1:
        counts, start = count_bytes(flat.view(np.uint8)), int(np.iinfo(values.dtype).min)
        counts = np.roll(counts, -start)  # the negative ones, which lie at the end, first
        found = np.flatnonzero(counts)
        return (found + start).astype(values.dtype), counts[found]
    low, high = values.min(), values.max()
    size = int(high) - int(low) + 1
    if size > _MOST_COUNTERS:
        return np.unique(values, return_counts=True)
    counts = count_from(flat, int(low), size)
    found = np.flatnonzero(counts)
    return (found.astype(low.dtype) + low).astype(values.dtype, copy=False), counts[found]


@has_compiled
def count_from(flat: Array, low: int, size: int) -> Array:
    """How often each of so many whole numbers occurs, from the lowest on; there are no others."""
    counts, block = np.zeros(size, np.int64), max(_BLOCK, min(MOST_BLOCK, _BLOCKS_OF_COUNTERS * size))
    for start in range(0, flat.size, block):
        # Where a difference wraps, its bits are still those of the unsigned number that it should be.
        above = (flat[start : start + block] - flat.dtype.type(low)).view(f"u{flat.itemsize}")
        counts += np.bincount(above.astype(np.intp), minlength=size)
    return counts


@has_compiled
def count_bytes(flat: Array) -> Array:
    """How often each byte occurs. Two that lie side by side are one number: half as many are counted, and a value that
    follows upon itself, as in flat ground, is waited for half as often."""
    if flat.size < _PAIRED:
        return np.bincount(flat, minlength=256)
    even = flat.size - flat.size % 2
    pairs = np.zeros(2**16, np.int64)
    for start in range(0, even, 2 * MOST_BLOCK):
        pause()
        some = flat[start : min(start + 2 * MOST_BLOCK, even)]
        two = some.view(np.uint16) if some.ctypes.data % 2 == 0 else some.copy().view(np.uint16)
        pairs += np.bincount(two.astype(np.intp), minlength=2**16)
    square = pairs.reshape(256, 256)
    counts = square.sum(axis=0)
    counts += square.sum(axis=1)
    if even < flat.size:
        counts[flat[-1]] += 1
    return np.asarray(counts)


@has_compiled
def count_on(mask: Array) -> int:
    """How many pixels of a mask are on, of which any byte but 0 is; of bools NumPy adds up bytes."""
    return int(np.count_nonzero(mask.view(np.uint8)))


def chosen_by_count(labels: Array, choose: Callable[[Array], Array]) -> Array:
    """Labels whose number of pixels is chosen, 0 in place of the others; a table has all numbers up to the highest.

    Each run of one number in a block is counted at once, and one table both chooses and gives the number.
    """
    counts = np.zeros(int(labels.max()) + 1, np.int64)
    for (block,) in together(labels):
        begins = np.append(0, 1 + np.flatnonzero(block[1:] != block[:-1]))
        np.add.at(counts, block[begins], np.diff(begins, append=len(block)))
    table = np.arange(len(counts)).astype(labels.dtype)
    table[~choose(counts)] = 0
    table[0] = 0
    result, flat = np.empty(labels.shape, labels.dtype), np.ascontiguousarray(labels).reshape(-1)
    found = result.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        pause()
        table.take(flat[start : start + BLOCK], out=found[start : start + BLOCK], mode="clip")
    return result


@has_compiled
def count_bins(values: Array, edges: Array) -> Array:
    """As numpy.histogram(values, edges), for edges of about equal distances: the bin is computed, and put right where
    rounding missed it. What lies beyond the edges is not counted, nor is nan."""
    bins = len(edges) - 1
    width = edges[-1] - edges[0]
    if not (np.isfinite(width) and np.all(np.diff(edges) > 0)):
        ordered = np.sort(values, axis=None)
        below = np.append(np.searchsorted(ordered, edges[:-1]), np.searchsorted(ordered, edges[-1], "right"))
        return np.diff(below)
    counts = np.zeros(bins, np.int64)
    lower, upper = edges[:-1], np.append(edges[1:-1], np.inf)  # the last bin holds its upper edge
    flat, scale = values.reshape(-1), bins / width
    near = max(_NEAR, 8 * float(np.spacing(max(abs(edges[0]), abs(edges[-1])))) * scale) if scale < np.inf else np.inf
    for start in range(0, flat.size, BINNED):
        pause()
        part = flat[start : start + BINNED].astype(np.float64, copy=False)
        if not (edges[0] <= part.min() and part.max() <= edges[-1]):
            part = part[(part >= edges[0]) & (part <= edges[-1])]
        places = part - edges[0]
        places *= scale if scale < np.inf else 0.0
        index = places.astype(np.intp)
        np.minimum(index, bins - 1, out=index)
        # How far above the lower edge: only where that is close to an edge may rounding have missed the bin.
        places -= index
        places -= 0.5
        doubtful = np.flatnonzero(np.abs(places, out=places) > 0.5 - near)
        if doubtful.size:
            _put_right(index, doubtful, part, lower, upper)
        counts += np.bincount(index, minlength=bins)
    return counts


def _put_right(index: Array, doubtful: Array, values: Array, lower: Array, upper: Array) -> None:
    """Move some values from bin to bin until their edges hold them."""
    some, own = values[doubtful], index[doubtful]
    while True:
        moved = (some >= upper[own]).view(np.int8) - (some < lower[own]).view(np.int8)
        if not moved.any():
            break
        own += moved
    index[doubtful] = own
