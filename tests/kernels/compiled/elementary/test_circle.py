"""Sine, cosine and tangent compiled are those of NumPy's steps."""

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_waves(name, numbers, rng, assert_as_numpy):
    assert_as_numpy(name, numbers)
    assert_as_numpy(name, rng.integers(-(10**6), 10**6, 5000) * 1.5707963267948966)  # next to zeros and poles
