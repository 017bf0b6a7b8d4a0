"""arctan2 by loops: the steps of the NumPy kernel of this name, number by number. Points whose sides are very long or
short, but for 0, are left to it."""

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
    bits_of,
    float_of,
    give,
    give_singles,
    load,
    upper,
)
from maskexpr.kernels.elementary.angles import (
    CASE_BITS,
    CENTRES,
    DOUBT,
    LARGEST,
    ROUNDER,
    SERIES,
    SMALLEST,
    UPPER_41,
)

_Y, _X, _PLACE, _Q, _REST, _CENTRE, _CENTRE_LOW, _VALUE, _DOUBT = range(0, 9 * PITCH, PITCH)
_SIZE = 9 * PITCH
_UPPER_41 = int(UPPER_41)
_TINY_SINGLE = 2.0**-125  # those below it, subnormal in float32, lie near to the middle between two by the dozen
_A3, _A5, _A7 = SERIES


@kernel()
def _upper_41(x: float) -> Any:
    return float_of(bits_of(x) & _UPPER_41)


@kernel()
def _place_of(y: float, x: float, c: float) -> Any:
    """Where in the table an angle is, as bits."""
    is_steep = abs(y) > abs(x)
    case = ((bits_of(x) >> 63) & 2) + (1 if is_steep else 0)
    j = bits_of(c) & ((1 << CASE_BITS) - 1)
    return float_of(j + (case << CASE_BITS))


@kernel()
def _sign_of(y: float, x: float) -> float:
    """-1 where the angle falls as the quotient grows."""
    return -1.0 if (abs(y) > abs(x)) ^ (bits_of(x) < 0) else 1.0


@kernel()
def _look_up(n: int, work: Any, table: Any, table_low: Any) -> None:
    for i in range(n):
        j = np.uint64(bits_of(work[_PLACE + i])) & np.uint64((4 << CASE_BITS) - 1)
        work[_CENTRE + i] = table[j]
        work[_CENTRE_LOW + i] = table_low[j]


@kernel((READ_FLOATS, READ_FLOATS, OUT, DOUBTS, READ_FLOATS, READ_FLOATS))
def arctan2(y: Any, x: Any, out: Any, doubts: Any, table: Any, table_low: Any) -> int:
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(y, start, n, work, _Y)
        load(x, start, n, work, _X)
        for i in range(n):
            a, b = work[_Y + i], work[_X + i]
            size_a, size_b = abs(a), abs(b)
            is_steep = size_a > size_b
            small, large = (size_b if is_steep else size_a), (size_a if is_steep else size_b)
            is_fine = (large < LARGEST) & (large > SMALLEST) & ((small > SMALLEST) | (small == 0))
            is_fine = is_fine & (a == a) & (b == b)
            small, large = (small if is_fine else 0.0), (large if is_fine else 1.0)
            c = small / large * CENTRES + ROUNDER
            work[_PLACE + i] = _place_of(a, b, c)
            c = (c - ROUNDER) * (1 / CENTRES)
            # (small - c large) / (large + c small) in two floats; products of both parts with c are exact
            first = _upper_41(large)
            part, left = small - first * c, (large - first) * c
            top = part - left
            top_low = (part - top) - left
            first = _upper_41(small)
            part, left = first * c, (small - first) * c
            bottom = large + part
            bottom_low = ((large - bottom) + part) + left
            q = top / bottom
            q_first, bottom_first = upper(q), upper(bottom)
            top = ((top - q_first * bottom_first) - q_first * (bottom - bottom_first)) - (q - q_first) * bottom
            q_low = (top + (top_low - q * bottom_low)) / bottom
            square = q * q
            series = ((square * _A7 + _A5) * square + _A3) * square * q + q_low
            sign = _sign_of(a, b)
            work[_Q + i], work[_REST + i] = q * sign, series * sign
            is_origin = (size_a == 0) & (size_b == 0)
            work[_DOUBT + i] = 0.0 if is_fine | is_origin else UNUSUAL
        _look_up(n, work, table, table_low)
        for i in range(n):
            centre, q = work[_CENTRE + i], work[_Q + i]
            high = centre + q  # the centre is 0 or the larger
            low = (work[_REST + i] + work[_CENTRE_LOW + i]) + ((centre - high) + q)
            value = high + low
            a, b = work[_Y + i], work[_X + i]
            doubt = IN_DOUBT if value + ((high - value) + low) * DOUBT != value else 0.0
            doubt = doubt if work[_DOUBT + i] == 0 else UNUSUAL
            is_nan = (a != a) | (b != b)
            work[_VALUE + i] = np.nan if is_nan else np.copysign(value, a)
            work[_DOUBT + i] = 0.0 if is_nan else doubt
        count += give(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count


@kernel((READ_SINGLES, READ_SINGLES, OUT_OF_SINGLES, DOUBTS, READ_FLOATS, READ_FLOATS))
def arctan2_of_singles(y: Any, x: Any, out: Any, doubts: Any, table: Any, table_low: Any) -> int:
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(y, start, n, work, _Y)
        load(x, start, n, work, _X)
        for i in range(n):
            a, b = work[_Y + i], work[_X + i]
            size_a, size_b = abs(a), abs(b)
            is_steep = size_a > size_b
            small, large = (size_b if is_steep else size_a), (size_a if is_steep else size_b)
            is_fine = (large < np.inf) & (large > 0) & (a == a) & (b == b)
            small, large = (small if is_fine else 0.0), (large if is_fine else 1.0)
            c = small / large * CENTRES + ROUNDER
            work[_PLACE + i] = _place_of(a, b, c)
            c = (c - ROUNDER) * (1 / CENTRES)
            q = (small - large * c) / (large + small * c)
            square = q * q
            work[_Q + i] = ((square * (1 / 5) - 1 / 3) * square * q + q) * _sign_of(a, b)
            work[_DOUBT + i] = UNUSUAL if size_a + size_b == np.inf else 0.0
        _look_up(n, work, table, table_low)
        for i in range(n):
            a, b = work[_Y + i], work[_X + i]
            value = np.copysign(work[_CENTRE + i] + work[_Q + i], a)
            is_tiny = (abs(value) < _TINY_SINGLE) & (value != 0)
            work[_DOUBT + i] = UNUSUAL if is_tiny else work[_DOUBT + i]
            work[_VALUE + i] = value if (a == a) & (b == b) else np.nan
        count += give_singles(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count
