"""exp by loops: the steps of the NumPy kernel of this name, number by number."""

from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.elementary.rows import (
    CHUNK,
    DOUBTS,
    OUT,
    OUT_OF_SINGLES,
    PITCH,
    READ_FLOATS,
    READ_SINGLES,
    bits_of,
    float_of,
    give,
    give_singles,
    load,
)
from maskexpr.kernels.elementary.exponentials import MAGIC, SLACK

EXPONENT, LOW, LIMIT, VALUE, DOUBT, _FIRST, _PART, _SUM, _BITS, _HIGH, _REST = range(0, 11 * PITCH, PITCH)
SIZE = 11 * PITCH
_SHORT = 1.5 * 2.0 ** (52 - 27)
_LOWEST, _HIGHEST = -708.0, 709.0  # between them no exponent is out of range
_MOST_NEGATIVE, _MOST = -746.0, 710.0  # beyond them results are 0 or inf
_LEAST_OF_SINGLES, _MOST_OF_SINGLES = -110.0, 100.0  # the same of float32


@kernel()
def exp_of_rows(n: int, work: Any, table: Any, table_low: Any, constants: Any) -> None:
    """exp(EXPONENT + LOW) as VALUE, and DOUBT if the exponent is off by LIMIT."""
    per_one, step, step_low = constants[0], constants[1], constants[2]
    for i in range(n):
        x = work[EXPONENT + i]
        x = x if (x > _LOWEST) & (x < _HIGHEST) else 0.0
        t = x * per_one + MAGIC
        k = t - MAGIC
        r = x - k * step  # exact
        first = (r + _SHORT) - _SHORT
        rest = (r - first) - k * step_low + work[LOW + i]
        r = first + rest
        p = (((r * (1 / 120) + 1 / 24) * r + 1 / 6) * r + 0.5) * (r * r) + rest
        work[_FIRST + i] = first
        work[_PART + i] = p
        work[_BITS + i] = float_of(bits_of(t))
    for i in range(n):
        j = np.uint64(bits_of(work[_BITS + i])) & np.uint64(2047)
        work[_HIGH + i] = table[j]
        work[_REST + i] = table_low[j]
    for i in range(n):
        first, p, high = work[_FIRST + i], work[_PART + i], work[_HIGH + i]
        p = p * high + (work[_REST + i] + (first + p) * work[_REST + i])
        first = high + first * high  # exact: a multiple of 2**-52
        slack = work[LIMIT + i]
        value = first + (p + slack)
        in_doubt = value != first + (p - slack)
        value = float_of(bits_of(value) + ((bits_of(work[_BITS + i]) >> 11) << 52))
        x = work[EXPONENT + i]
        is_near = (x > _LOWEST) & (x < _HIGHEST)
        beyond = np.inf if x > 0 else 0.0
        beyond = beyond if x == x else x
        work[VALUE + i] = value if is_near else beyond
        is_odd = (x > _MOST_NEGATIVE) & (x < _MOST)
        work[DOUBT + i] = in_doubt if is_near else is_odd


@kernel()
def exp_of_short_rows(n: int, work: Any, table: Any, constants: Any) -> None:
    """exp(EXPONENT) as VALUE, as exact as float32 needs it."""
    per_one, step = constants[0], constants[1]
    for i in range(n):
        given = work[EXPONENT + i]
        x = given if given > _LEAST_OF_SINGLES else _LEAST_OF_SINGLES
        x = x if x < _MOST_OF_SINGLES else _MOST_OF_SINGLES
        t = x * per_one + MAGIC
        r = x - (t - MAGIC) * step
        work[_PART + i] = ((r * (1 / 6) + 0.5) * r + 1.0) * r
        work[_BITS + i] = t
    for i in range(n):
        work[_HIGH + i] = table[np.uint64(bits_of(work[_BITS + i])) & np.uint64(2047)]
    for i in range(n):
        high = work[_HIGH + i]
        value = work[_PART + i] * high + high
        value = float_of(bits_of(value) + ((bits_of(work[_BITS + i]) >> 11) << 52))
        given = work[EXPONENT + i]
        work[VALUE + i] = value if given == given else given
        work[DOUBT + i] = 0.0


@kernel((READ_FLOATS, OUT, DOUBTS, READ_FLOATS, READ_FLOATS, READ_FLOATS))
def exp(x: Any, out: Any, doubts: Any, table: Any, table_low: Any, constants: Any) -> int:
    work = np.zeros(SIZE)
    work[LIMIT : LIMIT + CHUNK] = SLACK
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, EXPONENT)
        exp_of_rows(n, work, table, table_low, constants)
        count += give(work, VALUE, DOUBT, start, n, out, doubts)
    return count


@kernel((READ_SINGLES, OUT_OF_SINGLES, DOUBTS, READ_FLOATS, READ_FLOATS))
def exp_of_singles(x: Any, out: Any, doubts: Any, table: Any, constants: Any) -> int:
    work = np.zeros(SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, EXPONENT)
        exp_of_short_rows(n, work, table, constants)
        count += give_singles(work, VALUE, DOUBT, start, n, out, doubts)
    return count
