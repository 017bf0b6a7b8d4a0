"""Colour spaces in which brightness stands apart from colour: CIE L*a*b*, as eyes tell colours apart, and Y'CbCr, as
video and JPEG hold them."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from maskexpr.functions.parameters import Array, Colour, ResultKind
from maskexpr.functions.record import function
from maskexpr.kernels import elementary
from maskexpr.library.colour.shares import SHARED, White, is_total, of_shares, weighed

# X, Y and Z of linear red, green and blue, and of white: daylight D65, seen by an observer of 2 degrees.
_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
_OF_WHITE = (0.95047, 1.0, 1.08883)
_X, _Y, _Z = range(3)


def _linear(shares: Array) -> Array:
    """How much light values of sRGB stand for."""
    bright = shares > 0.04045
    base = np.where(bright, (shares + 0.055) / 1.055, 1.0)
    return np.where(bright, elementary.power(base, np.full(1, 2.4)), shares / 12.92)


def _perceived(im: Array, white: Any, which: Iterable[int]) -> list[Array]:
    """Some of X, Y and Z as a share of white, and nearly a cube root of that."""
    light = of_shares(im, white, _linear)
    found = []
    for i in which:
        share = weighed(light, _XYZ[i]) / _OF_WHITE[i]
        found.append(np.where(share > 0.008856, elementary.cbrt(share), 7.787 * share + 16.0 / 116.0))
    return found


@function(gives=SHARED, halo=0, cost=80, memory=112, total=is_total)
def lightness(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How light a colour image looks: L* of CIE L*a*b*, from 0 for black to 100 for white.

    Equal steps of it look alike to eyes, which `gray` and `value` do not promise. The colour space is sRGB in daylight
    (D65, 2 degrees); `lab_a` and `lab_b` are the two others of the three.

    `white` is the value that white has, a number that may depend on pixels: the largest number of the type of an
    integer image by default, and 1 of a floating one. Alpha is ignored. Integers give float64, floating images keep
    their type and are computed in float64; nan where a channel is nan.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha; a white that is not
    above 0; in the run, a floating image with values of 2 and more whose white is not given.
    Source: CIE 15, Colorimetry; as skimage.color.rgb2lab, whose powers and cube roots have other last bits. OpenCV
    scales that of 8 bits to 0..255.

    >>> evaluate("lightness(im)", im=np.uint8([[[0, 0, 0], [255, 255, 255], [200, 50, 50]]])).round(2)
    array([[  0.  , 100.  ,  45.35]])
    """
    (y,) = _perceived(im, white, (_Y,))
    return np.asarray((116.0 * y - 16.0).astype(kind.dtype, copy=False))


@function(gives=SHARED, halo=0, cost=120, memory=128, total=is_total)
def lab_a(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How red a colour is, or, below 0, how green: a* of CIE L*a*b*, about -86 to 98; greys have 0.

    It changes little with the lighting's brightness. `white`, types and nan as for `lightness`. Greys are 0 but for
    some thousandths, as the numbers of white have 5 digits.

    Errors: as for `lightness`.
    Source: CIE 15, Colorimetry; as skimage.color.rgb2lab; OpenCV adds 128 to that of 8 bits.

    >>> evaluate("lab_a(im)", im=np.uint8([[[255, 0, 0], [0, 255, 0]]])).round(1)
    array([[ 80.1, -86.2]])
    """
    x, y = _perceived(im, white, (_X, _Y))
    return np.asarray((500.0 * (x - y)).astype(kind.dtype, copy=False))


@function(gives=SHARED, halo=0, cost=120, memory=128, total=is_total)
def lab_b(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How yellow a colour is, or, below 0, how blue: b* of CIE L*a*b*, about -108 to 94; greys have 0.

    It changes little with the lighting's brightness. `white`, types and nan as for `lightness`. Greys are 0 but for
    some thousandths, as the numbers of white have 5 digits.

    Errors: as for `lightness`.
    Source: CIE 15, Colorimetry; as skimage.color.rgb2lab; OpenCV adds 128 to that of 8 bits.

    >>> evaluate("lab_b(im)", im=np.uint8([[[255, 255, 0], [0, 0, 255]]])).round(1)
    array([[  94.5, -107.9]])
    """
    y, z = _perceived(im, white, (_Y, _Z))
    return np.asarray((200.0 * (y - z)).astype(kind.dtype, copy=False))


# --- Y'CbCr ----------------------------------------------------------------------------------------------------------


def _as_it_is(shares: Array) -> Array:
    return shares


def _video(im: Array, white: Any, weights: tuple[float, float, float], zero: float, dtype: Any) -> Array:
    found = weighed(of_shares(im, white, _as_it_is), weights)
    return np.asarray((found + zero).astype(dtype, copy=False))


@function(gives=SHARED, halo=0, cost=12, memory=56, total=is_total)
def luma(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How bright a colour is in video: Y' of Y'CbCr, from 16 for black to 235 for white, whatever the image's type.

    65.481 R + 128.553 G + 24.966 B + 16 with the channels as shares of white. `cb` and `cr` are the two others of the
    three. `gray` is a brightness on the image's own scale. `white`, types and nan as for `lightness`.

    Errors: as for `lightness`.
    Source: ITU-R BT.601, of studio range; as skimage.color.rgb2ycbcr. JPEG and OpenCV's YCrCb are of full range: Y' is
    0.299 R + 0.587 G + 0.114 B there, on the image's own scale.

    >>> evaluate("luma(im)", im=np.uint8([[[0, 0, 0], [255, 255, 255], [200, 50, 50]]])).round(2)
    array([[ 16.  , 235.  ,  97.46]])
    """
    return _video(im, white, (65.481, 128.553, 24.966), 16.0, kind.dtype)


@function(gives=SHARED, halo=0, cost=12, memory=56, total=is_total)
def cb(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How blue a colour is in video: Cb of Y'CbCr, from 16 to 240, 128 for greys, whatever the image's type.

    -37.797 R - 74.203 G + 112 B + 128 with the channels as shares of white; as for `lightness` else.

    Errors: as for `lightness`.
    Source: ITU-R BT.601, of studio range; as skimage.color.rgb2ycbcr. That of JPEG and of OpenCV is of full range.

    >>> evaluate("cb(im)", im=np.uint8([[[0, 0, 255], [255, 255, 0], [90, 90, 90]]])).round(2)
    array([[240., 16., 128.]])
    """
    return _video(im, white, (-37.797, -74.203, 112.0), 128.0, kind.dtype)


@function(gives=SHARED, halo=0, cost=12, memory=56, total=is_total)
def cr(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How red a colour is in video: Cr of Y'CbCr, from 16 to 240, 128 for greys, whatever the image's type.

    112 R - 93.786 G - 18.214 B + 128 with the channels as shares of white; as for `lightness` else. Skin, say, has
    some 133 to 173 of it.

    Errors: as for `lightness`.
    Source: ITU-R BT.601, of studio range; as skimage.color.rgb2ycbcr. That of JPEG and of OpenCV is of full range.

    >>> evaluate("cr(im)", im=np.uint8([[[255, 0, 0], [0, 255, 255], [90, 90, 90]]])).round(2)
    array([[240., 16., 128.]])
    """
    return _video(im, white, (112.0, -93.786, -18.214), 128.0, kind.dtype)
