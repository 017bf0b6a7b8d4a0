"""Values where a mask is on, in scan order, however both lie in memory."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_FEW = 64  # of so many pixels one, up to which places are looked up one by one


def gather(values: Array, mask: Array) -> Array:
    """As `values[mask]`, without looking at much else of arrays that do not lie row by row, where few pixels are on."""
    if values.flags.c_contiguous and mask.flags.c_contiguous:
        return np.asarray(values[mask])
    if not (mask.flags.c_contiguous or mask.flags.f_contiguous):
        mask = np.ascontiguousarray(mask)
    turned = not mask.flags.c_contiguous
    found = np.flatnonzero(mask.T if turned else mask)
    if found.size * _FEW > mask.size:
        return np.asarray(np.ascontiguousarray(values)[np.ascontiguousarray(mask)])
    if not turned:
        return np.asarray(values[np.unravel_index(found, mask.shape)])
    places = np.unravel_index(found, mask.shape[::-1])[::-1]
    order = np.argsort(np.ravel_multi_index(places, mask.shape))
    return np.asarray(values[tuple(place[order] for place in places)])
