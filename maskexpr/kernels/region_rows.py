"""The rows of regions: spans of one row as one, ordered by region and place."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled

Array = np.ndarray[Any, Any]
Rows = tuple[Array, Array, Array]  # regions and places, as keys of shape (axes, rows), the first and the last pixels


def joined(parts: Sequence[Rows]) -> Rows:
    """Spans of one row as one, from the first to the last pixel; ordered by their keys, which are not negative."""
    keys, first, last = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    order = _order(keys)
    keys, first, last = keys[:, order], first[order], last[order]
    begins = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))[: keys.shape[1]])
    if not len(begins):
        return keys, first, last
    return keys[:, begins], np.minimum.reduceat(first, begins), np.maximum.reduceat(last, begins)


def _order(keys: Array) -> Array:
    """The order of keys by the first of them, then by the next."""
    room = [int(key.max(initial=0)) + 1 for key in keys]
    if math.prod(room) >= 2**63:
        return np.lexsort(keys[::-1])
    one = np.zeros(keys.shape[1], np.int64)
    for key, numbers in zip(keys, room, strict=True):
        one *= numbers
        one += key
    return order_of(one)


@has_compiled
def order_of(numbers: Array) -> Array:
    """The order of numbers from 0 on, equal ones as they were."""
    return np.argsort(numbers, kind="stable")  # which merges what comes in runs that rise, as rows do
