"""Distances: Euclidean ones, in whole numbers up to the root; by steps along the axes, and by the longest of these.

SciPy finds the nearest pixel; how far it is, is counted here. Of several pixels at one distance SciPy may take any,
by how it was compiled, and its own distance to one ends in other bits than that to another where pixels have a size.
"""

import importlib
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import parts
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.near_distances import near_squares
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_MOST = 2**63 - 1  # of int64
_FEW = 8  # one point among so many pixels is sooner found by a tree of points
_DENSE = 64  # and among so many, where none is far, by way of all pixels
_BLOCK = 4  # pixels a side
PART = 2**13  # pixels whose squares are added up together
_NEARLY = 1 - 1e-9  # beyond all rounding


@has_compiled
def distances_to_off(m: Array, steps: Sequence[Fraction], metric: str = "euclidean") -> Array:
    """The distance of each pixel to the nearest one that is off, which there must be, where pixels have such lengths:
    the root of the exact square, or the exact sum or the largest of the lengths along the axes; as float64."""
    lengths, unit = whole_lengths(steps)
    if metric == "euclidean":
        near = _near(m, lengths)
        found = _distances_by_places(m, lengths) if near is None else near.astype(np.float64)
        return in_unit(np.sqrt(found, out=found), unit)
    return in_unit(lengths_to_off(m, lengths, metric).astype(np.float64, copy=False), unit)


def _near(m: Array, steps: Sequence[int]) -> Array | None:
    """The squares of these distances where they are quickly found, in the length of a pixel: where pixels are as long
    along all axes, and none is far."""
    return near_squares(m) if set(steps) == {1} else None


def _distances_by_places(m: Array, steps: Sequence[int]) -> Array:
    """The squares of these distances as float64, part by part; those that may be too large for int64 are rounded."""
    places, squares = nearest_off(m, [Fraction(step) for step in steps]), np.empty(m.shape)
    for part in parts(m.shape, 1, PART):
        ways = (there[part] - here for there, here in zip(places, _grid(part, m.shape), strict=True))
        squares[part] = _squares(ways, steps, m.shape, exact=False)
    return squares


def _grid(part: tuple[slice, ...], shape: Sequence[int]) -> list[Array]:
    """Where the pixels of a part of an array lie along each axis."""
    whole = (slice(None),) * (len(shape) - len(part))
    places = [np.arange(*a.indices(size), dtype=np.int32) for a, size in zip(part + whole, shape, strict=True)]
    return list(np.ix_(*places))


def nearest_off(m: Array, steps: Sequence[Fraction]) -> Array:
    """Where the nearest pixel that is off, which there must be, lies along each axis: an array for each, of int32."""
    ndimage: Any = importlib.import_module("scipy.ndimage")
    found = ndimage.distance_transform_edt(
        m, [float(length) for length in whole_lengths(steps)[0]], return_distances=False, return_indices=True
    )
    return np.asarray(found)


def lengths_of(ways: Iterable[Array], steps: Sequence[Fraction], shape: Sequence[int]) -> Array:
    """How long ways are that go so many pixels along each axis of an array of that shape: the root of the exact square,
    as float64."""
    lengths, unit = whole_lengths(steps)
    return in_unit(np.sqrt(_squares(ways, lengths, shape, exact=False).astype(np.float64, copy=False)), unit)


@has_compiled
def squares_to_off(m: Array, steps: Sequence[int]) -> Array:
    """The squares of these distances, where pixels have whole lengths: int64, or where they may be too large Python's
    own integers."""
    near = _near(m, steps)
    if near is not None:
        return near.astype(np.int64)
    return _squares(_ways(m, nearest_off(m, [Fraction(step) for step in steps])), steps, m.shape, exact=True)


def _squares(ways: Iterable[Array], steps: Sequence[int], shape: Sequence[int], exact: bool) -> Array:
    """The squares of lengths; those that may be too large for int64 are float64 without `exact`."""
    largest = sum((step * size) ** 2 for step, size in zip(steps, shape, strict=True))
    fits = largest <= _MOST
    whole = np.int32 if largest < 2**31 and not exact else np.int64
    total: Any = 0
    for step, way in zip(steps, ways, strict=True):
        away = way.astype(whole if fits else object if exact else np.float64)
        away *= step if exact or fits else float(step)
        away *= away
        total += away
    return np.asarray(total)


def _ways(m: Array, places: Array) -> Iterator[Array]:
    """How far the places that were found for pixels are from these, along each axis."""
    for axis, there in enumerate(places):
        yield there - np.arange(m.shape[axis], dtype=there.dtype).reshape(
            [-1 if a == axis else 1 for a in range(m.ndim)]
        )


def squares_between(points: Array, others: Array, steps: Sequence[int], shape: Sequence[int]) -> Array:
    """The squares of the distances of points, a row for each axis of an array of that shape, to the nearest of some
    others of which there is at least one, where pixels have whole lengths: int64, or where they may be too large
    Python's own integers."""
    near = _near_between(points, others, steps, shape)
    if near is not None:
        return near.astype(np.int64)
    off = _all_but(others, shape)
    far = off[tuple(points)]
    away = points[:, far]
    if away.shape[1] + others.shape[1] > off.size // _FEW:
        nearest = nearest_off(off, [Fraction(step) for step in steps])[:, *away]
    else:
        nearest = others[:, _nearest_of(away, others, steps)]
    found = _squares(nearest - away, steps, shape, exact=True)
    squares = np.zeros(len(far), found.dtype)
    squares[far] = found
    return squares


def _near_between(points: Array, others: Array, steps: Sequence[int], shape: Sequence[int]) -> Array | None:
    """The same where it takes less to find the distances of all pixels: None where points are few, or some are far."""
    if set(steps) != {1} or points.shape[1] + others.shape[1] <= math.prod(shape) // _DENSE:
        return None
    squares = near_squares(_all_but(others, shape))
    return None if squares is None else squares[tuple(points)]


def _all_but(points: Array, shape: Sequence[int]) -> Array:
    """A mask that is off at some points."""
    m = np.ones(shape, bool)
    m[tuple(points)] = False
    return m


def farthest_square(points: Array, others: Array, steps: Sequence[int], shape: Sequence[int]) -> int:
    """The largest of these squares.

    One point stands for all of a block: none of these is farther away than it by more than the block is long.
    """
    near = _near_between(points, others, steps, shape)
    if near is not None:
        return int(near.max())
    if others.shape[1] <= math.prod(shape) // _FEW and points.shape[1] > _BLOCK:
        blocks = [-(-n // _BLOCK) for n in shape]
        block = np.ravel_multi_index(tuple(points // _BLOCK), blocks)
        chosen = np.full(math.prod(blocks), -1)
        chosen[block] = np.arange(len(block))
        chosen = chosen[chosen >= 0]
        away = np.sqrt(squares_between(points[:, chosen], others, steps, shape).astype(np.float64))
        long = math.sqrt(sum((step * (_BLOCK - 1)) ** 2 for step in steps))
        kept = np.zeros(math.prod(blocks), bool)
        kept[block[chosen]] = away + long >= away.max() * _NEARLY
        points = points[:, kept[block]]
    return int(squares_between(points, others, steps, shape).max())


def _nearest_of(points: Array, others: Array, steps: Sequence[int]) -> Array:
    """Which of the others is nearest to each point."""
    spatial: Any = importlib.import_module("scipy.spatial")
    lengths = np.array([[float(step)] for step in steps])
    tree = spatial.cKDTree((others * lengths).T, leafsize=32, compact_nodes=False, balanced_tree=False)
    return np.asarray(tree.query((points * lengths).T)[1])


def whole_lengths(steps: Sequence[Fraction]) -> tuple[list[int], Fraction]:
    """Lengths as whole numbers, as small as can be, of a unit."""
    scale = math.lcm(*(step.denominator for step in steps))
    lengths = [int(step * scale) for step in steps]
    part = math.gcd(*lengths)
    return [length // part for length in lengths], Fraction(part, scale)


def in_unit(distances: Array, unit: Fraction) -> Array:
    """Distances in whole numbers of a unit as what they are, in place."""
    if unit != 1:  # times and by whole numbers, so that three pixels of 0.1 are 0.3
        distances *= unit.numerator
        distances /= unit.denominator
    return np.asarray(distances)


# --- along the axes --------------------------------------------------------------------------------------------------

_FAR = 2**62
_AT_ONCE = 2**20  # pixels, of whole lines
_TAXICAB = "city-block"


def lengths_to_off(m: Array, steps: Sequence[int], metric: str) -> Array:
    """How far each pixel is from the nearest one that is off, which there must be: by the sum of the lengths along the
    axes ("city-block"), or by the longest of them ("chessboard"). Whole numbers; where they may be too large float64.
    """
    if set(steps) == {1}:
        ndimage: Any = importlib.import_module("scipy.ndimage")
        return np.asarray(ndimage.distance_transform_cdt(m, "taxicab" if metric == _TAXICAB else metric))
    fits = sum(step * size for step, size in zip(steps, m.shape, strict=True)) < _FAR // 2
    lengths = np.where(m, _FAR if fits else np.inf, 0).astype(np.int64 if fits else np.float64)
    for axis, step in enumerate(steps):
        along = _sums_along if metric == _TAXICAB or axis == 0 else _largest_along
        lines = np.moveaxis(lengths, axis, 0).reshape(m.shape[axis], -1)
        count = max(1, _AT_ONCE // len(lines))
        for start in range(0, lines.shape[1], count):
            pause()
            lines[:, start : start + count] = along(lines[:, start : start + count], step)
        moved = [n for a, n in enumerate(m.shape) if a != axis]
        lengths = np.ascontiguousarray(np.moveaxis(lines.reshape(m.shape[axis], *moved), 0, axis))
    return lengths


def _sums_along(lines: Array, step: int) -> Array:
    """The least sum of what a pixel on the line holds and the way to it."""
    ways = (np.arange(len(lines)) * lines.dtype.type(step))[:, np.newaxis]
    before = np.minimum.accumulate(lines - ways, axis=0) + ways
    after = np.minimum.accumulate((lines + ways)[::-1], axis=0)[::-1] - ways
    return np.asarray(np.minimum(before, after))


def _largest_along(lines: Array, step: int) -> Array:
    """The least of the larger one of what a pixel on the line holds and the way to it.

    Of all pixels at most k away the least holds the less, the larger k is, and the way is the longer: the best k is
    where the two meet. It is found bit by bit, with the least of each window of a power of two pixels.
    """
    length, count = lines.shape
    windows = [lines]
    while 1 << len(windows) <= length:
        last, wide = windows[-1].copy(), 1 << len(windows) - 1
        last[:-wide] = np.minimum(last[:-wide], windows[-1][wide:])
        windows.append(last)
    here, columns = np.arange(length)[:, np.newaxis], np.arange(count)
    reach, least = np.zeros(lines.shape, np.int32), lines.copy()
    for power in range(len(windows) - 1, -1, -1):
        wider = reach + (1 << power)
        found = np.minimum(
            windows[power][np.maximum(here - wider, 0), columns],
            windows[power][np.minimum(here + reach + 1, length - 1), columns],
        )
        found = np.minimum(found, least)
        nearer = wider.astype(lines.dtype) * step < found
        reach[nearer], least[nearer] = wider[nearer], found[nearer]
    ways = (reach + 1).astype(lines.dtype) * step
    found = np.where(reach >= length - 1, least, np.minimum(least, ways))
    return np.where(lines == 0, lines, found)
