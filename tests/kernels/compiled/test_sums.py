"""Sums in one sweep, against the NumPy kernels: all types and layouts, samples, sums that are hard to round."""

import math

import numpy as np
import pytest
from helpers.exact_sums import exact, hard_cases, same

from maskexpr.kernels import sums
from maskexpr.kernels.choosing import NotCompiled, plain, with_compiled
from maskexpr.kernels.gathering import Samples

pytestmark = pytest.mark.slow
WHOLE = ("uint8", "uint16", "int16", "int32", "int64", ">i2", ">u2")
SHAPES = [(0,), (1,), (63,), (65,), (1, 200), (200, 1), (37, 70), (4, 5, 6)]
LEFT_TO_NUMPY = ("int8", "uint32", "uint64")


def images(dtype, shape, rng):
    """Values of both ends of a type, in several layouts."""
    info = np.iinfo(dtype)
    values = rng.integers(info.min, info.max, shape, info.dtype.newbyteorder("="), endpoint=True).astype(dtype)
    values.flat[::3], values.flat[1::3] = info.max, info.min
    yield from (values, values[::-1], np.asfortranarray(values), np.repeat(values, 2, -1)[..., ::2])
    values = values.copy()
    values.flags.writeable = False
    yield values


def masks(shape, rng):
    yield from (rng.random(shape) < share for share in (0, 0.03, 0.5, 1))
    yield np.asfortranarray(rng.random(shape) < 0.4)


def both(name, x):
    """By the NumPy kernel, and compiled."""
    from maskexpr.kernels.compiled import sums as compiled

    return plain(getattr(sums, name))(x), getattr(compiled, name)(x)


@pytest.mark.parametrize("dtype", WHOLE)
def test_whole_numbers(dtype, rng, built):
    for shape in SHAPES:
        for values in images(dtype, shape, rng):
            for x in (values, *(Samples(values, mask) for mask in masks(shape, rng))):
                expected, found = both("whole_sum", x)
                assert found == expected
                if values.itemsize < 8:
                    expected, found = both("whole_sums", x)
                    assert found == expected


@pytest.mark.parametrize("dtype", LEFT_TO_NUMPY)
def test_other_types_are_left_to_numpy(dtype, built):
    with pytest.raises(NotCompiled):
        both("whole_sum", np.ones(9, dtype))
    assert with_compiled(sums.whole_sum)(np.full(9, 3, dtype)) == 27
    assert with_compiled(sums.whole_sums)(np.full(9, -(2**40))) == (-9 * 2**40, 9 * 2**80)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float64"])
def test_parts_and_threads(dtype, rng, built, monkeypatch):
    from maskexpr.kernels.compiled import sums as compiled

    monkeypatch.setenv("MASKEXPR_THREADS", "3")
    monkeypatch.setattr(compiled, "_AT_ONCE", 1000)
    monkeypatch.setattr(compiled, "_SHARED", 10_000)
    values = (100 * rng.random((90, 333))).astype(dtype)
    for x in (values, Samples(values, values > 40)):
        for name in ("whole_sum", "whole_sums") if values.dtype.kind in "iu" else ("exact_sum",):
            expected, found = both(name, x)
            assert found == expected


# --- floats ----------------------------------------------------------------------------------------------------------


def is_same_or_left(x, about=None):
    """Whether it is not left to NumPy; what is not must have the same bits."""
    from maskexpr.kernels.compiled import sums as compiled

    found = compiled.exact_sum(x, about)
    if found is NotImplemented:
        return False
    assert same(found, plain(sums.exact_sum)(x, about))
    return True


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("ignore:overflow")
def test_the_exact_sum_rounded_once(dtype, rng, built):
    taken = []
    for x in (case.astype(dtype) for n in (300, 9000) for case in hard_cases(n)):
        taken.append(is_same_or_left(x))
        assert same(with_compiled(sums.exact_sum)(x), exact(x))
        for about in (0.3, -1e300, 1e-310, math.nan, math.inf):
            is_same_or_left(x, about)
        is_same_or_left(Samples(x, rng.random(x.shape) < 0.5), 0.1)
    assert sum(taken) >= len(taken) / 3


@pytest.mark.parametrize("dtype", ["float32", "float64", ">f4"])
def test_usual_floats_are_not_left_to_numpy(dtype, rng, built):
    for values in (rng.random((150, 90)), 255 * rng.normal(size=(40, 30, 20)), np.round(9 * rng.random((70, 71)))):
        x = values.astype(dtype)
        outside = np.where(rng.random(x.shape) < 0.1, np.nan, x)
        for some in (x, x[::-1, ::2], np.asfortranarray(x), Samples(x, x > 0.5), Samples(outside, outside == outside)):
            assert is_same_or_left(some)
            assert is_same_or_left(some, float(values.mean()))


def test_small_values_after_large_ones_and_before(built):
    for x in (np.geomspace(1e-300, 1e300, 5000), np.geomspace(1e300, 1e-300, 5000), np.geomspace(1e-320, 1e-290, 900)):
        assert is_same_or_left(x)
        assert is_same_or_left(-x)


def test_what_is_left_to_numpy(built):
    from maskexpr.kernels.compiled import sums as compiled

    for x in (np.ones(9), np.full(999, np.inf), np.append(np.ones(999), np.nan)):
        assert compiled.exact_sum(x) is NotImplemented
    assert compiled.exact_sum(np.full(999, 1.7e308)) is NotImplemented
    assert compiled.whole_sum(np.ones(9)) is compiled.whole_sums(np.ones(9)) is NotImplemented
