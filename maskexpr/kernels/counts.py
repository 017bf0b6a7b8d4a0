"""How often values occur, counted block by block instead of sorted."""

from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK, together
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_BLOCK = 2**16
_MOST_COUNTERS = 2**16
BINNED = 2**14  # floating values of a block: what is made of them stays in the cache


def count_values(values: Array) -> tuple[Array, Array]:
    """The values of an array that is not empty, ascending, and how often each occurs.

    As numpy.unique with return_counts=True, which sorts; integers that span at most 65,536 values need no sorting, so
    none of 8 or 16 bits do. A floating zero has no sign: which of two zeros comes out of sorting is not laid down.
    """
    if values.dtype.kind not in "iu":
        found, counts = np.unique(values, return_counts=True)
        return found + 0, counts
    low, high = values.min(), values.max()
    size = int(high) - int(low) + 1
    if size > _MOST_COUNTERS:
        return np.unique(values, return_counts=True)
    counts = np.zeros(size, np.int64)
    flat = values.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        # Where a difference wraps, its bits are still those of the unsigned number that it should be.
        above = (flat[start : start + _BLOCK] - low).view(f"u{low.itemsize}")
        counts += np.bincount(above.astype(np.intp), minlength=size)
    found = np.flatnonzero(counts)
    return (found.astype(low.dtype) + low).astype(values.dtype, copy=False), counts[found]


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


def count_bins(values: Array, edges: Array) -> Array:
    """As numpy.histogram(values, edges), for finite values that none of the edges leaves out and edges of about equal
    distances: the bin is computed, and put right where rounding missed it."""
    bins = len(edges) - 1
    width = edges[-1] - edges[0]
    if not (np.isfinite(width) and np.all(np.diff(edges) > 0)):
        ordered = np.sort(values, axis=None)
        below = np.append(np.searchsorted(ordered, edges[:-1]), np.searchsorted(ordered, edges[-1], "right"))
        return np.diff(below)
    counts = np.zeros(bins, np.int64)
    lower, upper = edges[:-1], np.append(edges[1:-1], np.inf)  # the last bin holds its upper edge
    flat = values.reshape(-1)
    for start in range(0, flat.size, BINNED):
        part = flat[start : start + BINNED]
        places = part - edges[0]
        places /= width
        places *= bins
        index = places.astype(np.intp)
        np.minimum(index, bins - 1, out=index)
        pause()
        while True:
            moved = (part >= upper[index]).view(np.int8) - (part < lower[index]).view(np.int8)
            if not moved.any():
                break
            index += moved
        counts += np.bincount(index, minlength=bins)
    return counts
