"""A result as a picture to judge it by: a mask on the image it came from, labels in colours, an image in greys."""

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.display.pictures import colours
from maskexpr.display.pictures.colouring import Colouring
from maskexpr.display.pictures.planes import Index, flat, middle
from maskexpr.display.pictures.scaling import Size, enlarge, fit, largest, shrink, squared
from maskexpr.display.pictures.tones import Window, toned
from maskexpr.kernels.png_chunks import encode_colours
from maskexpr.kinds.kind import INTENSITIES

Array = np.ndarray[Any, Any]
Raster = np.ndarray[Any, np.dtype[np.uint8]]

MODES = ("overlay", "contour", "mask", "side")
_STRENGTH = 115  # of a tint, of 256
_STRENGTH_OF_VALUES = 190  # of a colour that is to be found in a legend
_BROADER = 1500  # so many pixels high or wide, an outline is broader by one: it is looked at from farther away


def render(
    value: Array,
    kind: str,
    on: Array | None = None,
    on_kind: str = "image",
    mode: str = "overlay",
    room: Size = (1024, 1024),
    *,
    window: Window | None = None,
    plane: int | Index | None = None,
    zoom: bool = True,
    sides: tuple[float, float] = (1.0, 1.0),
    by: Colouring | None = None,
) -> Raster:
    """A picture of a mask, labels, an image or a colour image.

    Parameters
    ----------
    value : ndarray
        Of two axes, and one for the channels of a colour image. Of more, one plane is shown; one axis is a strip.
    kind : {"mask", "labels", "image", "colour"}
    on : ndarray, optional
        The image that a mask or labels came from, of the same shape, of kind `on_kind` ("image" or "colour").
    mode : {"overlay", "contour", "mask", "side"}
        A mask as a translucent tint of the image, stronger where it covers more of what a pixel shows; as an outline
        on it, inside the mask, however small, and one pixel wide but for very large pictures; alone, on where it covers
        half; beside the image. Without an image, alone. Two images are shown side by side in mode "side".
    room : (height, width)
        The most pixels it may have. What is larger is made smaller by means over areas.
    window : (low, high), optional
        The values of an image shown as black and white; else what tones.window_of says.
    plane : int or tuple of int, optional
        Which plane of a stack, one number for each axis before the last two; else what planes.middle says.
    zoom : bool
        Whether what is smaller is made larger, by a whole factor.
    sides : (height, width)
        Those of a pixel, in any unit: what is higher than wide is shown so.
    by : Colouring, optional
        The values that labels get their colours from; else these tell neighbours apart.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    if mode not in MODES:
        raise ValueError(f"mode {mode!r} is none of {MODES}")
    index = middle(value, kind) if plane is None else (plane,) if isinstance(plane, int) else plane
    shown = squared(flat(value, kind, index), sides)
    ground = squared(flat(on, on_kind, index), sides) if on is not None else None
    if by is not None:
        shown = by.shown(shown)
    if ground is not None and ground.shape[:2] != shown.shape[:2]:
        raise ValueError(f"a picture of {shown.shape[:2]} on one of {ground.shape[:2]}")
    if not shown.size:
        return np.full((1, 1, 3), colours.OFF, np.uint8)
    if value.ndim == 1:
        shown, ground = _as_strip(shown, room), _as_strip(ground, room) if ground is not None else None
    if mode == "side" and ground is not None:
        return _beside(shown, kind, ground, room, window, zoom, by)
    scene = _Scene(shown.shape[:2], room, zoom, by)
    if kind in INTENSITIES:
        return scene.image(shown, window)
    return scene.mask(shown) if ground is None or mode == "mask" else scene.on_image(shown, ground, mode, window)


def png(picture: Raster) -> bytes:
    """A PNG file of a picture of shape (M, N, 3), in a few milliseconds: packed by runs."""
    return encode_colours(picture, 1, zlib.Z_RLE)


def _as_strip(row: Array, room: Size) -> Array:
    """One row of values as a strip that is high enough to be seen."""
    return row.repeat(max(1, min(room[0], row.shape[1] // 16, 16)), axis=0)


def _beside(
    shown: Array, kind: str, ground: Array, room: Size, window: Window | None, zoom: bool, by: Colouring | None
) -> Raster:
    """The image, and beside it what came of it."""
    gap = 1 if room[1] < 400 else 8
    scene = _Scene(shown.shape[:2], (room[0], max(1, (room[1] - gap) // 2)), zoom, by)
    left = scene.image(ground, window)
    right = scene.image(shown, None) if kind in INTENSITIES else scene.mask(shown)
    between = np.full((len(left), gap, 3), colours.GAP, np.uint8)
    return np.concatenate([left, between, right], axis=1)[:, : room[1]]


@dataclass(frozen=True, slots=True)
class _Scene:
    """Arrays of one shape, shown in one size."""

    shape: Size
    room: Size
    zoom: bool
    by: Colouring | None = None

    @property
    def size(self) -> Size:
        return fit(self.shape, self.room, self.zoom)

    @property
    def small(self) -> Size:
        """The size before it is made larger."""
        return min(self.shape[0], self.size[0]), min(self.shape[1], self.size[1])

    def image(self, image: Array, window: Window | None) -> Raster:
        return enlarge(self._image(image, window), self.size)

    def _image(self, image: Array, window: Window | None) -> Raster:
        tones, missing = toned(image[:, :, :3] if image.ndim == 3 else image, self.small, window)
        rgb = tones if tones.ndim == 3 else np.repeat(tones[:, :, np.newaxis], 3, axis=2)
        if rgb.shape[2] < 3:  # two channels, say
            rgb = np.repeat(rgb[:, :, :1], 3, axis=2)
        if missing is not None:
            rgb[missing] = colours.NOT_FINITE
        return rgb

    def mask(self, value: Array) -> Raster:
        """A mask or labels alone."""
        if value.dtype == bool:
            table = np.array([colours.OFF, colours.ON], np.uint8)
            return enlarge(table.take(self._majority(value).view(np.uint8), axis=0), self.size)
        return enlarge(self._colours(self._visible_labels(value)), self.size)

    def on_image(self, value: Array, ground: Array, mode: str, window: Window | None) -> Raster:
        below = self._image(ground, window)
        tint = colours.TINT_ON_COLOUR if ground.ndim == 3 else colours.TINT
        if mode == "contour":
            return self._outlined(value, below, tint)
        strength = self._coverage(value, _STRENGTH if self.by is None else _STRENGTH_OF_VALUES)
        over = np.array(tint) if value.dtype == bool else self._colours(self._labels(value))
        return enlarge(_blended(below, over, strength), self.size)

    def _colours(self, labels: Array) -> Array:
        return colours.label_colours(labels) if self.by is None else self.by.colours(labels)

    def _outlined(self, value: Array, below: Raster, tint: colours.Colour) -> Raster:
        numbers = self._visible(value).astype(np.int32) if value.dtype == bool else self._visible_labels(value)
        numbers = enlarge(numbers, self.size)
        picture = enlarge(below, self.size).copy()
        rim = _rim(numbers)
        for _ in range(max(self.size) // _BROADER):
            rim = _spread(rim) & (numbers > 0)
        picture[rim] = tint if value.dtype == bool else self._colours(numbers[rim])
        return picture

    def _coverage(self, value: Array, whole: int) -> Array:
        """How much of each pixel is on, `whole` being all."""
        on = value if value.dtype == bool else value > 0
        if self.small == self.shape:
            return on.view(np.uint8) * np.uint8(whole)
        return (shrink(on, self.small) * np.float32(whole) + np.float32(0.5)).astype(np.uint8)

    def _majority(self, mask: Array) -> Array:
        return mask if self.small == self.shape else np.asarray(shrink(mask, self.small) > 0.4999)

    def _visible(self, mask: Array) -> Array:
        """The majority, and where the mask is touched with none of that around: what is small or thin stays."""
        if self.small == self.shape:
            return mask
        coverage = shrink(mask, self.small)
        most = coverage > 0.4999
        return np.asarray(most | ((coverage > 0) & ~_spread(most)))

    def _labels(self, labels: Array) -> Array:
        return labels if self.small == self.shape else largest(labels, self.small)

    def _visible_labels(self, labels: Array) -> Array:
        if self.small == self.shape:
            return labels
        return np.where(self._visible(labels > 0), self._labels(labels), labels.dtype.type(0))


def _blended(below: Raster, over: Array, strength: Array) -> Raster:
    """Of two colours so many 256ths of the second. `over` is one colour, or one for each pixel."""
    picture = np.empty_like(below)
    weight = strength.astype(np.uint16)
    rest = 256 - weight
    for channel in range(3):
        mixed = below[:, :, channel] * rest
        mixed += over[..., channel].astype(np.uint16) * weight
        picture[:, :, channel] = mixed >> 8
    return picture


def _rim(numbers: Array) -> Array:
    """Where a region ends: its pixels next to another one, or to the picture's border."""
    inner = np.zeros(numbers.shape, bool)
    middle = numbers[1:-1, 1:-1]
    inner[1:-1, 1:-1] = (
        (middle == numbers[:-2, 1:-1])
        & (middle == numbers[2:, 1:-1])
        & (middle == numbers[1:-1, :-2])
        & (middle == numbers[1:-1, 2:])
    )
    return np.asarray((numbers > 0) & ~inner)


def _spread(mask: Array) -> Array:
    """A mask and the eight neighbours of each of its pixels."""
    rows = mask.copy()
    rows[1:] |= mask[:-1]
    rows[:-1] |= mask[1:]
    result = rows.copy()
    result[:, 1:] |= rows[:, :-1]
    result[:, :-1] |= rows[:, 1:]
    return result
