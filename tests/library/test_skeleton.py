"""Skeletons against scikit-image, bit for bit, and against what thinning promises."""

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.morphology
from helpers.arrays import MASKS
from skimage.morphology import skeletonize

from maskexpr import ProgramError, evaluate
from maskexpr.kernels.thinning import _octant_changes, thin_planes, thin_volumes

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


def test_each_neighbourhood_is_scikit_images():
    """All 256 of them, in the middle of a mask, where neighbours fall as well."""
    offsets = [(y, x) for y in range(3) for x in range(3) if (y, x) != (1, 1)]
    for bits in range(256):
        mask = np.zeros((3, 3), bool)
        mask[1, 1] = True
        for i, offset in enumerate(offsets):
            mask[offset] = bits >> i & 1
        for larger in (mask, np.pad(mask, 2, mode="edge"), np.kron(mask, np.ones((2, 2), bool))):
            np.testing.assert_array_equal(thin_planes(larger, (0, 1)), skeletonize(larger), str(larger))


def test_random_planes_are_scikit_images(rng):
    for _ in range(300):
        mask = rng.random(rng.integers(1, 17, 2)) < rng.choice([0.3, 0.5, 0.7, 0.9])
        np.testing.assert_array_equal(thin_planes(mask, (0, 1)), skeletonize(mask))


def test_a_block_of_two_by_two_does_not_vanish():
    assert evaluate("area(skeleton(m))", m=np.ones((2, 2), bool)) == 2


def test_skeletons_of_planes_keep_regions_and_holes(rng):
    for _ in range(100):
        mask = blobs(rng, (40, 40), 2)
        thin = evaluate("skeleton(m)", m=mask)
        assert not np.any(thin & ~mask)
        assert regions(thin) == regions(mask)
        assert holes(thin) == holes(mask)
        np.testing.assert_array_equal(thin_planes(thin, (0, 1)), thin)


# --- volumes ---------------------------------------------------------------------------------------------------------


def test_random_volumes_are_scikit_images(rng):
    for _ in range(150):
        mask = rng.random(rng.integers(1, 10, 3)) < rng.choice([0.1, 0.3, 0.5, 0.7, 0.9])
        np.testing.assert_array_equal(thin_volumes(mask, (0, 1, 2)), skeletonize(mask))


def test_blobs_are_scikit_images(rng):
    for size in (1, 2, 4):
        mask = blobs(rng, (24, 28, 32), size)
        found = evaluate("skeleton(m)", m=mask)
        assert 0 < found.sum() < mask.sum() / 3
        np.testing.assert_array_equal(found, skeletonize(mask))


@pytest.mark.parametrize("shape", [(12, 12, 12), (5, 20, 21), (1, 9, 30), (30, 1, 9), (9, 30, 1), (2, 2, 2), (3, 3, 3)])
def test_boxes_are_scikit_images(shape):
    """Large flat sides, where each pixel waits for those before it."""
    mask = np.ones(shape, bool)
    np.testing.assert_array_equal(evaluate("skeleton(m)", m=mask), skeletonize(mask))


def test_skeletons_of_volumes_tear_nothing(rng):
    vanished = 0
    for _ in range(40):
        mask = blobs(rng, (16, 16, 16), 2)
        labels, number = scipy.ndimage.label(mask, np.ones((3, 3, 3)))
        thin = evaluate("skeleton(m)", m=mask)
        for i in range(1, number + 1):
            parts = regions(thin & (labels == i))
            assert parts <= 1
            vanished += not parts
        assert holes(thin) == holes(mask)
    assert vanished < 10
    assert not evaluate("any(skeleton(m))", m=np.ones((2, 2, 2), bool))  # as scikit-image does, and says nothing of


def test_the_euler_number_changes_by_what_the_octants_say(rng):
    """Counted here from vertices, edges, faces and cubes of the whole neighbourhood."""

    def euler(cubes):
        grid = np.zeros([2 * n + 1 for n in cubes.shape], bool)  # cells of all dimensions, a cube at each odd place
        for place in np.argwhere(cubes):
            grid[tuple(slice(2 * p, 2 * p + 3) for p in place)] = True
        dimension = np.indices(grid.shape).astype(int) % 2
        return int(np.where(dimension.sum(axis=0)[grid] % 2 == 0, 1, -1).sum())

    for _ in range(50):
        cube = rng.random((3, 3, 3)) < 0.5
        cube[1, 1, 1] = True
        without = cube.copy()
        without[1, 1, 1] = False
        change = 0
        for sides in np.ndindex(2, 2, 2):
            octant = cube[tuple(slice(1, 3) if s else slice(1, None, -1) for s in sides)]
            change += int(_octant_changes()[sum(1 << i for i in range(8) if octant.flat[i])])
        assert change == 8 * (euler(cube) - euler(without))


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


def test_skeleton_does_not_write_to_its_mask():
    mask = MASKS["dense"].copy()
    thin_planes(mask, (0, 1))
    thin_volumes(mask[None], (0, 1, 2))
    np.testing.assert_array_equal(mask, MASKS["dense"])
