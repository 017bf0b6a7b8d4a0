"""hypot by loops: the steps of the NumPy kernel of this name, number by number. Vectors that are very long or short,
but for 0, are left to it."""

from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.elementary.rows import (
    CHUNK,
    DOUBTS,
    IN_DOUBT,
    OUT,
    OUT_OF_SINGLES,
    PITCH,
    READ_FLOATS,
    READ_SINGLES,
    UNUSUAL,
    give,
    give_singles,
    load,
    upper,
)
from maskexpr.kernels.elementary.lengths import DOUBT, LARGEST, SMALLEST

_A, _B, _VALUE, _DOUBT = range(0, 4 * PITCH, PITCH)
_SIZE = 4 * PITCH


@kernel()
def _square(x: float) -> Any:
    """The exact square of the upper 26 bits of x, and the rest of its square."""
    first = upper(x)
    return first * first, (x - first) * (first + x)


@kernel((READ_FLOATS, READ_FLOATS, OUT, DOUBTS))
def hypot(a: Any, b: Any, out: Any, doubts: Any) -> int:
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(a, start, n, work, _A)
        load(b, start, n, work, _B)
        for i in range(n):
            side, other = work[_A + i], work[_B + i]
            a_square, a_rest = _square(side)
            b_square, b_rest = _square(other)
            larger = a_square if a_square > b_square else b_square
            smaller = b_square if a_square > b_square else a_square
            square = larger + smaller
            rest = (a_rest + b_rest) + ((larger - square) + smaller)
            total = square + rest
            root = np.sqrt(total)
            its_square, its_rest = _square(root)
            low = ((square - its_square) + rest - its_rest) / (root + root)
            value = root + low
            is_fine = (total > SMALLEST) & (total < LARGEST)
            is_zero = (side == 0) & (other == 0)
            doubt = IN_DOUBT if value + ((root - value) + low) * DOUBT != value else 0.0
            doubt = doubt if is_fine else UNUSUAL
            work[_VALUE + i] = 0.0 if is_zero else value
            work[_DOUBT + i] = 0.0 if is_zero else doubt
        count += give(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count


@kernel((READ_SINGLES, READ_SINGLES, OUT_OF_SINGLES, DOUBTS))
def hypot_of_singles(a: Any, b: Any, out: Any, doubts: Any) -> int:
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(a, start, n, work, _A)
        load(b, start, n, work, _B)
        for i in range(n):
            side, other = work[_A + i], work[_B + i]
            value = np.sqrt(side * side + other * other)
            is_infinite = (abs(side) == np.inf) | (abs(other) == np.inf)
            work[_VALUE + i] = np.inf if is_infinite else value
            work[_DOUBT + i] = 0.0
        count += give_singles(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count
