"""Arrays in blocks that stay in the cache, as they lie in memory: for what does not depend on the order of values."""

from collections.abc import Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

BLOCK = 2**15  # values that are worked on together
_RUN = 8  # samples in a row, about, up to which looking up each is faster than copying runs


def blocks(x: Array) -> Iterator[Array]:
    """The values in flat blocks: parts of the array itself, or copied to a buffer that is used again."""
    if not x.size:
        return
    order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    turned = x.transpose(order)
    turned = turned[tuple(slice(None, None, -1 if stride < 0 else 1) for stride in turned.strides)]
    if turned.flags.c_contiguous and turned.dtype.isnative:
        flat = turned.reshape(-1)
        yield from (flat[start : start + BLOCK] for start in range(0, flat.size, BLOCK))
        return
    buffer = np.empty(min(x.size, BLOCK), x.dtype.newbyteorder("="))
    for part in parts(turned.shape, 1, BLOCK):
        piece = turned[part]
        block = buffer[: piece.size]
        np.copyto(block.reshape(piece.shape), piece)
        yield block


def taken(piece: Array, on: Array, count: int) -> Array:
    """The values of a flat array where a mask is on, so many."""
    edges = np.count_nonzero(on[1:] != on[:-1])
    return piece.compress(on) if edges * _RUN > count else piece[on]


def parts(shape: tuple[int, ...], length: int, most: int) -> Iterator[tuple[slice, ...]]:
    """Parts of an array of this shape that have at most so many values, or single items; each item stands for a line of
    so many values."""
    if not shape:
        yield ()
        return
    axis, row = len(shape) - 1, length  # values for one step along an axis
    while axis > 0 and row * shape[axis] <= most:
        row *= shape[axis]
        axis -= 1
    step = max(1, most // max(1, row))
    for index in np.ndindex(*shape[:axis]):
        for start in range(0, shape[axis], step):
            yield (*(slice(i, i + 1) for i in index), slice(start, start + step))
