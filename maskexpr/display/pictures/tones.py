"""Numbers as tones: the values of an image between black and white."""

from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.display.pictures.scaling import Size, shrink

Array = np.ndarray[Any, Any]
Window = tuple[float, float]

_DARKEST, _BRIGHTEST = Fraction(5, 1000), Fraction(995, 1000)  # shares of the values, in order
_SAMPLE = 2**17  # values enough to tell percentiles by
_WIDE = 128  # 8-bit images that span as much are shown as they are


def window_of(image: Array) -> Window:
    """The values shown as black and as white: percentiles of what is finite, or all an 8-bit image may hold if it uses
    half of that."""
    values = _sample(image)
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if not values.size:
        return (0.0, 1.0)
    places = [round(share * (values.size - 1)) for share in (_DARKEST, _BRIGHTEST)]
    low, high = np.partition(values.astype(np.float64), places)[places].tolist()
    if image.dtype == np.uint8 and high - low >= _WIDE:
        return (0.0, 255.0)
    if low == high:  # all but a few are the same
        low, high = float(values.min()), float(values.max())
    return low, high


def _sample(image: Array) -> Array:
    """Some of the values, from all over the image; none of the first channel more than of the last."""
    step = max(1, int(np.sqrt(image.shape[0] * image.shape[1] / _SAMPLE)))
    return image[::step, ::step].reshape(-1)


def toned(image: Array, size: Size, window: Window | None) -> tuple[Array, Array | None]:
    """An image of shape (M, N) or (M, N, 3) in 8 bits and in a size that is not larger; and where most of what lies
    under a pixel is not finite, if that is so anywhere."""
    low, high = window or window_of(image)
    finite = np.isfinite(image) if image.dtype.kind == "f" else None
    with np.errstate(all="ignore"):  # the sums of the largest floating numbers
        if finite is None or finite.all():
            return scaled(shrink(image, size), low, high), None
        present = shrink(finite, size).astype(np.float64)
        means = shrink(np.where(finite, image, image.dtype.type(0)), size) / np.where(present > 0, present, 1)
    missing = np.asarray(present < 0.5)
    return scaled(means, low, high), np.asarray(missing.any(axis=2)) if missing.ndim == 3 else missing


def scaled(values: Array, low: float, high: float) -> Array:
    """Values as 8 bits, `low` as 0 and `high` as 255; the middle where the two are the same."""
    if (low, high) == (0.0, 255.0) and values.dtype == np.uint8:
        return values
    if values.dtype.kind in "bu" and values.dtype.itemsize <= 2:
        every = np.arange(2 ** (8 * values.dtype.itemsize), dtype=np.float64)
        return scaled(every, low, high).take(values.view(np.uint8) if values.dtype.kind == "b" else values)
    if high == low:
        return np.full(values.shape, 128, np.uint8)
    with np.errstate(all="ignore"):  # halves, so that nothing that is seen overflows
        tones = np.multiply(values, 0.5, dtype=values.dtype if values.dtype.kind == "f" else np.float64)
        tones -= low / 2
        tones *= 255 / (high / 2 - low / 2)
        tones += 0.5
        np.fmax(tones, 0, out=tones)  # nan too, the sum of values that overflow both ways
        return np.asarray(np.minimum(tones, 255, out=tones).astype(np.uint8))
