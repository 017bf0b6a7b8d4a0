"""Powers, rounded to the nearest float: exp(y * log(x)), the logarithm and the product in two parts.

Where the first stage (off by 2**-70 for small y) does not tell which float is nearest, two floats are taken, and whole
numbers where these do not tell, as for powers that lie in the middle between two floats (Ziv, Fast evaluation of
elementary mathematical functions with correctly rounded last bit, 1991, doi:10.1145/114697.116813).
"""

import functools
import math

import numpy as np

from maskexpr.kernels.elementary import exponentials, fixed_point, logarithms, two_floats
from maskexpr.kernels.elementary.blocks import Array, Function, Work
from maskexpr.kernels.elementary.exponentials import exp_of_pairs, exp_of_sums, round_scaled
from maskexpr.kernels.elementary.logarithms import log_in_parts, log_of_floats, natural

_SMALLEST = 2.0**-1022
_LARGEST = 2.0**70  # an exponent from here on gives 0, 1 or inf
_LARGE = 2.0**12
_BEYOND = 760.0  # the exponential of this, and of less, is 0 or inf
_PAIRS_SLACK = 2.0**-86


# --- a block ---------------------------------------------------------------------------------------------------------


def _block(work: Work, x: Array, y: Array, out: Array) -> Array | None:
    lowest, highest = float(y.min()), float(y.max())
    if lowest == highest:
        y = y[:1]
    largest = max(highest, -lowest)
    if x.min() >= _SMALLEST and x.max() < np.inf and largest < np.inf:
        return _positive_block(work, x, y, largest, out)
    return _any_block(work, x, y, out)


def _positive_block(work: Work, x: Array, y: Array, largest: float, out: Array, less: Array | None = None) -> Array:
    """(x / 2**less) ** y for positive normal x, and y of a size up to the largest."""
    if largest > _LARGEST:
        y = np.clip(y, -_LARGEST, _LARGEST)
    high, low = log_in_parts(work, x, natural(), less)
    product, rest = _times(work, high, low, y)
    if largest <= _LARGE:
        return exp_of_sums(work, product, rest, out, exponentials.SLACK + largest * logarithms.SLACK)
    # One by one, as the logarithm of what is near 1 is off by far less. The second part may have become long.
    slack = np.abs(high) * 2.0**-75 + work.floats[10] * 2.0**-50
    slack *= np.abs(y)
    slack += exponentials.SLACK
    return exp_of_sums(work, *two_floats.fast_two_sum(product, rest), out, slack)


def _times(work: Work, high: Array, low: Array, y: Array) -> tuple[Array, Array]:
    """y times a number in two parts, of which the product of the first is exact."""
    product, rest, first, second, t = work.floats[17:22]
    y_first, y_second = (row[: y.size] for row in work.floats[22:24])
    _halves(high, first, second)
    _halves(y, y_first, y_second)
    np.multiply(high, y, out=product)
    np.multiply(first, y_first, out=rest)
    np.subtract(rest, product, out=rest)
    for a, b in ((first, y_second), (second, y_first), (second, y_second), (low, y)):
        np.multiply(a, b, out=t)
        np.add(rest, t, out=rest)
    return product, rest


def _halves(a: Array, first: Array, second: Array) -> None:
    """two_floats.halves, in buffers."""
    np.add(a.view(np.int64), two_floats.HALF, out=first.view(np.int64))
    np.bitwise_and(first.view(np.int64), two_floats.UPPER, out=first.view(np.int64))
    np.subtract(a, first, out=second)


def _any_block(work: Work, x: Array, y: Array, out: Array) -> Array:
    """With what is 0, infinite or nan left to C99's rules, and signs."""
    base, exponent, less = work.floats[24:27]
    ordinary, mask = work.flags[1:3]
    np.abs(x, out=base)
    np.greater(base, 0, out=ordinary)
    np.logical_and(ordinary, np.less(base, np.inf, out=mask), out=ordinary)
    np.logical_and(ordinary, np.abs(y) < np.inf, out=ordinary)
    others = np.flatnonzero(np.logical_not(ordinary, out=mask))
    base[others] = 1.0
    np.copyto(exponent, y)
    exponent[others] = 0.0
    np.less(base, _SMALLEST, out=mask)
    tiny = mask.any()
    if tiny:
        np.multiply(base, 2.0**54, out=base, where=mask)
        np.multiply(mask, 54.0, out=less)
    largest = float(np.abs(exponent).max())
    undecided = _positive_block(work, base, exponent, largest, out, less if tiny else None)
    np.logical_and(undecided, ordinary, out=undecided)
    np.signbit(x, out=mask)
    if mask.any():
        negative = np.flatnonzero(mask)
        _negate(x[negative], np.broadcast_to(y, x.shape)[negative], out, undecided, negative)
    if others.size:
        out[others] = _by_rules(x[others], np.broadcast_to(y, x.shape)[others])
    return undecided


def _negate(x: Array, y: Array, out: Array, undecided: Array, places: Array) -> None:
    """Of bases whose sign is set: powers are negative where y is odd, and nan where it is not whole."""
    out[places] = np.where(_odd(y), -out[places], out[places])
    invalid = places[np.floor(y) != y]
    out[invalid] = np.nan
    undecided[invalid] = False


def _by_rules(x: Array, y: Array) -> Array:
    """Powers where x is 0, or one of both is not finite."""
    size = np.abs(x)
    found: Array = np.where((size > 1) == (y > 0), np.inf, 0.0)
    found = np.where(np.signbit(x) & _odd(y), -found, found)
    found = np.where(size == 1, 1.0, found)
    found = np.where((x != x) | (y != y), np.nan, found)
    np.copyto(found, 1.0, where=(y == 0) | (x == 1))
    return found


def _odd(y: Array) -> Array:
    found: Array = np.abs(np.fmod(y, 2.0)) == 1
    return found


# --- what is left undecided ------------------------------------------------------------------------------------------


def _exact(x: Array, y: Array) -> Array:
    size = np.abs(x)
    values, short = _short_powers(size, y)
    left = np.flatnonzero(~short)
    values[left] = fixed_point.decided(_in_two_floats, _nearest, size[left], y[left])
    np.negative(values, out=values, where=(x < 0) & _odd(y))
    return values


def _short_powers(x: Array, y: Array) -> tuple[Array, Array]:
    """Powers of few bits, those in the middle between two floats among them; and which these are."""
    for _ in range(2):  # few numbers have an eighth root
        x, y = _of_square_roots(x, y)
    m, twos = np.frexp(x)
    odd = (m * 2.0**53).astype(np.int64)
    lowest = odd & -odd
    bits = np.frexp(odd / np.maximum(lowest, 1))[1]
    exponent = np.where((y >= 1) & (y <= 62) & (np.floor(y) == y), y, 1e9).astype(np.int64)
    twos = (twos - bits) * exponent
    short = (bits * exponent <= 62) & (np.abs(twos) < 900)
    whole = np.where(short, odd // np.maximum(lowest, 1), 1) ** np.where(short, exponent, 1)
    return np.ldexp(whole.astype(np.float64), np.where(short, twos, 0).astype(np.int32)), short


def _of_square_roots(x: Array, y: Array) -> tuple[Array, Array]:
    """The same powers as some of square roots, where these are short and exponents not whole."""
    square = np.floor(y) != y
    if not square.any():
        return x, y
    root = np.sqrt(x)
    first, rest = two_floats.halves(root)
    square &= (rest == 0) & (first * first == x) & (x > 2.0**-900)
    return np.where(square, root, x), np.where(square, 2 * y, y)


def _in_two_floats(x: Array, y: Array) -> tuple[Array, Array]:
    product = two_floats.multiply_float(log_of_floats(x, natural()), np.clip(y, -_LARGEST, _LARGEST))
    far = np.abs(product[0]) > _BEYOND
    product = (np.clip(product[0], -_BEYOND, _BEYOND), np.where(far, 0.0, product[1]))
    number, exponent = exp_of_pairs(product)
    return round_scaled(number, exponent, _PAIRS_SLACK)


@functools.lru_cache(8192)  # a flat image asks for one power again and again
def _nearest(x: float, y: float) -> float:
    """By whole numbers, of a positive base."""
    product = y * math.log(x)
    if abs(product) > _BEYOND:
        return math.inf if product > 0 else 0.0
    exact = _short_power(x, y)
    if exact is not None:
        return exact
    exponent = round(product * 1.4426950408889634)
    top, bottom = y.as_integer_ratio()

    def bounds(bits: int) -> tuple[int, int]:
        more = bits + 30 + max(0, math.frexp(y)[1])
        low, high = fixed_point.exp_bounds(fixed_point.log(x, more) * top // bottom, 1 << more, exponent, bits)
        return low - 1, high + 1

    return fixed_point.nearest(bounds, exponent)


def _short_power(x: float, y: float) -> float | None:
    """x**y, if it is a number of at most 54 bits: a float, or in the middle between two."""
    odd, bottom = x.as_integer_ratio()
    twos = (odd & -odd).bit_length() - bottom.bit_length()
    odd //= odd & -odd
    exponent, roots = y.as_integer_ratio()
    for _ in range(roots.bit_length() - 1):
        root = math.isqrt(odd)
        if root * root != odd or twos % 2:
            return None
        odd, twos = root, twos // 2
    if odd > 1 and (exponent < 0 or exponent * (odd.bit_length() - 1) > 54):
        return None
    return fixed_point.scaled(odd ** max(exponent, 0), twos * exponent)


POWER = Function(_block, _exact)
