"""The numbers of labels: without gaps, in scan order, exchanged; and what is done to each region by itself."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from maskexpr.functions.parameters import Array, Masks
from maskexpr.kernels.blocks import looked_up, together
from maskexpr.kernels.numbers import occurring, starts
from maskexpr.kernels.stopping import pause
from maskexpr.library import elements
from maskexpr.library.lazy import scipy

# --- numbers ---------------------------------------------------------------------------------------------------------


def numbered(labels: Array, axes: tuple[int, ...] | None = None) -> tuple[Array, int]:
    """Labels renumbered from 1 without gaps, in their order, and how many there are; with axes the same number in
    another slice is another region, and they go slice by slice. Those that have no gaps come back as they are."""
    if len(elements.worked_axes(axes, labels.ndim)) < labels.ndim:
        labels = np.where(labels > 0, slices(labels.shape, axes) * (int(labels.max()) + 1) + labels, 0)
    most = int(labels.max())
    if most > labels.size:  # a table of all numbers would be large
        values, places = np.unique(labels, return_inverse=True)
        labels = places.reshape(labels.shape) + int(values[0] != 0)
        most = int(labels.max())
    occurs = occurring(labels, most)
    occurs[0] = False
    numbers = np.cumsum(occurs, dtype=np.int32)
    if numbers[-1] == len(numbers) - 1 and labels.dtype == np.int32:
        return labels, int(numbers[-1])  # each number occurs
    return looked_up(numbers, labels), int(numbers[-1])


def own_numbers(m: Array, labels: Array, count: int) -> Array:
    """The numbers that the regions 1 to `count`, which `components` found in labels, have in these."""
    numbers = np.arange(count + 1)
    if labels is not m:
        for own, found in together(m, labels):
            numbers[found] = own
    return numbers[1:]


def slices(shape: tuple[int, ...], axes: tuple[int, ...] | None) -> Array:
    """The number of the slice that each pixel lies in, from 0, spread over the worked axes."""
    worked = elements.worked_axes(axes, len(shape))
    rest = tuple(1 if axis in worked else size for axis, size in enumerate(shape))
    return np.broadcast_to(np.arange(math.prod(rest)).reshape(rest), shape)


def in_scan_order(labels: Array) -> Array:
    """Labels renumbered from 1 by their first pixels."""
    numbers = numbered(labels)[0] if labels.max() > labels.size else labels  # a table of all numbers would be large
    first = np.full(int(numbers.max()) + 1, labels.size)
    for places, values in starts(numbers):
        np.minimum.at(first, values, places)
    found = 1 + np.flatnonzero(first[1:] < labels.size)
    new = np.zeros(len(first), np.int32)
    new[found[np.argsort(first[found], kind="stable")]] = np.arange(1, len(found) + 1)
    return looked_up(new, numbers)


def exchanged(labels: Array, old: Array, new: Array) -> Array:
    """Labels whose numbers `old`, which rise, are exchanged for `new`; 0 in place of all others."""
    numbers, count = numbered(labels)
    values = np.append(0, own_numbers(labels, numbers, count))
    table = np.zeros(count + 1, np.int32)
    table[np.searchsorted(values, old)] = new
    return looked_up(table, numbers)


# --- each region by itself -------------------------------------------------------------------------------------------

Operation = Callable[[Masks], Masks]


def regions_of(
    labels: Array, axes: tuple[int, ...] | None, around: Sequence[int] = ()
) -> Iterator[tuple[tuple[slice, ...], Masks, Any]]:
    """The box of each region, with so many pixels around it along the worked axes, its pixels in there, and its number;
    the lower numbers of a slice come first."""
    worked = elements.worked_axes(axes, labels.ndim)
    more = [n if axis in worked else 0 for axis, n in enumerate(around or [0] * labels.ndim)]
    numbers, count = numbered(labels, axes)
    values = own_numbers(labels, numbers, count)
    for number, tight in enumerate(scipy.ndimage.find_objects(numbers, count), 1):
        box = tuple(slice(max(0, part.start - n), part.stop + n) for part, n in zip(tight, more, strict=True))
        pause()
        yield box, numbers[box] == number, values[number - 1]


def grown_each(labels: Array, axes: tuple[int, ...] | None, grow: Operation, around: Sequence[int] = ()) -> Array:
    """What grows each region by itself, within its box and so many pixels around it, done to all. A pixel of a region
    stays with it; one that several regions grow to goes to the lowest number."""
    result = labels.copy()
    for box, own, value in regions_of(labels, axes, around):
        part = result[box]
        part[grow(own) & (part == 0)] = value
    return result


def shrunk_each(labels: Array, axes: tuple[int, ...] | None, shrink: Operation) -> Array:
    """What takes pixels from each region by itself, done to all."""
    result = np.zeros_like(labels)
    for box, own, value in regions_of(labels, axes):
        result[box][shrink(own)] = value
    return result
