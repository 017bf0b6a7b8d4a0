"""What float32 gives, by short ways, is what float64 gives, rounded to float32."""

import numpy as np
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import blocks, singles


def numbers(count=60_000):
    random = np.random.default_rng(0)
    x = np.concatenate(
        [
            random.uniform(-20, 20, count),
            random.uniform(-90, 90, count),
            1 + np.ldexp(random.random(count) - 0.5, random.integers(-23, 0, count)),
            np.ldexp(random.random(count), random.integers(-148, 127, count)),
            np.arange(-1000, 20_000.0),
            10.0 ** np.arange(11),
        ]
    )
    return x.astype(np.float32)


SPECIAL = np.array([0, -0.0, 1, -1, 88, -87, 89, -88, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 3e38], np.float32)


def assert_as_in_float64(name, *given):
    with np.errstate(all="ignore"):
        want = getattr(elementary, name)(*(np.asarray(v, np.float64) for v in given)).astype(np.float32)
    found = getattr(elementary, name)(*given)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.view(np.int32), want.view(np.int32))


@each("name", ["exp", "log", "log2", "log10"])
def test_functions_of_one_number(name):
    x = numbers()
    assert_as_in_float64(name, x)
    assert_as_in_float64(name, np.abs(x) + np.float32(1e-30))
    assert_as_in_float64(name, np.clip(x, -80, 80))
    assert_as_in_float64(name, SPECIAL)


@each("exponent", [2.2, 0.45, -1.7, 3.0, 4.0, 1 / 3, 100.0, np.inf, np.nan, 0.0])
def test_powers(exponent):
    x = np.abs(numbers())
    y = np.full_like(x, exponent)
    assert_as_in_float64("power", x, y)
    assert_as_in_float64("power", np.clip(x, 0.5, 20), y)
    assert_as_in_float64("power", np.concatenate([SPECIAL, -x[:1000]]), y[: SPECIAL.size + 1000])
    zeros = np.clip(np.floor(x), 0, 50)
    assert_as_in_float64("power", zeros, y)
    assert_as_in_float64("power", np.copysign(zeros, np.resize([1, -1], zeros.size).astype(np.float32)), y)


def test_powers_of_many_exponents():
    x = numbers()
    y = x[::-1].copy()
    near = np.clip(x, 0.99, 1.01)
    assert_as_in_float64("power", near, y)
    assert_as_in_float64("power", np.abs(x), np.clip(y, -8, 8))


def test_float32_alone_is_taken_short():
    """Results that are to be float64 are not."""
    x = numbers()[:1000]
    wide = elementary.exp(x, np.empty(x.shape))
    assert wide.tobytes() == elementary.exp(x.astype(np.float64)).tobytes()
    narrow = elementary.exp(np.linspace(-1, 1, 1000), np.empty(1000, np.float32))
    assert narrow.tobytes() == elementary.exp(np.linspace(-1, 1, 1000)).astype(np.float32).tobytes()


def test_the_short_ways_are_taken_and_leave_little():
    """Every one decides nearly all of what it is given, and is right to what is taken as near to the middle."""
    x = np.abs(numbers())[: blocks.BLOCK]
    work, out = blocks.new_work(), np.empty(blocks.BLOCK)
    for name, given in (("exp", (x,)), ("log", (x,)), ("log2", (x,)), ("log10", (x,)), ("power", (x, x / 20))):
        values = [v.astype(np.float64) for v in given]
        undecided = getattr(singles, name.upper()).single(work, *values, out)
        assert undecided.sum() < 10
        want = getattr(elementary, name)(*values)
        assert (np.abs(out - want) < np.abs(want) * 2.0**-44).all()
