"""What a skeleton keeps of its mask, counted by SciPy and scikit-image."""

import functools

import numpy as np
import scipy.ndimage
import skimage.measure


def topology(mask):
    """How many regions, joined by corners, and parts of the background, joined by faces and all one around the image;
    and the Euler number, which tells of tunnels."""
    framed = np.pad(mask, 1)
    regions = scipy.ndimage.label(framed, np.ones((3,) * mask.ndim))[1]
    euler = skimage.measure.euler_number(framed, connectivity=mask.ndim)
    return regions, scipy.ndimage.label(~framed)[1], int(euler)


def idle_pixels(mask):
    """The pixels that could go without a change of topology and are no ends of lines: have not just one neighbour."""
    framed = np.pad(mask, 1)
    around = [framed[tuple(slice(i, i + 3) for i in place)] for place in np.argwhere(mask)]
    return sum(cube.sum() != 2 and _is_simple(cube.tobytes(), mask.ndim) for cube in around)


@functools.cache
def _is_simple(cube, ndim):
    """Whether a block of three pixels along each axis is without its middle what it is with it: one piece without
    holes, cavities or tunnels."""
    pixels = np.frombuffer(cube, bool).reshape((3,) * ndim).copy()
    pixels[(1,) * ndim] = False
    return topology(pixels) == (1, 1, 1)
