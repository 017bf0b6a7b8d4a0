"""exp compiled is that of NumPy's steps."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_exp(numbers, rng, assert_as_numpy):
    assert_as_numpy("exp", numbers)
    assert_as_numpy("exp", rng.uniform(-800, 800, 9000))
    assert_as_numpy("exp", rng.uniform(-110, 90, 9000))
    assert_as_numpy("exp", np.full(999, -50.25))
