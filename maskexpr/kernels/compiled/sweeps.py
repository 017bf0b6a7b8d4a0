"""Grey reconstruction by scans and a queue (Vincent, Morphological grayscale reconstruction in image analysis, 1993).

In a scan each row takes from the rows behind it, many pixels at once, and then along itself. Scans go on while they
raise many pixels; what is left is raised from pixel to pixel, the highest first, so that few are raised twice: those
that wait are in lists, one for each of some levels.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.grey import floats_of_ranks, ranks_of_floats
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.sweeps import Array, Offset

_MOST = 2**31 - 1  # places that a queue can name
# Two scans are worth two more while they raise as many pixels as there are; where levels are shared, and so more are
# raised twice, one of so many.
_MANY_SHARED = 16
_SCANS = 200
_AT_ONCE = 2**20  # pixels between two pauses
_WAITING = 2**18  # the same, of those that wait
_LEVELS = 20  # bits of their numbers; values that need more share levels
_SAMPLE = 1000  # pixels
_ROOM = 2**12  # of lists at first
_NONE = -1
_PIXEL, _FOLLOWING = 0, 1  # of one that waits
# How many wait; how many places were used yet, and the first that is free again; the level that is gone on from; what
# is subtracted from a value, and the bits it is shifted by then.
_COUNT, _USED, _FREE, _LEVEL, _LOW, _SHIFT = range(6)


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
    low = int(grown[inside].min())
    _reconstruct(marker, most, steps, row, low, int(tops.max()) - low)
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


def _reconstruct(marker: Array, limit: Array, steps: Array, row: int, low: int, most: int) -> None:
    """Raise what can be raised, in place, of values from a lowest one on, to so much more at most."""
    shift = max(0, most.bit_length() - min(_LEVELS, len(marker).bit_length()))
    many = _MANY_SHARED if _is_shared(limit, low, shift) else 1
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
        if raised * many < len(marker):
            break
    if not raised:
        return
    ends = np.full((max(0, most >> shift) + 1, 2), _NONE, np.int32)
    waiting = np.empty((_ROOM + row, 2), np.int32)
    state = np.array([0, 0, _NONE, len(ends) - 1, low, shift], np.int64)
    i = first
    while i < last:
        pause()
        i = _raising(marker, limit, steps, row, i, min(i + chunk, last), ends, waiting, state)
        waiting = _roomy(waiting, state[_COUNT] + row)
    while state[_COUNT]:
        pause()
        _serve(marker, limit, steps, ends, waiting, state, _WAITING)
        waiting = _roomy(waiting, state[_COUNT] + len(steps) + 1)


def _is_shared(limit: Array, low: int, shift: int) -> bool:
    """Whether many values share levels, by some of them."""
    values = np.unique(limit[:: max(1, len(limit) // _SAMPLE)]).astype(np.int64)
    return 2 * len(np.unique((values - low).view(np.uint64) >> np.uint64(shift))) < len(values)


def _roomy(waiting: Array, count: int) -> Array:
    """A list, or one twice as long with the same at its front where it holds fewer than so many."""
    if count <= len(waiting):
        return waiting
    larger = np.empty((2 * len(waiting), 2), np.int32)
    larger[: len(waiting)] = waiting
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


_LISTS = "int32[:, ::1], int32[:, ::1], int64[::1]"


@kernel(*(f"int64({t}[::1], {t}[::1], int64[::1], int64, int64, int64, {_LISTS})" for t in _TYPES))
def _raising(
    marker: Array,
    limit: Array,
    steps: Array,
    row: int,
    start: int,
    stop: int,
    ends: Array,
    waiting: Array,
    state: Array,
) -> int:
    """Let the pixels of rows start to stop wait beside which one is lower than them, and than its limit, as long as
    there is room; gives the row to go on from."""
    raises = np.empty(row, np.uint8)
    for i in range(start, stop):
        if state[_COUNT] + row > len(waiting):
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
                    level = _level_of(here[x], state[_LOW], state[_SHIFT])
                    state[_USED], state[_FREE] = _append(ends, waiting, state[_USED], state[_FREE], level, base + x)
                    state[_COUNT] += 1
    return stop


@kernel()
def _level_of(value: int, low: int, shift: int) -> Any:
    return np.int64(np.uint64(np.int64(value) - low) >> np.uint64(shift))


@kernel()
def _append(ends: Array, waiting: Array, used: int, free: int, level: int, pixel: int) -> tuple[int, int]:
    """Let a pixel wait at a level, after those that do; gives what is used and what is free then."""
    last = used
    if free >= 0:
        last, free = free, int(waiting[free, _FOLLOWING])
    else:
        used += 1
    waiting[last, _PIXEL], waiting[last, _FOLLOWING] = pixel, _NONE
    if ends[level, 0] < 0:
        ends[level, 0] = last
    else:
        waiting[ends[level, 1], _FOLLOWING] = last
    ends[level, 1] = last
    return used, free


@kernel(*(f"void({t}[::1], {t}[::1], int64[::1], {_LISTS}, int64)" for t in _TYPES))
def _serve(marker: Array, limit: Array, steps: Array, ends: Array, waiting: Array, state: Array, most: int) -> None:
    """Let so many that wait, as long as there is room, raise those beside them.

    Where a level is one value, one of those raised to it goes on at once, and need not wait.
    """
    count, used, free, level, low, shift = state
    pixel = np.int64(_NONE)
    while most > 0 and count + len(steps) < len(waiting):
        if pixel < 0:
            turn = np.int64(ends[level, 0])
            while turn < 0 and level > 0:
                level -= 1
                turn = np.int64(ends[level, 0])
            if turn < 0:
                break
            pixel = np.int64(waiting[turn, _PIXEL])
            ends[level, 0] = waiting[turn, _FOLLOWING]
            waiting[turn, _FOLLOWING], free = free, turn
            count -= 1
        most -= 1
        value = marker[pixel]
        is_late = _level_of(value, low, shift) != level  # it was raised meanwhile, and waited higher
        here, pixel = pixel, np.int64(_NONE)
        if is_late:
            continue
        for step in steps:
            other = here + step
            if marker[other] < value and marker[other] < limit[other]:
                raised = min(value, limit[other])
                marker[other] = raised
                its_level = _level_of(raised, low, shift)
                if pixel < 0 and its_level == level and not shift:
                    pixel = other
                else:
                    used, free = _append(ends, waiting, used, free, its_level, other)
                    count += 1
    if pixel >= 0:
        used, free = _append(ends, waiting, used, free, level, pixel)
        count += 1
    state[_COUNT], state[_USED], state[_FREE], state[_LEVEL] = count, used, free, level
