"""How many pixels each pair of labels has in common, exactly."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


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
