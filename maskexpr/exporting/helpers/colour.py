"""Brightness, hue and saturation of images whose last axis is red, green, blue and perhaps alpha."""

import numpy as np


def gray(image):
    """The brightness by the weights of ITU-R BT.709, on the image's own scale."""
    red, green, blue = (image[..., i].astype(np.float64) for i in range(3))
    return 0.2125 * red + 0.7154 * green + 0.0721 * blue


def hue(image):
    """The hue from 0 to 1; 0 where a pixel has no colour."""
    rgb = image[..., :3].astype(np.float64)
    top, bottom = rgb.max(axis=-1), rgb.min(axis=-1)
    span = top - bottom
    red, green, blue = (rgb[..., i] for i in range(3))
    safe = np.where(span == 0, 1, span)
    of_green = np.where(green == top, 2 + (blue - red) / safe, (green - blue) / safe)
    sector = np.where(blue == top, 4 + (red - green) / safe, of_green)
    return np.where(span == 0, 0, (sector / 6) % 1)


def saturation(image):
    """The spread of the channels over the largest; 0 for black."""
    rgb = image[..., :3].astype(np.float64)
    top, bottom = rgb.max(axis=-1), rgb.min(axis=-1)
    return np.where(top == bottom, 0, (top - bottom) / np.where(top == 0, 1, top))
