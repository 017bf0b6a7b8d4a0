"""Compiled extremes and sums of the values of regions are the NumPy kernels', to the last bit."""

import math

import numpy as np
import pytest
from helpers.biting import TYPES, images

from maskexpr.kernels import regional
from maskexpr.kernels.choosing import plain

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")]  # nan


def spans(rng, values):
    """Of regions from 0 to 8."""
    cuts = np.unique(rng.integers(0, len(values), len(values) // 5 + 1))
    begins = np.unique(np.append(0, cuts))
    return rng.integers(0, 9, len(begins)), begins


@pytest.mark.parametrize("dtype", TYPES)
def test_they_are_the_same(dtype, rng, built):
    from maskexpr.kernels.compiled import regional as compiled

    for shape in ((1,), (2,), (700,)):
        for values in map(np.ascontiguousarray, images(rng, dtype, shape)):
            owner, begins = spans(rng, values)
            for function in (np.minimum, np.maximum):
                start = rng.choice(values, 9)
                found, expected = start.copy(), start.copy()
                is_left = compiled.take_extremes(found, owner, begins, values, function) is NotImplemented
                assert is_left == (dtype == "float16")
                plain(regional.take_extremes)(expected, owner, begins, values, function)
                assert is_left or (found + 0).tobytes() == (expected + 0).tobytes()
            if values.dtype.kind != "f":
                check_digits(compiled.add_digits, values, owner, begins)
            else:
                check_layers(compiled.add_layers, np.where(np.isfinite(values), values, 0), owner, begins)


def check_digits(add, values, owner, begins):
    for power in (1, 2):
        places = power * (max(1, values.itemsize // 2) - 1) + 1
        found, expected = np.full((2, places, 9), 5)
        assert (add(found, owner, begins, values, power) is NotImplemented) == (values.itemsize == 8)
        plain(regional.add_digits)(expected, owner, begins, values, power)
        assert values.itemsize == 8 or np.array_equal(found, expected)


def check_layers(add, values, owner, begins):
    for exponent in (-5, 0, 40):  # what is left behind four layers, or not
        cuts = np.array([math.ldexp(1.5, exponent - 9 * i + 52) for i in range(4)])
        found, expected = np.zeros((2, 4, 9))
        is_whole = add(found, owner, begins, values, cuts)
        if values.dtype == np.float16:
            assert is_whole is NotImplemented
            continue
        assert is_whole == plain(regional.add_layers)(expected, owner, begins, values, cuts)
        assert not is_whole or found.tobytes() == expected.tobytes()
