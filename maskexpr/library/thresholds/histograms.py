"""Thresholds found in the shape of an image's histogram: its peaks, the valley between them, its longest slope."""

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.parameters import Array, Image, MaskOrNone
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.counts import count_bins, count_values
from maskexpr.library.thresholds.levels import (
    BINS,
    ONE_OF_THE_VALUES,
    above_lowest,
    centre,
    edges_of,
    find_level,
    pixels_of,
)

MOST_VALUES = 2**16  # that are looked at one by one in a histogram with its empty bins
_SMALL = 2**60
_MOST_ROUNDS = 10_000
_ROUNDS_BETWEEN_SCALINGS = 256  # in which sums of three stay within float64 if they start at 2^500


def into_bins(values: Array, counts: Array, width: int) -> tuple[Array, Array]:
    """The numbers of the occupied bins of a whole width, from the lowest value on, and their counts."""
    bins, first = np.unique(above_lowest(values) // np.uint64(width), return_index=True)
    return bins, np.add.reduceat(counts, first)


@function(gives=ONE_OF_THE_VALUES, halo=WHOLE, cost=40, memory=24, transposes=True, without_data="within")
def triangle(im: Image, within: MaskOrNone = None) -> int | float:
    """The threshold at the foot of a histogram's one large peak. Use it as `im > triangle(im)`.

    The triangle method: a line is drawn from the histogram's far end, at height 0, to the top of its highest peak; the
    threshold is the value whose count lies farthest below that line. The far end is the one farther from the peak, the
    dark one where both are as far; of equal peaks the darkest counts, of equal values the one nearest to the far end.
    So `im > triangle(im)` is the bright tail beside a dark background, and `im <= triangle(im)` the dark tail beside a
    bright one. An integer image is looked at value by value, whatever its range, and gives a whole number, not always
    one of its values; a floating one is put into 256 bins between its minimum and maximum, and gives the centre of a
    bin. An image of any number of axes gets one threshold, a stack one for all of its slices. `within` limits the
    pixels that are looked at to a mask. An image of a single value gives that value; nan and inf are left out.
    Distances are compared in exact arithmetic.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: Zack, Rogers & Latt, Automatic measurement of sister chromatid exchange frequency, 1977
    (doi:10.1177/25.7.70454). As skimage.filters.threshold_triangle, whose distances are rounded, so that it may take
    another of equal values, and which bins a float32 image in float32: there its threshold differs slightly.

    >>> evaluate("triangle(im)", im=[[1, 1, 1, 1], [1, 2, 2, 3], [1, 2, 8, 9]])
    4
    """
    return find_level(pixels_of(im, within), _below_the_slope)


def _below_the_slope(values: Array, counts: Array) -> int:
    peak = int(np.argmax(counts))
    size = max(abs(int(values[0])), abs(int(values[-1])), 1) * int(counts[peak])
    work = np.int64 if size < _SMALL else object  # in which what is compared is exact
    levels, counts = values.astype(work), counts.astype(work)
    if levels[peak] - levels[0] < levels[-1] - levels[peak]:
        return -_farthest(-levels[:peak:-1], counts[:peak:-1], -levels[peak], counts[peak])
    return _farthest(levels[:peak], counts[:peak], levels[peak], counts[peak])


def _farthest(levels: Array, counts: Array, peak: int, height: int) -> int:
    """The level farthest below the line that rises from the first level to the peak; the peak where it is alone.

    Of levels that do not occur the one just below the next that does is farthest, as the line rises.
    """
    if not len(levels):
        return peak
    nexts = np.append(levels[1:], peak) - 1
    both = np.column_stack([levels, nexts]).ravel()
    occurring = np.column_stack([counts, np.where(nexts > levels, 0, counts)]).ravel()
    distances = (both - both[0]) * height - (peak - both[0]) * occurring
    return int(both[np.argmax(distances)])


@function(gives=ONE_OF_THE_VALUES, halo=WHOLE, cost=60, memory=24, transposes=True, without_data="within")
def valley(im: Image, within: MaskOrNone = None) -> int | float:
    """The threshold at the lowest point between a histogram's two peaks. Use it as `im > valley(im)`.

    The histogram is smoothed first: each count is replaced by the mean of itself and its two neighbours (beyond an end,
    the count at that end), once and then again until there are two peaks, 10,000 times at most. A peak may lie at the
    dark end, none at the bright end; of equally low points the darkest is taken. An integer image whose values span no
    more than 65,536 is looked at value by value; one that spans more is put into bins of one whole width, 256 at most,
    and the threshold is the highest value of a bin. Either gives a whole number. A floating image is put into 256 bins
    between its minimum and maximum, and gives the centre of a bin. An image of any number of axes gets one threshold, a
    stack one for all of its slices. `within` limits the pixels that are looked at to a mask; nan and inf are left out.

    Smoothing is exact as long as it needs no numbers beyond 2^53, some twenty rounds or more; then it is rounded to the
    digits of float64, in a way that keeps flat and symmetric stretches what they are.

    Errors, in the run: a histogram with a single peak, that of a single value too, or with more than two that smoothing
    does not join; no pixels in `within`; no finite pixels.
    Source: Prewitt & Mendelsohn, The analysis of cell images, 1966 (doi:10.1111/j.1749-6632.1965.tb11715.x). As
    skimage.filters.threshold_minimum; that the ends differ is its rule. It smooths in float32, where rounding can make
    or lose a peak, and bins a float32 image in float32: there its threshold differs slightly.

    >>> evaluate("valley(im)", im=[[2, 3, 3, 3, 4, 5, 6, 7, 8, 8, 8, 9, 10]])
    5
    """
    pixels = pixels_of(im, within)
    if pixels.dtype.kind == "f":
        edges = edges_of(pixels)
        return centre(edges, _between_peaks(count_bins(pixels, edges)))
    values, counts = count_values(pixels)
    lowest, span = int(values[0]), int(values[-1]) - int(values[0]) + 1
    width = 1 if span <= MOST_VALUES else -(-span // BINS)
    bins, counts = into_bins(values, counts, width)
    return lowest + (_between_peaks(np.bincount(bins.astype(np.intp), counts)) + 1) * width - 1


def _between_peaks(histogram: Array) -> int:
    """The index of the lowest point between the two peaks of a histogram once it has no more.

    Which way it goes is all that is looked at, so its steps from bin to bin are smoothed in its place, and sums of
    three are not divided. Sums of whole numbers are exact below 2^53. Beyond, one is off by its own last bit, and the
    same from both sides: what is flat or symmetric remains so.
    """
    steps = np.pad(np.diff(histogram).astype(np.float64), 1)  # none beyond the ends
    sums = np.zeros_like(steps)
    for done in range(_MOST_ROUNDS):
        if done % _ROUNDS_BETWEEN_SCALINGS == 0:  # by a power of two, so that nothing is rounded
            steps = np.ldexp(steps, 500 - int(np.frexp(np.abs(steps).max())[1]))
        np.add(steps[:-2], steps[2:], out=sums[1:-1])
        sums[1:-1] += steps[1:-1]
        steps, sums = sums, steps
        if np.count_nonzero((steps[:-1] > 0) & (steps[1:] < 0)) > 2:
            continue  # quicker than to look for all of them
        inner = steps[1:-1]
        peaks = _peaks(inner)
        if len(peaks) == 2:
            falls = inner[peaks[0] : peaks[1]] < 0
            return int(peaks[0] + np.flatnonzero(falls)[-1] + 1)
        if len(peaks) < 2:
            raise Refused(messages.VALLEY_ONE_PEAK, "im")
    raise Refused(messages.VALLEY_MANY_PEAKS, "im", count=len(_peaks(steps[1:-1])), rounds=_MOST_ROUNDS)


def _peaks(steps: Array) -> Array:
    """Where a histogram of such steps stops rising, or begins, and goes down: of a flat top the last index."""
    ends = np.flatnonzero(steps)
    rises = steps[ends] > 0
    before = np.append(True, rises[:-1])
    peaks: Array = ends[before[: len(ends)] & ~rises]
    return peaks
