"""Floods against a queue by the definition, and against scikit-image, pixel by pixel and in waves."""

import numpy as np
import pytest
import scipy.ndimage
import skimage.morphology
import skimage.segmentation
from helpers.each import each
from helpers.queue_flood import by_a_queue

from maskexpr.kernels import flooding

SHAPES = [(1,), (40,), (1, 1), (1, 9), (9, 1), (12, 17), (5, 64), (3, 4, 5), (1, 6, 7), (2, 3, 2, 3)]


@pytest.fixture(params=[1, 4, 10**9], ids=["at once", "both", "one by one"], autouse=True)
def waves(request, monkeypatch):
    """From how large a wave on pixels are handed out at once."""
    monkeypatch.setattr(flooding, "_WAVE", request.param)


def flood(im, markers, within, connectivity):
    neighbours = scipy.ndimage.generate_binary_structure(im.ndim, connectivity)
    found = flooding.flood(im, markers, within, neighbours)
    assert found.dtype == np.int32
    assert found.flags.c_contiguous
    return found


def random_markers(rng, shape, share=0.1):
    return np.where(rng.random(shape) < share, rng.integers(1, 6, shape), 0).astype(np.int32)


@pytest.mark.slow
@each("shape", SHAPES)
@pytest.mark.parametrize("levels", [1, 5, 100])
def test_a_flood_is_a_queue(shape, levels, rng):
    im, markers, within = rng.integers(0, levels, shape), random_markers(rng, shape), rng.random(shape) < 0.8
    for connectivity in range(1, len(shape) + 1):
        for open_to in (np.ones(shape, bool), within):
            expected = by_a_queue(im, markers, open_to, connectivity)
            np.testing.assert_array_equal(flood(im, markers, open_to, connectivity), expected)


@each("shape", SHAPES)
def test_a_flood_between_markers_that_fill_the_image_is_a_queue(shape, rng):
    """Then neighbours of markers are looked for everywhere, and only levels near what is open are told apart."""
    for im in (rng.integers(-900, 900, shape), rng.random(shape)):
        ranks = np.unique(im, return_inverse=True)[1].reshape(shape)
        for share in (0.9, 1.0):
            markers = random_markers(rng, shape, share)
            for open_to in (np.ones(shape, bool), rng.random(shape) < 0.8):
                expected = by_a_queue(ranks, markers, open_to, len(shape))
                np.testing.assert_array_equal(flood(im, markers, open_to, len(shape)), expected)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "uint64", "int64", "float16", "float64"])
def test_values_of_any_type_and_range(dtype, rng):
    """Few levels, or so many that they are numbered first; negative ones; nan above all numbers."""
    shape = (9, 11)
    if np.dtype(dtype).kind == "f":
        im = rng.normal(size=shape).astype(dtype)
        im[2, 3], im[5, 5], im[7, 1] = np.inf, -np.inf, 0
        ranks = np.unique(im, return_inverse=True)[1].reshape(shape)
        im[0, :4] = np.nan
        ranks[0, :4] = im.size
    else:
        info = np.iinfo(dtype)
        im = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
        ranks = np.unique(im, return_inverse=True)[1].reshape(shape)
    markers = random_markers(rng, shape)
    everywhere = np.ones(shape, bool)
    np.testing.assert_array_equal(flood(im, markers, everywhere, 1), by_a_queue(ranks, markers, everywhere, 1))


def test_a_blurred_image_is_scikit_images(rng):
    im = scipy.ndimage.gaussian_filter(rng.normal(size=(60, 70)), 2)
    markers = np.zeros(im.shape, np.int32)
    markers[tuple(rng.integers(0, 60, (2, 30)))] = np.arange(1, 31)
    for connectivity in (1, 2):
        expected = skimage.segmentation.watershed(im, markers, connectivity=connectivity)
        np.testing.assert_array_equal(flood(im, markers, np.ones(im.shape, bool), connectivity), expected)


def test_nothing_flows_without_markers_nor_past_what_is_closed():
    im, none = np.zeros((4, 5), np.uint8), np.zeros((4, 5), np.int32)
    assert not flood(im, none, np.ones(im.shape, bool), 1).any()
    wall = np.ones(im.shape, bool)
    wall[:, 2] = False
    markers = none.copy()
    markers[0, 0] = 7
    found = flood(im, markers, wall, 1)
    assert (found[:, :2] == 7).all()
    assert not found[:, 2:].any()
    assert not flood(im, markers, np.zeros(im.shape, bool), 1).any()  # the marker itself is closed


# --- regional minima -------------------------------------------------------------------------------------------------


@each("shape", SHAPES)
def test_minima_are_scikit_images(shape, rng):
    for levels in (2, 3, 9):
        im = rng.integers(0, levels, shape)
        for connectivity in range(1, len(shape) + 1):
            neighbours = scipy.ndimage.generate_binary_structure(len(shape), connectivity)
            found = flooding.lowest(im, neighbours)
            if np.ptp(im) == 0:  # of one value: scikit-image finds none
                assert found.all()
                continue
            np.testing.assert_array_equal(found, skimage.morphology.local_minima(im, connectivity=connectivity))


def test_minima_within_a_mask_are_those_of_what_lies_there(rng):
    for _ in range(30):
        im, within = rng.integers(0, 4, (9, 11)), rng.random((9, 11)) < 0.7
        neighbours = scipy.ndimage.generate_binary_structure(2, 1)
        found = flooding.lowest(im, neighbours, within)
        expected = np.zeros(im.shape, bool)
        for level in range(4):  # of the regions of one value, those without a lower pixel beside them
            regions, count = scipy.ndimage.label(within & (im == level), neighbours)
            for i in range(1, count + 1):
                around = scipy.ndimage.binary_dilation(regions == i, neighbours) & within
                expected |= (regions == i) & (im[around].min() == level)
        np.testing.assert_array_equal(found, expected)


def test_nan_is_a_minimum_only_where_there_is_nothing_else():
    neighbours = scipy.ndimage.generate_binary_structure(2, 1)
    im = np.array([[np.nan, np.nan, 1.0, 2, np.nan]])
    np.testing.assert_array_equal(flooding.lowest(im, neighbours), [[0, 0, 1, 0, 0]])
    np.testing.assert_array_equal(flooding.lowest(im[:, :2], neighbours), [[1, 1]])
