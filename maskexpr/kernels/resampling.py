"""Pixels of one image at the places of another's, the same bits on every machine.

Places are sums of products of whole numbers and of numbers that were rounded once, each of them a NumPy operation of
its own, which no library and no processor joins to another one.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Ways = tuple[tuple[float, ...], ...]
"""For each axis of the image that is looked into how far a step along each axis of the other one leads along it, in
pixels, and where the first pixel of that one lies."""


def resampled(image: Array, shape: Sequence[int], ways: Ways, dtype: Any, *, linear: bool) -> Array:
    """What an image, or each of its channels, is at the places of the pixels of another shape; 0 outside.

    A pixel is as wide as the way to the next one, so the image ends half a pixel beyond the centres of its outer ones;
    there a linear value is that of the outer one.
    """
    found = np.zeros((*shape, *image.shape[len(shape) :]), dtype)
    if not image.size:
        return found
    take = _linear if linear else _nearest
    for first in range(shape[0]):
        places = _places(first, shape, ways)
        inside = np.ones(shape[1:], bool)
        for place, length in zip(places, image.shape, strict=False):
            inside &= (place >= -0.5) & (place < length - 0.5)
        if inside.any():
            held = [np.broadcast_to(place, inside.shape)[inside] for place in places]
            found[first, ...][inside] = take(image, held)
    return found


def _places(first: int, shape: Sequence[int], ways: Ways) -> list[Array]:
    """Where the pixels of a plane lie, along each axis, only as large as they differ."""
    ndim, found = len(shape), []
    for *steps, start in ways:
        place: Any = np.full((1,) * (ndim - 1), start + first * steps[0])
        for axis in range(1, ndim):
            if steps[axis]:
                along = np.arange(shape[axis], dtype=np.float64).reshape(
                    [-1 if a == axis else 1 for a in range(1, ndim)]
                )
                place = place + along * steps[axis]
        found.append(np.asarray(place))
    return found


def _nearest(image: Array, places: list[Array]) -> Array:
    """That of the pixel whose area a place lies in; between two that of the later one."""
    rounded = (np.floor(place + 0.5).astype(np.intp) for place in places)
    return np.asarray(image[tuple(rounded)])


def _linear(image: Array, places: list[Array]) -> Array:
    """The mean of the pixels around, weighted by how near each is along each axis; those without weight do not count,
    whatever they are."""
    ndim = len(places)
    low = [np.floor(place) for place in places]
    share = [place - start for place, start in zip(places, low, strict=True)]
    channels = (1,) * (image.ndim - ndim)
    total: Any = np.zeros((len(places[0]), *image.shape[ndim:]), np.float64)
    for corner in product((0, 1), repeat=ndim):
        weight: Any = np.ones(len(places[0]))
        index = []
        for axis, side in enumerate(corner):
            weight = weight * (share[axis] if side else 1 - share[axis])
            index.append(np.clip(low[axis].astype(np.intp) + side, 0, image.shape[axis] - 1))
        weight = weight.reshape(-1, *channels)
        with np.errstate(invalid="ignore", over="ignore"):
            total = total + np.where(weight != 0, image[tuple(index)].astype(np.float64) * weight, 0.0)
    return np.asarray(total)
