"""Openings and closings by area: what is bright, or dark, on few pixels is levelled, whatever its form."""

import math
from typing import Any

import numpy as np

from maskexpr.functions.gives import SAME
from maskexpr.functions.parameters import Array, Axes, Connectivity, Image, Mask, MaskOrImage, Masks, SizeLimit
from maskexpr.functions.record import WHOLE, Derived, function
from maskexpr.kernels import areas
from maskexpr.library import elements
from maskexpr.library.operators import PLANNED
from maskexpr.library.regions.components import neighbours, remove_small

_OUTSIDE = "outside the image there are no pixels"
_ALIASES = {"area_threshold": "size"}


def _of_masks(expression: str) -> Derived:
    """What it is for a mask; for an image nothing else."""
    return lambda kind, settings: expression if kind.name == "mask" else ""


@function(gives=SAME, halo=WHOLE, cost=500, memory=210, border=_OUTSIDE, aliases=_ALIASES, total=True, transposes=True,
         keeps_empty=True, derived=_of_masks("remove_small(m, size, connectivity, axes)"),
         without_data="areas")  # fmt: skip
def area_open(m: MaskOrImage, size: SizeLimit, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """Level what is bright on fewer pixels than `size`, whatever its form.

    Each pixel gets the highest value, up to its own, at which the pixels that are as bright or brighter, and connected
    to it, are so many. So a bright spot is cut down to where it is wide enough, and everything else stays as it is;
    unlike `open`, which goes by an element, it keeps thin lines that are long. Of a mask it is `remove_small(m, size)`.
    `size` is a number of pixels, which may depend on pixels, or a size such as 20mm2, exactly as for `remove_small`;
    `connectivity` and `axes` as for `label`. An image of fewer pixels gets its lowest value everywhere. nan stays nan,
    and connects nothing: what it cuts off is an image by itself.

    Border: outside the image there are no pixels, so a spot that the border cuts counts with what is inside.
    Errors: a negative size; mm2 on a volume or mm3 on a plane; a size in mm where the spacing is unknown; a
    connectivity that the number of axes does not have.
    Source: Vincent, Grayscale area openings and closings, 1993; equals skimage.morphology.area_opening, which gives 0
    in place of the lowest value.

    >>> evaluate("area_open(im, 2)", im=[[1, 9, 1, 5, 6, 1]])
    array([[1, 1, 1, 5, 5, 1]])
    """
    return remove_small(m, size, connectivity, axes) if m.dtype == bool else _opened(m, None, size, connectivity, axes)


@function(gives=SAME, halo=WHOLE, cost=500, memory=210, border=_OUTSIDE, aliases=_ALIASES, total=True, transposes=True,
         extensive=True, derived=_of_masks("~remove_small(~m, size, connectivity, axes)"),
         without_data="areas")  # fmt: skip
def area_close(m: MaskOrImage, size: SizeLimit, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """Level what is dark on fewer pixels than `size`, whatever its form.

    Each pixel gets the lowest value, from its own on, at which the pixels that are as dark or darker, and connected to
    it, are so many. Of a mask it is `~remove_small(~m, size)`, which fills small background at the image's border too.
    Arguments as for `area_open`, which this is of the image turned upside down.

    Border: outside the image there are no pixels, so a spot that the border cuts counts with what is inside.
    Errors: as for `area_open`.
    Source: as for `area_open`; equals skimage.morphology.area_closing of integers, which gives the type's highest value
    in place of the image's, and of floats rounds what it takes from 1.

    >>> evaluate("area_close(im, 2)", im=[[5, 2, 5, 3, 4, 5]])
    array([[5, 5, 5, 4, 4, 5]])
    """
    if m.dtype == bool:
        return ~remove_small(~m, size, connectivity, axes)
    return _opened(m, None, size, connectivity, axes, closes=True)


@function(name="area_open within", gives=SAME, halo=WHOLE, cost=500, memory=210, catalogue=PLANNED, total=True,
         transposes=True)  # fmt: skip
def area_open_within(m: Image, within: Mask, size: SizeLimit, connectivity: Connectivity, axes: Axes) -> Array:
    """The same, of the pixels of a mask alone; the others stay as they are."""
    return _opened(m, within, size, connectivity, axes)


@function(name="area_close within", gives=SAME, halo=WHOLE, cost=500, memory=210, catalogue=PLANNED, total=True,
         transposes=True)  # fmt: skip
def area_close_within(m: Image, within: Mask, size: SizeLimit, connectivity: Connectivity, axes: Axes) -> Array:
    """The same, of the pixels of a mask alone; the others stay as they are."""
    return _opened(m, within, size, connectivity, axes, closes=True)


def _opened(
    im: Array, within: Masks | None, size: Any, connectivity: int, axes: tuple[int, ...] | None, closes: bool = False
) -> Array:
    counted = np.ones(im.shape, bool) if within is None else within
    if im.dtype.kind == "f":
        counted = counted & ~np.isnan(im)
    offsets = [offset for offset in elements.offsets(neighbours(connectivity, axes, im.ndim)) if any(offset)]
    result = areas.opened(im, counted, _pixels(size, im.size), offsets, closes)
    return result + im.dtype.type(0) if im.dtype.kind == "f" else result  # which of two zeros is taken is left open


def _pixels(size: Any, most: int) -> int:
    """The smallest whole number that is no less than a size; what more than all pixels would be is one more."""
    return math.ceil(size) if size <= most else most + 1
