"""Flooding from markers, pixel by pixel: the queues of all levels are lists threaded through one array."""

from collections.abc import Iterator

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.flooding import Array, Labels, steps_to
from maskexpr.kernels.grey import ranks_of_floats
from maskexpr.kernels.stopping import pause

MOST = 2**31 - 1  # places that lists can name
_CLOSED = -(2**31)
_NONE = -1
_LABEL, _LEVEL, _FOLLOWING = 0, 1, 2  # what is known of a pixel, side by side as it is wanted together
AT_ONCE = 2**15  # pixels between two pauses
_SORTED = 2**20  # the same, where they are sorted
_DIGIT = 11  # bits
_MOVED = 4  # for each key


def flood(im: Array, markers: Array, open_to: Array, neighbours: Array) -> Labels:
    """As the kernel of this name in `flooding`."""
    shape = tuple(size + 2 for size in im.shape)  # with closed pixels around the image, which end every way out
    size = int(np.prod(shape, dtype=object))
    if size > MOST or not im.size or int(markers.min()) <= _CLOSED:
        return NotImplemented  # type: ignore[no-any-return]
    cells = np.empty((*shape, 3), np.int32)
    labels, levels = cells[..., _LABEL], cells[..., _LEVEL]
    labels.fill(_CLOSED)
    inside = (slice(1, -1),) * im.ndim
    np.copyto(labels[inside], markers, where=open_to, casting="unsafe")
    count = fill_levels(levels[inside], im)
    _label(cells.reshape(-1, 3), count, np.array(steps_to(neighbours, shape), np.int64))
    result: Labels = np.ascontiguousarray(labels[inside])
    result[result == _CLOSED] = 0
    return result


def _label(cells: Array, count: int, steps: Array) -> None:
    """Label what can be reached, in place."""
    ends = np.full((count, 2), _NONE, np.int32)  # of the list of each level
    for start in range(0, len(cells), AT_ONCE):
        pause()
        _wait(cells, steps, ends, start, min(start + AT_ONCE, len(cells)))
    level = 0
    while level < count:
        pause()
        level = _rise(cells, steps, ends, level, AT_ONCE)


def fill_levels(levels: Array, im: Array) -> int:
    """Write small whole numbers in the order of the values; how many there are at most."""
    if im.dtype.kind in "iu":
        low, high = int(im.min()), int(im.max())
        if high - low < max(256, im.size):
            np.subtract(im, low, out=levels, dtype=im.dtype.type if low >= 0 else np.int64, casting="unsafe")
            return high - low + 1
    levels[...], count = ranks_of(im)
    return count


def ranks_of(im: Array) -> tuple[Array, int]:
    """The rank of each value among all that there are, and how many there are; nan is higher than any number.

    Sorted by digits, the highest bits only: what these leave in the wrong order lies near by.
    """
    keys = _keys(im)
    pause()
    low = keys.min()
    keys -= low
    pause()
    bits = int(keys.max()).bit_length()
    spare = max(0, bits - 3 * _DIGIT)
    places = np.arange(keys.size, dtype=np.int32)
    keys, places = _by_digits(keys, places, range(spare, bits, _DIGIT))
    if spare and not _is_settled(keys, places, spare):
        keys, places = _by_digits(keys, places, range(0, bits, _DIGIT))
    ranks, rank = np.empty(im.shape, np.int32), 0
    for start, stop in _pieces(keys.size):
        rank = _rank(keys, places, ranks.reshape(-1), rank, start, stop)
    return ranks, rank + 1


def _pieces(count: int) -> Iterator[tuple[int, int]]:
    """Starts and ends of pieces of so many, with a pause before each."""
    for start in range(0, count, _SORTED):
        pause()
        yield start, min(start + _SORTED, count)


def _keys(im: Array) -> Array:
    """Whole numbers from 0 up in the order of the values, in one piece."""
    values = np.ascontiguousarray(im, im.dtype.newbyteorder("=")).reshape(-1)
    if values.dtype.kind == "f":
        values = ranks_of_floats(values)
    if values.dtype.kind == "i":
        values = values.astype(np.int64).view(np.uint64)
        values ^= np.uint64(2**63)
        return values
    return values.astype(np.uint64)


def _by_digits(keys: Array, places: Array, shifts: range) -> tuple[Array, Array]:
    """Keys, and the places they come from, sorted by digits from the lowest one on."""
    other_keys, other_places = np.empty_like(keys), np.empty_like(places)
    for shift in shifts:
        begins = np.zeros(2**_DIGIT + 1, np.int64)
        for start, stop in _pieces(len(keys)):
            _count(keys, begins, shift, start, stop)
        np.cumsum(begins, out=begins)
        for start, stop in _pieces(len(keys)):
            _sort(keys, places, other_keys, other_places, begins, shift, start, stop)
        keys, places, other_keys, other_places = other_keys, other_places, keys, places
    return keys, places


@kernel("void(uint64[::1], int64[::1], int64, int64, int64)")
def _count(keys: Array, begins: Array, shift: int, start: int, stop: int) -> None:
    """How many keys have each value of a digit, after that value."""
    digit, by = np.uint64(2**_DIGIT - 1), np.uint64(shift)
    for i in range(start, stop):
        begins[(keys[i] >> by & digit) + np.uint64(1)] += 1


@kernel("void(uint64[::1], int32[::1], uint64[::1], int32[::1], int64[::1], int64, int64, int64)")
def _sort(
    keys: Array,
    places: Array,
    to_keys: Array,
    to_places: Array,
    begins: Array,
    shift: int,
    start: int,
    stop: int,
) -> None:
    """Keys in the order of one of their digits, equal ones as they were; where those of each value begin."""
    digit, by = np.uint64(2**_DIGIT - 1), np.uint64(shift)
    for i in range(start, stop):
        its = keys[i] >> by & digit
        there = begins[its]
        begins[its] += 1
        to_keys[there], to_places[there] = keys[i], places[i]


def _is_settled(keys: Array, places: Array, spare: int) -> bool:
    """Sort keys whose order is right but for so many low bits, if few of them are in the wrong order."""
    moved = 0
    for start, stop in _pieces(len(keys)):
        moved = _settle(keys, places, spare, moved, start, stop)
        if moved > _MOVED * len(keys):
            return False  # all are there yet, in some order
    return True


@kernel("int64(uint64[::1], int32[::1], int64, int64, int64, int64)")
def _settle(keys: Array, places: Array, spare: int, moved: int, start: int, stop: int) -> int:
    """Put keys start to stop among those before them, unless too many moved; gives how many did."""
    by = np.uint64(spare)
    for i in range(max(start, 1), stop):
        key, place = keys[i], places[i]
        k = i - 1
        while k >= 0 and keys[k] > key and keys[k] >> by == key >> by:
            k -= 1
        moved += i - 1 - k
        if moved > _MOVED * len(keys):
            break
        for j in range(i, k + 1, -1):
            keys[j], places[j] = keys[j - 1], places[j - 1]
        keys[k + 1], places[k + 1] = key, place
    return moved


@kernel("int64(uint64[::1], int32[::1], int32[::1], int64, int64, int64)")
def _rank(keys: Array, places: Array, ranks: Array, rank: int, start: int, stop: int) -> int:
    """The ranks of sorted keys start to stop, at their places: equal ones share one. Gives the last."""
    for i in range(start, stop):
        if i and keys[i] != keys[i - 1]:
            rank += 1
        ranks[places[i]] = rank
    return rank


@kernel("void(int32[:, ::1], int64[::1], int32[:, ::1], int64, int64)")
def _wait(cells: Array, steps: Array, ends: Array, start: int, stop: int) -> None:
    """Let pixels of markers with something open beside them wait at their levels."""
    for pixel in range(start, stop):
        label = cells[pixel, _LABEL]
        if label != 0 and label != _CLOSED:
            for step in steps:
                if cells[pixel + step, _LABEL] == 0:
                    _append(cells, ends, cells[pixel, _LEVEL], pixel)
                    break


@kernel()
def _append(cells: Array, ends: Array, level: int, pixel: int) -> None:
    """Let a pixel wait at a level, after those that do."""
    cells[pixel, _FOLLOWING] = _NONE
    if ends[level, 0] < 0:
        ends[level, 0] = pixel
    else:
        cells[ends[level, 1], _FOLLOWING] = pixel
    ends[level, 1] = pixel


@kernel("int64(int32[:, ::1], int64[::1], int32[:, ::1], int64, int64)")
def _rise(cells: Array, steps: Array, ends: Array, level: int, most: int) -> int:
    """Go through the levels from one on, for about so many pixels; gives the one to go on from."""
    taken = 0
    while level < len(ends):
        pixel = np.int64(ends[level, 0])
        while pixel >= 0:
            if taken >= most:
                ends[level, 0] = pixel
                return level
            taken += 1
            label = cells[pixel, _LABEL]
            for step in steps:
                reached = pixel + step
                if cells[reached, _LABEL] == 0:
                    cells[reached, _LABEL] = label
                    _append(cells, ends, max(np.int64(cells[reached, _LEVEL]), level), reached)
            pixel = np.int64(cells[pixel, _FOLLOWING])
        level += 1
    return level
