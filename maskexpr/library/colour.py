"""Colour images to images: channels, grey and hue. Results keep the image's own scale unless said otherwise."""

from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.diagnostics.messages import CHANNEL_MISSING
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, Colour, Index, ResultKind
from maskexpr.functions.record import function
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Bounds


def _channel_kind(kinds: Kinds) -> Kind:
    im = kinds["im"]
    if "i" in kinds and kinds["i"].constant >= im.channels:
        raise Refused(CHANNEL_MISSING, "i", channel=kinds["i"].constant, channels=im.channels, last=im.channels - 1)
    return replace(im, name="image", channels=0)


def _float_kind(kinds: Kinds) -> Kind:
    dtype = kinds["im"].dtype
    return like_grid("image", kinds, dtype if dtype is not None and dtype.kind == "f" else np.float64)


_CHANNEL = Gives(frozenset({"image"}), _channel_kind)
_FLOATING = Gives(frozenset({"image"}), _float_kind)


def _saturations(kinds: Kinds) -> Bounds | None:
    """Channels below zero have any saturation."""
    return Bounds(0, 1, kinds["im"].limits.nan) if kinds["im"].limits.low >= 0 else None


def _brightness(r: Any, g: Any, b: Any) -> Any:
    return 0.2125 * r + 0.7154 * g + 0.0721 * b


def _grays(kinds: Kinds) -> Bounds | None:
    values = kinds["im"].range
    return values and Bounds(*(_brightness(*[float(end)] * 3) for end in values))


@function(gives=_FLOATING.bounded(_grays), halo=0, cost=5, memory=36, total=True)
def gray(im: Colour, kind: ResultKind) -> Any:
    """The brightness of a colour image: 0.2125 R + 0.7154 G + 0.0721 B, on the image's own scale.

    So a threshold means what it means in the file. A fourth channel (alpha) is ignored. Integers give float64, floating
    images keep their type; nan where a channel is nan.

    Errors: an image that is not in colour.
    Source: the weights of ITU-R BT.709, as in skimage.color.rgb2gray, which divides integers by the largest value of
    their type.

    >>> evaluate("gray(im)", im=np.full((1, 1, 3), 100, np.uint8)).round(6)
    array([[100.]])
    """
    r, g, b = (im[..., i].astype(np.float64) for i in range(3))
    return _brightness(r, g, b).astype(kind.dtype)


@function(gives=_CHANNEL, halo=0, cost=1, memory=0, total=True)
def channel(im: Colour, i: Index) -> Any:
    """One channel of a colour image, counted from 0: red, green, blue, and alpha where there is one.

    Keeps the image's type and values; nan stays nan.

    Errors: an image that is not in colour; a channel the image does not have.
    Source: `im[..., i]` in NumPy.

    >>> evaluate("channel(im, 2)", im=np.uint8([[[10, 20, 30]]]))
    array([[30]], dtype=uint8)
    """
    return np.ascontiguousarray(im[..., i])


@function(gives=_CHANNEL, halo=0, cost=1, memory=0, total=True)
def red(im: Colour) -> Any:
    """The red channel of a colour image, in its own type; nan stays nan.

    The same as `channel(im, 0)`.

    Errors: an image that is not in colour.
    Source: the order red, green, blue of scikit-image and Pillow; in OpenCV blue comes first.

    >>> evaluate("red(im)", im=np.uint8([[[10, 20, 30]]]))
    array([[10]], dtype=uint8)
    """
    return channel(im, 0)


@function(gives=_CHANNEL, halo=0, cost=1, memory=0, total=True)
def green(im: Colour) -> Any:
    """The green channel of a colour image, in its own type; nan stays nan.

    The same as `channel(im, 1)`.

    Errors: an image that is not in colour.
    Source: the order red, green, blue of scikit-image and Pillow; in OpenCV blue comes first.

    >>> evaluate("green(im)", im=np.uint8([[[10, 20, 30]]]))
    array([[20]], dtype=uint8)
    """
    return channel(im, 1)


@function(gives=_CHANNEL, halo=0, cost=1, memory=0, total=True)
def blue(im: Colour) -> Any:
    """The blue channel of a colour image, in its own type; nan stays nan.

    The same as `channel(im, 2)`.

    Errors: an image that is not in colour.
    Source: the order red, green, blue of scikit-image and Pillow; in OpenCV blue comes first.

    >>> evaluate("blue(im)", im=np.uint8([[[10, 20, 30]]]))
    array([[30]], dtype=uint8)
    """
    return channel(im, 2)


def _extremes(im: Array) -> tuple[Array, Array, Array]:
    rgb = im[..., :3].astype(np.float64)
    return rgb, rgb.max(axis=-1), rgb.min(axis=-1)


@function(gives=_FLOATING.within(0, 1), halo=0, cost=20, memory=88, total=True)
def hue(im: Colour, kind: ResultKind) -> Any:
    """The hue of a colour image from 0 to 1: red 0, green 1/3, blue 2/3; 0 where a pixel has no colour.

    Does not depend on the image's scale. Alpha is ignored. Integers give float64, floating images keep their type; nan
    where a channel is nan.

    Errors: an image that is not in colour.
    Source: Smith, Color gamut transform pairs, 1978 (doi:10.1145/965139.807361); as skimage.color.rgb2hsv.

    >>> evaluate("hue(im)", im=np.uint8([[[0, 0, 200]]])).round(4)
    array([[0.6667]])
    """
    rgb, top, bottom = _extremes(im)
    span = top - bottom
    r, g, b = (rgb[..., i] for i in range(3))
    safe = np.where(span == 0, 1, span)
    sector = np.where(b == top, 4 + (r - g) / safe, np.where(g == top, 2 + (b - r) / safe, (g - b) / safe))
    return np.where(span == 0, 0, (sector / 6) % 1).astype(kind.dtype)


@function(gives=_FLOATING.bounded(_saturations), halo=0, cost=10, memory=56, total=True)
def saturation(im: Colour, kind: ResultKind) -> Any:
    """The saturation of a colour image from 0 (grey) to 1: the spread of the channels over the largest; 0 for black.

    Does not depend on the image's scale. Alpha is ignored. Integers give float64, floating images keep their type; nan
    where a channel is nan.

    Errors: an image that is not in colour.
    Source: Smith, Color gamut transform pairs, 1978 (doi:10.1145/965139.807361); as skimage.color.rgb2hsv.

    >>> evaluate("saturation(im)", im=np.uint8([[[50, 100, 200]]]))
    array([[0.75]])
    """
    _, top, bottom = _extremes(im)
    return np.where(top == bottom, 0, (top - bottom) / np.where(top == 0, 1, top)).astype(kind.dtype)


@function(gives=_CHANNEL, halo=0, cost=2, memory=0, total=True)
def value(im: Colour) -> Any:
    """The largest of the three channels of a colour image, in its own type and scale.

    Alpha is ignored; nan where a channel is nan; a zero has no sign.

    Errors: an image that is not in colour.
    Source: Smith, Color gamut transform pairs, 1978 (doi:10.1145/965139.807361); as skimage.color.rgb2hsv, which
    divides integers by the largest value of their type.

    >>> evaluate("value(im)", im=np.uint8([[[50, 100, 200]]]))
    array([[200]], dtype=uint8)
    """
    return im[..., :3].max(axis=-1) + 0  # -0.0 becomes 0.0: which of two zeros NumPy takes is not laid down
