"""Labels grown into the background: each pixel to the nearest label, of several to the lowest number.

By whole steps, where those are counted; else by the offsets at each distance, nearest first. Only pixels of the
background that are reached are looked at.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.distances import squares_to_off
from maskexpr.kernels.grey import extreme_of_square
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Offset = tuple[int, ...]

_NONE = np.int32(2**31 - 1)  # no number is above it
_NOTHING = np.uint32(2**32 - 1)  # what 0, no region, is less one: above all numbers less one
FEW_OFFSETS = 500  # that are tried one by one
_MOST_OFFSETS = 2**22  # that are put in a table; further ones are found by going along each axis


def by_steps(labels: Array, moves: Sequence[Offset], times: int) -> Array:
    """Labels grown so many times by one step: into the neighbours at some offsets, which lie on both sides alike."""
    shape = tuple(size + 2 for size in labels.shape)  # with closed pixels around the image
    inside = (slice(1, -1),) * labels.ndim
    numbers, is_open = np.zeros(shape, np.int32), np.zeros(shape, bool)
    numbers[inside], is_open[inside] = labels, labels == 0
    beside = np.zeros(shape, bool)
    for move in moves:
        beside[inside] |= numbers[tuple(slice(1 + d, 1 + d + n) for d, n in zip(move, labels.shape, strict=True))] > 0
    steps = np.array([np.ravel_multi_index([1 + d for d in move], shape) for move in moves])
    steps -= np.ravel_multi_index([1] * labels.ndim, shape)
    flat, opened = numbers.reshape(-1), is_open.reshape(-1)
    reached = np.flatnonzero(beside.reshape(-1) & opened)
    for _ in range(times):
        if not len(reached):
            break
        flat[reached] = _lowest(flat, reached, steps)  # all at once: what is reached now is no source of this step
        opened[reached] = False
        if _ + 1 < times:
            reached = _beside(opened, reached, steps)
    return np.ascontiguousarray(numbers[inside])


def _lowest(flat: Array, places: Array, steps: Array) -> Array:
    """The lowest number beside each of some pixels, which each have one."""
    lowest = np.full(len(places), _NONE)
    for step in steps:
        found = flat[places + step]
        np.minimum(lowest, np.where(found > 0, found, _NONE), out=lowest)
    return lowest


def _beside(opened: Array, places: Array, steps: Array) -> Array:
    """The open pixels beside some others, each once."""
    near = (places[:, np.newaxis] + steps).reshape(-1)
    near = near[opened[near]]
    opened[near] = False  # each is taken by the first that finds it
    found = np.unique(near)
    opened[found] = True
    return found


def by_distance(labels: Array, axes: Sequence[int], steps: Sequence[int], most: int) -> Array:
    """Labels grown as far as the square of `most`'s root, where pixels have whole lengths along the axes: a pixel of
    the background goes to the nearest label along these. `most` is the square of the reach in the same lengths."""
    result = labels.copy()
    if not labels.any():
        return result
    rest = [a for a in range(labels.ndim) if a not in axes]
    for place in np.ndindex(*(labels.shape[a] for a in rest)):
        index: list[Any] = [slice(None)] * labels.ndim
        for axis, i in zip(rest, place, strict=True):
            index[axis] = i
        part = labels[tuple(index)]
        if part.any():
            result[tuple(index)] = _grown(part, steps, most)
    return result


def _grown(labels: Array, steps: Sequence[int], most: int) -> Array:
    reaches = [min(math.isqrt(most) // step, size - 1) for step, size in zip(steps, labels.shape, strict=True)]
    if math.prod(2 * reach + 1 for reach in reaches) <= FEW_OFFSETS:
        return _by_offsets(labels, steps, reaches, most)
    squares = squares_to_off(labels == 0, steps)
    reached = np.flatnonzero((labels == 0) & np.asarray(squares <= most, bool))
    result = labels.copy()
    if not len(reached):
        return result
    far = squares.reshape(-1)[reached]
    limit = int(far.max())
    reaches = [min(math.isqrt(limit) // step, size - 1) for step, size in zip(steps, labels.shape, strict=True)]
    if math.prod(2 * reach + 1 for reach in reaches) > _MOST_OFFSETS:
        return _along_axes(labels, steps, reaches, most)
    offsets, distances = _offsets(steps, reaches)
    order = np.argsort(far, kind="stable")
    reached, far = reached[order], far[order].astype(distances.dtype)
    places = np.stack(np.unravel_index(reached, labels.shape))
    start, stop = (np.searchsorted(distances, far, side=side) for side in ("left", "right"))
    lowest, flat = np.full(len(reached), _NONE), labels.reshape(-1)
    left = np.arange(len(reached))
    shape = np.array(labels.shape)[:, np.newaxis]
    strides = np.array([math.prod(labels.shape[axis + 1 :]) for axis in range(labels.ndim)])[:, np.newaxis]
    turn = 0
    while len(left):
        pause()
        at = places[:, left] + offsets[:, start[left] + turn]
        inside = ((at >= 0) & (at < shape)).all(axis=0)
        found = flat[(at * strides).sum(axis=0)[inside]]
        here = left[inside]
        lowest[here] = np.minimum(lowest[here], np.where(found > 0, found, _NONE))
        turn += 1
        left = left[start[left] + turn < stop[left]]
    result.reshape(-1)[reached] = lowest
    return result


def _by_offsets(labels: Array, steps: Sequence[int], reaches: Sequence[int], most: int) -> Array:
    """The offsets at each distance tried in turn, for the pixels that have found nothing nearer."""
    offsets, squares = _offsets(steps, reaches)
    padded = np.pad(labels, [(reach, reach) for reach in reaches])
    inside = tuple(slice(reach, reach + size) for reach, size in zip(reaches, labels.shape, strict=True))
    is_open = np.zeros(padded.shape, bool)
    near = extreme_of_square((padded > 0).view(np.uint8), reaches, np.maximum)[inside] > 0
    is_open[inside] = near & (labels == 0)
    strides = [math.prod(padded.shape[axis + 1 :]) for axis in range(labels.ndim)]
    moves = [sum(int(d) * stride for d, stride in zip(offset, strides, strict=True)) for offset in offsets.T]
    left, flat = np.flatnonzero(is_open), padded.reshape(-1)
    found, less_one = flat.copy(), flat.view(np.uint32) - np.uint32(1)
    bounds = [*np.flatnonzero(np.append(True, squares[1:] != squares[:-1])).tolist(), len(squares)]
    for start, stop in itertools.pairwise(bounds):
        if squares[start] > most or not len(left):
            break
        lowest = np.full(len(left), _NOTHING)
        for move in moves[start:stop]:
            pause()
            np.minimum(lowest, less_one[left + move], out=lowest)
        reached = lowest < _NOTHING
        found[left[reached]] = lowest[reached] + np.uint32(1)
        left = left[~reached]
    return np.ascontiguousarray(found.reshape(padded.shape)[inside])


def _offsets(steps: Sequence[int], reaches: Sequence[int]) -> tuple[Array, Array]:
    """All offsets within reaches along each axis, nearest first, and the squares of their lengths."""
    lines = [np.arange(-reach, reach + 1) for reach in reaches]
    is_large = sum((step * reach) ** 2 for step, reach in zip(steps, reaches, strict=True)) >= 2**63
    lengths = [
        (line.astype(object if is_large else np.int64) * step) ** 2 for line, step in zip(lines, steps, strict=True)
    ]
    squares = sum(np.ix_(*lengths), np.zeros((), object if is_large else np.int64)).reshape(-1)
    order = np.argsort(squares, kind="stable")
    offsets = np.stack([part.reshape(-1)[order] for part in np.meshgrid(*lines, indexing="ij")])
    return offsets, squares[order]


def _along_axes(labels: Array, steps: Sequence[int], reaches: Sequence[int], most: int) -> Array:
    """The same by one number for each pixel, the square of a distance and then a label, whose least is found along one
    axis after another."""
    values, ranks = np.unique(labels, return_inverse=True)
    count = len(values) + 1
    furthest = sum((step * reach) ** 2 for step, reach in zip(steps, reaches, strict=True))
    kind: Any = np.int64 if (furthest + most + 2) * count * 2 < 2**63 else object
    none = (furthest + most + 1) * count
    ranks = ranks.reshape(labels.shape) + int(values[0] != 0)
    keys = np.where(ranks > 0, ranks.astype(kind), none)
    for axis, (step, reach) in enumerate(zip(steps, reaches, strict=True)):
        found = keys.copy()
        size = labels.shape[axis]
        for distance in range(1, reach + 1):
            pause()
            more = (
                kind(step * step * distance * distance * count) if kind is np.int64 else (step * distance) ** 2 * count
            )
            low, high = ((slice(None),) * axis + (part,) for part in (slice(0, size - distance), slice(distance, size)))
            for to, of in ((low, high), (high, low)):
                np.minimum(found[to], keys[of] + more, out=found[to])
        keys = found
    grown = values[(keys % count).astype(np.int64) - int(values[0] != 0)]
    return np.where((labels == 0) & np.asarray(keys // count <= most, bool), grown, labels)
