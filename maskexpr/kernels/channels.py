"""What is found from how the red, green and blue of pixels compare, channel by channel: NumPy reduces along an axis of
three numbers ten times as slowly."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import parts
from maskexpr.kernels.choosing import has_compiled

Array = np.ndarray[Any, Any]

BLOCK = 2**14  # pixels that are worked on together: what is made of them stays in the cache
_WEIGHTS = (0.2125, 0.7154, 0.0721)
_WORK: dict[int, np.dtype[Any]] = {
    1: np.dtype(np.int16),
    2: np.dtype(np.int32),
}  # by the bytes of integers: their differences are exact in these
_FLOAT = np.dtype(np.float64)


@has_compiled
def plane(im: Array, number: int, out: Array) -> Array:
    """One channel."""
    np.copyto(out, im[..., number])
    return out


@has_compiled
def value(im: Array, out: Array) -> Array:
    """The largest of the three, nan where any is; a zero has no sign."""
    if im.dtype.kind != "f":
        np.maximum(im[..., 0], im[..., 1], out=out)
        return np.maximum(out, im[..., 2], out=out)
    for part in parts(out.shape, 1, BLOCK):
        # NumPy is quick with numbers side by side: the largest of each three in a row, of which every third is wanted.
        flat, step = np.ascontiguousarray(im[part]).reshape(-1), im.shape[-1]
        found = np.maximum(flat[:-2], flat[1:-1])
        found = np.maximum(found, flat[2:], out=found)[::step]
        np.add(found.reshape(out[part].shape), 0.0, out=out[part])
    return out


@has_compiled
def gray(im: Array, out: Array) -> Array:
    """The sum of the three, each times its weight, in float64."""
    for part, planes in _planes(im, out.shape, _FLOAT):
        for plane, weight in zip(planes, _WEIGHTS, strict=True):
            plane *= weight
        red, green, blue = planes
        red += green
        np.add(red, blue, out=out[part], casting="same_kind")
    return out


@has_compiled
def saturation(im: Array, out: Array) -> Array:
    """The spread of the three over the largest; 0 where they are equal."""
    unsigned = im.dtype.kind == "u" and im.dtype.itemsize < 8
    for part, planes in _planes(im, out.shape, im.dtype.newbyteorder("=") if unsigned else work_type(im.dtype)):
        top, bottom = _extremes(*planes)
        if unsigned:  # the spread of black is 0 over 1
            spread = np.subtract(top, bottom, out=bottom)
            np.divide(spread, np.maximum(top, 1, out=top), out=out[part])
            continue
        is_gray = top == bottom
        spread = np.subtract(top, bottom, out=bottom).astype(_FLOAT, copy=False)
        spread /= np.add(top, top == 0, dtype=_FLOAT)
        spread[is_gray] = 0
        np.copyto(out[part], spread, casting="same_kind")
    return out


@has_compiled
def hue(im: Array, out: Array) -> Array:
    """Where on a circle from red by way of green and blue to red again a colour is; 0 where the three are equal."""
    for part, planes in _planes(im, out.shape, work_type(im.dtype)):
        np.copyto(out[part], _hue(*planes), casting="same_kind")
    return out


def work_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type that channels are compared in: what comes of it is what float64 gives."""
    return _FLOAT if dtype.kind == "f" else _WORK.get(dtype.itemsize, _FLOAT)


def _planes(im: Array, shape: tuple[int, ...], work: np.dtype[Any]) -> Iterator[tuple[Any, list[Array]]]:
    """The red, green and blue of one block of pixels after another, in a type."""
    for part in parts(shape, 1, BLOCK):
        piece = im[part]
        yield part, [piece[..., i].astype(work) for i in range(3)]


def _extremes(r: Array, g: Array, b: Array) -> tuple[Array, Array]:
    top, bottom = np.maximum(r, g), np.minimum(r, g)
    return np.maximum(top, b, out=top), np.minimum(bottom, b, out=bottom)


def _hue(r: Array, g: Array, b: Array) -> Array:
    top, bottom = _extremes(r, g, b)
    is_green, is_blue = g == top, b == top
    span = np.subtract(top, bottom, out=bottom)
    is_gray = span == 0
    apart = np.where(is_blue, r - g, np.where(is_green, b - r, g - b)).astype(_FLOAT, copy=False)
    apart /= span
    apart += np.where(is_blue, np.int8(4), is_green.view(np.int8) << 1)
    apart /= 6
    apart += apart < 0  # the rest of a division by 1 of numbers above -1 and below 1; -0.0 becomes 0.0
    apart[is_gray] = 0
    return apart
