"""Convex hulls of pixels against scikit-image, and against what linear programs say of single pixels."""

import numpy as np
import pytest
import skimage.measure
import skimage.morphology
from helpers.hulls import by_programs, points_in, scikit_images

from maskexpr.kernels.hulls import hull_mask, hull_pixels, hull_sizes

# --- masks -----------------------------------------------------------------------------------------------------------


def test_hulls_of_few_pixels_are_scikit_images(rng):
    for _ in range(300):
        mask = rng.random(rng.integers(1, 15, 2)) < rng.choice([0.02, 0.1, 0.4])
        np.testing.assert_array_equal(hull_mask(mask), scikit_images(mask), str(np.argwhere(mask).tolist()))


def test_hull_of_every_small_mask():
    for bits in range(1, 2**9):
        mask = (bits >> np.arange(9) & 1 > 0).reshape(3, 3)
        np.testing.assert_array_equal(hull_mask(mask), scikit_images(mask))


@pytest.mark.parametrize("places", [[(1, 1)], [(0, 0), (0, 6)], [(0, 2), (4, 2)], [(0, 0), (4, 4)], [(0, 0), (4, 6)]])
def test_a_pixel_or_a_line(places):
    mask = points_in((5, 7), *places)
    np.testing.assert_array_equal(hull_mask(mask), by_programs(mask))


@pytest.mark.slow
@pytest.mark.parametrize(("far", "above"), [(10**6, 500_001), (10**6 + 1, 500_001), (10**6 - 2, 500_000)])
def test_hull_is_exact_where_lines_are_long(far, above):
    """The upper edge falls from half a pixel above (0, 0) to half a pixel above (1, far), so it crosses the centres of
    the first row at far / 2: by a rounding error there a pixel would be lost or won."""
    mask = points_in((2, far + 1), (0, 0), (1, 0), (1, far))
    np.testing.assert_array_equal(hull_mask(mask).sum(axis=1), [above, far + 1])
    assert hull_pixels(np.argwhere(mask.T)) == above + far + 1


def test_hulls_of_volumes_are_scikit_images(rng):
    seen = 0
    for _ in range(60):
        mask = rng.random(rng.integers(2, 10, 3)) < rng.choice([0.03, 0.1, 0.4])
        expected = scikit_images(mask)
        if expected.any():  # it gives nothing where all lies in a plane
            np.testing.assert_array_equal(hull_mask(mask), expected, str(np.argwhere(mask).tolist()))
            seen += 1
    assert seen > 30


@pytest.mark.slow
@pytest.mark.parametrize(
    "places",
    [
        [(1, 1, 1)],
        [(0, 1, 2), (3, 1, 2)],
        [(0, 0, 0), (3, 3, 3)],
        [(0, 0, 0), (3, 1, 2)],
        [(0, 0, 0), (0, 3, 3), (3, 0, 3)],
        [(0, 0, 0), (3, 0, 0), (0, 3, 3), (3, 3, 3)],
        [(0, 1, 0), (0, 0, 0), (3, 3, 1)],
    ],
)
def test_hull_of_flat_volumes_is_what_programs_say(places):
    mask = points_in((4, 4, 4), *places)
    np.testing.assert_array_equal(hull_mask(mask), by_programs(mask))


def test_hulls_of_masks_that_bite(mask):
    if mask.ndim > 3:
        return
    found = hull_mask(mask)
    assert found.shape == mask.shape
    assert not np.any(mask & ~found)
    assert found.any() == mask.any()
    if mask.any():
        corner, end = np.argwhere(mask).min(axis=0), np.argwhere(mask).max(axis=0)
        assert (np.argwhere(found) >= corner).all()
        assert (np.argwhere(found) <= end).all()
        assert hull_pixels(np.argwhere(mask)) == np.count_nonzero(found)
    if mask.ndim == 2:
        np.testing.assert_array_equal(found, scikit_images(mask))


# --- numbers of pixels -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_hull_pixels_takes_coordinates_in_any_order_and_place(ndim, rng):
    for dtype in (np.int64, np.int32, np.uint16):
        mask = rng.random((9, 10, 11)[:ndim]) < 0.1
        mask.flat[0] = True
        places = np.argwhere(mask)
        wanted = int(hull_mask(mask).sum())
        assert type(hull_pixels(places)) is int
        assert hull_pixels(rng.permutation(places).astype(dtype) + dtype(1000)) == wanted
        assert hull_pixels(np.concatenate([places, places]) - 500) == wanted


@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_hull_sizes_are_those_of_each_region(ndim, rng):
    mask = rng.random((30, 31, 6)[:ndim] if ndim > 1 else 300) < 0.3
    labels = skimage.measure.label(mask, connectivity=ndim)
    places, regions = np.argwhere(mask), labels[mask] - 1
    order = rng.permutation(len(places))
    found = hull_sizes(places[order], regions[order], int(labels.max()))
    wanted = [hull_pixels(places[regions == i]) for i in range(labels.max())]
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, wanted)
    if ndim == 2:
        np.testing.assert_array_equal(found, [r.area_convex for r in skimage.measure.regionprops(labels)])


def test_no_region_has_no_size():
    assert hull_sizes(np.zeros((0, 2), int), np.zeros(0, int), 0).shape == (0,)
