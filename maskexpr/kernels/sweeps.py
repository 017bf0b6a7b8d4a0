"""Grey reconstruction by sweeps: values flow along each axis, line by line and back, until nothing changes.

Ways that turn often take many sweeps. In between, pixels that let others rise are taken one by one, the highest first,
each time for longer: so that both together take no more than some times as long as the better of them.
"""

import heapq
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Offset = tuple[int, ...]
# Where a line takes values from the one before: the part that takes them, and the part that they come from.
Move = tuple[tuple[slice, ...], tuple[slice, ...]]

_SWEEPS_FIRST = 4
_FEW = 4096  # pixels taken one by one after the first sweeps
_OF_ALL = 8  # the part of all pixels that wait at most, and that are taken between two sweeps
_BETWEEN_PAUSES, _LINES_BETWEEN_PAUSES = 4096, 64


@has_compiled
def reconstruction(start: Array, limit: Array, offsets: Sequence[Offset]) -> Array:
    """The smallest image that is nowhere below `start`, and nowhere below the smaller of a neighbour and `limit`.

    `start` is nowhere above `limit`, and neither holds nan; a neighbour is at one of `offsets`, which lie on both sides
    alike.
    """
    result = np.ascontiguousarray(start)
    turned = [np.ascontiguousarray(np.moveaxis(limit, axis, 0)) for axis in range(start.ndim)]
    moves = [[_moves(offsets, axis, side, start.shape) for side in (-1, 1)] for axis in range(start.ndim)]
    sweeps, most = 0, _FEW
    while True:
        before, sweeps = result, sweeps + 1
        for axis, (forward, back) in enumerate(moves):
            if forward:
                pause()
                # A copy with the lines one after the other, in which each lies in one piece.
                lines = np.moveaxis(result, axis, 0).copy()
                _sweep(lines, turned[axis], range(1, len(lines)), -1, forward)
                _sweep(lines, turned[axis], range(len(lines) - 2, -1, -1), 1, back)
                result = np.moveaxis(lines, 0, axis)
        if np.array_equal(before, result):
            return np.ascontiguousarray(result)
        if sweeps >= _SWEEPS_FIRST:
            result = _raised_one_by_one(result, limit, offsets, most)
            most = min(2 * most, max(_FEW, result.size // _OF_ALL))


def _raised_one_by_one(image: Array, limit: Array, offsets: Sequence[Offset], most: int) -> Array:
    """An image in which the highest pixels let others rise, and these again others, for so many of them."""
    values, limits = (_framed(part) for part in (image, limit))
    steps = [sum(d * step for d, step in zip(offset, _strides(values.shape), strict=True)) for offset in offsets]
    waiting = _raising(values, limits, steps)
    if len(waiting) > max(_FEW, image.size // _OF_ALL):
        return image
    level, top = values.reshape(-1).data, limits.reshape(-1).data
    heap = [(-level[pixel], pixel) for pixel in waiting.tolist()]
    heapq.heapify(heap)
    for taken in range(most):
        if not heap:
            break
        if taken % _BETWEEN_PAUSES == 0:
            pause()
        _, pixel = heapq.heappop(heap)
        value = level[pixel]
        for step in steps:
            other = pixel + step
            now = level[other]
            if now < value and now < top[other]:
                raised = min(value, top[other])
                level[other] = raised
                heapq.heappush(heap, (-raised, other))
    return np.ascontiguousarray(values[(slice(1, -1),) * image.ndim]).astype(image.dtype, copy=False)


def _framed(image: Array) -> Array:
    """An image of numbers that Python reads one by one, with pixels around it of the lowest value, which stay."""
    kind = {"b": np.uint8, "e": np.float32}.get(image.dtype.char if image.dtype.kind == "f" else image.dtype.kind)
    dtype = np.dtype(kind or image.dtype)
    framed = np.full([n + 2 for n in image.shape], -np.inf if dtype.kind == "f" else np.iinfo(dtype).min, dtype)
    framed[(slice(1, -1),) * image.ndim] = image
    return framed


def _strides(shape: tuple[int, ...]) -> list[int]:
    return [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]


def _raising(values: Array, limits: Array, steps: Sequence[int]) -> Array:
    """The pixels beside which one is lower than them, and than its limit."""
    level = values.reshape(-1)
    rising = (level < limits.reshape(-1)).nonzero()[0]
    lower, raising = level[rising], np.zeros(level.size, bool)
    for step in steps:
        pause()
        beside = rising - step
        raising[beside[level[beside] > lower]] = True
    return raising.nonzero()[0]


def _moves(offsets: Sequence[Offset], axis: int, side: int, shape: tuple[int, ...]) -> list[Move]:
    return [_move(offset, axis, shape) for offset in offsets if offset[axis] == side]


def _move(offset: Offset, axis: int, shape: tuple[int, ...]) -> Move:
    """An offset to a line on one side of an axis, as parts of the two lines."""
    rest = [(d, n) for a, (d, n) in enumerate(zip(offset, shape, strict=True)) if a != axis]
    takes = tuple(slice(max(0, -d), n - max(0, d)) for d, n in rest)
    gives = tuple(slice(max(0, d), n - max(0, -d)) for d, n in rest)
    return (slice(None), *takes), (slice(None), *gives)


def _sweep(lines: Array, limits: Array, order: range, side: int, moves: Sequence[Move]) -> None:
    """Let each line take from the one on its side, which took from its own before."""
    for i in order:
        if i % _LINES_BETWEEN_PAUSES == 0:
            pause()
        line, other = lines[i : i + 1], lines[i + side : i + side + 1]
        for takes, gives in moves:
            part = line[takes]
            np.maximum(part, other[gives], out=part)
        np.minimum(line, limits[i : i + 1], out=line)
