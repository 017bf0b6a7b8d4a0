"""Filters that find edges and blobs: derivatives of grey images."""

import functools
import operator

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import FLOAT_IMAGE
from maskexpr.functions.parameters import Array, Axes, Axis, Image, ResultKind, Sigma, SigmaOrNone
from maskexpr.functions.record import Settings, function
from maskexpr.kinds.kind import Kind
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import REFLECTED, check_window, reaches, sigmas, smoothed
from maskexpr.library.lazy import scipy

_WIDER = 1.6  # Marr and Hildreth's ratio, for which a difference of Gaussians is nearest to a Laplacian of one


# SciPy's weights for slopes and curvatures are 1 and 2. What is times these is not rounded, so it makes no difference
# whether SciPy was built to multiply and add in one step, as it is for Apple silicon.


def _next_halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    """One pixel along the axes that are worked on."""
    worked = elements.worked_axes(settings["axes"], ndim)
    return tuple(int(axis in worked) for axis in range(ndim))


def _check_axis(settings: Settings, around: Surroundings) -> None:
    axis, axes = settings["axis"], settings["axes"]
    if axis is not None and axes and axis not in axes:
        raise Refused(messages.AXIS_NOT_WORKED, "axis")


@function(gives=FLOAT_IMAGE, halo=_next_halo, cost=lambda settings, ndim: 8.0 * ndim * ndim,
         memory=lambda settings, ndim: 8.0 * ndim + 20, border=REFLECTED, check=_check_axis, total=True)  # fmt: skip
def sobel(im: Image, axis: Axis = None, axes: Axes = None, *, kind: ResultKind) -> Array:
    """The strength of edges: the size of the gradient by Sobel's kernels, over the square root of the number of axes.

    With `axis="x"`, "y" or "z" the signed derivative along that axis instead, positive where the image grows with the
    coordinate; an image of one axis gives that in any case. `axes` limits the work to some axes (`axes="yx"` for slice
    by slice). The kernels are the difference f(x+1) - f(x-1) along one axis, twice the slope, smoothed by [1 2 1] / 4
    along the others; in units of pixels whatever the spacing. Values are on the image's own scale, where scikit-image
    divides those of uint8 by 255. Integers give float64, floating images keep their type and are computed in float64;
    nan and inf spread by one pixel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a.
    Errors: an axis the image does not have, or one that is not among `axes`.
    Source: as skimage.filters.sobel.

    >>> evaluate("sobel(im, axis=\\"x\\")", im=[[0, 10, 20, 30]])
    array([[10., 20., 20., 10.]])
    """
    worked = elements.worked_axes(axes, im.ndim)
    along = range(len(worked)) if axis is None else [worked.index(axis)]

    def edges(block: Array) -> Array:
        gradients = [scipy.ndimage.sobel(block, a, mode="reflect") / 4 ** (block.ndim - 1) for a in along]
        size = gradients[0] if len(gradients) == 1 else np.sqrt(sum(g * g for g in gradients)) / np.sqrt(block.ndim)
        return np.asarray(size)

    return np.asarray(elements.per_block(im.astype(np.float64), axes, edges).astype(kind.dtype, copy=False))


# --- laplace ---------------------------------------------------------------------------------------------------------


@function(gives=FLOAT_IMAGE, halo=_next_halo, cost=lambda settings, ndim: 4.0 * ndim, memory=32,
         border=REFLECTED, total=True, without_data="cross")  # fmt: skip
def laplace(im: Image, axes: Axes = None, *, kind: ResultKind) -> Array:
    """The sum of the second derivatives along all axes; negative on ridges and bright specks, positive in valleys.

    Along each axis it is f(x-1) - 2 f(x) + f(x+1), in units of pixels whatever the spacing. `axes` limits the work to
    some axes (`axes="yx"` for slice by slice). Integers give float64, floating images keep their type and are computed
    in float64; nan and inf spread by one pixel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a.
    Errors: axes the image does not have.
    Source: as scipy.ndimage.laplace, which computes integers in their own type and lets them wrap.
    skimage.filters.laplace has the opposite sign.

    >>> evaluate("laplace(im)", im=[[0, 0, 5, 0, 0]])
    array([[  0.,   5., -10.,   5.,   0.]])
    """
    work = im.astype(np.float64)
    second = [
        scipy.ndimage.correlate1d(work, [1.0, -2.0, 1.0], axis, mode="reflect")
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
    return f"gaussian(im, low, axes) - gaussian(im, {high}, axes)"


def _check_difference(settings: Settings, around: Surroundings) -> None:
    if around.ndim is None:
        return
    for low, high in zip(*_both_sigmas(settings, around.ndim), strict=True):
        if high < low:
            raise Refused(messages.SIGMA_ORDER, "high", low=low, high=high)
    widest = max(_halo_of_difference(settings, around.ndim))
    check_window(2 * widest + 1, "low" if settings["high"] is None else "high")


@function(gives=FLOAT_IMAGE, halo=_halo_of_difference, cost=_cost_of_difference, memory=24, border=REFLECTED,
         check=_check_difference, total=True, derived=_gaussians)  # fmt: skip
def difference_of_gaussians(
    im: Image, low: Sigma, high: SigmaOrNone = None, axes: Axes = None, *, kind: ResultKind
) -> Array:
    """An image smoothed by a small Gaussian less the same by a larger one; finds blobs and lines of about their size.

    What is brighter than around it comes out positive; noise and slow changes are taken away. `low` and `high` are the
    two standard deviations, each as for `gaussian`: a number of pixels, a length, or a list of one per axis; `high` is
    1.6 times `low` where it is left out. `axes` as for `gaussian`. Integers give float64, floating images keep their
    type, with float16 computed in float32; nan and inf spread over the larger kernel. Flat ground gives 0 but for
    rounding, so compare with a number above it: `difference_of_gaussians(im, 2) > 0.01`.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a.
    Errors: high < low along an axis; as for `gaussian`, of either sigma.
    Source: Marr & Hildreth, Theory of edge detection, 1980 (doi:10.1098/rspb.1980.0020). As
    skimage.filters.difference_of_gaussians with mode="reflect", which divides integers by the range of their type.

    >>> evaluate("difference_of_gaussians(im, 1)", im=[[0, 0, 100, 0, 0]]).round(1)
    array([[-9.9,  2.6, 14.6,  2.6, -9.9]])
    """
    smaller, larger = _both_sigmas({"low": low, "high": high, "axes": axes}, im.ndim)
    return np.asarray((smoothed(im, smaller) - smoothed(im, larger)).astype(kind.dtype, copy=False))
