"""Eigenvalues of many small symmetric matrices at once, the same on every machine: LAPACK's differ with its version."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_PAIRS = ((0, 1, 2), (0, 2, 1), (1, 2, 0))  # two axes to turn, and the one that stays


def eigenvalues(matrices: Array) -> Array:
    """The eigenvalues of symmetric matrices of shape (3, 3, count), ascending: of shape (3, count).

    Jacobi's method: axes are turned, two at a time, until no turn changes anything. A matrix that is done is left as it
    is, so that no other beside it changes its result.
    """
    a = matrices.astype(np.float64)
    while any(a[p, q].any() for p, q, _ in _PAIRS):
        for p, q, other in _PAIRS:
            _turn(a, p, q, other)
    return np.sort(np.stack([a[i, i] for i in range(3)]), axis=0)


def _turn(a: Array, p: int, q: int, other: int) -> None:
    """Turn two axes so that nothing is left between them; what is above the diagonals is all that is kept."""
    between, apart = a[p, q], a[q, q] - a[p, p]
    divisor = apart + np.copysign(np.sqrt(apart * apart + 4 * (between * between)), apart)
    tangent = np.divide(2 * between, divisor, out=np.zeros_like(between), where=divisor != 0)
    change = tangent * between
    low, high = a[p, p] - change, a[q, q] + change
    tangent[(low == a[p, p]) & (high == a[q, q])] = 0
    cosine = 1 / np.sqrt(tangent * tangent + 1)
    sine = tangent * cosine
    first, second = (min(p, other), max(p, other)), (min(q, other), max(q, other))
    a[first], a[second] = cosine * a[first] - sine * a[second], sine * a[first] + cosine * a[second]
    a[p, p], a[q, q], a[p, q] = low, high, 0
