"""The compiled search for the nearest number finds the NumPy kernel's."""

import numpy as np
import pytest
from helpers.biting import SHAPES, strided

from maskexpr.kernels import nearest
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_what_is_nearest_is_the_same(dtype, rng, built):
    """Of several the lowest number; along some axes, and no farther than asked."""
    from maskexpr.kernels.compiled.nearest import nearest_numbers

    for shape in (*SHAPES, (150, 90)):
        for share in (0, 0.02, 0.3):
            labels = strided(np.where(rng.random(shape) < share, rng.integers(1, 6, shape), 0).astype(dtype))
            steps = rng.integers(1, 4, len(shape)).tolist()
            for axes, most in ((None, None), (None, 5), ([len(shape) - 1], None), ([0], 9)):
                found = nearest_numbers(labels, steps, axes, most)
                assert found.dtype == labels.dtype
                np.testing.assert_array_equal(found, plain(nearest.nearest_numbers)(labels, steps, axes, most))


def test_what_is_too_large_to_be_exact_is_left(built):
    from maskexpr.kernels.compiled.nearest import nearest_numbers

    labels = np.ones((3, 4), np.int64)
    assert nearest_numbers(labels, [10**8, 1]) is NotImplemented
    assert nearest_numbers(labels * 2**31, [1, 1]) is NotImplemented
    assert nearest_numbers(labels, [1, 1], []) is NotImplemented
