"""The classes that several thresholds make of an image."""

from typing import Any

import numpy as np

from maskexpr.functions.gives import LABELS, Gives, Kinds
from maskexpr.functions.parameters import Array, Classes, Image, MaskOrNone
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.counts import count_bins, count_values
from maskexpr.kernels.projections import as_number
from maskexpr.kinds.kind import Kind
from maskexpr.library.operators import compare
from maskexpr.library.thresholds.histograms import MOST_VALUES, into_bins
from maskexpr.library.thresholds.levels import centre, edges_of, pixels_of

_USUAL = 3  # classes
_ROUNDED = 2.0**-44  # well above what float64 rounds away in a sum of eight quotients


@function(gives=LABELS, halo=WHOLE, cost=lambda settings, ndim: 40 + 2.0 * settings["classes"], memory=20,
         transposes=True, without_data="within")  # fmt: skip
def multiotsu(im: Image, classes: Classes = _USUAL, within: MaskOrNone = None) -> Array:
    """Class the pixels by several of Otsu's thresholds; labels are 0 (the darkest), 1, 2...

    Maximises the variance between the classes, as `otsu` does for two, over all ways to choose `classes` - 1
    thresholds; of equal ones those with the lowest first threshold are taken, then with the lowest second, and so on.
    Class k holds the pixels above k of the thresholds: a pixel that equals one is in the class below it, so
    `multiotsu(im, 2) == 1` is `im > otsu(im)`. Class 0 is the background of the labels, as `keep` and others see it.
    `multiotsu_thresholds` gives the numbers.

    `classes` is a whole number from 2 to 8, known before the run. An integer image is looked at value by value; if more
    than 65,536 different ones occur, they are put into bins of the smallest width of 2, 4, 8... values that leaves no
    more occupied bins than that, and a threshold is the highest value of a bin. A floating image is put into 256 bins
    between its minimum and maximum, and a threshold is the centre of a bin. `within` limits the pixels that the
    thresholds are found in to a mask; the whole image is classed. An image may have any number of axes; a stack gets
    the same thresholds for all of its slices. An image of fewer different values, or occupied bins, than `classes` gets
    a class for each. nan is in class 0; nan and inf are left out where thresholds are found. The variances are compared
    in exact arithmetic.

    Errors: `classes` outside 2..8; in the run, no pixels in `within`; no finite pixels.
    Source: Liao, Chen & Chung, A fast algorithm for multilevel thresholding, 2001 (doi:10.6688/JISE.2001.17.5.1), for
    the criterion; Fisher, On grouping for maximum homogeneity, 1958 (doi:10.1080/01621459.1958.10501479), for the way
    to maximise it. The thresholds are those of skimage.filters.threshold_multiotsu, which computes in float32 and so
    may miss the maximum where variances are close, bins a float32 image in float32, and refuses an image of too few
    values. Its documentation makes classes by numpy.digitize(im, thresholds), which puts a pixel that equals a
    threshold into the class above; with right=True they are these.

    >>> evaluate("multiotsu(im)", im=[[1, 2, 5, 6, 20, 21]])
    array([[0, 0, 1, 1, 2, 2]], dtype=int32)
    """
    labels = np.zeros(im.shape, np.int32)
    for threshold in _thresholds(pixels_of(im, within), int(classes)):
        labels += compare(">", im, threshold)
    return labels


def _list_of_values(kinds: Kinds) -> Kind:
    im, classes = kinds["im"], kinds.get("classes")
    count = _USUAL if classes is None else int(classes.constant)
    return Kind("list", (count - 1,), range=im.range, bounds=None if im.range else im.limits._replace(nan=False))


@function(gives=Gives(frozenset({"list"}), _list_of_values), halo=WHOLE, transposes=True, without_data="within",
         cost=lambda settings, ndim: 40 + 2.0 * settings["classes"], memory=20)  # fmt: skip
def multiotsu_thresholds(im: Image, classes: Classes = _USUAL, within: MaskOrNone = None) -> list[int] | list[float]:
    """The thresholds by which `multiotsu` makes its classes: a list of numbers, the lowest first.

    `t = multiotsu_thresholds(im, 4)` has three: `im > t[0]` is all but the darkest class, `im > t[2]` the brightest,
    and `(im > t[0]) & (im <= t[1])` the class between them that is the darker one. They are found as `multiotsu` says.
    Where there are fewer different values, or occupied bins, than `classes`, the highest value stands for each
    threshold that is missing: nothing is above it.

    Errors: as for `multiotsu`.
    Source: as for `multiotsu`; they are those of skimage.filters.threshold_multiotsu, which computes in float32 and so
    may miss the maximum where variances are close, and refuses an image of too few values.

    >>> evaluate("multiotsu_thresholds(im)", im=[[1, 2, 5, 6, 20, 21]])
    [2, 6]
    """
    pixels = pixels_of(im, within)
    found: list[Any] = [*_thresholds(pixels, int(classes))]
    return found + [as_number(pixels.max())] * (int(classes) - 1 - len(found))


def _thresholds(pixels: Array, classes: int) -> list[int] | list[float]:
    if pixels.dtype.kind == "f":
        edges = edges_of(pixels)
        counts = count_bins(pixels, edges)
        bins = np.flatnonzero(counts)
        return [centre(edges, bins[last]) for last in _Parting(bins, counts[bins], classes).last_values()]
    values, counts = count_values(pixels)
    if len(values) <= MOST_VALUES:
        return [int(values[last]) for last in _Parting(values, counts, classes).last_values()]
    width, bins = 1, values
    while len(bins) > MOST_VALUES:
        width *= 2
        bins, counts_in_bins = into_bins(values, counts, width)
    lasts = _Parting(bins, counts_in_bins, classes).last_values()
    return [int(values[0]) + (int(bins[last]) + 1) * width - 1 for last in lasts]


class _Parting:
    """Ascending values, parted into classes so that the variance between them is largest.

    It is where the sum of s^2 / n over the classes is, with n pixels and a sum s each. The best way to part the values
    from the i-th on into k classes is found for all i, with one class more each time. The end of its first class never
    goes down as i goes up, which bounds the search for one i by what is known of others: of v values, some v log v ends
    are looked at. That is done in float64; those ends that come within its rounding of the best are compared exactly.
    """

    def __init__(self, values: Array, counts: Array, classes: int) -> None:
        self.size, self.classes = len(values), classes
        # The best parts are the same from any zero; from the middle the sums are small.
        above = values.astype(object) - int(values[len(values) // 2])
        # Of the values from the i-th on, up to none: how many pixels they have, and the sum of these.
        self.n, self.s = _sums_from(counts.astype(object)), _sums_from(above * counts)
        self.rough_n, self.rough_s = self.n.astype(np.float64), self.s.astype(np.float64)
        self.slack = _sums_from(abs(above) * counts).astype(np.float64) * float(max(abs(above))) * _ROUNDED
        # Two different sums of so many fractions differ by more than 32 in the last of these bits behind the point.
        self.bits = 2 * classes * int(self.n[0]).bit_length() + 5

        i, none = np.arange(self.size), np.full(self.size, self.size)
        self.best, self.rough_best = self._exact(i, none), self._rough(i, none)

    def last_values(self) -> list[int]:
        """The indices of the largest values of all classes but the last."""
        if self.size <= self.classes:
            return list(range(self.size - 1))
        tops = [self.size - k + 1 for k in range(2, self.classes + 1)]
        ends = [self._with_a_class_more(top, whole=top == tops[-1]) for top in tops]
        last, first = [], 0
        for end in reversed(ends):
            first = int(end[first])
            last.append(first - 1)
        return last

    def _rough(self, begin: Array, end: Array) -> Array:
        quotients: Array = (self.rough_s[begin] - self.rough_s[end]) ** 2 / (self.rough_n[begin] - self.rough_n[end])
        return quotients

    def _exact(self, begin: Array, end: Array) -> Array:
        """As whole numbers, with their bits behind the point, rounded down: by less than 1 in each class."""
        quotients: Array = ((self.s[begin] - self.s[end]) ** 2 << self.bits) // (self.n[begin] - self.n[end])
        return quotients

    def _with_a_class_more(self, top: int, whole: bool) -> Array:
        """The best ends of the first class for each i, `top` at most; if the classes are all, for i = 0 only."""
        ends, best, rough_best = np.zeros(top, np.intp), np.zeros(top, object), np.zeros(top)

        def find(i: Array, low: Array, high: Array) -> None:
            ends[i] = end = self._search(i, low, high)
            best[i] = self._exact(i, end) + self.best[end]
            rough_best[i] = self._rough(i, end) + self.rough_best[end]

        find(np.array([0]), np.array([1]), np.array([top]))
        stride = 1 if whole else 1 << (top - 1).bit_length()
        while stride > 1:
            i = np.arange(stride // 2, top, stride)
            high = np.append(ends[stride::stride], top)[: len(i)]
            find(i, np.maximum(ends[i - stride // 2], i + 1), high)
            stride //= 2
        self.best, self.rough_best = best, rough_best
        return ends

    def _search(self, i: Array, low: Array, high: Array) -> Array:
        """The best end for each i from `low` to `high`; of equal ones the lowest."""
        lengths = high - low + 1
        which = np.repeat(np.arange(len(i)), lengths)
        tried = np.arange(len(which)) + (low - np.cumsum(lengths) + lengths)[which]
        rough = self._rough(i[which], tried) + self.rough_best[tried]
        near = rough >= _largest(rough, which)[which] - self.slack[i][which]
        which, tried = which[near], tried[near]
        exact = self._exact(i[which], tried) + self.best[tried]
        equal = exact > _largest(exact, which)[which] - self.classes
        ends: Array = tried[equal][_starts(which[equal])]
        return ends


def _sums_from(values: Array) -> Array:
    """The sums from each value on, and of none."""
    sums: Array = np.append(np.cumsum(values[::-1])[::-1], 0)
    return sums


def _starts(groups: Array) -> Array:
    """Where each group of equal ascending numbers starts."""
    return np.flatnonzero(np.append(True, np.diff(groups)))


def _largest(values: Array, groups: Array) -> Array:
    """The largest of the values of each group."""
    largest: Array = np.maximum.reduceat(values, _starts(groups))
    return largest
