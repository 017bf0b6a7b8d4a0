"""Sine, cosine and tangent against mpmath: the nearest float, everywhere."""

import functools

import numpy as np
import pytest
from helpers.correct_rounding import EXACTLY, assert_same_bits, nearest_floats
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import circle, fixed_point, turns
from maskexpr.kernels.elementary.blocks import Function, apply

FUNCTIONS = {"sin": circle.SIN, "cos": circle.COS, "tan": circle.TAN}
# The multiple of pi / 2 that a float comes nearest to, and others that are near to one.
HARD = [6381956970095103 * 2.0**797, 5319372648326541.0, 6411027962775774 * 2.0**-47, 1e22, 1e300, np.pi, np.pi / 2]
LIMITS = [2.0**-30, 2.0**-29, 2.0**8, 2.0**20, np.pi / 2048, 5e-324, 2.0**-1022, 1.7976931348623157e308, 0.0]


@functools.cache
def angles(count=300):
    """Ordinary, of all sizes, near to multiples of pi / 2, and in the middle between steps of the table."""
    random = np.random.default_rng(0)
    turns = np.rint(random.uniform(-6e5, 6e5, count))
    few = np.rint(random.uniform(-160, 160, count))
    some = np.concatenate(
        [
            random.uniform(-10, 10, count),
            random.uniform(-256, 256, count),
            random.uniform(-(2.0**20), 2.0**20, count),
            np.ldexp(random.random(count) + 0.5, random.integers(20, 1024, count)),
            np.ldexp(random.random(count) + 0.5, random.integers(-1073, 2, count)),
            np.ldexp(random.random(count) - 0.5, random.integers(-40, 2, count)),
            turns * (np.pi / 2),
            few * (np.pi / 2) * (1 + random.integers(-2, 3, count) * 2.0**-52),
            (np.rint(random.uniform(-2100, 2100, count)) + 0.5) * (np.pi / 1024) * (1 + few * 2.0**-60),
            np.ldexp(np.rint(np.ldexp(1.0, np.arange(21, 1023)) / (np.pi / 2)), 0) * (np.pi / 2),
        ]
    )
    limits = np.array([*HARD, *LIMITS])
    limits = np.concatenate([limits, np.nextafter(limits[limits < 1e308], np.inf), np.nextafter(limits, 0)])
    return np.concatenate([some[np.isfinite(some)], limits, -limits])


@functools.cache
def wanted(name):
    return nearest_floats(getattr(EXACTLY, name), angles())


@each("turn", [0, circle.QUARTER])
def test_table(turn):
    table = circle.circle_table(turn)
    rows = zip(*(column.tolist() for column in (table.high, table.low, table.half, table.rest)), strict=True)
    for step, (high, low, half, rest) in enumerate(rows):
        angle = (step + turn) * EXACTLY.pi / (turns.STEPS // 2)
        assert abs(EXACTLY.mpf(high) + low - EXACTLY.sin(angle)) <= abs(high) * 2.0**-105 + 2.0**-300
        assert abs(EXACTLY.mpf(half) + rest - EXACTLY.cos(angle)) <= abs(half) * 2.0**-78 + 2.0**-300
        assert int(np.frexp(half)[0] * 2**26) == np.frexp(half)[0] * 2**26


@each("name", FUNCTIONS)
def test_rounded_once(name):
    x, want = angles(), np.where((angles() == 0) & (name != "cos"), angles(), wanted(name))
    found = getattr(elementary, name)(x)
    assert_same_bits(found, want, x)
    for one in (np.abs(x) < 200, np.abs(x) < 2.0**20):  # blocks without larger angles go another way
        assert_same_bits(getattr(elementary, name)(x[one]), want[one], x[one])


@each("few", [0, 100_000])
@each("name", FUNCTIONS)
def test_what_is_left_undecided(name, few, monkeypatch):
    """In two floats, and by whole numbers, where all values are left to them."""
    some = np.flatnonzero(np.abs(angles()) >= 2.0**-30)[:: 7 if few else 1]
    monkeypatch.setattr(fixed_point, "FEW", few)
    assert_same_bits(FUNCTIONS[name].exact(angles()[some]), wanted(name)[some], angles()[some])


@each("name", FUNCTIONS)
def test_the_error_of_two_floats(name):
    """Next to zeros and poles too, they are nearer than the slack they are rounded with."""
    x = angles()[np.abs(angles()) >= 2.0**-30][::3]
    high, low = circle._in_two_floats(name, x)
    for value, a, b in zip(x.tolist(), high.tolist(), low.tolist(), strict=True):
        exact = getattr(EXACTLY, name)(EXACTLY.mpf(value))
        assert abs(EXACTLY.mpf(a) + b - exact) < abs(exact) * 2.0**-95, value


@each("name", FUNCTIONS)
def test_multiples_of_a_quarter_turn_are_quick(name):
    """Whole images of them, as `im * 3.14159265` gives: next to none is left to whole numbers."""
    x = np.arange(1, 9000) * (np.pi / 2)
    left = []

    def noting(function, *values):
        left.append(values[0].size)
        return for_each(function, *values)

    for_each = fixed_point.for_each
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixed_point, "for_each", noting)
        getattr(elementary, name)(x)
    assert sum(left) < 3


@each("name", FUNCTIONS)
def test_the_error_that_leaves_a_doubt(name, monkeypatch):
    """Before rounding numbers are at least as near as the rounding test takes them to be; few are left undecided."""
    pairs, left = [], []
    round_once = circle.round_once

    def watched(high, low, doubt, out, undecided):
        pairs.append((high.copy(), low.copy(), doubt))
        return round_once(high, low, doubt, out, undecided)

    monkeypatch.setattr(circle, "round_once", watched)
    random = np.random.default_rng(1)
    near_steps = (random.integers(-2048, 2048, 1500) + 0.5 * random.integers(0, 2, 1500)) * (np.pi / 1024)
    x = np.concatenate([random.uniform(-4, 4, 1500), near_steps, random.uniform(-(2.0**20), 2.0**20, 1000)])
    x = np.concatenate([x, np.ldexp(random.random(500) + 0.5, random.integers(20, 1024, 500))])
    for part in (x[:3000], x[3000:]):
        apply(FUNCTIONS[name], (part,))
    numbers = [both for high, low, _ in pairs for both in zip(high.tolist(), low.tolist(), strict=True)]
    doubt = pairs[0][2]
    for value, (high, low) in zip(x.tolist(), numbers, strict=True):
        exact = getattr(EXACTLY, name)(EXACTLY.mpf(value))
        if 2.0**-30 < abs(exact) < 2.0**30:
            error = abs((EXACTLY.mpf(high) + low) / exact - 1)
            assert error * 2.0**54 <= doubt - 1, (value, error)

    def counted(values):
        left.append(values.size)
        return FUNCTIONS[name].exact(values)

    apply(Function(FUNCTIONS[name].block, counted), (random.uniform(-10, 10, 100_000),))
    assert 0 < sum(left) < 60


@each("name", FUNCTIONS)
def test_special_values(name):
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1.0])
    with np.errstate(all="ignore"):
        want = getattr(np, name)(x)
    found = getattr(elementary, name)(x)
    np.testing.assert_array_equal(found[:5], want[:5])
    np.testing.assert_array_equal(np.signbit(found[3:]), np.signbit(want[3:]))
    assert np.isnan(getattr(elementary, name)(np.full(9000, np.nan))).all()


def test_monotone():
    """From float to float, over the borders of the table's steps too."""
    for middle in (0.3, 1.5, np.pi / 2048 * 5, 2.0**-27):
        start = np.full(4000, middle).view(np.int64)
        x = (start + np.arange(-2000, 2000)).view(np.float64)
        assert (np.diff(elementary.sin(x)) >= 0).all()
        assert (np.diff(elementary.tan(x)) >= 0).all()
        assert (np.diff(elementary.cos(x)) <= 0).all()


@pytest.mark.slow
@each("name", FUNCTIONS)
def test_many(name):
    random = np.random.default_rng(3)
    x = np.concatenate([random.uniform(-10, 10, 6000), np.rint(random.uniform(-9e5, 9e5, 4000)) * (np.pi / 2)])
    assert_same_bits(getattr(elementary, name)(x), nearest_floats(getattr(EXACTLY, name), x), x)
