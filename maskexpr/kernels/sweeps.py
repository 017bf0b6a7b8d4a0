"""Grey reconstruction by sweeps: values flow along each axis, line by line and back, until nothing changes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Offset = tuple[int, ...]
# Where a line takes values from the one before: the part that takes them, and the part that they come from.
Move = tuple[tuple[slice, ...], tuple[slice, ...]]


def reconstruction(start: Array, limit: Array, offsets: Sequence[Offset]) -> Array:
    """The smallest image that is nowhere below `start`, and nowhere below the smaller of a neighbour and `limit`.

    `start` is nowhere above `limit`, and neither holds nan; a neighbour is at one of `offsets`, which lie on both sides
    alike.
    """
    result = np.ascontiguousarray(start)
    turned = [np.ascontiguousarray(np.moveaxis(limit, axis, 0)) for axis in range(start.ndim)]
    moves = [[_moves(offsets, axis, side, start.shape) for side in (-1, 1)] for axis in range(start.ndim)]
    while True:
        before = result
        for axis, (forward, back) in enumerate(moves):
            if forward:
                # A copy with the lines one after the other, in which each lies in one piece.
                lines = np.moveaxis(result, axis, 0).copy()
                _sweep(lines, turned[axis], range(1, len(lines)), -1, forward)
                _sweep(lines, turned[axis], range(len(lines) - 2, -1, -1), 1, back)
                result = np.moveaxis(lines, 0, axis)
        if np.array_equal(before, result):
            return np.ascontiguousarray(result)


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
        line, other = lines[i : i + 1], lines[i + side : i + side + 1]
        for takes, gives in moves:
            part = line[takes]
            np.maximum(part, other[gives], out=part)
        np.minimum(line, limits[i : i + 1], out=line)
