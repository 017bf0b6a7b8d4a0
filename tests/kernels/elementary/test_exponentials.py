"""exp against mpmath: the nearest float, everywhere."""

import math

import numpy as np
from helpers.correct_rounding import EXACTLY, assert_same_bits, nearest_float, nearest_floats
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import exponentials, fixed_point
from maskexpr.kernels.elementary.blocks import Function, apply

LIMITS = [709.782712893384, 709.7827128933841, -745.1332191019412, -745.1332191019411, -708.3964185322641, 0.0, -0.0]
TIES = [2.0**-54, -(2.0**-54), 2.0**-53, -(2.0**-53), 3 * 2.0**-53, 5e-324, -5e-324, 1e300, -1e300]


def numbers(count=500):
    """Ordinary, tiny, on steps of the table and in the middle between two, with subnormal results, and at limits."""
    random = np.random.default_rng(0)
    steps = np.rint(random.uniform(-(2**20), 2**20, count))
    jitter = 1 + random.integers(-9, 9, count) * 2.0**-53
    return np.concatenate(
        [
            random.uniform(-10, 10, count),
            random.uniform(-745, 709, count),
            random.uniform(-745, -708, count),
            np.ldexp(random.random(count) - 0.5, random.integers(-1060, 2, count)),
            steps * (math.log(2) / 2048) * jitter,
            (steps + 0.5) * (math.log(2) / 2048) * jitter,
            LIMITS,
            TIES,
        ]
    )


def exactly(x):
    return EXACTLY.exp(max(-2000, min(x, 2000)))


def test_exp_is_rounded_once():
    x = numbers()
    want = nearest_floats(exactly, x)
    assert_same_bits(elementary.exp(x), want, x)
    ordinary = x[np.abs(x) < 700]
    assert_same_bits(elementary.exp(ordinary), want[np.abs(x) < 700], ordinary)


@each("few", [0, 10_000])
def test_what_is_left_undecided(few, monkeypatch):
    """In two floats, and by whole numbers, where all values are left to them."""
    x = np.clip(numbers(200), -760, 760)
    monkeypatch.setattr(fixed_point, "FEW", few)
    with np.errstate(all="ignore"):
        assert_same_bits(exponentials.EXP.exact(x), nearest_floats(exactly, x), x)


def test_the_first_stage_knows_what_it_does_not_know():
    """What it takes as decided is right, even if it is told to be far less exact than it is."""
    x = numbers()
    want = nearest_floats(exactly, x)

    def careless(work, values, out):
        return exponentials.exp_of_sums(work, values.copy(), np.zeros(values.size), out, 2.0**-56)

    found = []
    apart = Function(careless, lambda left: found.append(left.size) or exponentials.EXP.exact(left))
    assert_same_bits(apply(apart, (x,)), want, x)
    assert 0.02 * x.size < sum(found) < 0.5 * x.size


def test_tables():
    for j, whole in enumerate(exponentials._powers_of_two()):
        assert abs(whole - EXACTLY.power(2, EXACTLY.mpf(j) / 2048) * 2**200) < 2**14
    for high, low in zip(*exponentials.short_table(), strict=True):
        assert (high * 2.0**25).is_integer()
        assert abs(low) <= 2.0**-26


def test_special_values():
    x = np.array([np.nan, -np.nan, np.inf, -np.inf, 1000, -1000])
    assert elementary.exp(x).tobytes() == np.array([np.nan, np.nan, np.inf, 0, np.inf, 0]).tobytes()


def test_narrower_types_go_by_way_of_float64():
    with np.errstate(all="ignore"):
        x = numbers().astype(np.float32)
        for kind in (np.float32, np.float16):
            given = x.astype(kind)
            want = elementary.exp(given.astype(np.float64)).astype(kind)
            assert elementary.exp(given).tobytes() == want.tobytes()
    assert elementary.exp(np.float32(1)) == np.float32(nearest_float(EXACTLY.e))
