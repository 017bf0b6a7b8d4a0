"""The cube root, rounded to the nearest float."""

import functools
import math

import numpy as np

from maskexpr.kernels.elementary import fixed_point
from maskexpr.kernels.elementary.blocks import Array, Function, Work
from maskexpr.kernels.elementary.two_floats import fast_two_sum, two_product

_ITERATIONS = 4


def _block(work: Work, x: Array, out: Array) -> Array:
    """Newton's steps from a first guess by the bits, and a last one whose error is known exactly."""
    m, e = np.frexp(x)  # exact, of subnormal numbers too
    third = -(-e // 3)
    m = np.ldexp(np.abs(m), e - 3 * third)  # in [1/8, 1)
    fine = (m > 0) & (m < np.inf)
    m = np.where(fine, m, 0.5)
    y = 0.38 + 0.65 * m
    for _ in range(_ITERATIONS):
        y = y - (y - m / (y * y)) / 3
    square, rest = two_product(y, y)
    cube, more = two_product(square, y)
    left = ((m - cube) - more) - rest * y
    high, low = fast_two_sum(y, left / (3 * square))
    np.ldexp(np.copysign(high, x), third, out=out)
    np.copyto(out, x, where=~fine)
    np.copyto(out, np.nan, where=x != x)
    undecided = work.flags[0]
    # right to 2**-100, where the middle between two floats is told from all others by less
    np.not_equal(high + low * (1 + 2.0**-20), high, out=undecided)
    return undecided


def _nearest(x: float) -> float:
    """By a whole cube root of 60 bits and more: only its being exact, or not, matters beyond them."""
    if x != x or x in (0.0, math.inf, -math.inf):
        return x
    top, bottom = abs(x).as_integer_ratio()
    shift = 1200  # a multiple of 3; the bottom is a power of two too
    cube = (top << 3 * shift) // bottom
    root = _whole_root(cube)
    exact = root**3 == cube
    value = (2 * root + (not exact)) / (1 << (shift + 1))
    return math.copysign(value, x)


def _whole_root(cube: int) -> int:
    """The largest whole number whose cube is not larger."""
    root = 1 << -(-cube.bit_length() // 3)
    while True:
        better = (2 * root + cube // (root * root)) // 3
        if better >= root:
            return root
        root = better


CBRT = Function(_block, functools.partial(fixed_point.for_each, _nearest))
