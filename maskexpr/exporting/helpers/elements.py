"""Structuring elements, connectivity and work slice by slice."""

import math
from fractions import Fraction

import numpy as np
from scipy import ndimage


def disk(radius, ndim=2, *, spacing=None):
    """All offsets at most `radius` from the centre, in pixels, or by the lengths of a pixel; of three axes a ball."""
    radius = Fraction(str(radius))
    steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [Fraction(1)] * ndim
    reaches = [int(radius // step) for step in steps]
    places = [[(offset * step) ** 2 for offset in range(-n, n + 1)] for n, step in zip(reaches, steps)]
    scale = math.lcm(*(square.denominator for axis in places for square in axis), (radius**2).denominator)
    squares = np.ix_(*(np.array([int(square * scale) for square in axis]) for axis in places))
    return sum(squares) <= int(radius**2 * scale)


def diamond(radius, ndim=2, *, spacing=None):
    """All offsets that are at most `radius` steps along the axes away."""
    radius = Fraction(str(radius))
    steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [Fraction(1)] * ndim
    reaches = [int(radius // step) for step in steps]
    places = [[abs(offset) * step for offset in range(-n, n + 1)] for n, step in zip(reaches, steps)]
    scale = math.lcm(*(place.denominator for axis in places for place in axis), radius.denominator)
    lengths = np.ix_(*(np.array([int(place * scale) for place in axis]) for axis in places))
    return sum(lengths) <= int(radius * scale)


def square(radius, ndim=2, *, spacing=None):
    """All offsets at most `radius` away along each axis."""
    steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [1] * ndim
    return np.ones([2 * int(Fraction(str(radius)) // step) + 1 for step in steps], bool)


def joined(ndim, axes, connectivity):
    """The neighbours that a pixel is connected to, along some axes only."""
    structure = ndimage.generate_binary_structure(ndim, connectivity)
    middle = tuple(slice(None) if axis in axes else 1 for axis in range(ndim))
    found = np.zeros_like(structure)
    found[middle] = structure[middle]
    return found


def slicewise(function, image, axes):
    """What a function makes of each slice along some axes by itself."""
    rest = [axis for axis in range(image.ndim) if axis not in axes]
    result = None
    for place in np.ndindex(*(image.shape[axis] for axis in rest)):
        index = [slice(None)] * image.ndim
        for axis, i in zip(rest, place):
            index[axis] = i
        part = function(image[tuple(index)])
        if result is None:
            result = np.empty(image.shape, part.dtype)
        result[tuple(index)] = part
    return result
