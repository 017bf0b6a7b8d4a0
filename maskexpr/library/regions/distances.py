"""Distances from the pixels of a mask, and what is nearest."""

import math
from fractions import Fraction
from typing import Annotated

import numpy as np

from maskexpr.functions.gives import LABELS, Gives, like_grid
from maskexpr.functions.parameters import Array, Axes, Labels, Mask, MaskOrNone, Masks, PixelSpacing
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import one_of
from maskexpr.kernels.distances import distances_to_off, nearest_off
from maskexpr.kernels.nearest import nearest_numbers
from maskexpr.library import elements
from maskexpr.library.measures.masks import LengthUnit, check_unit, pixel_steps

_Border = Annotated[str, one_of("image", "empty")]
_Metric = Annotated[str, one_of("euclidean", "city-block", "chessboard")]
_RULES = {"image": "the image only", "empty": "the outside is background"}


def to_off(m: Masks, steps: list[Fraction], axes: tuple[int, ...] | None = None, metric: str = "euclidean") -> Array:
    """The distance of each pixel to the nearest one that is off, inf where there is none; with axes in its slice."""
    worked = elements.worked_axes(axes, m.ndim)
    lengths = [steps[axis] for axis in worked]

    def of_slice(on: Masks) -> Array:
        return np.full(on.shape, np.inf) if on.all() else distances_to_off(on, lengths, metric)

    if len(worked) == m.ndim:
        return of_slice(m)
    distances = np.empty(m.shape)
    for part in elements.slices(m.shape, axes):
        found = of_slice(m[part].reshape([m.shape[axis] for axis in worked]))
        distances[part] = found.reshape(distances[part].shape)
    return distances


def places_of_off(m: Masks, steps: list[Fraction], axes: tuple[int, ...] | None = None) -> Array:
    """Where the nearest pixel that is off lies along each of the axes that are worked on, -1 where there is none."""
    worked = elements.worked_axes(axes, m.ndim)
    lengths = [steps[axis] for axis in worked]
    if len(worked) == m.ndim and not m.all():
        return nearest_off(m, lengths)
    places = np.full((len(worked), *m.shape), -1, np.int32)
    for part in elements.slices(m.shape, axes):
        on = m[part]
        if not on.all():
            found = nearest_off(on.reshape([m.shape[axis] for axis in worked]), lengths)
            places[(slice(None), *part)] = found.reshape(len(worked), *on.shape)
    return places


_DISTANCE = Gives(frozenset({"image"}), lambda kinds: like_grid("image", kinds, np.float64))


_NOT_NEGATIVE = _DISTANCE.within(0, np.inf)


def _memory(settings: Settings, ndim: int) -> float:
    """Where the nearest pixel lies along each axis, or the mask in numbers of 64 bits; with room around the mask its
    distances, too; lengths along the axes that are no pixels lie line by line."""
    around = 10.0 if settings["border"] == "empty" else 0.0
    if settings["metric"] != "euclidean":
        return around + (14 if settings["unit"] == "px" else 12 * ndim + 16)
    return around + max(10.0, 4.0 * ndim + 2)


@function(gives=_NOT_NEGATIVE, halo=WHOLE, cost=60, memory=_memory, check=check_unit,
         border=_RULES, total=True, without_data="distance")  # fmt: skip
def distance(m: Mask, border: _Border = "image", unit: LengthUnit = "px", axes: Axes = None,
             metric: _Metric = "euclidean", *, spacing: PixelSpacing) -> Array:  # fmt: skip
    """The distance from each pixel of a mask to the nearest pixel that is off; 0 where the mask is off.

    Distances lie between pixel centres, so the outermost pixels of a region are at 1. `metric` is "euclidean" (the root
    of the exact square), "city-block" (the sum of the distances along the axes) or "chessboard" (the longest of them);
    in pixels these two are whole numbers. Pixels of a mask within n of what is off are those with a distance of at most
    n: a disk, a diamond, a square. `unit="px"` counts pixels and ignores the spacing; "mm" and "um" use the spacing of
    each axis. `axes="yx"` measures within each slice of a stack. The result is float64.

    Border: only the image is looked at, and the distance is inf where the mask has no background in it;
    `border="empty"` also counts what is outside as off.
    Errors: a physical unit where the spacing is unknown.
    Source: scipy.ndimage.distance_transform_edt, whose distances mean nothing for a mask without background, and in
    physical units are rounded on the way; distance_transform_cdt with the metrics "taxicab" and "chessboard", which
    know no spacing; both also cv2.distanceTransform with DIST_L1 and DIST_C.

    >>> evaluate("distance(im > 0)", im=[[1, 1, 1, 0]])
    array([[3., 2., 1., 0.]])
    """
    steps = pixel_steps(unit, spacing, m.ndim)
    if border == "empty":
        inside = tuple(slice(1, -1) if a in elements.worked_axes(axes, m.ndim) else slice(None) for a in range(m.ndim))
        room = [(int(part.start is not None),) * 2 for part in inside]
        return np.ascontiguousarray(to_off(np.pad(m, room), steps, axes, metric)[inside])
    return to_off(m, steps, axes, metric)


@function(gives=_DISTANCE, halo=WHOLE, cost=120, memory=lambda settings, ndim: 12.0 * ndim + 24, check=check_unit,
         border="the image only", total=True,
         derived="where(m, distance(m, unit=unit, axes=axes, metric=metric),"
                 " -distance(~m, unit=unit, axes=axes, metric=metric))",
         without_data="distance")  # fmt: skip
def signed_distance(m: Mask, unit: LengthUnit = "px", axes: Axes = None, metric: _Metric = "euclidean", *,
                    spacing: PixelSpacing) -> Array:  # fmt: skip
    """The distance to the edge of a mask, positive inside and negative outside.

    Where the mask is on it is the distance to the nearest pixel that is off, and where it is off minus the distance to
    the nearest that is on. So `signed_distance(m) > 0` is `m`, and `signed_distance(m) >= -5` is
    `dilate(m, 5, "disk")`. The two sides of an edge are at 1 and -1: distances lie between pixel centres, no pixel is
    at 0. `unit`, `axes` and `metric` as for `distance`. The result is float64.

    Border: only the image is looked at; the distance is inf where nothing is off, and -inf where nothing is on.
    Errors: a physical unit where the spacing is unknown.
    Source: `distance(m) - distance(~m)` where both exist. The filters of ITK count from the pixels at the edge itself,
    and are negative inside.

    >>> evaluate("signed_distance(im > 0)", im=[[1, 1, 1, 0, 0]])
    array([[ 3.,  2.,  1., -1., -2.]])
    """
    steps = pixel_steps(unit, spacing, m.ndim)
    return np.where(m, to_off(m, steps, axes, metric), -to_off(~m, steps, axes, metric))


# --- the nearest label -----------------------------------------------------------------------------------------------


@function(gives=LABELS, halo=WHOLE, cost=100, memory=84, border="the image only", check=check_unit, total=True)
def nearest(
    labels: Labels, within: MaskOrNone = None, unit: LengthUnit = "px", axes: Axes = None, *, spacing: PixelSpacing
) -> Array:
    """Each pixel gets the number of the nearest label; labels keep their own pixels.

    The nearest is the one with the nearest pixel by the Euclidean distance between centres, of several at one distance
    the one with the lowest number; the arithmetic is exact. However far it is: `where(distance(l == 0) <= 5,
    nearest(l), 0)` is `dilate(l, 5, "disk")`. `within` limits it to a mask: labels outside are left out, and pixels
    outside stay 0. `unit="px"` counts pixels and ignores the spacing; "mm" and "um" use the spacing of each axis, and
    find the same. `axes="yx"` finds the nearest label of each slice of a stack. Without any label all is 0.

    Border: only the image is looked at.
    Errors: a physical unit where the spacing is unknown; masks and images of different shapes.
    Source: as labels[indices] with the indices of scipy.ndimage.distance_transform_edt(labels == 0), or
    skimage.segmentation.expand_labels without an end; of several at one distance these take any.

    >>> evaluate("nearest(label(im > 0))", im=[[1, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0]])
    array([[1, 1, 1, 2, 2, 2],
           [1, 1, 1, 2, 2, 2]], dtype=int32)
    """
    steps = pixel_steps(unit, spacing, labels.ndim)
    scale = math.lcm(*(step.denominator for step in steps))
    lengths = [int(step * scale) for step in steps]
    part = math.gcd(*lengths)
    inside = labels if within is None else np.where(within, labels, labels.dtype.type(0))
    found = nearest_numbers(inside, [length // part for length in lengths], axes)
    return found if within is None else np.where(within, found, labels.dtype.type(0))
