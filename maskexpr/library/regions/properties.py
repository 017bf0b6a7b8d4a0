"""The properties of regions that `keep` chooses by: what each one means.

A property gives one number a region. It is measured in pixels, not in units of the spacing, and over the axes that are
worked on. What is computed from counts, moments and sums of whole numbers, which are exact, is rounded at the end; a
sum of floating grey values is the exact sum, rounded once.
"""

import math

import numpy as np

from maskexpr.functions.parameters import Array
from maskexpr.kernels import hulls
from maskexpr.kernels.eigenvalues import eigenvalues
from maskexpr.kernels.elementary import cbrt
from maskexpr.library.measures.masks import perimeters
from maskexpr.library.regions.pixels import Regions, floating, largest, roomy
from maskexpr.library.regions.records import (
    LENGTH,
    SIZE,
    counts,
    deviations,
    floats_within,
    like_image,
    means,
    middles,
    positions,
    property_of_regions,
)

_PLANE = frozenset({2})
_VOLUME = frozenset({3})
_PLANE_OR_VOLUME = _PLANE | _VOLUME

# --- size ------------------------------------------------------------------------------------------------------------


@property_of_regions(gives=counts, power=SIZE)
def area(regions: Regions) -> Array:
    """The number of pixels of a region; in a volume its voxels.

    Holes do not count. Compared with a size such as 20mm2 or 5mm3 where the spacing is known.

    Any number of axes.

    Source: equals area of skimage.measure.regionprops without a spacing.

    >>> evaluate("keep(im > 0, area >= 2)", im=[[1, 1, 0, 1]]).astype(int)
    array([[1, 1, 0, 0]])
    """
    return regions.sizes


@property_of_regions(gives=counts, power=SIZE, dimensions=_VOLUME)
def volume(regions: Regions) -> Array:
    """The number of voxels of a region of a volume; the same as `area`.

    Three axes.

    Source: equals area of skimage.measure.regionprops without a spacing.

    >>> evaluate("count(keep(m, volume >= 2))", m=np.array([[[1, 1, 0, 0], [0, 0, 0, 1]]], bool))
    1
    """
    return area(regions)


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=_PLANE_OR_VOLUME)
def equivalent_diameter(regions: Regions) -> Array:
    """The diameter of the disk or ball that has as many pixels; in pixels.

    Two axes: the root of 4 / pi * area; three: the cube root of 6 / pi * area.

    Source: as equivalent_diameter_area of skimage.measure.regionprops, but for a volume's last bit.

    >>> evaluate("keep(im > 0, equivalent_diameter > 1.5)", im=[[1, 1, 0, 1]]).astype(int)
    array([[1, 1, 0, 0]])
    """
    if len(regions.axes) == 2:
        return np.sqrt(regions.sizes * 4 / math.pi)
    return np.asarray(cbrt(regions.sizes * 6 / math.pi))


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=_PLANE)
def perimeter(regions: Regions) -> Array:
    """The length of a region's contours, in pixels; those of its holes count too.

    It is what the function `perimeter` gives for the region alone. Outside the image all is empty. A region of one or
    two pixels has the perimeter 0.

    Two axes.

    Source: Benkrid & Crookes, Design and FPGA implementation of a perimeter estimator, 2000; as perimeter of
    skimage.measure.regionprops, but for the last bit.

    >>> evaluate("keep(im > 0, perimeter >= 4)", im=[[1, 1, 0, 0], [1, 1, 0, 1]]).astype(int)
    array([[1, 1, 0, 0],
           [1, 1, 0, 0]])
    """
    return perimeters(np.moveaxis(regions.labels, regions.axes, (-2, -1)), regions.count)


# --- form ------------------------------------------------------------------------------------------------------------


@property_of_regions(gives=floats_within(0, 1))
def extent(regions: Regions) -> Array:
    """The share of its bounding box that a region fills; above 0, and 1 for a box.

    Any number of axes.

    Source: equals extent of skimage.measure.regionprops.

    >>> evaluate("keep(im > 0, extent == 1)", im=[[1, 0, 1, 1], [1, 1, 0, 0]]).astype(int)
    array([[0, 0, 1, 1],
           [0, 0, 0, 0]])
    """
    return np.asarray(regions.sizes / np.prod(regions.stops - regions.starts, axis=0))


@property_of_regions(gives=floats_within(0, 1), dimensions=frozenset({1, 2, 3}))
def solidity(regions: Regions) -> Array:
    """The share of its convex hull that a region fills, above 0 and at most 1. Holes and bays make it less.

    The hull is that of `hull`: the pixels whose centres lie in it or on its edge. It goes around whole pixels, so that
    a box or a straight line fills it, and a large disk all but some per cent.

    One to three axes.

    Source: as solidity of skimage.measure.regionprops, whose hulls are computed in floating numbers, and in a volume
    fail for flat regions.

    >>> evaluate("keep(im > 0, solidity < 1)", im=[[1, 0, 1, 0, 1], [1, 1, 1, 0, 1]]).astype(int)
    array([[1, 0, 1, 0, 0],
           [1, 1, 1, 0, 0]])
    """
    if not regions.count:
        return np.zeros(0)
    return regions.sizes / hulls.hull_sizes(regions.coordinates.T, regions.owners, regions.count)


@property_of_regions(gives=floats_within(0, 1), dimensions=_PLANE)
def circularity(regions: Regions) -> Array:
    """How round a region is, up to 1 for a disk; 4 pi * area / perimeter ** 2.

    Long, ragged and pierced regions have less. At most 1, although some small regions would have more, such as a line
    of up to 16 pixels, whose perimeter is short; 0 where the perimeter is 0, as for one or two pixels.

    Two axes.

    Source: Cox, A method of assigning numerical and percentage values to the degree of roundness of sand grains, 1927;
    limited as in ImageJ, which measures perimeters in its own way.

    >>> evaluate("any(keep(m, circularity > 0.5))", m=np.ones((2, 30), bool))
    False
    """
    around = perimeter(regions)
    square = np.where(around > 0, np.square(around), np.inf)
    return np.minimum(4 * math.pi * regions.sizes / square, 1)


@property_of_regions(gives=floats_within(0, 1), dimensions=_PLANE)
def eccentricity(regions: Regions) -> Array:
    """How elongated a region is, from 0 for a disk or square to 1 for a line.

    The eccentricity of the ellipse that has its second moments, sqrt(1 - (minor_axis / major_axis) ** 2); 0 for a
    single pixel.

    Two axes.

    Source: as eccentricity of skimage.measure.regionprops, but from exact moments: it gives 0 and 1 exactly where
    these are due.

    >>> evaluate("keep(im > 0, eccentricity < 0.5)", im=[[1, 1, 0, 1, 1, 1], [1, 1, 0, 0, 0, 0]]).astype(int)
    array([[1, 1, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0]])
    """
    large, _, difference = _principal(regions)
    return np.sqrt(_ratio(difference, large))


def _principal(regions: Regions) -> tuple[Array, Array, Array]:
    """The variances along the principal axes in a plane times size squared: larger, smaller, and their difference.

    The smaller one comes from the determinant, as a difference would lose its digits in lean regions.
    """
    (yy, yx), (_, xx) = regions.moments
    difference = np.sqrt(floating((yy - xx) ** 2 + 4 * yx**2))
    large = (floating(yy + xx) + difference) / 2
    return large, _ratio(floating(yy * xx - yx**2), large), difference


def _ratio(a: Array, b: Array) -> Array:
    """a / b, and 0 where b is 0."""
    return np.divide(a, b, out=np.zeros(a.shape), where=b > 0)


def _variances(regions: Regions) -> tuple[Array, Array]:
    """The largest and the smallest variance along the principal axes, in a plane or a volume."""
    squares = floating(regions.sizes.astype(object) ** 2)
    if len(regions.axes) == 2:
        large, small, _ = _principal(regions)
        return large / squares, small / squares
    (zz, zy, zx), (_, yy, yx), (_, _, xx) = m = regions.moments
    least, _, most = eigenvalues(floating(m))
    determinant = zz * (yy * xx - yx**2) - zy * (zy * xx - yx * zx) + zx * (zy * yx - yy * zx)
    return most / squares, np.where((determinant == 0) | (least < 0), 0, least) / squares


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=_PLANE_OR_VOLUME)
def major_axis(regions: Regions) -> Array:
    """The length of the longest axis of the ellipse, or ellipsoid, like a region.

    In pixels, of the one that has the region's second moments; a whole length, not half of it. 4 times the root of the
    largest variance of the pixels' coordinates in a plane, the root of 20 times it in a volume. 0 for a single pixel.

    Two or three axes.

    Source: as axis_major_length of skimage.measure.regionprops, but from exact moments.

    >>> evaluate("keep(im > 0, major_axis > 3)", im=[[1, 1, 0, 1, 1, 1]]).astype(int)
    array([[0, 0, 0, 1, 1, 1]])
    """
    return _axis_length(regions, _variances(regions)[0])


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=_PLANE_OR_VOLUME)
def minor_axis(regions: Regions) -> Array:
    """The length of the shortest axis of the ellipse, or ellipsoid, like a region.

    As `major_axis`, from the smallest variance. 0 for a straight line of pixels, and for a plane in a volume.

    Two or three axes.

    Source: as axis_minor_length of skimage.measure.regionprops, but from exact moments: it gives 0 exactly where it is
    due.

    >>> evaluate("keep(im > 0, minor_axis > 1)", im=[[1, 1, 0, 1, 1, 1], [1, 1, 0, 0, 0, 0]]).astype(int)
    array([[1, 1, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0]])
    """
    return _axis_length(regions, _variances(regions)[1])


def _axis_length(regions: Regions, variance: Array) -> Array:
    return np.asarray(np.sqrt(variance * (16 if len(regions.axes) == 2 else 20)))


# --- place -----------------------------------------------------------------------------------------------------------


@property_of_regions(gives=middles, parts=1)
def centroid(regions: Regions) -> Array:
    """The mean position of a region's pixels; `centroid[0]` is that along the first axis.

    That is the row in a plane. With `axes` only those axes count: with `axes="yx"` `centroid[0]` is the row in a stack
    too. Positions count pixels from 0 at the centre of the image's first, and can be compared with lengths where the
    spacing is known. Exact quotients, rounded once.

    Any number of axes.

    Source: equals centroid of skimage.measure.regionprops without a spacing.

    >>> evaluate("keep(im > 0, centroid[1] < 2)", im=[[1, 1, 0, 1, 1, 1]]).astype(int)
    array([[1, 1, 0, 0, 0, 0]])
    """
    size = regions.sizes.astype(object)
    sums = [offset + start * size for offset, start in zip(regions.offset_sums, regions.starts, strict=True)]
    return np.stack([floating(along / size) for along in sums])


@property_of_regions(gives=positions, parts=2)
def bbox(regions: Regions) -> Array:
    """The smallest box around a region; where it starts along each axis, then where it stops.

    In a plane `bbox[0]` and `bbox[1]` are the first row and column, `bbox[2]` and `bbox[3]` those after the last. With
    `axes` only those axes count. Positions count pixels from 0, and can be compared with lengths where the spacing is
    known.

    Any number of axes.

    Source: equals bbox of skimage.measure.regionprops.

    >>> evaluate("keep(im > 0, bbox[1] >= 3)", im=[[1, 1, 0, 1, 1, 1]]).astype(int)
    array([[0, 0, 0, 1, 1, 1]])
    """
    return np.concatenate([regions.starts, regions.stops])


# --- grey values -----------------------------------------------------------------------------------------------------


@property_of_regions(gives=means, needs_image=True)
def mean_intensity(regions: Regions) -> Array:
    """The mean of the grey values of a region, in the image given as `of`.

    Of integers the exact quotient, rounded once; of floating values the exact sum, rounded to float64, is divided; both
    as the function `mean` gives it. nan if any value is nan.

    Any number of axes.

    Errors: no image given as `of`.
    Source: as intensity_mean of skimage.measure.regionprops, whose sums are rounded on the way.

    >>> evaluate("keep(im > 0, mean_intensity > 4, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[0, 0, 0, 1, 1]])
    """
    return floating(regions.total(regions.values) / _divisors(regions))


@property_of_regions(gives=deviations, needs_image=True)
def std_intensity(regions: Regions) -> Array:
    """The standard deviation of the grey values of a region, in the image given as `of`.

    That of the population: the divisor is the number of pixels. Of integers the variance is exact, rounded once; of
    floating values the mean comes first, then the exact sum of the squared distances from it, each rounded to float64;
    both as the function `std` has it. nan if any value is nan or infinite; 0 for a single pixel.

    Any number of axes.

    Errors: no image given as `of`.
    Source: as intensity_std of skimage.measure.regionprops, whose sums are rounded on the way.

    >>> evaluate("keep(im > 0, std_intensity > 1, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[0, 0, 0, 1, 1]])
    """
    values, size = regions.values, _divisors(regions)
    if values.dtype.kind == "f":
        deviations = values - mean_intensity(regions)[regions.owners]
        return np.sqrt(regions.total(np.square(deviations)) / size)
    exact = roomy(values, largest(values) ** 2 if values.size else 0)
    variances = (size * regions.total(exact * exact) - regions.total(values) ** 2) / size**2
    return np.sqrt(floating(variances))


def _divisors(regions: Regions) -> Array:
    """The sizes in a form in which a sum is divided by them: exactly, where it is exact."""
    return regions.sizes if regions.values.dtype.kind == "f" else regions.sizes.astype(object)


@property_of_regions(gives=like_image, needs_image=True)
def min_intensity(regions: Regions) -> Array:
    """The smallest grey value of a region, in the image given as `of`; nan if any is nan.

    It has the image's own type, so that it compares as the image does; a zero has no sign.

    Any number of axes.

    Errors: no image given as `of`.
    Source: equals intensity_min of skimage.measure.regionprops.

    >>> evaluate("keep(im > 0, min_intensity > 3, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[0, 0, 0, 1, 1]])
    """
    return regions.least(regions.values)


@property_of_regions(gives=like_image, needs_image=True)
def max_intensity(regions: Regions) -> Array:
    """The largest grey value of a region, in the image given as `of`; nan if any is nan.

    It has the image's own type, so that it compares as the image does; a zero has no sign.

    Any number of axes.

    Errors: no image given as `of`.
    Source: equals intensity_max of skimage.measure.regionprops.

    >>> evaluate("keep(im > 0, max_intensity < 8, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[1, 1, 0, 0, 0]])
    """
    return regions.most(regions.values)
