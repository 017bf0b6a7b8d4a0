"""Pixels that keep a distance, one after another: each that is taken turns off those in its window."""

import math

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.spacing import Array, Masks, ahead_of
from maskexpr.kernels.stopping import pause

_AT_ONCE = 2**18  # pixels between two pauses


def spaced(m: Masks, window: Masks) -> Masks | None:
    """As the kernel of this name in `spacing`."""
    # Pixels behind the end of each axis are what a window reaches there, rather than the next row or slice.
    left = np.pad(m, [(0, n // 2) for n in window.shape])
    steps = np.array([math.prod(left.shape[axis + 1 :]) for axis in range(left.ndim)], np.int64)
    flat, ahead = left.reshape(-1), ahead_of(window) @ steps
    for start in range(0, len(flat), _AT_ONCE):
        pause()
        _take(flat.view(np.uint8), start + np.flatnonzero(flat[start : start + _AT_ONCE]), ahead)
    return np.ascontiguousarray(left[tuple(slice(n) for n in m.shape)])


@kernel("void(uint8[::1], int64[::1], int64[::1])")
def _take(left: Array, places: Array, ahead: Array) -> None:
    """Take those of the places that are left."""
    for place in places:
        if left[place]:
            for offset in ahead:
                left[place + offset] = 0
