"""The angle of a point, arctan2, rounded to the nearest float.

The slope, at most 1, is reduced to the nearest 256th c by arctan t = arctan c + arctan((t - c) / (1 + t c)), where the
second quotient is formed from both sides directly, with its remainder; its arctan is a short series, tables have the
rest, and the result comes as high + low (Gal; Tang). Its relative error is below 2**-69.5: a rounding test (Ziv) finds
the one in some 30000 that could round to either of two floats, and these are computed in two floats throughout, and in
whole numbers where these do not tell.

Sources: Gal and Bachelis, An accurate elementary mathematical library for the IEEE floating point standard, 1991,
doi:10.1145/103147.103151; Tang, Table-lookup algorithms for elementary functions and their error analysis, 1991,
doi:10.1109/ARITH.1991.145565; Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last
bit, 1991, doi:10.1145/114697.116813.
"""

import functools
import math

import numpy as np

from maskexpr.kernels.elementary import fixed_point, two_floats
from maskexpr.kernels.elementary.blocks import Array, Function, Work
from maskexpr.kernels.elementary.circle import sine_and_cosine
from maskexpr.kernels.elementary.in_place import remainder, round_once
from maskexpr.kernels.elementary.two_floats import Pair

CENTRES = 256
CASE_BITS = 9
# arctan(q) - q over q**3, for |q| <= 1/512: the next term is below 2**-75 of q.
SERIES = (-1 / 3, 1 / 5, -1 / 7)
# For 2**-69.5.
DOUBT = 1 + 2.0**-15
_PAIRS_SLACK = 2.0**-95  # in proportion to the angle
UPPER_41 = np.int64(-(2**12))  # with these bits a float has 41: a product with a centre, of 9 bits, is exact
ROUNDER = 1.5 * 2.0**52
# Within these powers of two the sides are as they are, else they are brought near 1. Below the third the angle is all
# but the quotient.
SMALLEST, LARGEST = 2.0**-450, 2.0**450
_TINY = 2.0**-900
_SMALLEST_NORMAL, _SMALLEST_OF_ALL = 2.0**-1022, 2.0**-1074


@functools.cache
def angle_table() -> tuple[Array, Array]:
    """Where the sides' quotient is at a centre, the angle in two floats: for points nearer to the axis of x, with x
    not negative; nearer to that of y; and the same two with x negative, 512 places a case."""
    angles, angle = [0], 0
    for k in range(CENTRES):
        # the angle between centres k and k + 1 has the tangent n / d
        n, d = CENTRES, CENTRES * CENTRES + k * (k + 1)
        angle += _arctan((n << fixed_point.BITS) // d, fixed_point.BITS)
        angles.append(angle)
    half_turn = fixed_point.pi()
    high, low = np.zeros((2, 4 << CASE_BITS))
    for case, (start, sign) in enumerate(((0, 1), (half_turn // 2, -1), (half_turn, -1), (half_turn // 2, 1))):
        rows = fixed_point.table(fixed_point.parts(start + sign * a) for a in angles)
        place = case << CASE_BITS
        high[place : place + CENTRES + 1], low[place : place + CENTRES + 1] = rows
    for column in (high, low):
        column.setflags(write=False)
    return high, low


def _block(work: Work, y: Array, x: Array, out: Array) -> Array:
    small, large, size_y = work.floats[0:3]
    steep = work.flags[0]
    np.abs(y, out=size_y)
    np.abs(x, out=large)
    np.greater(size_y, large, out=steep)
    np.minimum(size_y, large, out=small)
    np.maximum(size_y, large, out=large)
    tiny = None
    if not _ordinary(small, large):
        tiny = _scale(small, large)
        tiny &= ~steep & ~np.signbit(x)
    undecided = _angle(work, small, large, case_of(work, x), out)
    np.copysign(out, y, out=out)
    if tiny is not None:
        neither = (x != x) | (y != y)
        np.copyto(out, np.nan, where=neither)
        undecided &= ~neither
        places = np.flatnonzero(tiny)
        if places.size:
            out[places] = _tiny_angle(y[places], x[places])
    return undecided


def case_of(work: Work, x: Array) -> Array:
    """The part of the table, 0 to 3: 1 nearer to the axis of y, 2 more where x is negative, or -0.0."""
    case, steep = work.ints[2], work.ints[3]
    np.right_shift(x.view(np.int64), 63, out=case)
    np.bitwise_and(case, 2, out=case)
    np.copyto(steep, work.flags[0])
    np.add(case, steep, out=case)
    return case


def _ordinary(small: Array, large: Array) -> bool:
    if not (large.max() < LARGEST and large.min() > SMALLEST):
        return False
    return small.min() > SMALLEST or not ((small > 0) & (small <= SMALLEST)).any()


def _scale(small: Array, large: Array) -> Array:
    """Bring the larger side near 1, in place, with the same quotient; where this is tiny it becomes 0, and is
    said to be so."""
    infinite = np.isinf(large)
    np.copyto(small, np.isinf(small), where=infinite)
    np.copyto(large, 1.0, where=infinite | (large != large) | (large == 0))
    np.copyto(small, 0.0, where=small != small)
    left = small > 0
    exponent = -np.frexp(large)[1]
    np.ldexp(large, exponent, out=large)
    np.ldexp(small, exponent, out=small)
    tiny: Array = left & (small < _TINY)
    np.copyto(small, 0.0, where=tiny)
    return tiny


def _tiny_angle(y: Array, x: Array) -> Array:
    """The quotient of the sides, which IEEE 754 rounds once, subnormal ones too.

    The angle is less, but by a trifle that matters only to quotients in the middle between two floats, which are
    subnormal: they are rounded down.
    """
    found = np.abs(y) / x
    scaled, exponent = np.frexp(x)
    # The middle below, in halves of the smallest number, times x: is it y?
    middle = 2 * np.ldexp(np.minimum(found, _SMALLEST_NORMAL), 1074) - 1
    product, rest = two_floats.two_product(middle, scaled)
    down = (found <= _SMALLEST_NORMAL) & (rest == 0) & (product == np.ldexp(np.abs(y), 1075 - exponent))
    np.subtract(found, _SMALLEST_OF_ALL, out=found, where=down)
    return np.copysign(found, y)


def _angle(work: Work, small: Array, large: Array, case: Array, out: Array) -> Array:
    """The angle, without the sign of y, and where it is in doubt."""
    j, q, q_low = _from_centre(work, small, large)
    square, series, high, low, spare = work.floats[6:11]
    np.multiply(q, q, out=square)
    np.multiply(square, SERIES[2], out=series)
    np.add(series, SERIES[1], out=series)
    np.multiply(series, square, out=series)
    np.add(series, SERIES[0], out=series)
    np.multiply(series, square, out=series)
    np.multiply(series, q, out=series)
    np.add(series, q_low, out=series)  # arctan is q + series
    # turned back where the angle falls as the quotient grows, which is so in the two cases in the middle
    back = work.ints[6]
    np.add(case, 1, out=back)
    np.bitwise_and(back, 2, out=back)
    np.left_shift(back, 62, out=back)
    for part in (q.view(np.int64), series.view(np.int64)):
        np.bitwise_xor(part, back, out=part)
    np.left_shift(case, CASE_BITS, out=case)
    np.add(j, case, out=j)
    centre, its_low = (np.take(t, j, out=to, mode="clip") for t, to in zip(angle_table(), (spare, low), strict=True))
    np.add(series, its_low, out=low)
    np.add(centre, q, out=high)  # the centre is 0 or the larger
    np.subtract(centre, high, out=centre)
    np.add(centre, q, out=centre)
    np.add(low, centre, out=low)
    return round_once(high, low, DOUBT, out, work.flags[1])


def _from_centre(work: Work, small: Array, large: Array) -> tuple[Array, Array, Array]:
    """The number of the centre c, and (small - c large) / (large + c small) in two floats; ints 3, floats 4 and 5."""
    j, q = work.ints[3], work.floats[4]
    n, n_low, d, d_low, c, part, rest = work.floats[5:12]
    np.divide(small, large, out=c)
    np.multiply(c, float(CENTRES), out=c)
    np.add(c, ROUNDER, out=c)
    np.bitwise_and(work.ints[9], (1 << CASE_BITS) - 1, out=j)
    np.subtract(c, ROUNDER, out=c)
    np.multiply(c, 1 / CENTRES, out=c)
    # Products of both parts with c are exact, and so is the numerator.
    np.bitwise_and(large.view(np.int64), UPPER_41, out=work.ints[10])
    np.subtract(large, part, out=rest)
    np.multiply(part, c, out=part)
    np.subtract(small, part, out=part)
    np.multiply(rest, c, out=rest)
    np.subtract(part, rest, out=n)
    np.subtract(part, n, out=n_low)
    np.subtract(n_low, rest, out=n_low)
    np.bitwise_and(small.view(np.int64), UPPER_41, out=work.ints[10])
    np.subtract(small, part, out=rest)
    np.multiply(part, c, out=part)
    np.multiply(rest, c, out=rest)
    np.add(large, part, out=d)
    np.subtract(large, d, out=d_low)
    np.add(d_low, part, out=d_low)
    np.add(d_low, rest, out=d_low)
    np.divide(n, d, out=q)
    remainder(n, q, d, (c, part, rest))
    np.multiply(q, d_low, out=d_low)
    np.subtract(n_low, d_low, out=n_low)
    np.add(n, n_low, out=n)
    np.divide(n, d, out=n)
    return j, q, n


# --- in two floats ---------------------------------------------------------------------------------------------------


def _of_pairs(y: Array, x: Array) -> Pair:
    """The angle, right to 2**-97 of its size, by the same way."""
    small, large = np.minimum(np.abs(y), np.abs(x)), np.maximum(np.abs(y), np.abs(x))
    exponent = np.frexp(large)[1]
    small, large = np.ldexp(small, -exponent), np.ldexp(large, -exponent)
    j = np.rint(small / large * CENTRES)
    c, zero = j / CENTRES, np.zeros_like(j)
    part = two_floats.two_product(c, large)
    numerator = two_floats.add((small, zero), (-part[0], -part[1]))
    q = two_floats.divide(numerator, two_floats.add((large, zero), two_floats.two_product(c, small)))
    rest = two_floats.multiply(two_floats.polynomial(_series_of_pairs(), two_floats.multiply(q, q)), q)
    case = 2 * np.signbit(x) + (np.abs(y) > np.abs(x))
    back = np.where((case + 1) & 2, -1.0, 1.0)
    place = j.astype(np.int64) + (case << CASE_BITS)
    centre, its_low = angle_table()
    high, low = two_floats.add((centre[place], its_low[place]), (back * rest[0], back * rest[1]))
    sign = np.copysign(1.0, y)
    return sign * high, sign * low


@functools.cache
def _series_of_pairs() -> list[Pair]:
    """Of arctan(q) / q in q**2, for |q| <= 1/512: the next term is below 2**-111."""
    return fixed_point.pairs((-1) ** n * fixed_point.ONE // (2 * n + 1) for n in range(6))


def _in_two_floats(y: Array, x: Array) -> tuple[Array, Array]:
    number = _of_pairs(y, x)
    return two_floats.rounded(number, _PAIRS_SLACK * np.abs(number[0]))


# --- in whole numbers ------------------------------------------------------------------------------------------------


def _arctan(x: int, bits: int) -> int:
    """The arctan of a number well below 1, in fixed point; off by a unit a term."""
    square = (x * x) >> bits
    total = power = x
    k = 1
    while power not in (0, -1):
        power = -((power * square) >> bits)
        k += 2
        total += power // k
    return total


def _bounds(y: float, x: float, bits: int) -> tuple[int, int]:
    """The angle from a float near to it, whose sine and cosine turn the point nearly onto the axis."""
    near = math.atan2(y, x)  # whatever its last bits
    more = bits + 10
    sine, cosine = sine_and_cosine(near, more)
    (top, top_of), (side, side_of) = y.as_integer_ratio(), x.as_integer_ratio()
    top, side = top * side_of, side * top_of
    rest = _arctan(((top * cosine - side * sine) << more) // (side * cosine + top * sine), more)
    numerator, denominator = near.as_integer_ratio()
    value = ((numerator << more) // denominator + rest) >> 10
    return value - 1, value + 2


def _nearest(y: float, x: float) -> float:
    return fixed_point.nearest(functools.partial(_bounds, y, x))


ARCTAN2 = Function(_block, functools.partial(fixed_point.decided, _in_two_floats, _nearest))
