"""Grey reconstruction: scans to and fro while many pixels grow, then a queue of those that let others grow.

Of the values only the order counts, so that all types are done as whole numbers of some sizes. Pixels lie in one flat
array with a frame of one, which never grows.
"""

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Offset = tuple[int, ...]

_MOST = 2**31 - 1  # places that the queue can name
_MANY = 16  # scans go on while one pixel of so many grows
_MOST_SCANS = 64
_AT_ONCE = 2**20  # pixels between two pauses
# By the types of images the whole numbers that they are done as.
_FORMS: dict[str, type[np.signedinteger[Any] | np.unsignedinteger[Any]]] = {
    **{"b1": np.uint8, "u1": np.uint8, "i1": np.int32, "i2": np.int32, "u2": np.int32, "i4": np.int32},
    **{"u4": np.int64, "i8": np.int64, "u8": np.int64, "f2": np.int32, "f4": np.int32, "f8": np.int64},
}


def reconstruction(start: Array, limit: Array, offsets: Sequence[Offset]) -> Array:
    """As the kernel of this name in `sweeps`."""
    code = start.dtype.str[1:]
    shape = tuple(n + 2 for n in start.shape)
    if code not in _FORMS or limit.dtype != start.dtype or math.prod(shape) > _MOST or not start.size:
        return cast(Array, NotImplemented)
    inside = (slice(1, -1),) * start.ndim
    marker, most = np.full((2, *shape), np.iinfo(_FORMS[code]).min, _FORMS[code])
    for framed, image in ((marker, start), (most, limit)):
        framed[inside] = _in_order(image)
    strides = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    steps = np.array([sum(d * n for d, n in zip(move, strides, strict=True)) for move in offsets], np.int64)
    _Growing(marker.reshape(-1), most.reshape(-1), np.sort(steps), shape[-1], sum(strides[:-1]) // shape[-1]).grow()
    return _back(marker[inside], start.dtype)


def _in_order(image: Array) -> Array:
    """Whole numbers in the order of the values."""
    code = image.dtype.str[1:]
    if code[0] == "f":
        bits: Array = image.astype(image.dtype.newbyteorder("="), copy=False).view(f"i{code[1]}")
        ordered: Array = bits ^ (bits >> (bits.itemsize * 8 - 1) & np.iinfo(bits.dtype).max)
        return ordered
    if code == "u8":
        image = image.astype(np.uint64, copy=False).view(np.int64) ^ np.iinfo(np.int64).min
    return image


def _back(values: Array, dtype: np.dtype[Any]) -> Array:
    """The values of whole numbers, as `_in_order` makes them, in an array of their own."""
    if dtype.kind == "f":
        bits = values.astype(f"i{dtype.itemsize}")
        values = (bits ^ (bits >> (bits.itemsize * 8 - 1) & np.iinfo(bits.dtype).max)).view(f"f{dtype.itemsize}")
    if dtype.str[1:] == "u8":
        values = (values ^ np.iinfo(np.int64).min).view(np.uint64)
    return np.ascontiguousarray(values).astype(dtype, copy=values.base is not None)


class _Growing:
    """Pixels that grow up to their limits, in place."""

    def __init__(self, marker: Array, limit: Array, steps: Array, row: int, first: int) -> None:
        self._marker, self._limit, self._steps, self._row = marker, limit, steps, row
        self._rows = range(first, len(marker) // row - first)  # without those of the frame at both ends
        self._along = bool((steps == 1).any())
        some = max(1, _AT_ONCE // row)
        self._parts = [self._rows[i : i + some] for i in range(0, len(self._rows), some)]

    def grow(self) -> None:
        steps = self._steps
        before, after = steps[steps < -1], steps[steps > 1]
        for _ in range(_MOST_SCANS):
            grew = 0
            for part in self._parts:
                pause()
                grew += _scan(self._marker, self._limit, before, self._along, self._row, part.start, part.stop)
            for part in reversed(self._parts):
                pause()
                grew += _scan_back(self._marker, self._limit, after, self._along, self._row, part.start, part.stop)
            if grew * _MANY < len(self._marker):
                break
        if grew:
            self._one_by_one()

    def _one_by_one(self) -> None:
        """Let pixels grow that have a higher neighbour, first come, first served; each waits once at a time."""
        waits = np.zeros(len(self._marker), bool)
        for part in self._parts:
            pause()
            _find_givers(self._marker, self._limit, self._steps, self._row, part.start, part.stop, waits)
        givers = waits.nonzero()[0].astype(np.int32)
        if not len(givers):
            return
        queue = np.empty(len(self._marker) + 1, np.int32)  # one place for each pixel, and one that is free
        queue[: len(givers)] = givers
        head, tail = 0, len(givers)
        while head != tail:
            pause()
            head, tail = _serve(self._marker, self._limit, self._steps, waits, queue, head, tail, _AT_ONCE)


_TYPES = ("uint8", "int32", "int64")


@kernel(*(f"int64({t}[::1], {t}[::1], int64[::1], boolean, int64, int64, int64)" for t in _TYPES))
def _scan(marker: Array, limit: Array, steps: Array, along: bool, row: int, start: int, stop: int) -> int:
    """Let rows take from what lies before them, then each pixel from the one before it. Gives how many grew."""
    before = np.empty(row, marker.dtype)
    grew = 0
    for i in range(start, stop):
        base = i * row
        for x in range(1, row - 1):
            before[x] = marker[base + x]
        for step in steps:
            for x in range(base + 1, base + row - 1):
                marker[x] = max(marker[x], marker[x + step])
        if along:
            value = marker[base]
            for x in range(base + 1, base + row - 1):
                value = min(max(value, marker[x]), limit[x])
                marker[x] = value
        else:
            for x in range(base + 1, base + row - 1):
                marker[x] = min(marker[x], limit[x])
        for x in range(1, row - 1):
            grew += before[x] != marker[base + x]
    return grew


@kernel(*(f"int64({t}[::1], {t}[::1], int64[::1], boolean, int64, int64, int64)" for t in _TYPES))
def _scan_back(marker: Array, limit: Array, steps: Array, along: bool, row: int, start: int, stop: int) -> int:
    """The same from the end, of what lies behind."""
    before = np.empty(row, marker.dtype)
    grew = 0
    for i in range(stop - 1, start - 1, -1):
        base = i * row
        for x in range(1, row - 1):
            before[x] = marker[base + x]
        for step in steps:
            for x in range(base + 1, base + row - 1):
                marker[x] = max(marker[x], marker[x + step])
        if along:
            value = marker[base + row - 1]
            for x in range(base + row - 2, base, -1):
                value = min(max(value, marker[x]), limit[x])
                marker[x] = value
        else:
            for x in range(base + 1, base + row - 1):
                marker[x] = min(marker[x], limit[x])
        for x in range(1, row - 1):
            grew += before[x] != marker[base + x]
    return grew


@kernel(*(f"void({t}[::1], {t}[::1], int64[::1], int64, int64, int64, boolean[::1])" for t in _TYPES))
def _find_givers(marker: Array, limit: Array, steps: Array, row: int, start: int, stop: int, gives: Array) -> None:
    """Mark the pixels beside which one is lower than them, and than its limit."""
    for i in range(start, stop):
        base = i * row
        for step in steps:
            for x in range(base + 1, base + row - 1):
                gives[x] |= marker[x + step] < min(marker[x], limit[x + step])


@kernel(
    *(
        f"UniTuple(int64, 2)({t}[::1], {t}[::1], int64[::1], boolean[::1], int32[::1], int64, int64, int64)"
        for t in _TYPES
    )
)
def _serve(
    marker: Array, limit: Array, steps: Array, waits: Array, queue: Array, head: int, tail: int, most: int
) -> tuple[int, int]:
    """Let so many waiting pixels at most raise their neighbours, which wait then; gives the ends of the queue."""
    room = len(queue)
    while most and head != tail:
        most -= 1
        pixel = np.int64(queue[head])
        head = head + 1 if head + 1 < room else 0
        waits[pixel] = False
        value = marker[pixel]
        for step in steps:
            other = pixel + step
            now = marker[other]
            if now < value and now < limit[other]:
                marker[other] = min(value, limit[other])
                if not waits[other]:
                    waits[other] = True
                    queue[tail] = other
                    tail = tail + 1 if tail + 1 < room else 0
    return head, tail
