"""Arrays in blocks that stay in the cache, as they lie in memory: for what does not depend on the order of values."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

BLOCK = 2**15  # values that are worked on together


class Blocked(Protocol):
    """Values that are no array, but come in such blocks."""

    @property
    def size(self) -> int: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def blocks(self, *, zeros: bool = False) -> Iterator[Array]: ...


def blocks(x: Array | Blocked, *, zeros: bool = False) -> Iterator[Array]:
    """The values in flat blocks: parts of the array itself, or copied to a buffer that is used again. Where `zeros` do
    not matter, there may be more of them."""
    if not isinstance(x, np.ndarray):
        yield from x.blocks(zeros=zeros)
    elif x.size:
        yield from (block for (block,) in together(x))


def together(x: Array, *others: Array, most: int = BLOCK) -> Iterator[tuple[Array, ...]]:
    """The same of several arrays of one shape, pixel by pixel, in the order in which the first lies in memory."""
    arrays = (x, *others)
    turned = list(arrays) if all(array.flags.c_contiguous for array in arrays) else _turned(*arrays)
    lie = [array.flags.c_contiguous and array.dtype.isnative for array in turned]
    if all(lie):
        flat = [array.reshape(-1) for array in turned]
        for start in range(0, x.size, most):
            pause()
            yield tuple(array[start : start + most] for array in flat)
        return
    buffers = [np.empty(min(x.size, most), array.dtype.newbyteorder("=")) for array in turned]
    for part in parts(turned[0].shape, 1, most):
        found = []
        for array, buffer in zip(turned, buffers, strict=True):
            piece = array[part]
            block = buffer[: piece.size]
            np.copyto(block.reshape(piece.shape), piece)
            found.append(block)
        yield tuple(found)


def as_it_lies(x: Array) -> Array:
    """The same values in the order of their places in memory, of the first axis on: row by row, if they fill it."""
    return x if x.flags.c_contiguous else _turned(x)[0]


def _turned(x: Array, *others: Array) -> list[Array]:
    order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    forward = tuple(slice(None, None, -1 if x.strides[axis] < 0 else 1) for axis in order)
    return [array.transpose(order)[forward] for array in (x, *others)]


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
            pause()
            yield (*(slice(i, i + 1) for i in index), slice(start, start + step))


def looked_up(table: Array, labels: Array) -> Array:
    """What a table has for each pixel's number; by blocks, as NumPy widens all of the numbers that it is indexed
    with."""
    result = np.empty(labels.shape, table.dtype)
    for part in parts(labels.shape, 1, BLOCK):
        result[part] = table.take(labels[part])
    return result
