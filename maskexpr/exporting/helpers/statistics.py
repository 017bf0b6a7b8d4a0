"""Statistics that are exact where NumPy's are rounded."""

import bisect
import math
from fractions import Fraction

import numpy as np


def percentile(values, q):
    """The value below which q percent lie, its place and the value between two exact."""
    place = Fraction(str(q)) / 100 * (values.size - 1)
    index = math.floor(place)
    found = np.partition(values.ravel(), sorted({index, math.ceil(place), values.size - 1}))
    low, high, last = found[index].item(), found[math.ceil(place)].item(), found[-1].item()
    if last != last:
        return math.nan
    if low == high or place == index:
        return float(low) + 0.0
    if math.isinf(low) or math.isinf(high):
        return float(low + high)
    return float(Fraction(low) + (place - index) * (Fraction(high) - Fraction(low)))


def std_of_large(values, axes=None):
    """The standard deviation of whole numbers that floats cannot tell apart, by their distances from the least."""
    least = values.min(axis=axes, keepdims=True)
    return np.std((values.astype(np.uint64) - least.astype(np.uint64)).astype(np.float64), axis=axes)


def size_of_pixel(spacing):
    """The product of the lengths of a pixel, exactly."""
    return math.prod(Fraction(str(step)) for step in spacing)


def size_in_pixels(size, spacing):
    """How many pixels an area or a volume is, exactly."""
    return Fraction(str(size)) / size_of_pixel(spacing)


def length_in_pixels(length, step):
    """How many pixels a length is, exactly."""
    return Fraction(str(length)) / Fraction(str(step))


def centroid(mask):
    """The mean position of the pixels of a mask along each axis."""
    if not mask.any():
        raise ValueError("a mask without pixels has no centroid")
    return [int(places.sum()) / places.size for places in np.nonzero(mask)]


def bbox(mask):
    """Where the smallest box around a mask starts along each axis, then where it stops."""
    if not mask.any():
        raise ValueError("a mask without pixels has no bounding box")
    places = np.nonzero(mask)
    return [int(axis.min()) for axis in places] + [int(axis.max()) + 1 for axis in places]


def dice(a, b):
    """Twice what two masks share, over the sum of both."""
    total = int(np.count_nonzero(a)) + int(np.count_nonzero(b))
    return 2 * int(np.count_nonzero(a & b)) / total if total else 1.0


def iou(a, b):
    """What two masks share, over all of both."""
    total = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / total if total else 1.0


def share(both, own, others):
    """A part of its whole; where there is none, whether there is none of the other."""
    return both / own if own else float(others == 0)


def precision(mask, truth):
    """How much of a mask is right."""
    counts = np.count_nonzero(mask & truth), np.count_nonzero(mask), np.count_nonzero(truth)
    return share(*map(int, counts))


def recall(mask, truth):
    """How much of the truth was found."""
    counts = np.count_nonzero(mask & truth), np.count_nonzero(truth), np.count_nonzero(mask)
    return share(*map(int, counts))


def f1(mask, truth):
    """The same as dice."""
    return dice(mask, truth)


def specificity(mask, truth):
    """How much of what is not true was left out."""
    counts = np.count_nonzero(~(mask | truth)), np.count_nonzero(~truth), np.count_nonzero(~mask)
    return share(*map(int, counts))


def volume_difference(mask, truth):
    """How much larger a mask is than the truth, as a share of that."""
    found, wanted = int(np.count_nonzero(mask)), int(np.count_nonzero(truth))
    if wanted:
        return (found - wanted) / wanted
    return math.inf if found else 0.0


def histogram(values, bins, low, high):
    """How many values fall into each of some bins, and their edges; whole numbers against exact ones."""
    is_whole = values.dtype.kind in "iu"
    values = values.ravel() if is_whole else values[np.isfinite(values)].astype(np.float64)
    if not values.size and (low is None or high is None):
        raise ValueError("there are no finite values")
    low = values.min().item() if low is None else low
    high = values.max().item() if high is None else high
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError("a histogram goes from a lower to a higher number")
    if low == high:
        low, high = low - Fraction(1, 2), high + Fraction(1, 2)
    if is_whole:
        low, high = Fraction(str(low)), Fraction(str(high))
        edges = [low + (high - low) * i / bins for i in range(bins + 1)]
        cuts = [*map(math.ceil, edges[:-1]), math.floor(edges[-1])]
    else:
        edges = cuts = bin_edges(float(low), float(high), bins).tolist()
    ordered = np.sort(values).tolist() if is_whole else np.sort(values)
    below = [*(bisect.bisect_left(ordered, cut) for cut in cuts[:-1]), bisect.bisect_right(ordered, cuts[-1])]
    return [np.diff(below).tolist(), [float(edge) for edge in edges]]


def bin_edges(low, high, bins):
    """The ends of bins of equal width, also where their distance is beyond float64."""
    scale = 1.0 if math.isfinite(high - low) else 2.0
    low, width, places = low / scale, high / scale - low / scale, np.arange(bins + 1.0)
    step = width / bins
    edges = (places * step if step else places / bins * width) + low
    edges[-1] = high / scale
    return edges * scale + 0.0
