import math
from fractions import Fraction

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.exposure
import skimage.filters
from helpers import gaussians
from helpers.both_ways import expect_same
from helpers.each import each
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

from maskexpr import Image, ProgramError, RunError, evaluate

INTEGERS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]


def grey(im):
    """Not a colour image, whatever its shape."""
    return Image(im, kind="image")


def result_type(im):
    return im.dtype if im.dtype.kind == "f" else np.dtype(np.float64)


@pytest.fixture(scope="module")
def volume():
    noise = np.random.default_rng(5).normal(size=(12, 20, 21))
    return scipy.ndimage.gaussian_filter(noise, 2) * 1000


# --- unsharp ---------------------------------------------------------------------------------------------------------


@each("text, sigma, amount", [("1", 1, 1), ("2.5, 0.3", 2.5, 0.3), ("1, amount=-2", 1, -2)])
def test_unsharp_adds_what_a_gaussian_takes_away(im, text, sigma, amount):
    result = evaluate(f"unsharp(im, {text})", im=grey(im))
    assert result.dtype == result_type(im)
    work = im.astype(np.float64 if im.dtype.kind != "f" else np.float32 if im.dtype == np.float16 else im.dtype)
    with np.errstate(over="ignore"):  # float16 holds no larger numbers
        expected = (work + amount * (work - gaussians.weighted(work, sigma))).astype(result.dtype)
        np.testing.assert_array_equal(result, expected)
        theirs = skimage.filters.unsharp_mask(work, sigma, amount, preserve_range=True).astype(result.dtype)
    largest = np.abs(work).max().astype(float)
    np.testing.assert_allclose(result, theirs, 2 * np.finfo(work.dtype).eps, 20 * np.finfo(work.dtype).eps * largest)


def test_unsharp_neither_divides_nor_clips():
    im = skimage.data.coins()
    result = evaluate("unsharp(im, 2)", im=im)
    theirs = skimage.filters.unsharp_mask(im, 2) * 255
    assert result.min() < 0
    assert result.max() > 255
    np.testing.assert_allclose(np.clip(result, 0, 255), theirs, atol=1e-10)


def test_unsharp_adds_what_gaussian_takes_away(volume):
    for text in ("[1, 0, 2]", '2, axes="yx"'):
        sharp, smooth = (evaluate(f"{call}(im, {text})", im=volume) for call in ("unsharp", "gaussian"))
        np.testing.assert_array_equal(sharp, volume + (volume - smooth))
    spaced = Image(volume[0], spacing=[0.5, 1.5])
    smooth = evaluate("gaussian(im, 1.5mm)", im=spaced)
    np.testing.assert_array_equal(evaluate("unsharp(im, 1.5mm)", im=spaced), volume[0] + (volume[0] - smooth))


def test_unsharp_takes_an_amount_that_depends_on_pixels_and_nothing_of_nothing(im):
    by_mean = evaluate("unsharp(im, 1, max(abs(sign(im))))", im=grey(im))
    np.testing.assert_array_equal(by_mean, evaluate("unsharp(im, 1, 1)", im=grey(im)))
    for text in ("0", "1, 0"):
        np.testing.assert_array_equal(evaluate(f"unsharp(im, {text})", im=grey(im)), im.astype(result_type(im)))


@tried(20)
@given(st.sampled_from(["uint8", "int64", "float16", "float32"]), st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 5]))
def test_unsharp_in_strips(dtype, seed, rows):
    im = (np.random.default_rng(seed).normal(size=(17, 9)) * 50).astype(dtype)
    expect_same("unsharp(im, 1.3, 0.7)", {"im": im}, rows)


# --- normalize -------------------------------------------------------------------------------------------------------


def test_normalize_is_scikit_images(im):
    result = evaluate("normalize(im)", im=grey(im))
    assert result.dtype == result_type(im)
    if im.min() == im.max():
        assert np.all(result == 0)
        return
    expected = skimage.exposure.rescale_intensity(im.astype(np.float64), out_range=(0.0, 1.0))
    np.testing.assert_allclose(result, expected, atol=1e-15 if result.dtype == np.float64 else 1e-3)
    assert result.min() == 0
    assert result.max() == 1


@pytest.mark.parametrize(("low", "high"), [(10, 200), (0.5, 99.5), (-3, 500), (60, 61)])
def test_normalize_cuts_off_as_scikit_image(ankle, volume, low, high):
    for im in (ankle, ankle.astype(np.int64) * 3 - 100, volume, volume.astype(np.float32)):
        result = evaluate(f"normalize(im, {low}, {high})", im=im)
        expected = skimage.exposure.rescale_intensity(im.astype(np.float64), (low, high), (0.0, 1.0))
        np.testing.assert_allclose(result, expected, atol=1e-6 if im.dtype == np.float32 else 1e-14)


def test_normalize_takes_ends_that_depend_on_pixels():
    im = skimage.data.coins()
    low, high = np.percentile(im, [1.3, 97.7])
    result = evaluate("normalize(im, percentile(im, 1.3), percentile(im, 97.7))", im=im)
    expected = skimage.exposure.rescale_intensity(im.astype(np.float64), (low, high), (0.0, 1.0))
    np.testing.assert_allclose(result, expected, atol=1e-14)
    one_end = evaluate("normalize(im, high=mean(im))", im=im)
    np.testing.assert_array_equal(one_end, evaluate("normalize(im, min(im), mean(im))", im=im))
    np.testing.assert_array_equal(one_end, evaluate("normalize(im, none, mean(im))", im=im))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_normalize_of_integers_subtracts_exactly(rng, dtype):
    info = np.iinfo(dtype)
    high, low = rng.integers(info.max - 100, info.max, 20, dtype), rng.integers(info.min, info.min + 100, 20, dtype)
    for im in (high, low, np.concatenate([high, low])):
        least, most = int(im.min()), int(im.max())
        for first, last in ((least, most), (least + 1, most - 1), (info.min - 7, 2**70), (-0.75, 2**65)):
            start, width = Fraction(first), Fraction(last) - Fraction(first)
            expected = [float(min(max((int(v) - start) / width, Fraction(0)), Fraction(1))) for v in im]
            result = evaluate(f"normalize(im, {first}, {last})", im=im)
            np.testing.assert_allclose(result, expected, rtol=1e-15)
        assert evaluate("max(normalize(im))", im=im) == 1


def test_normalize_of_one_value_is_a_step():
    for dtype in (np.uint8, np.float32):
        im = np.array([[3, 5, 7]], dtype)
        np.testing.assert_array_equal(evaluate("normalize(im, 5, 5)", im=im), [[0, 0, 1]])
    np.testing.assert_array_equal(evaluate("normalize(im)", im=np.full((2, 3), 0.7)), np.zeros((2, 3)))
    # scikit-image clips the values as they are
    theirs = skimage.exposure.rescale_intensity(np.full((2, 3), 0.7), out_range=(0.0, 1.0))
    np.testing.assert_array_equal(theirs, np.full((2, 3), 0.7))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_normalize_leaves_out_nan_and_inf(dtype):
    im = np.array([[np.nan, -np.inf, -2, 0, 6, np.inf]], dtype)
    expected = [[np.nan, 0, 0, 0.25, 1, 1]]
    np.testing.assert_array_equal(evaluate("normalize(im)", im=im), np.array(expected, dtype))


def test_normalize_of_values_that_are_far_apart():
    im = np.array([[-1.7e308, 0, 1.7e308]])
    np.testing.assert_array_equal(evaluate("normalize(im)", im=im), [[0, 0.5, 1]])
    tiny = np.array([[0, 5e-324, 1e-323]])
    np.testing.assert_array_equal(evaluate("normalize(im)", im=tiny), [[0, 0.5, 1]])


@pytest.mark.parametrize(
    ("call", "im", "message"),
    [
        ("normalize(im, max(im), min(im))", [[1, 2]], "cannot be normalized from 2 to 1"),
        ("normalize(im, 0, 1 / max(im * 0))", [[1, 2]], "cannot be normalized from 0 to inf"),
        ("normalize(im, 3)", [[1, 2]], "cannot be normalized from 3 to 2"),
        ("normalize(im, percentile(im, 1))", [[1.0, math.nan]], "cannot be normalized from nan to 1.0"),
        ("normalize(im)", [[math.inf, math.nan]], "no pixel is finite"),
        ("normalize(im, 0)", [[math.nan]], "no pixel is finite"),
        ("equalize(im)", [[-math.inf, math.nan]], "no pixel is finite"),
        ("equalize(im, im > 2)", [[1, 2]], "no pixels to count"),
        ("equalize(im, im > 2)", [[1, math.inf]], "no pixel is finite"),
    ],
)
def test_pixels_that_are_refused_in_the_run(call, im, message):
    with pytest.raises(RunError, match=message):
        evaluate(call, im=np.array(im))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("normalize(im, 2, 1)", "cannot be normalized from 2 to 1"),
        ("normalize(im, log(-1), 10)", "cannot be normalized from nan to 10"),
        ("normalize(im, 2mm)", "low"),
        ("normalize(im > 0)", "im > 0 is a mask"),
        ("unsharp(im, -1)", "sigma is -1"),
        ("unsharp(im, 1mm)", "size of a pixel"),
        ("unsharp(im, 1e9)", "the window would hold"),
        ("unsharp(im, 1, im)", "amount"),
        ("equalize(im, im)", "within"),
    ],
)
def test_arguments_that_are_refused_before_the_run(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((3, 3)))


# --- equalize --------------------------------------------------------------------------------------------------------

PICTURES = [skimage.data.coins, skimage.data.page, skimage.data.cell, skimage.data.camera]


@pytest.mark.slow
@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32"])
def test_equalize_of_integers_is_scikit_images(picture, dtype):
    im = picture().astype(dtype)
    im = im * 100 - 9000 if dtype == "int16" else im
    np.testing.assert_array_equal(evaluate("equalize(im)", im=im), skimage.exposure.equalize_hist(im))
    inside = (im > np.percentile(im, 30)) & (im < np.percentile(im, 80))
    expected = skimage.exposure.equalize_hist(im, mask=inside)
    np.testing.assert_array_equal(evaluate("equalize(im, m)", im=im, m=inside), expected)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-14), ("float32", 1e-6), ("float16", 2e-3)])
def test_equalize_of_floats_is_scikit_images(volume, dtype, tolerance):
    im = volume.astype(dtype)
    result = evaluate("equalize(im)", im=im)
    assert result.dtype == im.dtype
    wide = im.astype(np.float32) if dtype == "float16" else im
    np.testing.assert_allclose(result, skimage.exposure.equalize_hist(wide), atol=tolerance)
    inside = im > np.percentile(im, 60)
    expected = skimage.exposure.equalize_hist(wide, mask=inside)
    np.testing.assert_allclose(evaluate("equalize(im, m)", im=im, m=inside), expected, atol=tolerance)


def test_equalize_gives_the_share_of_pixels_at_or_below(im):
    result = evaluate("equalize(im)", im=grey(im))
    assert result.dtype == result_type(im)
    assert result.min() > 0
    assert result.max() == 1
    if im.dtype.kind != "f":
        shares = [np.count_nonzero(im <= v) / im.size for v in im.ravel()]
        np.testing.assert_array_equal(result.ravel(), shares)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_equalize_of_values_below_and_above_those_counted(dtype):
    info = np.iinfo(dtype)
    im = np.array([[info.min, 10, 20, 20, 30, info.max]], dtype)
    result = evaluate("equalize(im, m)", im=im, m=np.array([[0, 1, 1, 1, 1, 0]], bool))
    np.testing.assert_array_equal(result, [[0.25, 0.25, 0.75, 0.75, 1, 1]])


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float64"])
def test_equalize_of_one_value(dtype):
    np.testing.assert_array_equal(evaluate("equalize(im)", im=np.full((2, 3), 7, dtype)), np.ones((2, 3)))


def test_equalize_of_values_as_close_as_can_be():
    """No 256 bins can be told apart between them."""
    im = np.array([[1.0, np.nextafter(1.0, 2.0), 1.0, 1.0]])
    np.testing.assert_array_equal(evaluate("equalize(im)", im=im), [[0.75, 1, 0.75, 0.75]])


def test_equalize_leaves_out_nan_and_inf(rng):
    im = rng.normal(size=(20, 30))
    finite = rng.random(im.shape) < 0.7
    holed = np.where(finite, im, rng.choice([np.nan, np.inf, -np.inf], im.shape))
    result = evaluate("equalize(im)", im=holed)
    expected = evaluate("equalize(im, m)", im=im, m=finite)
    np.testing.assert_array_equal(result[finite], expected[finite])
    np.testing.assert_array_equal(np.isnan(result), np.isnan(holed))
    assert np.all(result[holed == np.inf] == 1)
    assert np.all(result[holed == -np.inf] == expected[finite].min())


def test_equalize_is_the_same_whatever_the_scale(volume):
    whole = evaluate("equalize(im)", im=volume)
    np.testing.assert_array_equal(evaluate("equalize(im * 0.25)", im=volume), whole)
    far = evaluate("equalize(im)", im=volume / np.abs(volume).max() * 1.7e308)
    np.testing.assert_allclose(far, whole, atol=1e-12)


@pytest.mark.parametrize("call", ["normalize(im)", "normalize(im, 2, 9)", "equalize(im)", "equalize(im, im > 3)"])
@pytest.mark.parametrize("rows", [1, 4])
def test_maps_of_values_beside_strips(rng, call, rows):
    im = (rng.normal(size=(13, 9)) * 9).astype(np.float32)
    expect_same(f"gaussian({call}, 1) > 0.3", {"im": im}, rows)
