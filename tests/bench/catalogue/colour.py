"""Rows of colour images."""

from typing import Any

import numpy as np

from .rows import PLANES, Array, Lazy, row

cv2: Any = Lazy("cv2")
color: Any = Lazy("skimage.color")

RGB = "input rgb: colour; "
HALVES = "of 8 bits it gives half degrees of 0 to 179; of floats, degrees"
BYTES_OF_IT = "of 8 bits it gives 0 to 255"
OTHER_WEIGHTS = "it weighs by 0.299, 0.587, 0.114, and rounds"
FLOATS_AS_THEY_ARE = "it takes floating values to be of 0 to 1"


def largest(rgb: Array) -> Array:
    return np.maximum(np.maximum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])


def spread(rgb: Array) -> Array:
    """The saturation by NumPy."""
    of = rgb if rgb.dtype.kind == "f" else rgb.astype(float)
    most, least = of.max(-1), of.min(-1)
    return np.divide(most - least, most, out=np.zeros_like(most), where=most > 0)


ROWS = (
    row(
        "hue",
        f"{RGB}hue(rgb)",
        on=PLANES,
        skimage=lambda rgb: color.rgb2hsv(rgb)[..., 0],
        cv2=lambda rgb: cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)[..., 0],
        differs={"cv2": HALVES},
    ),
    row(
        "saturation",
        f"{RGB}saturation(rgb)",
        on=PLANES,
        np=spread,
        skimage=lambda rgb: color.rgb2hsv(rgb)[..., 1],
        cv2=lambda rgb: cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)[..., 1],
        differs={"cv2": BYTES_OF_IT},
    ),
    row(
        "value",
        f"{RGB}value(rgb)",
        on=PLANES,
        np=(largest, lambda rgb: rgb.max(-1)),
        cv2=lambda rgb: cv2.max(cv2.max(*cv2.split(rgb)[:2]), cv2.extractChannel(rgb, 2)),
    ),
    row(
        "gray",
        f"{RGB}gray(rgb)",
        on=PLANES,
        np=lambda rgb: rgb @ np.array([0.2125, 0.7154, 0.0721], np.float32 if rgb.dtype.kind == "f" else np.float64),
        skimage=lambda rgb: color.rgb2gray(rgb),
        cv2=lambda rgb: cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY),
        differs={"cv2": OTHER_WEIGHTS, "skimage": "it divides 8 bits by 255"},
    ),
    row(
        "red",
        f"{RGB}red(rgb)",
        on=PLANES,
        np=lambda rgb: rgb[..., 0].copy(),
        cv2=lambda rgb: cv2.extractChannel(rgb, 0),
    ),
)
