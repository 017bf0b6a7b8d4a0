"""How often values occur, block by block, without sorting."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_BLOCK = 2**16


def count_values(pixels: Array) -> tuple[Array, Array]:
    """The values of an 8- or 16-bit integer array, ascending, and how often each occurs."""
    low = int(np.iinfo(pixels.dtype).min)
    size = int(np.iinfo(pixels.dtype).max) - low + 1
    counts = np.zeros(size, np.int64)
    flat = pixels.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        part = flat[start : start + _BLOCK]
        counts += np.bincount(part if low == 0 else part.astype(np.int64) - low, minlength=size)
    values = np.flatnonzero(counts)
    return (values + low).astype(pixels.dtype), counts[values]


def count_bins(values: Array, edges: Array) -> Array:
    """As numpy.histogram(values, edges), for finite values that none of the edges leaves out and edges of about equal
    distances: the bin is computed, and put right where rounding missed it."""
    bins = len(edges) - 1
    width = edges[-1] - edges[0]
    if not (np.isfinite(width) and np.all(np.diff(edges) > 0)):
        return np.asarray(np.histogram(values, edges)[0])
    counts = np.zeros(bins, np.int64)
    flat = values.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        part = flat[start : start + _BLOCK]
        index = np.minimum(((part - edges[0]) / width * bins).astype(np.intp), bins - 1)
        while True:
            wrong = (part >= edges[index + 1]) & (index < bins - 1)
            moved = wrong.astype(np.intp) - (part < edges[index])
            if not moved.any():
                break
            index += moved
        counts += np.bincount(index, minlength=bins)
    return counts
