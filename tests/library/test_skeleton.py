"""Skeletons against scikit-image, bit for bit, and against what thinning promises."""

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.morphology
from skimage.morphology import skeletonize

from maskexpr import ProgramError, evaluate

REAL = {
    "horse": lambda: ~skimage.data.horse(),
    "coins": lambda: skimage.data.coins() > 100,
    "cell": lambda: skimage.data.cell() > 60,
    "text": lambda: skimage.data.text() < 100,
    "page": lambda: skimage.data.page() < 100,
}


def blobs(rng, shape, size):
    return scipy.ndimage.gaussian_filter(rng.normal(size=shape), size) > 0


def regions(mask):
    """How many, joined by corners."""
    return scipy.ndimage.label(mask, np.ones((3,) * mask.ndim))[1]


def holes(mask):
    return scipy.ndimage.label(~np.pad(mask, 1))[1] - 1


# --- planes ----------------------------------------------------------------------------------------------------------


def test_skeleton_is_scikit_images(mask):
    if mask.ndim in (2, 3):
        found = evaluate("skeleton(m)", m=mask)
        assert found.dtype == bool
        np.testing.assert_array_equal(found, skeletonize(mask.copy()))


@pytest.mark.parametrize("name", REAL)
def test_skeleton_of_real_masks_is_scikit_images(name):
    mask = REAL[name]()
    np.testing.assert_array_equal(evaluate("skeleton(m)", m=mask), skeletonize(mask))


def test_skeleton_of_ankle_is_scikit_images(ankle):
    np.testing.assert_array_equal(evaluate("skeleton(im > 60)", im=ankle), skeletonize(ankle > 60))


def test_a_block_of_two_by_two_does_not_vanish():
    assert evaluate("area(skeleton(m))", m=np.ones((2, 2), bool)) == 2


def test_skeletons_of_planes_keep_regions_and_holes(rng):
    for _ in range(50):
        mask = blobs(rng, (40, 40), 2)
        thin = evaluate("skeleton(m)", m=mask)
        assert not np.any(thin & ~mask)
        assert regions(thin) == regions(mask)
        assert holes(thin) == holes(mask)
        np.testing.assert_array_equal(evaluate("skeleton(m)", m=thin), thin)


# --- volumes ---------------------------------------------------------------------------------------------------------


def test_blobs_are_scikit_images(rng):
    for size in (1, 2, 4):
        mask = blobs(rng, (24, 28, 32), size)
        found = evaluate("skeleton(m)", m=mask)
        assert 0 < found.sum() < mask.sum() / 3
        np.testing.assert_array_equal(found, skeletonize(mask))


def test_skeletons_of_volumes_tear_nothing(rng):
    vanished = 0
    for _ in range(25):
        mask = blobs(rng, (16, 16, 16), 2)
        labels, number = scipy.ndimage.label(mask, np.ones((3, 3, 3)))
        thin = evaluate("skeleton(m)", m=mask)
        for i in range(1, number + 1):
            parts = regions(thin & (labels == i))
            assert parts <= 1
            vanished += not parts
        assert holes(thin) == holes(mask)
    assert vanished < 6
    assert not evaluate("any(skeleton(m))", m=np.ones((2, 2, 2), bool))  # as scikit-image does, and says nothing of


# --- both ------------------------------------------------------------------------------------------------------------


def test_skeleton_goes_slice_by_slice(rng):
    stack = blobs(rng, (5, 20, 24), 2)
    found = evaluate('skeleton(m, axes="yx")', m=stack)
    np.testing.assert_array_equal(found, [skeletonize(plane) for plane in stack])
    upright = evaluate('skeleton(m, axes="zx")', m=stack)
    for y in range(20):
        np.testing.assert_array_equal(upright[:, y], skeletonize(np.ascontiguousarray(stack[:, y])))


def test_skeleton_goes_volume_by_volume(rng):
    volumes = blobs(rng, (9, 3, 10, 11), 1)
    found = evaluate("skeleton(m, axes=[0, 2, 3])", m=volumes)
    for i in range(3):
        np.testing.assert_array_equal(found[:, i], skeletonize(np.ascontiguousarray(volumes[:, i])))


@pytest.mark.parametrize(("shape", "axes"), [((5,), "none"), ((3, 3), '"x"'), ((2, 2, 2, 2), "none")])
def test_skeleton_of_other_axes_is_an_error(shape, axes):
    with pytest.raises(ProgramError, match="along two or three axes, not along") as caught:
        evaluate(f"skeleton(m, {axes})", m=np.ones(shape, bool))
    assert caught.value.code == "axes"
