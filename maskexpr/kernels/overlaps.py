"""How many pixels two masks, and each pair of labels, have in common, exactly."""

from typing import Any

import numpy as np

from maskexpr.kernels.blocks import together
from maskexpr.kernels.choosing import has_compiled

Array = np.ndarray[Any, Any]

BLOCK = 2**18  # pixels that are looked at together


@has_compiled
def overlap(a: Array, b: Array) -> tuple[int, int, int]:
    """How many pixels are on in each of two masks, and in both; any byte but 0 is on."""
    own = others = both = 0
    for first, second in together(a.view(np.uint8), b.view(np.uint8), most=BLOCK):
        own, others = own + int(np.count_nonzero(first)), others + int(np.count_nonzero(second))
        both += int(np.count_nonzero(np.logical_and(first, second)))
    return own, others, both


def overlaps(a: Array, b: Array) -> tuple[Array, Array, Array]:
    """The pairs of numbers from 0 to 2^31 - 1 that pixels bear in two arrays of one shape, ordered by the first and
    then the second, and how many pixels bear them: three arrays of int64."""
    first, second = a.reshape(-1), b.reshape(-1)
    starts = np.flatnonzero(np.append(True, (first[1:] != first[:-1]) | (second[1:] != second[:-1]))[: first.size])
    lengths = np.diff(starts, append=first.size)
    pairs, places = np.unique(first[starts].astype(np.int64) << 31 | second[starts], return_inverse=True)
    pixels = np.zeros(len(pairs), np.int64)
    np.add.at(pixels, places, lengths)
    return pairs >> 31, pairs & 0x7FFFFFFF, pixels
