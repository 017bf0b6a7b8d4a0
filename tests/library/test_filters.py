import itertools

import cv2
import numpy as np
import pytest
import scipy
import skimage.filters

from maskexpr import Image, ProgramError, evaluate


def grey(im):
    """Not a colour image, whatever its shape."""
    return Image(im, kind="image")


def computed_in(im):
    return np.float64 if im.dtype.kind != "f" else np.float32 if im.dtype == np.float16 else im.dtype


def window_medians(im, footprint):
    """The upper middle value under a footprint at each pixel of a reflected image, by sorting Python numbers."""
    ranks = {v: i for i, v in enumerate(sorted(set(im.ravel().tolist())))}
    reach = [n // 2 for n in footprint.shape]
    padded = np.pad(im, [(r, r) for r in reach], mode="symmetric")
    result = np.empty_like(im)
    for place in np.ndindex(*im.shape):
        window = padded[tuple(slice(p, p + n) for p, n in zip(place, footprint.shape, strict=True))][footprint]
        values = sorted(window.tolist(), key=ranks.__getitem__)
        result[place] = values[len(values) // 2]
    return result


# --- gaussian --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", ["0.4", "1", "2.5"])
def test_gaussian_is_scipys(im, sigma):
    result = evaluate(f"gaussian(im, {sigma})", im=grey(im))
    assert result.dtype == (im.dtype if im.dtype.kind == "f" else np.float64)
    expected = scipy.ndimage.gaussian_filter(im.astype(computed_in(im)), float(sigma))
    np.testing.assert_array_equal(result, expected.astype(result.dtype))


def test_gaussian_of_ankle_agrees_with_scikit_image_and_opencv(ankle):
    result = evaluate("gaussian(im, 2)", im=ankle)
    expected = skimage.filters.gaussian(ankle, 2, mode="reflect", truncate=4, preserve_range=True)
    np.testing.assert_allclose(result, expected, rtol=1e-12)
    blurred = cv2.GaussianBlur(ankle.astype(np.float64), (17, 17), 2, borderType=cv2.BORDER_REFLECT)
    np.testing.assert_allclose(result, blurred, rtol=1e-9)


def test_gaussian_of_sigma_0_changes_nothing(im):
    np.testing.assert_array_equal(evaluate("gaussian(im, 0)", im=grey(im)), im.astype(computed_in(im)))


def test_gaussian_takes_a_sigma_per_axis_and_axes(rng):
    volume = rng.normal(size=(5, 8, 9))
    for text, sigmas in {
        "[1, 0, 2]": (1, 0, 2),
        '2, axes="yx"': (0, 2, 2),
        '2, axes="z"': (2, 0, 0),
        '[3, 2, 1], axes="yx"': (0, 2, 1),
    }.items():
        expected = scipy.ndimage.gaussian_filter(volume, sigmas)
        np.testing.assert_array_equal(evaluate(f"gaussian(im, {text})", im=volume), expected)


def test_gaussian_takes_a_length_by_the_spacing_of_each_axis(rng):
    im = rng.normal(size=(20, 20))
    result = evaluate("gaussian(im, 1.5mm)", im=Image(im, spacing=[0.5, 1.5]))
    np.testing.assert_array_equal(result, scipy.ndimage.gaussian_filter(im, (3, 1)))


def test_gaussian_spreads_nan_over_its_kernel_only():
    im = np.zeros((1, 31))
    im[0, 15] = np.nan
    np.testing.assert_array_equal(np.isnan(evaluate("gaussian(im, 1)", im=im))[0, 10:21], [0] + [1] * 9 + [0])


def test_gaussian_looks_no_further_than_its_halo():
    from maskexpr.library import CATALOGUE

    for sigma in (0.1, 0.13, 0.9, 1.0, 1.12, 1.13, 3.7):
        im = np.zeros(101)
        im[50] = 1
        reach = np.flatnonzero(evaluate(f"gaussian(im, {sigma})", im=im))
        assert CATALOGUE["gaussian"].halo({"sigma": (sigma,), "axes": None}, 1) == (reach[-1] - 50,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("gaussian(im, -1)", "sigma is -1"),
        ("gaussian(im, [1, 2, 3])", "3 numbers for 2 axes"),
        ("gaussian(im, 1mm)", "size of a pixel"),
        ("gaussian(im, 1e9)", "the window would hold 8e"),
        ("median_filter(im, 100000)", "the window would hold 4e"),
        ("median_filter(im, -1)", "n is -1"),
        ('sobel(im, "z")', "no axis z"),
        ('sobel(im, "yx")', "names several axes"),
    ],
)
def test_arguments_are_refused_before_the_run(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((3, 3)))


# --- median ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2])
def test_median_filter_is_scipys(im, n):
    result = evaluate(f"median_filter(im, {n})", im=grey(im))
    assert result.dtype == im.dtype
    if im.dtype.kind in "iu" and im.dtype.itemsize == 8:
        expected = window_medians(im, np.ones((2 * n + 1,) * im.ndim, bool))
    else:
        expected = scipy.ndimage.median_filter(im.astype(computed_in(im)), 2 * n + 1)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(("n", "size"), [(1, 3), (2, 5), (5, 11)])
def test_median_filter_of_ankle_agrees_with_opencv(ankle, n, size):
    """Inside: OpenCV repeats the border where SciPy reflects it."""
    inside = (slice(n, -n), slice(n, -n))
    result = evaluate(f"median_filter(im, {n})", im=ankle)
    np.testing.assert_array_equal(result[inside], cv2.medianBlur(ankle, size)[inside])


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_median_filter_is_exact_where_scipy_rounds(dtype):
    im = (np.arange(35).reshape(5, 7) % 11).astype(dtype) + np.dtype(dtype).type(2**62)
    result = evaluate("median_filter(im)", im=im)
    np.testing.assert_array_equal(result, window_medians(im, np.ones((3, 3), bool)))
    assert np.any(scipy.ndimage.median_filter(im, 3) != result)


@pytest.mark.parametrize("shape", ["diamond", "square", "disk"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_median_filter_takes_the_shapes(rng, shape, n):
    im = rng.integers(0, 99, (9, 10)).astype(np.uint8)
    y, x = np.ogrid[-n : n + 1, -n : n + 1]
    footprint = {
        "diamond": abs(y) + abs(x) <= n,
        "square": np.ones((2 * n + 1,) * 2, bool),
        "disk": y * y + x * x <= n * n,
    }[shape]
    np.testing.assert_array_equal(
        evaluate(f'median_filter(im, {n}, shape="{shape}")', im=im), window_medians(im, footprint)
    )


@pytest.mark.parametrize(
    ("pattern", "footprint"),
    [("111", [[1, 1, 1]]), ("1/1/1", [[1], [1], [1]]), ("010/101/010", [[0, 1, 0], [1, 0, 1], [0, 1, 0]])],
)
@pytest.mark.parametrize("times", [0, 1, 2])
def test_median_filter_takes_a_pattern_and_how_often(rng, pattern, footprint, times):
    im = rng.integers(0, 99, (9, 10)).astype(np.uint8)
    axes = ', axes="x"' if "/" not in pattern else ""
    expected = im
    for _ in range(times):
        expected = window_medians(expected, np.array(footprint, bool))
    np.testing.assert_array_equal(evaluate(f'median_filter(im, {times}, "{pattern}"{axes})', im=im), expected)


def test_median_filter_works_slice_by_slice(rng):
    volume = rng.normal(size=(4, 8, 9))
    expected = np.stack([scipy.ndimage.median_filter(plane, 3) for plane in volume])
    np.testing.assert_array_equal(evaluate('median_filter(im, axes="yx")', im=volume), expected)


def test_median_filter_takes_a_reach_beyond_the_image(rng):
    im = rng.normal(size=(4, 5))
    np.testing.assert_array_equal(evaluate("median_filter(im, 9)", im=im), window_medians(im, np.ones((19, 19), bool)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_median_filter_sorts_nan_last(rng, dtype):
    im = rng.normal(size=(12, 12)).astype(dtype)
    im[rng.random(im.shape) < 0.4] = np.nan
    im[rng.random(im.shape) < 0.1] = np.inf
    padded = np.pad(im, 1, mode="symmetric")
    windows = [padded[dy : dy + 12, dx : dx + 12] for dy, dx in itertools.product(range(3), repeat=2)]
    expected = np.sort(windows, axis=0)[4]
    result = evaluate("median_filter(im)", im=im)
    assert result.dtype == im.dtype
    np.testing.assert_array_equal(result, expected)


# --- sobel -----------------------------------------------------------------------------------------------------------


def tolerance(im):
    return {np.dtype(np.float16): 2e-3, np.dtype(np.float32): 1e-5}.get(im.dtype, 1e-12)


def assert_near(result, expected, im):
    scale = np.abs(im.astype(np.float64)).max()
    np.testing.assert_allclose(result, expected, rtol=tolerance(im), atol=scale * tolerance(im) * 0.1)


def test_sobel_is_scikit_images(im):
    result = evaluate("sobel(im)", im=grey(im))
    assert result.dtype == (im.dtype if im.dtype.kind == "f" else np.float64)
    assert_near(result, skimage.filters.sobel(im.astype(np.float64)), im)


def test_sobel_along_an_axis_has_scikit_images_sign(im):
    for name, axis in zip("xyz", range(im.ndim - 1, -1, -1), strict=False):
        result = evaluate(f'sobel(im, axis="{name}")', im=grey(im))
        assert_near(result, skimage.filters.sobel(im.astype(np.float64), axis=axis), im)
        np.testing.assert_array_equal(result, evaluate(f"sobel(im, axis={axis})", im=grey(im)))


def test_sobel_grows_with_the_coordinate_on_the_images_own_scale():
    ramp = np.tile(np.arange(0, 200, 20, np.uint8), (5, 1))
    assert np.all(evaluate('sobel(im, axis="x")', im=ramp)[:, 1:-1] == 40)
    assert np.all(evaluate('sobel(im, axis="y")', im=ramp) == 0)
    assert np.all(evaluate("sobel(im)", im=ramp)[:, 1:-1] == 40 / np.sqrt(2))


def test_sobel_of_ankle_agrees_with_opencv(ankle):
    expected = cv2.Sobel(ankle, cv2.CV_64F, 1, 0, ksize=3, borderType=cv2.BORDER_REFLECT) / 4
    np.testing.assert_array_equal(evaluate('sobel(im, axis="x")', im=ankle), expected)
