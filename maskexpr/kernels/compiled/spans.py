"""Spans along rows, found in numbers, taken and painted, each as one stretch of memory."""

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.spans import Array, Spans

_OF_BYTES = (types.uint8, types.uint16, types.uint32, types.uint64)
_PLACES = types.Array(types.int64, 1, "C", True)
_ROWS = types.Array(types.int32, 2, "C", True)


def spans_in(rows: Array, first: int, last: int) -> Spans:
    """As the kernel of this name in `spans`."""
    if rows.dtype != np.int32 or not rows.flags.c_contiguous:
        return NotImplemented  # type: ignore[no-any-return]
    found = np.empty((4, _count(rows)), np.int64)
    _find(rows, first, found)
    return Spans(first, last, *found)


def values_at(flat: Array, begin: Array, lengths: Array) -> Array:
    """As the kernel of this name in `spans`."""
    if not (flat.flags.c_contiguous and flat.itemsize in (1, 2, 4, 8)):
        return NotImplemented  # type: ignore[no-any-return]
    found = np.empty(int(lengths.sum()), flat.dtype)
    bits = f"u{flat.itemsize}"
    _take(flat.view(bits), begin, lengths, found.view(bits))
    return found


def paint(flat: Array, begin: Array, lengths: Array, values: Array) -> None:
    """As the kernel of this name in `spans`."""
    _paint(flat, begin, lengths, values)


@kernel((_ROWS,))
def _count(rows: Array) -> int:
    """How many spans there are."""
    height, width = rows.shape
    found = 0
    for y in range(height):
        line = rows[y]
        if width:
            found += line[0] != 0
        for x in range(1, width):
            found += (line[x] != line[x - 1]) & (line[x] != 0)
    return found


@kernel((_ROWS, types.int64, types.Array(types.int64, 2, "C")))
def _find(rows: Array, first: int, found: Array) -> None:
    """Write the row, the start, the stop and the region of each."""
    height, width = rows.shape
    at = 0
    for y in range(height):
        line = rows[y]
        x = 0
        while x < width:
            number = line[x]
            start = x
            x += 1
            while x < width and line[x] == number:
                x += 1
            if number:
                found[0, at], found[1, at], found[2, at], found[3, at] = first + y, start, x, number - 1
                at += 1


@kernel(*((types.Array(t, 1, "C", True), _PLACES, _PLACES, types.Array(t, 1, "C")) for t in _OF_BYTES))
def _take(flat: Array, begin: Array, lengths: Array, found: Array) -> None:
    at = 0
    for i in range(len(begin)):
        start, length = begin[i], lengths[i]
        for k in range(length):
            found[at + k] = flat[start + k]
        at += length


@kernel((types.Array(types.int32, 1, "C"), _PLACES, _PLACES, _PLACES))
def _paint(flat: Array, begin: Array, lengths: Array, values: Array) -> None:
    for i in range(len(begin)):
        start, stop, value = begin[i], begin[i] + lengths[i], np.int32(values[i])
        for x in range(start, stop):
            flat[x] = value
