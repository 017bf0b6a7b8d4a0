"""Masks as runs of on pixels along the last axis: components without visiting pixels one by one."""

import itertools
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def count_regions(mask: Array) -> int:
    """The number of regions of a mask, joined by their faces. Needs NumPy alone, so that a summary starts fast."""
    if mask.ndim == 0 or not mask.any():
        return 0
    starts, stops, rows = _runs(mask)
    parents = np.arange(len(starts))
    for step in _row_steps(mask.shape):
        pairs = _touching(starts, stops, rows, mask.shape, step)
        parents = _joined(parents, *pairs)
    return int(np.count_nonzero(parents == np.arange(len(parents))))


def _runs(mask: Array) -> tuple[Array, Array, Array]:
    """First column, column after the last, and flat row number of each run, in scan order."""
    lines = mask.reshape(-1, mask.shape[-1])
    edges = np.zeros((len(lines), lines.shape[1] + 1), np.int8)
    edges[:, :-1] = lines
    edges[:, 1:] -= lines
    flat = np.flatnonzero(edges)
    rows, columns = np.divmod(flat, edges.shape[1])
    is_start = edges.reshape(-1)[flat] > 0
    return columns[is_start], columns[~is_start], rows[is_start]


def _row_steps(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """For each axis but the last: how many flat rows further its next row lies, and its length."""
    sizes = list(itertools.accumulate(reversed(shape[:-1]), lambda a, b: a * b, initial=1))[:-1]
    return list(zip(reversed(sizes), shape[:-1], strict=True))


def _touching(
    starts: Array, stops: Array, rows: Array, shape: tuple[int, ...], step: tuple[int, int]
) -> tuple[Array, Array]:
    """Pairs of runs that overlap in rows that follow each other along one axis."""
    distance, length = step
    width = shape[-1] + 1
    first, last = rows * width + starts, rows * width + stops - 1
    has_next = (rows // distance) % length < length - 1
    own = np.flatnonzero(has_next)
    # Runs are sorted, so those that overlap a run of the row before are a range: ends not before it, starts not after.
    begin = np.searchsorted(last, first[own] + distance * width)
    end = np.searchsorted(first, last[own] + distance * width, side="right")
    counts = np.maximum(end - begin, 0)
    a = np.repeat(own, counts)
    offsets = np.arange(len(a)) - np.repeat(np.cumsum(counts) - counts, counts)
    return a, np.repeat(begin, counts) + offsets


def _joined(parents: Array, a: Array, b: Array) -> Array:
    """Union of the pairs: hang the larger root below the smaller one, halve the paths, until nothing changes."""
    while True:
        roots_a, roots_b = parents[a], parents[b]
        differ = roots_a != roots_b
        if not differ.any():
            return parents
        a, b, roots_a, roots_b = a[differ], b[differ], roots_a[differ], roots_b[differ]
        np.minimum.at(parents, np.maximum(roots_a, roots_b), np.minimum(roots_a, roots_b))
        while True:
            shorter = parents[parents]
            if np.array_equal(shorter, parents):
                break
            parents = shorter
