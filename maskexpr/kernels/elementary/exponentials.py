"""exp, rounded to the nearest float, and the pieces of it that powers take.

exp(x) = 2**e * 2**(j/2048) * exp(r), where |r| is below log(2)/4096: a table and five terms of Taylor's series (Tang,
Table-driven implementation of the exponential function in IEEE floating-point arithmetic, 1989,
doi:10.1145/63522.214389). The error is below 2**-70 of the result, so that it is known which float is nearest for all
but one value in 10**5 (Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last bit,
1991, doi:10.1145/114697.116813); these few are computed in two floats, and by whole numbers where that does not tell.
"""

import functools
import math
from typing import Any

import numpy as np

from maskexpr.kernels.elementary import fixed_point, two_floats
from maskexpr.kernels.elementary.blocks import Array, Function, Work
from maskexpr.kernels.elementary.two_floats import Pair

STEPS = 2048
MAGIC = 1.5 * 2.0**52  # adding it rounds to a whole number, which the low bits then are
_SHORT = 1.5 * 2.0 ** (52 - 27)  # the same to a multiple of 2**-27
_LOWEST, _HIGHEST = -708.0, 709.0  # between them no exponent is out of range
SLACK = 2.0**-70
_PAIRS_SLACK = 2.0**-96


@functools.cache
def _powers_of_two() -> list[int]:
    """2**(j/2048) in fixed point; off by some thousand units."""
    root = 2 * fixed_point.ONE
    for _ in range(STEPS.bit_length() - 1):
        root = math.isqrt(root << fixed_point.BITS)
    powers = [fixed_point.ONE]
    for _ in range(STEPS - 1):
        powers.append((powers[-1] * root) >> fixed_point.BITS)
    return powers


@functools.cache
def short_table() -> tuple[Array, ...]:
    """2**(j/2048) as numbers of 26 bits and the rest."""
    return fixed_point.table(fixed_point.on_a_grid(power, -25) for power in _powers_of_two())


@functools.cache
def table_of_singles() -> Array:
    table, table_low = short_table()
    return table + table_low


@functools.cache
def long_table() -> tuple[Array, ...]:
    """2**(j/2048) as floats and the rest."""
    return fixed_point.table(fixed_point.parts(power) for power in _powers_of_two())


@functools.cache
def steps() -> tuple[float, float, float, float]:
    """Steps in 1, and log(2)/2048 in parts, of which the first two have exact multiples up to 2**22."""
    step = fixed_point.log_2() // STEPS
    first = fixed_point.on_a_grid(step, -42)[0]
    second, third = fixed_point.on_a_grid(step - int(first * 2.0**42) * (fixed_point.ONE >> 42), -73)
    return (fixed_point.ONE << fixed_point.BITS) // step / fixed_point.ONE, first, second, third


# --- a block ---------------------------------------------------------------------------------------------------------


def _block(work: Work, x: Array, out: Array) -> Array:
    if x.max() < _HIGHEST and x.min() > _LOWEST:
        return _exp_of_sums(work, x, None, out, SLACK)
    safe, low = work.floats[8:10]
    np.copyto(safe, x)
    np.copyto(low, 0.0)
    return exp_of_sums(work, safe, low, out, SLACK)


def exp_of_sums(work: Work, x: Array, low: Array, out: Array, slack: Any) -> Array:
    """exp(x + low), and where it is undecided if the exponent is off by `slack`, or subnormal, or the largest there is.

    Overwrites both, the first eight buffers, and the first mask.
    """
    if x.max() < _HIGHEST and x.min() > _LOWEST:
        return _exp_of_sums(work, x, low, out, slack)
    far = np.flatnonzero(~(np.abs(x) < -_LOWEST))
    given = x[far]
    x[far] = low[far] = 0.0
    undecided = _exp_of_sums(work, x, low, out, slack)
    out[far] = np.where(given == given, np.where(given > 0, np.inf, 0.0), np.nan)
    undecided[far] = (given > -746) & (given < 710)
    return undecided


def _exp_of_sums(work: Work, x: Array, low: Array | None, out: Array, slack: Any) -> Array:
    """The same, where all exponents are so small that results are normal numbers."""
    t, k, first, rest, r, p, square, _ = work.floats[:8]
    per_one, step, step_low, step_lowest = steps()
    np.multiply(x, per_one, out=t)
    np.add(t, MAGIC, out=t)
    np.subtract(t, MAGIC, out=k)
    # x - k * step in a part that is a multiple of 2**-27, and the rest
    np.multiply(k, step, out=p)
    np.subtract(x, p, out=r)  # exact
    np.add(r, _SHORT, out=first)
    np.subtract(first, _SHORT, out=first)
    np.subtract(r, first, out=rest)  # exact
    np.multiply(k, step_low + step_lowest, out=p)
    np.subtract(rest, p, out=rest)
    if low is not None:
        np.add(rest, low, out=rest)
    np.add(first, rest, out=r)
    # exp(r) - 1, less its first part and whole
    np.multiply(r, 1 / 120, out=p)
    np.add(p, 1 / 24, out=p)
    np.multiply(p, r, out=p)
    np.add(p, 1 / 6, out=p)
    np.multiply(p, r, out=p)
    np.add(p, 0.5, out=p)
    np.multiply(r, r, out=square)
    np.multiply(p, square, out=p)
    np.add(p, rest, out=p)
    np.add(first, p, out=r)
    # times 2**(j/2048): one part exactly, and the rest
    bits = t.view(np.int64)
    j = work.ints[7]
    np.bitwise_and(bits, STEPS - 1, out=j)
    table, table_low = short_table()
    np.take(table, j, out=square, mode="wrap")
    np.multiply(p, square, out=p)
    np.take(table_low, j, out=rest, mode="wrap")
    np.multiply(r, rest, out=r)
    np.add(rest, r, out=rest)
    np.add(p, rest, out=p)
    np.multiply(first, square, out=first)  # exact
    np.add(square, first, out=first)  # exact: a multiple of 2**-52
    np.right_shift(bits, 11, out=bits)
    np.add(p, slack, out=r)
    np.add(first, r, out=out)
    np.subtract(p, slack, out=p)
    np.add(first, p, out=p)
    np.not_equal(out, p, out=work.flags[0])
    np.left_shift(bits, 52, out=bits)
    np.add(out.view(np.int64), bits, out=out.view(np.int64))
    return work.flags[0]


# --- what is left undecided ------------------------------------------------------------------------------------------


def round_scaled(number: Pair, exponent: Array, slack: float) -> tuple[Array, Array]:
    """(high + low) * 2**exponent rounded once, where high lies in [1/2, 4], and which are undecided if `slack` off."""
    high, low = number
    # Adding this leaves just what a subnormal result has room for.
    room = np.ldexp(1.0, (-1022 - exponent).astype(np.int32))
    room = np.where(high + low < room, room, 0.0)
    high, rest = two_floats.fast_two_sum(room, high)
    values, undecided = two_floats.rounded((high, low + rest), slack)
    return np.ldexp(values - room, exponent.astype(np.int32)), undecided


def exp_of_pairs(x: Pair) -> tuple[Pair, Array]:
    """exp(x) as a number in two floats of [1/2, 4], and its exponent; right to 2**-98, for |x| of at most 760."""
    per_one, step, step_low, step_lowest = steps()
    k = np.rint(x[0] * per_one)
    r = two_floats.two_sum(x[0] - k * step, -(k * step_low))
    r = two_floats.add(r, two_floats.two_sum(x[1], -(k * step_lowest)))
    whole = k.astype(np.int64)
    j = whole & (STEPS - 1)
    table: Pair = tuple(part[j] for part in long_table())
    series = two_floats.polynomial(_taylor(), r)
    return two_floats.multiply(table, series), whole >> 11


@functools.cache
def _taylor() -> list[Pair]:
    return fixed_point.pairs(fixed_point.ONE // math.factorial(n) for n in range(9))


def _in_two_floats(x: Array) -> tuple[Array, Array]:
    return round_scaled(*exp_of_pairs((x, np.zeros_like(x))), _PAIRS_SLACK)


def nearest_exp(x: float) -> float:
    """By whole numbers."""
    if x == 0:
        return 1.0
    top, bottom = x.as_integer_ratio()
    exponent = round(x * 1.4426950408889634)
    return fixed_point.nearest(lambda bits: fixed_point.exp_bounds(top, bottom, exponent, bits), exponent)


EXP = Function(_block, functools.partial(fixed_point.decided, _in_two_floats, nearest_exp))
