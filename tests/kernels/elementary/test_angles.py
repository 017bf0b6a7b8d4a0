"""Angles of points against mpmath: the nearest float, everywhere."""

import functools
import math

import numpy as np
from helpers.correct_rounding import EXACTLY, assert_same_bits, nearest_floats
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import angles, fixed_point
from maskexpr.kernels.elementary.blocks import Function, apply

TINY = 5e-324
LARGEST = 1.7976931348623157e308


@functools.cache
def points(count=300):
    """Pairs of y and x: ordinary, of all sizes, between the table's centres, next to axes and diagonals."""
    random = np.random.default_rng(0)

    def uniform(low, high):
        return random.uniform(low, high, count)

    wide = np.ldexp(uniform(-1, 1), random.integers(-1000, 1024, count))
    small = np.ldexp(uniform(-1, 1), random.integers(-60, 2, count))
    jitter = 1 + random.integers(-9, 9, count) * 2.0**-53
    between = (random.integers(0, 256, count) + 0.5) / 256
    centres = random.integers(0, 257, count) / 256
    side, ones = uniform(1, 2), np.ones(count)
    whole = random.integers(-4096, 4096, count) * 1.0
    subnormal = random.integers(1, 2000, count) * TINY
    pairs = [
        (uniform(-1, 1), uniform(-1, 1)),
        (wide, wide[::-1]),
        (between * side * jitter, side),
        (-side, between * side),
        (-centres * side, -side * jitter),
        (side * jitter, -side),
        (small, ones),
        (small, -ones),
        (ones, small),
        (whole + 0.5, whole[::-1]),
        (wide * 2.0**-70, wide * jitter),
        (subnormal, subnormal[::-1]),
        (subnormal, uniform(-1, 1)),
        (uniform(-1, 1) * 2.0**-530, uniform(0, 1) * 2.0**520),
        (LARGEST * uniform(-1, 1), LARGEST * uniform(-1, 1)),
        (LARGEST * uniform(-1, 1), subnormal),
    ]
    y, x = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return y[y != 0], x[y != 0]


def plain_ones(*sides):
    """Points that are computed without scaling."""
    return np.logical_and.reduce([(np.abs(side) < 2.0**450) & (np.abs(side) > 2.0**-450) for side in sides])


@functools.cache
def wanted():
    return nearest_floats(EXACTLY.atan2, *points())


@each("case, start, sign", [(0, 0, 1), (1, 0.5, -1), (2, 1, -1), (3, 0.5, 1)])
def test_table(case, start, sign):
    high, low = (column[case << angles.CASE_BITS :].tolist() for column in angles.angle_table())
    for centre in range(angles.CENTRES + 1):
        want = start * EXACTLY.pi + sign * EXACTLY.atan(EXACTLY.mpf(centre) / angles.CENTRES)
        assert abs(EXACTLY.mpf(high[centre]) + low[centre] - want) <= abs(want) * 2.0**-105


def test_rounded_once():
    y, x = points()
    assert_same_bits(elementary.arctan2(y, x), wanted(), y, x)
    plain = plain_ones(y, x)
    assert_same_bits(elementary.arctan2(y[plain], x[plain]), wanted()[plain], y[plain], x[plain])
    for start in range(0, y.size, 300):  # in blocks of their like
        part = slice(start, start + 300)
        assert_same_bits(elementary.arctan2(y[part], x[part]), wanted()[part], y[part], x[part])


@each("few", [0, 100_000])
def test_what_is_left_undecided(few, monkeypatch):
    """In two floats, and by whole numbers, where all points are left to them."""
    monkeypatch.setattr(fixed_point, "FEW", few)
    some = np.flatnonzero(np.abs(wanted()) >= 2.0**-900)[:: 5 if few else 1]  # others never are
    y, x, want = (part[some] for part in (*points(), wanted()))
    assert_same_bits(angles.ARCTAN2.exact(y, x), want, y, x)


def test_the_error_of_two_floats():
    some = np.abs(wanted()) >= 2.0**-900
    y, x = (side[some] for side in points())
    high, low = angles._of_pairs(y, x)
    for *point, a, b in zip(*(part.tolist() for part in (y, x, high, low)), strict=True):
        exact = EXACTLY.atan2(*map(EXACTLY.mpf, point))
        assert abs(EXACTLY.mpf(a) + b - exact) < abs(exact) * 2.0**-97, point


def test_subnormal_angles_are_rounded_once():
    """The angle is a trifle less than the quotient, which here is a float, or in the middle between two."""
    assert elementary.arctan2(3 * TINY, 2.0) == elementary.arctan2(3 * 2.0**-530, 2.0**545) == TINY
    assert elementary.arctan2(-5 * TINY, 2.0) == -2 * TINY
    assert elementary.arctan2(6 * TINY, 2.0) == 3 * TINY
    for zero in (elementary.arctan2(TINY, 1e300), elementary.arctan2(-TINY, 2.0)):
        assert zero == 0
    assert np.signbit(elementary.arctan2(-TINY, 2.0))
    y, x = (side.ravel() for side in np.meshgrid(np.arange(-80.0, 81), np.arange(1.0, 81)))
    size, of = np.abs(y).astype(int), x.astype(int)
    down = (2 * size - 1) // (2 * of) + ((2 * size - 1) % (2 * of) >= of)  # of a trifle less than the quotient
    want = np.where(size == 0, 0, down) * np.where(y < 0, -TINY, TINY)
    np.testing.assert_array_equal(elementary.arctan2(y * TINY, x), want)
    np.testing.assert_array_equal(elementary.arctan2(y * 2.0**-1060, np.ldexp(x, 14)), want)


def test_tiny_angles_are_quick():
    """Whole images of them, as where one operand is next to nothing: none is left to whole numbers."""
    random = np.random.default_rng(5)
    left = []
    for y, x in ((random.random(9000) * 1e-300, 1 + random.random(9000)), (random.integers(1, 99, 9000) * TINY, 2.0)):
        y, x = np.broadcast_arrays(y, x)
        apply(Function(angles.ARCTAN2.block, lambda *some: left.append(some) or angles.ARCTAN2.exact(*some)), (y, x))
    assert not left


def test_special_values():
    """As C99 has them."""
    values = [0.0, -0.0, 1.0, -1.0, TINY, -TINY, LARGEST, -LARGEST, np.inf, -np.inf, np.nan]
    y, x = (side.ravel() for side in np.meshgrid(values, values))
    want = np.array([math.atan2(*pair) for pair in zip(y.tolist(), x.tolist(), strict=True)])
    found = elementary.arctan2(y, x)
    np.testing.assert_array_equal(found, want)
    numbers = ~np.isnan(want)
    np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(want)[numbers])


def test_the_error_that_leaves_a_doubt(monkeypatch):
    """Before rounding angles are at least as near as the rounding test takes them to be."""
    pairs = []
    round_once = angles.round_once

    def watched(high, low, doubt, out, undecided):
        pairs.append((high.copy(), low.copy(), doubt))
        return round_once(high, low, doubt, out, undecided)

    monkeypatch.setattr(angles, "round_once", watched)
    y, x = points()
    plain = plain_ones(y, x)
    y, x = y[plain], x[plain]
    elementary.arctan2(y, x)
    ((high, low, doubt),) = pairs
    for *point, a, b in zip(*(part.tolist() for part in (np.abs(y), x, high, low)), strict=True):
        error = abs((EXACTLY.mpf(a) + b) / EXACTLY.atan2(*map(EXACTLY.mpf, point)) - 1)
        assert error * 2.0**54 <= doubt - 1, (point, error)


@each("middle", [0.5, 1.0, 3 / 512, 2.0**-27])
def test_monotone(middle):
    """From float to float, over the borders of the table's cells too."""
    start = np.full(4000, middle).view(np.int64)
    y = (start + np.arange(-2000, 2000)).view(np.float64)
    assert (np.diff(elementary.arctan2(y, np.ones_like(y))) >= 0).all()
    assert (np.diff(elementary.arctan2(np.ones_like(y), y)) <= 0).all()
    assert (np.diff(elementary.arctan2(y, -np.ones_like(y))) <= 0).all()
