"""The medial axis against scikit-image's, whose ties are decided in the order of the pixels."""

import numpy as np
import pytest
import scipy.ndimage
import skimage.data
import skimage.morphology

from maskexpr.kernels.medial import medial_axis


class InOrder(np.random.Generator):
    """Numbers that are not random at all."""

    def permutation(self, x, axis=0):
        return np.asarray(x)


def theirs(m):
    return skimage.morphology.medial_axis(m, rng=InOrder(np.random.PCG64(0)))


@pytest.mark.parametrize("scale", [0.5, 1, 3])
def test_it_is_scikit_images_in_the_order_of_the_pixels(scale, rng):
    for shape in ((60, 70), (3, 40), (40, 3), (1, 30), (30, 1)):
        for _ in range(4):
            m = scipy.ndimage.gaussian_filter(rng.normal(size=shape), scale) > 0
            if not m.all():
                np.testing.assert_array_equal(medial_axis(m, ~m), theirs(m))


@pytest.mark.parametrize("name", ["horse", "coins"])
def test_real_masks_are_scikit_images(name):
    m = skimage.data.horse()[:200] == 0 if name == "horse" else skimage.data.coins() > 110
    found = medial_axis(m, ~m)
    np.testing.assert_array_equal(found, theirs(m))
    other = skimage.morphology.medial_axis(m, rng=1)
    assert 0 < np.count_nonzero(found ^ other) < 0.3 * found.sum()  # with random numbers, near by


def test_without_background_something_is_left():
    m = np.ones((9, 12), bool)
    found = medial_axis(m, ~m)
    assert found.any()
    assert scipy.ndimage.label(found, np.ones((3, 3)))[1] == 1
