"""Thresholds found in how often values occur, in exact arithmetic."""

import bisect
import decimal
import math
from fractions import Fraction

import numpy as np
from scipy import ndimage

from maskexpr.exporting.helpers.statistics import bin_edges


def pixels_of(image, within):
    """The pixels that a threshold is found in, floating ones without nan and inf."""
    pixels = image.ravel() if within is None else image[within]
    if pixels.dtype.kind == "f":
        pixels = pixels[np.isfinite(pixels)].astype(np.float64) + 0.0
    if not pixels.size:
        raise ValueError("there are no pixels to find a threshold in")
    return pixels


def find_level(pixels, method):
    """The level that a method finds for ascending values and their counts; floating ones go by 256 bins."""
    if pixels.dtype.kind in "iu":
        return method(*np.unique(pixels, return_counts=True))
    edges, counts = counted_in_bins(pixels)
    occupied = np.flatnonzero(counts)
    return centre_of_bin(edges, method(occupied, counts[occupied]))


def counted_in_bins(pixels):
    """The ends of 256 bins, and how many pixels are in each."""
    edges = bin_edges(pixels.min().item(), pixels.max().item(), 256)
    ordered = np.sort(pixels)
    below = np.append(np.searchsorted(ordered, edges[:-1]), np.searchsorted(ordered, edges[-1], "right"))
    return edges, np.diff(below)


def centre_of_bin(edges, index):
    """The middle of a bin, below the last edge."""
    middle = edges[index] / 2 + edges[index + 1] / 2
    return float(min(middle, np.nextafter(edges[-1], edges[0])))


def first_of_largest(numerators, denominators):
    """Which of some exact fractions is the largest, the first of equal ones."""
    if not len(numerators):
        return 0
    quotients = numerators / denominators
    best = np.flatnonzero(quotients == quotients.max())
    return int(max(best, key=lambda i: Fraction(int(numerators[i]), int(denominators[i]))))


def otsu(image, within=None):
    """Otsu's threshold: the largest variance between the classes at or below and above it."""

    def by_variance(values, counts):
        n = np.cumsum(counts).astype(object)
        s = np.cumsum((values.astype(object) - int(values[0])) * counts)
        numerators = (s[:-1] * n[-1] - s[-1] * n[:-1]) ** 2
        return int(values[first_of_largest(numerators, n[:-1] * (n[-1] - n[:-1]))])

    return find_level(pixels_of(image, within), by_variance)


def yen(image, within=None):
    """Yen's threshold: the largest entropic correlation of the classes."""

    def by_correlation(values, counts):
        n = np.cumsum(counts).astype(object)
        squares = np.cumsum(counts.astype(object) ** 2)
        numerators = (n[:-1] * (n[-1] - n[:-1])) ** 2
        return int(values[first_of_largest(numerators, squares[:-1] * (squares[-1] - squares[:-1]))])

    return find_level(pixels_of(image, within), by_correlation)


def isodata(image, within=None):
    """The lowest threshold midway between the means of the classes that it makes."""

    def by_midpoint(values, counts):
        levels, n = values.tolist(), np.cumsum(counts).tolist()
        s = np.cumsum(values.astype(object) * counts).tolist()
        level = levels[0]
        while level < levels[-1]:
            last = bisect.bisect_right(levels, level) - 1
            lower, upper = n[last], n[-1] - n[last]
            midpoint = (s[last] * upper + (s[-1] - s[last]) * lower) // (2 * lower * upper)
            if midpoint == level:
                break
            level = midpoint
        return level

    return find_level(pixels_of(image, within), by_midpoint)


def mean_threshold(image, within=None):
    """The mean of the pixels."""
    pixels = pixels_of(image, within)
    if pixels.dtype.kind != "f":
        return sum(pixels.tolist()) / pixels.size
    try:
        return math.fsum(pixels.tolist()) / pixels.size
    except OverflowError:
        return float(sum(map(Fraction, pixels.tolist())) / pixels.size)


def li(image, within=None):
    """Li's threshold of minimum cross entropy."""
    values, counts = np.unique(pixels_of(image, within), return_counts=True)
    if values.dtype.kind in "iu":
        return by_cross_entropy(values, counts)
    exponent = int(np.frexp(np.abs(values).max())[1])
    return math.ldexp(by_cross_entropy(np.ldexp(values, -exponent), counts), exponent)


def by_cross_entropy(values, counts):
    """The level where the mean logarithm of the classes' means is met, of ascending values and their counts."""
    lowest = values[0].item()
    if len(values) == 1:
        return float(lowest)
    is_whole = values.dtype.kind in "iu"
    above = values.astype(np.uint64) - values[:1].astype(np.uint64) if is_whole else values - values[:1]
    weighted = (above.astype(object) if is_whole else above) * counts
    lower_sums, upper_sums, n = np.cumsum(weighted), np.cumsum(weighted[::-1])[::-1], np.cumsum(counts)
    tolerance = 0.5 if is_whole else float(np.diff(above).min()) / 2

    def upper_class(level):
        level = min(int(level), int(above[-1])) if is_whole else level
        return int(np.clip(np.searchsorted(above, above.dtype.type(level), "right"), 1, len(above) - 1))

    level = lower_sums.item(-1) / n.item(-1)
    for _ in range(len(values)):
        split = upper_class(level)
        lower, upper = n.item(split - 1), n.item(-1) - n.item(split - 1)
        a, b = lower_sums.item(split - 1) / lower, upper_sums.item(split) / upper
        if a == 0:
            break
        with decimal.localcontext(decimal.Context(prec=50)):
            low, high = decimal.Decimal(a), decimal.Decimal(b)
            mean = float((high - low) / (high / low).ln())
        previous, level = level, max(a, mean)
        if abs(level - previous) <= tolerance:
            break
    split = upper_class(level)
    level = float(lowest + level)
    return level if level < values[split].item() else float(values[split - 1])


def triangle(image, within=None):
    """The threshold at the foot of a histogram's one large peak."""

    def farthest(levels, counts, peak, height):
        if not len(levels):
            return peak
        nexts = np.append(levels[1:], peak) - 1
        both = np.column_stack([levels, nexts]).ravel()
        occurring = np.column_stack([counts, np.where(nexts > levels, 0, counts)]).ravel()
        return int(both[np.argmax((both - both[0]) * height - (peak - both[0]) * occurring)])

    def below_the_slope(values, counts):
        levels, counts, peak = values.astype(object), counts.astype(object), int(np.argmax(counts))
        if levels[peak] - levels[0] < levels[-1] - levels[peak]:
            return -farthest(-levels[:peak:-1], counts[:peak:-1], -levels[peak], counts[peak])
        return farthest(levels[:peak], counts[:peak], levels[peak], counts[peak])

    return find_level(pixels_of(image, within), below_the_slope)


def valley(image, within=None):
    """The threshold at the lowest point between a histogram's two peaks, once it is smooth enough to have no more."""
    pixels = pixels_of(image, within)
    if pixels.dtype.kind == "f":
        edges, counts = counted_in_bins(pixels)
        return centre_of_bin(edges, between_peaks(counts))
    values, counts = np.unique(pixels, return_counts=True)
    lowest, span = int(values[0]), int(values[-1]) - int(values[0]) + 1
    width = 1 if span <= 2**16 else -(-span // 256)
    bins = ((values.astype(object) - lowest) // width).astype(np.intp)
    return lowest + (between_peaks(np.bincount(bins, counts)) + 1) * width - 1


def between_peaks(histogram):
    """The index of the lowest point between the two peaks of a histogram once it has no more."""
    steps = np.pad(np.diff(histogram).astype(np.float64), 1)
    for done in range(10_000):
        if done % 256 == 0:
            steps = np.ldexp(steps, 500 - int(np.frexp(np.abs(steps).max())[1]))
        steps[1:-1] = (steps[:-2] + steps[2:]) + steps[1:-1]
        inner = steps[1:-1]
        ends = np.flatnonzero(inner)
        rises = inner[ends] > 0
        peaks = ends[np.append(True, rises[:-1])[: len(ends)] & ~rises]
        if len(peaks) == 2:
            return int(peaks[0] + np.flatnonzero(inner[peaks[0] : peaks[1]] < 0)[-1] + 1)
        if len(peaks) < 2:
            raise ValueError("the histogram has a single peak, and so no valley")
    raise ValueError("the histogram has more than two peaks")


def multiotsu(image, classes=3, within=None):
    """The classes that several of Otsu's thresholds make: 0 for the darkest, 1, 2..."""
    labels = np.zeros(image.shape, np.int32)
    for threshold in otsus(pixels_of(image, within), classes):
        labels += image > threshold
    return labels


def multiotsu_thresholds(image, classes=3, within=None):
    """Those thresholds, the lowest first; where there are fewer values than classes the highest stands in."""
    pixels = pixels_of(image, within)
    found = otsus(pixels, classes)
    return found + [pixels.max().item()] * (classes - 1 - len(found))


def otsus(pixels, classes):
    """The thresholds with the largest variance between the classes, the lowest ones of equal."""
    if pixels.dtype.kind == "f":
        edges, counts = counted_in_bins(pixels)
        bins = np.flatnonzero(counts)
        return [centre_of_bin(edges, bins[last]) for last in parted(bins, counts[bins], classes)]
    values, counts = np.unique(pixels, return_counts=True)
    if len(values) > 4096:
        raise ValueError("there are too many different values: make the image one of 8 bits")
    return [int(values[last]) for last in parted(values, counts, classes)]


def parted(values, counts, classes):
    """Where ascending values are parted so that the sum of s^2 / n over the classes is largest: their last indices."""
    size = len(values)
    if size <= classes:
        return list(range(size - 1))
    n = np.append(0, np.cumsum(counts.astype(object)))
    s = np.append(0, np.cumsum((values.astype(object) - int(values[size // 2])) * counts))
    bits = 2 * classes * int(n[-1]).bit_length() + 5

    def score(i, j):
        return ((s[j] - s[i]) ** 2 << bits) // (n[j] - n[i])

    best, choices = [score(i, size) for i in range(size)] + [0], []
    for more in range(2, classes + 1):
        top = size - more + 1
        found, ends = [0] * (size + 1), [0] * (size + 1)
        for i in range(top if more < classes else 1):
            j = np.arange(i + 1, top + 1)
            totals = score(i, j) + np.array([best[k] for k in j.tolist()], object)
            ends[i] = int(j[np.flatnonzero(totals > totals.max() - classes)[0]])
            found[i] = totals[ends[i] - i - 1]
        best = found
        choices.append(ends)
    lasts, first = [], 0
    for ends in reversed(choices):
        first = ends[first]
        lasts.append(first - 1)
    return lasts


def hysteresis(image, low, high, structure=None, within=True):
    """The connected regions above `low` that hold a pixel above `high`."""
    if np.ndim(low) == np.ndim(high) == 0 and low > high:
        raise ValueError("low has to be below high")
    strong = image > high
    weak = (image > low) | strong
    return ndimage.binary_propagation(strong & within, structure, mask=weak & within)
