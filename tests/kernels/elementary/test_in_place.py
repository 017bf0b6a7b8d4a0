"""Arithmetic of two floats in buffers, against exact fractions."""

from fractions import Fraction

import numpy as np

from maskexpr.kernels.elementary.in_place import normalise, remainder, round_once


def numbers(count=2000):
    random = np.random.default_rng(0)
    return random.random((2, count)) + 0.5


def test_normalise():
    high, small = numbers()
    low = small * 2.0**-20
    total, left = np.empty_like(high), low.copy()
    normalise(high.copy(), left, total)
    np.testing.assert_array_equal(total, high + low)
    for a, b, c, d in zip(*(part.tolist() for part in (high, low, total, left)), strict=True):
        assert Fraction(a) + Fraction(b) == Fraction(c) + Fraction(d)


def test_remainder():
    n, d = numbers()
    q = n / d
    left = n.copy()
    remainder(left, q, d, tuple(np.empty((3, n.size))))
    for a, b, c, found in zip(*(part.tolist() for part in (n, q, d, left)), strict=True):
        exact = Fraction(a) - Fraction(b) * Fraction(c)
        assert abs(Fraction(found) - exact) <= Fraction(a) * Fraction(2) ** -78


def test_only_what_could_round_otherwise_is_undecided():
    """The farther from the middle between two floats, the larger an error may be."""
    ones = np.ones(4)
    unit = 2.0**-52
    low = np.array([0.0, 0.49, 0.5 - 2.0**-12, 0.5 - 2.0**-16]) * unit
    below = -low / 2  # next to a power of two floats lie closer
    for part in (low, below):
        out, undecided = np.empty(4), np.empty(4, bool)
        assert round_once(ones.copy(), part.copy(), 1 + 2.0**-13, out, undecided) is undecided
        np.testing.assert_array_equal(out, ones)
        np.testing.assert_array_equal(undecided, [False, False, False, True])
