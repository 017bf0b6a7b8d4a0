"""log, log2 and log10, rounded to the nearest float, and the pieces of log that powers take.

x = 2**k * m with m in [1/sqrt(2), sqrt(2)), and a short number c near 1/m such that r = m * c - 1 is a float and below
2**-11: log(x) = k * log(2) - log(c) + log(1 + r), with a table by the first bits of m and six terms of the series
(Tang, Table-driven implementation of the logarithm function in IEEE floating-point arithmetic, 1990,
doi:10.1145/98267.98294; r without an error after Gal and Bachelis, An accurate elementary mathematical library for the
IEEE floating point standard, 1991, doi:10.1145/103147.103151). The error is below 2**-72, and near 1 below 2**-49 of
the second term. Where it is not known then which float is nearest (Ziv, 1991, doi:10.1145/114697.116813), two floats
are taken, and whole numbers where these do not tell.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from maskexpr.kernels.elementary import fixed_point, two_floats
from maskexpr.kernels.elementary.blocks import Array, Function, Work
from maskexpr.kernels.elementary.two_floats import Pair

SQRT_HALF = 0x3FE6A09E << 32 >> 41 << 41  # the bits of sqrt(1/2), cut to a cell's first
CELLS = 2048
SMALLEST = 2.0**-1022
SLACK = 2.0**-72
SLACK_OF_SIZE = 2.0**-75  # near 1, in proportion to the logarithm
_PAIRS_SLACK = 2.0**-97


# --- tables ----------------------------------------------------------------------------------------------------------


@functools.cache
def inverses() -> Array:
    """A number near 1/m for each cell of m: a multiple of 2**-12 up to 1, of 2**-11 above; 1 for the cells beside 1."""
    first = (np.arange(CELLS, dtype=np.int64) << 41) + SQRT_HALF
    starts, ends = first.view(np.float64), (first + (1 << 41)).view(np.float64)
    parts = np.where(starts < 1, 2048.0, 4096.0)
    inverses = np.rint(parts / ((starts + ends) / 2)) / parts
    inverses[(starts == 1) | (ends == 1)] = 1
    inverses.setflags(write=False)
    return inverses


@functools.cache
def _logs() -> dict[int, int]:
    """log(n / 4096) in fixed point, of each n there is among the inverses; off by some thousand units."""
    found = {4096: 0}
    for n in range(4096, 5795):
        found[n + 1] = found[n] + 2 * fixed_point.artanh_of_inverse(2 * n + 1)
    for n in range(4096, 2894, -1):
        found[n - 1] = found[n] - 2 * fixed_point.artanh_of_inverse(2 * n - 1)
    return found


@dataclass(frozen=True, slots=True)
class Base:
    """Logarithms to one base: the tables, and what is multiplied with natural ones."""

    table: Array  # -log(c) as multiples of 2**-42
    table_low: Array
    table_of_singles: Array  # both, rounded
    two: tuple[float, float]  # the logarithm of 2, as a multiple of 2**-42 and the rest
    scale: tuple[float, float]  # 1 / log(base), the first part of 26 bits
    long_scale: tuple[float, ...]
    series: tuple[float, ...]  # of log(1 + r) - r, over r**2


def _base(log_of_base: int) -> Base:
    scale = (fixed_point.ONE << fixed_point.BITS) // log_of_base
    two = fixed_point.log_2() * scale >> fixed_point.BITS
    first, rest = fixed_point.parts(scale, first=26)
    values = (-log * scale >> fixed_point.BITS for log in _logs_of_cells())
    table, table_low = fixed_point.table(fixed_point.on_a_grid(value, -42) for value in values)
    return Base(
        table,
        table_low,
        table + table_low,
        fixed_point.on_a_grid(two, -42),
        (first, rest),
        fixed_point.parts(scale),
        tuple((-scale if n % 2 == 0 else scale) / (n * fixed_point.ONE) for n in range(2, 7)),
    )


def _logs_of_cells() -> Iterator[int]:
    logs = _logs()
    return (logs[n] for n in (inverses() * 4096).astype(int).tolist())


@functools.cache
def long_table() -> tuple[Array, ...]:
    """-log(c) of each cell in two floats."""
    return fixed_point.table(fixed_point.parts(-log) for log in _logs_of_cells())


@functools.cache
def natural() -> Base:
    return _base(fixed_point.ONE)


@functools.cache
def binary() -> Base:
    return _base(fixed_point.log_2())


@functools.cache
def decimal() -> Base:
    return _base(fixed_point.log_10())


# --- a block ---------------------------------------------------------------------------------------------------------


def log_in_parts(work: Work, x: Array, base: Base, less: Array | None = None) -> Pair:
    """The logarithm of positive normal numbers x / 2**less in two parts, off by less than SLACK.

    The parts are the buffers 8 and 9, and 10 is the square of r; it uses the next six, too.
    """
    total, p, square, r, d, w = work.floats[8:14]
    k, j = work.ints[14], work.ints[15]
    bits = x.view(np.int64)
    np.subtract(bits, SQRT_HALF, out=k)
    np.right_shift(k, 41, out=j)
    np.bitwise_and(j, CELLS - 1, out=j)
    np.right_shift(k, 52, out=k)
    m = work.ints[12]
    np.left_shift(k, 52, out=m)
    np.subtract(bits, m, out=m)
    cell = work.floats[11]
    np.bitwise_and(m, -1 << 41, out=cell.view(np.int64))
    np.subtract(d, cell, out=d)
    # m * c - 1 = (cell * c - 1) + (m - cell) * c, all of it exact
    np.take(inverses(), j, out=w, mode="wrap")
    np.multiply(d, w, out=d)
    np.multiply(r, w, out=r)
    np.subtract(r, 1.0, out=r)
    np.add(r, d, out=r)
    # k * log(2) - log(c), the first part exact
    exponent = d
    np.copyto(exponent, k)
    if less is not None:
        np.subtract(exponent, less, out=exponent)
    _add_tables(base, j, exponent, total, p, w)
    rest = work.floats[15]
    _series(base, r, rest, square)
    np.add(p, rest, out=p)
    if base.scale != (1.0, 0.0):
        _scale(base, r, p, w, d)
    np.add(total, r, out=w)
    np.subtract(w, total, out=d)
    np.subtract(r, d, out=d)  # exact: what the sum lost
    np.add(p, d, out=p)
    return w, p


def _add_tables(base: Base, j: Array, exponent: Array, total: Array, low: Array, w: Array) -> None:
    np.take(base.table, j, out=total, mode="wrap")
    np.take(base.table_low, j, out=low, mode="wrap")
    two, two_low = base.two
    if two_low:
        np.multiply(exponent, two_low, out=w)
        np.add(low, w, out=low)
        np.multiply(exponent, two, out=exponent)
    np.add(total, exponent, out=total)


def _series(base: Base, r: Array, p: Array, square: Array) -> None:
    *others, last = base.series
    np.multiply(r, last, out=p)
    for coefficient in others[:0:-1]:
        np.add(p, coefficient, out=p)
        np.multiply(p, r, out=p)
    np.add(p, others[0], out=p)
    np.multiply(r, r, out=square)
    np.multiply(p, square, out=p)


def _scale(base: Base, r: Array, p: Array, w: Array, d: Array) -> None:
    """r times the scale: a part that is exact instead of r, and the rest added to p."""
    first, rest = base.scale
    np.bitwise_and(r.view(np.int64), two_floats.UPPER, out=w.view(np.int64))
    np.subtract(r, w, out=d)
    np.multiply(d, first, out=d)
    np.multiply(r, rest, out=r)
    np.add(d, r, out=d)
    np.add(p, d, out=p)
    np.multiply(w, first, out=r)


def _log_block(work: Work, x: Array, out: Array, base: Base) -> Array | None:
    if x.min() >= SMALLEST and x.max() < np.inf:
        return _positive_block(work, x, out, base)
    safe, less, tiny = positive(work, x), work.floats[1], work.flags[2]
    np.less(safe, SMALLEST, out=tiny)
    np.multiply(tiny, 54.0, out=less)
    np.multiply(safe, 2.0**54, out=safe, where=tiny)
    undecided = _positive_block(work, safe, out, base, less)
    set_by_rules(work, x, out)
    return undecided


def positive(work: Work, x: Array) -> Array:
    """x with 2 for what is no positive number, in the first buffer."""
    safe, (fine, mask) = work.floats[0], work.flags[1:3]
    np.greater(x, 0, out=fine)
    np.logical_and(fine, np.less(x, np.inf, out=mask), out=fine)
    np.copyto(safe, 2.0)
    np.copyto(safe, x, where=fine)
    return safe


def set_by_rules(work: Work, x: Array, out: Array) -> None:
    """What C99 says of all others."""
    others = np.flatnonzero(np.logical_not(work.flags[1], out=work.flags[2]))
    given = x[others]
    out[others] = np.where(given == 0, -np.inf, np.where(given == np.inf, np.inf, np.nan))


def _positive_block(work: Work, x: Array, out: Array, base: Base, less: Array | None = None) -> Array | None:
    high, low = log_in_parts(work, x, base, less)
    r, other, undecided = work.floats[2], work.floats[3], work.flags[0]
    np.add(low, SLACK, out=r)
    np.add(high, r, out=out)
    np.subtract(low, SLACK, out=r)
    np.add(high, r, out=other)
    np.not_equal(out, other, out=undecided)
    count = np.count_nonzero(undecided)
    if count == 0:
        return None
    # Near 1 the error is far smaller: a closer look at these, or at all where they are many.
    slack_of_series = 2.0**-50 * base.scale[0]
    if count > x.size // 16:
        return _look_closer(work, high, low, slack_of_series, out)
    places = np.flatnonzero(undecided)
    number = high[places], low[places]
    slack = slack_of_series * work.floats[10][places] + SLACK_OF_SIZE * np.abs(number[0])
    out[places], undecided[places] = two_floats.rounded(number, slack)
    return undecided


def _look_closer(work: Work, high: Array, low: Array, slack_of_series: float, out: Array) -> Array:
    slack, t = work.floats[2:4]
    np.abs(high, out=slack)
    np.multiply(slack, SLACK_OF_SIZE, out=slack)
    np.multiply(work.floats[10], slack_of_series, out=t)
    np.add(slack, t, out=slack)
    np.add(low, slack, out=t)
    np.add(high, t, out=out)
    np.subtract(low, slack, out=t)
    np.add(high, t, out=t)
    return np.not_equal(out, t, out=work.flags[0])


# --- what is left undecided ------------------------------------------------------------------------------------------


def log_of_floats(x: Array, base: Base) -> Pair:
    """The logarithm of positive numbers in two floats, right to 2**-98 of its size."""
    tiny = x < SMALLEST
    bits = (x * np.where(tiny, 2.0**54, 1.0)).view(np.int64)
    k = (bits - SQRT_HALF) >> 52
    j = ((bits - SQRT_HALF) >> 41) & (CELLS - 1)
    m = (bits - (k << 52)).view(np.float64)
    cell = (m.view(np.int64) & (-1 << 41)).view(np.float64)
    inverse = inverses()[j]
    r = (cell * inverse - 1) + (m - cell) * inverse
    zero = np.zeros_like(r)
    series = two_floats.multiply(two_floats.polynomial(_series_pairs(), (r, zero)), (r, zero))
    exponent = np.where(tiny, k - 54, k).astype(np.float64)
    twos = two_floats.multiply_float(tuple(zero + part for part in fixed_point.parts(fixed_point.log_2())), exponent)
    table: Pair = tuple(part[j] for part in long_table())
    total: Pair = two_floats.add(two_floats.add(twos, table), series)
    if base.scale != (1.0, 0.0):
        total = two_floats.multiply(total, tuple(zero + part for part in base.long_scale))
    return total


@functools.cache
def _series_pairs() -> list[Pair]:
    """Of log(1 + r) / r."""
    return fixed_point.pairs((-1) ** n * fixed_point.ONE // (n + 1) for n in range(11))


def _nearest(x: float, log_of_base: Callable[[int], int]) -> float:
    """By whole numbers."""
    if x == 1:
        return 0.0

    def bounds(bits: int) -> tuple[int, int]:
        quotient = (fixed_point.log(x, bits + 14) << bits) // log_of_base(bits)
        return (quotient >> 14) - 1, (quotient >> 14) + 2

    return fixed_point.nearest(bounds)


def _function(base: Callable[[], Base], log_of_base: Callable[[int], int]) -> Function:
    def block(work: Work, x: Array, out: Array) -> Array | None:
        return _log_block(work, x, out, base())

    def in_two_floats(x: Array) -> tuple[Array, Array]:
        number = log_of_floats(x, base())
        return two_floats.rounded(number, _PAIRS_SLACK * np.abs(number[0]))

    def nearest(x: float) -> float:
        return _nearest(x, log_of_base)

    return Function(block, functools.partial(fixed_point.decided, in_two_floats, nearest))


def _one(bits: int) -> int:
    return 1 << bits


LOG = _function(natural, _one)
LOG2 = _function(binary, fixed_point.log_2)
LOG10 = _function(decimal, fixed_point.log_10)
