"""Logarithms compiled are those of NumPy's steps."""

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["log", "log2", "log10"])
def test_logarithms(name, numbers, assert_as_numpy):
    assert_as_numpy(name, numbers)
    assert_as_numpy(name, abs(numbers))
