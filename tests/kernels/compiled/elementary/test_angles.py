"""arctan2 compiled is that of NumPy's steps."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_arctan2(numbers, rng, assert_as_numpy):
    others = numbers[rng.permutation(numbers.size)]
    assert_as_numpy("arctan2", numbers, others)
    assert_as_numpy("arctan2", *np.meshgrid(numbers[:43], numbers[:43]))
    assert_as_numpy("arctan2", rng.random(9000) * 1e-40, rng.random(9000))  # subnormal in float32
    assert_as_numpy("arctan2", rng.integers(-20, 20, 9000), rng.integers(-20, 20, 9000))
    assert_as_numpy("arctan2", numbers, 0.5)
