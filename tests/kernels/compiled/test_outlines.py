"""Compiled outlines are the NumPy kernel's."""

import numpy as np
import pytest
import scipy.ndimage

from maskexpr.kernels import outlines
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("shape", [(5, 3), (5, 2), (4, 9), (30, 65), (12, 200)])
def test_contours_are_the_same(shape, rng, built):
    from maskexpr.kernels.compiled.outlines import add_contours

    blobs = scipy.ndimage.label(scipy.ndimage.gaussian_filter(rng.random(shape), 1) > 0.5)[0]
    for labels in (rng.integers(0, 2, shape), rng.integers(0, 4, shape), blobs, np.ones(shape)):
        numbers = np.array(labels, np.int32)
        numbers[:, [0, -1]] = 0
        both = []
        for kernel in (add_contours, plain(outlines.add_contours)):
            along, across = np.zeros((2, int(numbers.max()) + 1), np.int64)
            kernel(along, across, numbers)
            both.append([along, across])
        np.testing.assert_array_equal(*both)
    assert add_contours(along, across, numbers.astype(np.int64)) is NotImplemented
