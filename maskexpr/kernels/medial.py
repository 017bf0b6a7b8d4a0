"""The medial axis of a plane: pixels are taken away from the outside inwards, as long as no region comes apart.

By the conditions of scikit-image's medial_axis; of pixels as far inside and as much at a corner the first in scan order
goes first.
"""

import functools
from typing import Any

import numpy as np

from maskexpr.kernels.distances import squares_to_off
from maskexpr.kernels.stopping import pausing

Array = np.ndarray[Any, Any]

_AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


def medial_axis(m: Array, background: Array) -> Array:
    """The medial axis of a mask, by the distances to what is background."""
    squares = squares_to_off(~background, [1, 1]) if background.any() else np.zeros(m.shape, np.int64)
    padded = np.zeros((m.shape[0] + 2, m.shape[1] + 2), np.uint8)
    padded[1:-1, 1:-1] = m
    beside = np.zeros(m.shape, np.int8)
    for y, x in _AROUND:
        beside += padded[1 + y : m.shape[0] + 1 + y, 1 + x : m.shape[1] + 1 + x].view(np.int8)
    places = np.flatnonzero(padded)
    order = np.lexsort((-beside[m], squares[m]))  # corners last, else their arms would be lost
    flat, width, stays = padded.reshape(-1).data, padded.shape[1], _staying()
    a, b, c, d, e, f, g, h = (y * width + x for y, x in _AROUND)
    for place in pausing(places[order].tolist()):
        code = flat[place + a] | flat[place + b] << 1 | flat[place + c] << 2 | flat[place + d] << 3
        code |= flat[place + e] << 4 | flat[place + f] << 5 | flat[place + g] << 6 | flat[place + h] << 7
        flat[place] = stays[code]
    return np.ascontiguousarray(padded[1:-1, 1:-1]).view(np.bool_)


@functools.cache
def _staying() -> bytes:
    """Whether a pixel stays, by the neighbours that are on: one that ends a line, or that joins what is apart without
    it by faces and corners."""
    return bytes(code.bit_count() < 2 or _parts(code) != 1 for code in range(256))


def _parts(code: int) -> int:
    left, count = {place for bit, place in enumerate(_AROUND) if code >> bit & 1}, 0
    while left:
        reached, count = [left.pop()], count + 1
        while reached:
            y, x = reached.pop()
            found = {(v, u) for v, u in left if abs(v - y) <= 1 and abs(u - x) <= 1}
            left -= found
            reached += found
    return count
