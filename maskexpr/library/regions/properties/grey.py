"""What grey values regions have in an image."""

import math

import numpy as np

from maskexpr.functions.parameters import Array
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.records import (
    LENGTH,
    among,
    deviations,
    floats,
    like_image,
    means,
    property_of_regions,
    sums,
)
from maskexpr.library.regions.rounding import quotients, sum_type


@property_of_regions(gives=means, needs="of")
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
    if not regions.is_whole:
        return regions.image_sums / regions.sizes
    return quotients(regions.image_sums, regions.sizes)


@property_of_regions(gives=sums, needs="of")
def sum_intensity(regions: Regions) -> Array:
    """The sum of the grey values of a region, in the image given as `of`; its integrated density.

    Of integers exact and whole, but of those of 64 bits, whose sum is rounded once to float64; of floating values the
    exact sum, rounded once to float64. nan if any value is nan.

    Any number of axes.

    Errors: no image given as `of`.
    Source: RawIntDen of ImageJ; numpy.sum of each region, which rounds on the way.

    >>> evaluate("keep(im > 0, sum_intensity > 8, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[0, 0, 0, 1, 1]])
    """
    assert regions.image is not None
    return regions.image_sums.astype(sum_type(regions.image.dtype, math.prod(regions.shape)))


@property_of_regions(gives=deviations, needs="of")
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
    if not regions.is_whole:
        return np.sqrt(regions.squared_distances(mean_intensity(regions)) / regions.sizes)
    size = regions.sizes.astype(object)
    variances = size * regions.square_sums.astype(object) - regions.image_sums.astype(object) ** 2
    return np.sqrt(quotients(variances, size**2))


@property_of_regions(gives=like_image, needs="of", light=True)
def min_intensity(regions: Regions) -> Array:
    """The smallest grey value of a region, in the image given as `of`; nan if any is nan.

    It has the image's own type, so that it compares as the image does; a zero has no sign.

    Any number of axes.

    Errors: no image given as `of`.
    Source: equals intensity_min of skimage.measure.regionprops.

    >>> evaluate("keep(im > 0, min_intensity > 3, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[0, 0, 0, 1, 1]])
    """
    return regions.least


@property_of_regions(gives=like_image, needs="of", light=True)
def max_intensity(regions: Regions) -> Array:
    """The largest grey value of a region, in the image given as `of`; nan if any is nan.

    It has the image's own type, so that it compares as the image does; a zero has no sign.

    Any number of axes.

    Errors: no image given as `of`.
    Source: equals intensity_max of skimage.measure.regionprops.

    >>> evaluate("keep(im > 0, max_intensity < 8, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[1, 1, 0, 0, 0]])
    """
    return regions.most


@property_of_regions(gives=among, needs="of")
def median_intensity(regions: Regions) -> Array:
    """The median of the grey values of a region, in the image given as `of`; nan if any is nan.

    The middle value, or the mean of the two middle ones, rounded once; as the function `median` gives it.

    Any number of axes.

    Errors: no image given as `of`.
    Source: as intensity_median of skimage.measure.regionprops, which means two float32 values in float32.

    >>> evaluate("keep(im > 0, median_intensity > 5, of=im)", im=[[3, 5, 6, 0, 4, 8]]).astype(int)
    array([[0, 0, 0, 0, 1, 1]])
    """
    return regions.percentiles(50)


@property_of_regions(gives=among, needs="of", argument=(0, 100))
def percentile_intensity(regions: Regions, q: float) -> Array:
    """The grey value below which `q` percent of those of a region lie: `percentile_intensity(90)`; nan if any is nan.

    In the image given as `of`; `q` is a constant number from 0, the smallest value, to 100, the largest. Between two
    values it is interpolated, and rounded once; as the function `percentile` gives it. `measure` calls its column
    `percentile_intensity_90`.

    Any number of axes.

    Errors: no image given as `of`; a `q` outside 0..100, or one that depends on pixels.
    Source: numpy.percentile of each region with its default method, which rounds positions.

    >>> evaluate("keep(im > 0, percentile_intensity(25) < 4, of=im)", im=[[3, 5, 0, 4, 8]]).astype(int)
    array([[1, 1, 0, 0, 0]])
    """
    return regions.percentiles(q)


@property_of_regions(gives=floats, power=LENGTH, parts=1, needs="of")
def weighted_centroid(regions: Regions) -> Array:
    """The mean position of a region's pixels, each as heavy as its grey value; `weighted_centroid[0]` is that along the
    first axis.

    In the image given as `of`. Positions count as for `centroid`. Of integers the exact quotient, rounded once. Of
    floating values sums are the exact ones of values and of values times places in the region's box, each rounded to
    float64. nan where the values add up to 0, or any is nan or infinite; it may lie outside the region, where some
    values are negative.

    Any number of axes.

    Errors: no image given as `of`.
    Source: as centroid_weighted of skimage.measure.regionprops, whose sums are rounded on the way.

    >>> evaluate("keep(im > 0, weighted_centroid[1] > 4, of=im)", im=[[3, 5, 0, 1, 8]]).astype(int)
    array([[0, 0, 0, 0, 0]])
    """
    return regions.placed(regions.weighted_centroids)
