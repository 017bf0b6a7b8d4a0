"""The 256 colours that terminals agree on: those nearest to any others, as eyes see it.

By plain differences of red, green and blue a tinted grey would fall now on one hue, now on another. Distances are
those of Oklab (https://bottosson.github.io/posts/oklab/), where lightness and the two axes of hue are apart.
"""

import functools
from typing import Any

import numpy as np

from maskexpr.kernels.elementary import cbrt, exp, log

Array = np.ndarray[Any, Any]

_FIRST = 16  # those before are what a person has set them to
_LEVELS = (0, 95, 135, 175, 215, 255)
_HUE = 2  # how much more a difference of hue weighs than one of lightness
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def nearest_of_256(picture: Array) -> Array:
    """The numbers of the colours nearest to those of a picture of shape (M, N, 3)."""
    wide = picture.astype(np.int32)
    codes = (wide[:, :, 0] << 16) | (wide[:, :, 1] << 8) | wide[:, :, 2]
    found, where = np.unique(codes, return_inverse=True)
    palette = _palette()
    # The squared distances without what all colours of the palette have in common.
    colours = _seen(np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1))
    light, first, second = np.square(palette).T
    away = light + first + second - 2 * _products(colours, palette)
    return np.asarray(_FIRST + away.argmin(axis=1).take(where).reshape(codes.shape))


@functools.cache
def _palette() -> Array:
    cube = [(r, g, b) for r in _LEVELS for g in _LEVELS for b in _LEVELS]
    return _seen(np.array([*cube, *((v, v, v) for v in range(8, 248, 10))]))


def _seen(colours: Array) -> Array:
    """Colours of shape (K, 3) where the distance between two is how different they look."""
    lab = _products(cbrt(_products(_light()[colours], _TO_CONES)), _TO_LAB)
    return np.asarray(lab * np.sqrt([1, _HUE, _HUE]))


@functools.cache
def _light() -> Array:
    """How bright each number of a channel is."""
    shares = np.arange(256) / 255
    return np.where(shares <= 0.04045, shares / 12.92, exp(2.4 * log((shares + 0.055) / 1.055)))


def _products(colours: Array, rows: Array) -> Array:
    """As `colours @ rows.T`, added in one order, which that leaves to the library that NumPy was built with."""
    return sum(colours[:, i, np.newaxis] * rows[:, i] for i in range(3))  # type: ignore[return-value]
