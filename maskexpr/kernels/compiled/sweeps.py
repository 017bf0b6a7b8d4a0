"""Grey reconstruction by scans and a queue (Vincent, Morphological grayscale reconstruction in image analysis, 1993).

In a scan each row takes from the rows behind it, many pixels at once, and then along itself. Scans go on while they
raise many pixels; what is left is raised from pixel to pixel, first come, first served.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.grey import floats_of_ranks, ranks_of_floats
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.sweeps import Array, Offset

_MOST = 2**31 - 1  # places that a queue can name
_MANY = 16  # a scan is worth another while it raises one pixel of so many
_SCANS = 200
_AT_ONCE = 2**20  # pixels between two pauses
_ROOM = 2**12  # of a queue at first, a power of two


def reconstruction(start: Array, limit: Array, offsets: Sequence[Offset]) -> Array:
    """As the kernel of this name in `sweeps`."""
    shape = tuple(n + 2 for n in start.shape)  # with pixels around the image of the lowest value, which stay
    row, size = shape[-1], int(np.prod(shape, dtype=object))
    if (
        limit.dtype != start.dtype
        or not start.size
        or size + 2 * row > _MOST
        or any(abs(d) > 1 for offset in offsets for d in offset)
    ):
        return NotImplemented  # type: ignore[no-any-return]
    inside = (slice(1, -1),) * start.ndim
    tops = _ordered(limit)
    low = np.iinfo(tops.dtype).min
    marker, most = np.full((2, size + 2 * row), low, tops.dtype)  # a row more at both ends: all neighbours are there
    grown, highest = (flat[row : row + size].reshape(shape) for flat in (marker, most))
    highest[inside] = tops
    np.minimum(_ordered(start), tops, out=grown[inside])
    steps = np.array(sorted(_distance(offset, shape) for offset in offsets), np.int64)
    _reconstruct(marker, most, steps, row)
    result = _as_they_were(np.ascontiguousarray(grown[inside]), start.dtype.newbyteorder("="))
    return result.astype(start.dtype, copy=False)


def _distance(offset: Offset, shape: tuple[int, ...]) -> int:
    """How far away a neighbour is in the flat image."""
    far = 0
    for d, n in zip(offset, shape, strict=True):
        far = far * n + d
    return far


def _ordered(values: Array) -> Array:
    """Whole numbers in the order of values, of one of four types."""
    values = np.ascontiguousarray(values, values.dtype.newbyteorder("="))
    if values.dtype.kind == "f":
        values = ranks_of_floats(values)
    elif values.dtype.kind == "b":
        values = values.view(np.uint8)
    kind = _OF_BYTES[values.itemsize]
    return values if values.dtype == kind else values.view(kind) ^ _TOP_BIT[values.itemsize]


def _as_they_were(ordered: Array, dtype: Any) -> Array:
    if dtype.kind == "b":
        return ordered.view(np.bool_)
    signed = np.dtype(f"i{dtype.itemsize}") if dtype.kind == "f" else dtype
    values = ordered if ordered.dtype == signed else (ordered ^ _TOP_BIT[dtype.itemsize]).view(signed)
    return np.asarray(floats_of_ranks(values)) if dtype.kind == "f" else values


_OF_BYTES = {1: np.uint8, 2: np.uint16, 4: np.int32, 8: np.int64}
_TOP_BIT = {1: np.uint8(2**7), 2: np.uint16(2**15), 4: np.int32(-(2**31)), 8: np.int64(-(2**63))}


def _reconstruct(marker: Array, limit: Array, steps: Array, row: int) -> None:
    """Raise what can be raised, in place."""
    half = len(steps) // 2
    before, after, along = steps[:half], steps[half:], bool((steps == 1).any())
    skip = -(-int(abs(steps).max(initial=1)) // row)  # rows of the frame, whose neighbours may not be there
    first, last = max(skip, 1), len(marker) // row - max(skip, 1)
    chunk = max(1, _AT_ONCE // row)
    for _ in range(_SCANS // 2):
        raised = 0
        for i in range(first, last, chunk):
            pause()
            raised += _scan(marker, limit, before, row, along, i, min(i + chunk, last), True)
        for i in range(last, first, -chunk):
            pause()
            raised += _scan(marker, limit, after, row, along, max(i - chunk, first), i, False)
        if raised * _MANY < len(marker):
            break
    if not raised:
        return
    queue, state, i = np.empty(max(_ROOM, 1 << (2 * row - 1).bit_length()), np.int32), np.zeros(2, np.int64), first
    while i < last:
        pause()
        i = _raising(marker, limit, steps, row, i, min(i + chunk, last), queue, state)
        queue = _roomy(queue, state, row)
    while state[1]:
        pause()
        _serve(marker, limit, steps, queue, state, _AT_ONCE)
        queue = _roomy(queue, state, len(steps))


def _roomy(queue: Array, state: Array, more: int) -> Array:
    """A queue, of so many from a first one on, with room for more."""
    first, count = state.tolist()
    if count + more <= len(queue):
        return queue
    larger = np.empty(2 * len(queue), queue.dtype)
    larger[: len(queue)] = np.roll(queue, -first)
    state[0] = 0
    return larger


_TYPES = ("uint8", "uint16", "int32", "int64")


@kernel(*(f"int64({t}[::1], {t}[::1], int64[::1], int64, boolean, int64, int64, boolean)" for t in _TYPES))
def _scan(
    marker: Array, limit: Array, steps: Array, row: int, along: bool, start: int, stop: int, forward: bool
) -> int:
    """One scan of rows start to stop, from the first to the last or back; how many pixels were raised."""
    before = np.empty(row, marker.dtype)
    raised = 0
    for i in range(stop - start):
        base = (start + i if forward else stop - 1 - i) * row
        here, most = marker[base : base + row], limit[base : base + row]
        before[:] = here
        for step in steps:
            if step != 1 and step != -1:
                other = marker[base + step : base + step + row]
                for x in range(row):
                    here[x] = max(here[x], other[x])
        if along:
            _flow(here, most, forward)
        else:
            for x in range(row):
                here[x] = min(here[x], most[x])
        changed = 0
        for x in range(row):
            changed += here[x] != before[x]
        raised += changed
    return raised


@kernel()
def _flow(here: Array, most: Array, forward: bool) -> None:
    """Let each pixel of a row take from the one before it, or after it."""
    length = len(here)
    if forward:
        value = here[0]
        for x in range(length):
            value = min(max(value, here[x]), most[x])
            here[x] = value
    else:
        value = here[length - 1]
        for x in range(length - 1, -1, -1):
            value = min(max(value, here[x]), most[x])
            here[x] = value


@kernel(*(f"int64({t}[::1], {t}[::1], int64[::1], int64, int64, int64, int32[::1], int64[::1])" for t in _TYPES))
def _raising(
    marker: Array, limit: Array, steps: Array, row: int, start: int, stop: int, queue: Array, state: Array
) -> int:
    """Queue the pixels of rows start to stop beside which one is lower than them, and than its limit, as long as there
    is room; gives the row to go on from."""
    raises = np.empty(row, np.uint8)
    for i in range(start, stop):
        if state[1] + row > len(queue):
            return i
        base = i * row
        here = marker[base : base + row]
        raises[:] = 0
        for step in steps:
            other, most = marker[base + step : base + step + row], limit[base + step : base + step + row]
            for x in range(row):
                raises[x] |= np.uint8(other[x] < min(here[x], most[x]))
        some = np.uint8(0)
        for x in range(row):
            some |= raises[x]
        if some:
            for x in range(row):
                if raises[x]:
                    queue[state[1]] = base + x
                    state[1] += 1
    return stop


@kernel(*(f"void({t}[::1], {t}[::1], int64[::1], int32[::1], int64[::1], int64)" for t in _TYPES))
def _serve(marker: Array, limit: Array, steps: Array, queue: Array, state: Array, most: int) -> None:
    """Let so many queued pixels, as long as there is room, raise those beside them."""
    first, count, last = state[0], state[1], len(queue) - 1
    for _ in range(most):
        if not count or count + len(steps) > len(queue):
            break
        pixel = np.int64(queue[first])
        first = (first + 1) & last
        count -= 1
        value = marker[pixel]
        for step in steps:
            other = pixel + step
            if marker[other] < value and marker[other] < limit[other]:
                marker[other] = min(value, limit[other])
                queue[(first + count) & last] = other
                count += 1
    state[0], state[1] = first, count
