"""Filters that change the contrast of grey images: along edges, or by a map of their values."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import FLOAT_IMAGE, Gives, Kinds
from maskexpr.functions.parameters import (
    Array,
    Axes,
    Border,
    Image,
    MaskOrNone,
    Number,
    NumberOrNone,
    ResultKind,
    Sigma,
)
from maskexpr.functions.record import WHOLE, function
from maskexpr.functions.settling import exact
from maskexpr.kernels.counts import BINNED, count_values
from maskexpr.kernels.lookups import look_up
from maskexpr.kernels.projections import as_number
from maskexpr.kernels.scratch import Scratch
from maskexpr.kinds.kind import NOT_CONSTANT, Kind
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.filters.smoothing import (
    BEYOND,
    check_sigma,
    gaussian_cost,
    gaussian_halo,
    sigmas,
    smoothed,
)

_BINS = 256


@function(gives=FLOAT_IMAGE, halo=gaussian_halo, cost=gaussian_cost, memory=24, border=BEYOND,
         check=check_sigma, total=True, by_channel=True,
         derived="im + amount * (im - gaussian(im, sigma, axes, border=border))")  # fmt: skip
def unsharp(
    im: Image, sigma: Sigma, amount: Number = 1, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind
) -> Array:
    """Sharpen an image: im + amount * (im - gaussian(im, sigma)).

    What a Gaussian takes away is added `amount` times: 0 changes nothing, a negative number smooths. `sigma` and `axes`
    as for `gaussian`. Values stay on the image's own scale and are not clipped: beside edges they may leave its range.
    Integers give float64, floating images keep their type, with float16 computed in float32; nan and inf spread over
    the kernel. Of a colour image each channel is sharpened by itself.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: a negative or infinite sigma, or a list of another length than the axes; a kernel that is too large; a
    length where the spacing is unknown.
    Source: as skimage.filters.unsharp_mask with preserve_range=True; without, it divides integers by the range of their
    type, and clips.

    >>> evaluate("unsharp(im, 1)", im=[[0, 0, 100, 100, 100]]).round(1)
    array([[ -6.3, -30.1, 130.1, 105.9, 100.5]])
    """
    smooth = smoothed(im, sigmas({"sigma": sigma, "axes": axes}, im.ndim), border=border)
    work = im.astype(smooth.dtype)
    return np.asarray((work + float(amount) * (work - smooth)).astype(kind.dtype, copy=False))


# --- maps of values --------------------------------------------------------------------------------------------------


def _check_ends(low: Any, high: Any) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise Refused(messages.NORMALIZE_RANGE, "low", low=low, high=high)


def _normalized_kind(kinds: Kinds) -> Kind:
    ends = [kinds[name].constant for name in ("low", "high") if name in kinds]
    if len(ends) == 2 and not {None, NOT_CONSTANT} & set(ends):
        _check_ends(*ends)
    return FLOAT_IMAGE.rule(kinds)


def _shares_of(kinds: Kinds) -> Bounds:
    return Bounds(0, 1, kinds["im"].limits.nan)


@function(
    gives=Gives(frozenset({"image"}), _normalized_kind).bounded(_shares_of),
    halo=WHOLE,
    cost=8,
    memory=40,
    transposes=True,
    without_data="range",
)
def normalize(im: Image, low: NumberOrNone = None, high: NumberOrNone = None, *, kind: ResultKind) -> Array:
    """Map an image's values to 0..1; `low` becomes 0, `high` 1, and what is beyond them the nearer end.

    `low` and `high` are numbers, which may depend on pixels, by default the smallest and the largest finite value:
    `normalize(im, percentile(im, 1), percentile(im, 99))` leaves out the darkest and brightest hundredth. Where they
    are equal, values above them give 1 and all others 0, so an image of one value gives 0. nan stays nan. Integers give
    float64, floating images keep their type and are computed in float64. There are no axes: the values of a whole
    stack, of any number of axes, are mapped alike.

    Errors: low > high, or one of them nan or inf; in the run, no finite pixel where `low` or `high` is left out.
    Source: as skimage.exposure.rescale_intensity to 0..1, which clips an image of one value to 0..1 as it is, and does
    not leave out nan and inf.

    >>> evaluate("normalize(im, 10, 30)", im=[[0, 10, 15, 30, 40]])
    array([[0.  , 0.  , 0.25, 1.  , 1.  ]])
    """
    (low, high), _ = ends_within(im, low, high)
    result = np.empty(im.size, kind.dtype)
    for part, into in zip(_blocks(im.ravel()), _blocks(result), strict=True):
        into[...] = scaled(part, low, high)
    return result.reshape(im.shape)


def ends_within(im: Array, low: Any, high: Any) -> tuple[tuple[Any, Any], bool]:
    """The ends between which values are mapped, those left out found, and whether all pixels are known to be finite."""
    is_finite = False
    if low is None or high is None:
        smallest, largest = im.min(), im.max()
        is_finite = bool(np.isfinite(smallest) and np.isfinite(largest))  # nan would be both
        if not is_finite:
            finite = _finite(im)
            smallest, largest = finite.min(), finite.max()
        low = as_number(smallest) if low is None else low
        high = as_number(largest) if high is None else high
    _check_ends(low, high)
    return (low, high), is_finite


def check_target(start: Any, stop: Any) -> tuple[float, float]:
    """The ends that are mapped to, which are finite."""
    if not (math.isfinite(start) and math.isfinite(stop)):
        raise Refused(messages.RESCALE_RANGE, "start", start=start, stop=stop)
    return float(start), float(stop)


def _rescaled_kind(kinds: Kinds) -> Kind:
    target = [kinds[name].constant for name in ("start", "stop")]
    if NOT_CONSTANT not in target:
        check_target(*target)
    return _normalized_kind(kinds)


def _between_targets(kinds: Kinds) -> Bounds:
    ends = [end for name in ("start", "stop") for end in kinds[name].limits[:2]]
    return Bounds(float(min(ends)), float(max(ends)), kinds["im"].limits.nan)


@function(
    gives=Gives(frozenset({"image"}), _rescaled_kind).bounded(_between_targets),
    halo=WHOLE,
    cost=12,
    memory=40,
    transposes=True,
    without_data="range",
)
def rescale(im: Image, start: Number, stop: Number, low: NumberOrNone = None, high: NumberOrNone = None, *,
            kind: ResultKind) -> Array:  # fmt: skip
    """Map an image's values to start..stop in a straight line; `low` becomes `start`, `high` `stop`.

    What is beyond `low` and `high` becomes the nearer end. They are numbers, which may depend on pixels, by default the
    smallest and the largest finite value; an image of one value becomes `start`. nan stays nan. With `start` above
    `stop` the image is inverted. Integers give float64, floating images keep their type and are computed in float64.
    So an image of any values reaches a file of 8 bits: `uint8(round(rescale(im, 0, 255)))`, or, without its darkest and
    brightest hundredth, `uint8(round(rescale(im, 0, 255, percentile(im, 1), percentile(im, 99))))`.

    Errors: an end that is nan or inf; low > high; in the run, no finite pixel where `low` or `high` is left out.
    Source: as skimage.exposure.rescale_intensity with floating values; of integers it cuts off the fractions.

    >>> evaluate("rescale(im, 0, 255)", im=[[10, 20, 30]])
    array([[  0. , 127.5, 255. ]])
    """
    first, last = check_target(start, stop)
    shares = normalize(im, low, high, kind=replace(kind, dtype=np.dtype(np.float64)))
    # Both ends are met exactly, and nothing passes them by its rounding.
    values = np.clip(first * (1 - shares) + last * shares, min(first, last), max(first, last)) + 0.0
    return np.asarray(values.astype(kind.dtype, copy=False))


def _finite(im: Array) -> Array:
    finite = im if im.dtype.kind in "iu" else im[np.isfinite(im)]
    if not finite.size:
        raise Refused(messages.NOTHING_FINITE, "im")
    return finite


def scaled(im: Array, low: Any, high: Any) -> Array:
    """Where values lie between low, which gives 0, and high, which gives 1, cut off at both; as float64."""
    if im.dtype.kind in "iu":
        info = np.iinfo(im.dtype)
        start = min(max(math.floor(low), int(info.min)), int(info.max))
        values, low, high = _distances(im, start), float(exact(low) - start), float(exact(high) - start)
    else:
        part = 1.0 if math.isfinite(float(high) - float(low)) else 0.5  # their difference is beyond float64
        values, low, high = im.astype(np.float64) * part, float(low) * part, float(high) * part
    above, width = values - low, high - low
    return np.asarray(np.clip(np.sign(above) if width == 0 else above / width, 0.0, 1.0) + 0.0)  # with no -0.0


def _distances(im: Array, start: int) -> Array:
    """How far integers lie above one of their type, as float64: exact, and rounded once."""
    if im.dtype.itemsize < np.dtype(np.float64).itemsize:  # float64 holds each, and their differences
        return im.astype(np.float64) - start
    above = im.astype(np.uint64) - np.uint64(start % 2**64)  # modulo 2^64
    return np.asarray(np.where(im < start, -(np.uint64(0) - above).astype(np.float64), above.astype(np.float64)))


@function(gives=FLOAT_IMAGE.bounded(_shares_of), halo=WHOLE, cost=60, memory=48, transposes=True, without_data="within")
def equalize(im: Image, within: MaskOrNone = None, *, kind: ResultKind) -> Array:
    """Histogram equalization: each value becomes the share of pixels at or below it.

    Integers are counted value by value, whatever their range. Floating values are counted in 256 bins between the
    smallest and the largest; the shares hold at the centres of bins, lines join them. `within` limits the pixels that
    are counted to a mask; all pixels of the image are mapped, those below all counted as the lowest of them. nan and
    inf are not counted; nan stays nan. Integers give float64, floating images keep their type. There are no axes: the
    values of a whole stack, of any number of axes, are counted together and mapped alike.

    Errors, in the run: no pixels in `within`; no finite pixels.
    Source: as skimage.exposure.equalize_hist with its defaults, which gives 0.5 for a floating image of one value (here
    1, as for integers) and does not leave out nan and inf. In which of two bins a floating value between them is
    counted may differ by rounding.

    >>> evaluate("equalize(im)", im=[[7, 7, 8, 200]])
    array([[0.5 , 0.5 , 0.75, 1.  ]])
    """
    counted = im.ravel() if within is None else im[within]
    if not counted.size:
        raise Refused(messages.EQUALIZE_EMPTY, "within")
    counted = _finite(counted)
    if im.dtype.kind in "iu":
        values, counts = count_values(counted)
        shares = _shares(counts)
        if im.dtype.itemsize <= 2:
            every = np.arange(2 ** (8 * im.dtype.itemsize)).astype(im.dtype)  # from 0, the negative ones at the end
            table = _shares_at(every, values, shares)
            numbers = np.ascontiguousarray(im).view(f"u{im.dtype.itemsize}")
            return look_up(table, numbers, 0, np.empty(im.shape, table.dtype), Scratch())
        return _shares_at(im, values, shares)
    low, high = as_number(counted.min()), as_number(counted.max())
    counts = np.zeros(_BINS, np.int64)
    for part in _blocks(counted):
        bins = np.minimum((scaled(part, low, high) * _BINS).astype(np.intp), _BINS - 1)
        counts += np.bincount(bins, minlength=_BINS)
    shares, result = _shares(counts), np.empty(im.size, kind.dtype)
    for part, into in zip(_blocks(im.ravel()), _blocks(result), strict=True):
        into[...] = _joined(scaled(part, low, high), shares)
    return result.reshape(im.shape)


def _blocks(values: Array) -> list[Array]:
    """Flat values in parts that stay in the cache."""
    return [values[start : start + BINNED] for start in range(0, values.size, BINNED)]


def _shares(counts: Array) -> Array:
    """The share of all counted at each place or before it."""
    total = np.cumsum(counts)
    return np.asarray(total / total[-1])


def _joined(places: Array, shares: Array) -> Array:
    """Values from 0 to 1 by lines between shares at the centres of bins; beyond the outermost ones those at them."""
    centres, missing = (np.arange(_BINS) + 0.5) / _BINS, np.isnan(places)
    after = np.where(missing, 0, places) * _BINS - 0.5
    line = np.clip(after, 0, _BINS - 1).astype(np.intp)
    rise = np.append(np.diff(shares) * _BINS, 0.0)
    found = rise[line] * (np.clip(places, centres[0], centres[-1]) - centres[line]) + shares[line]
    return np.where(missing, np.nan, found)


def _shares_at(im: Array, values: Array, shares: Array) -> Array:
    """The share of the largest of ascending values that is not above a pixel, or of the smallest."""
    return np.asarray(shares[np.searchsorted(values, im, "right").clip(1) - 1])
