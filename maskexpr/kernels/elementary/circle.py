"""Sine, cosine and tangent, rounded to the nearest float.

An angle is reduced to the nearest 2048th of a turn and a rest, whose sine and cosine are short series; tables have the
sine and cosine of the steps in two floats, and the result comes as high + low (Gal; Tang). Its relative error is below
2**-67.3: a rounding test (Ziv) finds the one in some 8000 that could round to either of two floats. These, and
those next to a pole or to a zero, as multiples of pi are, are computed in two floats throughout, and in whole numbers
where these do not tell. So no result hangs on how the series is cut, and all are as monotone as the functions.

Sources: Gal and Bachelis, An accurate elementary mathematical library for the IEEE floating point standard, 1991,
doi:10.1145/103147.103151; Tang, Table-lookup algorithms for elementary functions and their error analysis, 1991,
doi:10.1109/ARITH.1991.145565; Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last
bit, 1991, doi:10.1145/114697.116813.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from maskexpr.kernels.elementary import fixed_point, two_floats
from maskexpr.kernels.elementary.blocks import Array, Function, Work
from maskexpr.kernels.elementary.in_place import normalise, remainder, round_once
from maskexpr.kernels.elementary.turns import STEPS, finely_reduced, reduced
from maskexpr.kernels.elementary.two_floats import UPPER, Pair

QUARTER = STEPS // 4
# sin(r) - r and cos(r) - 1 over r**3 and r**2: for |r| <= pi / 2048 the next terms of Taylor's series are below
# 2**-68.4 of r, and 2**-90 of 1.
SINE_SERIES = (-1 / 6, 1 / 120)
COSINE_SERIES = (-1 / 2, 1 / 24, -1 / 720)
# For 2**-67.3.
DOUBT = 1 + 2.0**-13
# Next to a zero that is not at 0, and next to poles, the rest of the angle is not known to 2**-70 of its size.
# Below it, the sine and tangent of an angle round to the angle.
SMALL = 2.0**-30
_PAIRS_SLACK = 2.0**-93  # in proportion to the result


@dataclass(frozen=True, slots=True)
class Circle:
    """Step by step the sine in two floats, and the cosine as a float of 26 bits and one for the rest."""

    high: Array
    low: Array
    half: Array
    rest: Array


@functools.cache
def _quarter_turn() -> list[int]:
    """The sine of the steps of a quarter turn, both ends included, in fixed point; off by some 2**-180."""
    sine, cosine = _series(fixed_point.pi() // (STEPS // 2), fixed_point.BITS)
    found, s, c = [], 0, fixed_point.ONE
    for _ in range(QUARTER):
        found.append(s)
        s, c = (s * cosine + c * sine) >> fixed_point.BITS, (c * cosine - s * sine) >> fixed_point.BITS
    return [*found, fixed_point.ONE]


@functools.cache
def circle_table(turn: int = 0) -> Circle:
    """The table of sin(a + turn), where turn is 0 or a quarter."""
    quarter = _quarter_turn()
    rows = fixed_point.table((*fixed_point.parts(v), *fixed_point.parts(v, first=26)) for v in quarter)
    places = np.arange(STEPS + 2 * QUARTER)
    within = places % (2 * QUARTER)
    within = np.minimum(within, 2 * QUARTER - within)
    sign = np.where(places % STEPS < 2 * QUARTER, 1.0, -1.0)
    high, low, half, rest = (row[within] * sign for row in rows)
    s = slice(turn, turn + STEPS)
    c = slice(turn + QUARTER, turn + QUARTER + STEPS)
    return Circle(high[s], low[s], half[c], rest[c])


# --- high and low ----------------------------------------------------------------------------------------------------


def _rest(work: Work, r: Array, e: Array) -> tuple[Array, ...]:
    """Of the rest of an angle: its sine, r as its upper 26 bits, what is left of the sine then, and its cosine - 1.
    Floats 5 to 9 hold it."""
    sine, series, cosine, upper, left = work.floats[5:10]
    square = sine
    np.multiply(r, r, out=square)
    np.multiply(square, SINE_SERIES[1], out=series)
    np.add(series, SINE_SERIES[0], out=series)
    np.multiply(series, square, out=series)
    np.multiply(series, r, out=series)
    np.add(series, e, out=series)
    np.multiply(square, COSINE_SERIES[2], out=cosine)
    np.add(cosine, COSINE_SERIES[1], out=cosine)
    np.multiply(cosine, square, out=cosine)
    np.add(cosine, COSINE_SERIES[0], out=cosine)
    np.multiply(cosine, square, out=cosine)  # without r * e, below 2**-72
    np.bitwise_and(r.view(np.int64), UPPER, out=work.ints[8])
    np.subtract(r, upper, out=left)
    np.add(left, series, out=left)
    np.add(r, series, out=sine)
    return sine, upper, left, cosine


def _wave(circle: Circle, j: Array, rest: tuple[Array, ...], high: Array, low: Array, spare: tuple[Array, ...]) -> None:
    """sin(step + r) = S cos r + C sin r as high + low, where high is not yet rounded from both.

    The product of the upper halves of r and C is exact.
    """
    sine, upper, left, cosine = rest
    s, product = spare
    np.take(circle.rest, j, out=low, mode="clip")
    np.multiply(low, sine, out=low)
    np.take(circle.half, j, out=high, mode="clip")
    np.multiply(left, high, out=s)
    np.add(low, s, out=low)
    np.multiply(upper, high, out=product)
    np.take(circle.low, j, out=s, mode="clip")
    np.add(low, s, out=low)
    np.take(circle.high, j, out=s, mode="clip")
    np.multiply(cosine, s, out=high)
    np.add(low, high, out=low)
    np.add(s, product, out=high)  # S is 0 or the larger
    np.subtract(s, high, out=s)
    np.add(s, product, out=s)
    np.add(low, s, out=low)


def _sine_block(turn: int) -> Callable[..., Array | None]:
    """The block of sin(x + turn)."""

    def block(work: Work, x: Array, out: Array) -> Array:
        j, r, e = reduced(work, x)
        rest = _rest(work, r, e)
        high, low, *spare = work.floats[10:14]
        _wave(circle_table(turn), j, rest, high, low, tuple(spare))
        undecided = round_once(high, low, DOUBT, out, work.flags[0])
        return _at_the_ends(work, x, out, undecided, odd=turn == 0)

    return block


def _tangent_block(work: Work, x: Array, out: Array) -> Array:
    """The quotient of sine and cosine, with its remainder."""
    j, r, e = reduced(work, x)
    rest = _rest(work, r, e)
    c, c_low, s, s_low, *spare = work.floats[10:16]
    high = work.floats[0]
    _wave(circle_table(), j, rest, high, s_low, tuple(spare))
    normalise(high, s_low, s)
    _wave(circle_table(QUARTER), j, rest, high, c_low, tuple(spare))
    normalise(high, c_low, c)
    q = high
    np.divide(s, c, out=q)
    remainder(s, q, c, work.floats[5:8])
    np.multiply(q, c_low, out=c_low)
    np.subtract(s_low, c_low, out=s_low)
    np.add(s, s_low, out=s)
    np.divide(s, c, out=s)
    undecided = round_once(q, s, DOUBT, out, work.flags[0])
    return _at_the_ends(work, x, out, undecided, odd=True)


def _at_the_ends(work: Work, x: Array, out: Array, undecided: Array, odd: bool) -> Array:
    """Small angles are their own sine and tangent, -0.0 too; where else a result is small, or large, it is in doubt."""
    size = np.abs(out, out=work.floats[0])
    if size.min() >= SMALL and size.max() <= 1 / SMALL:
        return undecided
    undecided |= (size < SMALL) | (size > 1 / SMALL)
    undecided &= out == out
    if odd:
        small = np.abs(x) < SMALL
        np.copyto(out, x, where=small)
        undecided &= ~small
    return undecided


# --- in two floats ---------------------------------------------------------------------------------------------------


def _in_two_floats(name: str, x: Array) -> Pair:
    """A function of angles from 2**-30 on, right to 2**-95 of its size, next to zeros and poles too."""
    j, r = finely_reduced(x)
    square = two_floats.multiply(r, r)
    odd, even = _taylor()
    rest = two_floats.multiply(two_floats.polynomial(odd, square), r), two_floats.polynomial(even, square)
    if name == "tan":
        return two_floats.divide(_wave_of_pairs(j, rest), _wave_of_pairs(j + QUARTER, rest))
    return _wave_of_pairs(j if name == "sin" else j + QUARTER, rest)


def _wave_of_pairs(j: Array, rest: tuple[Pair, Pair]) -> Pair:
    """sin(step + r) of the sine and cosine of r: next to a zero that of the step is 0."""
    sine, cosine = ((t.high[j & (STEPS - 1)], t.low[j & (STEPS - 1)]) for t in (circle_table(), circle_table(QUARTER)))
    return two_floats.add(two_floats.multiply(sine, rest[1]), two_floats.multiply(cosine, rest[0]))


@functools.cache
def _taylor() -> tuple[list[Pair], list[Pair]]:
    """Of sin(r) / r and cos(r), in r**2: the next terms are below 2**-119."""
    odd, even = ([(-1) ** n * fixed_point.ONE // math.factorial(2 * n + first) for n in range(6)] for first in (1, 0))
    return fixed_point.pairs(odd), fixed_point.pairs(even)


# --- in whole numbers ------------------------------------------------------------------------------------------------


def _series(rest: int, bits: int) -> tuple[int, int]:
    """The sine and cosine of an angle below 1, in fixed point; off by some 40 units."""
    square = (rest * rest) >> bits
    sine = odd = rest
    cosine = even = 1 << bits
    k = 1
    while odd or even:
        even = -((even * square) >> bits) // (k * (k + 1))
        odd = -((odd * square) >> bits) // ((k + 1) * (k + 2))
        cosine += even
        sine += odd
        k += 2
    return sine, cosine


def sine_and_cosine(x: float, bits: int) -> tuple[int, int]:
    """In fixed point, off by a unit at most."""
    more = bits + 10
    top, bottom = x.as_integer_ratio()
    known = more + max(0, top.bit_length() - bottom.bit_length() + 1)
    whole = -(-known // 1024) * 1024
    half_turn = fixed_point.pi(whole) >> (whole - known)
    value = (top << known) // bottom
    quarters = (4 * value + half_turn) // (2 * half_turn)
    s, c = _series((2 * value - quarters * half_turn) >> (known - more + 1), more)
    for _ in range(quarters % 4):
        s, c = c, -s
    return s >> 10, c >> 10


def _bounds(name: str, x: float, bits: int) -> tuple[int, int]:
    more = bits + (80 if name == "tan" else 0)  # no float is so near to a pole that it costs as much
    s, c = sine_and_cosine(x, more)
    if name != "tan":
        v = s if name == "sin" else c
        return v - 1, v + 2
    sign = 1 if (s < 0) == (c < 0) else -1
    s, c = abs(s), abs(c)
    low, high = ((s - 2) << bits) // (c + 2), ((s + 2) << bits) // (c - 2) + 1
    return (low, high) if sign > 0 else (-high, -low)


def _exact(name: str) -> Callable[[Array], Array]:
    """What is left undecided, of angles from 2**-30 on."""

    def nearest(x: float) -> float:
        return fixed_point.nearest(functools.partial(_bounds, name, x))

    def in_two_floats(x: Array) -> tuple[Array, Array]:
        number = _in_two_floats(name, x)
        return two_floats.rounded(number, _PAIRS_SLACK * np.abs(number[0]))

    return functools.partial(fixed_point.decided, in_two_floats, nearest)


SIN = Function(_sine_block(0), _exact("sin"))
COS = Function(_sine_block(QUARTER), _exact("cos"))
TAN = Function(_tangent_block, _exact("tan"))
