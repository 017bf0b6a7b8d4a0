"""Numbers as the sum of two floats, high and low, where |low| is at most half a unit in the last place of high.

Only IEEE addition, subtraction, multiplication and division, which round alike on every machine; a fused
multiply-add is never needed. Results of pairs are right to about 2**-102 of their size.

Sources: Dekker, A floating-point technique for extending the available precision, 1971, doi:10.1007/BF01397083;
Joldes, Muller and Popescu, Tight and rigorous error bounds for basic building blocks of double-word arithmetic, 2017,
doi:10.1145/3121432.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Pair = tuple[Any, Any]

UPPER = np.int64(-(2**27))  # with these bits, a float has 26 of its 53
HALF = np.int64(2**26)  # added to the bits before, they are rounded

# --- of floats -------------------------------------------------------------------------------------------------------


def two_sum(a: Any, b: Any) -> Pair:
    """a + b, rounded, and the error: exactly a + b, whatever their sizes."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def fast_two_sum(a: Any, b: Any) -> Pair:
    """The same, where |a| >= |b|, or a is 0 or a multiple of the last place of b."""
    s = a + b
    return s, b - (s - a)


def halves(a: Array) -> tuple[Array, Array]:
    """a as the exact sum of two numbers of 26 bits, the first being a rounded to that many."""
    high = ((a.view(np.int64) + HALF) & UPPER).view(np.float64)
    return high, a - high


def two_product(a: Array, b: Array) -> Pair:
    """a * b, rounded, and the error: exactly a * b, for arrays, where nothing over- or underflows."""
    p = a * b
    a_high, a_low = halves(a)
    b_high, b_low = halves(b)
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


# --- of pairs --------------------------------------------------------------------------------------------------------


def add(a: Pair, b: Pair) -> Pair:
    """a + b; right to 2**-102 of the larger where their signs differ."""
    s, e = two_sum(a[0], b[0])
    t, f = two_sum(a[1], b[1])
    s, e = fast_two_sum(s, e + t)
    return fast_two_sum(s, e + f)


def multiply(a: Pair, b: Pair) -> Pair:
    p, e = two_product(a[0], b[0])
    return fast_two_sum(p, e + (a[0] * b[1] + a[1] * b[0]))


def multiply_float(a: Pair, b: Array) -> Pair:
    p, e = two_product(a[0], b)
    return fast_two_sum(p, e + a[1] * b)


def divide(a: Pair, b: Pair) -> Pair:
    q = a[0] / b[0]
    p, e = two_product(q, b[0])
    rest = ((a[0] - p) - e) + (a[1] - q * b[1])
    return fast_two_sum(q, rest / b[0])


def polynomial(coefficients: list[Pair], x: Pair) -> Pair:
    """Coefficients from the constant one on."""
    total: Pair = tuple(np.full_like(x[0], c) for c in coefficients[-1])
    for c in coefficients[-2::-1]:
        total = add(multiply(total, x), tuple(np.full_like(x[0], part) for part in c))
    return total


def rounded(number: Pair, slack: Any) -> tuple[Array, Array]:
    """The float nearest to a pair, and whether that is undecided if the pair is off by `slack`."""
    high, low = number
    values = high + (low + slack)
    return values, values != high + (low - slack)
