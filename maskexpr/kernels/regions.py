"""Regions of packed masks numbered, counted and chosen.

Pixels are joined as by scipy.ndimage.generate_binary_structure. `axes` limits the work to some axes, the last one among
them: then each slice has regions of its own.
"""

from collections.abc import Callable, Mapping

import numpy as np

from maskexpr.kernels.packed import Words, complement, pack, packed_shape
from maskexpr.kernels.runs import Axes, Flags, Integers, Labels, Regions, find_regions


def label(
    words: Words, shape: tuple[int, ...], connectivity: int, axes: Axes = None, out: Labels | None = None
) -> Labels:
    """The number of each pixel's region, from 1 in scan order of their first pixels, and 0 where the mask is off."""
    return find_regions(words, shape, connectivity, axes).labels(out)


def count(words: Words, shape: tuple[int, ...], connectivity: int, axes: Axes = None) -> int:
    """The number of regions."""
    return find_regions(words, shape, connectivity, axes).count


def keep(
    words: Words, shape: tuple[int, ...], connectivity: int, axes: Axes, choose: Callable[[Regions], Flags]
) -> Words:
    """The chosen regions of a packed mask."""
    regions = find_regions(words, shape, connectivity, axes)
    return regions.kept(choose(regions))


def keep_largest(words: Words, shape: tuple[int, ...], connectivity: int, k: int, axes: Axes = None) -> Words:
    """The k largest regions, of each slice where axes are named; of equal ones those first in scan order."""

    def choose(regions: Regions) -> Flags:
        if axes is None or len(axes) == len(shape):
            return _largest(regions.sizes(), k)
        return _largest_of_each(regions.sizes(), regions.slices(axes), k)

    return keep(words, shape, connectivity, axes, choose)


def _largest(sizes: Integers, k: int) -> Flags:
    if k >= len(sizes):
        return np.ones(len(sizes), bool)
    least = np.partition(sizes, -k)[-k]
    chosen: Flags = sizes > least
    chosen[np.flatnonzero(sizes == least)[: k - np.count_nonzero(chosen)]] = True
    return chosen


def _largest_of_each(sizes: Integers, slices: Integers, k: int) -> Flags:
    order = np.lexsort((-sizes, slices))
    ordered = slices[order]
    chosen = np.ones(len(sizes), bool)
    if k < len(sizes):
        chosen[order[k:][ordered[k:] == ordered[:-k]]] = False  # where the k-th before lies in the same slice
    return chosen


def keep_sizes(
    words: Words, shape: tuple[int, ...], connectivity: int, choose: Callable[[Integers], Flags], axes: Axes = None
) -> Words:
    """The regions whose numbers of pixels are chosen."""
    return keep(words, shape, connectivity, axes, lambda regions: choose(regions.sizes()))


def keep_hit(words: Words, other: Words, shape: tuple[int, ...], connectivity: int, axes: Axes = None) -> Words:
    """The regions that hold a pixel of another packed mask."""
    return keep(words, shape, connectivity, axes, lambda regions: regions.hit_by(other))


def lone_pixel(place: tuple[int, ...], shape: tuple[int, ...]) -> Words:
    """A packed mask of one pixel."""
    words = np.zeros(packed_shape(shape), np.uint64)
    words[(*place[:-1], place[-1] >> 6)] = np.uint64(1 << (place[-1] & 63))
    return words


def keep_unhit(words: Words, other: Words, shape: tuple[int, ...], connectivity: int, axes: Axes = None) -> Words:
    """The regions that hold no pixel of another packed mask."""
    return keep(words, shape, connectivity, axes, lambda regions: ~regions.hit_by(other))


def clear_border(
    words: Words,
    shape: tuple[int, ...],
    connectivity: int,
    axes: Axes = None,
    reaches: Mapping[int, int] | None = None,
) -> Words:
    """The regions that do not touch the image's border; or none of so many pixels beside those at both ends of axes."""
    if reaches is None:
        return keep(words, shape, connectivity, axes, lambda regions: ~regions.at_border(axes))
    frame = np.ones(shape, bool)
    frame[tuple(slice(reaches[a] + 1, -1 - reaches[a]) if a in reaches else slice(None) for a in range(len(shape)))] = 0
    return keep_unhit(words, pack(frame), shape, connectivity, axes)


def fill_holes(
    words: Words,
    shape: tuple[int, ...],
    connectivity: int,
    axes: Axes = None,
    choose: Callable[[Integers], Flags] | None = None,
) -> Words:
    """A packed mask and the background that is not connected to the image's border, or of it what is chosen by numbers
    of pixels; connectivity: the background's."""

    def holes(regions: Regions) -> Flags:
        inner = ~regions.at_border(axes)
        return inner & choose(regions.sizes()) if choose else inner

    return words | keep(complement(words, shape[-1]), shape, connectivity, axes, holes)
