"""Dilation and erosion of labels, and what is built from them: the plain way, offset by offset."""

from collections.abc import Iterator

import numpy as np

from maskexpr.functions.parameters import Array, Masks
from maskexpr.functions.settling import NAMED_SHAPES, Distance
from maskexpr.library import elements

_NONE = np.iinfo(np.int32).max  # no region's number is above it


def dilated(labels: Array, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Array:
    """Each pixel of the background that regions reach goes to the nearest, of several to the lowest number; with a
    pattern the nearest is what the fewest stamps reach."""
    if shape not in NAMED_SHAPES:
        e = elements.element(n, shape, axes, labels.ndim)
        moves = elements.offsets(e.footprint)
        return elements.repeated(lambda before: _spread(before, before, moves), labels, e.times)
    result = labels.copy()
    for moves in _by_distance(elements.in_pixels(n, elements.worked_axes(axes, labels.ndim)), shape, axes, labels):
        result = _spread(result, labels, moves)
    return result


def _by_distance(n: Distance, shape: str, axes: tuple[int, ...] | None, labels: Array) -> Iterator[list[elements.Move]]:
    """The offsets within a reach, those at one distance together, nearest first."""
    distances, most = elements.distances_of(n, shape, axes, labels.ndim, labels.shape)
    for distance in np.unique(distances[distances <= most]):
        yield elements.offsets(distances == distance)


def _spread(result: Array, labels: Array, moves: list[elements.Move]) -> Array:
    """Where nothing is in `result` yet: the lowest number that copies of labels bring, moved so."""
    lowest, is_reached = np.full_like(labels, _NONE), np.zeros(labels.shape, bool)
    for move in moves:
        moved = elements.moved(labels, move)
        np.minimum(lowest, np.where(moved > 0, moved, _NONE), out=lowest)
        is_reached |= moved > 0
    return np.where((result == 0) & is_reached, lowest, result)


def eroded(labels: Array, n: Distance, shape: str, axes: tuple[int, ...] | None, border: str = "empty") -> Array:
    """A pixel stays in its region where all the pixels under the element are of that region; none outside is, unless
    the outside is ignored."""
    e = elements.element(n, shape, axes, labels.ndim, tuple(size + 1 for size in labels.shape))
    return elements.repeated(lambda before: _eroded_once(before, e.footprint, border), labels, e.times)


def _eroded_once(labels: Array, footprint: Masks, border: str) -> Array:
    least, most = np.full_like(labels, _NONE), np.zeros_like(labels)
    for offset in elements.offsets(footprint):
        move = tuple(-d for d in offset)
        np.minimum(least, elements.moved(labels, move, 0 if border == "empty" else _NONE), out=least)
        np.maximum(most, elements.moved(labels, move), out=most)
    return np.where(least == most, least, labels.dtype.type(0))


def stamped(labels: Array, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Array:
    """The element stamped at each pixel of labels that are so far apart that no two of them meet."""
    e = elements.element(n, shape, axes, labels.ndim, labels.shape)
    moves = elements.offsets(e.footprint)

    def once(before: Array) -> Array:
        result = np.zeros_like(before)
        for move in moves:
            np.maximum(result, elements.moved(before, move), out=result)
        return result

    return elements.repeated(once, labels, e.times)
