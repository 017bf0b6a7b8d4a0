"""Compiled thinning of volumes takes what the NumPy kernel takes."""

import numpy as np
import pytest
import scipy.ndimage
from helpers.biting import strided

from maskexpr.kernels import thinning
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def masks(rng, shape):
    yield strided(rng.random(shape) < 0.6)
    yield scipy.ndimage.gaussian_filter(rng.normal(size=shape), 2) > 0
    yield np.ones(shape, bool)
    yield np.zeros(shape, bool)


@pytest.mark.parametrize("method", ["homotopic", "lee"])
def test_volumes_are_thinned_the_same(method, rng, built):
    from maskexpr.kernels.compiled.thinning import thin_volumes

    for shape, axes in (
        ((12, 13, 14), (0, 1, 2)),
        ((1, 20, 9), (0, 1, 2)),
        ((5, 2, 9, 8), (0, 2, 3)),
        ((3, 4, 5), (0, 1, 2)),
    ):
        for m in masks(rng, shape):
            np.testing.assert_array_equal(thin_volumes(m, axes, method), plain(thinning.thin_volumes)(m, axes, method))
