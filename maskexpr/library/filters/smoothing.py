"""Filters that smooth: each pixel from those around it."""

import math
from dataclasses import replace

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import FLOAT_IMAGE, MASK, Gives, Kinds
from maskexpr.functions.parameters import (
    Array,
    Axes,
    Border,
    BorderOrIgnored,
    ElementShape,
    Image,
    Mask,
    MaskOrNone,
    Masks,
    Orders,
    ResultKind,
    Sigma,
    Whole,
    Window,
)
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import NAMED_SHAPES
from maskexpr.kernels import borders, smooth
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.weights import gaussian_reach, line_reach, line_weights
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Bounds
from maskexpr.library import elements
from maskexpr.library.lazy import scipy
from maskexpr.library.operators import PLANNED

# What lies beyond the border, by what is given as `border`.
BEYOND = {
    "reflect": "the image is reflected at its border: d c b a | a b c d | d c b a",
    "nearest": "the outermost pixels are repeated beyond the border: a a a a | a b c d | d d d d",
    "mirror": "the image is reflected at its outermost pixels: d c b | a b c d | c b a",
    "wrap": "the image is repeated beyond its border: a b c d | a b c d | a b c d",
    "constant": "all is 0 beyond the border: 0 0 0 0 | a b c d | 0 0 0 0",
}
_LARGEST_WINDOW = 2**20
# Pixels of a window, and those times the image's, up to which SciPy sums: for a tenth of a second.
_LARGEST_OF_SCIPY, _MOST_OF_SCIPY = 2**9, 2**28
_EXACT = 2**53  # float64 holds every whole number up to here


def check_window(size: int, argument: str) -> None:
    if size > _LARGEST_WINDOW:
        raise Refused(messages.WINDOW_TOO_LARGE, argument, size=float(size), most=float(_LARGEST_WINDOW))


# --- gaussian --------------------------------------------------------------------------------------------------------


def sigmas(settings: Settings, ndim: int) -> tuple[float, ...]:
    """Sigma per axis, 0 along axes that are not worked on."""
    worked = elements.worked_axes(settings["axes"], ndim)
    return tuple(s if axis in worked else 0.0 for axis, s in enumerate(settings["sigma"]))


def reaches(per_axis: tuple[float, ...]) -> tuple[int, ...]:
    """How far Gaussians of these sigmas look along each axis."""
    return tuple(gaussian_reach(s) for s in per_axis)


def gaussian_halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    return reaches(sigmas(settings, ndim))


def gaussian_cost(settings: Settings, ndim: int) -> float:
    return sum(2.0 * (2 * reach + 1) for reach in gaussian_halo(settings, ndim))


def gaussian_cost_of(settings: Settings, shape: tuple[int, ...]) -> float:
    """Operations per pixel of an image of a shape, whose lines need no more weights than they have pixels."""
    per_axis = sigmas(settings, len(shape))
    return sum(2.0 * (2 * line_reach(sigma, n) + 1) for sigma, n in zip(per_axis, shape, strict=True))


def check_sigma(settings: Settings, around: Surroundings) -> None:
    if around.ndim is None:
        return
    per_axis = sigmas(settings, around.ndim)
    check_window(2 * max(reaches(per_axis)) + 1, "sigma")
    for reach, order in zip(reaches(per_axis), orders(settings, around.ndim), strict=True):
        if order and not reach:
            raise Refused(messages.DERIVATIVE_TOO_NARROW, "sigma")


def means_of(kinds: Kinds) -> Bounds | None:
    """Where weighted means of an image's values lie, in float64 and with room for rounding."""
    limits, dtype = kinds["im"].limits, kinds["im"].dtype
    if not limits.is_finite or (dtype is not None and dtype.kind == "f" and dtype != np.float64):
        return None
    low, high = limits.low, limits.high
    if "border" in kinds and kinds["border"].constant == "constant":
        low, high = min(low, 0), max(high, 0)
    return Bounds(low - 1e-6 * abs(low), high + 1e-6 * abs(high))


def orders(settings: Settings, ndim: int) -> tuple[int, ...]:
    """Which derivative is taken along each axis, 0 along axes that are not worked on."""
    worked, order = elements.worked_axes(settings["axes"], ndim), settings.get("order", 0)
    given = order if isinstance(order, tuple) else (order,) * ndim
    return tuple(o if axis in worked else 0 for axis, o in enumerate(given))


def smoothed(
    im: Array, per_axis: tuple[float, ...], order: tuple[int, ...] | None = None, border: str = "reflect"
) -> Array:
    """An image smoothed by Gaussians, or by their derivatives of some order, in the type this is computed in: float64
    for integers, float32 for float16.

    Along one axis after another, each rounded to that type; within an axis in float64."""
    dtype = np.dtype(np.float32 if im.dtype == np.float16 else im.dtype if im.dtype.kind == "f" else np.float64)
    work = im.astype(dtype)
    for axis, (sigma, its_order) in enumerate(zip(per_axis, order or (0,) * im.ndim, strict=True)):
        if gaussian_reach(sigma):
            weights = line_weights(sigma, its_order, im.shape[axis], border)
            work = _weighed(work.astype(np.float64), weights, axis, bool(its_order % 2), border).astype(dtype)
    return work


def _weighed(im: Array, weights: Array, axis: int, odd: bool, border: str) -> Array:
    """The weighted sums along an axis: the middle first, then two by two from the farthest in. Of odd weights those
    before the middle have the other sign."""
    places = np.arange(im.shape[axis])
    total = im * weights[0]
    for far in range(len(weights) - 1, 0, -1):
        pause()
        before, after = (borders.taken(im, places + d, axis, border) for d in (-far, far))
        total = total + (after - before if odd else after + before) * weights[far]
    return np.asarray(total)


def _smoothed_kind(kinds: Kinds) -> Kind:
    kind = FLOAT_IMAGE.rule(kinds)
    order = kinds["order"].constant if "order" in kinds else 0
    found = means_of(kinds) if order == 0 else None
    return kind if found is None or (kind.dtype and kind.dtype != np.float64) else replace(kind, bounds=found)


@function(gives=Gives(frozenset({"image"}), _smoothed_kind), halo=gaussian_halo, cost=gaussian_cost, memory=8,
         border=BEYOND, check=check_sigma, total=True, by_channel=True)  # fmt: skip
def gaussian(
    im: Image, sigma: Sigma, axes: Axes = None, order: Orders = 0, border: Border = "reflect", *, kind: ResultKind
) -> Array:
    """Smooth an image with a Gaussian of standard deviation `sigma`, or take its derivatives so.

    `sigma` is a number of pixels, a length, which is divided by the spacing of each axis, or a list of one of these per
    image axis; 0 changes nothing. `axes` limits the work to some axes (`axes="yx"` smooths slice by slice; of a list
    the numbers of the other axes are not used). The kernel ends at 4 sigma. Integers give float64, floating images
    keep their type, with float16 computed in float32. nan and inf spread over the kernel. Of a colour image each
    channel is smoothed by itself, alpha like the others.

    With `order` above 0 the image's derivative of that order at this scale, in units of pixels: 1 is the slope, 2 the
    curvature, along all axes or, as a list, of one order per image axis: `gaussian(im, 2, order=[0, 1])` is the slope
    along x of a plane, positive where the image grows with x. Its sigma must reach a pixel, 0.125 at least.

    On flat ground the result may lie above or below the image by a last bit, as rounding of its value has it, and so
    `im > gaussian(im, 2)` may be on there. Compare by a margin, large for rounding and small for what is looked for:
    `im - gaussian(im, 2) > 0.01`. Or by a mean of integers, which is exact: `im > local_mean(im, 4)`.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` names another rule, as SciPy's
    filters name them: "nearest" repeats the outermost pixels, "mirror" reflects without repeating them, "wrap" goes on
    with the other side, and beyond "constant" all is 0.
    Errors: a negative sigma; a list that has not one number per axis; a length where the spacing is unknown; a kernel
    of more than 2^20 pixels along an axis; a derivative along an axis where sigma is below 0.125.
    Source: as scipy.ndimage.gaussian_filter with its `order` and `mode`, but for the last bits of the weights. Each is
    the exact one, rounded once, on every machine; SciPy's are NumPy's, whose last bits follow the processor. By these
    weights scipy.ndimage.correlate1d along each axis gives the same, where SciPy does not multiply and add in one step,
    as it does on Apple silicon. skimage.filters.gaussian repeats the last pixel beyond the border (mode="nearest") and
    divides integers by the largest value of their type, unless told otherwise.

    >>> evaluate("gaussian(im, 1)", im=[[0, 0, 100, 0, 0]]).round(1)
    array([[ 5.8, 24.2, 39.9, 24.2,  5.8]])
    """
    settings = {"sigma": sigma, "axes": axes, "order": order}
    found = smoothed(im, sigmas(settings, im.ndim), orders(settings, im.ndim), border)
    return found.astype(kind.dtype, copy=False)


# --- mean ------------------------------------------------------------------------------------------------------------


def window_size(settings: Settings, ndim: int) -> int:
    """The pixels of the box that holds the window, all times a pattern is applied together."""
    return math.prod(2 * reach + 1 for reach in elements.halo(settings, ndim))


def mean_cost(settings: Settings, ndim: int) -> float:
    """Operations per pixel of sums over windows; squares are added axis by axis."""
    if settings["shape"] == "square":
        return 2.0 * sum(2 * reach + 1 for reach in elements.halo(settings, ndim))
    return 2.0 * window_size(settings, ndim)


def check_windows(settings: Settings, around: Surroundings) -> None:
    """Refuse windows that fit no image, or hold too many pixels."""
    elements.check_element(settings, around)
    if around.ndim is not None:
        check_window(window_size(settings, around.ndim), "n")


def window_sums(im: Array, window: Masks, border: str = "reflect") -> Array:
    """The sum of the pixels under a window at each pixel, as float64: exact for integers while it is below 2^53.

    The order in which floating values are added does not depend on the pixel. Boxes are added axis by axis. Weights of
    1 round nothing, however SciPy was built.
    """
    is_box = bool(window.all()) and all(size % 2 for size in window.shape)
    # The same to the last bit; SciPy is faster, but cannot be interrupted, and takes the size of a window squared.
    work_per_pixel = sum(window.shape) if is_box else window.size
    by_scipy = (is_box or window.size <= _LARGEST_OF_SCIPY) and im.size * work_per_pixel <= _MOST_OF_SCIPY
    by_scipy = by_scipy and all(size // 2 < length for size, length in zip(window.shape, im.shape, strict=True))
    if not is_box:
        return _summed_by_scipy(im, window, border) if by_scipy else smooth.window_sums(im, window, border)
    if not by_scipy:
        return smooth.box_sums(im, [size // 2 for size in window.shape], border)
    work = im.astype(np.float64)
    for axis, size in enumerate(window.shape):
        if size > 1:
            work = scipy.ndimage.correlate1d(work, np.ones(size), axis, mode=border)
    return work


def _summed_by_scipy(im: Array, window: Masks, border: str) -> Array:
    weights = window.astype(np.float64)
    return np.asarray(scipy.ndimage.correlate(im.astype(np.float64), weights, mode=border))


def _window_means(im: Array, window: Masks, border: str, counts: Array | None = None) -> Array:
    """The mean of the pixels under a window, or their sum by a count of each window, as float64; of integers the exact
    quotient, rounded once."""
    most = int(np.count_nonzero(window))
    size = most if counts is None else np.maximum(counts, 1)
    if im.dtype.kind == "f" or im.dtype.itemsize < 8 or max(int(im.max()), -int(im.min())) * most < _EXACT:
        return window_sums(im, window, border) / size
    high, low = (
        window_sums(half, window, border).astype(np.int64).astype(object) for half in (im >> 32, im & 0xFFFFFFFF)
    )
    return np.asarray((high * 2**32 + low) / size).astype(np.float64)


# --- windows of which not all counts ---------------------------------------------------------------------------------

# What lies beyond the border where windows may end there.
BEYOND_OR_IGNORED = {**BEYOND, "ignore": "windows end at the border: what lies beyond does not count"}


def is_counted(settings: Settings) -> bool:
    """Whether the pixels of a window are counted, as not all that lies in it takes part."""
    return "within" not in settings or settings["border"] == "ignore"


def check_counted(settings: Settings, around: Surroundings) -> None:
    check_windows(settings, around)
    if is_counted(settings) and settings["shape"] not in NAMED_SHAPES and settings["n"].radius != 1:
        raise Refused(messages.PATTERN_COUNTED, "n", n=settings["n"])


def may_lack_pixels(kinds: Kinds) -> bool:
    """Whether a window may hold no pixel that counts, for which 0 is stored."""
    ignored = "border" in kinds and kinds["border"].constant == "ignore"
    return ignored or ("within" in kinds and kinds["within"].name != "none")


def _counted_means_of(kinds: Kinds) -> Bounds | None:
    found = means_of(kinds)
    if found is None or not may_lack_pixels(kinds):
        return found
    return Bounds(min(found.low, 0), max(found.high, 0), found.nan)


def window_counts(shape: tuple[int, ...], within: Masks | None, window: Masks, border: str) -> Array:
    """How many pixels under a window count, at each pixel of an image."""
    if border == "ignore":
        counted = np.ones(shape, np.uint8) if within is None else within
        return window_sums(counted, window, "constant").astype(np.intp)
    size = int(np.count_nonzero(window))
    return np.full(shape, size) if within is None else size - window_sums(~within, window, border).astype(np.intp)


@function(name="enough in windows", gives=MASK, halo=elements.halo, cost=mean_cost, memory=24, catalogue=PLANNED,
         total=True)  # fmt: skip
def enough_in_windows(
    m: Mask, n: Window, shape: ElementShape, axes: Axes, border: BorderOrIgnored, least: Whole
) -> Masks:
    """Where the window around a pixel holds so many pixels of a mask."""
    return window_counts(m.shape, m, elements.footprint(n, shape, axes, m.ndim), border) >= least


# --- mean of windows -------------------------------------------------------------------------------------------------


@function(gives=FLOAT_IMAGE.bounded(_counted_means_of), halo=elements.halo, cost=mean_cost, memory=24,
         border=BEYOND_OR_IGNORED, check=check_counted, total=True, by_channel=True,
         without_data="counted")  # fmt: skip
def mean_filter(
    im: Image,
    n: Window = 1,
    shape: ElementShape = "square",
    axes: Axes = None,
    border: BorderOrIgnored = "reflect",
    within: MaskOrNone = None,
    *,
    kind: ResultKind,
) -> Array:
    """The mean of the pixels in a window around each pixel.

    The window holds the pixels within a reach of `n`: a square of 2n + 1 by default, so that n=1 is 3x3; `n`, `shape`
    and `axes` as for `dilate`. A list is a reach of its own for each image axis: n=[3, 5] is 7x11 pixels, by a disk an
    ellipse. A pattern such as "010/111/010" is a window too, and n how often the filter is applied.
    Integers give float64, the exact mean rounded once; floating images keep their type and are computed in float64.
    nan and inf spread over the window. Of a colour image each channel is taken by itself. The mean of equal floating
    values may differ from them by a last bit: compare an image with its mean by a margin,
    `im - mean_filter(im) > 0.01`.

    With `within` only the pixels of a mask count, wherever the window lies; what is beyond the border counts as the
    pixels do that are reflected there. Where a window holds none, the result is without data: masks made of it are off
    there, and `fill(mean_filter(im, 2, within=m), 0)` puts a number there. Pixels without data do not count either.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`; and with
    "ignore" windows end at the border.
    Errors: as for `dilate`; a window of more than 2^20 pixels; a pattern applied more than once where pixels are
    counted, which they are with `within` and with border="ignore".
    Source: as scipy.ndimage.uniform_filter, which carries a sum from pixel to pixel, with its rounding errors. With
    border="ignore" as skimage.filters.rank.mean and its `mask`, which cuts off what is behind the point.

    >>> evaluate("mean_filter(im)", im=[[0, 0, 9, 0, 0]])
    array([[0., 3., 3., 3., 0.]])
    """
    window = elements.footprint(n, shape, axes, im.ndim)
    if within is not None or border == "ignore":
        counts, mode = window_counts(im.shape, within, window, border), "constant" if border == "ignore" else border
        values = im if within is None else np.where(within, im, im.dtype.type(0))
        return _window_means(values, window, mode, counts).astype(kind.dtype, copy=False)
    if shape in NAMED_SHAPES:
        return _window_means(im, window, border).astype(kind.dtype, copy=False)
    return elements.repeated(lambda v: _window_means(v, window, border) + 0.0, im, int(n.radius)).astype(kind.dtype)
