"""Sine, cosine and tangent by loops: the steps of the NumPy kernel of this name, number by number. Angles from 2**20 on
are left to it."""

from typing import Any

import numpy as np
from numba import types

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
    give,
    give_singles,
    load,
    upper,
)
from maskexpr.kernels.elementary.circle import COSINE_SERIES, DOUBT, SINE_SERIES, SMALL
from maskexpr.kernels.elementary.turns import FAR, STEPS

_GIVEN, _STEP, _R, _E, _HIGH, _LOW, _HALF, _REST, _COS_HIGH, _COS_LOW, _COS_HALF, _COS_REST, _VALUE, _DOUBT = range(
    0, 14 * PITCH, PITCH
)
_SIZE = 14 * PITCH
TABLE = types.Array(types.float64, 2, "C", True)
_ROUNDER = 1.5 * 2.0**52
_S3, _S5 = SINE_SERIES
_C2, _C4, _C6 = COSINE_SERIES


@kernel()
def _reduce(n: int, work: Any, pieces: Any) -> None:
    """The nearest step, as bits, and what is left of the angle in radians as R + E."""
    per_one, first, second, third, rest = pieces[0], pieces[1], pieces[2], pieces[3], pieces[4]
    for i in range(n):
        given = work[_GIVEN + i]
        x = given if abs(given) < FAR else 0.0
        k = x * per_one + _ROUNDER
        work[_STEP + i] = k
        k -= _ROUNDER
        t = (x - k * first) - k * second  # exact
        p = k * third
        r = t - p
        e = ((t - r) - p) - k * rest
        t = r + e
        work[_R + i] = t
        work[_E + i] = e - (t - r)


@kernel()
def _look_up(n: int, work: Any, to: int, table: Any) -> None:
    """Rows of a table of four columns."""
    for i in range(n):
        j = np.uint64(bits_of(work[_STEP + i])) & np.uint64(STEPS - 1)
        for column in range(4):
            work[to + column * PITCH + i] = table[j, column]


@kernel()
def _turned(r: float, e: float, s: float, s_low: float, half: float, rest: float) -> Any:
    """sin(step + r + e) as high and low, of the step's sine in two floats and its cosine as 26 bits and the rest."""
    square = r * r
    series = (square * _S5 + _S3) * square * r + e
    cosine = ((square * _C6 + _C4) * square + _C2) * square
    first = upper(r)
    left = (r - first) + series
    low = rest * (r + series) + left * half + s_low + cosine * s
    product = first * half  # exact
    high = s + product  # s is 0 or the larger
    return high, low + ((s - high) + product)


@kernel()
def _doubt_of(x: float, in_doubt: bool) -> float:
    doubt = IN_DOUBT if in_doubt else 0.0
    beyond = UNUSUAL if abs(x) < np.inf else 0.0
    return doubt if abs(x) < FAR else beyond


@kernel()
def _finish(n: int, work: Any, is_odd: bool) -> None:
    """Small angles are their own sine and tangent, -0.0 too; where else a result is small, or large, it is in doubt."""
    for i in range(n):
        x, value = work[_GIVEN + i], work[_VALUE + i]
        in_doubt = (work[_DOUBT + i] != 0) | (abs(value) < SMALL) | (abs(value) > 1 / SMALL)
        is_itself = (abs(x) < SMALL) & is_odd
        value = x if is_itself else value
        work[_VALUE + i] = value if abs(x) < FAR else np.nan
        work[_DOUBT + i] = _doubt_of(x, in_doubt & (not is_itself))


@kernel((READ_FLOATS, OUT, DOUBTS, READ_FLOATS, TABLE, types.boolean))
def wave(x: Any, out: Any, doubts: Any, pieces: Any, table: Any, is_odd: bool) -> int:
    """The sine, or as the table begins a quarter turn later the cosine."""
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, _GIVEN)
        _reduce(n, work, pieces)
        _look_up(n, work, _HIGH, table)
        for i in range(n):
            high, low = _turned(
                work[_R + i], work[_E + i], work[_HIGH + i], work[_LOW + i], work[_HALF + i], work[_REST + i]
            )
            value = high + low
            work[_VALUE + i] = value
            work[_DOUBT + i] = value + ((high - value) + low) * DOUBT != value
        _finish(n, work, is_odd)
        count += give(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count


@kernel((READ_FLOATS, OUT, DOUBTS, READ_FLOATS, TABLE, TABLE))
def tangent(x: Any, out: Any, doubts: Any, pieces: Any, sines: Any, cosines: Any) -> int:
    """The quotient of sine and cosine, with its remainder."""
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, _GIVEN)
        _reduce(n, work, pieces)
        _look_up(n, work, _HIGH, sines)
        _look_up(n, work, _COS_HIGH, cosines)
        for i in range(n):
            r, e = work[_R + i], work[_E + i]
            high, low = _turned(r, e, work[_HIGH + i], work[_LOW + i], work[_HALF + i], work[_REST + i])
            s = high + low
            s_low = (high - s) + low
            high, low = _turned(r, e, work[_COS_HIGH + i], work[_COS_LOW + i], work[_COS_HALF + i], work[_COS_REST + i])
            c = high + low
            c_low = (high - c) + low
            q = s / c
            q_first, c_first = upper(q), upper(c)
            left = ((s - q_first * c_first) - q_first * (c - c_first)) - (q - q_first) * c
            low = (left + (s_low - q * c_low)) / c
            value = q + low
            work[_VALUE + i] = value
            work[_DOUBT + i] = value + ((q - value) + low) * DOUBT != value
        _finish(n, work, True)
        count += give(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count


# --- of float32 ------------------------------------------------------------------------------------------------------


@kernel()
def _look_up_short(n: int, work: Any, table: Any) -> None:
    for i in range(n):
        j = np.uint64(bits_of(work[_STEP + i])) & np.uint64(STEPS - 1)
        work[_HIGH + i] = table[j, 0]
        work[_HALF + i] = table[j, 1]


@kernel()
def _turned_shortly(r: float, sine: float, cosine: float) -> Any:
    """The sine and cosine of step + r."""
    square = r * r
    own_sine = square * (-1 / 6) * r + r
    own_cosine = (square * (1 / 24) - 0.5) * square
    return (cosine * own_sine + sine * own_cosine) + sine, (cosine * own_cosine - sine * own_sine) + cosine


@kernel((READ_SINGLES, OUT_OF_SINGLES, DOUBTS, READ_FLOATS, TABLE, types.int64))
def wave_of_singles(x: Any, out: Any, doubts: Any, pieces: Any, table: Any, which: int) -> int:
    """The sine, the cosine or their quotient: 0, 1, 2."""
    work = np.zeros(_SIZE)
    count = 0
    for start in range(0, out.size, CHUNK):
        n = min(CHUNK, out.size - start)
        load(x, start, n, work, _GIVEN)
        _reduce(n, work, pieces)
        _look_up_short(n, work, table)
        for i in range(n):
            sine, cosine = _turned_shortly(work[_R + i], work[_HIGH + i], work[_HALF + i])
            work[_LOW + i], work[_REST + i] = sine, cosine
        if which == 2:
            for i in range(n):
                work[_LOW + i] /= work[_REST + i]
        for i in range(n):
            given = work[_GIVEN + i]
            value = work[_REST + i] if which == 1 else work[_LOW + i]
            value = given if (given == 0) & (which != 1) else value
            work[_VALUE + i] = value if abs(given) < FAR else np.nan
            work[_DOUBT + i] = _doubt_of(given, False)
        count += give_singles(work, _VALUE, _DOUBT, start, n, out, doubts)
    return count
