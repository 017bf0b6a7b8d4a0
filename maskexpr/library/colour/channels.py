"""The channels of colour images, and what is found from how they compare: grey, hue, saturation."""

from dataclasses import replace
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics.messages import CHANNEL_MISSING, CHANNEL_UNNAMED, NO_ALPHA, NOT_RGB
from maskexpr.functions.arguments import Refused, Takes
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, Channel, Colour, ColourKind, ResultKind
from maskexpr.functions.record import function
from maskexpr.kinds.grid import Grid
from maskexpr.kinds.kind import NUMERIC_ARRAYS, Kind
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.operators import PLANNED

_NUMBERS_ONLY = "they have no names"


def number_of(im: Kind, wanted: Any, first: int) -> int:
    """The number of a channel, from 0, by its name or its number from `first`."""
    names = im.channel_names
    if isinstance(wanted, str):
        if wanted in names:
            return names.index(wanted)
        known = "they are " + ", ".join(names) if names else _NUMBERS_ONLY
        raise Refused(CHANNEL_UNNAMED, "i", channel=wanted, known=known, first=first, last=im.channels - 1 + first)
    if not first <= wanted < im.channels + first:
        raise Refused(
            CHANNEL_MISSING, "i", channel=wanted, channels=im.channels, first=first, last=im.channels - 1 + first
        )
    return int(wanted) - first


def _one(im: Kind) -> Kind:
    """One channel of a colour image, which has no channels."""
    grid = None if im.grid is None else replace(im.grid, channels=())
    return replace(im, name="image", channels=0, grid=None if grid == Grid() else grid)


def _numbered(first: int) -> Gives:
    def rule(kinds: Kinds) -> Kind:
        number_of(kinds["im"], kinds["i"].constant, first)
        return _one(kinds["im"])

    return Gives(frozenset({"image"}), rule)


def _refuse_other(im: Kind) -> None:
    """Refuse what has no red, green and blue."""
    names = im.channel_names
    if not im.is_rgb:
        listed = ", ".join(names) if names else f"{im.channels} without names"
        raise Refused(NOT_RGB, "im", listed=listed, which=f'"{names[0]}"' if names else "0")


def _channel_kind(kinds: Kinds) -> Kind:
    _refuse_other(kinds["im"])
    return _one(kinds["im"])


def _alpha_kind(kinds: Kinds) -> Kind:
    number_of_alpha(kinds["im"])
    return _one(kinds["im"])


def number_of_alpha(im: Kind) -> int:
    """The number of the channel that says how opaque pixels are."""
    names = tuple(name.lower() for name in im.channel_names)
    if "alpha" in names:
        return names.index("alpha")
    if im.channels == 4 and not names:
        return 3
    raise Refused(NO_ALPHA, "im", listed=", ".join(im.channel_names) or f"{im.channels} without names")


def _float_kind(kinds: Kinds) -> Kind:
    _refuse_other(kinds["im"])
    dtype = kinds["im"].dtype
    kind = like_grid("image", kinds, dtype if dtype is not None and dtype.kind == "f" else np.float64)
    return replace(kind, grid=_one(kinds["im"]).grid)


_CHANNEL = Gives(frozenset({"image"}), _channel_kind)
FLOATING = Gives(frozenset({"image"}), _float_kind)


def _saturations(kinds: Kinds) -> Bounds | None:
    """Channels below zero have any saturation."""
    return Bounds(0, 1, kinds["im"].limits.nan) if kinds["im"].limits.low >= 0 else None


def _brightness(r: Any, g: Any, b: Any) -> Any:
    return 0.2125 * r + 0.7154 * g + 0.0721 * b


def _grays(kinds: Kinds) -> Bounds | None:
    values = kinds["im"].range
    return values and Bounds(*(_brightness(*[float(end)] * 3) for end in values))


@function(gives=FLOATING.bounded(_grays), halo=0, cost=5, memory=36, total=True)
def gray(im: Colour, kind: ResultKind) -> Any:
    """The brightness of a colour image: 0.2125 R + 0.7154 G + 0.0721 B, on the image's own scale.

    So a threshold means what it means in the file. A fourth channel (alpha) is ignored. Integers give float64, floating
    images keep their type; nan where a channel is nan.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha.
    Source: the weights of ITU-R BT.709, as in skimage.color.rgb2gray, which divides integers by the largest value of
    their type.

    >>> evaluate("gray(im)", im=np.full((1, 1, 3), 100, np.uint8)).round(6)
    array([[100.]])
    """
    r, g, b = (im[..., i].astype(np.float64) for i in range(3))
    return _brightness(r, g, b).astype(kind.dtype)


@function(gives=_numbered(0), halo=0, cost=1, memory=0, total=True)
def channel(im: Colour, i: Channel, *, colours: ColourKind) -> Any:
    """One channel of a colour image, by its number from 0 or by its name: `channel(im, "DAPI")`.

    Of a picture they are red, green, blue, and alpha where there is one; names are those of the file, or of
    `maskexpr.Image(a, channels=[...])`. Keeps the image's type and values; nan stays nan.

    Errors: an image that is not in colour; a channel the image does not have.
    Source: `im[..., i]` in NumPy.

    >>> evaluate("channel(im, 2)", im=np.uint8([[[10, 20, 30]]]))
    array([[30]], dtype=uint8)
    """
    return _plane(im, number_of(colours, i, 0))


def _plane(im: Array, i: int) -> Array:
    return np.ascontiguousarray(im[..., i])


@function(gives=_numbered(1), halo=0, cost=1, memory=0, total=True)
def band(im: Colour, i: Channel, *, colours: ColourKind) -> Any:
    """One band of an image of several, by its number from 1, as GIS tools count, or by its name.

    The same as `channel`, which counts from 0. Keeps the image's type and values; nan stays nan.

    Errors: an image that is not in colour; a band the image does not have.
    Source: as `read(i)` of rasterio, and the bands of GDAL.

    >>> evaluate("band(im, 3)", im=np.uint8([[[10, 20, 30]]]))
    array([[30]], dtype=uint8)
    """
    return _plane(im, number_of(colours, i, 1))


_SeveralImages = Annotated[list[Array], Takes(NUMERIC_ARRAYS, "channels", several=True)]


def _together(kinds: Kinds) -> Kind:
    return replace(next(iter(kinds.values())), name="colour", channels=len(kinds))


@function(name="channels together", gives=Gives(frozenset({"colour"}), _together), halo=0, cost=4, memory=0,
          total=True, catalogue=PLANNED)  # fmt: skip
def channels_together(channels: _SeveralImages, *, kind: ResultKind) -> Array:
    """The images as channels of one."""
    return np.stack(channels, axis=-1).astype(kind.dtype, copy=False)


@function(gives=Gives(frozenset({"image"}), _alpha_kind), halo=0, cost=1, memory=0, total=True)
def alpha(im: Colour, *, colours: ColourKind) -> Any:
    """How opaque the pixels of a colour image are, in its own type: its channel called alpha, or the fourth of four
    without names.

    Errors: an image that is not in colour, or that has no alpha.
    Source: the order red, green, blue, alpha of Pillow and imageio.

    >>> evaluate("alpha(im)", im=np.uint8([[[10, 20, 30, 255]]]))
    array([[255]], dtype=uint8)
    """
    return _plane(im, number_of_alpha(colours))


@function(gives=_CHANNEL, halo=0, cost=1, memory=0, total=True)
def red(im: Colour) -> Any:
    """The red channel of a colour image, in its own type; nan stays nan.

    The same as `channel(im, 0)`.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha.
    Source: the order red, green, blue of scikit-image and Pillow; in OpenCV blue comes first.

    >>> evaluate("red(im)", im=np.uint8([[[10, 20, 30]]]))
    array([[10]], dtype=uint8)
    """
    return _plane(im, 0)


@function(gives=_CHANNEL, halo=0, cost=1, memory=0, total=True)
def green(im: Colour) -> Any:
    """The green channel of a colour image, in its own type; nan stays nan.

    The same as `channel(im, 1)`.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha.
    Source: the order red, green, blue of scikit-image and Pillow; in OpenCV blue comes first.

    >>> evaluate("green(im)", im=np.uint8([[[10, 20, 30]]]))
    array([[20]], dtype=uint8)
    """
    return _plane(im, 1)


@function(gives=_CHANNEL, halo=0, cost=1, memory=0, total=True)
def blue(im: Colour) -> Any:
    """The blue channel of a colour image, in its own type; nan stays nan.

    The same as `channel(im, 2)`.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha.
    Source: the order red, green, blue of scikit-image and Pillow; in OpenCV blue comes first.

    >>> evaluate("blue(im)", im=np.uint8([[[10, 20, 30]]]))
    array([[30]], dtype=uint8)
    """
    return _plane(im, 2)


def _extremes(im: Array) -> tuple[Array, Array, Array]:
    rgb = im[..., :3].astype(np.float64)
    return rgb, rgb.max(axis=-1), rgb.min(axis=-1)


@function(gives=FLOATING.within(0, 1), halo=0, cost=20, memory=88, total=True)
def hue(im: Colour, kind: ResultKind) -> Any:
    """The hue of a colour image from 0 to 1: red 0, green 1/3, blue 2/3; 0 where a pixel has no colour.

    Does not depend on the image's scale. Alpha is ignored. Integers give float64, floating images keep their type; nan
    where a channel is nan.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha.
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


@function(gives=FLOATING.bounded(_saturations), halo=0, cost=10, memory=56, total=True)
def saturation(im: Colour, kind: ResultKind) -> Any:
    """The saturation of a colour image from 0 (grey) to 1: the spread of the channels over the largest; 0 for black.

    Does not depend on the image's scale. Alpha is ignored. Integers give float64, floating images keep their type; nan
    where a channel is nan.

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha.
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

    Errors: an image that is not in colour, or has other channels than red, green, blue and alpha.
    Source: Smith, Color gamut transform pairs, 1978 (doi:10.1145/965139.807361); as skimage.color.rgb2hsv, which
    divides integers by the largest value of their type.

    >>> evaluate("value(im)", im=np.uint8([[[50, 100, 200]]]))
    array([[200]], dtype=uint8)
    """
    return im[..., :3].max(axis=-1) + 0  # -0.0 becomes 0.0: which of two zeros NumPy takes is not laid down
