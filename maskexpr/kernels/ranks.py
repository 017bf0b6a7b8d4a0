"""Ranks of small windows by networks of minima and maxima, each one operation on a tile of many pixels.

The columns of a window are sorted, then merged two by two; of all this only what the wanted one depends on is done, and
what is the same but for a shift (such as the sorted columns themselves) is done once.
"""

import functools
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.kernels import borders, opencv
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.grey import floats_of_ranks, ranks_of_floats
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Offset = tuple[int, ...]
# A value by its number, taken so far from the pixel: 0 is the image, the others are in the order they are made.
Moved = tuple[int, Offset]

# Pixels of the largest windows for which a network pays, by the bytes of a value.
_LARGEST_WINDOWS = {1: 121, 2: 289, 4: 121, 8: 81}
# Bytes of all arrays that a tile needs, and the fewest of each: smaller ones cost more to begin than to work through.
_TILES_BYTES = 2**21
_TILE_BYTES = 2**17
_FEWEST_ROWS = 8
# Pixels of what is framed at once of large windows, and of the windows that are put side by side.
_BLOCK = 2**18
_PARTED = 2**17
_RIVALS = 5  # the farthest reach of squares that compiled steps do as fast as OpenCV
_BESIDE = 2**14  # bytes of lists of tiles


def serves(dtype: Any, window: Array) -> bool:
    """Whether a network pays for a window."""
    return 0 < int(np.count_nonzero(window)) <= _LARGEST_WINDOWS[dtype.itemsize]


@has_compiled
def by_network(
    im: Array,
    rank: int,
    window: Array,
    out: Array | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """The pixel of a rank from 0 on among those under a window, centred at `size // 2` per axis, the image going on
    beyond its border by the mode; nan is above all numbers, and of equal zeros the positive one is given. The window is
    one that `serves`.

    `out` is of the image's type and no part of it; `around` are the rows of the image before and after those wanted.
    """
    shape = (len(im) - sum(around), *im.shape[1:])
    result = np.empty(shape, im.dtype) if out is None else out
    if not result.size:
        return result
    tile = _tile(shape, rank, window, im.itemsize)
    network, before, after, rows = tile.network, tile.before, tile.after, tile.rows
    slice_shape, per_row = tile.slice_shape, math.prod(tile.slice_shape)
    kind = np.dtype(f"i{im.itemsize}") if im.dtype.kind == "f" else im.dtype
    convert = _convert(im.dtype)
    scratch = np.empty((network.slots + 1, (rows + before[0] + after[0]) * per_row), kind)
    for start in range(0, len(result), rows):
        stop = min(start + rows, len(result))
        tiles = scratch[:, : (stop - start + before[0] + after[0]) * per_row]
        framed = tiles[0].reshape(-1, *slice_shape)
        borders.fill_framed(framed, im, around[0] + start - before[0], before, mode, convert)
        values, moved = network.run(tiles, framed.strides, framed.itemsize)
        places = zip(before, moved, (stop - start, *shape[1:]), strict=True)
        middle = values.reshape(framed.shape)[tuple(slice(b + m, b + m + n) for b, m, n in places)]
        result[start:stop] = floats_of_ranks(middle) if im.dtype.kind == "f" else middle
    return result


@dataclass(frozen=True, slots=True)
class _Tile:
    """How much of an image a network works on at once: rows with what lies before and after them along each axis."""

    network: "Network"
    before: list[int]
    after: list[int]
    slice_shape: tuple[int, ...]
    rows: int


def _tile(shape: tuple[int, ...], rank: int, window: Array, itemsize: int) -> _Tile:
    offsets = np.argwhere(window) - [n // 2 for n in window.shape]
    before = [int(max(0, -d)) for d in offsets.min(axis=0)]
    after = [int(max(0, d)) for d in offsets.max(axis=0)]
    steps = network(rank, window)
    slice_shape = tuple(n + b + a for n, b, a in zip(shape[1:], before[1:], after[1:], strict=True))
    pixels = max(_TILE_BYTES, _TILES_BYTES // (steps.slots + 1)) // itemsize
    rows = min(shape[0], max(_FEWEST_ROWS, before[0] + after[0], pixels // math.prod(slice_shape)))
    return _Tile(steps, before, after, slice_shape, rows)


def by_network_bytes(shape: tuple[int, ...], rank: int, window: Array, dtype: Any) -> int:
    """Bytes that `by_network` works in."""
    tile = _tile(shape, rank, window, dtype.itemsize)
    pixels = (tile.rows + tile.before[0] + tile.after[0]) * math.prod(tile.slice_shape)
    of_floats = 4 if dtype.kind == "f" else 0  # made integers of the same order, and floats again
    return (tile.network.slots + 2 + of_floats) * pixels * int(dtype.itemsize) + _BESIDE


def _convert(dtype: Any) -> Callable[[Array], Array]:
    """What makes of values such that are compared in their place."""
    return ranks_of_floats if dtype.kind == "f" else lambda part: part


# --- ranks of large windows ------------------------------------------------------------------------------------------


@has_compiled
def ranked(im: Array, rank: int | Array, window: Array, mode: str = "reflect", beyond: Any = 0) -> Array:
    """The pixel of a rank, from 0 for the smallest on or from -1 for the largest down, among those under a window, as
    for `by_network`: of windows of any size and shape, a few at a time, put side by side and parted at the rank. Where
    each pixel has a rank of its own they are sorted. `beyond` is the constant of that mode."""
    # NumPy parts values of 16 bits and more several times as fast as bytes.
    kind = np.dtype(f"i{im.itemsize}") if im.dtype.kind == "f" else im.dtype if im.itemsize > 1 else np.dtype(np.int16)
    beside = rank if isinstance(rank, np.ndarray) else None
    return of_windows(im, _at_rank(rank, im.dtype.kind == "f"), window, kind, mode, beyond, beside, im.dtype)


def _at_rank(rank: int | Array, are_floats: bool) -> "Measure":
    def parted(values: Array, beside: Array | None) -> Array:
        if beside is None:
            values.partition(rank, axis=1)
            found = values[:, rank]
        else:
            values.sort(axis=1)
            found = np.take_along_axis(values, beside[:, np.newaxis], 1)[:, 0]
        return floats_of_ranks(found) if are_floats else np.asarray(found)

    return parted


Measure = Callable[[Array, Array | None], Array]
"""What is made of windows, a row each, and of what lies beside their pixels; the rows may be changed."""


def of_windows(
    im: Array,
    measure: Measure,
    window: Array,
    kind: Any,
    mode: str = "reflect",
    beyond: Any = 0,
    beside: Array | None = None,
    dtype: Any = None,
) -> Array:
    """What is made of the pixels under a window at each pixel, worked on as values of a kind, floats as integers of
    their order; `beside` holds something for each pixel."""
    along = max(range(im.ndim), key=im.shape.__getitem__)  # the longest axis first: a block is a few of its rows
    im, window = np.moveaxis(im, along, 0), np.moveaxis(window, along, 0)
    beside = None if beside is None else np.moveaxis(beside, along, 0)
    result = np.empty(im.shape, kind if dtype is None else dtype)
    before = [n // 2 for n in window.shape]
    slice_shape = tuple(n + w - 1 for n, w in zip(im.shape[1:], window.shape[1:], strict=True))
    rows = max(1, _BLOCK // math.prod(slice_shape))
    framed = np.empty((min(rows, len(im)) + len(window) - 1, *slice_shape), kind)
    strides = [math.prod(slice_shape[axis:]) for axis in range(im.ndim)]
    offsets, convert = np.argwhere(window) @ strides, _convert(im.dtype)
    for start in range(0, len(im), rows):
        stop = min(start + rows, len(im))
        block = framed[: stop - start + len(window) - 1]
        borders.fill_framed(block, im, start - before[0], before, mode, convert, beyond)
        there = None if beside is None else beside[start:stop].reshape(-1)
        _fill(result[start:stop], block.reshape(-1), strides, offsets, measure, there)
    return np.ascontiguousarray(np.moveaxis(result, 0, along))


def _fill(
    result: Array, flat: Array, strides: Sequence[int], offsets: Array, measure: Measure, beside: Array | None
) -> None:
    """What is made of windows whose pixels lie so far from their first ones in a flat image."""
    found = result.reshape(-1)
    count = max(1, _PARTED // len(offsets))
    for first in range(0, found.size, count):
        pause()
        part = slice(first, min(first + count, found.size))
        places = np.unravel_index(np.arange(part.start, part.stop), result.shape)
        corners = sum(place * stride for place, stride in zip(places, strides, strict=True))
        found[part] = measure(flat[np.add.outer(corners, offsets)], None if beside is None else beside[part])


def ranked_bytes(shape: tuple[int, ...], window: Array, dtype: Any) -> int:
    """Bytes that `ranked` works in, beside the image."""
    size, itemsize = int(np.count_nonzero(window)), max(2, int(dtype.itemsize))
    along = max(range(len(shape)), key=shape.__getitem__)
    framed = [n + w - 1 for n, w in zip(shape, window.shape, strict=True)]
    row = math.prod(framed) // framed[along]
    rows = min(max(1, _BLOCK // row), shape[along])
    height = rows + window.shape[along] - 1
    # What is framed, and made integers of the same order on the way; results of a block, and as floats again.
    held = itemsize * (5 * height * row + 4 * rows * math.prod(shape) // shape[along])
    count = max(1, min(_PARTED // size, math.prod(shape)))
    parted = count * (size * (8 + itemsize) + 8 * (2 * len(shape) + 3))
    return int(held + parted + 8 * size * (2 * window.ndim + 2) + 2 * math.prod(shape) * itemsize)


# --- networks --------------------------------------------------------------------------------------------------------


class Network:
    """Minima and maxima of values that are moved, to be run in turn, and in which array each is held, from 1 on; the
    images that it begins with are held in 0, -1..."""

    def __init__(self, made: list[tuple[Any, Moved, Moved]], result: Moved) -> None:
        self.steps: list[tuple[Any, int, Moved, Moved]] = []
        needed = _needed(made, result[0])
        last_use = {value: step for step in needed for value, _ in made[step - 1][1:]}
        last_use[result[0]] = len(made) + 1
        places, self.slots = {value: value for value in last_use if value <= 0}, 0
        free: list[int] = []
        for step in needed:
            ufunc, first, second = made[step - 1]
            room = {value: places[value] for value, _ in (first, second) if value > 0 and last_use[value] == step}
            if first[0] in room and first[0] != second[0]:
                places[step] = room.pop(first[0])  # as it is not moved, it can be written over
            else:
                if not free:
                    self.slots += 1
                    free.append(self.slots)
                places[step] = free.pop()
            self.steps.append((ufunc, places[step], (places[first[0]], first[1]), (places[second[0]], second[1])))
            free += room.values()
        self.result = (places[result[0]], result[1])

    def run(self, tiles: Array, strides: Offset, itemsize: int) -> tuple[Array, Offset]:
        """Work on arrays laid flat, the first of them the framed image; gives the one that holds the results, and how
        far from its pixel each lies."""

        def distance(offset: Offset) -> int:
            return sum(i * stride for i, stride in zip(offset, strides, strict=True)) // itemsize

        valid = {0: (0, tiles.shape[1])}
        for ufunc, place, (first, offset), (second, other) in self.steps:
            a, b = distance(offset), distance(other)
            start = max(valid[first][0] - a, valid[second][0] - b)
            stop = min(valid[first][1] - a, valid[second][1] - b)
            ufunc(tiles[first][start + a : stop + a], tiles[second][start + b : stop + b], out=tiles[place][start:stop])
            valid[place] = (start, stop)
        return tiles[self.result[0]], self.result[1]


def _needed(made: list[tuple[Any, Moved, Moved]], result: int) -> list[int]:
    needed, waiting = set(), [result]
    while waiting:
        value = waiting.pop()
        if value > 0 and value not in needed:
            needed.add(value)
            waiting += [operand for operand, _ in made[value - 1][1:]]
    return sorted(needed)


def network(rank: int, window: Array) -> "Network":
    """The network that finds a rank, from 0 on, of the pixels under a window."""
    offsets = np.argwhere(window) - [n // 2 for n in window.shape]
    return _network(rank, tuple(tuple(int(i) for i in offset) for offset in offsets))


@functools.lru_cache(64)
def _network(rank: int, offsets: tuple[Offset, ...]) -> "Network":
    columns: dict[Offset, list[Moved]] = {}
    along = max(range(len(offsets[0])), key=lambda axis: len({offset[axis] for offset in offsets}))
    for offset in offsets:
        columns.setdefault(offset[:along] + offset[along + 1 :], []).append((0, offset))
    return of_columns(columns.values(), rank)


def of_columns(columns: Iterable[list[Moved]], rank: int) -> "Network":
    """The network that finds a rank of the values of some columns."""
    joins = _Joins()
    lists = [joins.in_order(column) for column in columns]
    while len(lists) > 2:
        pairs = [joins.merged(*pair) for pair in zip(lists[::2], lists[1::2], strict=False)]
        lists = pairs + lists[len(lists) // 2 * 2 :]
    result = joins.ranked(lists[0], lists[1], rank) if len(lists) == 2 else lists[0][rank]
    return Network(joins.made, result)


class _Joins:
    """Minima and maxima of pairs of moved images, each made once however often and wherever it is wanted."""

    def __init__(self) -> None:
        self.made: list[tuple[Any, Moved, Moved]] = []
        self._known: dict[tuple[Any, Moved, Moved], int] = {}

    def join(self, ufunc: Any, a: Moved, b: Moved) -> Moved:
        (first, place), (second, other) = sorted((a, b))
        origin = tuple(0 for _ in place)
        step = (ufunc, (first, origin), (second, tuple(i - j for i, j in zip(other, place, strict=True))))
        if step not in self._known:
            self.made.append(step)
            self._known[step] = len(self.made)
        return self._known[step], place

    def merged(self, a: list[Moved], b: list[Moved]) -> list[Moved]:
        """Two sorted lists as one (Batcher's odd-even merge)."""
        if not a or not b:
            return a or b
        if len(a) == len(b) == 1:
            return [self.join(np.minimum, a[0], b[0]), self.join(np.maximum, a[0], b[0])]
        even, odd = self.merged(a[::2], b[::2]), self.merged(a[1::2], b[1::2])
        result = even[:1]
        for low, high in zip(odd, even[1:], strict=False):
            result += [self.join(np.minimum, low, high), self.join(np.maximum, low, high)]
        return result + odd[len(even) - 1 :] + even[len(odd) + 1 :]

    def in_order(self, values: list[Moved]) -> list[Moved]:
        half = len(values) // 2
        return self.merged(self.in_order(values[:half]), self.in_order(values[half:])) if half else values

    def ranked(self, a: list[Moved], b: list[Moved], rank: int) -> Moved:
        """One value of two sorted lists: however many it has below it in one, the rest is in the other."""
        candidates = []
        for taken in range(max(0, rank + 1 - len(b)), min(len(a), rank + 1) + 1):
            highest = ([a[taken - 1]] if taken else []) + ([b[rank - taken]] if taken <= rank else [])
            candidates.append(functools.reduce(functools.partial(self.join, np.maximum), highest))
        return functools.reduce(functools.partial(self.join, np.minimum), candidates)


# --- OpenCV ----------------------------------------------------------------------------------------------------------


def opencv_is_there() -> bool:
    """Whether this process has imported it already, so that it costs nothing to ask for it."""
    return sys.modules.get("cv2") is not None


def opencv_serves(dtype: Any, window: Array) -> bool:
    """Whether OpenCV works and has the median of such a window: a square in planes of 8 bits, a small one also in those
    of 16 bits, and in floats but for nan."""
    width = window.shape[-1]
    is_square = window.ndim > 1 and window.shape[-2] == width and width**2 == window.size and bool(window.all())
    most = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 5, np.dtype(np.float32): 5}.get(dtype, 0)
    return is_square and 3 <= width <= most and opencv.usable() is not None


def rivals_opencv(reach: int) -> bool:
    """Whether a network of compiled steps is as fast as OpenCV for a square."""
    return 1 < reach <= _RIVALS


@has_compiled
def median_by_opencv(
    im: Array, reach: int, mode: str = "reflect", out: Array | None = None, around: tuple[int, int] = (0, 0)
) -> Array:
    """The median over a square, by OpenCV, which gives the same as SciPy; `around` as for `by_network`."""
    result = np.empty((len(im) - sum(around), *im.shape[1:]), im.dtype) if out is None else out
    if im.dtype.kind == "f" and im.size and np.isnan(im.max()):
        square = square_of(reach, im.ndim)
        return by_network(im, square.size // 2, square, result, mode, around)
    blur = opencv.usable().medianBlur
    first, last = around if im.ndim == 2 else (0, 0)
    for plane in np.ndindex(im.shape[:-2]):
        pause()
        if reach == 1 and mode in ("reflect", "nearest"):  # both take the pixels at the border twice, as OpenCV does
            given, beside = np.ascontiguousarray(im[plane]), 0
        else:
            given, beside = np.empty([n + 2 * reach for n in im.shape[-2:]], im.dtype), reach
            borders.fill_framed(given, im[plane], -reach, (reach, reach), mode)
        found = blur(given, 2 * reach + 1)
        result[plane] = found[first + beside : len(found) - last - beside, beside : found.shape[1] - beside]
    if im.dtype.kind == "f":
        np.add(result, 0, out=result)
    return result


def square_of(reach: int, ndim: int) -> Array:
    """A square in the last two axes."""
    return np.ones((1,) * (ndim - 2) + (2 * reach + 1,) * 2, bool)


def opencv_bytes(shape: tuple[int, ...], reach: int, dtype: Any) -> int:
    """Bytes that `median_by_opencv` works in."""
    framed = math.prod(n + 2 * reach for n in shape[-2:])
    if dtype.kind == "f":
        square = square_of(reach, len(shape))
        return max(by_network_bytes(shape, square.size // 2, square, dtype), 3 * framed * int(dtype.itemsize)) + 8192
    return 3 * framed * int(dtype.itemsize) + 8192
