"""Powers by loops: the steps of the NumPy kernel of this name, number by number."""

from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.elementary import exponentials, logarithms
from maskexpr.kernels.compiled.elementary.exponentials import exp_of_rows, exp_of_short_rows
from maskexpr.kernels.compiled.elementary.logarithms import log_of_rows, log_of_short_rows
from maskexpr.kernels.compiled.elementary.rows import (
    CHUNK,
    DOUBTS,
    OUT,
    OUT_OF_SINGLES,
    PITCH,
    READ_FLOATS,
    READ_SINGLES,
    UNUSUAL,
    give,
    give_singles,
    load,
    rounded_upper,
)
from maskexpr.kernels.elementary import exponentials as by_numpy
from maskexpr.kernels.elementary.logarithms import SMALLEST

_BASE, _POWER = logarithms.SIZE, logarithms.SIZE + PITCH
_SIZE = logarithms.SIZE + 2 * PITCH
_VALUE, _DOUBT = exponentials.VALUE, exponentials.DOUBT
_LARGE = 2.0**12  # an exponent beyond which more care is needed
_SMALLEST_OF_SINGLES = 2.0**-149


@kernel()
def _prepare(n: int, work: Any) -> None:
    for i in range(n):
        work[logarithms.GIVEN + i] = abs(work[_BASE + i])


@kernel()
def _finish(n: int, work: Any, smallest: float) -> None:
    """Signs, and what C99 says of 0 and nan; what is rarer is in doubt."""
    for i in range(n):
        x, y = work[_BASE + i], work[_POWER + i]
        size = abs(x)
        is_usual = (size >= smallest) & (size < np.inf) & (abs(y) <= _LARGE)
        half = 0.5 * y
        is_whole, is_even = np.floor(y) == y, np.floor(half) == half
        value = work[_VALUE + i]
        value = value if (x > 0) | is_even else -value
        is_invalid = (x < 0) & ~is_whole
        # 0 without a sign
        is_zero = (x == 0) & (np.copysign(1.0, x) > 0) & (y > 0) & (y < np.inf)
        is_nan = (x != x) & (y != 0)
        value = 0.0 if is_zero else value
        value = np.nan if is_nan | is_invalid & is_usual else value
        work[_VALUE + i] = value
        is_known = is_zero | is_nan | is_invalid & is_usual
        in_doubt = work[_DOUBT + i] if is_usual else UNUSUAL
        work[_DOUBT + i] = 0.0 if is_known else in_doubt


@kernel(
    (READ_FLOATS, READ_FLOATS, OUT, DOUBTS, *4 * (READ_FLOATS,), *3 * (READ_FLOATS,)),
)
def power(
    x: Any,
    y: Any,
    out: Any,
    doubts: Any,
    inverses: Any,
    logs: Any,
    logs_low: Any,
    log_constants: Any,
    table: Any,
    table_low: Any,
    exp_constants: Any,
) -> int:
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, _BASE)
        load(y, start, n, work, _POWER)
        _prepare(n, work)
        log_of_rows(n, work, inverses, logs, logs_low, log_constants)
        for i in range(n):
            given = work[_POWER + i]
            y_here = given if abs(given) <= _LARGE else 0.0
            high, low = work[logarithms.HIGH + i], work[logarithms.LOW + i]
            product = high * y_here
            first, y_first = rounded_upper(high), rounded_upper(y_here)
            second, y_second = high - first, y_here - y_first
            rest = ((first * y_first - product) + first * y_second) + second * y_first + second * y_second
            work[exponentials.EXPONENT + i] = product
            work[exponentials.LOW + i] = rest + low * y_here
            work[exponentials.LIMIT + i] = by_numpy.SLACK + abs(y_here) * work[logarithms.OFF + i]
        exp_of_rows(n, work, table, table_low, exp_constants)
        _finish(n, work, SMALLEST)
        count += give(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count


@kernel((READ_SINGLES, READ_SINGLES, OUT_OF_SINGLES, DOUBTS, *3 * (READ_FLOATS,), *2 * (READ_FLOATS,)))
def power_of_singles(
    x: Any,
    y: Any,
    out: Any,
    doubts: Any,
    inverses: Any,
    logs: Any,
    log_constants: Any,
    table: Any,
    exp_constants: Any,
) -> int:
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, _BASE)
        load(y, start, n, work, _POWER)
        _prepare(n, work)
        log_of_short_rows(n, work, 5, inverses, logs, log_constants)
        for i in range(n):
            work[exponentials.EXPONENT + i] = work[logarithms.HIGH + i] * work[_POWER + i]
        exp_of_short_rows(n, work, table, exp_constants)
        _finish(n, work, _SMALLEST_OF_SINGLES)
        count += give_singles(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count
