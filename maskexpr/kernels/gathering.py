"""Values where a mask is on, in scan order, however both lie in memory."""

from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK, taken

Array = np.ndarray[Any, Any]

_LOOKED_AT, _OF_SO_MANY = 4096, 16  # pixels of which one in so many is looked at
_SHORT = 16  # pixels from one end of a run to the next
_FEW = 64  # of so many pixels one, up to which places are looked up one by one


def gather(values: Array, mask: Array) -> Array:
    """As `values[mask]`, without looking at much else of arrays that do not lie row by row, where few pixels are on."""
    if values.flags.c_contiguous and mask.flags.c_contiguous:
        return _in_order(values, mask)
    if not (mask.flags.c_contiguous or mask.flags.f_contiguous):
        mask = np.ascontiguousarray(mask)
    turned = not mask.flags.c_contiguous
    found = np.flatnonzero(mask.T if turned else mask)
    if found.size * _FEW > mask.size:
        return _in_order(np.ascontiguousarray(values), np.ascontiguousarray(mask))
    if not turned:
        return np.asarray(values[np.unravel_index(found, mask.shape)])
    places = np.unravel_index(found, mask.shape[::-1])[::-1]
    order = np.argsort(np.ravel_multi_index(places, mask.shape))
    return np.asarray(values[tuple(place[order] for place in places)])


def _in_order(values: Array, mask: Array) -> Array:
    """The same of arrays that lie row by row. NumPy copies runs of samples, and is slow where these are short."""
    if values.shape != mask.shape or mask.size < BLOCK or not _has_short_runs(mask.reshape(-1)):
        return np.asarray(values[mask])
    flat, on = values.reshape(-1), mask.reshape(-1)
    out, start = np.empty(np.count_nonzero(on), values.dtype), 0
    for first in range(0, flat.size, BLOCK):
        some = on[first : first + BLOCK]
        count = int(np.count_nonzero(some))
        if count:
            out[start : start + count] = taken(flat[first : first + BLOCK], some, count)
        start += count
    return out


def _has_short_runs(on: Array) -> bool:
    """Whether a flat mask goes on and off very often, by a look at some of it."""
    edges = seen = 0
    for first in range(0, on.size, _LOOKED_AT * _OF_SO_MANY):
        some = on[first : first + _LOOKED_AT]
        edges += int(np.count_nonzero(some[1:] != some[:-1]))
        seen += some.size
    return edges * _SHORT > seen
