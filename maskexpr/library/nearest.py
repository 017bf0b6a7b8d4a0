"""How far pixels lie from the nearest one that is off, where pixels have any size."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.functions.parameters import Array, Masks
from maskexpr.library.lazy import scipy


def squares_to_off(m: Masks, steps: Sequence[Fraction]) -> tuple[Array, Fraction]:
    """The squared distance of each pixel to the nearest that is off, and the length in which it is a whole number.

    `steps` is the length of a pixel along each axis; some pixel must be off. Of pixels that are as near as each other
    SciPy takes one or the other by how it rounds, which hangs on how it was built. What it finds is measured here in
    whole numbers, in which it makes no difference.
    """
    scale = math.lcm(*(step.denominator for step in steps))
    whole = [int(step * scale) for step in steps]
    common = math.gcd(*whole)
    whole = [step // common for step in whole]
    sampling = [float(step) for step in whole]
    nearest = scipy.ndimage.distance_transform_edt(m, sampling, return_distances=False, return_indices=True)
    fits = sum((step * size) ** 2 for step, size in zip(whole, m.shape, strict=True)) < 2**63
    total: Any = np.zeros(m.shape, np.int64 if fits else object)
    for axis, step in enumerate(whole):
        places = np.arange(m.shape[axis]).reshape([-1 if a == axis else 1 for a in range(m.ndim)])
        away = (nearest[axis] - places).astype(total.dtype, copy=False)
        away *= step
        away *= away
        total += away
    return total, Fraction(common, scale)


def distances_to_off(m: Masks, steps: Sequence[Fraction]) -> Array:
    """The distance of each pixel to the nearest that is off, some pixel of which there must be."""
    squares, unit = squares_to_off(m, steps)
    distances = squares.astype(np.float64)
    np.sqrt(distances, out=distances)
    if unit != 1:
        distances *= unit.numerator
        distances /= unit.denominator
    return np.asarray(distances)
