"""How often values occur, counted in several tables in turn: one that follows upon itself need not wait."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.overlaps import parts
from maskexpr.kernels.compiled.packed import between64, ones
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.threads import share

Array = np.ndarray[Any, Any]

_AT_ONCE = 2**18  # values, between two looks at whether they are wanted
_SHARED = 2**20  # values from which threads take part
_BLOCK = 2**9  # floats whose bins are computed together
_FEW = 2**12  # counters up to which each thread has its own


def count_bytes(flat: Array) -> Array:
    """As the kernel of this name in `counts`."""
    return _counted(flat, (4, 256), _count_bytes)


def count_from(flat: Array, low: int, size: int) -> Array:
    """As the kernel of this name in `counts`."""
    return _counted(flat, (2, size), lambda part, tables: _count_from(part, low, tables))


def count_bins(values: Array, edges: Array) -> Array:
    """As the kernel of this name in `counts`."""
    width, bins = edges[-1] - edges[0], len(edges) - 1
    if not (np.isfinite(width) and np.all(np.diff(edges) > 0)):
        return NotImplemented  # type: ignore[no-any-return]
    scale = bins / width
    scale = scale if scale < np.inf else 0.0
    upper = np.append(edges[1:-1], np.nextafter(edges[-1], np.inf))  # the last bin holds its upper edge
    return _counted(
        values.reshape(-1),
        (2, bins),
        lambda part, tables: _count_bins(part, edges[:-1], upper, scale, tables),
    )


def count_on(mask: Array) -> int:
    """As the kernel of this name in `counts`."""
    return sum(_count_on(some) for (some,) in parts(mask)) if mask.flags.c_contiguous else NotImplemented


def _counted(flat: Array, shape: tuple[int, int], work: Callable[[Array, Array], None]) -> Array:
    """What is counted in some tables, added up."""
    if not flat.dtype.isnative or not flat.flags.c_contiguous:
        return NotImplemented  # type: ignore[no-any-return]
    counts: list[Array] = []

    def some(starts: Iterator[int]) -> None:
        own = np.zeros(shape[1], np.int64)
        counts.append(own)
        tables = np.zeros(shape, np.uint32)
        for start in starts:
            pause()
            work(flat[start : start + _AT_ONCE], tables)
            _empty_into(tables, own)

    starts = range(0, flat.size, _AT_ONCE)
    if flat.size >= _SHARED and shape[1] <= _FEW:
        share(some, starts)
    else:
        some(iter(starts))
    return sum(counts[1:], counts[0])


@kernel((types.Array(types.uint8, 1, "C", True),))
def _count_on(mask: Array) -> Any:
    end, count = len(mask) // 64 * 64, np.int64(0)
    for start in range(0, end, 64):
        count += ones(between64(mask, start, np.uint8(1), np.uint8(255)))
    for i in range(end, len(mask)):
        count += mask[i] != 0
    return count


_TABLES = types.Array(types.uint32, 2, "C")
_TYPES = (types.uint8, types.int8, types.uint16, types.int16, types.int32, types.uint32, types.int64)
_EDGES = types.Array(types.float64, 1, "C", True)


@kernel((_TABLES, types.Array(types.int64, 1, "C")))
def _empty_into(tables: Array, counts: Array) -> None:
    """Add tables up, and have them count from 0 again."""
    for table in tables:
        for i in range(len(counts)):
            counts[i] += np.int64(table[i])
            table[i] = 0


@kernel((types.Array(types.uint8, 1, "C", True), _TABLES))
def _count_bytes(values: Array, tables: Array) -> None:
    first, second, third, fourth = tables[0], tables[1], tables[2], tables[3]
    end = len(values) // 4 * 4
    for i in range(0, end, 4):
        first[values[i]] += np.uint32(1)
        second[values[i + 1]] += np.uint32(1)
        third[values[i + 2]] += np.uint32(1)
        fourth[values[i + 3]] += np.uint32(1)
    for i in range(end, len(values)):
        first[values[i]] += np.uint32(1)


@kernel(*((types.Array(kind, 1, "C", True), types.int64, _TABLES) for kind in _TYPES))
def _count_from(values: Array, low: int, tables: Array) -> None:
    """By how far values are above the lowest."""
    first, second = tables[0], tables[1]
    end = len(values) // 2 * 2
    for i in range(0, end, 2):
        first[np.uint64(np.int64(values[i]) - low)] += np.uint32(1)
        second[np.uint64(np.int64(values[i + 1]) - low)] += np.uint32(1)
    if end < len(values):
        first[np.uint64(np.int64(values[end]) - low)] += np.uint32(1)


@kernel(
    *(
        (types.Array(kind, 1, "C", True), _EDGES, _EDGES, types.float64, _TABLES)
        for kind in (types.float32, types.float64)
    )
)
def _count_bins(values: Array, lower: Array, upper: Array, scale: float, tables: Array) -> None:
    """By the bins that hold them: these are computed, and put right where rounding missed them."""
    start, last = lower[0], np.float64(len(lower) - 1)
    places = np.empty(_BLOCK, np.int32)
    for first in range(0, len(values), _BLOCK):
        part = values[first : first + _BLOCK]
        for i in range(len(part)):
            place = (np.float64(part[i]) - start) * scale
            place = place if place > 0 else 0.0  # nan too
            places[i] = np.int32(place if place < last else last)
        for i in range(len(part)):
            value, here = np.float64(part[i]), np.uint64(places[i])
            if not lower[here] <= value < upper[here]:
                if not start <= value < upper[-1]:
                    continue
                while value >= upper[here]:
                    here += np.uint64(1)
                while value < lower[here]:
                    here -= np.uint64(1)
            tables[i & 1, here] += np.uint32(1)
