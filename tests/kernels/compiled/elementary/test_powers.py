"""Powers compiled are those of NumPy's steps."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_powers(numbers, rng, assert_as_numpy):
    exponents = numbers[rng.permutation(numbers.size)]
    assert_as_numpy("power", numbers, exponents)
    assert_as_numpy("power", numbers, np.rint(exponents))
    assert_as_numpy("power", *np.meshgrid(numbers[:43], numbers[:43]))


@pytest.mark.parametrize("exponent", [2.2, 1 / 3, -1.5, 3, -2, 0, 5000.5, np.inf, np.nan])
def test_powers_of_one_exponent(exponent, numbers, assert_as_numpy):
    assert_as_numpy("power", numbers, exponent)
    assert_as_numpy("power", exponent, numbers)
    assert_as_numpy("power", np.rint(numbers), [exponent])
