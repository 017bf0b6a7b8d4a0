"""Compiled hulls are the NumPy kernel's, whose whole numbers they use."""

import numpy as np
import pytest
from helpers.region_rows import rows_of_regions

from maskexpr.kernels import hulls
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def test_sizes_are_the_same(rng, built):
    from maskexpr.kernels.compiled.hulls import sizes_of_rows

    for rows in rows_of_regions(rng):
        np.testing.assert_array_equal(sizes_of_rows(*rows), plain(hulls.sizes_of_rows)(*rows))


def test_volumes_are_left(built):
    from maskexpr.kernels.compiled.hulls import sizes_of_rows

    one = np.zeros(1, np.int64)
    assert sizes_of_rows(one, np.zeros((2, 1), np.int64), one, one, 1) is NotImplemented
