"""Labels that touch told apart by few colours, so that all of one colour can be worked on as one mask."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def colours(labels: Array, count: int, axes: Sequence[int]) -> tuple[Array, int]:
    """A colour from 1 for each of the labels 1 to `count`, 0 for the background, and how many there are: no two labels
    whose pixels touch along the axes, by corners too, have one colour. In the order of the numbers each label gets the
    first colour that is left."""
    beside: list[list[int]] = [[] for _ in range(count + 1)]
    for low, high in _touching(labels, axes):
        beside[high].append(low)
    found = [0] * (count + 1)
    for number in range(1, count + 1):
        taken = {found[other] for other in beside[number]}
        found[number] = next(colour for colour in itertools.count(1) if colour not in taken)
    return np.array(found), max(found)


def _touching(labels: Array, axes: Sequence[int]) -> list[list[int]]:
    """The pairs of labels that touch, the lower one first."""
    pairs = [np.zeros(0, np.int64)]
    for move in itertools.product(*((-1, 0, 1) if axis in axes else (0,) for axis in range(labels.ndim))):
        if move <= (0,) * labels.ndim:
            continue
        here = tuple(slice(max(0, -d), n - max(0, d)) for d, n in zip(move, labels.shape, strict=True))
        there = tuple(slice(max(0, d), n - max(0, -d)) for d, n in zip(move, labels.shape, strict=True))
        a, b = labels[here], labels[there]
        touch = (a != b) & (a > 0) & (b > 0)
        a, b = a[touch].astype(np.int64), b[touch].astype(np.int64)
        pairs.append(np.unique(np.minimum(a, b) << 31 | np.maximum(a, b)))
    every = np.unique(np.concatenate(pairs))
    return [[pair >> 31, pair & 0x7FFFFFFF] for pair in every.tolist()]
