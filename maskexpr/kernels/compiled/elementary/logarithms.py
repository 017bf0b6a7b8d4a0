"""Logarithms by loops: the steps of the NumPy kernel of this name, number by number."""

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
    upper,
)
from maskexpr.kernels.elementary.logarithms import CELLS, SLACK, SLACK_OF_SIZE, SMALLEST, SQRT_HALF

# Behind the rows of exponentials, as powers take both.
GIVEN, HIGH, LOW, OFF, _BITS, _WHOLE, _PART, _INVERSE, _TABLE, _TABLE_LOW, DOUBT = range(16 * PITCH, 27 * PITCH, PITCH)
SIZE = 27 * PITCH
_FIRST = int(SQRT_HALF)
_CELL = -1 << 41


@kernel()
def log_of_rows(n: int, work: Any, inverses: Any, table: Any, table_low: Any, constants: Any) -> None:
    """The logarithm of GIVEN in two parts, HIGH and LOW, which are OFF by so much; of positive normal numbers."""
    two, two_low, scale, scale_low = constants[0], constants[1], constants[2], constants[3]
    c2, c3, c4, c5, c6 = constants[4], constants[5], constants[6], constants[7], constants[8]
    for i in range(n):
        given = work[GIVEN + i]
        bits = bits_of(given if (given >= SMALLEST) & (given < np.inf) else 1.0)
        k = (bits - _FIRST) >> 52
        work[_BITS + i] = float_of(bits - _FIRST)
        work[_PART + i] = float_of(bits - (k << 52))
        work[_WHOLE + i] = np.float64(k)
    for i in range(n):
        j = np.uint64(bits_of(work[_BITS + i]) >> 41) & np.uint64(CELLS - 1)
        work[_INVERSE + i] = inverses[j]
        work[_TABLE + i] = table[j]
        work[_TABLE_LOW + i] = table_low[j]
    for i in range(n):
        m, inverse, k = work[_PART + i], work[_INVERSE + i], work[_WHOLE + i]
        cell = float_of(bits_of(m) & _CELL)
        r = (cell * inverse - 1.0) + (m - cell) * inverse  # all of it exact
        total = work[_TABLE + i] + k * two  # exact
        square = r * r
        p = ((((r * c6 + c5) * r + c4) * r + c3) * r + c2) * square
        p += work[_TABLE_LOW + i] + k * two_low
        first = upper(r)
        p += (r - first) * scale + r * scale_low
        first = first * scale  # exact
        high = total + first
        work[HIGH + i] = high
        work[LOW + i] = p + (first - (high - total))
        slack = square * (2.0**-50 * scale) + abs(high) * SLACK_OF_SIZE  # far less near 1
        work[OFF + i] = slack if slack < SLACK else SLACK


@kernel()
def log_of_short_rows(n: int, work: Any, terms: int, inverses: Any, table: Any, constants: Any) -> None:
    """The logarithm of GIVEN as HIGH, of positive numbers of float32, of so many terms of its series."""
    two, scale, c2, c3, c4, c5, c6 = (
        constants[0],
        constants[1],
        constants[2],
        constants[3],
        constants[4],
        constants[5],
        constants[6],
    )
    for i in range(n):
        given = work[GIVEN + i]
        bits = bits_of(given if (given > 0) & (given < np.inf) else 1.0)
        k = (bits - _FIRST) >> 52
        work[_BITS + i] = float_of(bits - _FIRST)
        work[_PART + i] = float_of(bits - (k << 52))
        work[_WHOLE + i] = np.float64(k)
    for i in range(n):
        j = np.uint64(bits_of(work[_BITS + i]) >> 41) & np.uint64(CELLS - 1)
        work[_INVERSE + i] = inverses[j]
        work[_TABLE + i] = table[j]
    if terms == 3:
        for i in range(n):
            r = work[_PART + i] * work[_INVERSE + i] - 1.0  # exact
            p = (((r * c4 + c3) * r + c2) * r + scale) * r
            work[HIGH + i] = (work[_WHOLE + i] * two + work[_TABLE + i]) + p
    else:
        for i in range(n):
            r = work[_PART + i] * work[_INVERSE + i] - 1.0
            p = (((((r * c6 + c5) * r + c4) * r + c3) * r + c2) * r + scale) * r
            work[HIGH + i] = (work[_WHOLE + i] * two + work[_TABLE + i]) + p


@kernel()
def by_rules(n: int, work: Any) -> None:
    """What C99 says of what is no positive number."""
    for i in range(n):
        given = work[GIVEN + i]
        other = np.inf if given == np.inf else np.nan
        other = -np.inf if given == 0 else other
        work[HIGH + i] = work[HIGH + i] if (given > 0) & (given < np.inf) else other


@kernel((READ_FLOATS, OUT, DOUBTS, READ_FLOATS, READ_FLOATS, READ_FLOATS, READ_FLOATS))
def log(x: Any, out: Any, doubts: Any, inverses: Any, table: Any, table_low: Any, constants: Any) -> int:
    work = np.zeros(SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, GIVEN)
        log_of_rows(n, work, inverses, table, table_low, constants)
        for i in range(n):
            given, high, low, slack = work[GIVEN + i], work[HIGH + i], work[LOW + i], work[OFF + i]
            value = high + (low + slack)
            in_doubt = (value != high + (low - slack)) | (given < SMALLEST)
            work[HIGH + i] = value
            work[DOUBT + i] = in_doubt if (given > 0) & (given < np.inf) else False
        by_rules(n, work)
        count += give(work, HIGH, DOUBT, start, n, out, doubts)
    return count


@kernel((READ_SINGLES, OUT_OF_SINGLES, DOUBTS, READ_FLOATS, READ_FLOATS, READ_FLOATS))
def log_of_singles(x: Any, out: Any, doubts: Any, inverses: Any, table: Any, constants: Any) -> int:
    work = np.zeros(SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, GIVEN)
        log_of_short_rows(n, work, 3, inverses, table, constants)
        by_rules(n, work)
        count += give_singles(work, HIGH, DOUBT, start, n, out, doubts)
    return count
