"""Connected regions of masks."""

import math
from fractions import Fraction

import numpy as np
from scipy import ndimage


def keep_largest(mask, k=1, structure=None):
    """The k largest connected regions; of regions of one size those first in scan order."""
    regions, count = ndimage.label(mask, structure)
    sizes = np.bincount(regions.ravel(), minlength=count + 1)
    kept = np.zeros(count + 1, bool)
    kept[1 + np.argsort(-sizes[1:], kind="stable")[: int(k)]] = True
    return kept[regions]


def remove_small(mask, size, structure=None):
    """Without the connected regions of fewer pixels than `size`."""
    regions, _ = ndimage.label(mask, structure)
    kept = np.bincount(regions.ravel()) >= size
    kept[0] = False
    return kept[regions]


def remove_large(mask, size, structure=None):
    """Without the connected regions of more pixels than `size`."""
    regions, _ = ndimage.label(mask, structure)
    kept = np.bincount(regions.ravel()) <= size
    kept[0] = False
    return kept[regions]


def touches_border(regions, count, margin=0):
    """Which regions have a pixel at the border, or within a margin of it; the background counts as one."""
    touching = np.zeros(count + 1, bool)
    touching[0] = True
    for axis, n in enumerate(regions.shape):
        ends = np.arange(min(int(margin), n - 1) + 1)
        touching[regions.take(np.concatenate([ends, -1 - ends]), axis)] = True
    return touching


def clear_border(mask, margin=0, structure=None):
    """Without the connected regions that touch the border."""
    regions, count = ndimage.label(mask, structure)
    return ~touches_border(regions, count, margin)[regions]


def clear_outside(mask, within, margin=0, structure=None):
    """Without the connected regions that reach out of another mask, or within a margin of its edge."""
    regions, count = ndimage.label(mask, structure)
    kept = np.arange(count + 1) > 0
    kept[regions[ndimage.maximum_filter(~within, 2 * int(margin) + 1, mode="constant")]] = False
    return kept[regions]


def fill_small_holes(mask, size, structure=None):
    """With the holes filled that have at most so many pixels."""
    regions, count = ndimage.label(~mask, structure)
    holes = ~touches_border(regions, count) & (np.bincount(regions.ravel(), minlength=count + 1) <= size)
    return mask | holes[regions]


def pixel_at(shape, point):
    """The pixel nearest to a point, halves up; None if it is outside the image."""
    if not all(abs(c) < math.inf for c in point):
        return None
    place = tuple(math.floor(2 * Fraction(str(c)) + 1) // 2 for c in point)
    return place if all(0 <= i < n for i, n in zip(place, shape)) else None


def at(mask, point, structure=None):
    """The connected region that holds a point."""
    place = pixel_at(mask.shape, point)
    if place is None or not mask[place]:
        return np.zeros_like(mask)
    regions, _ = ndimage.label(mask, structure)
    return regions == regions[place]
