"""Thinning against scikit-image, bit for bit, and against what it promises."""

import numpy as np
import pytest
import scipy.ndimage
from helpers.arrays import MASKS
from helpers.each import each
from helpers.topology import idle_pixels, topology
from skimage.morphology import skeletonize

from maskexpr.kernels.thinning import _is_simple, _octant_changes, thin_planes, thin_volumes


@each("method", ["zhang", "lee", "homotopic"])
def test_masks_that_bite(mask, method):
    if mask.ndim == 2:
        found = thin_planes(mask, (0, 1), method)
    elif mask.ndim == 3 and method != "zhang":
        found = thin_volumes(mask, (0, 1, 2), method)
    else:
        return
    assert found.dtype == bool
    assert found.flags.c_contiguous
    if method == "homotopic":
        assert topology(found) == topology(mask)
    else:
        np.testing.assert_array_equal(found, skeletonize(mask.copy(), method=method) > 0)


# --- planes ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_each_neighbourhood_is_scikit_images():
    """All 256 of them, in the middle of a mask, where neighbours fall as well."""
    offsets = [(y, x) for y in range(3) for x in range(3) if (y, x) != (1, 1)]
    for bits in range(256):
        mask = np.zeros((3, 3), bool)
        mask[1, 1] = True
        for i, offset in enumerate(offsets):
            mask[offset] = bits >> i & 1
        for larger in (mask, np.pad(mask, 2, mode="edge"), np.kron(mask, np.ones((2, 2), bool))):
            np.testing.assert_array_equal(thin_planes(larger, (0, 1), "zhang"), skeletonize(larger), str(larger))
            thin = thin_planes(larger, (0, 1), "homotopic")
            assert topology(thin) == topology(larger), str(larger)
            assert not idle_pixels(thin), str(larger)


def test_random_planes_are_scikit_images(rng):
    for _ in range(300):
        mask = rng.random(rng.integers(1, 17, 2)) < rng.choice([0.3, 0.5, 0.7, 0.9])
        np.testing.assert_array_equal(thin_planes(mask, (0, 1), "zhang"), skeletonize(mask))
        np.testing.assert_array_equal(thin_planes(mask, (0, 1), "lee"), skeletonize(mask, method="lee") > 0)


@pytest.mark.parametrize("axes", [(1, 2), (0, 2), (0, 1)])
def test_planes_of_a_stack_by_themselves(axes, rng):
    stack = scipy.ndimage.gaussian_filter(rng.normal(size=(6, 17, 20)), 1.5) > 0
    (other,) = {0, 1, 2} - set(axes)
    planes = [skeletonize(np.ascontiguousarray(plane)) for plane in np.moveaxis(stack, other, 0)]
    np.testing.assert_array_equal(thin_planes(stack, axes, "zhang"), np.moveaxis(planes, 0, other))


# --- volumes ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_random_volumes_are_scikit_images(rng):
    for _ in range(150):
        mask = rng.random(rng.integers(1, 10, 3)) < rng.choice([0.1, 0.3, 0.5, 0.7, 0.9])
        np.testing.assert_array_equal(thin_volumes(mask, (0, 1, 2), "lee"), skeletonize(mask))


@pytest.mark.parametrize("shape", [(12, 12, 12), (5, 20, 21), (1, 9, 30), (30, 1, 9), (9, 30, 1), (2, 2, 2), (3, 3, 3)])
def test_boxes_are_scikit_images(shape):
    """Large flat sides, where each pixel waits for those before it."""
    mask = np.ones(shape, bool)
    np.testing.assert_array_equal(thin_volumes(mask, (0, 1, 2), "lee"), skeletonize(mask))


def test_volumes_of_four_axes_by_themselves(rng):
    volumes = rng.random((5, 2, 6, 7)) < 0.7
    found = thin_volumes(volumes, (0, 2, 3), "lee")
    for i in range(2):
        np.testing.assert_array_equal(found[:, i], skeletonize(np.ascontiguousarray(volumes[:, i])))


def test_a_pixel_is_simple_if_its_cube_stays_what_it_is_without_it(rng):
    cubes = rng.random((300, 3, 3, 3)) < rng.choice([0.2, 0.5, 0.8], (300, 1, 1, 1))
    cubes[:, 1, 1, 1] = False
    codes = np.array([sum(1 << i for i in range(27) if cube.flat[i]) for cube in cubes], np.int32)
    np.testing.assert_array_equal(_is_simple(codes), [topology(cube) == (1, 1, 1) for cube in cubes])


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


def test_nothing_is_written_to_the_mask():
    mask = MASKS["dense"].copy()
    for method in ("zhang", "lee", "homotopic"):
        thin_planes(mask, (0, 1), method)
    for method in ("lee", "homotopic"):
        thin_volumes(mask[None], (0, 1, 2), method)
    np.testing.assert_array_equal(mask, MASKS["dense"])
