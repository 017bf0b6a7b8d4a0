"""Derivatives of grey images at a scale: of the image as a Gaussian smooths it."""

import functools
import operator

import numpy as np

from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.gives import FLOAT_IMAGE
from maskexpr.functions.parameters import Array, Axes, Border, Image, ResultKind, Sigma
from maskexpr.functions.record import Settings, function
from maskexpr.kinds.kind import Kind
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import BEYOND, check_sigma, gaussian_cost, gaussian_halo, sigmas, smoothed


def _check(settings: Settings, around: Surroundings) -> None:
    check_sigma({**settings, "order": 1}, around)


def _along(order: int, axes: tuple[int, ...] | None, ndim: int) -> list[tuple[int, ...]]:
    """The orders of the axes, for the derivative along each of those that are worked on."""
    return [tuple(order * (a == axis) for a in range(ndim)) for axis in elements.worked_axes(axes, ndim)]


def _terms(order: int, kind: Kind, settings: Settings) -> list[str]:
    along = _along(order, settings["axes"], len(kind.shape or ()))
    return [f"gaussian(im, sigma, axes, {list(orders)}, border)" for orders in along]


def _gradient(kind: Kind, settings: Settings) -> str:
    terms = _terms(1, kind, settings)
    return f"abs({terms[0]})" if len(terms) == 1 else f"sqrt({' + '.join(f'{term} * {term}' for term in terms)})"


def _cost(settings: Settings, ndim: int) -> float:
    return ndim * (gaussian_cost(settings, ndim) + 4.0)


@function(gives=FLOAT_IMAGE, halo=gaussian_halo, cost=_cost, memory=40, border=BEYOND, check=_check, total=True,
         derived=_gradient)  # fmt: skip
def gaussian_gradient(
    im: Image, sigma: Sigma, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind
) -> Array:
    """The strength of edges at a scale: the size of the gradient, by derivatives of a Gaussian.

    The root of the sum of the squares of `gaussian(im, sigma, order=1)` along each axis by itself, in grey values per
    pixel; `sigma` and `axes` as for `gaussian`. Wide edges and noise are smoothed away as `sigma` grows. Integers give
    float64, floating images keep their type; nan and inf spread over the kernel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: as for `gaussian`; a sigma below 0.125 along an axis that is worked on.
    Source: as scipy.ndimage.gaussian_gradient_magnitude, which computes integers in their own type.

    >>> evaluate("gaussian_gradient(im, 1)", im=[[0, 10, 20, 30, 40, 50]]).round(1)
    array([[3.6, 8.5, 9.8, 9.8, 8.5, 3.6]])
    """
    slopes = _derivatives(im, 1, sigma, axes, border)
    if len(slopes) == 1:
        return np.abs(slopes[0]).astype(kind.dtype, copy=False)
    return np.asarray(np.sqrt(functools.reduce(operator.add, (s * s for s in slopes))).astype(kind.dtype, copy=False))


def _derivatives(
    im: Array, order: int, sigma: tuple[float, ...], axes: tuple[int, ...] | None, border: str
) -> list[Array]:
    per_axis = sigmas({"sigma": sigma, "axes": axes}, im.ndim)
    return [smoothed(im, per_axis, orders, border) for orders in _along(order, axes, im.ndim)]


def _laplacian(kind: Kind, settings: Settings) -> str:
    return " + ".join(_terms(2, kind, settings))


@function(gives=FLOAT_IMAGE, halo=gaussian_halo, cost=_cost, memory=40, border=BEYOND, check=_check, total=True,
         derived=_laplacian)  # fmt: skip
def gaussian_laplace(
    im: Image, sigma: Sigma, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind
) -> Array:
    """Blobs and lines of a size: the sum of the second derivatives along all axes, by those of a Gaussian.

    Negative on what is brighter than around it, most so on blobs whose radius is `sigma` times the root of the number
    of axes; positive on what is darker; edges are where the sign changes. `sigma` and `axes` as for `gaussian`.
    Integers give float64, floating images keep their type; nan and inf spread over the kernel. The kernel ends at 4
    sigma, so that flat ground gives not quite 0: some thousandths of the grey value over sigma squared.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: as for `gaussian`; a sigma below 0.125 along an axis that is worked on.
    Source: Marr & Hildreth, Theory of edge detection, 1980 (doi:10.1098/rspb.1980.0020). As
    scipy.ndimage.gaussian_laplace, which computes integers in their own type.

    >>> evaluate("gaussian_laplace(im, 1.2)", im=[[0, 0, 0, 100, 0, 0, 0]]).round(1)
    array([[  6.2,  10.3,  -5. , -23.1,  -5. ,  10.3,   6.2]])
    """
    second = _derivatives(im, 2, sigma, axes, border)
    return np.asarray(functools.reduce(operator.add, second).astype(kind.dtype, copy=False))
