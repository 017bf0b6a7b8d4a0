"""Numbers a chunk at a time: rows of one buffer at fixed places, so that LLVM sees that none overlaps another and turns
loops over them into vector code. What looks up tables is a loop of its own, which it leaves as it is.

What a row holds is a name in each module, the offset of its first number.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.elementary.two_floats import HALF, UPPER

CHUNK = 512
PITCH = CHUNK + 24  # of rows: what lies 4096 bytes apart is in each other's way in a processor's cache
_HALF, _UPPER = int(HALF), int(UPPER)
# Results of short ways are right to 2**-43 of their size, as those of NumPy are (`elementary.singles`).
EPSILON = 2.0**-42

# Of a result: whether it could round to either of two numbers, or is for NumPy's kernel as a whole.
IN_DOUBT, UNUSUAL = 1.0, 2.0

FLOATS, READ_FLOATS, READ_SINGLES = (
    types.Array(types.float64, 1, "C"),
    types.Array(types.float64, 1, "C", True),
    types.Array(types.float32, 1, "C", True),
)
DOUBTS = types.Array(types.uint8, 1, "C")
OUT, OUT_OF_SINGLES = FLOATS, types.Array(types.float32, 1, "C")


def _bits_of(typing: Any, x: Any) -> Any:
    """The bits of a float as a whole number."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.bitcast(given[0], ir.IntType(64))

    return types.int64(types.float64), generate


def _float_of(typing: Any, bits: Any) -> Any:
    """The float of some bits."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.bitcast(given[0], ir.DoubleType())

    return types.float64(types.int64), generate


bits_of: Any = intrinsic(_bits_of)
float_of: Any = intrinsic(_float_of)


@kernel()
def upper(x: Any) -> Any:
    """The first 26 bits of a float."""
    return float_of(bits_of(x) & _UPPER)


@kernel()
def rounded_upper(x: Any) -> Any:
    """The same, rounded."""
    return float_of((bits_of(x) + _HALF) & _UPPER)


@kernel()
def load(values: Any, start: int, n: int, work: Any, row: int) -> None:
    """A chunk of an operand, or the one number that stands beside all, into a row."""
    if values.size == 1:
        for i in range(n):
            work[row + i] = values[0]
    else:
        chunk = values[start : start + n]
        for i in range(n):
            work[row + i] = chunk[i]


@kernel()
def counted(start: int, n: int, doubts: Any) -> int:
    count, chunk = 0, doubts[start : start + n]
    for i in range(n):
        count += chunk[i]
    return count


@kernel()
def _code(doubt: float) -> int:
    return (1 if doubt != 0 else 0) + (1 if doubt > 1 else 0)


@kernel()
def give(work: Any, row: int, doubt_row: int, start: int, n: int, out: Any, doubts: Any) -> Any:
    """Results and where they are in doubt, from rows; how many are."""
    results, doubted = out[start : start + n], doubts[start : start + n]
    for i in range(n):
        results[i] = work[row + i]
        doubted[i] = _code(work[doubt_row + i])
    return counted(start, n, doubts)


@kernel()
def give_singles(work: Any, row: int, doubt_row: int, start: int, n: int, out: Any, doubts: Any) -> Any:
    """The same as float32, in doubt too where what a result may be off by decides how it is rounded."""
    results, doubted = out[start : start + n], doubts[start : start + n]
    for i in range(n):
        value = work[row + i]
        slack = value * EPSILON
        low, high = np.float32(value - slack), np.float32(value + slack)
        results[i] = high
        in_doubt = work[doubt_row + i]
        is_near = (low != high) & (abs(value) < np.inf)
        doubted[i] = _code(IN_DOUBT if is_near & (in_doubt == 0) else in_doubt)
    return counted(start, n, doubts)
