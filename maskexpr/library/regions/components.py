"""Connected regions of a mask: their numbers, their choice by size and place, their holes.

Where a function takes labels too, the regions are the pixels that bear one number, wherever they lie.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import COUNT, LABELS, SAME_REGIONS, Gives, Kinds
from maskexpr.functions.parameters import (
    Array,
    Axes,
    Connectivity,
    Count,
    Counted,
    Mask,
    MaskLabelsOrImage,
    MaskOrLabels,
    MaskOrNone,
    Masks,
    PlaceX,
    PlaceY,
    PlaceZOrNone,
    Reach,
    SizeLimit,
    SizeLimitOrNone,
)
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import Distance, exact
from maskexpr.kernels.blocks import looked_up
from maskexpr.kernels.flat_zones import flat_zones
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.table import Table
from maskexpr.library import elements
from maskexpr.library.lazy import scipy
from maskexpr.library.numbering import numbered, own_numbers, slices
from maskexpr.library.operators import PLANNED, compare
from maskexpr.library.shapes.places import missed

OUTSIDE_EMPTY = "outside the image the mask is empty"
_TOUCHING = "regions that touch the image's border are removed"

# --- regions and their numbers ---------------------------------------------------------------------------------------


def components(m: Array, connectivity: int, axes: tuple[int, ...] | None = None) -> tuple[Array, int]:
    """The regions of a mask, numbered from 1 in scan order of their first pixels, and how many there are; of labels,
    the pixels that bear the same number, in the order of the numbers.

    SciPy numbers them so because it walks along lines in C order and joins regions into the lower number. Axes that are
    not worked on join nothing: each slice has regions of its own, and those of labels go slice by slice.
    """
    if m.dtype != bool:
        labels, number = numbered(m, axes)
        return (labels.copy() if labels is m else labels), number
    labels, number = scipy.ndimage.label(m, neighbours(connectivity, axes, m.ndim), output=np.int32)
    return labels, number


def neighbours(connectivity: int, axes: tuple[int, ...] | None, ndim: int) -> Masks:
    """The pixels that are joined to the one in their middle, along the worked axes only."""
    structure: Masks = scipy.ndimage.generate_binary_structure(ndim, connectivity)
    middle = tuple(slice(None) if axis in elements.worked_axes(axes, ndim) else 1 for axis in range(ndim))
    joined = np.zeros_like(structure)
    joined[middle] = structure[middle]
    return joined


def numbered_regions(
    m: Array, connectivity: int, axes: tuple[int, ...] | None = None
) -> tuple[Array, int, Array | None]:
    """The same where nothing is written to the numbers, which may be the labels themselves; and the numbers that the
    regions have in labels, none for a mask."""
    if m.dtype == bool:
        return *components(m, connectivity, axes), None
    labels, count = numbered(m, axes)
    return labels, count, own_numbers(m, labels, count)


def kept(m: Array, labels: Array, chosen: Array) -> Array:
    """The chosen regions of a mask, or of labels with their numbers; `chosen` has a flag for each number from 0."""
    inside: Masks = looked_up(chosen, labels)
    return inside if m.dtype == bool else np.where(inside, m, m.dtype.type(0))


def sizes(labels: Array, number: int) -> Array:
    """Pixels of each label, the background first."""
    return np.bincount(labels.ravel(), minlength=number + 1)


def _label_kind(kinds: Kinds) -> Kind:
    m = kinds["m"]
    if m.name == "image" and m.range is None:
        raise Refused(messages.LABEL_FLOATING, "m", dtype=m.dtype)
    return LABELS.rule(kinds)


@function(gives=Gives(LABELS.names, _label_kind), halo=WHOLE, cost=15, memory=4, border=OUTSIDE_EMPTY, total=True,
         without_data="zones")  # fmt: skip
def label(m: MaskLabelsOrImage, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """Number the connected regions of a mask: 1, 2, 3... in scan order of their first pixels, 0 where the mask is off.

    Of labels, or of an image of whole numbers, pixels are connected where they bear the same number; 0 is background.
    So `label(lab)` gives each connected part of a label a number of its own; `relabel` leaves the parts together.

    Pixels are connected by their faces (`connectivity=1`), in 2-D also by corners (2, or 8), in 3-D also by edges (2,
    or 18) and corners (3, or 26). `axes="yx"` works on a stack slice by slice: then nothing is connected from one slice
    to the next, `connectivity` counts as in a plane, and the numbers go on through all slices. The result is int32,
    of the mask's shape.

    Border: outside the image the mask is empty.
    Errors: an image of floats, which is to be compared first; a connectivity that the number of axes does not have.
    Source: Rosenfeld & Pfaltz, Sequential operations in digital picture processing, 1966 (doi:10.1145/321356.321357);
    equals scipy.ndimage.label, and of numbers skimage.measure.label, which joins by corners unless told otherwise: its
    default is `connectivity=2` in a plane, 3 in a volume.

    >>> evaluate("label(im > 0)", im=[[1, 0, 1], [1, 0, 0], [0, 1, 1]])
    array([[1, 0, 2],
           [1, 0, 0],
           [0, 3, 3]], dtype=int32)
    """
    if m.dtype != bool:
        offsets = elements.neighbours_of(neighbours(connectivity, axes, m.ndim))
        return flat_zones(m, m != 0, offsets)[0]
    return components(m, connectivity, axes)[0]


@function(gives=COUNT, halo=WHOLE, cost=15, memory=32, border=OUTSIDE_EMPTY, total=True, transposes=True)
def count(m: Counted, connectivity: Connectivity = 1, axes: Axes = None) -> int:
    """The number of connected regions of a mask, of numbers in labels, or of rows of a table; 0 if there are none.

    `connectivity` as for `label`; on labels and tables it has no effect. `axes="yx"` counts the regions of each slice
    of a stack by itself, and adds them up.

    Border: outside the image the mask is empty.
    Errors: a connectivity that the number of axes does not have.
    Source: the number that scipy.ndimage.label gives; skimage.measure.label joins by corners unless told otherwise.

    >>> evaluate("count(im > 0)", im=[[1, 0, 1], [1, 0, 0], [0, 1, 1]])
    3
    """
    return m.rows if isinstance(m, Table) else components(m, connectivity, axes)[1]


# --- choice by size --------------------------------------------------------------------------------------------------


@function(gives=SAME_REGIONS, halo=WHOLE, cost=20, memory=38, border=OUTSIDE_EMPTY, total=True, keeps_empty=True)
def keep_largest(m: MaskOrLabels, k: Count = 1, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """The `k` largest connected regions of a mask, or of labels.

    Their size is their number of pixels; of regions of one size those first in scan order are kept, of labels those
    with the lowest numbers. A mask of fewer than `k` regions is kept whole; `k` is a whole number, 1 or more, that may
    depend on pixels. Labels keep their numbers. `axes="yx"` keeps the k largest of each slice of a stack.
    `connectivity` as for `label`; on labels it has no effect.

    Border: outside the image the mask is empty, so a region that the border cuts counts with what is inside.
    Errors: a `k` that is not whole or below 1; a connectivity that the number of axes does not have.
    Source: the sizes of scipy.ndimage.label's regions by numpy.bincount; skimage.measure.label joins by corners unless
    told otherwise.

    >>> evaluate("keep_largest(im > 0)", im=[[1, 0, 1], [1, 0, 0], [0, 0, 1]]).astype(int)
    array([[1, 0, 0],
           [1, 0, 0],
           [0, 0, 0]])
    """
    labels, number = components(m, connectivity, axes)
    slice_of = np.zeros(number + 1, np.intp)
    slice_of[labels] = slices(m.shape, axes)
    order = 1 + np.lexsort((-sizes(labels, number)[1:], slice_of[1:]))
    rank = np.arange(number) - np.searchsorted(slice_of[order], slice_of[order])  # of each region in its slice
    chosen = np.zeros(number + 1, bool)
    chosen[order[compare("<", rank, int(k))]] = True
    return kept(m, labels, chosen)


@function(gives=SAME_REGIONS, halo=WHOLE, cost=20, memory=38, border=OUTSIDE_EMPTY, total=True,
         transposes=True, keeps_empty=True)  # fmt: skip
def remove_small(m: MaskOrLabels, size: SizeLimit, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """Remove the connected regions of fewer pixels than `size`; one of exactly that size stays.

    Takes a mask, or labels, which keep their numbers. `size` is a number of pixels, which may depend on pixels
    (`0.01 * area(m)`), or a size such as 20mm2 (5mm3 in a volume), which is divided by the size of a pixel, exactly.
    `axes="yx"` works on a stack slice by slice, and there a size is an area. `connectivity` as for `label`; on labels
    it has no effect.

    Border: outside the image the mask is empty, so a region that the border cuts counts with what is inside.
    Errors: a negative size; mm2 on a volume or mm3 on a plane; a size in mm where the spacing is unknown; a
    connectivity that the number of axes does not have.
    Source: as skimage.morphology.remove_small_objects with max_size one below the limit.

    >>> evaluate("remove_small(im > 0, 2)", im=[[1, 0, 1], [1, 0, 0], [0, 0, 1]]).astype(int)
    array([[1, 0, 0],
           [1, 0, 0],
           [0, 0, 0]])
    """
    return _kept_by_size(m, ">=", size, connectivity, axes)


@function(gives=SAME_REGIONS, halo=WHOLE, cost=20, memory=38, border=OUTSIDE_EMPTY, total=True,
         transposes=True, keeps_empty=True)  # fmt: skip
def remove_large(m: MaskOrLabels, size: SizeLimit, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """Remove the connected regions of more pixels than `size`; one of exactly that size stays.

    Together with `remove_small(m, size)` it keeps the regions of exactly that size. Arguments as for `remove_small`.

    Border: outside the image the mask is empty, so a region that the border cuts counts with what is inside.
    Errors: as for `remove_small`.
    Source: what skimage.morphology.remove_small_objects with max_size=size takes away.

    >>> evaluate("remove_large(im > 0, 1)", im=[[1, 0, 1], [1, 0, 0], [0, 0, 1]]).astype(int)
    array([[0, 0, 1],
           [0, 0, 0],
           [0, 0, 1]])
    """
    return _kept_by_size(m, "<=", size, connectivity, axes)


def _kept_by_size(m: Array, symbol: str, size: Any, connectivity: int, axes: tuple[int, ...] | None) -> Array:
    labels, number = components(m, connectivity, axes)
    chosen = np.asarray(compare(symbol, sizes(labels, number), size))
    chosen[0] = False
    return kept(m, labels, chosen)


# --- choice by place, and holes --------------------------------------------------------------------------------------


def _inner(labels: Array, number: int, axes: tuple[int, ...] | None, margin: Any = 0) -> Masks:
    """Which regions do not touch the border, nor a margin of it, at either end of the worked axes; the background does
    not count."""
    inner = np.arange(number + 1) > 0
    for axis, reach in margins(margin, axes, labels.shape).items():
        ends = np.arange(reach + 1)
        inner[labels.take(np.concatenate([ends, -1 - ends]), axis)] = False
    return inner


def margins(margin: Any, axes: tuple[int, ...] | None, shape: tuple[int, ...]) -> dict[int, int]:
    """How many pixels beside those at the border are looked at along the worked axes: not more than there are."""
    margin = margin if isinstance(margin, Distance) else Distance(Fraction(margin))  # other bodies write a number
    return {axis: min(margin.reach(axis), shape[axis] - 1) for axis in elements.worked_axes(axes, len(shape))}


@function(gives=SAME_REGIONS, halo=WHOLE, cost=18, memory=38, border=_TOUCHING,
         aliases={"buffer_size": "margin", "mask": "within"}, total=True, transposes=True, keeps_empty=True,
         without_data="border")  # fmt: skip
def clear_border(
    m: MaskOrLabels, connectivity: Connectivity = 1, axes: Axes = None, margin: Reach = 0, within: MaskOrNone = None
) -> Array:
    """Remove the connected regions that touch the image's border, or reach out of a mask.

    The border is at both ends of each axis; with a `margin` a region also goes that comes so near to it: in an image
    of n columns one with a pixel in the columns 0 to margin, or n - 1 - margin to n - 1. It is a number of pixels or a
    length. `within` takes the place of the image: a region goes if one of its pixels is off in that mask, or with a
    margin lies beside such a pixel, within a square of that reach; the image's border does not count then.

    Takes a mask, or labels, which keep their numbers. `axes="yx"` works on a stack slice by slice: there a region of
    the first or the last slice touches nothing by lying in it. In an image that is one pixel wide along an axis every
    region touches the border. `connectivity` as for `label`; on labels it has no effect.

    Errors: a negative margin; a length without spacing; a mask of another shape; a connectivity that the number of
    axes does not have.
    Source: as skimage.segmentation.clear_border, which joins pixels by their corners too: connectivity=2 in a plane;
    so of labels it takes each connected part by itself, as clear_border(label(lab, 2)) does. `margin` is its
    buffer_size, `within` its mask, with which it leaves out the buffer.

    >>> evaluate("clear_border(im > 0)", im=[[1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]).astype(int)
    array([[0, 0, 0, 0],
           [0, 0, 1, 0],
           [0, 0, 0, 0]])
    """
    labels, number = components(m, connectivity, axes)
    if within is None:
        return kept(m, labels, _inner(labels, number, axes, margin))
    inner = np.arange(number + 1) > 0
    inner[labels[_near_outside(within, axes, margin)]] = False
    return kept(m, labels, inner)


def _near_outside(within: Masks, axes: tuple[int, ...] | None, margin: Any) -> Masks:
    """What is off in a mask, and within a square around that."""
    reaches = margins(margin, axes, within.shape)
    sizes = [2 * reaches.get(axis, 0) + 1 for axis in range(within.ndim)]
    return np.asarray(scipy.ndimage.maximum_filter(~within, sizes, mode="constant"))


@function(name="clear_border and mask", gives=SAME_REGIONS, halo=WHOLE, cost=18, memory=38, catalogue=PLANNED,
          total=True, keeps_empty=True)  # fmt: skip
def clear_border_and_mask(
    m: MaskOrLabels,
    touching: Mask,
    connectivity: Connectivity,
    axes: Axes,
    margin: Reach = 0,
    within: MaskOrNone = None,  # never given
) -> Array:
    """The same, and without the regions that a mask meets."""
    labels, number = components(m, connectivity, axes)
    inner = _inner(labels, number, axes, margin)
    inner[labels[touching]] = False
    return kept(m, labels, inner)


@function(gives=SAME_REGIONS, halo=WHOLE, cost=20, memory=28, border="the outside of the image is background",
         total=True, transposes=True, keeps_empty=True, extensive=True, without_data="holes")  # fmt: skip
def fill_holes(
    m: MaskOrLabels, max_size: SizeLimitOrNone = None, connectivity: Connectivity = 1, axes: Axes = None
) -> Array:
    """Fill the holes of a mask; a hole is background that is not connected to the outside of the image.

    Of labels a hole is filled where one label alone surrounds it: where all that the background there is connected to
    bears one number. What lies between several labels stays background.

    `max_size` leaves holes of more pixels open, one of exactly that size is filled; it is a number of pixels or a size
    as for `remove_small`. `connectivity` is that of the background: with 1 a diagonal gap in an outline does not let
    the outside in, with 2 it does. Background at the image's border is connected to the outside, so a bay that the
    border closes stays open, and an image that is one pixel wide along an axis has no holes. `axes="yx"` works on a
    stack slice by slice, and fills what is enclosed in its slice, as is wanted of CT, where the outside reaches in from
    the first and the last slice.

    Errors: a negative `max_size`, or one that does not fit as for `remove_small`; a connectivity that the number of
    axes does not have.
    Source: equals scipy.ndimage.binary_fill_holes. With `max_size` as skimage.morphology.remove_small_holes, which
    fills small background at the image's border too.

    >>> evaluate("fill_holes(im > 0)", im=[[0, 1, 0], [1, 0, 1], [0, 1, 0]]).astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """
    labels, number = components(m == 0, connectivity, axes)
    holes = _inner(labels, number, axes)
    if max_size is not None:
        holes &= compare("<=", sizes(labels, number), max_size)
    if m.dtype == bool:
        return np.asarray(m | holes[labels])
    lowest, highest = _numbers_beside(labels, number, m, neighbours(connectivity, axes, m.ndim))
    return np.where(holes & (lowest == highest), lowest, m.dtype.type(0))[labels] + m


def _numbers_beside(background: Array, number: int, labels: Array, joined: Masks) -> tuple[Array, Array]:
    """The lowest and the highest number of the labels beside each region of the background."""
    lowest, highest = np.full(number + 1, np.iinfo(labels.dtype).max, labels.dtype), np.zeros(number + 1, labels.dtype)
    for offset in elements.offsets(joined):
        if elements.overlaps(labels.shape, offset):
            here, there = elements.shifted(labels.shape, offset)
            beside = (background[here] > 0) & (labels[there] > 0)
            regions, numbers = background[here][beside], labels[there][beside]
            np.minimum.at(lowest, regions, numbers)
            np.maximum.at(highest, regions, numbers)
    return lowest, highest


def _at_kind(kinds: Kinds) -> Kind:
    m, has_z = kinds["m"], "z" in kinds and kinds["z"].name != "none"
    ndim = m.ndim or 0
    if ndim < 2 or (ndim == 2 and has_z):
        raise Refused(messages.AXES_MISSING, "z" if has_z else "y", axis="z" if has_z else "y", ndim=ndim)
    if ndim > 3:
        raise Refused(messages.AT_AXES, "m", ndim=ndim)
    if ndim == 3 and not has_z:
        raise Refused(messages.AT_NEEDS_Z)
    return SAME_REGIONS.rule(kinds)


def _point_missed(values: Settings, shape: tuple[int, ...]) -> Refused | None:
    point = tuple(values[name] for name in "zyx"[3 - len(shape) :])
    return missed(shape, len(shape), messages.POINT_OUTSIDE) if pixel_at(shape, point) is None else None


@function(gives=Gives(SAME_REGIONS.names, _at_kind), halo=WHOLE, cost=16, memory=28, border=OUTSIDE_EMPTY,
         places=("z", "y", "x"), remark=_point_missed)  # fmt: skip
def at(
    m: MaskOrLabels,
    y: PlaceY,
    x: PlaceX,
    z: PlaceZOrNone = None,
    connectivity: Connectivity = 1,
    axes: Axes = None,
) -> Array:
    """The connected region of a mask, or the label, that holds a point; nothing where it is off, or outside the image.

    The point is a row and a column, `at(m, y, x)`, and in a volume a slice first, `at(m, z, y, x)`, in the order of the
    axes as everywhere. The numbers count from 0 and may have a fraction, then the nearest pixel counts (of two the
    higher one); they may depend on pixels. A length is measured from the centre of the first pixel. Labels keep their
    number. `axes="yx"` gives the region within its slice.
    `connectivity` as for `label`; on labels it has no effect.

    Border: outside the image the mask is empty.
    Errors: no `z` in a volume, or one in a plane; an image of other than 2 or 3 axes; a length where the spacing is
    unknown; a connectivity that the number of axes does not have.
    Source: as skimage.segmentation.flood from a pixel that is on, which joins by corners unless told otherwise.

    >>> evaluate("at(im > 0, 0, 2)", im=[[1, 0, 1], [1, 0, 1], [0, 0, 0]]).astype(int)
    array([[0, 0, 1],
           [0, 0, 1],
           [0, 0, 0]])
    """
    labels, number = components(m, connectivity, axes)
    chosen = np.zeros(number + 1, bool)
    place = pixel_at(m.shape, (y, x) if z is None else (z, y, x))
    if place is not None:
        chosen[labels[place]] = True
    chosen[0] = False
    return kept(m, labels, chosen)


def pixel_at(shape: tuple[int, ...], point: tuple[Any, ...]) -> tuple[int, ...] | None:
    """The pixel nearest to a point, halves up; None if it is outside the image."""
    if any(c != c or c in (math.inf, -math.inf) for c in point):
        return None
    place = tuple(math.floor(2 * exact(c) + 1) // 2 for c in point)
    return place if all(0 <= i < size for i, size in zip(place, shape, strict=True)) else None
