"""What float32 gives, by short ways, is what float64 gives, rounded to float32."""

import numpy as np
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import blocks, short_angles

SPECIAL = np.array([0, -0.0, 1, -1, 2e-45, -1e-45, 1e-39, 3e38, np.inf, -np.inf, np.nan], np.float32)


def numbers(count=60_000):
    random = np.random.default_rng(0)
    wide = np.ldexp(random.random(count) - 0.5, random.integers(-148, 127, count))
    multiples = np.rint(random.uniform(-9e3, 9e3, count)) * (np.pi / 2)
    parts = [
        random.uniform(-7, 7, count),
        random.uniform(-3000, 3000, count),
        wide,
        multiples,
        np.arange(-5000.0, 5000),
    ]
    return [part.astype(np.float32) for part in parts]


def assert_as_in_float64(name, *given):
    with np.errstate(all="ignore"):
        want = getattr(elementary, name)(*(v.astype(np.float64) for v in given))
        if name == "arctan2":  # the angle is less than a quotient in the middle between two
            want = np.where(np.abs(want) < 2.0**-126, want * (1 - 2.0**-53), want)
        want = want.astype(np.float32)
    found = getattr(elementary, name)(*given)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.view(np.int32) & mask_of(found), want.view(np.int32) & mask_of(want))


def mask_of(numbers):
    """A nan's own bits mean nothing."""
    return np.where(np.isnan(numbers), 0x7FC00000, -1).astype(np.int32)


@each("name", ["sin", "cos", "tan"])
def test_functions_of_one_number(name):
    for x in (*numbers(), SPECIAL, SPECIAL[:7]):
        assert_as_in_float64(name, x)


@each("name", ["arctan2", "hypot"])
def test_functions_of_two_numbers(name):
    parts = numbers()
    for y in parts:
        for x in (y[::-1], np.ones_like(y), -np.abs(y[::-1]), np.zeros_like(y), np.round(y[::-1])):
            assert_as_in_float64(name, y, x)
    subnormal = np.arange(1, 60_000, dtype=np.int32).view(np.float32)
    assert_as_in_float64(name, subnormal, subnormal[::-1])
    assert_as_in_float64(name, subnormal, parts[0][: subnormal.size])
    assert_as_in_float64(name, *(side.ravel() for side in np.meshgrid(SPECIAL, SPECIAL)))
    assert_as_in_float64(name, *(side.ravel() for side in np.meshgrid(SPECIAL[:7], SPECIAL[:7])))


@each("others", [[], [1.0, 1.0], [np.inf, 2.0], [np.nan, np.nan]])
def test_subnormal_angles_are_rounded_once(others):
    """They are less than the quotient, which may be in the middle between two, whatever else is in the block."""
    y, x = (side.ravel() for side in np.meshgrid(np.arange(-80, 81), np.arange(1, 81)))
    size = np.abs(y)
    nearest = (2 * size - 1) // (2 * x) + ((2 * size - 1) % (2 * x) >= x)
    want = np.where(size == 0, 0, nearest) * np.sign(y) * 2.0**-149
    for scale in (1.0, 2.0**20, 2.0**120):
        below, side = np.float32(y * scale * 2.0**-149), np.float32(x * scale)
        found = elementary.arctan2(np.append(below, np.float32(others)), np.append(side, np.float32(others[::-1])))
        fine = below * 1.0 == y * scale * 2.0**-149
        np.testing.assert_array_equal(found[: y.size][fine], want[fine])


@each("name", ["sin", "cos", "tan", "arctan2", "hypot"])
def test_the_short_ways_are_taken_and_leave_little(name):
    """Every one decides nearly all of what it is given, and is right to what is taken as near to the middle."""
    x = numbers()[1][: blocks.BLOCK].astype(np.float64)
    values = (x, x[::-1].copy()) if name in ("arctan2", "hypot") else (x,)
    work, out = blocks.new_work(), np.empty(x.size)
    undecided = getattr(short_angles, name.upper()).single(work, *values, out)
    assert undecided.sum() < 10
    want = getattr(elementary, name)(*values)
    assert (np.abs(out - want) < np.abs(want) * 2.0**-43.5).all()
