"""The length of a vector, hypot, rounded to the nearest float.

The squares are summed with their errors, and the square root of the sum is corrected by what its own square leaves
(Borges). The correction is known to 2**-74 of the result; where this could round to either of two floats, as in the
rare triples of Pythagoras that end in the middle between two, a sum without errors decides, or a whole square root.

Source: Borges, Algorithm 1014: An improved algorithm for hypot(x, y), 2020, doi:10.1145/3428446; Ziv, Fast evaluation
of elementary mathematical functions with correctly rounded last bit, 1991, doi:10.1145/114697.116813.
"""

import functools
import math

import numpy as np

from maskexpr.kernels.elementary import fixed_point
from maskexpr.kernels.elementary.blocks import Array, Function, Work
from maskexpr.kernels.elementary.in_place import round_once
from maskexpr.kernels.elementary.two_floats import UPPER, add, two_product, two_sum

# For 2**-74.
DOUBT = 1 + 2.0**-19
# Sums of squares within which no part of them that counts over- or underflows, and the shortest vectors that have such.
SMALLEST, LARGEST = 2.0**-900, 2.0**1000
_SHORT = 2.0**-449
# Where both sides are shorter the length may be subnormal, and must not be rounded twice.
_SHORTEST = 2.0**-1022


def _block(work: Work, a: Array, b: Array, out: Array) -> Array:
    undecided, largest, smallest = _length(work, a, b, out)
    if smallest > SMALLEST and largest < LARGEST:
        return undecided
    longer = np.maximum(np.abs(a), np.abs(b))  # nan if one is
    zero = longer == 0
    if largest < LARGEST and not ((longer < _SHORT) & ~zero).any():
        np.copyto(out, 0.0, where=zero)
        undecided &= ~zero
        return undecided
    exponent = np.frexp(longer)[1]
    shortest = np.flatnonzero((longer < _SHORTEST) & ~zero)
    fine = longer < np.inf
    undecided, _, _ = _length(work, np.ldexp(a, -exponent), np.ldexp(b, -exponent), out)
    np.ldexp(out, exponent, out=out)
    np.copyto(out, 0.0, where=zero)
    np.copyto(out, np.inf, where=np.isinf(a) | np.isinf(b))
    undecided &= fine & ~zero
    if shortest.size:
        out[shortest] = _subnormal_length(a[shortest], b[shortest])
        undecided[shortest] = False
    return undecided


def _subnormal_length(a: Array, b: Array) -> Array:
    """Of sides that are subnormal: their bits are whole numbers, and so are those of the length, the nearest to a
    square root, which is never in the middle between two."""
    a, b = (np.abs(side).view(np.int64) for side in (a, b))
    square = a * a + b * b  # modulo 2**64, as all that follows: the differences are small
    x, y = a.astype(np.float64), b.astype(np.float64)
    root = np.rint(np.sqrt(x * x + y * y)).astype(np.int64)
    for _ in range(2):  # which it is off by at most
        left = square - root * root
        root += (left > root).astype(np.int64) - (left <= -root)
    return root.view(np.float64)


def _length(work: Work, a: Array, b: Array, out: Array) -> tuple[Array, float, float]:
    """The length of (a, b), where it is in doubt, and the largest and smallest sum of squares."""
    a_square, a_rest, b_square, b_rest, total, error = work.floats[0:6]
    _square(a, a_square, a_rest, error, work.ints[5])
    _square(b, b_square, b_rest, error, work.ints[5])
    larger, smaller = total, error
    np.maximum(a_square, b_square, out=larger)
    np.minimum(a_square, b_square, out=smaller)
    square = a_square
    np.add(larger, smaller, out=square)
    np.subtract(larger, square, out=larger)
    np.add(larger, smaller, out=larger)
    rest = a_rest
    np.add(a_rest, b_rest, out=rest)
    np.add(rest, larger, out=rest)  # the sum of the squares is square + rest, right to 2**-75
    np.add(square, rest, out=total)
    largest, smallest = total.max(), total.min()
    root = total
    np.sqrt(total, out=root)
    its_square, its_rest = b_square, b_rest
    _square(root, its_square, its_rest, error, work.ints[5])
    np.subtract(square, its_square, out=square)  # exact
    np.add(square, rest, out=square)
    np.subtract(square, its_rest, out=square)
    np.add(root, root, out=rest)
    np.divide(square, rest, out=rest)
    return round_once(root, rest, DOUBT, out, work.flags[0]), largest, smallest


def _square(x: Array, square: Array, rest: Array, half: Array, its_bits: Array) -> None:
    """The exact square of the upper 26 bits of x, and the rest of its square, right to 2**-76."""
    np.bitwise_and(x.view(np.int64), UPPER, out=its_bits)
    np.subtract(x, half, out=rest)
    np.multiply(half, half, out=square)
    np.add(half, x, out=half)
    np.multiply(rest, half, out=rest)


# --- what is left undecided ------------------------------------------------------------------------------------------


def _compared(a: Array, b: Array) -> tuple[Array, Array]:
    """Of lengths that are no subnormal numbers: between two floats, the square of their middle is compared with the sum
    of the squares, exactly. None is left undecided."""
    exponent = np.frexp(np.maximum(np.abs(a), np.abs(b)))[1]
    a, b = np.ldexp(a, -exponent), np.ldexp(b, -exponent)
    squares = two_product(a, a), two_product(b, b)
    total = add(*squares)
    root = np.sqrt(total[0])
    its_square = two_product(root, root)
    left = add(total, (-its_square[0], -its_square[1]))[0] / (2 * root)
    near = root + left
    other = np.nextafter(near, np.copysign(np.inf, left - (near - root)))
    half = (other - near) / 2
    square = two_product(near, near)
    parts = [*squares[0], *squares[1], -square[0], -square[1], -2 * near * half, -half * half]  # all of them exact
    beyond = _sign(parts) * np.sign(half)
    odd = (near.view(np.int64) & 1) == 1
    nearest = np.where((beyond > 0) | ((beyond == 0) & odd), other, near)
    return np.ldexp(nearest, exponent), np.zeros(a.shape, bool)


def _sign(parts: list[Array]) -> Array:
    """The sign of a sum whose last place is above 2**-200 of the largest part: what each sum of two leaves is summed
    again (Ogita, Rump and Oishi, Accurate sum and dot product, 2005, doi:10.1137/030601818)."""
    for _ in range(4):
        for i in range(1, len(parts)):
            parts[i], parts[i - 1] = two_sum(parts[i], parts[i - 1])
    total: Array = np.sign(functools.reduce(np.add, parts))
    return total


def _nearest(a: float, b: float) -> float:
    """By a whole square root of 64 bits and more: beyond them only its being exact, or not, matters."""
    (a_top, a_bottom), (b_top, b_bottom) = a.as_integer_ratio(), b.as_integer_ratio()
    square = (a_top * b_bottom) ** 2 + (b_top * a_bottom) ** 2
    more = max(0, 65 - square.bit_length() // 2)
    root = math.isqrt(square << 2 * more)
    inexact = root * root != square << 2 * more
    return fixed_point.scaled(2 * root + inexact, -(more + (a_bottom * b_bottom).bit_length()))


HYPOT = Function(_block, functools.partial(fixed_point.decided, _compared, _nearest))
