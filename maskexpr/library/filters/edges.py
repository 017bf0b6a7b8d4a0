"""Filters that find edges and blobs: derivatives of grey images."""

import functools
import operator

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import FLOAT_IMAGE
from maskexpr.functions.parameters import Array, Axes, Axis, Border, Image, ResultKind, Sigma, SigmaOrNone
from maskexpr.functions.record import Settings, function
from maskexpr.kernels import borders
from maskexpr.kernels.slopes import PREWITT, SCHARR, SOBEL
from maskexpr.kinds.kind import Kind
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import BEYOND, check_window, reaches, sigmas, smoothed
from maskexpr.library.lazy import scipy

_WIDER = 1.6  # Marr and Hildreth's ratio, for which a difference of Gaussians is nearest to a Laplacian of one


def _next_halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    """One pixel along the axes that are worked on."""
    worked = elements.worked_axes(settings["axes"], ndim)
    return tuple(int(axis in worked) for axis in range(ndim))


def _check_axis(settings: Settings, around: Surroundings) -> None:
    axis, axes = settings["axis"], settings["axes"]
    if axis is not None and axes and axis not in axes:
        raise Refused(messages.AXIS_NOT_WORKED, "axis")


def _slopes_cost(settings: Settings, ndim: int) -> float:
    return 8.0 * ndim * ndim


def _slopes_memory(settings: Settings, ndim: int) -> float:
    return 8.0 * ndim + 40


def _edges(
    im: Array,
    across: tuple[int, int],
    axis: int | None,
    axes: tuple[int, ...] | None,
    border: str,
    kind: Kind,
) -> Array:
    """The size of the gradient over the square root of the number of axes, or the slope along one axis."""
    worked = elements.worked_axes(axes, im.ndim)
    along = range(len(worked)) if axis is None else [worked.index(axis)]

    def edges(block: Array) -> Array:
        gradients = [_slope(block, a, across, border) for a in along]
        size = gradients[0] if len(gradients) == 1 else np.sqrt(sum(g * g for g in gradients)) / np.sqrt(block.ndim)
        return np.asarray(size)

    return np.asarray(elements.per_block(im.astype(np.float64), axes, edges).astype(kind.dtype, copy=False))


def _slope(im: Array, along: int, across: tuple[int, int], border: str) -> Array:
    """The difference of the pixels to both sides along an axis, smoothed along the others by weights that add up to 1:
    those beside the middle, and that in it."""
    beside, middle = across

    def next_to(values: Array, axis: int) -> tuple[Array, Array]:
        places = np.arange(values.shape[axis])
        return tuple(borders.taken(values, places + d, axis, border) for d in (-1, 1))  # type: ignore[return-value]

    before, after = next_to(im, along)
    total = im * 0.0 - (before - after)  # as SciPy does: nan and inf in the middle give nan
    for axis in range(im.ndim):
        if axis != along:
            before, after = next_to(total, axis)
            total = total * middle + (before + after) * beside
    return np.asarray(total / (2 * beside + middle) ** (im.ndim - 1))


@function(gives=FLOAT_IMAGE, halo=_next_halo, cost=_slopes_cost, memory=_slopes_memory, border=BEYOND,
         check=_check_axis, total=True)  # fmt: skip
def sobel(im: Image, axis: Axis = None, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind) -> Array:
    """The strength of edges: the size of the gradient by Sobel's kernels, over the square root of the number of axes.

    With `axis="x"`, "y" or "z" the signed derivative along that axis instead, positive where the image grows with the
    coordinate; an image of one axis gives that in any case. `axes` limits the work to some axes (`axes="yx"` for slice
    by slice). The kernels are the difference f(x+1) - f(x-1) along one axis, twice the slope, smoothed by [1 2 1] / 4
    along the others; in units of pixels whatever the spacing. Values are on the image's own scale, where scikit-image
    divides those of uint8 by 255. Integers give float64, floating images keep their type and are computed in float64;
    nan and inf spread by one pixel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: an axis the image does not have, or one that is not among `axes`.
    Source: as skimage.filters.sobel.

    >>> evaluate("sobel(im, axis=\\"x\\")", im=[[0, 10, 20, 30]])
    array([[10., 20., 20., 10.]])
    """
    return _edges(im, SOBEL, axis, axes, border, kind)


@function(gives=FLOAT_IMAGE, halo=_next_halo, cost=_slopes_cost, memory=_slopes_memory, border=BEYOND,
         check=_check_axis, total=True)  # fmt: skip
def scharr(im: Image, axis: Axis = None, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind) -> Array:
    """The strength of edges by Scharr's kernels, whose size depends less on the direction of an edge than Sobel's.

    The same as `sobel` but for the weights across the slope, which are [3 10 3] / 16. `axis`, `axes`, types and scale
    as there; nan and inf spread by one pixel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: an axis the image does not have, or one that is not among `axes`.
    Source: Scharr, Optimal operators in digital image processing, 2000. As skimage.filters.scharr; cv2.Scharr is 16
    times as large, for one axis.

    >>> evaluate("scharr(im)", im=[[0, 0, 16], [0, 0, 16], [0, 0, 16]]).round(2)
    array([[ 0.  , 11.31, 11.31],
           [ 0.  , 11.31, 11.31],
           [ 0.  , 11.31, 11.31]])
    """
    return _edges(im, SCHARR, axis, axes, border, kind)


@function(gives=FLOAT_IMAGE, halo=_next_halo, cost=_slopes_cost, memory=_slopes_memory, border=BEYOND,
         check=_check_axis, total=True)  # fmt: skip
def prewitt(im: Image, axis: Axis = None, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind) -> Array:
    """The strength of edges by Prewitt's kernels, which weigh the rows beside as much as that in the middle.

    The same as `sobel` but for the weights across the slope, which are [1 1 1] / 3. `axis`, `axes`, types and scale as
    there; nan and inf spread by one pixel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: an axis the image does not have, or one that is not among `axes`.
    Source: Prewitt, Object enhancement and extraction, 1970. As skimage.filters.prewitt up to rounding;
    scipy.ndimage.prewitt is 3 times as large, for one axis of a plane.

    >>> evaluate("prewitt(im, axis=0)", im=[[0, 0, 0], [0, 0, 6], [0, 6, 6]])
    array([[0., 2., 4.],
           [2., 4., 6.],
           [2., 2., 2.]])
    """
    return _edges(im, PREWITT, axis, axes, border, kind)


# --- laplace ---------------------------------------------------------------------------------------------------------


@function(gives=FLOAT_IMAGE, halo=_next_halo, cost=lambda settings, ndim: 4.0 * ndim, memory=32,
         border=BEYOND, total=True, without_data="cross", by_channel=True)  # fmt: skip
def laplace(im: Image, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind) -> Array:
    """The sum of the second derivatives along all axes; negative on ridges and bright specks, positive in valleys.

    Along each axis it is f(x-1) - 2 f(x) + f(x+1), in units of pixels whatever the spacing. `axes` limits the work to
    some axes (`axes="yx"` for slice by slice). Integers give float64, floating images keep their type and are computed
    in float64; nan and inf spread by one pixel. Of a colour image each channel is taken by itself.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: axes the image does not have.
    Source: as scipy.ndimage.laplace, which computes integers in their own type and lets them wrap.
    skimage.filters.laplace has the opposite sign.

    >>> evaluate("laplace(im)", im=[[0, 0, 5, 0, 0]])
    array([[  0.,   5., -10.,   5.,   0.]])
    """
    work = im.astype(np.float64)
    second = [
        scipy.ndimage.correlate1d(work, [1.0, -2.0, 1.0], axis, mode=border)
        for axis in elements.worked_axes(axes, im.ndim)
    ]
    return np.asarray(functools.reduce(operator.add, second).astype(kind.dtype, copy=False))


# --- difference of Gaussians -----------------------------------------------------------------------------------------


def _both_sigmas(settings: Settings, ndim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The smaller and the larger sigma of each axis."""
    low, high, axes = (settings[name] for name in ("low", "high", "axes"))
    smaller = sigmas({"sigma": low, "axes": axes}, ndim)
    if high is None:
        return smaller, tuple(s * _WIDER for s in smaller)
    return smaller, sigmas({"sigma": high, "axes": axes}, ndim)


def _halo_of_difference(settings: Settings, ndim: int) -> tuple[int, ...]:
    return reaches(_both_sigmas(settings, ndim)[1])


def _cost_of_difference(settings: Settings, ndim: int) -> float:
    return sum(2.0 * (2 * reach + 1) for per_axis in _both_sigmas(settings, ndim) for reach in reaches(per_axis))


def _gaussians(kind: Kind, settings: Settings) -> str:
    high = f"{_WIDER} * low" if settings["high"] is None else "high"
    return f"gaussian(im, low, axes, border=border) - gaussian(im, {high}, axes, border=border)"


def _check_difference(settings: Settings, around: Surroundings) -> None:
    if around.ndim is None:
        return
    for low, high in zip(*_both_sigmas(settings, around.ndim), strict=True):
        if high < low:
            raise Refused(messages.SIGMA_ORDER, "high", low=low, high=high)
    widest = max(_halo_of_difference(settings, around.ndim))
    check_window(2 * widest + 1, "low" if settings["high"] is None else "high")


@function(gives=FLOAT_IMAGE, halo=_halo_of_difference, cost=_cost_of_difference, memory=24, border=BEYOND,
         check=_check_difference, total=True, derived=_gaussians, by_channel=True)  # fmt: skip
def difference_of_gaussians(
    im: Image,
    low: Sigma,
    high: SigmaOrNone = None,
    axes: Axes = None,
    border: Border = "reflect",
    *,
    kind: ResultKind,
) -> Array:
    """An image smoothed by a small Gaussian less the same by a larger one; finds blobs and lines of about their size.

    What is brighter than around it comes out positive; noise and slow changes are taken away. `low` and `high` are the
    two standard deviations, each as for `gaussian`: a number of pixels, a length, or a list of one per axis; `high` is
    1.6 times `low` where it is left out. `axes` as for `gaussian`. Integers give float64, floating images keep their
    type, with float16 computed in float32; nan and inf spread over the larger kernel. Flat ground gives 0 but for
    rounding, so compare with a number above it: `difference_of_gaussians(im, 2) > 0.01`.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: high < low along an axis; as for `gaussian`, of either sigma.
    Source: Marr & Hildreth, Theory of edge detection, 1980 (doi:10.1098/rspb.1980.0020). As
    skimage.filters.difference_of_gaussians with mode="reflect", which divides integers by the range of their type.

    >>> evaluate("difference_of_gaussians(im, 1)", im=[[0, 0, 100, 0, 0]]).round(1)
    array([[-9.9,  2.6, 14.6,  2.6, -9.9]])
    """
    smaller, larger = _both_sigmas({"low": low, "high": high, "axes": axes}, im.ndim)
    less, more = (smoothed(im, per_axis, border=border) for per_axis in (smaller, larger))
    return np.asarray((less - more).astype(kind.dtype, copy=False))
