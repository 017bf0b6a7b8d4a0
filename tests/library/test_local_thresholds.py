from fractions import Fraction

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.filters
from helpers.both_ways import expect_same
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

from maskexpr import Image, ProgramError, RunError, evaluate

PICTURES = [skimage.data.page, skimage.data.coins, skimage.data.text, skimage.data.cell]


def grey(im):
    """Not a colour image, whatever its shape."""
    return Image(im, kind="image")


def result_type(im):
    return im.dtype if im.dtype.kind == "f" else np.dtype(np.float64)


def framed(theirs, im, n, **more):
    """A threshold of scikit-image's of an image that we reflect at its border, where it would leave out the pixels on
    the border."""
    inside = tuple(slice(n + 1, -n - 1) for _ in im.shape)
    return theirs(np.pad(im, n + 1, mode="symmetric"), 2 * n + 1, **more)[inside]


def windows(im, n):
    """The values around each pixel of a reflected image, as Python numbers."""
    padded = np.pad(im, n, mode="symmetric")
    for place in np.ndindex(*im.shape):
        yield place, padded[tuple(slice(p, p + 2 * n + 1) for p in place)].ravel().tolist()


def means_and_deviations(im, n):
    """In exact arithmetic, rounded once at the end, but for the root."""
    means, deviations = np.empty(im.shape), np.empty(im.shape)
    for place, values in windows(im, n):
        exact = [Fraction(v) for v in values]
        mean = sum(exact) / len(exact)
        means[place] = float(mean)
        deviations[place] = float(sum(v * v for v in exact) / len(exact) - mean * mean) ** 0.5
    return means, deviations


# --- against scikit-image --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("n", [1, 4, 12])
def test_thresholds_are_scikit_images(picture, n):
    im = picture()[:200, :300]
    local, niblack, sauvola = (
        evaluate(f"{call}(im, {n}{more})", im=im)
        for call, more in (("local_mean", ""), ("niblack", ", k=0.3"), ("sauvola", ", k=0.35"))
    )
    np.testing.assert_allclose(local, skimage.filters.threshold_local(im, 2 * n + 1, method="mean"), atol=1e-10)
    np.testing.assert_allclose(niblack, framed(skimage.filters.threshold_niblack, im, n, k=0.3), atol=1e-9)
    np.testing.assert_allclose(sauvola, framed(skimage.filters.threshold_sauvola, im, n, k=0.35), atol=1e-9)
    inside = (slice(n, -n), slice(n, -n))
    theirs = skimage.filters.threshold_niblack(im, 2 * n + 1, k=0.3)
    np.testing.assert_allclose(niblack[inside], theirs[inside], atol=1e-9)
    assert np.any(np.abs(niblack - theirs) > 0.01)  # at the border, whose pixels scikit-image does not repeat


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32", "float64"])
def test_thresholds_of_volumes_are_scikit_images(dtype):
    volume = scipy.ndimage.gaussian_filter(np.random.default_rng(5).normal(size=(9, 12, 14)), 1) * 300
    im = np.clip(volume, 0, 120).astype(dtype) if dtype.endswith("8") else np.abs(volume).astype(dtype)
    for n in (1, 2):
        niblack = evaluate(f"niblack(im, {n})", im=im)
        np.testing.assert_allclose(niblack, framed(skimage.filters.threshold_niblack, im, n), atol=1e-6)
        r = ", r=50" if dtype == "float64" else ""
        sauvola = evaluate(f"sauvola(im, {n}{r})", im=im)
        expected = framed(skimage.filters.threshold_sauvola, im, n, **({"r": 50} if r else {}))
        np.testing.assert_allclose(sauvola, expected, atol=1e-6)


def test_sauvola_of_floats_needs_an_r_that_scikit_image_takes_as_1():
    im = skimage.data.page() / 255
    theirs = framed(skimage.filters.threshold_sauvola, im, 5)
    np.testing.assert_allclose(evaluate("sauvola(im, 5, r=1)", im=im), theirs, atol=1e-7)
    whole = evaluate("sauvola(im, 5)", im=skimage.data.page())
    np.testing.assert_allclose(evaluate("sauvola(im, 5, r=0.5)", im=im) * 255, whole, atol=1e-4)
    with pytest.raises(ProgramError, match="sauvola needs r for floating images"):
        evaluate("sauvola(im, 5, r=none)", im=im)


# --- against exact arithmetic ----------------------------------------------------------------------------------------


def test_thresholds_are_those_of_the_definition(im):
    means, deviations = means_and_deviations(im, 1)
    scale = float(np.abs(im.astype(np.float64)).max())
    tolerance = {np.dtype(np.float16): 2e-3, np.dtype(np.float32): 1e-6}.get(im.dtype, 1e-7) * scale
    r = float(np.iinfo(im.dtype).max - int(np.iinfo(im.dtype).min)) / 2 if im.dtype.kind != "f" else 20
    for call, expected in {
        "local_mean(im, 1)": means,
        "niblack(im, 1)": means - 0.2 * deviations,
        "niblack(im, 1, -1.5)": means + 1.5 * deviations,
        f"sauvola(im, 1, 0.3{', 20' if im.dtype.kind == 'f' else ''})": means * (1 + 0.3 * (deviations / r - 1)),
    }.items():
        result = evaluate(call, im=grey(im))
        assert result.dtype == result_type(im)
        np.testing.assert_allclose(result, expected, atol=tolerance * (1 if "sauvola" not in call else 1 + scale / r))


@pytest.mark.parametrize(("dtype", "n"), [("uint8", 1), ("int8", 3), ("uint16", 1), ("int16", 2)])
def test_deviations_of_integers_are_exact(rng, dtype, n):
    info = np.iinfo(dtype)
    im = rng.integers(info.min, info.max, (9, 11), dtype, endpoint=True)
    im[:, :6] = info.max
    im[4, 4] -= 1
    means, deviations = means_and_deviations(im, n)
    assert np.any((deviations > 0) & (deviations < 1))
    atol = float(info.max) * 1e-15
    np.testing.assert_allclose(evaluate(f"niblack(im, {n}, 1)", im=im), means - deviations, rtol=0, atol=atol)


def test_a_deviation_of_16_bits_in_a_large_window_is_exact():
    im = np.full((40, 40), 65535, np.uint16)
    im[20, 20] = 65534
    size = 37 * 37
    variance = Fraction(1, size) - Fraction(1, size**2)
    deviation = 65535 - 1 / size - evaluate("niblack(im, 18, 1)", im=im)[20, 20]
    assert deviation == pytest.approx(float(variance) ** 0.5, abs=1e-11)


@pytest.mark.parametrize("dtype", ["uint16", "uint32", "float16", "float32", "float64"])
@pytest.mark.parametrize("n", [1, 7, 40])
def test_a_window_of_one_value_deviates_by_0(dtype, n):
    """Where sums are rounded, what they leave is not taken for a deviation."""
    values = np.random.default_rng(3).random((40, 1)) * (60000 if dtype[0] == "u" else 1)
    im = np.repeat(values.astype(dtype), 30, axis=1)
    mean = evaluate(f"local_mean(im, {n}, axes=1)", im=im)
    np.testing.assert_array_equal(evaluate(f"niblack(im, {n}, 9, axes=1)", im=im), mean)
    np.testing.assert_allclose(mean, im, rtol=1e-14 if dtype == "float64" else 0)


def test_small_deviations_of_floats_are_found(rng):
    im = 1 + 1e-5 * rng.normal(size=(30, 40))
    _, deviations = means_and_deviations(im, 2)
    np.testing.assert_allclose(evaluate("local_mean(im, 2) - niblack(im, 2, 1)", im=im), deviations, rtol=1e-4)


# --- arguments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["local_mean(im, ", "niblack(im, ", "sauvola(im, r=9, n="])
def test_axes_and_lengths(rng, call):
    volume = rng.normal(size=(4, 8, 9))
    expected = np.stack([evaluate(f"{call}2)", im=plane) for plane in volume])
    np.testing.assert_array_equal(evaluate(f'{call}2, axes="yx")', im=volume), expected)
    of_columns = evaluate(f"{call}2.5mm)", im=Image(volume[0], spacing=[1, 3]))
    np.testing.assert_array_equal(of_columns, evaluate(f'{call}2, axes="y")', im=volume[0]))


def test_defaults_are_windows_of_15(ankle):
    for call in ("local_mean", "niblack", "sauvola"):
        np.testing.assert_array_equal(evaluate(f"{call}(im)", im=ankle), evaluate(f"{call}(im, 7)", im=ankle))
    np.testing.assert_array_equal(evaluate("local_mean(im)", im=ankle), evaluate("mean_filter(im, 7)", im=ankle))
    np.testing.assert_array_equal(evaluate("niblack(im)", im=ankle), evaluate("niblack(im, k=0.2)", im=ankle))
    full = evaluate("sauvola(im, k=0.2, r=127.5)", im=ankle)
    np.testing.assert_array_equal(evaluate("sauvola(im)", im=ankle), full)


def test_numbers_may_depend_on_pixels(ankle):
    k, r = np.mean(ankle) / 100, np.std(ankle)
    result = evaluate("sauvola(im, 3, mean(im) / 100, std(im))", im=ankle)
    np.testing.assert_allclose(result, evaluate(f"sauvola(im, 3, {k}, {r})", im=ankle), rtol=1e-12)


def test_reaches_beyond_the_image_and_of_nothing(rng):
    im = rng.integers(0, 99, (4, 5))
    means, deviations = means_and_deviations(im, 11)
    np.testing.assert_allclose(evaluate("niblack(im, 11, 1)", im=im), means - deviations, rtol=1e-14)
    np.testing.assert_array_equal(evaluate("niblack(im, 0, 1)", im=im), im)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_window_with_nan_or_inf_gives_nan(value):
    im = np.ones((9, 9))
    im[4, 4] = value
    for call in ("niblack(im, 2)", "sauvola(im, 2, r=1)"):
        found = np.isnan(evaluate(call, im=im))
        np.testing.assert_array_equal(found, np.pad(np.ones((5, 5), bool), 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("local_mean(im, -1)", "n is -1"),
        ("niblack(im, 600)", "the window would hold 1.44e"),
        ("sauvola(im, 1mm)", "size of a pixel"),
        ('niblack(im, 2, axes="z")', "no axis z"),
        ("sauvola(im, 2, r=0)", "r is 0"),
        ("sauvola(im, 2, r=0 - 1)", "r is -1"),
        ("sauvola(im * 1.0)", "sauvola needs r for floating images"),
        ("niblack(im > 1)", "im > 1 is a mask"),
        ("niblack(im, max(im))", "must be known before the run"),
    ],
)
def test_arguments_are_refused_before_the_run(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((3, 3), np.uint8))


def test_an_r_that_comes_out_as_0_is_refused_in_the_run():
    with pytest.raises(RunError, match="r is 0"):
        evaluate("sauvola(im, 2, r=std(im))", im=np.ones((3, 3), np.uint8))


# --- strips ----------------------------------------------------------------------------------------------------------

CALLS = [
    "im > local_mean(im, 2)",
    "niblack(im, 1)",
    "niblack(im, 3, -0.5, axes=0)",
    "sauvola(im, 2, r=30)",
    "sauvola(im, 1, r=max(abs(im)) + 1)",
    "dilate(im > niblack(gaussian(im, 1), 4), 2)",
]


@tried(50)
@given(st.sampled_from(CALLS), st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3, 7]))
def test_strips_give_the_same(call, seed, rows):
    rng = np.random.default_rng(seed)
    shape = [(13, 9), (30, 3), (5, 4, 6), (23,), (1, 8), (9, 1)][rng.integers(6)]
    im = (rng.normal(size=shape) * 50).astype(rng.choice(["uint8", "int16", "int32", "float16", "float32", "float64"]))
    if im.dtype.kind == "f":
        im[rng.random(shape) < 0.02] = rng.choice([np.nan, np.inf])
    expect_same(call, {"im": grey(im)}, rows)
