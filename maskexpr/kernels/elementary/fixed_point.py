"""Numbers in fixed point, as Python's whole numbers, of which tables and constants are made.

Whole numbers are the same on every machine, so tables are too, and they need no file. A number x is
`round(x * 2**BITS)`; what is made here is off by some units of 2**-BITS at most (each function says how many).
"""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

BITS = 200
FEW = 32  # for which whole numbers are faster than some hundred calls of NumPy
ONE = 1 << BITS


def arctan_of_inverse(n: int, bits: int = BITS, sign: int = -1) -> int:
    """arctan(1/n), or with sign 1 artanh(1/n), by its series; off by a unit a term."""
    power = total = (1 << bits) // n
    k, square, signs = 1, n * n, sign
    while power:
        power //= square
        k += 2
        total += signs * (power // k)
        signs *= sign
    return total


def artanh_of_inverse(n: int, bits: int = BITS) -> int:
    return arctan_of_inverse(n, bits, 1)


@functools.cache
def log_2(bits: int = BITS) -> int:
    """The logarithm of 2 (Machin's way: 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749)); off by a unit."""
    more = bits + 20
    total = 18 * artanh_of_inverse(26, more) - 2 * artanh_of_inverse(4801, more) + 8 * artanh_of_inverse(8749, more)
    return total >> 20


@functools.cache
def log_10(bits: int = BITS) -> int:
    """The logarithm of 10: log(10) = 3 log(2) + log(10/8), and log(5/4) = 2 artanh(1/9); off by a unit."""
    more = bits + 20
    return (3 * log_2(more) + 2 * artanh_of_inverse(9, more)) >> 20


@functools.cache
def pi(bits: int = BITS) -> int:
    """pi, by Machin's formula; off by a unit."""
    more = bits + 20
    return (16 * arctan_of_inverse(5, more) - 4 * arctan_of_inverse(239, more)) >> 20


def exp_bounds(top: int, bottom: int, exponent: int, bits: int) -> tuple[int, int]:
    """Two whole numbers between which 2**bits * exp(top / bottom) / 2**exponent lies, which is of about 1."""
    more = bits + 30
    x = (top << more) // bottom - exponent * log_2(more)
    total, term, n = 1 << more, 1 << more, 1
    while term not in (0, -1):  # what is negative is rounded down
        term = (term * x >> more) // n
        total += term
        n += 1
    return (total >> 30) - 1, (total >> 30) + 2


def log(x: float, bits: int) -> int:
    """The logarithm of a positive number; off by two units."""
    more = bits + 20
    m, exponent = math.frexp(x)
    if m < 0.7:
        m, exponent = 2 * m, exponent - 1
    whole, one = int(m * 2**53), 2**53
    z = ((whole - one) << more) // (whole + one)
    square = z * z >> more
    total, power, n = 0, z, 1
    while power not in (0, -1):
        total += power // n
        power = power * square >> more
        n += 2
    return (2 * total + exponent * log_2(more)) >> 20


def parts(value: int, count: int = 2, bits: int = BITS, first: int = 53) -> tuple[float, ...]:
    """A number in fixed point as a sum of floats, of which the first has at most `first` bits."""
    found = []
    for n in range(count):
        cut = max(0, abs(value).bit_length() - first) if n == 0 else 0
        near = ((value + ((1 << cut) >> 1)) >> cut) << cut
        found.append(near / (1 << bits))  # the true division of whole numbers rounds once
        top, bottom = found[-1].as_integer_ratio()
        value -= (top << bits) // bottom
    return tuple(found)


def pairs(values: Iterable[int]) -> list[tuple[float, float]]:
    """Numbers in fixed point as sums of two floats."""
    return [(high, low) for high, low in map(parts, values)]


def on_a_grid(value: int, exponent: int, bits: int = BITS) -> tuple[float, float]:
    """A number in fixed point as the nearest multiple of 2**exponent, and the rest."""
    cut = bits + exponent
    near = ((value + ((1 << cut) >> 1)) >> cut) << cut
    return near / (1 << bits), (value - near) / (1 << bits)


def table(rows: Iterable[Sequence[float]]) -> tuple[Array, ...]:
    """Tables of parts, which nobody may change: one of the first parts, one of the second..."""
    columns = tuple(np.array(column) for column in zip(*rows, strict=True))
    for column in columns:
        column.setflags(write=False)
    return columns


def nearest(bounds: Callable[[int], tuple[int, int]], exponent: int = 0) -> float:
    """The float nearest to a number that is no float, nor in the middle between two.

    `bounds(bits)` says between which two whole numbers 2**bits of it lie; it is asked with ever more bits until both
    round to the same float. The number is scaled by 2**exponent, and rounded once.
    """
    bits = 128
    while True:
        low, high = (scaled(value, exponent - bits) for value in bounds(bits))
        if low == high:
            return low
        bits *= 2


def scaled(value: int, exponent: int) -> float:
    """value * 2**exponent, rounded once to the nearest float, subnormal ones too, or inf."""
    try:
        return float(value << exponent) if exponent >= 0 else value / (1 << -exponent)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def decided(in_two_floats: Callable[..., tuple[Array, Array]], nearest: Callable[..., float], *values: Array) -> Array:
    """What is found of values in two floats, and by whole numbers of those that this leaves undecided, or of few."""
    if values[0].size <= FEW:
        return for_each(nearest, *values)
    found, undecided = in_two_floats(*values)
    left = np.flatnonzero(undecided)
    found[left] = for_each(nearest, *(v[left] for v in values))
    return found


def for_each(function: Callable[..., float], *values: Array) -> Array:
    """A function of floats for each of some values, computed once for those with the same bits: where one is left
    undecided, so are all its like, which may be the whole of an image's background."""
    found: dict[tuple[int, ...], float] = {}
    numbers = zip(*(v.tolist() for v in values), strict=True)
    keys = list(zip(*(v.view(np.int64).tolist() for v in values), strict=True))
    for key, number in zip(keys, numbers, strict=True):
        if key not in found:
            found[key] = function(*number)
    return np.array([found[key] for key in keys])
