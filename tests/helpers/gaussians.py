"""Gaussians once more, by weights that are the same on every machine: tests of these compare them with mpmath's."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.ndimage

from maskexpr.kernels.weights import gaussian_weights

Array = np.ndarray[Any, Any]
Line = Callable[[Array, Array, int], Array]


def weighted(im: Array, sigma: float | Sequence[float]) -> Array:
    """A frame of what the image mirrors, then the middle and two by two from the farthest in."""
    return _along_each_axis(im, sigma, _framed)


def by_scipy(im: Array, sigma: float | Sequence[float]) -> Array:
    """The same to the last bit, where `scipy_rounds_each_step`."""

    def correlated(im: Array, half: Array, axis: int) -> Array:
        weights = np.concatenate([half[:0:-1], half])
        return np.asarray(scipy.ndimage.correlate1d(im, weights, axis, output=im.dtype, mode="reflect"))

    return _along_each_axis(im, sigma, correlated)


def scipy_rounds_each_step() -> bool:
    """Whether it was not built to multiply and add in one step: nothing is then left of what cancels, not even the
    rounding of a product."""
    third = 1 / 3
    line = [third, -(third + third) * 0.1, third]
    return bool(scipy.ndimage.correlate1d(line, [0.1, 1.0, 0.1])[1] == 0)


def _along_each_axis(im: Array, sigma: float | Sequence[float], smooth: Line) -> Array:
    result = im if im.dtype.kind == "f" else im.astype(np.float64)
    for axis, its_sigma in enumerate(np.broadcast_to(sigma, im.ndim).tolist()):
        result = smooth(result, gaussian_weights(its_sigma), axis).astype(result.dtype)
    return result


def _framed(im: Array, half: Array, axis: int) -> Array:
    reach, length = len(half) - 1, im.shape[axis]
    padded = np.pad(
        im.astype(np.float64), [(reach, reach) if a == axis else (0, 0) for a in range(im.ndim)], "symmetric"
    )
    lines = np.moveaxis(padded, axis, 0)
    total = lines[reach : reach + length] * half[0]
    for far in range(reach, 0, -1):
        total += (lines[reach - far :][:length] + lines[reach + far :][:length]) * half[far]
    return np.moveaxis(total, 0, axis)
