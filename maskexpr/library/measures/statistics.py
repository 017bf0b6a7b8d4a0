"""Numbers measured on a whole image, on labels, or on samples such as im[mask].

Statistics of integers are computed in exact integers, whatever their type. A sum of floating values is the exact sum,
rounded once to float64, so that neither the machine nor memory layout nor the way the work is cut changes a result.
"""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import Gives, Kinds, float_type
from maskexpr.functions.parameters import Array, Axes, Bins, Measured, NumberOrNone, Percent, ResultKind
from maskexpr.functions.record import WHOLE, function
from maskexpr.functions.settling import exact
from maskexpr.kernels import projections, sums
from maskexpr.kernels.counts import count_bins, count_values
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import NOT_CONSTANT, Kind, number
from maskexpr.kinds.ranges import Bounds, Range
from maskexpr.library.measures.along import gives_along, part_of

_MOST_WHOLE = 2**20  # so many are added exactly, whatever their number
_FEW = 2**18  # values of 16 bits that are partly sorted sooner than counted
_MOST_SAMPLES = 2**40  # where the shape they come from is not known


def pixels(kind: Kind) -> Range:
    """How many pixels or samples there can be."""
    return Range(0, _MOST_SAMPLES if kind.shape is None else math.prod(kind.shape))


def _sum_kind(kinds: Kinds) -> Kind:
    im = kinds["im"]
    return number(ranges.multiply(im.range, pixels(im)) if im.range else None)


def _sums_kind(left: Kind, count: int) -> Kind:
    if left.range is None:
        return replace(left, name="image")
    values = ranges.multiply(left.range, Range(count, count))
    dtype = ranges.smallest_type(values)
    if dtype is None:
        raise Refused(messages.RESULT_TOO_WIDE, "im", range=values)
    return replace(left, name="image", dtype=dtype, range=values)


def _floating_kind(left: Kind, count: int) -> Kind:
    return replace(left, name="image", dtype=float_type([left]), range=None)


def means(kinds: Kinds) -> Bounds | None:
    """Sums of floating values, and the means of them, are rounded, but not beyond whole numbers."""
    limits = kinds["im"].limits
    if not limits.is_finite or max(abs(limits.low), abs(limits.high)) > _MOST_WHOLE:
        return None
    return limits if kinds["im"].range else Bounds(math.floor(limits.low), math.ceil(limits.high))


def _deviations(kinds: Kinds) -> Bounds | None:
    limits = kinds["im"].limits  # whole ones are taken from another as such: floats of large ones may be the same
    return Bounds(0, float(limits.high - limits.low) if limits.is_finite else math.inf, not limits.is_finite)


def _of_values(kinds: Kinds) -> Bounds:
    return kinds["im"].limits


_SUM = gives_along("number", {"image"}, _sum_kind, _sums_kind)
_FLOATING = gives_along("number", {"image"}, lambda kinds: number(), _floating_kind)
_BETWEEN_THEM = _FLOATING.bounded(_of_values)
_ONE_OF_THEM = gives_along(
    "number", {"image", "labels"}, lambda kinds: number(kinds["im"].range), lambda left, count: left
).bounded(_of_values)


def some(values: Array, argument: str = "im") -> Array:
    if not values.size:
        raise Refused(messages.NO_SAMPLES, argument)
    return values


def _is_whole(values: Array) -> bool:
    return values.dtype.kind in "iu"


def _sum(values: Array) -> int | float:
    return sums.whole_sum(values) if _is_whole(values) else sums.exact_sum(values)


@function(gives=_SUM, halo=WHOLE, cost=2, memory=1, name="sum", spoilt_by="inf", without_data="samples")
def sum_(im: Measured, *, axes: Axes = None, kind: ResultKind) -> Any:
    """The sum of an image's values or of samples; 0 for no samples.

    Exact and whole for integers, of any size; that of floating values is their exact sum, rounded once to float64, and
    nan gives nan. Of an image of any number of axes all pixels are summed. Along `axes` the sums are an image of the
    other axes, whole ones of the smallest type that holds every possible sum, floating ones of the image's own, to
    which they are rounded from float64.

    Errors: samples of a mask; samples along axes.
    Source: numpy.sum, which sums integers modulo 2^64 and float32 images in float32, and rounds on the way; floating
    values as math.fsum. Rump, Ogita & Oishi, Accurate floating-point summation, 2008 (doi:10.1137/050645671).

    >>> evaluate("sum(im)", im=[[1, 2], [3, 4]])
    10
    """
    if some_axes := part_of(axes, im):
        return projections.total(im, some_axes, np.dtype(kind.dtype))
    if isinstance(im, np.ndarray) and im.dtype.itemsize == 8 and kind.range and _holds(im.dtype, kind.range):
        return int(np.add.reduce(im, axis=None))
    return _sum(im)


def _holds(dtype: np.dtype[Any], values: Range) -> bool:
    of_type = ranges.of_type(dtype)
    return of_type.low <= values.low and values.high <= of_type.high


@function(gives=_FLOATING.bounded(means), halo=WHOLE, cost=2, memory=1, spoilt_by="inf", without_data="samples")
def mean(im: Measured, *, axes: Axes = None) -> Any:
    """The mean of an image's values or of samples.

    Of integers it is the exact quotient, rounded once; of floating values their sum, as `sum` has it, divided by their
    number in float64, and nan gives nan. The image may have any number of axes. Along `axes` the means are an image of
    the other axes: float64 for integers, else of the image's own type.

    Errors: samples of a mask; samples along axes; in the run, no samples.
    Source: numpy.mean, which sums float32 images in float32, rounds on the way and gives nan for no samples.

    >>> evaluate("mean(im[im > 1])", im=[[1, 2], [3, 5]])
    3.3333333333333335
    """
    if some_axes := part_of(axes, im):
        return projections.mean(im, some_axes, _type_of(im))
    return _sum(some(im)) / im.size


def _type_of(values: Array) -> np.dtype[Any]:
    """The type of floating statistics along axes."""
    return values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)


@function(gives=_FLOATING.bounded(_deviations), halo=WHOLE, cost=5, memory=1, spoilt_by="inf", without_data="samples")
def std(im: Measured, *, axes: Axes = None) -> Any:
    """The standard deviation of an image's values or of samples: the root of the mean square distance from their mean.

    That of the population: the divisor is the number of values, as in NumPy. Of integers the variance is exact, rounded
    once; of floating values the mean comes first, then the squares of the distances from it in float64, which are added
    up exactly and rounded once; nan and inf give nan. The image may have any number of axes. Along `axes` the
    deviations are an image of the other axes: float64 for integers, else of the image's own type.

    Errors: samples of a mask; samples along axes; in the run, no samples.
    Source: numpy.std, which sums float32 images in float32, and rounds on the way.

    >>> evaluate("std(im)", im=[[2, 4, 4, 4], [5, 5, 7, 9]])
    2.0
    """
    if some_axes := part_of(axes, im):
        return projections.deviation(im, some_axes, _type_of(im))
    size = some(im).size
    if _is_whole(im):
        total, squares = sums.whole_sums(im)
        return math.sqrt((size * squares - total**2) / size**2)
    return math.sqrt(sums.exact_sum(im, sums.exact_sum(im) / size) / size)


@function(gives=_ONE_OF_THEM, halo=WHOLE, cost=1, memory=0, name="min", spoilt_by="nan", without_data="samples")
def min_(im: Measured, *, axes: Axes = None) -> Any:
    """The smallest of an image's values or of samples; nan if any is nan. For two images see `minimum`.

    Whole for integers; a zero has no sign. The image may have any number of axes. `min(im, axes="z")` is the smallest
    at each place of a plane: an image of the other axes, of the same type; axes are named by their place again, x the
    last.

    Errors: samples of a mask; samples along axes; in the run, no samples.
    Source: numpy.min.

    >>> evaluate("min(im)", im=[[3, 1, 2]])
    1
    """
    some_axes = part_of(axes, im)
    return projections.extreme(im, some_axes, np.minimum) if some_axes else projections.as_number(some(im).min())


@function(gives=_ONE_OF_THEM, halo=WHOLE, cost=1, memory=0, name="max", spoilt_by="nan", without_data="samples")
def max_(im: Measured, *, axes: Axes = None) -> Any:
    """The largest of an image's values or of samples; nan if any is nan. For two images see `maximum`.

    Whole for integers; a zero has no sign. The image may have any number of axes. `max(im, axes="z")` is the largest at
    each place of a plane, a maximum intensity projection: an image of the other axes, of the same type; axes are named
    by their place again, x the last.

    Errors: samples of a mask; samples along axes; in the run, no samples.
    Source: numpy.max.

    >>> evaluate("max(im)", im=[[3, 1, 2]])
    3
    """
    some_axes = part_of(axes, im)
    return projections.extreme(im, some_axes, np.maximum) if some_axes else projections.as_number(some(im).max())


@function(gives=_BETWEEN_THEM, halo=WHOLE, cost=20, memory=11, spoilt_by="inf", without_data="samples")
def percentile(im: Measured, q: Percent, *, axes: Axes = None) -> Any:
    """The value below which `q` percent of an image's values or of samples lie, interpolated linearly.

    `q` is a number from 0 (the smallest value) to 100 (the largest), and may depend on pixels; as everywhere 0.1 means
    a tenth. Position and value are exact and rounded once; nan if any value is nan. `im > percentile(im, 99)` is the
    brightest hundredth, or less where many pixels equal the percentile. An image of any number of axes has one
    percentile, a stack one for all of its slices; `percentile(im, 25, axes="yx")` is that of each slice: along `axes`
    percentiles are an image of the other axes, float64 for integers, else of the image's own type and interpolated in
    float64.

    Errors: a `q` outside 0..100; samples of a mask; samples along axes; in the run, no samples.
    Source: numpy.percentile with its default method, which rounds positions and, between float32 values, computes in
    float32.

    >>> evaluate("percentile(im, 25)", im=[[1, 2, 3, 5, 9]])
    2.0
    """
    if some_axes := part_of(axes, im):
        return projections.quantile(im, some_axes, exact(q) / 100, _type_of(im))
    position = exact(q) / 100 * (some(im).size - 1)
    index = math.floor(position)
    share = position - index
    if not _is_whole(im) and np.isnan(im.max()):
        return math.nan
    low, high = _in_order(im, index, is_next_wanted=share > 0)
    if low == high or not share:
        return float(low)
    if math.isinf(low) or math.isinf(high):
        return float(low + high)
    return float(Fraction(low) + share * (Fraction(high) - Fraction(low)))


def _in_order(values: Array, place: int, *, is_next_wanted: bool) -> tuple[Any, Any]:
    """The value that would stand at a place if all were sorted, and the one after it, or the same where that is not
    wanted."""
    places = [place, place + is_next_wanted]
    if _is_whole(values) and (values.dtype.itemsize == 1 or (values.dtype.itemsize == 2 and values.size > _FEW)):
        found, counts = count_values(values)
        low, high = found[np.searchsorted(np.cumsum(counts), places, "right")].tolist()
        return low, high
    part = np.partition(values.ravel(), place)  # one place alone, which takes half as long as two
    after = part[place + 1 :].min() if is_next_wanted else part[place]
    return projections.as_number(part[place]), projections.as_number(after)


@function(gives=_BETWEEN_THEM, halo=WHOLE, cost=20, memory=11, spoilt_by="inf", without_data="samples")
def median(im: Measured, *, axes: Axes = None) -> Any:
    """The median of an image's values or of samples: the middle one, or the mean of the two middle ones.

    The mean of the two is exact and rounded once; nan if any value is nan. The image may have any number of axes. Along
    `axes` the medians are an image of the other axes: float64 for integers, else of the image's own type. To filter an
    image see `median_filter`.

    Errors: samples of a mask; samples along axes; in the run, no samples.
    Source: numpy.median, which means two float32 values in float32.

    >>> evaluate("median(im)", im=[[1, 2, 4, 9]])
    3.0
    """
    return percentile(im, 50, axes=axes)


def bin_edges(low: float, high: float, bins: int) -> Array:
    """The ends of bins of equal width, as numpy.histogram has them, also where high - low is beyond float64."""
    scale = 1.0 if math.isfinite(high - low) else 2.0
    low, width, places = low / scale, high / scale - low / scale, np.arange(bins + 1.0)
    step = width / bins
    edges: Array = (places * step if step else places / bins * width) + low  # where steps are too small for float64
    edges[-1] = high / scale
    return edges * scale + 0.0


def _whole_edges(low: Fraction, high: Fraction, bins: int) -> tuple[list[float], list[int]]:
    """The ends of bins, rounded once, and the first whole numbers that are not below them; of the last not above."""
    common = math.lcm(low.denominator, high.denominator)
    first, last, divisor = int(low * common), int(high * common), bins * common
    ends = [first * bins + (last - first) * i for i in range(bins + 1)]
    return [end / divisor for end in ends], [*(-(-end // divisor) for end in ends[:-1]), ends[-1] // divisor]


def _check_ends(low: Any, high: Any) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise Refused(messages.HISTOGRAM_RANGE, "low", low=low, high=high)


def _histogram_kind(kinds: Kinds) -> Kind:
    ends = [kinds[name].constant for name in ("low", "high") if name in kinds]
    if len(ends) == 2 and not {None, NOT_CONSTANT} & set(ends):
        _check_ends(*ends)
    return Kind("list")


@function(gives=Gives(frozenset({"list"}), _histogram_kind), halo=WHOLE, cost=60, memory=18, without_data="samples")
def histogram(im: Measured, bins: Bins = 256, low: NumberOrNone = None, high: NumberOrNone = None) -> list[Any]:
    """How many of an image's values, or of samples, fall into each of `bins` intervals of equal width.

    A list of two lists: the counts, and the bins + 1 edges between them. A bin holds its lower edge and not its upper
    one, but the last holds both. `low` and `high` are the outermost edges, by default the smallest and the largest
    value; where they are equal the edges lie half a unit to either side. `histogram(im, 256, 0, 256)` gives an 8-bit
    image one bin for each value. Values outside low..high, nan and inf are not counted. Integers are counted against
    exact edges. All pixels of an image of any number of axes are counted together. The lists are a result to be given
    out: its numbers cannot be taken one by one in a program.

    Errors: samples of a mask; low > high; in the run, no samples, or no finite one where `low` or `high` is left out.
    Source: numpy.histogram, whose rounded edges may put an integer that lies on an edge into the bin below, which bins
    float32 images in float32, and which refuses nan and inf unless it is given a range.

    >>> evaluate("histogram(im, 2)", im=[[0, 1, 2, 4]])
    [[2, 2], [0.0, 2.0, 4.0]]
    """
    is_bounded = low is not None and high is not None
    values = some(im).ravel()
    if not (is_bounded or _is_whole(im)):
        values = values[np.isfinite(values)].astype(np.float64)
    if not (values.size or is_bounded):
        raise Refused(messages.NOTHING_FINITE, "im")
    low = projections.as_number(values.min()) if low is None else low
    high = projections.as_number(values.max()) if high is None else high
    _check_ends(low, high)
    if low == high:
        low, high = low - Fraction(1, 2), high + Fraction(1, 2)
    if _is_whole(im):
        edges, cuts = _whole_edges(exact(low), exact(high), bins)
        ordered, counts = count_values(values)
        below = np.append(0, np.cumsum(counts))[_places(ordered, cuts)]
        return [np.diff(below).tolist(), edges]
    edges_of_floats = bin_edges(float(low), float(high), bins)
    return [count_bins(values, edges_of_floats).tolist(), edges_of_floats.tolist()]


def _places(ordered: Array, cuts: list[int]) -> Array:
    """How many of ascending values are below each cut, and not above the last."""
    first, last = int(ordered[0]), int(ordered[-1])
    places = np.searchsorted(ordered, np.array([min(max(cut, first), last) for cut in cuts], ordered.dtype))
    places[[i for i, cut in enumerate(cuts) if cut > last]] = len(ordered)
    places[-1] = (
        np.searchsorted(ordered, ordered.dtype.type(min(max(cuts[-1], first), last)), "right")
        if cuts[-1] >= first
        else 0
    )
    return places
