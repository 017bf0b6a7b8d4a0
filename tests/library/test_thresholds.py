from fractions import Fraction

import numpy as np
import pytest
import skimage.filters

from maskexpr import ProgramError, RunError, evaluate


def separation(values, level):
    """The variance between the classes at or below and above a level, exactly."""
    lower = [Fraction(v) for v in values if v <= level]
    upper = [Fraction(v) for v in values if v > level]
    if not lower or not upper:
        return Fraction(0)
    return len(lower) * len(upper) * (sum(lower) / len(lower) - sum(upper) / len(upper)) ** 2


def best_level(values):
    levels = sorted({int(v) for v in values})
    return max(levels, key=lambda level: separation(values, level))  # the first, so the lowest, of equals


# --- otsu ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_otsu_of_integers_is_the_exact_optimum(seed):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64"][seed % 8])
    info = np.iinfo(dtype)
    low, high = (info.min, info.max) if seed % 3 else (0, rng.integers(2, 9))
    im = rng.integers(low, high, (5, 6), dtype, endpoint=True)
    level = evaluate("otsu(im)", im=im)
    assert type(level) is int
    assert level == best_level([int(v) for v in im.ravel()])


def test_otsu_takes_the_lowest_of_equals_where_scikit_image_rounds():
    im = np.array([[33, 22, 47, 36]], np.uint8)
    assert separation([33, 22, 47, 36], 22) == separation([33, 22, 47, 36], 36)
    assert evaluate("otsu(im)", im=im) == 22
    assert skimage.filters.threshold_otsu(im) == 36


def test_otsu_finds_a_larger_variance_than_float32_sums():
    """Flat histograms of 16 bits have many levels that are nearly as good."""
    im = np.random.default_rng(0).integers(0, 2**16, (300, 300)).astype(np.uint16)
    ours, theirs = evaluate("otsu(im)", im=im), int(skimage.filters.threshold_otsu(im))
    assert ours != theirs
    assert _separation_of_counts(im, ours) > _separation_of_counts(im, theirs)


def _separation_of_counts(im, level):
    lower = im <= level
    n, s = int(lower.sum()), int(im[lower].sum(dtype=np.int64))
    return Fraction((s * im.size - int(im.sum(dtype=np.int64)) * n) ** 2, n * (im.size - n))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32"])
def test_otsu_of_ankle_is_scikit_images(ankle, dtype):
    im = ankle.astype(dtype) - (100 if dtype == "int16" else 0)
    assert evaluate("otsu(im)", im=im) == skimage.filters.threshold_otsu(im)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 0), ("float32", 1e-6), ("float16", 2e-3)])
def test_otsu_of_floats_uses_256_bins_as_scikit_image(ankle, dtype, tolerance):
    noise = np.random.default_rng(3).normal(size=ankle.shape)
    im = (ankle / 255 + noise / 50).astype(dtype)
    expected = skimage.filters.threshold_otsu(im.astype(np.float32) if dtype == "float16" else im)
    level = evaluate("otsu(im)", im=im)
    assert type(level) is float
    assert level == pytest.approx(float(expected), rel=tolerance, abs=0)


def test_otsu_does_not_depend_on_layout(ankle):
    level = evaluate("otsu(im)", im=ankle)
    for same in (np.asfortranarray(ankle), ankle[::-1, ::-1], ankle.T, ankle.astype(">u2")):
        assert evaluate("otsu(im)", im=same) == level


@pytest.mark.parametrize("value", [0, 7, 255, 0.5, -3.25])
def test_otsu_of_one_value_is_that_value(value):
    dtype = np.uint8 if isinstance(value, int) else np.float64
    level = evaluate("otsu(im)", im=np.full((3, 4), value, dtype))
    assert level == value
    assert type(level) is type(value)


def test_otsu_of_wide_integers_looks_at_occupied_values_only():
    im = np.array([[-(2**62), -(2**62) + 1, 2**62, 2**62 + 1]], np.int64)
    assert evaluate("otsu(im)", im=im) == -(2**62) + 1


@pytest.mark.parametrize("values", [[-1.7e308, 1.7e308], [1.0, np.nextafter(1.0, 2)], [0.0, 5e-324], [-5e-324, 1e-323]])
def test_otsu_parts_two_floats_however_far_or_near(values):
    im = np.array([values])
    np.testing.assert_array_equal(evaluate("im > otsu(im)", im=im), [[False, True]])


def test_otsu_leaves_out_nan_and_infinity(rng):
    im = rng.normal(size=(20, 20))
    spoilt = np.concatenate([im, np.full((1, 20), np.nan), np.full((1, 20), np.inf), np.full((1, 20), -np.inf)])
    assert evaluate("otsu(im)", im=spoilt) == evaluate("otsu(im)", im=im)


def test_otsu_within_a_mask_looks_at_its_pixels_only(ankle):
    inside = ankle > 20
    expected = skimage.filters.threshold_otsu(ankle[inside])
    assert evaluate("otsu(im, within=im > 20)", im=ankle) == expected
    assert evaluate("otsu(im, none)", im=ankle) == evaluate("otsu(im)", im=ankle)


def test_otsu_takes_labels():
    assert evaluate("otsu(label(m))", m=np.array([[1, 0, 1, 0, 1]], bool)) == 1


def test_otsu_without_pixels_names_the_mask():
    with pytest.raises(RunError, match="no pixels to find a threshold in") as caught:
        evaluate("otsu(im, im > 9)", im=np.ones((2, 2), np.uint8))
    assert caught.value.span is not None


def test_otsu_of_nothing_finite_is_an_error():
    with pytest.raises(RunError, match="no pixel is finite"):
        evaluate("otsu(im)", im=np.array([[np.nan, np.inf]]))


# --- hysteresis ------------------------------------------------------------------------------------------------------


def test_hysteresis_is_scikit_images(im):
    low, high = (int(v) for v in np.percentile(im.astype(float), [40, 70]))
    expected = skimage.filters.apply_hysteresis_threshold(im.astype(object).astype(float), low, high)
    result = evaluate("hysteresis(im, low, high)", im=im, low=low, high=high)
    assert result.dtype == bool
    np.testing.assert_array_equal(result, expected)


def test_hysteresis_of_ankle(ankle):
    expected = skimage.filters.apply_hysteresis_threshold(ankle, 40, 90)
    np.testing.assert_array_equal(evaluate("hysteresis(im, 40, 90)", im=ankle), expected)


def test_hysteresis_connects_as_told():
    im = np.array([[5, 0], [0, 9]], np.uint8)
    np.testing.assert_array_equal(evaluate("hysteresis(im, 3, 7)", im=im), [[0, 0], [0, 1]])
    np.testing.assert_array_equal(evaluate("hysteresis(im, 3, 7, 8)", im=im), [[1, 0], [0, 1]])


def test_hysteresis_takes_images_of_thresholds(rng):
    im, low, high = (rng.integers(0, 99, (12, 12)).astype(np.uint8) for _ in range(3))
    expected = skimage.filters.apply_hysteresis_threshold(im, low, high)
    np.testing.assert_array_equal(evaluate("hysteresis(im, low, high)", im=im, low=low, high=high), expected)


def test_hysteresis_compares_integers_exactly():
    im = np.array([[2**53, 2**53 + 1]], np.int64)
    np.testing.assert_array_equal(evaluate("hysteresis(im, 2**53, 2**53)", im=im), [[False, True]])
    np.testing.assert_array_equal(evaluate("hysteresis(im, -1, 300)", im=im.astype(np.uint8)), [[False, False]])


def test_hysteresis_with_nan_is_false():
    np.testing.assert_array_equal(evaluate("hysteresis(im, 0, 1)", im=np.array([[1, np.nan, 2]])), [[0, 0, 1]])


def test_hysteresis_refuses_thresholds_the_wrong_way_round():
    with pytest.raises(ProgramError, match="low is 9, above high, which is 3") as caught:
        evaluate("hysteresis(im, 9, 3)", im=np.ones((2, 2)))
    assert caught.value.hint == "swap them: regions above low that reach above high"
    with pytest.raises(RunError, match="above high"):
        evaluate("hysteresis(im, max(im) + 1, max(im))", im=np.ones((2, 2), np.uint8))
