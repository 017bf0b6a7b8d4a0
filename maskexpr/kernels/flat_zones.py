"""Flat zones of an image: connected pixels of one value."""

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import looked_up

Array = np.ndarray[Any, Any]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Labels = np.ndarray[Any, np.dtype[np.int32]]
Offset = tuple[int, ...]


def flat_zones(im: Array, counted: Flags, offsets: Sequence[Offset]) -> tuple[Labels, int]:
    """The number of each pixel's zone, from 1 in scan order of their first pixels, 0 for those that do not count, and
    how many zones there are. A neighbour is at one of `offsets`, which lie on both sides alike.

    Runs of one value along the last axis are found first, and then joined with those beside them.
    """
    back = [offset for offset in offsets if offset < (0,) * im.ndim]  # each pair of neighbours once
    along = (*(0,) * (im.ndim - 1), -1)
    starts = np.ones(im.shape, bool)
    if along in back:
        starts[..., 1:] = (im[..., 1:] != im[..., :-1]) | (counted[..., 1:] != counted[..., :-1])
    starts &= counted
    runs = np.cumsum(starts.reshape(-1), dtype=np.int32).reshape(im.shape)  # from 1, where pixels count
    runs *= counted
    pairs = [_pairs(im, counted, runs, starts, offset) for offset in back if offset != along]
    zones, count = _joined(int(runs.max(initial=0)), pairs)
    return looked_up(zones, runs), count


def _pairs(im: Array, counted: Flags, runs: Array, starts: Flags, offset: Offset) -> tuple[Array, Array]:
    """Runs that meet in neighbours of one value, and those that they meet: where one of them begins, or the image."""
    if any(abs(d) >= n for d, n in zip(offset, im.shape, strict=True)):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    here = tuple(slice(max(0, -d), n - max(0, d)) for d, n in zip(offset, im.shape, strict=True))
    there = tuple(slice(max(0, d), n - max(0, -d)) for d, n in zip(offset, im.shape, strict=True))
    equal = (im[here] == im[there]) & counted[here] & counted[there]
    begins = starts[here] | starts[there]
    begins[..., :1] = True
    equal &= begins
    return runs[here][equal], runs[there][equal]


def _joined(size: int, pairs: Sequence[tuple[Array, Array]]) -> tuple[Labels, int]:
    """The number of each run's zone, by the first of its runs, and 0 before them; and how many zones there are."""
    sparse: Any = importlib.import_module("scipy.sparse")
    graphs: Any = importlib.import_module("scipy.sparse.csgraph")
    zones = np.zeros(size + 1, np.int32)
    if not size:
        return zones, 0
    a, b = (np.concatenate([np.zeros(0, np.int32), *parts]) for parts in ([p[i] for p in pairs] for i in (0, 1)))
    graph = sparse.coo_array((np.ones(len(a), np.int8), (a - 1, b - 1)), shape=(size, size))
    count, parts = graphs.connected_components(graph, directed=False)
    first = np.full(count, size)
    np.minimum.at(first, parts, np.arange(size))
    numbers = np.empty(count, np.int32)
    numbers[np.argsort(first, kind="stable")] = np.arange(1, count + 1)
    zones[1:] = numbers[parts]
    return zones, int(count)
