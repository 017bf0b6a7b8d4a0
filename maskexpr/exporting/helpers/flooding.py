"""Extremes of images, regions grown from markers, and touching objects parted."""

import bisect
import heapq
import math
from fractions import Fraction

import numpy as np
from scipy import ndimage

from maskexpr.exporting.helpers.distances import distance
from maskexpr.exporting.helpers.labels import relabel
from maskexpr.exporting.helpers.morphology import grey_dilate, reconstruct


def regional_maxima(image, structure=None, within=None):
    """Connected pixels of one value that have no higher neighbour; none in an image of one value."""
    if structure is None:
        structure = ndimage.generate_binary_structure(image.ndim, 1)
    counted = np.ones(image.shape, bool) if within is None else within
    counted = counted & (image == image)
    if not counted.any():
        return counted
    ranks = np.unique(image[counted], return_inverse=True)[1]
    ranked = np.zeros(image.shape, np.int64)
    ranked[counted] = ranks + 1
    lower = reconstruct(np.maximum(ranked - 1, 0), ranked, structure)
    return counted & (lower < ranked) & (ranked > 1)


def regional_minima_of(image, structure=None):
    """The regional minima; of an image of one value all of it. nan is higher than any number."""
    ranks = np.unique(image, return_inverse=True)[1].reshape(image.shape).astype(np.int64)
    if not ranks.any():
        return np.ones(image.shape, bool)
    return regional_maxima(-ranks, structure)


def h_maxima(image, h, structure=None, within=None):
    """The maxima that rise by h or more: every way to a higher pixel goes down by h first."""
    if not h >= 0:
        raise ValueError("h has to be 0 or more")
    if structure is None:
        structure = ndimage.generate_binary_structure(image.ndim, 1)
    counted = np.ones(image.shape, bool) if within is None else within
    counted = counted & (image == image)
    if not counted.any():
        return counted
    values, ranks = np.unique(image[counted], return_inverse=True)
    n, places = len(values), np.arange(len(values))
    lower = [value - h for value in values.tolist()]
    below = np.minimum([bisect.bisect_right(values.tolist(), value) for value in lower], places)
    seed, limit = np.full(image.shape, -1, np.int64), np.full(image.shape, -1, np.int64)
    seed[counted], limit[counted] = (below * n + places)[ranks], ((places + 1) * n)[ranks]
    found = reconstruct(seed, limit, structure) == seed
    found[counted] &= (below > 0)[ranks]
    return found & counted


def peaks_of_labels(image, around, closer, threshold=None, labels=None, count=None, h=None):
    """The peaks of each label by itself."""
    threshold = np.fmin.reduce(image, axis=None).item() if threshold is None else threshold
    found = np.zeros(image.shape, bool)
    for number in np.unique(labels[labels > 0]):
        found |= peaks(image, around, closer, threshold, labels == number, count, h)
    return found


def nearer(radius, shape, ndim):
    """All offsets that are nearer than a radius, and not at it."""
    radius = Fraction(str(radius))
    reach = int(radius)
    places = np.ix_(*[np.abs(np.arange(-reach, reach + 1))] * ndim)
    if shape == "square":
        away = np.maximum.reduce(np.broadcast_arrays(*places))
        return away * radius.denominator < radius.numerator
    if shape == "disk":
        return sum(place**2 for place in places) * radius.denominator**2 < radius.numerator**2
    return sum(places) * radius.denominator < radius.numerator


def peaks(image, around, closer, threshold=None, within=None, count=None, h=None):
    """The largest values under a footprint, without those closer to one that comes first in scan order."""
    threshold = np.fmin.reduce(image, axis=None).item() if threshold is None else threshold
    counted = np.ones(image.shape, bool) if within is None else within
    counted = counted & (image == image)
    lowest = -np.inf if image.dtype.kind == "f" else np.iinfo(image.dtype).min
    values = np.where(counted, image, lowest).astype(image.dtype)
    found = counted & (values == grey_dilate(values, around)) & (image > threshold)
    if h is not None:
        found &= h_maxima(image, h, np.ones((3,) * image.ndim, bool), counted)
    offsets = np.argwhere(closer) - [n // 2 for n in closer.shape]
    ahead = [tuple(offset) for offset in offsets.tolist() if tuple(offset) > (0,) * image.ndim]
    for place in np.argwhere(found).tolist() if ahead else []:
        if found[tuple(place)]:
            for offset in ahead:
                other = tuple(p + d for p, d in zip(place, offset))
                if all(0 <= i < n for i, n in zip(other, image.shape)):
                    found[other] = False
    if count is not None:
        places = np.flatnonzero(found)
        ranks = np.unique(image.reshape(-1)[places], return_inverse=True)[1]
        found = np.zeros(image.shape, bool)
        found.reshape(-1)[places[np.argsort(-ranks, kind="stable")[: int(count)]]] = True
    return found


def area_open(image, size, structure=None):
    """Each pixel cut down to the highest level at which so many pixels that are as bright are connected to it; to the
    lowest value of its part where that has fewer."""
    counted = image == image
    parts, count = ndimage.label(counted, structure)
    lowest = ndimage.minimum(image, parts, np.arange(count + 1)) if count else np.zeros(1)
    result = np.where(counted, np.asarray(lowest)[parts], image).astype(image.dtype)
    for level in np.unique(image[counted]):
        regions, n = ndimage.label(counted & (image >= level), structure)
        large = np.bincount(regions.ravel(), minlength=n + 1) >= size
        large[0] = False
        result[large[regions]] = level
    return result + result.dtype.type(0)


def area_close(image, size, structure=None):
    """The same of the image turned upside down."""
    values, ranks = np.unique(image, return_inverse=True)
    ranks = ranks.reshape(image.shape)
    if image.dtype.kind == "f" and np.isnan(image).any():
        turned = np.where(np.isnan(image), np.nan, -ranks.astype(np.float64))
        found = area_open(turned, size, structure)
        return np.where(np.isnan(found), np.nan, values[-np.nan_to_num(found).astype(np.intp)]).astype(image.dtype)
    return values[-area_open(-ranks, size, structure)]


def watershed(image, markers, within=None, structure=None, line=False, compactness=0):
    """Regions grown from markers, lowest pixels first; of equals markers in scan order, then as they are reached. With
    a line of pixels between them, or at a price for each pixel of distance from the marker, if so wanted."""
    if structure is None:
        structure = ndimage.generate_binary_structure(image.ndim, 1)
    inside = (slice(1, -1),) * image.ndim
    levels = np.unique(image, return_inverse=True)[1].reshape(image.shape)
    if compactness:
        levels = np.where(np.isnan(image.astype(np.float64)), np.inf, image.astype(np.float64))
    level, labels = np.pad(levels, 1), np.pad(markers.astype(np.int32), 1)
    is_open = np.pad(np.ones(image.shape, bool) if within is None else within, 1)
    labels[~is_open] = 0
    shape, moves = level.shape, np.argwhere(structure) - 1
    strides = [math.prod(shape[axis + 1 :]) for axis in range(image.ndim)]
    nearest_first = np.argsort((moves**2).sum(axis=1), kind="stable")[1:]
    steps = (moves[nearest_first] @ strides).tolist()
    level, flat = level.ravel().tolist(), labels.ravel().tolist()
    seeds = [place for place, number in enumerate(flat) if number]
    if line or compactness:
        places = np.stack(np.unravel_index(np.arange(len(flat)), shape), axis=1).tolist()
        flooded_in_turn(level, flat, is_open.ravel().tolist(), seeds, steps, places, line, compactness)
    else:
        flooded(level, flat, (is_open & (labels == 0)).ravel().tolist(), seeds, steps)
    return np.maximum(np.array(flat, np.int32).reshape(shape)[inside], 0)


def flooded(level, labels, is_open, seeds, steps):
    """Give each pixel the label of the one that it is first reached from."""
    queue = [(level[place], order, place) for order, place in enumerate(seeds)]
    heapq.heapify(queue)
    order = len(queue)
    while queue:
        height, _, place = heapq.heappop(queue)
        for step in steps:
            other = place + step
            if is_open[other]:
                is_open[other] = False
                labels[other] = labels[place]
                heapq.heappush(queue, (max(height, level[other]), order, other))
                order += 1


def flooded_in_turn(level, labels, is_open, seeds, steps, places, line, compactness):
    """Give each pixel its label when its turn comes; where regions meet a pixel stays without, if there is a line."""
    queue = [(level[place], order, place, place) for order, place in enumerate(seeds)]
    heapq.heapify(queue)
    order, known, is_seed = len(queue), set(), set(seeds)
    while queue:
        height, _, place, source = heapq.heappop(queue)
        number = labels[source]
        if labels[place] and not (place == source if compactness else place in is_seed):
            continue
        meets = line and any(labels[place + step] not in (0, number) and is_open[place + step] for step in steps)
        if is_open[place] and not meets:
            labels[place] = number
        else:
            is_open[place] = False
            if (place, number) in known:
                continue
            known.add((place, number))
        for step in steps:
            other = place + step
            if is_open[other] and not labels[other]:
                price = level[other]
                if compactness:
                    away = math.sqrt(sum((p - q) ** 2 for p, q in zip(places[other], places[source])))
                    price += compactness * away
                heapq.heappush(queue, (max(height, price), order, other, source))
                order += 1


def split(mask, n=1, depth=1, spacing=None, structure=None):
    """Touching objects parted at their necks: a watershed of the distance to the outside, whose shallow parts are
    joined, and those whose centres are closer than n."""
    if structure is None:
        structure = ndimage.generate_binary_structure(mask.ndim, 1)
    inner = distance(mask, spacing=spacing)
    top = ndimage.maximum_filter(inner, footprint=structure, mode="constant")
    tops, count = ndimage.label(mask & (inner == top), structure)
    basins = watershed(-inner, tops, mask, structure)
    places = np.flatnonzero(tops)[::-1]
    centres = np.zeros(count + 1, np.intp)
    centres[tops.reshape(-1)[places]] = places
    heights = inner.reshape(-1)[centres].tolist()
    steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [Fraction(1)] * mask.ndim
    points = np.stack(np.unravel_index(centres, mask.shape), axis=1).tolist()
    parents = list(range(count + 1))

    def root(basin):
        while parents[basin] != basin:
            basin = parents[basin]
        return basin

    for a, b, width in necks(basins, inner, structure):
        lower, higher = sorted((root(a), root(b)), key=lambda basin: (heights[basin], -basin))
        apart = sum(((p - q) * s) ** 2 for p, q, s in zip(points[lower], points[higher], steps))
        if heights[lower] - width <= float(depth) or apart < Fraction(str(n)) ** 2:
            parents[lower] = higher
    return relabel(np.array([root(basin) for basin in range(count + 1)], np.int32)[basins])


def necks(basins, inner, structure):
    """The pairs of basins that touch, with the height of the way between them, the highest first."""
    widths = {}
    for offset in (np.argwhere(structure) - 1).tolist():
        if offset > [0] * basins.ndim:
            here = tuple(slice(max(0, d), n + min(0, d)) for d, n in zip(offset, basins.shape))
            there = tuple(slice(max(0, -d), n + min(0, -d)) for d, n in zip(offset, basins.shape))
            a, b = basins[here], basins[there]
            touching = (a != b) & (a > 0) & (b > 0)
            width = np.minimum(inner[here], inner[there])[touching].tolist()
            for one, other, w in zip(a[touching].tolist(), b[touching].tolist(), width):
                pair = min(one, other), max(one, other)
                widths[pair] = max(w, widths.get(pair, w))
    return sorted(((a, b, w) for (a, b), w in widths.items()), key=lambda neck: (-neck[2], neck[0], neck[1]))
