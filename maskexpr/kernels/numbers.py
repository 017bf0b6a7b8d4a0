"""The numbers of labels: which of them occur, and where they change."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]


@has_compiled
def occurring(labels: Array, most: int) -> Array:
    """Which numbers from 0 up to the highest occur."""
    occurs = np.zeros(most + 1, bool)
    for _, values in starts(labels):
        occurs[values] = True
    return occurs


def starts(labels: Array) -> Iterator[tuple[Array, Array]]:
    """Where runs of one number begin in scan order, and the number of each, block by block; a run that goes on into a
    block begins there again."""
    flat = np.ascontiguousarray(labels).reshape(-1)
    for start in range(0, flat.size, BLOCK):
        pause()
        block = flat[start : start + BLOCK]
        places = np.flatnonzero(np.append(True, block[1:] != block[:-1]))
        yield start + places, block[places]
