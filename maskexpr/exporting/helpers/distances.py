"""Distances to what is off, and the nearest of numbered pixels."""

import math
from fractions import Fraction

import numpy as np
from scipy import ndimage


def distance(mask, *, spacing=None, border="image", metric="euclidean"):
    """The distance of each pixel to the nearest one that is off; inf where there is none."""
    if border == "empty":
        inner = (slice(1, -1),) * mask.ndim
        return distance(np.pad(mask, 1), spacing=spacing, metric=metric)[inner]
    if mask.all():
        return np.full(mask.shape, np.inf)
    if metric != "euclidean":
        return ndimage.distance_transform_cdt(mask, metric=metric).astype(np.float64)
    if spacing is None:
        return ndimage.distance_transform_edt(mask)
    lengths, unit = whole_steps(spacing)
    return np.sqrt(squares_to(~mask, lengths)) * float(unit)


def signed_distance(mask, *, spacing=None, border="image", metric="euclidean"):
    """The distance to the edge of a mask: positive inside, negative outside."""
    inside = distance(mask, spacing=spacing, metric=metric)
    return np.where(mask, inside, -distance(~mask, spacing=spacing, metric=metric))


def whole_steps(spacing):
    """Lengths of a pixel as whole numbers, and their unit."""
    steps = [Fraction(str(step)) for step in spacing]
    scale = math.lcm(*(step.denominator for step in steps))
    lengths = [int(step * scale) for step in steps]
    part = math.gcd(*lengths)
    return [n // part for n in lengths], Fraction(part, scale)


def squares_to(mask, lengths):
    """The squares of the distances to the nearest pixel of a mask, exactly."""
    nearby = ndimage.distance_transform_edt(~mask, [float(n) for n in lengths], False, True)
    places = (np.arange(n).reshape([-1] + [1] * (mask.ndim - 1 - a)) for a, n in enumerate(mask.shape))
    return sum((n * (place - near).astype(np.int64)) ** 2 for n, place, near in zip(lengths, places, nearby))


def nearest_label(labels, *, spacing=None, within=None):
    """The number of the nearest label, of several at one distance the lowest."""
    if within is not None:
        labels = np.where(within, labels, 0).astype(labels.dtype)
    lengths = whole_steps(spacing)[0] if spacing is not None else [1] * labels.ndim
    found, squares = labels.copy(), np.where(labels > 0, 0, -1).astype(np.int64)
    for axis in reversed(range(labels.ndim)):
        lines, aways = np.moveaxis(found, axis, 0), np.moveaxis(squares, axis, 0)
        numbers, nearest = lines.copy(), aways.copy()
        for step in range(1, len(lines)):
            for to, of in ((slice(step, None), slice(None, -step)), (slice(None, -step), slice(step, None))):
                other = aways[of] + (step * lengths[axis]) ** 2
                best, known = nearest[to], aways[of] >= 0
                closer = known & ((best < 0) | (other < best) | ((other == best) & (lines[of] < numbers[to])))
                numbers[to][closer], nearest[to][closer] = lines[of][closer], other[closer]
        found, squares = np.moveaxis(numbers, 0, axis), np.moveaxis(nearest, 0, axis)
    return found if within is None else np.where(within, found, 0).astype(labels.dtype)


def fill_by_nearest(image, valid):
    """The value of the nearest pixel of a mask; of several at one distance the first in scan order."""
    if not valid.any():
        raise ValueError("there are no pixels with data to fill the others by")
    places = np.where(valid, np.arange(1, valid.size + 1).reshape(valid.shape), 0)
    rows = image.reshape(valid.size, -1)
    return rows[nearest_label(places) - 1].reshape(image.shape)
