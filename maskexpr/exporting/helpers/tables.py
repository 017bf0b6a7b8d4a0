"""Regions chosen by what is measured on them, and tables of that.

`regions` number the pixels of regions from 1 without gaps; what is measured has one value for each.
"""

import math

import numpy as np
from scipy import ndimage

from maskexpr.exporting.helpers.labels import numbered
from maskexpr.exporting.helpers.morphology import hull
from maskexpr.exporting.helpers.statistics import percentile


def keep(mask, condition, structure=None):
    """The connected regions for which a condition holds."""
    regions, count = ndimage.label(mask, structure)
    kept = np.zeros(count + 1, bool)
    if count:
        kept[1:] = condition(regions)
    return kept[regions]


def keep_labels(labels, condition):
    """The labels for which a condition holds."""
    regions, count, _ = numbered(labels)
    kept = np.zeros(count + 1, bool)
    if count:
        kept[1:] = condition(regions)
    return np.where(kept[regions], labels, 0).astype(labels.dtype)


def measure(mask, columns, structure=None):
    """A table as a dict of columns: the number of each region, and what is measured on it."""
    regions, count = ndimage.label(mask, structure)
    return {"label": np.arange(1, count + 1, dtype=np.int32), **columns(regions)}


def measure_labels(labels, columns):
    """The same of labels, which have their own numbers."""
    regions, _, numbers = numbered(labels)
    return {"label": numbers[1:].astype(labels.dtype), **columns(regions)}


def rows(table, chosen):
    """The rows of a table for which a condition holds."""
    return {name: column[chosen] for name, column in table.items()}


def area_of(regions):
    """How many pixels each region has."""
    return np.bincount(regions.ravel(), minlength=1)[1:]


def sum_intensity_of(regions, image):
    """The sum of the grey values of each region."""
    if image.dtype.kind == "f":
        return np.bincount(regions.ravel(), image.ravel().astype(np.float64), minlength=1)[1:]
    found = np.zeros(regions.max() + 1, np.int64)
    np.add.at(found, regions.ravel(), image.ravel().astype(np.int64))
    return found[1:]


def mean_intensity_of(regions, image):
    """The mean of the grey values of each region."""
    return sum_intensity_of(regions, image) / area_of(regions)


def std_intensity_of(regions, image):
    """The standard deviation of the grey values of each region."""
    means = np.append(0, mean_intensity_of(regions, image))
    squares = (image.astype(np.float64) - means[regions]) ** 2
    return np.sqrt(np.bincount(regions.ravel(), squares.ravel(), minlength=1)[1:] / area_of(regions))


def values_of(regions, image):
    """The grey values of one region after the other."""
    order = np.argsort(regions.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(regions.ravel(), minlength=1))
    return np.split(image.ravel()[order], ends[:-1])[1:]


def min_intensity_of(regions, image):
    """The smallest grey value of each region."""
    return np.array([values.min() for values in values_of(regions, image)], image.dtype)


def max_intensity_of(regions, image):
    """The largest grey value of each region."""
    return np.array([values.max() for values in values_of(regions, image)], image.dtype)


def percentile_intensity_of(regions, image, q):
    """A percentile of the grey values of each region."""
    return np.array([percentile(values, q) for values in values_of(regions, image)], np.float64)


def centroid_of(regions, axis):
    """The mean position of each region along an axis."""
    places = np.arange(regions.shape[axis]).reshape([-1 if a == axis else 1 for a in range(regions.ndim)])
    total = np.bincount(regions.ravel(), np.broadcast_to(places, regions.shape).ravel(), minlength=1)[1:]
    return total / area_of(regions)


def weighted_centroid_of(regions, image, axis):
    """The mean position of each region along an axis, weighed by grey values."""
    places = np.arange(regions.shape[axis]).reshape([-1 if a == axis else 1 for a in range(regions.ndim)])
    total = np.bincount(regions.ravel(), (image.astype(np.float64) * places).ravel(), minlength=1)[1:]
    return total / sum_intensity_of(regions, image)


def bbox_of(regions, part):
    """Where the box around each region starts along each axis, then where it stops: one of these."""
    boxes = ndimage.find_objects(regions)
    n = regions.ndim
    return np.array([box[part].start if part < n else box[part - n].stop for box in boxes], np.int64)


def extent_of(regions):
    """The share of its box that each region fills."""
    sizes = [math.prod(side.stop - side.start for side in box) for box in ndimage.find_objects(regions)]
    return area_of(regions) / np.array(sizes, np.int64)


def convex_area_of(regions):
    """How many pixels the convex hull of each region has."""
    boxes = ndimage.find_objects(regions)
    return np.array([hull(regions[box] == i).sum() for i, box in enumerate(boxes, 1)], np.int64)


def solidity_of(regions):
    """The share of its convex hull that each region fills."""
    return area_of(regions) / convex_area_of(regions)


def perimeter_of(regions):
    """The length of the contours of each region, from centre to centre of its outermost pixels."""
    padded = np.pad(regions, 2)
    inner, contour = padded[1:-1, 1:-1], padded.copy()
    same = (padded[:-2, 1:-1] == inner) & (padded[2:, 1:-1] == inner)
    same &= (padded[1:-1, :-2] == inner) & (padded[1:-1, 2:] == inner)
    contour[1:-1, 1:-1][same] = 0
    middle = contour[1:-1, 1:-1]
    sides, corners = np.zeros(middle.shape, int), np.zeros(middle.shape, int)
    for y in (-1, 0, 1):
        for x in (-1, 0, 1):
            near = contour[1 + y : contour.shape[0] - 1 + y, 1 + x : contour.shape[1] - 1 + x] == middle
            if abs(y) + abs(x) == 1:
                sides += near
            elif y and x:
                corners += near
    along = np.array([[0, 0, 0, 0, 0], [0, 1, 1, 0, 0], [2, 2, 2, 0, 0], [2, 2, 2, 0, 0], [0, 0, 0, 0, 0]])
    across = np.array([[0, 0, 2, 0, 0], [0, 1, 1, 2, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
    straight = np.bincount(middle.ravel(), along[sides, corners].ravel(), minlength=regions.max() + 1)[1:]
    slanted = np.bincount(middle.ravel(), across[sides, corners].ravel(), minlength=regions.max() + 1)[1:]
    return (straight + slanted * math.sqrt(2)) / 2


def perimeter(mask):
    """The length of the contours of a mask."""
    return float(perimeter_of(mask.astype(int))[0]) if mask.any() else 0.0


def circularity_of(regions):
    """4 pi times the area over the square of the perimeter, at most 1."""
    around = perimeter_of(regions)
    return np.minimum(4 * math.pi * area_of(regions) / np.where(around > 0, around**2, np.inf), 1)


def equivalent_diameter_of(regions):
    """The diameter of the disk, or ball, that has the area of each region."""
    if regions.ndim == 2:
        return np.sqrt(area_of(regions) * 4 / math.pi)
    return np.cbrt(area_of(regions) * 6 / math.pi)


def moments_of(regions):
    """The variances of the pixels of each region of a plane: yy, yx and xx, times the square of its size, exactly."""
    found = []
    for box, i in zip(ndimage.find_objects(regions), range(1, regions.max() + 1)):
        y, x = (places.astype(object) for places in np.nonzero(regions[box] == i))
        n = len(y)
        found.append([n * (y * y).sum() - y.sum() ** 2, n * (y * x).sum() - y.sum() * x.sum()])
        found[-1].append(n * (x * x).sum() - x.sum() ** 2)
    return np.array(found, object).reshape(-1, 3).T


def axes_of(regions):
    """The larger and the smaller variance along the axes of the ellipse like each region, and their difference."""
    yy, yx, xx = moments_of(regions)
    squares = area_of(regions).astype(np.float64) ** 2
    difference = np.sqrt(((yy - xx) ** 2 + 4 * yx**2).astype(np.float64))
    large = ((yy + xx).astype(np.float64) + difference) / 2
    small = np.divide((yy * xx - yx**2).astype(np.float64), large, out=np.zeros(large.shape), where=large > 0)
    return large / squares, small / squares, difference / squares


def major_axis_of(regions):
    """The length of the longer axis of the ellipse like each region."""
    return np.sqrt(axes_of(regions)[0] * 16)


def minor_axis_of(regions):
    """The length of the shorter axis of the ellipse like each region."""
    return np.sqrt(axes_of(regions)[1] * 16)


def eccentricity_of(regions):
    """How elongated each region is: 0 for a disk or square, 1 for a line."""
    large, _, difference = axes_of(regions)
    return np.sqrt(np.divide(difference, large, out=np.zeros(large.shape), where=large > 0))


def orientation_of(regions):
    """The angle from the first axis to the longest axis of each region."""
    yy, yx, xx = moments_of(regions)
    angles = np.arctan2((2 * yx).astype(np.float64), (yy - xx).astype(np.float64)) / 2
    return np.where((yy == xx) & (yx <= 0), -math.pi / 4, angles)


def aspect_ratio_of(regions):
    """The longer axis over the shorter one; inf for a line."""
    large, small = major_axis_of(regions), minor_axis_of(regions)
    ratio = np.divide(large, small, out=np.where(large > 0, np.inf, 1.0), where=small > 0)
    return np.maximum(ratio, 1)


def roundness_of(regions):
    """4 times the area over pi times the square of the longer axis."""
    square = major_axis_of(regions) ** 2
    return np.divide(4 * area_of(regions), math.pi * square, out=np.ones(square.shape), where=square > 0)


def euler_number_of(regions):
    """The number of parts of each region of a plane less that of its holes; pixels are joined by corners too."""
    found = []
    for i, box in enumerate(ndimage.find_objects(regions), 1):
        own = np.pad(regions[box] == i, 1)
        parts = ndimage.label(own, np.ones((3, 3)))[1]
        found.append(parts - (ndimage.label(~own)[1] - 1))
    return np.array(found, np.int64)


def touches_border_of(regions):
    """Whether each region has a pixel at the border of the image."""
    touching = np.zeros(regions.max() + 1, bool)
    for axis in range(regions.ndim):
        touching[np.take(regions, [0, -1], axis)] = True
    return touching[1:]


def parent_of(regions, other):
    """The number that covers most of each region, the lowest of several; 0 where none does."""
    other = other.astype(np.int64)
    found = np.zeros(regions.max() + 1, np.int64)
    both = (regions > 0) & (other > 0)
    pairs, counts = np.unique(np.stack([regions[both], other[both]]), axis=1, return_counts=True)
    most = np.zeros(len(found), np.int64)
    for region, number, count in zip(*pairs.tolist(), counts.tolist()):
        if count > most[region]:
            most[region], found[region] = count, number
    return found[1:]
