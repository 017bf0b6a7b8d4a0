"""What form regions have: how full, round, long, and which way they lie."""

import math

import numpy as np

from maskexpr.functions.parameters import Array
from maskexpr.kernels.eigenvalues import eigenvalues
from maskexpr.kernels.elementary import arctan2, cbrt
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.properties.size import (
    PLANE,
    PLANE_OR_VOLUME,
    VOLUME,
    mesh_volume,
    perimeter,
    surface_area,
)
from maskexpr.library.regions.records import LENGTH, floats_within, property_of_regions, whole
from maskexpr.library.regions.rounding import floating, largest, roomy

# --- shares and roundness --------------------------------------------------------------------------------------------


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
    return regions.sizes / regions.hull_sizes


@property_of_regions(gives=floats_within(0, 1), dimensions=PLANE, square=True)
def circularity(regions: Regions) -> Array:
    """How round a region is, up to 1 for a disk; 4 pi * area / perimeter ** 2.

    Long, ragged and pierced regions have less. At most 1, although some small regions would have more, such as a line
    of up to 16 pixels, whose perimeter is short; 0 where the perimeter is 0, as for one or two pixels.

    Two axes.

    Source: Cox, A method of assigning numerical and percentage values to the degree of roundness of sand grains, 1927;
    limited as in ImageJ, which measures perimeters in its own way. What ImageJ calls Round is `roundness`.

    >>> evaluate("any(keep(m, circularity > 0.5))", m=np.ones((2, 30), bool))
    False
    """
    around = perimeter(regions)
    square = np.where(around > 0, np.square(around), np.inf)
    return np.minimum(4 * math.pi * regions.sizes / square, 1)


@property_of_regions(gives=floats_within(0, math.inf), dimensions=PLANE)
def roundness(regions: Regions) -> Array:
    """How round a region is, about 1 for a disk and less the longer it is; 4 * area / (pi * major_axis ** 2).

    Other than `circularity` it does not mind a ragged outline. Small regions have up to 1.28, as `major_axis` goes by
    the centres of pixels; a single pixel has 1. Measured in units, it is that of the pixels as the spacing has them.

    Two axes.

    Source: the formula of Round in ImageJ, whose ellipse counts pixels as squares and is scaled to the region's area.
    ITK's Roundness is another: it goes by the perimeter.

    >>> evaluate("keep(im > 0, roundness > 0.9)", im=[[1, 1, 0, 1, 1, 1], [1, 1, 0, 0, 0, 0]]).astype(int)
    array([[1, 1, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0]])
    """
    square = np.square(major_axis(regions))
    areas = 4 * regions.sized(regions.sizes)
    return np.asarray(np.divide(areas, math.pi * square, out=np.ones(regions.count), where=square > 0))


@property_of_regions(gives=floats_within(1, math.inf), dimensions=PLANE_OR_VOLUME)
def aspect_ratio(regions: Regions) -> Array:
    """How long a region is beside its width: `major_axis / minor_axis`; 1 for a disk, square or single pixel.

    inf for a straight line of pixels, and for a plane in a volume. Measured in units, it is that of the pixels as the
    spacing has them.

    Two or three axes.

    Source: as AR in ImageJ, whose ellipse counts pixels as squares, so that lines have a width.

    >>> evaluate("keep(im > 0, aspect_ratio < 1.5)", im=[[1, 1, 0, 1, 1, 1], [1, 1, 0, 1, 1, 1]]).astype(int)
    array([[1, 1, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0]])
    """
    large, small = (_axis_length(regions, variance) for variance in _variances(regions))
    quotient = np.divide(large, small, out=np.where(large > 0, np.inf, 1.0), where=small > 0)
    return np.maximum(quotient, 1)


@property_of_regions(gives=floats_within(-math.inf, math.inf, nan=True), dimensions=VOLUME)
def sphericity(regions: Regions) -> Array:
    """How like a ball a region of a volume is, at most 1; the cube root of 36 pi * mesh_volume ** 2, by surface_area.

    Volume and surface are those of its triangles, as `surface_area` has them. Measured in units, it is that of the
    voxels as the spacing has them.

    Three axes.

    Source: Sphericity of pyradiomics; Wadell, Volume, shape, and roundness of quartz particles, 1935.

    >>> evaluate("count(keep(m, sphericity > 0.8))", m=np.array([[[1, 1, 1, 0, 1], [0, 0, 0, 0, 0]]], bool))
    1
    """
    return np.asarray(cbrt(36 * math.pi * np.square(mesh_volume(regions)))) / surface_area(regions)


@property_of_regions(gives=whole, dimensions=PLANE_OR_VOLUME, light=True)
def euler_number(regions: Regions) -> Array:
    """The number of parts of a region less that of its holes; in a volume plus that of its cavities.

    1 for a region without a hole, 0 for a ring. Pixels are joined by corners too, whatever the `connectivity` is by
    which the region was found, and holes by faces alone. In a volume holes are tunnels, as through a ring.

    Two or three axes.

    Source: equals euler_number of skimage.measure.regionprops; Ohser & Muecklich, Statistical Analysis of
    Microstructures in Materials Science, 2000.

    >>> evaluate("keep(im > 0, euler_number < 1)", im=[[1, 1, 1, 0, 1], [1, 0, 1, 0, 1], [1, 1, 1, 0, 1]]).astype(int)
    array([[1, 1, 1, 0, 0],
           [1, 0, 1, 0, 0],
           [1, 1, 1, 0, 0]])
    """
    return regions.euler_numbers


@property_of_regions(gives=floats_within(0, 1), dimensions=PLANE)
def eccentricity(regions: Regions) -> Array:
    """How elongated a region is, from 0 for a disk or square to 1 for a line.

    The eccentricity of the ellipse that has its second moments, sqrt(1 - (minor_axis / major_axis) ** 2); 0 for a
    single pixel. Measured in units, it is that of the pixels as the spacing has them.

    Two axes.

    Source: as eccentricity of skimage.measure.regionprops, but from exact moments: it gives 0 and 1 exactly where
    these are due.

    >>> evaluate("keep(im > 0, eccentricity < 0.5)", im=[[1, 1, 0, 1, 1, 1], [1, 1, 0, 0, 0, 0]]).astype(int)
    array([[1, 1, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0]])
    """
    large, _, difference = _principal(regions)
    return np.sqrt(_ratio(difference, large))


@property_of_regions(gives=floats_within(-math.pi / 2, math.pi / 2), dimensions=PLANE)
def orientation(regions: Regions) -> Array:
    """The angle from the first axis, that of the rows, to the longest axis of the ellipse like a region; in radians.

    From -pi / 2 to pi / 2: 0 for a region that is long from top to bottom, pi / 2 for one that is long from left to
    right, pi / 4 for one from the upper left to the lower right. Where no axis is longer, as of a disk, a square or a
    single pixel, it is -pi / 4. Measured in units, it is that of the pixels as the spacing has them.

    Two axes.

    Source: as orientation of skimage.measure.regionprops, but from exact moments: it gives 0 and pi / 2 exactly where
    these are due. Angle of ImageJ is in degrees, from the x axis.

    >>> evaluate("keep(im > 0, abs(orientation) < 0.1)", im=[[1, 0, 1, 1], [1, 0, 0, 0]]).astype(int)
    array([[1, 0, 0, 0],
           [1, 0, 0, 0]])
    """
    (yy, yx), (_, xx) = regions.weighed_moments
    angles = np.asarray(arctan2(floating(2 * yx), floating(yy - xx))) / 2
    return np.where((yy == xx) & (yx <= 0), -math.pi / 4, angles)


def _principal(regions: Regions) -> tuple[Array, Array, Array]:
    """The variances along the principal axes in a plane times size squared: larger, smaller, and their difference.

    The smaller one comes from the determinant, as a difference would lose its digits in lean regions.
    """
    moments = regions.weighed_moments
    (yy, yx), (_, xx) = moments if moments.dtype == object else roomy(moments, 8 * largest(moments) ** 2)
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
    (zz, zy, zx), (_, yy, yx), (_, _, xx) = m = regions.weighed_moments.astype(object)
    least, _, most = eigenvalues(floating(m))
    determinant = zz * (yy * xx - yx**2) - zy * (zy * xx - yx * zx) + zx * (zy * yx - yy * zx)
    return most / squares, np.where((determinant == 0) | (least < 0), 0, least) / squares


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=PLANE_OR_VOLUME)
def major_axis(regions: Regions) -> Array:
    """The length of the longest axis of the ellipse, or ellipsoid, like a region.

    Of the one that has the region's second moments; a whole length, not half of it. 4 times the root of the largest
    variance of the pixels' coordinates in a plane, the root of 20 times it in a volume. 0 for a single pixel. In
    pixels, or a length, which follows the spacing of each axis.

    Two or three axes.

    Source: as axis_major_length of skimage.measure.regionprops, but from exact moments.

    >>> evaluate("keep(im > 0, major_axis > 3)", im=[[1, 1, 0, 1, 1, 1]]).astype(int)
    array([[0, 0, 0, 1, 1, 1]])
    """
    return _axis_length(regions, _variances(regions)[0])


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=PLANE_OR_VOLUME)
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
