"""Ellipses drawn row by row, in whole numbers of 64 bits."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Axis = tuple[int, Fraction]  # the scale of what lies along it, and the middle

_EXACT = 2**52  # below this the root of a whole number, rounded down, is that of its float64
_FAR = 2**60


def fits(axes: Sequence[Axis], left: int, shape: Sequence[int]) -> bool:
    """Whether nothing on the way is beyond 64 bits."""
    places = [abs(m.numerator) + m.denominator * length for (_, m), length in zip(axes, shape, strict=True)]
    return left < _EXACT and max(places) < _FAR


def draw(out: Array, first: int, axes: Sequence[Axis], left: int) -> Array:
    """Set the pixels of rows from a first one on, and no others, where the sum over both axes of
    (scale * (q * place - p))**2 is at most `left`; p / q is the middle."""
    (scale, middle), (across, centre) = axes
    p, q = middle.numerator, middle.denominator
    reach = int(np.sqrt(np.float64(left))) // scale
    start, stop = max(first, -((reach - p) // q)), min(first + len(out), (reach + p) // q + 1)
    out.fill(False)
    if start >= stop:
        return out
    rows = scale * (q * np.arange(start, stop) - p)
    reaches = np.sqrt(left - rows * rows).astype(np.int64) // across
    p, q = centre.numerator, centre.denominator
    starts = np.maximum(-((reaches - p) // q), 0)
    stops = np.maximum((reaches + p) // q + 1, starts)
    for row, begin, end in zip(out[start - first : stop - first], starts.tolist(), stops.tolist(), strict=True):
        row[begin:end] = True
    return out
