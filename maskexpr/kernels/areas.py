"""Area openings: levels on which few pixels are connected are cut off, by union-find.

Pixels are gone through from the highest value down. Each joins the parts that its neighbours belong to, if these are
still too small or as high; a part that is large enough stays at the level where it became so (Meijster & Wilkinson, A
comparison of algorithms for connected set openings and closings, 2002, doi:10.1109/34.993556).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.stopping import pausing

Array = np.ndarray[Any, Any]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Offset = tuple[int, ...]


def opened(im: Array, counted: Flags, least: int, offsets: Sequence[Offset], closes: bool = False) -> Array:
    """Each pixel's value cut down to where at least so many pixels that are no lower are connected to it; to the lowest
    of its part where the part has fewer. Pixels that do not count connect nothing, and stay; none that counts is nan.
    A neighbour is at one of `offsets`, which lie on both sides alike. `closes` turns low and high round.
    """
    shape = tuple(size + 2 for size in im.shape)  # with closed pixels around the image, which end every way out
    inside = (slice(1, -1),) * im.ndim
    is_open, values = np.zeros(shape, bool), np.zeros(shape, im.dtype)
    is_open[inside], values[inside] = counted, im
    flat = values.reshape(-1)
    places = np.flatnonzero(is_open)
    order = places[np.argsort(flat[places], kind="stable")]
    if not closes:
        order = order[::-1]
    steps = [sum(d * math.prod(shape[axis + 1 :]) for axis, d in enumerate(offset)) for offset in offsets]
    if len(order):
        flat[order] = flat[_sources(flat[order], order, least, steps, len(flat))]
    return np.ascontiguousarray(values[inside])


def _sources(values: Array, order: Array, least: int, steps: Sequence[int], count: int) -> Array:
    """The places whose values some places get, which come in the order of their values."""
    above = np.append(True, values[1:] != values[:-1]).cumsum().tolist()  # numbers for the values, in order
    places = order.tolist()
    level, sizes, parents = [0] * count, [0] * count, list(range(count))
    for place, here in pausing(zip(places, above, strict=True)):
        level[place], size = here, 1
        for step in steps:
            root = place + step
            if not sizes[root]:
                continue
            while root != parents[root]:
                parents[root] = parents[parents[root]]
                root = parents[root]
            if root != place:
                size += sizes[root]
                if sizes[root] < least or level[root] == here:
                    parents[root] = place
        sizes[place] = size
    for place in reversed(places):
        parents[place] = parents[parents[place]]
    return np.array(parents)[order]
