"""Constants and conversions in fixed point, against mpmath and fractions."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from helpers.each import each

from maskexpr.kernels.elementary import fixed_point

WORK = mpmath.MPContext()
WORK.prec = 1000


@each("bits", [64, 200, 800])
@each("name, value", [("log_2", WORK.log(2)), ("log_10", WORK.log(10)), ("pi", WORK.pi())])
def test_constants(name, value, bits):
    assert abs(getattr(fixed_point, name)(bits) - value * 2**bits) <= 1


def test_parts_add_up():
    high, low, lowest = fixed_point.parts(fixed_point.pi(), 3)
    assert high == math.pi
    assert abs(low) <= math.ulp(high) / 2
    assert abs(Fraction(high) + Fraction(low) + Fraction(lowest) - Fraction(fixed_point.pi(), fixed_point.ONE)) < 2e-49
    short, rest = fixed_point.parts(fixed_point.pi(), first=20)
    assert (short * 2.0**18).is_integer()
    assert abs(rest) <= 2.0**-19
    assert fixed_point.parts(-fixed_point.pi()) == (-high, -low)
    assert fixed_point.parts(0) == (0.0, 0.0)


def test_a_grid():
    for value in (fixed_point.pi(), -fixed_point.pi()):
        near, rest = fixed_point.on_a_grid(value, -42)
        assert (near * 2.0**42).is_integer()
        assert abs(rest) <= 2.0**-43
        assert near + rest == value / fixed_point.ONE


def test_tables_cannot_be_changed():
    first, second = fixed_point.table([(1.0, 2.0), (3.0, 4.0)])
    assert first.tolist() == [1, 3]
    with pytest.raises(ValueError, match="read-only"):
        second[0] = 1


@each("value, exponent", [(1, -1074), (3, -1075), (1, -1075), (2**54 + 1, -1), (-(2**54) - 3, -1), (2**53, 1000)])
def test_scaled_rounds_once(value, exponent):
    exact = Fraction(value) * Fraction(2) ** exponent
    try:
        want = float(exact)
    except OverflowError:
        want = math.inf
    assert fixed_point.scaled(value, exponent) == want


def test_nearest_asks_for_more_bits():
    """Of a number just above the middle between two floats."""
    asked = []

    def bounds(bits):
        asked.append(bits)
        top = (Fraction(1) + Fraction(1, 2**53) + Fraction(1, 2**300)) * 2**bits
        return math.floor(top), math.floor(top) + 1

    assert fixed_point.nearest(bounds) == 1 + 2.0**-52
    assert asked == [128, 256, 512]
    assert fixed_point.nearest(bounds, 4) == 16 * (1 + 2.0**-52)


def test_equal_values_are_computed_once():
    """Zeros of either sign are not equal in their bits."""
    seen = []

    def signed(a, b):
        seen.append((a, b))
        return math.copysign(a, b)

    a, b = np.array([1.0, 2, 1, 1, 2]), np.array([0.0, 0.0, -0.0, 0.0, 0.0])
    np.testing.assert_array_equal(fixed_point.for_each(signed, a, b), [1, 2, -1, 1, 2])
    assert len(seen) == 3
    assert fixed_point.for_each(signed, a[:0], b[:0]).size == 0
