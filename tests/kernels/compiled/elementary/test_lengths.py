"""hypot compiled is that of NumPy's steps."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_hypot(numbers, rng, assert_as_numpy):
    assert_as_numpy("hypot", numbers, numbers[rng.permutation(numbers.size)])
    assert_as_numpy("hypot", *np.meshgrid(numbers[:43], numbers[:43]))
    assert_as_numpy("hypot", *rng.integers(0, 2**26, (2, 9000)))
    assert_as_numpy("hypot", numbers, -3.0)
