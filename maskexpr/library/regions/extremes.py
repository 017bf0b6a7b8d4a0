"""Maxima and minima of an image: plateaus that are higher or lower than all around them, and by how much they are."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import Array, Axes, Connectivity, Height, Image, MaskOrNone, Masks
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.plateaus import plateaus
from maskexpr.kernels.sweeps import reconstruction
from maskexpr.library import elements
from maskexpr.library.regions.components import neighbours

_OUTSIDE = "outside the image there are no values"


@function(gives=MASK, halo=WHOLE, cost=60, memory=80, border=_OUTSIDE, total=True, transposes=True,
         without_data="peaks")  # fmt: skip
def regional_maxima(im: Image, connectivity: Connectivity = 1, axes: Axes = None, within: MaskOrNone = None) -> Masks:
    """The regional maxima of an image: connected pixels of one value that have no higher neighbour.

    Plateaus are taken as a whole, however large, and floats are compared as they are. An image of one value has no
    maxima. `connectivity` as for `label`; `axes="yx"` looks at each slice of a stack by itself; pixels outside of
    `within` are not looked at. nan is no maximum and hides none.

    Border: pixels outside the image are not looked at, so that a maximum may lie at the border.
    Errors: a connectivity that the number of axes does not have; images of different shapes.
    Source: equals skimage.morphology.local_maxima, which joins by corners unless told otherwise, and MATLAB's
    imregionalmax, to which an image of one value is a maximum.

    >>> evaluate("regional_maxima(im)", im=[[1, 5, 5, 2, 3, 2, 6]]).astype(int)
    array([[0, 1, 1, 0, 1, 0, 1]])
    """
    return _by_slice(_maxima, im, connectivity, axes, within)


@function(gives=MASK, halo=WHOLE, cost=60, memory=80, border=_OUTSIDE, total=True, transposes=True,
         without_data="peaks")  # fmt: skip
def regional_minima(im: Image, connectivity: Connectivity = 1, axes: Axes = None, within: MaskOrNone = None) -> Masks:
    """The regional minima of an image: connected pixels of one value that have no lower neighbour.

    Arguments as for `regional_maxima`, which this is of the image turned upside down.

    Border: pixels outside the image are not looked at, so that a minimum may lie at the border.
    Errors: as for `regional_maxima`.
    Source: equals skimage.morphology.local_minima, which joins by corners unless told otherwise.

    >>> evaluate("regional_minima(im)", im=[[3, 1, 1, 2, 0]]).astype(int)
    array([[0, 1, 1, 0, 1]])
    """
    return _by_slice(_minima, im, connectivity, axes, within)


@function(gives=MASK, halo=WHOLE, cost=300, memory=120, border=_OUTSIDE, total=True, transposes=True,
         without_data="peaks")  # fmt: skip
def h_maxima(
    im: Image, h: Height, connectivity: Connectivity = 1, axes: Axes = None, within: MaskOrNone = None
) -> Masks:
    """The maxima of an image that rise by h or more: from such a pixel every way to a higher one goes down by h first.

    So they are what noise of less than h cannot make. The highest pixels rise from the image's smallest value: there is
    no maximum where h is more than the whole range. A maximum is the plateau at its top; of two of one height that are
    not h apart both count. h=0 gives `regional_maxima`. `h` is in the image's own units, and may depend on pixels
    (`3 * std(im)`); the differences are exact, of integers and floats. `connectivity`, `axes`, `within` as for
    `regional_maxima`, nan as there.

    Border: pixels outside the image are not looked at, so that a maximum may lie at the border.
    Errors: a negative h; a connectivity that the number of axes does not have; images of different shapes.
    Source: Soille, Morphological image analysis, 2003 (doi:10.1007/978-3-662-05088-0), section 6.3; equals
    skimage.morphology.h_maxima of integers, which joins by corners unless told otherwise and of floats counts what is
    almost as high. MATLAB's imextendedmax gives all pixels above the height minus h.

    >>> evaluate("h_maxima(im, 3)", im=[[1, 5, 5, 2, 4, 3, 6]]).astype(int)
    array([[0, 1, 1, 0, 0, 0, 1]])
    """
    return _by_slice(lambda part, counted, joined: risen(part, counted, h, joined), im, connectivity, axes, within)


@function(gives=MASK, halo=WHOLE, cost=300, memory=120, border=_OUTSIDE, total=True, transposes=True,
         without_data="peaks")  # fmt: skip
def h_minima(
    im: Image, h: Height, connectivity: Connectivity = 1, axes: Axes = None, within: MaskOrNone = None
) -> Masks:
    """The minima of an image that are h deep or more: from such a pixel every way to a lower one goes up by h first.

    Arguments as for `h_maxima`, which this is of the image turned upside down.

    Border: pixels outside the image are not looked at, so that a minimum may lie at the border.
    Errors: as for `h_maxima`.
    Source: as for `h_maxima`; equals skimage.morphology.h_minima of integers, which joins by corners unless told
    otherwise.

    >>> evaluate("h_minima(im, 3)", im=[[5, 1, 3, 2, 6, 6]]).astype(int)
    array([[0, 1, 0, 0, 0, 0]])
    """
    turned = upside_down(im)
    return _by_slice(lambda part, counted, joined: risen(part, counted, h, joined), turned, connectivity, axes, within)


# --- how they are found ----------------------------------------------------------------------------------------------

_Finder = Callable[[Array, Masks, Masks], Masks]  # an image, the pixels that count, the neighbours of one in the middle


def upside_down(im: Array) -> Array:
    """An image whose order is the other way round, at the same distances."""
    if im.dtype.kind == "f":
        return np.asarray(np.negative(im))
    return np.asarray(np.subtract(im.max(), im, dtype=np.uint64, casting="unsafe"))  # modulo 2^64 it is right


def _by_slice(find: _Finder, im: Array, connectivity: int, axes: tuple[int, ...] | None, within: Masks | None) -> Masks:
    """Maxima of each slice by itself, among the pixels that are numbers and lie in the mask."""
    counted = np.ones(im.shape, bool) if within is None else within
    if im.dtype.kind == "f":
        counted = counted & ~np.isnan(im)
    joined = neighbours(connectivity, axes, im.ndim)
    result = np.zeros(im.shape, bool)
    for place in elements.slices(im.shape, axes):
        result[place] = find(im[place], counted[place], joined)
    return result


def _maxima(im: Array, counted: Masks, joined: Masks) -> Masks:
    """The plateaus that are higher than the lowest pixel."""
    if not counted.any():
        return counted
    if counted.all():
        return np.asarray(plateaus(im, joined, None, np.greater) & (im > im.min()))
    return np.asarray(plateaus(im, joined, counted, np.greater) & (im > im[counted].min()))


def _minima(im: Array, counted: Masks, joined: Masks) -> Masks:
    """The plateaus that are lower than the highest pixel."""
    if not counted.any():
        return counted
    if counted.all():
        return np.asarray(plateaus(im, joined, None, np.less) & (im < im.max()))
    return np.asarray(plateaus(im, joined, counted, np.less) & (im < im[counted].max()))


def risen(im: Array, counted: Masks, h: Any, joined: Masks) -> Masks:
    """The pixels, of those that count, from which no higher one can be reached without going down by h.

    It is a reconstruction of ranks: those of the values, and of each value the rank of what lies h below it. The seed
    of two values that have the same values h below them differs all the same, so that the higher one is found.
    """
    values, ranks = np.unique(im[counted], return_inverse=True)
    count = len(values)
    if not count:
        return counted
    below = np.minimum(_how_many_below(values, h), np.arange(count))
    start, limit = np.full(im.shape, -1, np.int64), np.full(im.shape, -1, np.int64)
    start[counted] = (below * count + np.arange(count))[ranks]
    limit[counted] = ((np.arange(count) + 1) * count)[ranks]
    found = reconstruction(start, limit, elements.neighbours_of(joined))
    result = found == start
    result[counted] &= (below > 0)[ranks]
    return np.asarray(result & counted)


def _how_many_below(values: Array, h: Any) -> Array:
    """How many of some rising values lie by h or more below each of them, exactly."""
    if values.dtype.kind == "f":
        floats = values.astype(np.float64)
        from maskexpr.kernels.elementary.two_floats import two_sum  # which few programs need

        least, rest = two_sum(floats, -float(min(h, sys.float_info.max)))
        rest = np.where(np.isfinite(least), rest, 0)
        found = np.where(
            rest < 0, np.searchsorted(floats, least, side="left"), np.searchsorted(floats, least, side="right")
        )
        return np.asarray(found)
    above = np.subtract(values, values[0], dtype=np.uint64, casting="unsafe")
    if h > int(above[-1]):
        return np.zeros(len(values), np.int64)
    step = np.uint64(-(-h // 1))
    reaches = above >= step
    return np.where(reaches, np.searchsorted(above, np.where(reaches, above - step, 0), side="right"), 0)
