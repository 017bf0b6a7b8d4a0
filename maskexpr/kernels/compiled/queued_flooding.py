"""Flooding with lines between regions: what waits are pixels with the number of whose water reached them, in lists of
each level that are threaded through one array."""

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.flooding import AT_ONCE, MOST, fill_levels
from maskexpr.kernels.flooding import Array, Labels, steps_to
from maskexpr.kernels.stopping import pause

_NONE = -1
_PIXEL, _NUMBER, _FOLLOWING = 0, 1, 2  # what is known of one that waits
_OPEN, _MARKER = np.uint8(1), np.uint8(2)
_USED, _LEVEL, _CARRIED = 0, 1, 2  # how many waited yet, the level that is gone on from, how many pixels let water on
_ROOM = 2**12  # of lists at first


def flood_with_lines(im: Array, markers: Array, open_to: Array, neighbours: Array) -> Labels:
    """As the kernel of this name in `queued_flooding`."""
    shape = tuple(size + 2 for size in im.shape)  # with closed pixels around the image, which end every way out
    size, steps = int(np.prod(shape, dtype=object)), np.array(steps_to(neighbours, shape), np.int64)
    if size > MOST or not im.size:
        return NotImplemented  # type: ignore[no-any-return]
    labels, levels, flags = np.zeros(shape, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.uint8)
    inside = (slice(1, -1),) * im.ndim
    np.copyto(labels[inside], markers, where=open_to, casting="unsafe")
    np.copyto(flags[inside], _OPEN, where=open_to)
    flags[labels != 0] |= _MARKER
    ends = np.full((fill_levels(levels[inside], im), 2), _NONE, np.int32)
    pixels = (labels.reshape(-1), levels.reshape(-1), flags.reshape(-1), np.full(size, _NONE, np.int32), steps)
    seeds = np.flatnonzero(labels).astype(np.int32)
    waiting, carried = np.empty((_ROOM + 2 * len(seeds), 3), np.int32), np.empty((_ROOM, 2), np.int32)
    state = np.zeros(3, np.int64)
    for start in range(0, len(seeds), AT_ONCE):
        pause()
        _begin(*pixels[:2], seeds[start : start + AT_ONCE], ends, waiting, state)
    while state[_LEVEL] < len(ends):
        pause()
        _rise(*pixels, ends, waiting, carried, state, AT_ONCE)
        if max(len(waiting), len(carried)) > MOST // 2:
            return NotImplemented  # type: ignore[no-any-return]
        waiting, carried = _roomy(waiting, state[_USED] + len(steps)), _roomy(carried, state[_CARRIED] + 1)
    return np.ascontiguousarray(labels[inside])


def _roomy(array: Array, count: int) -> Array:
    """An array, or one twice as long with the same at its front where it holds fewer than so many."""
    if count <= len(array):
        return array
    larger = np.empty((2 * len(array), array.shape[1]), array.dtype)
    larger[: len(array)] = array
    return larger


@kernel("void(int32[::1], int32[::1], int32[::1], int32[:, ::1], int32[:, ::1], int64[::1])")
def _begin(labels: Array, levels: Array, seeds: Array, ends: Array, waiting: Array, state: Array) -> None:
    """Let the pixels of markers wait."""
    for pixel in seeds:
        _append(ends, waiting, state, levels[pixel], pixel, labels[pixel])


@kernel()
def _append(ends: Array, waiting: Array, state: Array, level: int, pixel: int, number: int) -> None:
    """Let a pixel wait at a level, after those that do."""
    last = state[_USED]
    waiting[last, _PIXEL], waiting[last, _NUMBER], waiting[last, _FOLLOWING] = pixel, number, _NONE
    if ends[level, 0] < 0:
        ends[level, 0] = last
    else:
        waiting[ends[level, 1], _FOLLOWING] = last
    ends[level, 1] = last
    state[_USED] += 1


@kernel(
    "void(int32[::1], int32[::1], uint8[::1], int32[::1], int64[::1], int32[:, ::1], int32[:, ::1], int32[:, ::1],"
    "int64[::1], int64)"
)
def _rise(
    labels: Array,
    levels: Array,
    flags: Array,
    first_carried: Array,
    steps: Array,
    ends: Array,
    waiting: Array,
    carried: Array,
    state: Array,
    most: int,
) -> None:
    """Go through the levels from one on, for so many that wait at most, as long as there is room."""
    level = state[_LEVEL]
    while level < len(ends):
        turn = int(ends[level, 0])
        while turn >= 0:
            if not most or state[_USED] + len(steps) > len(waiting) or state[_CARRIED] == len(carried):
                ends[level, 0], state[_LEVEL] = turn, level
                return
            most -= 1
            pixel, number = int(waiting[turn, _PIXEL]), waiting[turn, _NUMBER]
            if _lets_on(labels, flags, first_carried, steps, carried, state, pixel, number):
                for step in steps:
                    reached = pixel + step
                    if flags[reached] & _OPEN and not labels[reached]:
                        _append(ends, waiting, state, max(level, int(levels[reached])), reached, number)
            turn = int(waiting[turn, _FOLLOWING])
        level += 1
    state[_LEVEL] = level


@kernel()
def _lets_on(
    labels: Array,
    flags: Array,
    first_carried: Array,
    steps: Array,
    carried: Array,
    state: Array,
    pixel: int,
    number: int,
) -> bool:
    """Whether a region's water goes on from a pixel whose turn it is, which gets its number or lies on a line."""
    if labels[pixel] and not flags[pixel] & _MARKER:
        return False
    if flags[pixel] & _OPEN:
        meets = False
        for step in steps:
            other = labels[pixel + step]
            meets |= other != 0 and other != number and flags[pixel + step] & _OPEN != 0
        if not meets:
            labels[pixel] = number
            return True
    flags[pixel] &= ~_OPEN
    known = int(first_carried[pixel])
    while known >= 0:
        if carried[known, 0] == number:
            return False
        known = int(carried[known, 1])
    last = state[_CARRIED]
    carried[last, 0], carried[last, 1] = number, first_carried[pixel]
    first_carried[pixel] = last
    state[_CARRIED] += 1
    return True
