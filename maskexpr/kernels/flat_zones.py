"""Flat zones of an image: connected pixels of one value."""

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

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
    runs = np.cumsum(starts.reshape(-1), dtype=np.int32).reshape(im.shape)
    runs -= 1
    pairs = [_pairs(im, counted, runs, offset) for offset in back if offset != along]
    is_counted = counted[starts]
    zones, count = _joined(is_counted, pairs)
    return zones[runs], count


def _pairs(im: Array, counted: Flags, runs: Array, offset: Offset) -> tuple[Array, Array]:
    """Runs that meet in neighbours of one value, and those that they meet; few of them twice."""
    if any(abs(d) >= n for d, n in zip(offset, im.shape, strict=True)):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    here = tuple(slice(max(0, -d), n - max(0, d)) for d, n in zip(offset, im.shape, strict=True))
    there = tuple(slice(max(0, d), n - max(0, -d)) for d, n in zip(offset, im.shape, strict=True))
    equal = (im[here] == im[there]) & counted[here] & counted[there]
    a, b = runs[here][equal], runs[there][equal]
    new = np.ones(len(a), bool)
    new[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return a[new], b[new]


def _joined(counted: Flags, pairs: Sequence[tuple[Array, Array]]) -> tuple[Labels, int]:
    """The number of each run's zone, by the first of its runs, and how many zones there are."""
    sparse: Any = importlib.import_module("scipy.sparse")
    graphs: Any = importlib.import_module("scipy.sparse.csgraph")
    size = len(counted)
    if not size:
        return np.zeros(0, np.int32), 0
    a, b = (np.concatenate([np.zeros(0, np.int32), *parts]) for parts in ([p[i] for p in pairs] for i in (0, 1)))
    graph = sparse.coo_array((np.ones(len(a), np.int8), (a, b)), shape=(size, size))
    _, parts = graphs.connected_components(graph, directed=False)
    parts = parts[counted]
    _, first, places = np.unique(parts, return_index=True, return_inverse=True)
    numbers = np.empty(len(first), np.int32)
    numbers[np.argsort(first, kind="stable")] = np.arange(1, len(first) + 1)
    zones = np.zeros(size, np.int32)
    zones[counted] = numbers[places]
    return zones, len(first)
