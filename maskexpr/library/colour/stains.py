"""Stains of tissue, told apart by the colours that they let through."""

from typing import Any

import numpy as np

from maskexpr.functions.gives import Kinds
from maskexpr.functions.parameters import Array, Colour, ResultKind
from maskexpr.functions.record import function
from maskexpr.kernels import elementary
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.colour.shares import SHARED, White, is_total, of_shares, weighed

# What haematoxylin, eosin and DAB absorb of red, green and blue, in hundredths: (65, 70, 29), (7, 99, 11) and
# (27, 57, 78). The inverse of that matrix is its adjugate over its determinant; here a row for each of the stains.
_DETERMINANT = 377799
_HAEMATOXYLIN, _EOSIN, _DAB = (
    tuple(100 * cofactor / _DETERMINANT for cofactor in row)
    for row in ((7095, -249, -2274), (-3807, 4287, -1815), (-2101, -512, 5945))
)

_DARKEST = 1e-6  # the share of white that black is taken for, which has no logarithm
_LOG_OF_DARKEST = -13.815510557964274


def _not_negative(kinds: Kinds) -> Bounds:
    return Bounds(0, np.inf, kinds["im"].limits.nan)


_STAINED = SHARED.bounded(_not_negative)


def _densities(shares: Array) -> Array:
    """How much of the light is absorbed, from 0 at white to 1 at the darkest."""
    return np.asarray(elementary.log(np.maximum(shares, _DARKEST)) / _LOG_OF_DARKEST)


def _stain(im: Array, white: Any, weights: Any, dtype: Any) -> Array:
    found = weighed(of_shares(im, white, _densities), weights)
    return np.asarray((np.maximum(found, 0) + 0.0).astype(dtype, copy=False))  # with no -0.0


@function(gives=_STAINED, halo=0, cost=40, memory=56, total=is_total, aliases={"background": "white"})
def haematoxylin(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How much haematoxylin, which colours nuclei blue, is in each pixel of a stained section: colour deconvolution.

    The light that is absorbed in red, green and blue is parted into what haematoxylin, eosin and DAB absorb of each.
    0 is none of it; less than none, where the colours are others than those three can mix, is 0 too. The numbers are
    shares of the absorption of black, which is taken for a millionth of white: well stained nuclei have some 0.1. To
    find them, let a threshold choose: `haematoxylin(im) > otsu(haematoxylin(im))`. As optical densities they are 6
    times that number.

    `white` is the value of unstained glass, a number for all channels that may depend on pixels:
    `white=percentile(green(im), 99)`. It is the largest number of the type of an integer image by default, and 1 of a
    floating one. Alpha is ignored. Integers give float64, floating images keep their type and are computed in float64;
    nan where a channel is nan.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha; a white that is not
    above 0; in the run, a floating image with values of 2 and more whose white is not given.
    Source: Ruifrok & Johnston, Quantification of histochemical staining by color deconvolution, 2001; as
    skimage.color.rgb2hed, whose logarithms and matrix products have other last bits. Fiji and QuPath, whose numbers are
    optical densities, take the same three colours, each divided by its length.

    >>> evaluate("haematoxylin(im)", im=np.uint8([[[255, 255, 255], [110, 90, 160]]])).round(3)
    array([[0.   , 0.089]])
    """
    return _stain(im, white, _HAEMATOXYLIN, kind.dtype)


@function(gives=_STAINED, halo=0, cost=40, memory=56, total=is_total, aliases={"background": "white"})
def eosin(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How much eosin, which colours cytoplasm and fibres pink, is in each pixel of a stained section.

    The second of the three stains that `haematoxylin` tells apart, and on the same scale; `white` as there.

    Errors: as for `haematoxylin`.
    Source: Ruifrok & Johnston, Quantification of histochemical staining by color deconvolution, 2001; as
    skimage.color.rgb2hed.

    >>> evaluate("eosin(im)", im=np.uint8([[[255, 255, 255], [230, 120, 190]]])).round(3)
    array([[0.   , 0.044]])
    """
    return _stain(im, white, _EOSIN, kind.dtype)


@function(gives=_STAINED, halo=0, cost=40, memory=56, total=is_total, aliases={"background": "white"})
def dab(im: Colour, white: White = None, *, kind: ResultKind) -> Array:
    """How much DAB, which colours brown what antibodies bind to, is in each pixel of a stained section.

    The third of the three stains that `haematoxylin` tells apart, and on the same scale; `white` as there. DAB scatters
    light rather than absorbs it, so its amount tells where it is, and only roughly how much of it.

    Errors: as for `haematoxylin`.
    Source: Ruifrok & Johnston, Quantification of histochemical staining by color deconvolution, 2001; as
    skimage.color.rgb2hed.

    >>> evaluate("dab(im)", im=np.uint8([[[255, 255, 255], [120, 80, 50]]])).round(3)
    array([[0.   , 0.144]])
    """
    return _stain(im, white, _DAB, kind.dtype)
