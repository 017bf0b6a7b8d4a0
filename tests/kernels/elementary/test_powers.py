"""Powers against mpmath and Python's whole numbers: the nearest float, everywhere."""

import math

import numpy as np
from helpers.correct_rounding import EXACTLY, assert_same_bits, nearest_floats
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import fixed_point, powers

SPECIAL = [0.0, 1.0, 2.0, 3.0, 0.5, 1.5, 1e300, 5e-324, 1e-300, np.inf, 2.0**53 - 1, 2.0**53, 1075.0, 709.8]


def pairs(count=200):
    """Bases and exponents: ordinary, at the borders of the tables, with results of all sizes and near 1, whole ones
    and roots with exact results and such in the middle between two floats."""
    random = np.random.default_rng(0)

    def uniform(low, high):
        return random.uniform(low, high, count)

    cells = 1 + (random.integers(0, 2048, count) + 0.5) / 2048 + random.integers(-9, 9, count) * 2.0**-52
    wide = np.ldexp(uniform(0.5, 1.5), random.integers(-1000, 1000, count))
    near = 1 + np.ldexp(random.random(count) - 0.5, random.integers(-50, 0, count))
    small = random.integers(1, 100, count) * 1.0
    cases = [
        (uniform(0, 10), uniform(-5, 5)),
        (uniform(0, 4096), np.full(count, 2.2)),
        (cells, uniform(-1400, 1400)),
        (near, np.clip(uniform(-700, 700) / (near - 1 + 1e-15), -1e15, 1e15)),
        (1 + random.choice([-1, 1], count) * np.ldexp(1 + random.random(count), -12), uniform(-4096, 4096)),
        (1 + random.choice([-1, 1], count) * np.ldexp(1 + random.random(count), -12), uniform(-1e6, 1e6)),
        (wide, uniform(-0.7, 0.7)),
        (uniform(1.5, 12), -745 / np.log(uniform(1.5, 12))),
        (np.ldexp(random.random(count) + 1e-9, -1024), uniform(-1, 1.02)),
        (uniform(1, 10), np.ldexp(random.random(count), -random.integers(0, 1070, count))),
        (small, random.integers(-9, 9, count) * 1.0),
        (-small, random.integers(-9, 9, count) * 1.0),
        (small**4, random.integers(-9, 9, count) / 4),
        (random.integers(9000, 12000, count) * 1.0, np.full(count, 4.0)),
        (random.integers(1 << 17, 1 << 18, count) * 1.0, np.full(count, 3.0)),
        (np.ldexp(1.0, random.integers(-500, 500, count)), random.integers(-20, 20, count) / 2),
    ]
    return tuple(np.concatenate(side) for side in zip(*cases, strict=True))


def exactly(x, y):
    return EXACTLY.power(abs(x), y) * (-1 if x < 0 and y % 2 else 1)


def test_powers_are_rounded_once():
    x, y = pairs()
    want = nearest_floats(exactly, x, y)
    assert_same_bits(elementary.power(x, y), want, x, y)
    for start in range(0, x.size, 200):
        case = slice(start, start + 200)
        assert_same_bits(elementary.power(x[case], y[case]), want[case], x[case], y[case])


@each("few", [0, 100_000])
def test_what_is_left_undecided(few, monkeypatch):
    """In two floats, and by whole numbers, where all values are left to them."""
    x, y = (side[::3] for side in pairs())
    monkeypatch.setattr(fixed_point, "FEW", few)
    with np.errstate(all="ignore"):
        assert_same_bits(powers.POWER.exact(x, y), nearest_floats(exactly, x, y), x, y)


@each("power, root, lowest", [(3, 1, 208_065), (3, 2, 208_065), (5, 2, 1553), (5, 4, 1553)])
def test_ties(power, root, lowest, monkeypatch):
    """Powers of 54 bits, which lie in the middle between two floats, go to the even one; and none of an image full of
    them is left to Python's whole numbers."""
    monkeypatch.setattr(powers, "_nearest", None)
    numbers = np.array([n for n in range(lowest | 1, lowest + 2000, 2) if n**power < 2**54])
    want = np.array([float(n**power) for n in numbers.tolist()])
    base = np.array([float(n**root) for n in numbers.tolist()])
    assert (want % 4 == 0).any()
    for twos in (0, 20, -40):
        x, y = np.ldexp(base, twos * root), np.full(base.size, power / root)
        np.testing.assert_array_equal(elementary.power(x, y), np.ldexp(want, twos * power))


def test_whole_powers_of_whole_numbers():
    bases, exponents = (a.ravel() for a in np.meshgrid(np.arange(-40, 41), np.arange(0, 25)))
    want = [float(int(b) ** int(e)) for b, e in zip(bases, exponents, strict=True)]
    np.testing.assert_array_equal(elementary.power(bases * 1.0, exponents * 1.0), want)


def test_special_values():
    """As C99 has them, where one side is no ordinary number; their signs too."""
    values = [*SPECIAL, *(-v for v in SPECIAL), np.nan]
    x, y = (a.ravel().copy() for a in np.meshgrid(values, values))
    found = elementary.power(x, y)
    want = np.array([_pow(*each) for each in zip(x.tolist(), y.tolist(), strict=True)])
    np.testing.assert_array_equal(np.isnan(found), np.isnan(want))
    assert not np.signbit(found[np.isnan(found)]).any()
    numbers = ~np.isnan(want)
    np.testing.assert_array_equal(np.signbit(found[numbers]), np.signbit(want[numbers]))
    np.testing.assert_allclose(found[numbers], want[numbers], rtol=2.5e-16, atol=0)
    for i in range(0, x.size, 17):  # a block of ordinary numbers, and one with such, give the same
        assert elementary.power(x[i : i + 1], y[i : i + 1]).tobytes() == found[i : i + 1].tobytes()


def _pow(x, y):
    """math.pow, where that raises an error too."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        negative = math.copysign(1, x) < 0 and y % 2 == 1
        return (-math.inf if negative else math.inf) if x == 0 else math.nan
