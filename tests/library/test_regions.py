from fractions import Fraction

import cv2
import numpy as np
import pytest
import scipy
import skimage.measure
import skimage.morphology
import skimage.segmentation

from maskexpr import Image, ProgramError, RunError, evaluate


def labelled(mask, connectivity):
    """scikit-image's labels, an implementation of its own."""
    return skimage.measure.label(np.ascontiguousarray(mask), connectivity=connectivity)


def in_scan_order(labels):
    values, first = np.unique(labels, return_index=True)
    return bool(np.all(np.diff(first[values > 0]) > 0)) and values.max() == np.count_nonzero(values)


def for_each_connectivity(mask):
    return range(1, mask.ndim + 1)


# --- label and count -------------------------------------------------------------------------------------------------


def test_label_numbers_regions_as_scikit_image_and_in_scan_order(mask):
    for connectivity in for_each_connectivity(mask):
        labels = evaluate(f"label(m, {connectivity})", m=mask)
        assert labels.dtype == np.int32
        assert in_scan_order(labels)
        np.testing.assert_array_equal(labels, labelled(mask, connectivity))


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (2, 2, 2), (3, 1, 3), (1, 3, 3), (3, 3, 1)])
def test_label_is_in_scan_order_for_every_small_mask(shape):
    """SciPy promises no order, so all masks of a few pixels are tried."""
    from maskexpr.library.regions.components import components

    size = int(np.prod(shape))
    for bits in range(2**size):
        mask = (bits >> np.arange(size) & 1 > 0).reshape(shape)
        for connectivity in for_each_connectivity(mask):
            labels, number = components(mask, connectivity)
            assert in_scan_order(labels)
            assert labels.max() == number


def test_count_is_the_highest_label(mask):
    for connectivity in for_each_connectivity(mask):
        assert evaluate(f"count(m, {connectivity})", m=mask) == labelled(mask, connectivity).max()


@pytest.mark.parametrize(("name", "connectivity"), [(4, 1), (8, 2)])
def test_count_of_ankle_agrees_with_opencv(ankle, name, connectivity):
    mask = ankle > 60
    regions, _ = cv2.connectedComponents(mask.astype(np.uint8), connectivity=name)
    assert evaluate(f"count(m, {name})", m=mask) == evaluate(f"count(m, {connectivity})", m=mask) == regions - 1


def test_connectivity_an_image_does_not_have_is_an_error():
    with pytest.raises(ProgramError, match="connectivity cannot be 6 here"):
        evaluate("label(m, 6)", m=np.ones((2, 2), bool))


# --- choice by size --------------------------------------------------------------------------------------------------


def chosen_by_size(mask, connectivity, choose):
    """Keep the labels that `choose` picks from (size, label) pairs."""
    labels = labelled(mask, connectivity)
    sizes = [(int((labels == i).sum()), i) for i in range(1, labels.max() + 1)]
    return np.isin(labels, [label for _, label in choose(sizes)])


@pytest.mark.parametrize("k", [1, 2, 5, 10_000])
def test_keep_largest_sorts_by_size_then_scan_order(mask, k):
    for connectivity in for_each_connectivity(mask):
        expected = chosen_by_size(mask, connectivity, lambda s: sorted(s, key=lambda r: (-r[0], r[1]))[:k])
        np.testing.assert_array_equal(evaluate(f"keep_largest(m, {k}, {connectivity})", m=mask), expected)


def test_keep_largest_takes_the_first_of_equals():
    result = evaluate("keep_largest(m, 2)", m=np.array([[1, 1, 0, 1, 0, 1, 1, 0, 1, 1]], bool))
    np.testing.assert_array_equal(result, [[1, 1, 0, 0, 0, 1, 1, 0, 0, 0]])


def test_keep_largest_takes_a_number_that_depends_on_pixels(rng):
    mask = rng.random((9, 9)) < 0.4
    np.testing.assert_array_equal(evaluate("keep_largest(m, count(m))", m=mask), mask)


@pytest.mark.parametrize("k", ["0", "1.5", "-1"])
def test_keep_largest_refuses_what_is_no_count(k):
    with pytest.raises(ProgramError, match=f"k is {k}"):
        evaluate(f"keep_largest(m, {k})", m=np.ones((2, 2), bool))


def test_keep_largest_refuses_a_count_of_zero_in_the_run():
    with pytest.raises(RunError, match="k is 0"):
        evaluate("keep_largest(m, count(~m))", m=np.ones((2, 2), bool))


@pytest.mark.parametrize("size", ["0", "1", "2", "2.5", "7", "1000"])
def test_remove_small_removes_what_is_below_the_limit(mask, size):
    for connectivity in for_each_connectivity(mask):
        expected = chosen_by_size(mask, connectivity, lambda s: [r for r in s if r[0] >= Fraction(size)])
        np.testing.assert_array_equal(evaluate(f"remove_small(m, {size}, {connectivity})", m=mask), expected)


def test_remove_small_is_scikit_images_remove_small_objects(ankle):
    mask = ankle > 60
    expected = skimage.morphology.remove_small_objects(mask, max_size=49)
    np.testing.assert_array_equal(evaluate("remove_small(m, 50)", m=mask), expected)


@pytest.mark.parametrize(("size", "kept"), [("0.03mm2", 3), ("0.0301mm2", 0), ("30000um2", 3), ("3px", 3)])
def test_remove_small_divides_a_size_by_the_pixels_exactly(size, kept):
    mask = Image(np.array([[1, 1, 1, 0, 1]], bool), spacing=0.1)
    assert evaluate(f"area(remove_small(m, {size}))", m=mask) == kept


def test_remove_small_takes_a_share_of_the_area():
    mask = np.array([[1, 1, 1, 0, 1]], bool)
    np.testing.assert_array_equal(evaluate("remove_small(m, 0.3 * area(m))", m=mask), [[1, 1, 1, 0, 0]])


# --- border and holes ------------------------------------------------------------------------------------------------


def test_clear_border_is_scikit_images(mask):
    for connectivity in for_each_connectivity(mask) if mask.ndim < 4 else ():  # all that scikit-image takes
        expected = skimage.segmentation.clear_border(labelled(mask, connectivity)) > 0
        np.testing.assert_array_equal(evaluate(f"clear_border(m, {connectivity})", m=mask), expected)


def test_fill_holes_is_scipys(mask):
    for connectivity in for_each_connectivity(mask):
        structure = scipy.ndimage.generate_binary_structure(mask.ndim, connectivity)
        expected = scipy.ndimage.binary_fill_holes(mask, structure)
        np.testing.assert_array_equal(evaluate(f"fill_holes(m, {connectivity})", m=mask), expected)


@pytest.mark.parametrize("connectivity", [1, 2])
def test_fill_holes_of_ankle(ankle, connectivity):
    mask = ankle > 60
    expected = scipy.ndimage.binary_fill_holes(mask, np.ones((3, 3)) if connectivity == 2 else None)
    np.testing.assert_array_equal(evaluate(f"fill_holes(m, {connectivity})", m=mask), expected)


# --- distance --------------------------------------------------------------------------------------------------------


def nearest_off(mask, steps):
    """The distance of each on pixel to each off pixel, the smallest of which is meant."""
    off = np.argwhere(~mask) * steps
    result = np.zeros(mask.shape)
    for place in np.argwhere(mask):
        result[tuple(place)] = np.sqrt(((off - place * steps) ** 2).sum(axis=1)).min(initial=np.inf)
    return result


def test_distance_is_to_the_nearest_off_pixel_of_the_image(mask):
    result = evaluate("distance(m)", m=mask)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, nearest_off(mask, 1), rtol=1e-15)
    if not mask.all():
        np.testing.assert_array_equal(result, scipy.ndimage.distance_transform_edt(mask))


def test_distance_counts_the_outside_when_asked_to(mask):
    expected = nearest_off(np.pad(mask, 1), 1)[(slice(1, -1),) * mask.ndim]
    np.testing.assert_allclose(evaluate('distance(m, border="empty")', m=mask), expected, rtol=1e-15)


def test_distance_without_background_is_infinite():
    assert np.all(evaluate("distance(m)", m=np.ones((2, 3), bool)) == np.inf)


@pytest.mark.parametrize(("unit", "factor"), [("mm", 1), ("um", 1000)])
@pytest.mark.parametrize("border", ["image", "empty"])
def test_distance_in_physical_units_follows_the_spacing(mask, unit, factor, border):
    spacing = [Fraction(1, 2), Fraction(3), Fraction(7, 10), Fraction(1)][: mask.ndim]
    pad = int(border == "empty")
    inside = (slice(pad, -pad or None),) * mask.ndim
    expected = nearest_off(np.pad(mask, pad), np.array(spacing, float) * factor)[inside]
    image = Image(mask, spacing=spacing)
    result = evaluate(f'distance(m, border="{border}", unit="{unit}")', m=image)
    np.testing.assert_allclose(result, expected, rtol=1e-14)


def test_distance_in_pixels_ignores_the_spacing():
    mask = np.array([[1, 1, 0]], bool)
    np.testing.assert_array_equal(evaluate("distance(m)", m=Image(mask, spacing=0.1)), [[2, 1, 0]])


def test_distance_in_ankle_agrees_with_opencv(ankle):
    mask = ankle > 60
    expected = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    np.testing.assert_allclose(evaluate("distance(m)", m=mask), expected, rtol=1e-6)


def test_distance_in_millimetres_needs_the_spacing():
    with pytest.raises(ProgramError, match="size of a pixel") as caught:
        evaluate('distance(m, unit="mm")', m=np.ones((2, 2), bool))
    assert caught.value.span is not None
