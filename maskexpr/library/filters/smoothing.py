"""Filters that smooth: each pixel from those around it."""

import math
from typing import Any

import numpy as np

from maskexpr import elements, messages
from maskexpr.arguments import NAMED_SHAPES, Array, Axes, ElementShape, Image, Masks, Reach, ResultKind, Sigma
from maskexpr.builtin import FLOAT_IMAGE, SAME_IMAGE, Refused, Settings, Surroundings, builtin
from maskexpr.lazy import scipy

REFLECTED = "the image is reflected at its border: d c b a | a b c d | d c b a"
_TRUNCATE = 4.0
_LARGEST_WINDOW = 2**20


def check_window(size: int, argument: str) -> None:
    if size > _LARGEST_WINDOW:
        raise Refused(messages.WINDOW_TOO_LARGE, argument, size=float(size), most=float(_LARGEST_WINDOW))


def wide_enough(im: Array) -> Array:
    """SciPy filters no float16."""
    return im.astype(np.float32) if im.dtype == np.float16 else im


# --- gaussian --------------------------------------------------------------------------------------------------------


def sigmas(settings: Settings, ndim: int) -> tuple[float, ...]:
    """Sigma per axis, 0 along axes that are not worked on."""
    worked = elements.worked_axes(settings["axes"], ndim)
    return tuple(s if axis in worked else 0.0 for axis, s in enumerate(settings["sigma"]))


def gaussian_halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    return tuple(int(_TRUNCATE * s + 0.5) for s in sigmas(settings, ndim))


def _gaussian_cost(settings: Settings, ndim: int) -> float:
    return sum(2.0 * (2 * reach + 1) for reach in gaussian_halo(settings, ndim))


def _check_sigma(settings: Settings, around: Surroundings) -> None:
    if around.ndim is not None:
        check_window(2 * max(gaussian_halo(settings, around.ndim)) + 1, "sigma")


@builtin(gives=FLOAT_IMAGE, halo=gaussian_halo, cost=_gaussian_cost, memory=8, border=REFLECTED, check=_check_sigma)
def gaussian(im: Image, sigma: Sigma, axes: Axes = None, *, kind: ResultKind) -> Array:
    """Smooth an image with a Gaussian of standard deviation `sigma`.

    `sigma` is a number of pixels, a length, which is divided by the spacing of each axis, or a list of one number per
    image axis; 0 changes nothing. `axes` limits the work to some axes (`axes="yx"` smooths slice by slice; of a list
    the numbers of the other axes are not used). The kernel ends at 4 sigma. Integers give float64, floating images
    keep their type, with float16 computed in float32. nan and inf spread over the kernel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a.
    Errors: a negative sigma; a list that has not one number per axis; a length where the spacing is unknown.
    Source: equals scipy.ndimage.gaussian_filter with its defaults.

    >>> evaluate("gaussian(im, 1)", im=[[0, 0, 100, 0, 0]]).round(1)
    array([[ 5.8, 24.2, 39.9, 24.2,  5.8]])
    """
    per_axis = sigmas({"sigma": sigma, "axes": axes}, im.ndim)
    work = wide_enough(im)
    dtype = work.dtype if work.dtype.kind == "f" else np.float64
    smooth = scipy.ndimage.gaussian_filter(work, per_axis, output=dtype, mode="reflect", truncate=_TRUNCATE)
    return np.asarray(smooth.astype(kind.dtype, copy=False))


# --- median ----------------------------------------------------------------------------------------------------------


def _window_size(settings: Settings, ndim: int) -> int:
    return math.prod(2 * reach + 1 for reach in elements.halo(settings, ndim))


def _median_cost(settings: Settings, ndim: int) -> float:
    return 4.0 * _window_size(settings, ndim)


def _check_median(settings: Settings, around: Surroundings) -> None:
    elements.check_element(settings, around)
    if around.ndim is not None:
        check_window(_window_size(settings, around.ndim), "n")


@builtin(gives=SAME_IMAGE, halo=elements.halo, cost=_median_cost, memory=24, border=REFLECTED, check=_check_median)
def median_filter(im: Image, n: Reach = 1, shape: ElementShape = "square", axes: Axes = None) -> Array:
    """The median of the pixels in a window around each pixel: removes specks and keeps edges.

    The window holds the pixels within a reach of `n`: a square of 2n + 1 by default, so that n=1 is 3x3; `n`, `shape`
    and `axes` as for `dilate`. A pattern such as "010/111/010" is a window too, and n how often the filter is applied.
    A window of an even number of pixels gives the upper of its two middle values. Keeps the image's type and is exact;
    nan counts as larger than all numbers.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a.
    Errors: as for `dilate`.
    Source: equals scipy.ndimage.median_filter, which rounds 64-bit integers to float64 and does not define nan.

    >>> evaluate("median_filter(im)", im=[[1, 1, 1], [1, 9, 2], [2, 2, 2]])
    array([[1, 1, 1],
           [1, 2, 2],
           [2, 2, 2]])
    """
    window = elements.footprint(n, shape, axes, im.ndim)
    result = im.copy()
    for _ in range(1 if shape in NAMED_SHAPES else int(n.radius)):
        result = _median(wide_enough(result), window)
    return result.astype(im.dtype, copy=False) + 0  # -0.0 becomes 0.0: which of two zeros is in the middle is open


def _median(im: Array, window: Masks) -> Array:
    """SciPy's filter, made exact for 64-bit integers, which it compares as float64, and defined for nan."""

    def median(a: Array) -> Any:
        return scipy.ndimage.median_filter(a, footprint=window, mode="reflect")

    if im.dtype.kind in "iu":
        if im.dtype.itemsize < 8:
            return np.asarray(median(im))
        values, ranks = np.unique(im, return_inverse=True)
        return np.asarray(values[median(ranks.reshape(im.shape))])
    missing = np.isnan(im)
    if not missing.any():
        return np.asarray(median(im))
    return np.where(median(missing.view(np.uint8)), np.nan, median(np.where(missing, np.inf, im))).astype(im.dtype)
