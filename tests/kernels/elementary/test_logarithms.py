"""Logarithms against mpmath: the nearest float, everywhere."""

from fractions import Fraction

import numpy as np
from helpers.correct_rounding import EXACTLY, assert_same_bits, nearest_floats
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import blocks, fixed_point, logarithms

TWO, TEN = EXACTLY.log(2), EXACTLY.log(10)
FUNCTIONS = {
    "log": EXACTLY.log,
    "log2": lambda x: EXACTLY.log(x) / TWO,
    "log10": lambda x: EXACTLY.log(x) / TEN,
}


def numbers(count=400):
    """Ordinary, of all sizes, subnormal, near 1, at the borders of the table's cells, and exact powers."""
    random = np.random.default_rng(0)
    cells = logarithms.SQRT_HALF + (np.arange(2049, dtype=np.int64) << 41)
    borders = cells[:: 2048 // count].view(np.float64)
    return np.concatenate(
        [
            random.uniform(0, 10, count),
            np.ldexp(random.random(count) + 0.5, random.integers(-1000, 1000, count)),
            np.ldexp(random.random(count) + 0.5, random.integers(-1073, -1022, count)),
            1 + np.ldexp(random.random(count) - 0.5, random.integers(-50, 0, count)),
            1 + np.ldexp(random.random(count) - 0.5, -10),
            borders,
            np.nextafter(borders, 0),
            np.ldexp(1.0, np.arange(-1074, 1024, 10)),
            10.0 ** np.arange(23),
            np.nextafter(10.0 ** np.arange(23), 0),
            [1, 1 + 2.0**-52, 1 - 2.0**-53, 5e-324, 1.7976931348623157e308],
        ]
    )


@each("name", FUNCTIONS)
def test_logarithms_are_rounded_once(name):
    x = numbers()
    want = nearest_floats(FUNCTIONS[name], x)
    assert_same_bits(getattr(elementary, name)(x), want, x)
    for some in (x >= 2.0**-1022, np.abs(x - 1) < 0.01):
        assert_same_bits(getattr(elementary, name)(x[some]), want[some], x[some])


@each("few", [0, 10_000])
@each("name", FUNCTIONS)
def test_what_is_left_undecided(name, few, monkeypatch):
    """In two floats, and by whole numbers, where all values are left to them."""
    x = numbers(100)
    monkeypatch.setattr(fixed_point, "FEW", few)
    with np.errstate(all="ignore"):
        found = getattr(logarithms, name.upper()).exact(x)
    assert_same_bits(found, nearest_floats(FUNCTIONS[name], x), x)


def test_powers_of_the_base_give_whole_numbers():
    tens = np.arange(23.0)
    np.testing.assert_array_equal(elementary.log10(10.0**tens), tens)
    for kind in (np.float16, np.float32):
        for n in range(5):
            assert elementary.log10(kind(10**n)) == n
    twos = np.arange(-1074.0, 1024)
    np.testing.assert_array_equal(elementary.log2(np.ldexp(1.0, twos.astype(int))), twos)
    for name in FUNCTIONS:
        assert getattr(elementary, name)(np.ones(100)).tobytes() == np.zeros(100).tobytes()


def test_cells_of_the_table():
    """What is taken as exact is: x * c - 1 is a float, and small; the logarithms are right."""
    cells = (np.arange(2048, dtype=np.int64) << 41) + logarithms.SQRT_HALF
    starts, ends = cells.view(np.float64), (cells + (1 << 41)).view(np.float64)
    lasts = np.nextafter(ends, 0)
    inverses = logarithms.inverses()
    for x in (starts, lasts):
        for value, inverse in zip(x.tolist(), inverses.tolist(), strict=True):
            r = Fraction(value) * Fraction(inverse) - 1
            assert abs(r) < Fraction(1, 2048)
            assert (r * 2**64).denominator == 1
    for high, low, inverse in zip(*logarithms.long_table(), inverses.tolist(), strict=True):
        assert abs(EXACTLY.mpf(high) + low + EXACTLY.log(inverse)) < 2.0**-105
    for high, low, inverse in zip(
        logarithms.natural().table, logarithms.natural().table_low, inverses.tolist(), strict=True
    ):
        assert (high * 2.0**42).is_integer()
        assert abs(EXACTLY.mpf(high) + low + EXACTLY.log(inverse)) < 2.0**-96


@each("base", [logarithms.natural, logarithms.binary, logarithms.decimal])
def test_bounds_of_the_error(base):
    """The first stage is as exact as it says, in all cells, and near 1 too."""
    random = np.random.default_rng(0)
    borders = ((np.arange(2049, dtype=np.int64) << 41) + logarithms.SQRT_HALF).view(np.float64)
    x = np.concatenate([np.nextafter(borders, 0), borders * 2.0**300, 1 + random.uniform(-1, 1, 2000) * 2.0**-11])
    work = blocks.new_work().first(x.size)
    high, low = logarithms.log_in_parts(work, x, base())
    scale = EXACTLY.mpf(base().long_scale[0]) + base().long_scale[1]
    squares = work.floats[10]
    for value, square, *parts in zip(*(a.tolist() for a in (x, squares, high, low)), strict=True):
        error = abs(EXACTLY.mpf(parts[0]) + parts[1] - EXACTLY.log(value) * scale)
        assert error <= logarithms.SLACK / 2
        assert error <= 2.0**-51 * float(scale) * square + 2.0**-76 * abs(parts[0])


@each("name", FUNCTIONS)
def test_special_values(name):
    x = np.array([np.nan, -np.nan, np.inf, -np.inf, 0, -0.0, -1, -5e-324, 1])
    want = np.array([np.nan, np.nan, np.inf, np.nan, -np.inf, -np.inf, np.nan, np.nan, 0])
    assert getattr(elementary, name)(x).tobytes() == want.tobytes()
