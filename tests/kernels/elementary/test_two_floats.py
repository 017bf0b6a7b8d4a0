"""Pairs of floats against fractions."""

from fractions import Fraction

import numpy as np
from helpers.each import each

from maskexpr.kernels.elementary import two_floats


def exactly(*parts):
    return sum((Fraction(p) for p in parts), Fraction(0))


def numbers(seed, count=3000):
    random = np.random.default_rng(seed)
    return np.ldexp(random.random(count) - 0.5, random.integers(-60, 60, count))


def each_of(*pairs):
    return zip(*(zip(*(p.tolist() for p in pair), strict=True) for pair in pairs), strict=True)


def test_sums_and_products_are_exact():
    a, b = numbers(0), numbers(1)
    for x, y, s, p in each_of((a,), (b,), two_floats.two_sum(a, b), two_floats.two_product(a, b)):
        assert exactly(*s) == exactly(*x) + exactly(*y)
        assert exactly(*p) == exactly(*x) * exactly(*y)
        assert abs(p[1]) <= abs(p[0]) * 2.0**-53
    high, low = np.maximum(abs(a), abs(b)), np.minimum(abs(a), abs(b))
    for x, y, s in each_of((high,), (low,), two_floats.fast_two_sum(high, low)):
        assert exactly(*s) == exactly(*x) + exactly(*y)


def test_halves_have_26_bits():
    a = np.concatenate([numbers(0), np.array([2 - 2.0**-52, 1.0, -1 - 2.0**-27])])
    for x, halves in each_of((a,), two_floats.halves(a)):
        assert exactly(*halves) == exactly(*x)
        for half in halves:
            assert abs(half.as_integer_ratio()[0]).bit_length() <= 26 or float(half).hex().count("0") > 5
            scaled = Fraction(half) / Fraction(2) ** (np.frexp(half)[1] - 26).item()
            assert scaled.denominator == 1


@each(
    "name, operation",
    [
        ("add", lambda a, b: a + b),
        ("multiply", lambda a, b: a * b),
        ("divide", lambda a, b: a / b),
    ],
)
def test_pairs(name, operation):
    a, b = (two_floats.two_sum(numbers(n), numbers(n + 1) * 2.0**-54) for n in (0, 2))
    for x, y, found in each_of(a, b, getattr(two_floats, name)(a, b)):
        want = operation(exactly(*x), exactly(*y))
        size = max(abs(exactly(*x)), abs(exactly(*y))) if name == "add" else abs(want)
        assert abs(exactly(*found) - want) <= size * Fraction(2) ** -101
        assert found[0] == found[0] + found[1]


def test_a_polynomial():
    x = two_floats.two_sum(numbers(4, 100) * 2.0**-61, numbers(5, 100) * 2.0**-120)
    coefficients = [(1.0, 2.0**-60), (0.5, 0.0), (1 / 3, 1.9e-17)]
    for t, found in each_of(x, two_floats.polynomial(coefficients, x)):
        t = exactly(*t)
        want = sum(exactly(*c) * t**k for k, c in enumerate(coefficients))
        assert abs(exactly(*found) - want) < Fraction(2) ** -101
