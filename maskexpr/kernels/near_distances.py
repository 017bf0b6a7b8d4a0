"""Squares of distances to the nearest pixel that is off, where none is far.

Along the first axis a pixel counts on from the one before it. Along each further one it takes the least of what its
neighbours have found and the square of the way to them, nearest first, until no way is shorter than what all have
found: the definition, done tile by tile in numbers of 16 bits. Each pixel of the way costs a few operations that a
processor does on many pixels at once, where an exact transform takes some 50 nanoseconds a pixel for any way.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

REACH = 120  # pixels: on longer ways a transform is faster; the squares of two such ways fit 16 bits
_FAR = (REACH + 1) ** 2  # stands for all that is farther
_SAMPLED = 32  # one row among so many says whether pixels are far
_LEAST = 64  # pixels beside one another that are gone along together: of fewer a transform is faster
_TILE = (64, 512)  # pixels, which lie in the cache with what is made of them


def near_squares(m: Array) -> Array | None:
    """The squares of the distances of the pixels of a mask to the nearest one that is off, which there must be, as
    uint16; None where one may be farther than REACH, or lines are too few."""
    if m.size < _LEAST * len(m):
        return None
    squares = _along_first(m if m.dtype == bool else m != 0)
    most = REACH if m.ndim < 3 else _farthest(m, squares)
    for axis in range(1, m.ndim):
        is_last = axis == m.ndim - 1
        if is_last and not _is_near(squares.reshape(-1, m.shape[-1])[::_SAMPLED]):
            return None
        found = np.empty_like(squares)
        for plane, target in _planes(squares, found, axis):
            pause()
            _along(plane, target, int(is_last), most)
        squares = found
    return squares if squares.max(initial=0) < _FAR else None


def _is_near(rows: Array) -> bool:
    found = np.empty_like(rows)
    _along(rows, found, 1, REACH)
    return bool(found.max(initial=0) < _FAR)


def _along_first(m: Array) -> Array:
    """The same along the first axis alone."""
    most = m.reshape(len(m), -1).view(np.uint8) * np.uint8(REACH + 1)
    ways = np.empty(most.shape, np.uint8)
    before = np.full(most.shape[1], REACH + 1, np.uint8)
    for line, limit in zip(ways, most, strict=True):
        np.add(before, 1, out=line)
        np.minimum(line, limit, out=line)
        before = line
    for line, after in zip(ways[-2::-1], ways[:0:-1], strict=True):
        np.minimum(line, after + np.uint8(1), out=line)
    squares = ways.reshape(m.shape).astype(np.uint16)
    squares *= squares
    return squares


def _farthest(m: Array, squares: Array) -> int:
    """How far a pixel is along the first or the last axis at most; REACH where it may be farther."""
    width, most = m.shape[-1], 0
    on, along = m.reshape(-1, width), squares.reshape(-1, width)
    dtype = np.int16 if width < 2**14 else np.int32
    places = np.arange(width, dtype=dtype)
    for start in range(0, len(on), _TILE[0]):
        rows = on[start : start + _TILE[0]]
        before = np.maximum.accumulate(np.where(rows, dtype(-REACH - 1), places), axis=1)
        after = np.minimum.accumulate(np.where(rows, dtype(width + REACH), places)[:, ::-1], axis=1)[:, ::-1]
        ways = np.minimum(np.minimum(places - before, after - places), REACH + 1).astype(np.uint16)
        most = max(most, int(np.minimum(ways * ways, along[start : start + _TILE[0]]).max(initial=0)))
    return min(math.isqrt(most), REACH)


def _planes(squares: Array, found: Array, axis: int) -> Iterator[tuple[Array, Array]]:
    """An array as planes to go along one of whose axes: the second one for the last axis, else the first."""
    shape = squares.shape
    if axis == squares.ndim - 1:
        yield squares.reshape(-1, shape[-1]), found.reshape(-1, shape[-1])
    else:
        flat = (int(np.prod(shape[:axis])), shape[axis], -1)
        yield from zip(squares.reshape(flat), found.reshape(flat), strict=True)


def _along(squares: Array, found: Array, axis: int, most: int) -> None:
    """Along one axis of a plane, as far as `most` at most."""
    size, buffer = squares.shape[axis], np.empty(_TILE, np.uint16)
    for tile in _tiles(squares.shape):
        here = found[tile]
        here[...] = squares[tile]
        lines, tile_size = tile[axis], here.shape[axis]
        for way in range(1, min(most, size - 1) + 1):
            if (way < _TILE[0] // 8 or way % 4 == 0) and way * way >= here.max():
                break
            square = np.uint16(way * way)
            before, after = lines.start - way, lines.start + way
            if before >= 0 and after + tile_size <= size:
                there = buffer[: here.shape[0], : here.shape[1]]
                np.minimum(_part(squares, tile, axis, before, tile_size),
                           _part(squares, tile, axis, after, tile_size), out=there)  # fmt: skip
                there += square
                np.minimum(here, there, out=here)
                continue
            for start in (before, after):
                first, stop = max(start, 0), min(start + tile_size, size)
                if first < stop:
                    part = _part(here, (slice(None),) * 2, axis, first - start, stop - first)
                    np.minimum(part, _part(squares, tile, axis, first, stop - first) + square, out=part)


def _part(array: Array, tile: tuple[slice, slice], axis: int, start: int, size: int) -> Array:
    """A tile moved along an axis to another start, of another size along it."""
    moved = slice(start, start + size)
    return array[moved, tile[1]] if axis == 0 else array[tile[0], moved]


def _tiles(shape: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    for y in range(0, shape[0], _TILE[0]):
        for x in range(0, shape[1], _TILE[1]):
            yield slice(y, min(y + _TILE[0], shape[0])), slice(x, min(x + _TILE[1], shape[1]))
