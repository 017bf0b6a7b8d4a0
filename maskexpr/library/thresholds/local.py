"""Thresholds that follow the image: one for each pixel, from those around it."""

import math
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import FLOAT_IMAGE, Gives, Kinds
from maskexpr.functions.parameters import Array, Axes, Border, Image, Number, NumberOrNone, ResultKind, Window
from maskexpr.functions.record import Settings, function
from maskexpr.kinds.kind import NOT_CONSTANT, Kind
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import (
    BEYOND,
    check_windows,
    mean_cost,
    mean_filter,
    means_of,
    window_sums,
)


def _square(settings: Settings) -> Settings:
    return {**settings, "shape": "square"}


def _halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    return elements.halo(_square(settings), ndim)


def _cost(settings: Settings, ndim: int) -> float:
    return mean_cost(_square(settings), ndim)


def _cost_with_deviation(settings: Settings, ndim: int) -> float:
    return 10.0 + 2.0 * _cost(settings, ndim)


def _check(settings: Settings, around: Surroundings) -> None:
    check_windows(_square(settings), around)


@function(gives=FLOAT_IMAGE.bounded(means_of), halo=_halo, cost=_cost, memory=24, border=BEYOND, check=_check,
         total=True, derived="mean_filter(im, n, axes=axes, border=border)")  # fmt: skip
def local_mean(im: Image, n: Window = 7, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind) -> Array:
    """A threshold for each pixel: the mean of the pixels around it. Use it as `im > local_mean(im, 7)`.

    The window is a square that reaches `n` pixels, or a length, to either side: n=7 is 15x15; a list is a reach of its
    own for each image axis: n=[3, 5] is 7x11. `axes` limits it to some axes (`axes="yx"` for slice by slice). The same
    as `mean_filter(im, n)`: an image of the same shape, of any number of axes; integers give float64, floating images
    keep their type. A window that holds nan gives nan, one with inf gives inf or nan. A pixel that equals its threshold
    is not above it, so flat ground in an image of integers is off; in a floating image rounding has it so or so. A
    margin is written beside it: `im > 0.85 * local_mean(im, 7)`, or `im > local_mean(im, 7) - 10`.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: a negative n; a window of more than 2^20 pixels; a length where the spacing is unknown.
    Source: as skimage.filters.threshold_local with method="mean", whose block_size is 2n + 1. Its default is
    method="gaussian", here `gaussian(im, n / 3)`, which needs a margin for integers too.

    >>> evaluate("im > local_mean(im, 1)", im=[[1, 4, 1, 7, 9, 7]])
    array([[False,  True, False,  True,  True, False]])
    """
    return mean_filter(im, n, axes=axes, border=border, kind=kind)


def _means_and_deviations(im: Array, n: Any, axes: tuple[int, ...] | None, border: str) -> tuple[Array, Array]:
    """The mean and the standard deviation of the pixels in a square around each pixel, as float64."""
    window = elements.footprint(n, "square", axes, im.ndim)
    values = im.astype(np.float64)
    sums, squares = (window_sums(v, window, border) for v in (values, values * values))
    return mean_and_deviation(sums, squares, window.shape)


def mean_and_deviation(sums: Array, squares: Array, window: tuple[int, ...]) -> tuple[Array, Array]:
    """The same from the sums under a window of a shape, and those of the squares."""
    size = math.prod(window)
    squares = squares * float(size)
    spread = sums.astype(np.float64)
    np.multiply(spread, spread, out=spread)
    np.subtract(squares, spread, out=spread)
    # What rounding alone can leave of a window of one value, of which nothing but 0 is known: each addition along an
    # axis is off by 2^-53 at most.
    rounding = 2.0**-51 * (sum(window) + 2)
    np.copyto(spread, 0.0, where=spread <= np.multiply(squares, rounding, out=squares))
    np.sqrt(spread, out=spread)
    return np.true_divide(sums, size, dtype=np.float64), np.divide(spread, size, out=spread)


def niblack_threshold(mean: Array, deviation: Array, k: Any) -> Array:
    """What `niblack` makes of them."""
    return np.asarray(np.subtract(mean, np.multiply(deviation, float(k), out=deviation), out=deviation))


def sauvola_threshold(mean: Array, deviation: Array, k: Any, r: Any) -> Array:
    """What `sauvola` makes of them."""
    share = np.divide(deviation, float(r), out=deviation)
    np.subtract(share, 1, out=share)
    np.multiply(share, float(k), out=share)
    np.add(share, 1, out=share)
    return np.asarray(np.multiply(mean, share, out=share))


def largest_deviation(r: Any, dtype: np.dtype[Any]) -> Any:
    """The `r` of `sauvola`: half the range of the type by default."""
    if r is None:
        info = np.iinfo(dtype)
        r = (int(info.max) - int(info.min)) / 2
    _check_r(r)
    return r


@function(gives=FLOAT_IMAGE, halo=_halo, cost=_cost_with_deviation, memory=52, border=BEYOND,
         check=_check, total=True)  # fmt: skip
def niblack(
    im: Image, n: Window = 7, k: Number = 0.2, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind
) -> Array:
    """A threshold for each pixel: the mean less `k` standard deviations of the pixels around it.

    Use it as `im > niblack(im, 7)`. The window is a square that reaches `n` pixels, or a length, to either side: n=7 is
    15x15; a list is a reach of its own for each image axis: n=[3, 5] is 7x11. The deviation is that of the population.
    A negative `k` puts the threshold above the mean, to find bright things on a dark ground. `axes` limits the window
    to some axes (`axes="yx"` for slice by slice). The image may have any number of axes, and the result has its shape;
    integers give float64, floating images keep their type. A window that holds nan or inf gives nan, which no pixel is
    above. A pixel that equals its threshold is not above it either; on flat ground in a floating image rounding has it
    so or so, as for `local_mean`.

    Sums of values and of their squares are taken in float64. That is exact for integers of 8 bits in windows of up to
    2^18 pixels, and of 16 bits in up to 37x37; else a deviation of less than some ten-millionths of the values in the
    window is lost in rounding, and counts as 0.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: a negative n; a window of more than 2^20 pixels; a length where the spacing is unknown.
    Source: Niblack, An introduction to digital image processing, 1986. As skimage.filters.threshold_niblack, whose
    window_size is 2n + 1, and which reflects at the border without repeating the pixels on it (border="mirror").

    >>> evaluate("niblack(im, 1, k=0.5)", im=[[4, 4, 4, 1, 7, 4]]).round(2)
    array([[4.  , 4.  , 2.29, 2.78, 2.78, 4.29]])
    """
    return niblack_threshold(*_means_and_deviations(im, n, axes, border), k).astype(kind.dtype, copy=False)


def _sauvola_kind(kinds: Kinds) -> Kind:
    r, dtype = kinds["r"].constant if "r" in kinds else None, kinds["im"].dtype
    if r is None and dtype is not None and dtype.kind == "f":
        raise Refused(messages.SAUVOLA_R)
    if r is not None and r is not NOT_CONSTANT:
        _check_r(r)
    return FLOAT_IMAGE.rule(kinds)


def _check_r(r: Any) -> None:
    if not r > 0:
        raise Refused(messages.ARGUMENT_OUT_OF_RANGE, "r", value=f"{r:g}", wanted="above 0")


@function(gives=Gives(frozenset({"image"}), _sauvola_kind), halo=_halo, cost=_cost_with_deviation, memory=52,
         border=BEYOND, check=_check)  # fmt: skip
def sauvola(
    im: Image,
    n: Window = 7,
    k: Number = 0.2,
    r: NumberOrNone = None,
    axes: Axes = None,
    border: Border = "reflect",
    *,
    kind: ResultKind,
) -> Array:
    """A threshold for each pixel that finds dark print on bright paper.

    Use it as `im > sauvola(im, 7)`, which is on for the paper. The threshold is mean * (1 + k * (deviation / r - 1)) of
    the pixels around: their mean where their deviation is `r`, the largest to be expected, and 1 - k times their mean
    where the image is flat, so that the grain of the paper stays above. So `k` says how far below the mean the
    threshold is where there is little contrast: with the default 0.2 a fifth of the mean. A larger `k` leaves out faint
    print, and with it more of the grain; 0 gives the mean everywhere.

    The window is a square that reaches `n` pixels, or a length, to either side, or by a list so far along each image
    axis; `axes` limits it to some axes
    (`axes="yx"` for slice by slice). The image may have any number of axes, and the result has its shape; integers give
    float64, floating images keep their type; sums are rounded as those of `niblack`. A window that holds nan or inf
    gives nan, which no pixel is above. A pixel that equals its threshold is not above it either.

    `r` is a number above 0, by default half the range of the image's type: 127.5 for uint8, 32767.5 for uint16. Give
    it where values use less of their type, as those of 12 bits in uint16 do, or those of a floating image, for which it
    must be given: half of the range that they have in fact.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: no r for a floating image; an r that is not above 0; a negative n; a window of more than 2^20 pixels; a
    length where the spacing is unknown.
    Source: Sauvola and Pietikainen, Adaptive document image binarization, 2000 (doi:10.1016/S0031-3203(99)00055-2). As
    skimage.filters.threshold_sauvola, which reflects at the border without repeating the pixels on it
    (border="mirror"), and takes r=1 for floating images.

    >>> evaluate("im > sauvola(im, 2)", im=[[200, 190, 60, 210, 200, 195, 205]]).astype(int)
    array([[1, 1, 0, 1, 1, 1, 1]])
    """
    r = largest_deviation(r, im.dtype)
    return sauvola_threshold(*_means_and_deviations(im, n, axes, border), k, r).astype(kind.dtype, copy=False)
