"""Ranks of large windows by counting: how many pixels under a window are at most as high as a level.

The level of a rank is the lowest one with more pixels than the rank. For all windows of a tile it is searched at once:
the flags of the pixels up to a level are added up along lines, and where levels are many they are first told apart by
some of them, as far apart as pays, then pixel by pixel among those between two.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.kernels import borders
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.grey import floats_of_ranks, ranks_of_floats
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_TILE = 2**14  # windows that are worked on at once, or about as many as a window has pixels
_TILE_OF_BYTES = 2**16  # which have so few levels that only the size of arrays counts
_LEVELS_OF_BYTES = 100  # that are looked at of the smallest windows, as a rule: ranks of larger ones differ less
_LOOKED_AT = 2**16  # pairs of a window and a pixel that may lie in it
# Nanoseconds of such a pair, of an addition to a byte of a sum, and of a call of NumPy.
_OF_PAIR, _OF_BYTE, _OF_CALL = 5.0, 0.06, 800.0
_SMALLEST, _SMALLEST_OF_BYTES = 500, 121  # pixels of a window
_BESIDE = 2**14  # bytes of small arrays and lists


def serves(dtype: Any, window: Array) -> bool:
    """Whether counting pays for a window: smaller ones are sorted faster."""
    return bool(np.count_nonzero(window) > (_SMALLEST_OF_BYTES if dtype.itemsize == 1 else _SMALLEST))


@has_compiled
def by_counts(im: Array, rank: int, window: Array, out: Array | None = None, mode: str = "reflect") -> Array:
    """The pixel of a rank from 0 on among those under a window, as `ranks.ranked` gives it. `out` is of the image's
    type and no part of it."""
    result = np.empty(im.shape, im.dtype) if out is None else out
    if not im.size:
        return result
    sides = _sides(im.shape, window.shape, im.itemsize)
    before, convert, back = [n // 2 for n in window.shape], *as_integers(im.dtype)
    others = [slice(n) for n in (n + w - 1 for n, w in zip(im.shape[1:], window.shape[1:], strict=True))]
    strip = np.empty((sides[0] + len(window) - 1, *(s.stop for s in others)), convert(im[:1].reshape(-1)[:1]).dtype)
    finders: dict[tuple[int, ...], _Finder] = {}
    for start in range(0, len(im), sides[0]):
        height = min(sides[0], len(im) - start)
        framed = strip[: height + len(window) - 1]
        borders.fill_framed(framed, im, start - before[0], before, mode, convert)
        for part in tiles(im.shape[1:], sides[1:]):
            shape = (height, *(s.stop - s.start for s in part))
            if shape not in finders:
                finders[shape] = _Finder(rank, window, shape)
            around = (slice(s.start, s.stop + w - 1) for s, w in zip(part, window.shape[1:], strict=True))
            found = finders[shape].find(np.ascontiguousarray(framed[(slice(None), *around)]))
            result[(slice(start, start + height), *part)] = back(found)
    return result


def as_integers(dtype: Any) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """What makes integers of the same order of values, and values of them."""
    if dtype.kind == "f":
        return ranks_of_floats, floats_of_ranks
    return (lambda part: part), (lambda found: found)


def _sides(shape: Sequence[int], window: Sequence[int], itemsize: int) -> list[int]:
    """How large tiles are: along the axes of a window about as large as it is, else as large as still pays."""
    worked = max(1, sum(w > 1 for w in window))
    most = _TILE_OF_BYTES if itemsize == 1 else _TILE
    usual = round(most ** (1 / worked))
    sides = [min(n, max(usual, w)) if w > 1 else 1 for n, w in zip(shape, window, strict=True)]
    for axis in reversed(range(len(sides))):
        if window[axis] == 1:
            sides[axis] = max(1, min(shape[axis], most // math.prod(sides)))
    return sides


def tiles(shape: Sequence[int], sides: Sequence[int]) -> Iterator[tuple[slice, ...]]:
    starts = (range(0, n, side) for n, side in zip(shape, sides, strict=True))
    for place in itertools.product(*starts):
        yield tuple(slice(i, min(i + side, n)) for i, side, n in zip(place, sides, shape, strict=True))


def nanoseconds(shape: tuple[int, ...], window: Array, dtype: Any) -> float:
    """About how long `by_counts` takes for each pixel, of images that are usual."""
    sides = tuple(_sides(shape, window.shape, dtype.itemsize))
    framed = tuple(side + w - 1 for side, w in zip(sides, window.shape, strict=True))
    windows, each = math.prod(sides), _Sums(window, framed, sides[0]).nanoseconds
    fewer = math.sqrt(_SMALLEST_OF_BYTES / max(_SMALLEST_OF_BYTES, int(np.count_nonzero(window))))
    if dtype.itemsize == 1:
        return _LEVELS_OF_BYTES * fewer * each / windows
    return 2 * math.sqrt(windows * math.prod(framed) * _OF_PAIR * each * fewer) / windows


def by_counts_bytes(shape: tuple[int, ...], window: Array, dtype: Any) -> int:
    """Bytes that `by_counts` works in."""
    itemsize, count = int(dtype.itemsize), int(_count_type(int(np.count_nonzero(window))).itemsize)
    sides = _sides(shape, window.shape, itemsize)
    framed = [side + w - 1 for side, w in zip(sides, window.shape, strict=True)]
    row = math.prod(n + w - 1 for n, w in zip(shape[1:], window.shape[1:], strict=True))
    strip = (5 if dtype.kind == "f" else 2) * itemsize * framed[0] * row  # and made integers of the same order
    # A tile, flags and sums of these, what is kept of them for each window; and of wider values their order.
    tile = math.prod(framed) * (2 * itemsize + 3 + 5 * count) + math.prod(sides) * (2 * itemsize + 24 + 3 * count)
    around = 8 * int(np.count_nonzero(window)) * (window.ndim + 2) + _BESIDE  # offsets of its pixels
    if itemsize == 1:
        return int(strip + tile + around)
    ordered = math.prod(framed) * (8 * 6 + 2 * itemsize) + math.prod(sides) * 8 * 6
    table = math.prod(2 * n for n in framed)
    return int(strip + tile + around + ordered + table + max(_LOOKED_AT, math.prod(framed)) * 24)


# --- one tile --------------------------------------------------------------------------------------------------------


class _Finder:
    """Finds the pixels of a rank for tiles of one shape. Tiles come framed: each window begins at its pixel."""

    def __init__(self, rank: int, window: Array, shape: tuple[int, ...]) -> None:
        self._rank, self._shape, self._window = rank, shape, window
        self._framed = tuple(n + w - 1 for n, w in zip(shape, window.shape, strict=True))
        self._sums = _Sums(window, self._framed, shape[0])
        self._pairs: _Pairs | None = None

    def find(self, tile: Array) -> Array:
        levels = _levels_of(tile.reshape(-1))
        low, high = self._ends(levels)
        if low == high:
            return np.full(self._shape, levels.values[low])
        first, last = int(levels.begins[low]), int(levels.begins[high + 1])
        pairs = math.prod(self._shape) * (last - first) * _OF_PAIR
        parts = max(2, math.isqrt(int(pairs / self._sums.nanoseconds)))
        if high - low <= max(parts, 255):
            return np.asarray(levels.values[self._scan(levels, np.arange(low, high + 1), None) + low])
        # Levels between which about as many pixels lie.
        ends = np.searchsorted(levels.begins, first + np.arange(1, parts + 1) * (last - first) // parts) - 1
        ends = np.unique(ends[ends < high])
        ends = np.append(ends, high)
        below = np.zeros(self._sums.rows, self._sums.kind)
        if low:
            below[...] = self._counts(levels, low - 1)
        bins = self._scan(levels, ends, below)
        if self._pairs is None:
            self._pairs = _Pairs(self._window, self._framed, self._shape)
        starts = levels.begins[np.append(low, ends + 1)]
        return self._pairs.settled(bins, (self._rank - below.astype(np.int64))[self._inside], starts, levels)

    @property
    def _inside(self) -> tuple[slice, ...]:
        return tuple(slice(n) for n in self._shape)

    def _counts(self, levels: "_Levels", level: int) -> Array:
        """How many pixels of each window are at most as high as a level; behind the windows of a row are others."""
        pause()
        return self._sums.of(levels.numbers, levels.numbers.dtype.type(level))

    def _above(self, levels: "_Levels", level: int) -> Array:
        """Where the rank lies above a level."""
        return np.asarray(self._counts(levels, level)[self._inside] <= self._rank)

    def _ends(self, levels: "_Levels") -> tuple[int, int]:
        """The lowest and the highest level of the rank."""
        low, high = 0, len(levels.values) - 1
        middle = low
        while low < high:
            middle = (low + high) // 2
            above = self._above(levels, middle)
            if above.all():
                low = middle + 1
            elif not above.any():
                high = middle
            else:
                break
        if low == high:
            return low, high
        until, start = middle, middle + 1
        while low < until:
            half = (low + until) // 2
            low, until = (half + 1, until) if self._above(levels, half).all() else (low, half)
        while start < high:
            half = (start + high) // 2
            start, high = (half + 1, high) if self._above(levels, half).any() else (start, half)
        return low, high

    def _scan(self, levels: "_Levels", ends: Array, below: Array | None) -> Array:
        """Above how many of some rising levels, but for the last, the rank lies; how many pixels are at most as high as
        the last of these is noted."""
        above = np.zeros(self._sums.rows, np.uint8 if len(ends) <= 256 else np.uint16)
        for end in ends[:-1]:
            counts = self._counts(levels, end)
            flags = counts <= self._rank
            above += flags
            if below is not None:
                counts *= flags
                np.maximum(below, counts, out=below)
        return above[self._inside].astype(np.intp)


@dataclass(frozen=True, slots=True)
class _Levels:
    """The different values of a tile in their order, the number of each pixel's; of values of more than a byte also the
    pixels in their order, and where those of each value begin there."""

    values: Array
    numbers: Array
    begins: Array
    order: Array | None


def _levels_of(flat: Array) -> _Levels:
    if flat.itemsize == 1:
        counts = np.bincount(flat.view(np.uint8), minlength=256)
        if flat.dtype.kind == "i":
            counts = np.roll(counts, 128)
        held = np.flatnonzero(counts)
        values = (held + np.iinfo(flat.dtype).min).astype(flat.dtype)
        numbers = np.zeros(256, np.uint8)
        numbers[values.view(np.uint8)] = np.arange(len(values))
        return _Levels(values, numbers[flat.view(np.uint8)], np.append(0, np.cumsum(counts[held])), None)
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    is_new = np.append(True, ordered[1:] != ordered[:-1])
    begins = np.append(np.flatnonzero(is_new), len(flat))
    numbers = np.empty(len(flat), np.uint16 if len(flat) <= 2**16 else np.uint32)
    numbers[order] = np.cumsum(is_new) - 1
    return _Levels(ordered[begins[:-1]], numbers, begins, order)


class _Sums:
    """Adds up flags under a window at each pixel of framed tiles of a shape, laid flat: what runs into the next row is
    of no window."""

    def __init__(self, window: Array, framed: tuple[int, ...], height: int) -> None:
        size = int(np.count_nonzero(window))
        self.kind = _count_type(size)
        self.rows = (height, *framed[1:])
        strides = [math.prod(framed[axis + 1 :]) for axis in range(len(framed))]
        reach = sum((w - 1) * stride for w, stride in zip(window.shape, strides, strict=True))
        self._length = math.prod(self.rows)
        self._flags = np.zeros(self._length + reach, bool)
        self._lines = [(w, stride) for w, stride in zip(window.shape, strides, strict=True) if w > 1][::-1]
        self._runs = {} if window.all() else _runs(np.argwhere(window) @ np.array(strides))
        lengths = list(self._runs) or [w for w, _ in self._lines]
        additions = sum(n.bit_length() + n.bit_count() - 2 for n in lengths) + sum(map(len, self._runs.values())) + 3
        self.nanoseconds = additions * (_OF_BYTE * self.kind.itemsize * self._flags.size + _OF_CALL)

    def of(self, numbers: Array, most: Any) -> Array:
        """How many pixels under the window have at most some number."""
        np.less_equal(numbers, most, out=self._flags[: len(numbers)])
        flags = self._flags.view(np.uint8)
        return (self._of_runs(flags) if self._runs else self._of_box(flags)).reshape(self.rows)

    def _of_box(self, values: Array) -> Array:
        added = 1
        for length, stride in self._lines:
            added *= length
            values = _added(values.astype(_count_type(added), copy=False), length, stride)
        return values[: self._length] if self._lines else values[: self._length].copy()

    def _of_runs(self, flags: Array) -> Array:
        result = np.zeros(self._length, self.kind)
        for length, starts in self._runs.items():
            line = _added(flags.astype(_count_type(length), copy=False), length, 1).astype(self.kind, copy=False)
            for start in starts:
                result += line[start : start + self._length]
        return result


def _count_type(most: int) -> np.dtype[Any]:
    return np.dtype(np.uint8 if most < 2**8 else np.uint16 if most < 2**16 else np.uint32)


def _added(values: Array, length: int, stride: int) -> Array:
    """Sums of so many values so far apart, by sums of 1, 2, 4... of them."""
    result, covered, width = None, 0, 1
    while True:
        if length & width:
            part = values[covered * stride :]
            if result is None:
                result = part
            else:
                size = min(len(result), len(part))
                result = result[:size] + part[:size]
            covered += width
        if 2 * width > length:
            break
        values = values[: -width * stride] + values[width * stride :]
        width *= 2
    assert result is not None
    return np.asarray(result)


def _runs(offsets: Array) -> dict[int, list[int]]:
    """Where runs of offsets begin, by their lengths."""
    starts = np.flatnonzero(np.append(True, np.diff(offsets) != 1))
    runs: dict[int, list[int]] = {}
    for start, length in zip(offsets[starts].tolist(), np.diff(starts, append=len(offsets)).tolist(), strict=True):
        runs.setdefault(length, []).append(start)
    return runs


class _Pairs:
    """Tells pixels apart that lie between two levels, for each window by those of them that lie in it: a pixel's place
    less that of a window's corner says whether it does. Places are told as if rows were twice as long, so that each
    difference is of one offset."""

    def __init__(self, window: Array, framed: tuple[int, ...], shape: tuple[int, ...]) -> None:
        steps = [math.prod(2 * n for n in framed[axis + 1 :]) for axis in range(len(framed))]
        self._places = _grid(framed, steps).reshape(-1)
        self._corners = _grid(shape, steps).reshape(-1)
        self._shape, self._most = shape, int(self._corners[-1])
        self._is_within = np.zeros(self._most + int(self._places[-1]) + 1, bool)
        self._is_within[self._most + np.argwhere(window) @ np.array(steps)] = True

    def settled(self, bins: Array, left: Array, starts: Array, levels: _Levels) -> Array:
        """The value of each window: `left` pixels of its bin are before it, a bin being a part of all in their order
        from one start to the next."""
        assert levels.order is not None
        bins, left = bins.reshape(-1), left.reshape(-1)
        windows = np.argsort(bins.astype(np.uint16), kind="stable")
        found = np.empty(len(bins), np.intp)
        bounds = np.searchsorted(bins[windows], np.arange(len(starts)))
        for low, high, start, stop in zip(bounds[:-1], bounds[1:], starts[:-1], starts[1:], strict=True):
            places = self._most + self._places[levels.order[start:stop]]
            some = max(1, _LOOKED_AT // len(places))
            for begin in range(low, high, some):
                pause()
                part = windows[begin : min(begin + some, high)]
                found[part] = start + self._nth(part, left[part], places)
        numbers = levels.numbers[levels.order[found]]
        return levels.values[numbers].reshape(self._shape)

    def _nth(self, windows: Array, left: Array, places: Array) -> Array:
        """Which of some pixels in their order is the first with so many before it that lie in a window."""
        within = self._is_within[places - self._corners[windows][:, np.newaxis]]
        count = within.cumsum(axis=1, dtype=_count_type(len(places)))
        return np.asarray((count > left[:, np.newaxis]).argmax(axis=1))


def _grid(shape: Sequence[int], steps: Sequence[int]) -> Array:
    """The places of pixels that lie so far apart along each axis."""
    result = np.zeros(shape, np.int64)
    for axis, (n, step) in enumerate(zip(shape, steps, strict=True)):
        result += (np.arange(n) * step).reshape(-1, *[1] * (len(shape) - 1 - axis))
    return result
