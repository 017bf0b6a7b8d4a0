"""Euclidean distances, in whole numbers up to the root.

SciPy finds the nearest pixel; how far it is, is counted here. Of several pixels at one distance SciPy may take any,
by how it was compiled, and its own distance to one ends in other bits than that to another where pixels have a size.
"""

import importlib
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_MOST = 2**63 - 1  # of int64


def distances_to_off(m: Array, steps: Sequence[Fraction]) -> Array:
    """The distance of each pixel to the nearest one that is off, which there must be, where pixels have such lengths:
    the root of the exact square, as float64."""
    scale = math.lcm(*(step.denominator for step in steps))
    lengths = [int(step * scale) for step in steps]
    part = math.gcd(*lengths)
    squares = squares_to_off(m, [length // part for length in lengths], exact=False)
    distances, unit = np.sqrt(squares.astype(np.float64, copy=False)), Fraction(part, scale)
    if unit != 1:  # times and by whole numbers, so that three pixels of 0.1 are 0.3
        distances *= unit.numerator
        distances /= unit.denominator
    return np.asarray(distances)


def squares_to_off(m: Array, steps: Sequence[int], exact: bool = True) -> Array:
    """The squares of these distances, where pixels have whole lengths: int64, or where they may be too large Python's
    own integers; without `exact` float64 then."""
    ndimage: Any = importlib.import_module("scipy.ndimage")
    part = math.gcd(*steps)
    nearest = ndimage.distance_transform_edt(
        m, [float(step // part) for step in steps], return_distances=False, return_indices=True
    )
    fits = sum((step * size) ** 2 for step, size in zip(steps, m.shape, strict=True)) <= _MOST
    total = np.zeros(m.shape, np.int64 if fits else object if exact else np.float64)
    for axis, (step, places) in enumerate(zip(steps, nearest, strict=True)):
        along = np.arange(m.shape[axis], dtype=places.dtype).reshape([-1 if a == axis else 1 for a in range(m.ndim)])
        away = (places - along).astype(total.dtype)
        away *= step if exact or fits else float(step)
        away *= away
        total += away
    return total
