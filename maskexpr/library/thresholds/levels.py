"""Thresholds found in an image's histogram: one level for all of it."""

from fractions import Fraction

import numpy as np

from maskexpr import messages
from maskexpr.arguments import Array, Image, MaskOrNone, Masks
from maskexpr.builtin import WHOLE, Gives, Refused, builtin
from maskexpr.kinds import number
from maskexpr.library.measures.statistics import bin_edges

_LEVEL = Gives(frozenset({"number"}), lambda kinds: number(kinds["im"].range))


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


@builtin(gives=_LEVEL, halo=WHOLE, cost=40, memory=17)
def otsu(im: Image, within: MaskOrNone = None) -> int | float:
    """The threshold that parts an image into two classes as far apart as possible: Otsu's method. Use it as
    `im > otsu(im)`.

    Maximises the variance between the classes at or below and above the threshold; of equal ones the lowest is taken.
    An integer image is looked at value by value, whatever its range, and gives a whole number; a floating one is put
    into 256 bins between its minimum and maximum, and gives the centre of a bin. `within` limits the pixels that are
    looked at to a mask. An image of a single value gives that value; nan and inf are left out. The variances are
    compared in exact arithmetic.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: Otsu, A threshold selection method from gray-level histograms, 1979 (doi:10.1109/TSMC.1979.4310076). As
    skimage.filters.threshold_otsu, which counts and sums in float32 and so may miss the maximum by a level or more
    where variances are close.

    >>> evaluate("otsu(im)", im=[[1, 2, 2], [8, 9, 9]])
    2
    """
    pixels = pixels_of(im, within)
    if pixels.dtype.kind in "iu":
        return level_of_values(*np.unique(pixels, return_counts=True))
    edges = edges_of(pixels)
    return level_of_bins(edges, np.histogram(pixels, edges)[0])


def level_of_values(values: Array, counts: Array) -> int:
    """Otsu's threshold of integers that occur so often."""
    return int(values[_between_classes(values, counts)])


def edges_of(pixels: Array) -> Array:
    """The ends of the bins that floating values are counted in."""
    return bin_edges(pixels.min(), pixels.max(), 256)


def level_of_bins(edges: Array, counts: Array) -> float:
    """Otsu's threshold of values that lie so often between edges."""
    occupied = np.flatnonzero(counts)
    index = occupied[_between_classes(occupied, counts[occupied])]
    return float(edges[index] / 2 + edges[index + 1] / 2)


def _between_classes(values: Array, counts: Array) -> int:
    """The index of the value whose split has the largest variance between the classes, in exact arithmetic.

    With n of N pixels and a sum s of S in the lower class that variance is (s N - S n)^2 / (n (N - n)), but for a
    constant factor.
    """
    if len(values) == 1:
        return 0
    n = np.cumsum(counts).astype(object)
    s = np.cumsum((values.astype(object) - int(values[0])) * counts)
    numerators = (s[:-1] * n[-1] - s[-1] * n[:-1]) ** 2
    denominators = n[:-1] * (n[-1] - n[:-1])
    # Python rounds the quotient of two integers correctly, so the largest fraction is among the largest quotients.
    quotients = numerators / denominators
    best = np.flatnonzero(quotients == quotients.max())
    return int(max(best, key=lambda i: Fraction(numerators[i], denominators[i])))
