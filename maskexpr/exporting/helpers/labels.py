"""What is done to labels, each number by itself."""

import math
from fractions import Fraction

import numpy as np
from scipy import ndimage

from maskexpr.exporting.helpers.morphology import close, dilate, erode, hull
from maskexpr.exporting.helpers.regions import pixel_at, touches_border
from maskexpr.exporting.helpers.thinning import skeleton


def numbered(labels):
    """Labels without gaps, how many there are, and the numbers they had, the background first."""
    values, places = np.unique(labels, return_inverse=True)
    places = places.reshape(labels.shape)
    if values[0] != 0:
        values, places = np.insert(values, 0, 0), places + 1
    return places, len(values) - 1, values


def keep_numbers(labels, kept):
    """The labels for which a flag of each is on, the background first; others become background."""
    return np.where(kept, labels, 0).astype(labels.dtype)


def keep_largest_labels(labels, k=1):
    """The k largest labels; of equal ones those of the lowest numbers."""
    regions, count, _ = numbered(labels)
    sizes = np.bincount(regions.ravel(), minlength=count + 1)
    kept = np.zeros(count + 1, bool)
    kept[1 + np.argsort(-sizes[1:], kind="stable")[: int(k)]] = True
    return keep_numbers(labels, kept[regions])


def remove_small_labels(labels, size):
    """Without the labels of fewer pixels than `size`."""
    regions, count, _ = numbered(labels)
    return keep_numbers(labels, (np.bincount(regions.ravel(), minlength=count + 1) >= size)[regions])


def remove_large_labels(labels, size):
    """Without the labels of more pixels than `size`."""
    regions, count, _ = numbered(labels)
    return keep_numbers(labels, (np.bincount(regions.ravel(), minlength=count + 1) <= size)[regions])


def clear_border_labels(labels, margin=0):
    """Without the labels that touch the border."""
    regions, count, _ = numbered(labels)
    return keep_numbers(labels, ~touches_border(regions, count, margin)[regions])


def clear_outside_labels(labels, within, margin=0):
    """Without the labels that reach out of a mask, or within a margin of its edge."""
    outside = ndimage.maximum_filter(~within, 2 * int(margin) + 1, mode="constant")
    return keep_numbers(labels, ~np.isin(labels, labels[outside]))


def at_labels(labels, point):
    """The label that holds a point."""
    place = pixel_at(labels.shape, point)
    number = labels[place] if place is not None else 0
    return keep_numbers(labels, (labels == number) & (labels > 0))


def label_zones(image, structure=None):
    """Connected pixels of one value numbered in scan order of their first pixels; 0 is background."""
    found, count = np.zeros(image.shape, np.int32), 0
    for value in np.unique(image):
        if value != 0:
            parts, more = ndimage.label(image == value, structure)
            found[parts > 0] = parts[parts > 0] + count
            count += more
    return relabel(found)


def relabel(labels):
    """Labels numbered anew without gaps, in scan order of their first pixels."""
    values, first, places = np.unique(labels, return_index=True, return_inverse=True)
    new, order = np.zeros(len(values), np.int32), np.argsort(first, kind="stable")
    order = order[values[order] != 0]
    new[order] = np.arange(1, len(order) + 1)
    return new[places].reshape(labels.shape)


def match(labels, other):
    """Each label with the number of the other labels' one that covers most of it, the lowest of several; else 0."""
    both = (labels > 0) & (other > 0)
    pairs, counts = np.unique(np.stack([labels[both], other[both]]), axis=1, return_counts=True)
    new = {}
    for own, number, count in zip(*pairs.tolist(), counts.tolist()):
        if own not in new or count > new[own][0]:
            new[own] = count, number
    result = np.zeros(labels.shape, np.int32)
    for own, (_, number) in new.items():
        result[labels == own] = number
    return result


def moved_by(labels, offset):
    """A copy moved by an offset, with 0 where nothing comes to."""
    result = np.zeros_like(labels)
    if all(abs(d) < n for d, n in zip(offset, labels.shape)):
        to = tuple(slice(max(0, d), n + min(0, d)) for d, n in zip(offset, labels.shape))
        of = tuple(slice(max(0, -d), n + min(0, -d)) for d, n in zip(offset, labels.shape))
        result[to] = labels[of]
    return result


def spread(result, labels, offsets):
    """Where nothing is yet: the lowest number that copies of labels bring, moved by offsets."""
    most = np.iinfo(labels.dtype).max
    lowest = np.full_like(labels, most)
    for offset in offsets:
        moved = moved_by(labels, [int(d) for d in offset])
        lowest = np.minimum(lowest, np.where(moved > 0, moved, most))
    return np.where((result == 0) & (lowest < most), lowest, result)


def dilate_labels(labels, radius, shape="diamond", *, spacing=None):
    """Each pixel of the background within reach goes to the nearest label, of several to the lowest number."""
    radius = Fraction(str(radius))
    steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [Fraction(1)] * labels.ndim
    power = 2 if shape == "disk" else 1
    reaches = [min(int(radius // step), n - 1) for step, n in zip(steps, labels.shape)]
    scale = math.lcm(radius.denominator, *(step.denominator for step in steps))
    places = [[int(abs(i) * step * scale) ** power for i in range(-n, n + 1)] for n, step in zip(reaches, steps)]
    lengths = np.ix_(*(np.array(axis) for axis in places))
    away = np.maximum.reduce(np.broadcast_arrays(*lengths)) if shape == "square" else sum(lengths)
    result = labels.copy()
    for one in np.unique(away[away <= int(radius * scale) ** power]):
        result = spread(result, labels, np.argwhere(away == one) - reaches)
    return result


def dilate_labels_by(labels, structure, times):
    """The same by stamping a pattern so many times."""
    offsets = np.argwhere(structure) - [n // 2 for n in structure.shape]
    for _ in range(int(times)):
        labels = spread(labels, labels, offsets)
    return labels


def erode_labels(labels, structure=None, iterations=1, border_value=0):
    """Labels without the pixels from which another number, or the outside, is under the element."""
    if structure is None:
        structure = ndimage.generate_binary_structure(labels.ndim, 1)
    beyond = np.iinfo(labels.dtype).max if border_value else 0
    for _ in range(int(iterations)):
        least = ndimage.minimum_filter(labels, footprint=structure, mode="constant", cval=beyond)
        most = ndimage.maximum_filter(labels, footprint=structure, mode="constant", cval=0)
        labels = np.where(least == most, least, 0).astype(labels.dtype)
    return labels


def open_labels(labels, structure=None, iterations=1, border_value=0):
    """Each label opened by itself."""
    if structure is None:
        structure = ndimage.generate_binary_structure(labels.ndim, 1)
    pad = [(0 if border_value else n // 2 * int(iterations),) * 2 for n in structure.shape]
    found = erode_labels(np.pad(labels, pad), structure, iterations, border_value)
    for _ in range(int(iterations)):
        found = ndimage.grey_dilation(found, footprint=structure, mode="constant", cval=0)
    return found[tuple(slice(p, n + p) for (p, _), n in zip(pad, labels.shape))]


def close_labels(labels, structure=None, iterations=1, border_value=0):
    """Each label closed by itself; pixels of another stay with it, and what several fill goes to the lowest number."""
    result = labels.copy()
    for number in np.unique(labels[labels > 0]):
        own = labels == number
        if border_value:
            filled = erode(dilate(own, iterations, structure), iterations, structure, border_value)
        else:
            filled = close(own, structure, iterations)
        result[filled & (result == 0)] = number
    return result


def fill_holes_labels(labels, size=None, structure=None):
    """With the holes filled that one label alone surrounds, of at most so many pixels."""
    if structure is None:
        structure = ndimage.generate_binary_structure(labels.ndim, 1)
    regions, count = ndimage.label(labels == 0, structure)
    holes = ~touches_border(regions, count)
    if size is not None:
        holes &= np.bincount(regions.ravel(), minlength=count + 1) <= size
    most = np.iinfo(labels.dtype).max
    lowest, highest = np.full(count + 1, most, labels.dtype), np.zeros(count + 1, labels.dtype)
    for offset in np.argwhere(structure) - 1:
        beside = moved_by(labels, [int(d) for d in offset])
        there = (regions > 0) & (beside > 0)
        np.minimum.at(lowest, regions[there], beside[there])
        np.maximum.at(highest, regions[there], beside[there])
    return np.where(holes & (lowest == highest), lowest, 0).astype(labels.dtype)[regions] + labels


def paint(labels, numbers, values):
    """An image in which each label has its value; where there is none 0, or nan among floating ones."""
    if np.unique(numbers).size < numbers.size:
        raise ValueError("a table to be painted has to have one row for each label")
    found = np.full(labels.shape, np.nan if values.dtype.kind == "f" else 0, values.dtype)
    order = np.argsort(numbers, kind="stable")
    if order.size:
        at = np.minimum(np.searchsorted(numbers, labels, sorter=order), order.size - 1)
        known = (numbers[order[at]] == labels) & (labels != 0)
        found[known] = values[order[at]][known]
    return found


def matching_labels(labels, truth, iou):
    """How many labels match one of the truth, and how many there are in either."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    (a, found, _), (b, wanted, _) = numbered(labels), numbered(truth)
    table = np.zeros((found + 1, wanted + 1), np.int64)
    np.add.at(table, (a, b), 1)
    pixels = table[1:, 1:]
    either = table.sum(1)[1:, np.newaxis] + table.sum(0)[np.newaxis, 1:] - pixels
    pairs = (pixels > 0) & (pixels / np.maximum(either, 1) >= iou)
    partners = maximum_bipartite_matching(csr_array(pairs), perm_type="column") if pairs.size else np.zeros(0)
    return int(np.count_nonzero(partners >= 0)) if pairs.size else 0, found, wanted


def overlap_of_labels(labels, truth, iou):
    """The sum of the overlaps of as many pairs as can match, as large as it can be; and how many these are, of all."""
    from scipy.optimize import linear_sum_assignment

    matched, found, wanted = matching_labels(labels, truth, iou)
    (a, _, _), (b, _, _) = numbered(labels), numbered(truth)
    table = np.zeros((found + 1, wanted + 1), np.int64)
    np.add.at(table, (a, b), 1)
    pixels = table[1:, 1:]
    either = table.sum(1)[1:, np.newaxis] + table.sum(0)[np.newaxis, 1:] - pixels
    ious = np.where(pixels > 0, pixels / np.maximum(either, 1), 0.0)
    ious[ious < iou] = 0
    gains = np.where(ious > 0, 1 + ious / (2 * ious.size + 2), 0)
    chosen = linear_sum_assignment(gains, maximize=True)
    return math.fsum(ious[chosen].tolist()), matched, found + wanted


def segmentation_quality(labels, truth, iou=0.5):
    """The mean overlap of the labels that match."""
    overlap, matched, both = overlap_of_labels(labels, truth, iou)
    return 1.0 if not both else overlap / matched if matched else 0.0


def panoptic_quality(labels, truth, iou=0.5):
    """The sum of the overlaps of labels that match, over the mean number of labels."""
    overlap, _, both = overlap_of_labels(labels, truth, iou)
    return 2 * overlap / both if both else 1.0


def f1_of_labels(labels, truth, iou=0.5):
    """Twice the labels that match, over those of both."""
    matched, found, wanted = matching_labels(labels, truth, iou)
    return 2 * matched / (found + wanted) if found + wanted else 1.0


def precision_of_labels(labels, truth, iou=0.5):
    """The share of the labels that match."""
    matched, found, wanted = matching_labels(labels, truth, iou)
    return matched / found if found else float(wanted == 0)


def recall_of_labels(labels, truth, iou=0.5):
    """The share of the true labels that match."""
    matched, found, wanted = matching_labels(labels, truth, iou)
    return matched / wanted if wanted else float(found == 0)


def skeleton_labels(labels, method="homotopic"):
    """Each label of a plane thinned by itself."""
    result = np.zeros_like(labels)
    for number in np.unique(labels[labels > 0]):
        result[skeleton(labels == number, method)] = number
    return result


def hull_labels(labels):
    """Each label of a plane with its convex hull; what lies in several goes to the lowest number."""
    result = labels.copy()
    for number in np.unique(labels[labels > 0]):
        result[hull(labels == number) & (result == 0)] = number
    return result


def dice_of_labels(a, b):
    """The mean over all numbers of twice what both share, over the sum of both."""
    return mean_of_numbers(a, b, lambda both, sizes: 2 * both / sizes)


def iou_of_labels(a, b):
    """The mean over all numbers of what both share, over all of both."""
    return mean_of_numbers(a, b, lambda both, sizes: both / (sizes - both))


def mean_of_numbers(a, b, share):
    """The mean of shares of the numbers that occur in either."""
    numbers = [n for n in np.union1d(a, b).tolist() if n != 0]
    shares = []
    for n in numbers:
        both = int(np.count_nonzero((a == n) & (b == n)))
        shares.append(share(both, int(np.count_nonzero(a == n)) + int(np.count_nonzero(b == n))))
    return math.fsum(shares) / len(shares) if shares else 1.0
