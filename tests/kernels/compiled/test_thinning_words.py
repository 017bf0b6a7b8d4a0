"""Compiled thinning of planes takes what the NumPy kernel takes, across the ends of words too."""

import numpy as np
import pytest
import scipy.ndimage
from helpers.biting import SHAPES, strided

from maskexpr.kernels import thinning
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def masks(rng, shape):
    yield strided(rng.random(shape) < 0.6)
    yield scipy.ndimage.gaussian_filter(rng.normal(size=shape), 2) > 0
    yield np.ones(shape, bool)
    yield np.zeros(shape, bool)


@pytest.mark.parametrize("method", ["homotopic", "zhang", "lee"])
def test_planes_are_thinned_the_same(method, rng, built):
    from maskexpr.kernels.compiled.thinning import thin_planes

    for shape in [shape for shape in SHAPES if len(shape) > 1] + [(60, 90)]:
        for axes in ((0, 1), (len(shape) - 2, len(shape) - 1), (0, len(shape) - 1)):
            for m in masks(rng, shape):
                found = thin_planes(m, axes, method)
                assert found.dtype == bool
                assert found.flags.c_contiguous
                np.testing.assert_array_equal(found, plain(thinning.thin_planes)(m, axes, method))


@pytest.mark.parametrize("method", ["homotopic", "zhang", "lee"])
def test_words_side_by_side(method, rng, built):
    from maskexpr.kernels.compiled.thinning import thin_planes

    for shape in ((9, 63), (9, 64), (20, 65), (30, 200), (6, 700), (2, 8, 129), (300, 2)):
        for sigma in (0, 1, 3):
            m = scipy.ndimage.gaussian_filter(rng.normal(size=shape), sigma) > -0.02
            axes = (len(shape) - 2, len(shape) - 1)
            np.testing.assert_array_equal(thin_planes(m, axes, method), plain(thinning.thin_planes)(m, axes, method))


def test_no_pass_takes_a_pixel_that_is_not_simple():
    # Words are told so for 64 pixels at once before any is looked up.
    for method in ("homotopic", "zhang", "lee"):
        for passes, _ in thinning.plane_stages(method):
            for takes in passes:
                assert (thinning._crossings()[takes] == 1).all()
