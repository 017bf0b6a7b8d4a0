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


def shares_of(image, white=None):
    """Red, green and blue as shares of white: of the largest number of an integer type, of 1, or of a given one."""
    rgb = image[..., :3]
    if white is None and image.dtype.kind == "f" and (rgb >= 2).any():
        raise ValueError("the image is on another scale than 0 to 1: white has to be given")
    if white is not None and not 0 < float(white) < np.inf:
        raise ValueError("white has to be above 0, and finite")
    white = (1.0 if image.dtype.kind == "f" else np.iinfo(image.dtype).max) if white is None else white
    return [rgb[..., i].astype(np.float64) / float(white) for i in range(3)]


def weighed(channels, weights):
    """The sum of red, green and blue, each times its weight."""
    red, green, blue = (channel * weight for channel, weight in zip(channels, weights))
    return red + green + blue


def perceived(image, white=None):
    """X, Y and Z of an sRGB image as shares of white, and nearly a cube root of that."""
    light = [
        np.where(s > 0.04045, ((np.maximum(s, 0.04045) + 0.055) / 1.055) ** 2.4, s / 12.92)
        for s in shares_of(image, white)
    ]
    light = [np.where(np.isnan(s), np.nan, part) for s, part in zip(shares_of(image, white), light)]
    rows = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
    xyz = [weighed(light, row) / of_white for row, of_white in zip(rows, (0.95047, 1.0, 1.08883))]
    return [np.where(v > 0.008856, np.cbrt(v), 7.787 * v + 16.0 / 116.0) for v in xyz]


def lightness(image, white=None):
    """L* of CIE L*a*b*."""
    return 116.0 * perceived(image, white)[1] - 16.0


def lab_a(image, white=None):
    """a* of CIE L*a*b*."""
    x, y, _ = perceived(image, white)
    return 500.0 * (x - y)


def lab_b(image, white=None):
    """b* of CIE L*a*b*."""
    _, y, z = perceived(image, white)
    return 200.0 * (y - z)


def luma(image, white=None):
    """Y' of Y'CbCr, from 16 to 235."""
    return weighed(shares_of(image, white), (65.481, 128.553, 24.966)) + 16.0


def cb(image, white=None):
    """Cb of Y'CbCr, 128 for greys."""
    return weighed(shares_of(image, white), (-37.797, -74.203, 112.0)) + 128.0


def cr(image, white=None):
    """Cr of Y'CbCr, 128 for greys."""
    return weighed(shares_of(image, white), (112.0, -93.786, -18.214)) + 128.0


def stain(image, weights, white=None):
    """How much of a stain there is, by colour deconvolution."""
    densities = [np.log(np.maximum(share, 1e-6)) / np.log(1e-6) for share in shares_of(image, white)]
    return np.maximum(weighed(densities, [100 * weight / 377799 for weight in weights]), 0) + 0.0


def haematoxylin(image, white=None):
    """How much haematoxylin is in each pixel."""
    return stain(image, (7095, -249, -2274), white)


def eosin(image, white=None):
    """How much eosin is in each pixel."""
    return stain(image, (-3807, 4287, -1815), white)


def dab(image, white=None):
    """How much DAB is in each pixel."""
    return stain(image, (-2101, -512, 5945), white)
