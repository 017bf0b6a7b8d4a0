from fractions import Fraction

import cv2
import mpmath
import numpy as np
import pytest
import scipy
import skimage.data
from helpers.each import each
from helpers.slicewise import slice_by_slice, some_axes

from maskexpr import Image, ProgramError, evaluate

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


@each("unit, factor", [("mm", 1), ("um", 1000)])
@each("border", ["image", "empty"])
def test_distance_in_physical_units_follows_the_spacing(mask, unit, factor, border):
    spacing = [Fraction(1, 2), Fraction(3), Fraction(7, 10), Fraction(1)][: mask.ndim]
    pad = int(border == "empty")
    inside = (slice(pad, -pad or None),) * mask.ndim
    expected = nearest_off(np.pad(mask, pad), np.array(spacing, float) * factor)[inside]
    image = Image(mask, spacing=spacing)
    result = evaluate(f'distance(m, border="{border}", unit="{unit}")', m=image)
    np.testing.assert_allclose(result, expected, rtol=1e-14)


@each("spacing", ["0.7mm", "0.478516mm", "0.1mm", ["0.7mm", "2.1mm"]])
def test_distances_that_are_equal_are_the_same_number(rng, spacing):
    """Whichever of several nearest pixels is found: what is found first hangs on how SciPy was compiled."""
    mask = rng.random((120, 130)) > 0.01
    lengths = [Fraction(step.removesuffix("mm")) for step in np.broadcast_to(spacing, 2).tolist()]
    ratio = [int(step / min(lengths)) for step in lengths]
    squares = np.rint(scipy.ndimage.distance_transform_edt(mask, ratio) ** 2).astype(int)
    places, first = np.unique(squares, return_inverse=True)
    expected = np.array([float(mpmath.sqrt(n) * min(lengths)) for n in places.tolist()])[first.reshape(mask.shape)]
    result = evaluate('distance(m, unit="mm")', m=Image(mask, spacing=spacing))
    assert len(np.unique(result)) == len(places)
    np.testing.assert_allclose(result, expected, rtol=4e-16)
    np.testing.assert_array_equal(
        evaluate('distance(m, unit="mm")', m=Image(mask[::-1, ::-1], spacing=spacing))[::-1, ::-1], result
    )


def test_three_tenths_of_a_millimetre():
    row = Image(np.array([1, 1, 1, 0], bool), spacing=["0.1mm"])
    np.testing.assert_array_equal(evaluate('distance(m, unit="mm")', m=row), [0.3, 0.2, 0.1, 0])
    assert evaluate('hausdorff(m, x == 0, unit="mm")', m=row) == 0.2


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


def test_distance_in_slices(mask):
    for axes in some_axes(mask):
        written = f"axes={list(axes)}"
        expected = slice_by_slice(lambda part: nearest_off(part, 1), mask, axes)
        np.testing.assert_allclose(evaluate(f"distance(m, {written})", m=mask), expected, rtol=1e-15)
        expected = slice_by_slice(lambda part: nearest_off(np.pad(part, 1), 1)[(slice(1, -1),) * part.ndim], mask, axes)
        np.testing.assert_allclose(evaluate(f'distance(m, "empty", {written})', m=mask), expected, rtol=1e-15)


def test_distance_in_slices_takes_the_spacing_of_its_axes():
    stack = np.zeros((2, 3, 4), bool)
    stack[0, :, :2] = stack[1, 1:] = True
    image = Image(stack, spacing=[10, 2, 0.5])
    result = evaluate('distance(m, unit="mm", axes="yx")', m=image)
    np.testing.assert_array_equal(result[0], [[1, 0.5, 0, 0]] * 3)
    np.testing.assert_array_equal(result[1], [[0] * 4, [2] * 4, [4] * 4])


# --- signed distance -------------------------------------------------------------------------------------------------


def test_signed_distance_is_the_distance_on_both_sides(mask):
    result = evaluate("signed_distance(m)", m=mask)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result > 0, mask)
    np.testing.assert_array_equal(result < 0, ~mask)
    np.testing.assert_allclose(np.abs(result), nearest_off(mask, 1) + nearest_off(~mask, 1), rtol=1e-15)
    if mask.any() and not mask.all():
        expected = scipy.ndimage.distance_transform_edt(mask) - scipy.ndimage.distance_transform_edt(~mask)
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(("fill", "value"), [(True, np.inf), (False, -np.inf)])
def test_signed_distance_of_a_mask_without_an_edge_is_infinite(fill, value):
    np.testing.assert_array_equal(evaluate("signed_distance(m)", m=np.full((2, 3), fill)), np.full((2, 3), value))


def test_signed_distance_in_units_and_slices(mask):
    spacing = [Fraction(1, 2), Fraction(3), Fraction(7, 10), Fraction(1)][: mask.ndim]
    image, steps = Image(mask, spacing=spacing), np.array(spacing, float)
    both = nearest_off(mask, steps * 1000) + nearest_off(~mask, steps * 1000)
    result = evaluate('signed_distance(m, "um")', m=image)
    np.testing.assert_allclose(result, np.where(mask, both, -both), rtol=1e-14)
    for axes in some_axes(mask):
        expected = slice_by_slice(lambda part: np.where(part, nearest_off(part, 1), -nearest_off(~part, 1)), mask, axes)
        result = evaluate(f"signed_distance(m, axes={list(axes)})", m=mask)
        np.testing.assert_allclose(result, expected, rtol=1e-15)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_signed_distance_grows_a_mask_as_dilate_does(ankle, n):
    grown = evaluate(f"(signed_distance(im > 60) >= -{n}) ^ dilate(im > 60, {n}, 'disk')".replace("'", '"'), im=ankle)
    assert not grown.any()


def test_signed_distance_is_that_of_simpleitk_but_for_the_edge_and_the_sign():
    """ITK has the pixels of the mask that touch the outside at 0, and what is inside below."""
    SimpleITK = pytest.importorskip("SimpleITK")
    mask = ~skimage.data.horse()[::2, ::2]
    image = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
    theirs = SimpleITK.SignedMaurerDistanceMap(
        image, insideIsPositive=True, squaredDistance=False, useImageSpacing=False
    )
    theirs = SimpleITK.GetArrayFromImage(theirs)
    edge = mask & ~scipy.ndimage.binary_erosion(mask, np.ones((3, 3)), border_value=1)
    ours = evaluate("signed_distance(m)", m=mask)
    np.testing.assert_allclose(ours[~mask], theirs[~mask], rtol=1e-6)
    np.testing.assert_array_equal(theirs[edge], 0)
    to_edge = scipy.ndimage.distance_transform_edt(~edge)
    np.testing.assert_allclose(theirs[mask], to_edge[mask], rtol=1e-6)
    assert np.all((ours - theirs)[mask] >= 0)
    assert np.all((ours - theirs)[mask] <= 1.5)


def test_signed_distance_in_millimetres_needs_the_spacing():
    with pytest.raises(ProgramError, match="size of a pixel"):
        evaluate('signed_distance(m, unit="mm")', m=np.ones((2, 2), bool))


# --- other metrics ---------------------------------------------------------------------------------------------------

METRICS = {"city-block": ("taxicab", "diamond"), "chessboard": ("chessboard", "square")}


@each("metric", METRICS)
def test_city_block_and_chessboard_are_scipys(mask, metric):
    result = evaluate(f'distance(m, metric="{metric}")', m=mask)
    assert result.dtype == np.float64
    theirs = scipy.ndimage.distance_transform_cdt(mask, METRICS[metric][0])
    np.testing.assert_array_equal(result, theirs if not mask.all() else np.full(mask.shape, np.inf))
    padded = np.pad(mask, 1)
    theirs = scipy.ndimage.distance_transform_cdt(padded, METRICS[metric][0])[(slice(1, -1),) * mask.ndim]
    np.testing.assert_array_equal(evaluate(f'distance(m, "empty", metric="{metric}")', m=mask), theirs)
    signed = evaluate(f'signed_distance(m, metric="{metric}")', m=mask)
    outer = evaluate(f'distance(~m, metric="{metric}")', m=mask)
    np.testing.assert_array_equal(signed, np.where(mask, result, -outer))
    for axes in some_axes(mask):
        expected = slice_by_slice(lambda part: evaluate(f'distance(m, metric="{metric}")', m=part) + 0.0, mask, axes)
        found = evaluate(f'distance(m, axes={list(axes)}, metric="{metric}")', m=mask)
        np.testing.assert_array_equal(found, expected)


@each("metric", METRICS)
@each("n", ["1.5mm", "0.7mm", "2mm"])
def test_within_a_length_lies_what_is_dilated_by_it(rng, metric, n):
    mask = rng.random((14, 25, 30)) < 0.01
    image = Image(mask, spacing=[Fraction(7, 10), Fraction(1, 2), Fraction(3, 10)])
    shape = METRICS[metric][1]
    dilated = evaluate(f'dilate(m, {n}, "{shape}")', m=image)
    text = f'distance(~m, unit="mm", metric="{metric}") <= {n.removesuffix("mm")}'
    np.testing.assert_array_equal(evaluate(text, m=image), dilated)


def test_metrics_of_ankle_are_opencvs(ankle):
    mask = ankle > 60
    for metric, theirs in (("city-block", cv2.DIST_L1), ("chessboard", cv2.DIST_C)):
        expected = cv2.distanceTransform(mask.astype(np.uint8), theirs, 3)
        np.testing.assert_array_equal(evaluate(f'distance(m, metric="{metric}")', m=mask), expected)
