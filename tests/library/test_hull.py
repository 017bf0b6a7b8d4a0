"""Convex hulls against scikit-image, and against what linear programs say of single pixels."""

import itertools

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.measure
import skimage.morphology
from helpers.hulls import by_programs, points_in, scikit_images

from maskexpr import Image, ProgramError, evaluate

REAL = {
    "horse": lambda: ~skimage.data.horse(),
    "coins": lambda: skimage.data.coins() > 100,
    "cell": lambda: skimage.data.cell() > 60,
    "text": lambda: skimage.data.text() < 60,
    "page": lambda: skimage.data.page() < 60,
}


# --- planes ----------------------------------------------------------------------------------------------------------


def test_hull_is_scikit_images(mask):
    if mask.ndim == 2:
        found = evaluate("hull(m)", m=mask)
        assert found.dtype == bool
        np.testing.assert_array_equal(found, scikit_images(mask))


@pytest.mark.parametrize("name", REAL)
def test_hull_of_real_masks_is_scikit_images(name):
    mask = REAL[name]()
    np.testing.assert_array_equal(evaluate("hull(m)", m=mask), scikit_images(mask))


def test_hull_of_ankle_is_scikit_images(ankle):
    np.testing.assert_array_equal(evaluate("hull(im > 60)", im=ankle), scikit_images(ankle > 60))


def test_the_hull_of_a_hull_is_larger_as_scikit_images():
    m = np.zeros((60, 60), bool)
    m[[18, 16, 39], [35, 36, 20]] = True
    assert [int(evaluate(f"area({text})", m=m)) for text in ("hull(m)", "hull(hull(m))")] == [29, 48]
    np.testing.assert_array_equal(evaluate("hull(hull(m))", m=m), scikit_images(scikit_images(m)))


def test_pixels_on_the_edge_belong_to_the_hull():
    """The upper edge, from half a pixel above (0, 0) to half a pixel above (1, 2), meets the centre of (0, 1)."""
    mask = points_in((2, 3), (0, 0), (1, 0), (1, 2))
    np.testing.assert_array_equal(evaluate("hull(m)", m=mask), [[1, 1, 0], [1, 1, 1]])
    np.testing.assert_array_equal(scikit_images(mask), evaluate("hull(m)", m=mask))
    np.testing.assert_array_equal(by_programs(mask), evaluate("hull(m)", m=mask))


@pytest.mark.parametrize("places", [[(1, 1)], [(0, 0), (0, 6)], [(0, 2), (4, 2)], [(0, 0), (4, 4)], [(0, 0), (4, 6)]])
def test_hull_of_a_pixel_or_a_line(places):
    mask = points_in((5, 7), *places)
    np.testing.assert_array_equal(evaluate("hull(m)", m=mask), by_programs(mask))
    np.testing.assert_array_equal(evaluate("hull(m)", m=mask), scikit_images(mask))


# --- volumes ---------------------------------------------------------------------------------------------------------


def test_hull_of_blobs_is_scikit_images(rng):
    mask = scipy.ndimage.gaussian_filter(rng.normal(size=(20, 25, 30)), 3) > 0.04
    assert 10 < mask.sum() < mask.size / 2
    np.testing.assert_array_equal(evaluate("hull(m)", m=mask), scikit_images(mask))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_hull_of_a_plane_in_a_volume_is_that_of_the_plane(axis):
    plane = ~skimage.data.horse()[::8, ::8]
    mask = np.zeros((3, *plane.shape), bool)
    mask[1] = plane
    found = evaluate("hull(m)", m=np.moveaxis(mask, 0, axis))
    expected = np.zeros_like(mask)
    expected[1] = scikit_images(plane)
    np.testing.assert_array_equal(found, np.moveaxis(expected, 0, axis))


def test_hull_does_not_depend_on_the_order_of_axes(rng):
    mask = rng.random((6, 7, 8)) < 0.02
    for order in itertools.permutations(range(3)):
        turned = evaluate("hull(m)", m=mask.transpose(order))
        np.testing.assert_array_equal(turned, evaluate("hull(m)", m=mask).transpose(order))


# --- both ------------------------------------------------------------------------------------------------------------


def test_hull_holds_the_mask(mask):
    if mask.ndim < 4:
        found = evaluate("hull(m)", m=mask)
        assert not np.any(mask & ~found)
        assert found.any() == mask.any()
        if mask.ndim == 1 and mask.any():
            on = np.flatnonzero(mask)
            np.testing.assert_array_equal(np.flatnonzero(found), np.arange(on[0], on[-1] + 1))


def test_hull_goes_slice_by_slice(rng):
    stack = rng.random((4, 8, 9)) < 0.1
    stack[2] = False
    found = evaluate('hull(m, "yx")', m=stack)
    np.testing.assert_array_equal(found, [scikit_images(plane) for plane in stack])
    columns = evaluate('hull(m, axes="z")', m=stack)
    np.testing.assert_array_equal(columns[:, 3, 4], evaluate("hull(m)", m=np.ascontiguousarray(stack[:, 3, 4])))


def test_hull_ignores_the_spacing():
    mask = points_in((6, 6), (0, 0), (5, 1), (2, 5))
    stretched = evaluate("hull(m)", m=Image(mask, spacing=[3, 0.5]))
    np.testing.assert_array_equal(stretched, evaluate("hull(m)", m=mask))


def test_hull_of_four_axes_is_an_error():
    with pytest.raises(ProgramError, match="along one to three axes, not along 4") as caught:
        evaluate("hull(m)", m=np.ones((2, 2, 2, 2), bool))
    assert caught.value.code == "axes"
    assert evaluate('all(hull(m, axes="zyx"))', m=np.ones((2, 2, 2, 2), bool))
