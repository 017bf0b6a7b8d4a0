"""What a table has for whole numbers, block by block: NumPy widens the numbers that it takes by."""

from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.scratch import Scratch

Array = np.ndarray[Any, Any]

BLOCK = 2**14  # numbers that are looked up at a time: their places and what is found stay in the cache


@has_compiled
def look_up(table: Array, numbers: Array, low: int, out: Array, scratch: Scratch) -> Array:
    """Into `out`, what a table has for numbers, the first of it for the number `low`; for those beyond its ends, which
    are no image's, anything that it has."""
    flat, target = numbers.reshape(-1), out.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK]
        places = scratch("places in a table", part.shape, np.intp)
        np.copyto(places, part, casting="unsafe")
        if low:
            np.subtract(places, low, out=places)
        np.take(table, places, out=target[start : start + BLOCK], mode="clip")
    return out
