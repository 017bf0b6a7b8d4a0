"""Thresholds found in how often values occur: one level for all of an image."""

import math
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import NUMBER, Gives, Kinds
from maskexpr.functions.parameters import Array, Image, MaskOrNone, Masks
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.counts import count_bins, count_values
from maskexpr.kernels.gathering import Samples
from maskexpr.kinds.kind import number
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.measures.statistics import bin_edges, mean, means


def _finite_values(kinds: Kinds) -> Bounds:
    return kinds["im"].limits._replace(nan=False)


ONE_OF_THE_VALUES = Gives(frozenset({"number"}), lambda kinds: number(kinds["im"].range)).bounded(_finite_values)
BINS = 256
_MOST_WHOLE = 2**63 - 1  # of int64
_ROUNDED = 2.0**-44  # of a quotient: well above what is rounded away
_DIGITS = Context(prec=50)


def pixels_of(im: Array, within: Masks | None) -> Array:
    """The pixels a threshold is found in, floating ones as float64 without nan and inf."""
    pixels = im.ravel() if within is None else im[within]
    if not pixels.size:
        raise Refused(messages.WITHIN_EMPTY, "within")
    if pixels.dtype.kind != "f":
        return pixels
    pixels = pixels[np.isfinite(pixels)].astype(np.float64)
    if not pixels.size:
        raise Refused(messages.NOTHING_FINITE, "im")
    return pixels


def edges_of(pixels: Array) -> Array:
    """The ends of the bins that floating values are counted in."""
    return bin_edges(pixels.min(), pixels.max(), BINS)


def centre(edges: Array, index: int) -> float:
    """The middle of a bin, but below the last edge, which rounding may reach where bins are too narrow for float64."""
    middle = edges[index] / 2 + edges[index + 1] / 2
    return float(min(middle, np.nextafter(edges[-1], edges[0])))


def above_lowest(values: Array) -> Array:
    """How far ascending values are above the first; of integers as uint64, which is right where signed ones wrap."""
    exact: Array = values if values.dtype.kind == "f" else values.astype(np.uint64)
    return exact - exact[:1]


def find_level(pixels: Array, method: Callable[[Array, Array], int]) -> int | float:
    """The level that a method finds for ascending values and their counts: integers as they are, floating values by
    the numbers of their bins."""
    if pixels.dtype.kind in "iu":
        return method(*count_values(pixels))
    edges = edges_of(pixels)
    counts = count_bins(pixels, edges)
    occupied = np.flatnonzero(counts)
    return centre(edges, method(occupied, counts[occupied]))


def _work_type(largest: int) -> Any:
    """The type in which integers up to one are exact: of 64 bits, or Python's own."""
    return np.int64 if largest <= _MOST_WHOLE else object


def _first_of_largest(roots: Array, *factors: Array) -> int:
    """The index of the first of the largest of squares over the product of some numbers above 0, in exact arithmetic; 0
    where there are none."""
    if not len(roots):
        return 0
    # Floating quotients are off by some of their last bits, so the largest one is among the largest of these.
    quotients = roots.astype(np.float64) ** 2
    for factor in factors:
        quotients /= factor.astype(np.float64)
    best: list[int] = np.flatnonzero(quotients >= quotients.max() * (1 - _ROUNDED)).tolist()

    def exact(i: int) -> Fraction:
        return Fraction(int(roots[i]) ** 2, math.prod(int(factor[i]) for factor in factors))

    return max(best, key=exact)


@function(gives=ONE_OF_THE_VALUES, halo=WHOLE, cost=40, memory=24, transposes=True, without_data="within")
def otsu(im: Image, within: MaskOrNone = None) -> int | float:
    """The threshold that parts an image into two classes as far apart as possible: Otsu's method. Use it as
    `im > otsu(im)`.

    Maximises the variance between the classes at or below and above the threshold; of equal ones the lowest is taken.
    An integer image is looked at value by value, whatever its range, and gives a whole number; a floating one is put
    into 256 bins between its minimum and maximum, and gives the centre of a bin. An image of any number of axes gets
    one threshold, a stack one for all of its slices. `within` limits the pixels that are looked at to a mask. An image
    of a single value gives that value; nan and inf are left out. The variances are compared in exact arithmetic.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: Otsu, A threshold selection method from gray-level histograms, 1979 (doi:10.1109/TSMC.1979.4310076). As
    skimage.filters.threshold_otsu, which counts and sums in float32 and so may miss the maximum by a level or more
    where variances are close, and which bins a float32 image in float32: there its threshold differs slightly.

    >>> evaluate("otsu(im)", im=[[1, 2, 2], [8, 9, 9]])
    2
    """
    return find_level(pixels_of(im, within), _by_variance)


def _by_variance(values: Array, counts: Array) -> int:
    """Otsu's threshold of integers that occur so often.

    With n of N pixels and a sum s of S in the lower class the variance between the classes is
    (s N - S n)^2 / (n (N - n)), but for a constant factor.
    """
    n, above = np.cumsum(counts), above_lowest(values)
    work = _work_type(int(above[-1]) * int(n[-1]) ** 2)
    n, s = n.astype(work), np.cumsum(above.astype(work) * counts)
    differences = s[:-1] * n[-1] - s[-1] * n[:-1]
    return int(values[_first_of_largest(differences, n[:-1] * (n[-1] - n[:-1]))])


@function(gives=ONE_OF_THE_VALUES, halo=WHOLE, cost=40, memory=24, transposes=True, without_data="within")
def yen(im: Image, within: MaskOrNone = None) -> int | float:
    """The threshold of the largest entropic correlation of its classes. Use it as `im > yen(im)`.

    Yen's method. With a share P of the pixels at or below the threshold, and A and B the sums of the squared counts of
    the values at or below and above it, that correlation is the logarithm of (P (1 - P))^2 / (A B); of equal ones the
    lowest threshold is taken. An integer image is looked at value by value, whatever its range, and gives a whole
    number; a floating one is put into 256 bins between its minimum and maximum, and gives the centre of a bin. An image
    of any number of axes gets one threshold, a stack one for all of its slices. `within` limits the pixels that are
    looked at to a mask. An image of a single value gives that value; nan and inf are left out. The fractions are
    compared in exact arithmetic.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: Yen, Chang & Chang, A new criterion for automatic multilevel thresholding, 1995 (doi:10.1109/83.366472). As
    skimage.filters.threshold_yen, which computes in float32 and so may miss the maximum where it is flat, and which
    bins a float32 image in float32: there its threshold differs slightly.

    >>> evaluate("yen(im)", im=[[1, 2, 2, 3], [3, 2, 8, 9]])
    3
    """
    return find_level(pixels_of(im, within), _by_correlation)


def _by_correlation(values: Array, counts: Array) -> int:
    n = np.cumsum(counts)
    work = _work_type(int(n[-1]) ** 2)
    n, squares = n.astype(work), np.cumsum(counts.astype(work) ** 2)
    return int(values[_first_of_largest(n[:-1] * (n[-1] - n[:-1]), squares[:-1], squares[-1] - squares[:-1])])


@function(gives=ONE_OF_THE_VALUES, halo=WHOLE, cost=40, memory=24, transposes=True, without_data="within")
def isodata(im: Image, within: MaskOrNone = None) -> int | float:
    """The threshold midway between the means of the classes it makes. Use it as `im > isodata(im)`.

    Ridler and Calvard's method, which gives the lowest such threshold: from the darkest value on, it is raised to the
    midpoint between the mean of the pixels at or below it and that of the pixels above it, rounded down, until it
    stays. An integer image is looked at value by value, whatever its range, and gives a whole number, not always one of
    its values; a floating one is put into 256 bins between its minimum and maximum, and gives the centre of a bin. An
    image of any number of axes gets one threshold, a stack one for all of its slices. `within` limits the pixels that
    are looked at to a mask. An image of a single value gives that value; nan and inf are left out. The means are exact.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: Ridler & Calvard, Picture thresholding using an iterative selection method, 1978
    (doi:10.1109/TSMC.1978.4310039). As skimage.filters.threshold_isodata, whose means are rounded and may be wrong by
    a level where one lies on a value, and which bins a float32 image in float32: there its threshold differs slightly.

    >>> evaluate("isodata(im)", im=[[1, 2, 3, 20, 20, 20]])
    11
    """
    return find_level(pixels_of(im, within), _by_midpoint)


def _by_midpoint(values: Array, counts: Array) -> int:
    """Both means rise with the level, so the level only rises, and stops below the largest value."""
    n = np.cumsum(counts)
    level, highest = int(values[0]), int(values[-1])
    s = np.cumsum(values.astype(_work_type(max(abs(level), abs(highest)) * int(n[-1]))) * counts)
    while level < highest:
        last = int(np.searchsorted(values, values.dtype.type(level), "right")) - 1
        lower, below = n.item(last), s.item(last)
        upper = n.item(-1) - lower
        midpoint = (below * upper + (s.item(-1) - below) * lower) // (2 * lower * upper)
        if midpoint == level:
            break
        level = midpoint
    return level


@function(gives=NUMBER.bounded(means), halo=WHOLE, cost=3, memory=3, without_data="within")
def mean_threshold(im: Image, within: MaskOrNone = None) -> float:
    """The mean of an image's pixels, as a threshold. Use it as `im > mean_threshold(im)`.

    As `mean(im)`, or `mean(im[within])`, but nan and inf are left out. Of integers it is the exact quotient, rounded
    once; of floating values their exact sum, rounded, is divided. A pixel that equals the mean is not above it, so an
    image of a single value has none on, unless that is floating and its mean is rounded down. An image of any number of
    axes gets one threshold, a stack one for all of its slices. `within` limits the pixels that are looked at to a mask.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: Glasbey, An analysis of histogram-based thresholding algorithms, 1993 (doi:10.1006/cgip.1993.1040).
    As skimage.filters.threshold_mean, which means a float32 image in float32, and does not leave out nan and inf.

    >>> evaluate("im > mean_threshold(im)", im=[[1, 2, 2, 9]])
    array([[False, False, False,  True]])
    """
    pixels: Any = im if within is None else Samples(im, within)
    if not pixels.size:
        raise Refused(messages.WITHIN_EMPTY, "within")
    found: float = mean(pixels)
    if math.isfinite(found):
        return found
    is_finite = np.isfinite(im)
    pixels = Samples(im, is_finite if within is None else np.logical_and(is_finite, within, out=is_finite))
    if not pixels.size:
        raise Refused(messages.NOTHING_FINITE, "im")
    return float(mean(pixels))


@function(gives=NUMBER.bounded(_finite_values), halo=WHOLE, cost=60, memory=74, transposes=True, without_data="within")
def li(im: Image, within: MaskOrNone = None) -> float:
    """The threshold of minimum cross entropy between an image and its classes. Use it as `im > li(im)`.

    Li's method, which makes the image most like one in which each class has its mean as its only value. It starts at
    the mean and goes on to (b - a) / log(b / a), where a and b are the means of the classes at or below and above the
    threshold, until that moves it by no more than half the smallest difference between two values (of integers, half
    a unit). The darkest value counts as 0. Every value is looked at, floating ones too. The result is floating also for
    an integer image, so it is rounded where integers are beyond 2^53. An image of any number of axes gets one
    threshold, a stack one for all of its slices. `within` limits the pixels that are looked at to a mask. An image of a
    single value gives that value; nan and inf are left out.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: Li & Tam, An iterative algorithm for minimum cross entropy thresholding, 1998
    (doi:10.1016/S0167-8655(98)00057-9), for the criterion of Li & Lee, 1993 (doi:10.1016/0031-3203(93)90115-D). As
    skimage.filters.threshold_li, which computes float32 images in float32, and wraps in an int8 image of large range.

    >>> evaluate("im > li(im)", im=[[1, 2, 2, 3], [1, 2, 8, 9]]).astype(int)
    array([[0, 0, 0, 0],
           [0, 0, 1, 1]])
    """
    values, counts = count_values(pixels_of(im, within))
    if values.dtype.kind in "iu":
        return _by_cross_entropy(values, counts)
    # Of one size, so that sums stay within float64; a power of two, so that nothing is rounded.
    exponent = int(np.frexp(np.abs(values).max())[1])
    return math.ldexp(_by_cross_entropy(np.ldexp(values, -exponent), counts), exponent)


def _by_cross_entropy(values: Array, counts: Array) -> float:
    """The level rises, or falls, from step to step, so there are no more steps than values."""
    lowest = values[0].item()
    if len(values) == 1:
        return float(lowest)
    whole = values.dtype.kind in "iu"
    above = above_lowest(values)
    weighted = (above.astype(_work_type(int(above[-1]) * int(counts.sum()))) if whole else above) * counts
    lower_sums, upper_sums = np.cumsum(weighted), np.cumsum(weighted[::-1])[::-1]
    n = np.cumsum(counts)
    tolerance = 0.5 if whole else float(np.diff(above).min()) / 2
    level = lower_sums.item(-1) / n.item(-1)
    for _ in range(len(values)):
        split = _upper_class(above, level)
        lower, upper = n.item(split - 1), n.item(-1) - n.item(split - 1)
        a, b = lower_sums.item(split - 1) / lower, upper_sums.item(split) / upper
        if a == 0:
            break
        previous, level = level, max(a, logarithmic_mean(a, b))
        if abs(level - previous) <= tolerance:
            break
    split = _upper_class(above, level)
    level = float(lowest + level)
    return level if level < values[split].item() else float(values[split - 1])


def logarithmic_mean(a: float, b: float) -> float:
    """(b - a) / log(b / a) of numbers above 0, a < b: to many digits, since a logarithm of floats ends in other bits on
    other machines, and is nothing but rounding where both are nearly the same."""
    low, high = Decimal(a), Decimal(b)
    logarithm = _DIGITS.ln(_DIGITS.divide(high, low))
    return float(_DIGITS.divide(_DIGITS.subtract(high, low), logarithm))


def _upper_class(above: Array, level: float) -> int:
    """The index of the first value above a level; rounding empties neither class."""
    if above.dtype.kind == "u":
        level = min(int(level), int(above[-1]))
    return int(np.clip(np.searchsorted(above, above.dtype.type(level), "right"), 1, len(above) - 1))
