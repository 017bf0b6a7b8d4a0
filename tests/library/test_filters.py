import itertools

import cv2
import numpy as np
import pytest
import scipy
import skimage.data
import skimage.filters
from helpers import gaussians
from helpers.both_ways import expect_same
from helpers.each import each
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

from maskexpr import Image, ProgramError, evaluate


def grey(im):
    """Not a colour image, whatever its shape."""
    return Image(im, kind="image")


def computed_in(im):
    return np.float64 if im.dtype.kind != "f" else np.float32 if im.dtype == np.float16 else im.dtype


def windows(im, footprint):
    """The values under a footprint at each pixel of a reflected image, as Python numbers."""
    reach = [n // 2 for n in footprint.shape]
    padded = np.pad(im, [(r, r) for r in reach], mode="symmetric")
    for place in np.ndindex(*im.shape):
        yield place, padded[tuple(slice(p, p + n) for p, n in zip(place, footprint.shape, strict=True))][footprint]


def window_ranks(im, footprint, rank):
    """The value of a rank under a footprint at each pixel, by sorting Python numbers; nan is last."""
    result = np.empty_like(im)
    for place, values in windows(im, footprint):
        result[place] = sorted(values.tolist(), key=lambda v: (v != v, v))[rank]
    return result


def window_medians(im, footprint):
    return window_ranks(im, footprint, np.count_nonzero(footprint) // 2)


def window_means(im, footprint):
    """The mean under a footprint at each pixel: of integers the exact quotient, rounded once."""
    result = np.empty(im.shape)
    for place, values in windows(im, footprint):
        result[place] = sum(values.tolist()) / len(values)
    return result


def square(n, ndim=2):
    return np.ones((2 * n + 1,) * ndim, bool)


def named_shape(shape, n):
    y, x = np.ogrid[-n : n + 1, -n : n + 1]
    return {"diamond": abs(y) + abs(x) <= n, "square": square(n), "disk": y * y + x * x <= n * n}[shape]


PATTERNS = [
    ("111", [[1, 1, 1]], 'axes="x"'),
    ("10", [[1, 0, 0]], 'axes="x"'),
    ("1/1/1", [[1], [1], [1]], "axes=none"),
    ("010/101/010", [[0, 1, 0], [1, 0, 1], [0, 1, 0]], "axes=none"),
]


# --- gaussian --------------------------------------------------------------------------------------------------------


@each("sigma", ["0.4", "1", "2.5"])
def test_gaussian_is_the_sum_by_exact_weights(im, sigma):
    result = evaluate(f"gaussian(im, {sigma})", im=grey(im))
    assert result.dtype == (im.dtype if im.dtype.kind == "f" else np.float64)
    expected = gaussians.weighted(im.astype(computed_in(im)), float(sigma))
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
        expected = gaussians.weighted(volume, sigmas)
        np.testing.assert_array_equal(evaluate(f"gaussian(im, {text})", im=volume), expected)


def test_gaussian_takes_a_length_by_the_spacing_of_each_axis(rng):
    im = rng.normal(size=(20, 20))
    result = evaluate("gaussian(im, 1.5mm)", im=Image(im, spacing=[0.5, 1.5]))
    np.testing.assert_array_equal(result, gaussians.weighted(im, (3, 1)))


@tried(60)
@given(st.integers(0, 65535), st.sampled_from(["u2", "f4", "f8"]), st.floats(0.2, 12))
def test_flat_ground_is_told_by_a_margin_or_by_whole_numbers(level, dtype, sigma):
    im = np.full((9, 30), level, dtype)
    if im.dtype.kind == "f":
        im /= 65535
    assert not evaluate(f"any(abs(im - gaussian(im, {sigma})) > 0.000001)", im=im)
    assert im.dtype.kind == "f" or evaluate(f"all(local_mean(im, {int(sigma)}) == im)", im=im)


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


@each(
    "call, message",
    [
        ("gaussian(im, -1)", "sigma is -1"),
        ("gaussian(im, [1, 2, 3])", "3 numbers for 2 axes"),
        ("gaussian(im, 1mm)", "size of a pixel"),
        ("gaussian(im, 1e9)", "the window would hold 8e"),
        ("median_filter(im, 100000)", "the window would hold 4e"),
        ("median_filter(im, -1)", "n is -1"),
        ('sobel(im, "z")', "no axis z"),
        ('sobel(im, "yx")', "names several axes"),
        ("mean_filter(im, 100000)", "the window would hold 4e"),
        ("mean_filter(im, -1)", "n is -1"),
        ('mean_filter(im, 1.5, "11/11")', "write a whole number"),
        ("mean_filter(im, 1mm)", "size of a pixel"),
        ("mean_filter(im > 0)", "im > 0 is a mask"),
        ("rank_filter(im)", "needs rank"),
        ("rank_filter(im, 9)", "no rank 9 in a window of 9 pixels"),
        ("rank_filter(im, -10)", "no rank -10 in a window of 9 pixels"),
        ("rank_filter(im, 1, 0)", "no rank 1 in a window of 1 pixel\\n"),
        ('rank_filter(im, 5, shape="diamond")', "no rank 5 in a window of 5 pixels"),
        ("rank_filter(im, 1.5)", "rank is 1.5"),
        ("rank_filter(im, max(im))", "must be known before the run"),
        ("rank_filter(im, 0, 600)", "the window would hold"),
        ('laplace(im, "z")', "no axis z"),
        ("difference_of_gaussians(im, 2, 1)", "high is 1 px, below low, which is 2 px"),
        ("difference_of_gaussians(im, [1, 2], [3, 1.5])", "high is 1.5 px, below low, which is 2 px"),
        ("difference_of_gaussians(im, -1)", "low is -1"),
        ("difference_of_gaussians(im, 1, -1)", "high is -1"),
        ("difference_of_gaussians(im, 1, [1, 2, 3])", "3 numbers for 2 axes"),
        ("difference_of_gaussians(im, 1e6)", "use a smaller low"),
        ("difference_of_gaussians(im, 1, 1e6)", "use a smaller high"),
    ],
)
def test_arguments_are_refused_before_the_run(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((3, 3)))


# --- mean ------------------------------------------------------------------------------------------------------------


@each("n", [0, 1, 2])
def test_mean_filter_is_the_mean(im, n):
    result = evaluate(f"mean_filter(im, {n})", im=grey(im))
    expected = window_means(im.astype(np.float64) if im.dtype.kind == "f" else im, square(n, im.ndim))
    assert result.dtype == (im.dtype if im.dtype.kind == "f" else np.float64)
    if im.dtype.kind == "f":
        assert_near(result, expected, im)
    else:
        np.testing.assert_array_equal(result, expected)  # rounded once, also where the sums are beyond 64 bits


@pytest.mark.parametrize("n", [1, 3, 10])
def test_mean_filter_agrees_with_opencv_and_scipy(ankle, n):
    result = evaluate(f"mean_filter(im, {n})", im=ankle)
    boxed = cv2.boxFilter(ankle, cv2.CV_64F, (2 * n + 1,) * 2, normalize=False, borderType=cv2.BORDER_REFLECT)
    np.testing.assert_array_equal(result, boxed / (2 * n + 1) ** 2)
    np.testing.assert_allclose(result, scipy.ndimage.uniform_filter(ankle.astype(np.float64), 2 * n + 1), atol=1e-11)
    single = evaluate(f"mean_filter(im, {n})", im=ankle.astype(np.float32))
    np.testing.assert_array_equal(single, result.astype(np.float32))


def test_mean_filter_of_floats_adds_axis_by_axis_in_float64(rng):
    """Which other ways to run must give too, to the last bit."""
    im = (rng.normal(size=(5, 12, 13)) * 1e4).astype(np.float32)
    sums = im.astype(np.float64)
    for axis in range(3):
        sums = scipy.ndimage.correlate1d(sums, np.ones(5), axis)
    np.testing.assert_array_equal(evaluate("mean_filter(im, 2)", im=im), (sums / 125).astype(np.float32))


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_mean_filter_rounds_once_where_float64_does_not_hold_the_values(rng, dtype):
    info = np.iinfo(dtype)
    im = rng.integers(info.min, info.max, (15, 17), dtype, endpoint=True)
    exact = window_means(im, square(1))
    assert np.any(window_means(im.astype(np.float64), square(1)) != exact)
    np.testing.assert_array_equal(evaluate("mean_filter(im)", im=im), exact)


def test_mean_filter_of_64_bits_does_not_depend_on_what_else_is_in_the_image():
    """Small values alone are summed as float64."""
    im = np.full((20, 3), 7, np.int64)
    im[0] = [5, 2**62 + 1, 3]
    np.testing.assert_array_equal(evaluate("mean_filter(im)", im=im), window_means(im, square(1)))
    expect_same("mean_filter(im)", {"im": grey(im)}, 1, 4)


@pytest.mark.parametrize("shape", ["diamond", "square", "disk"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_mean_filter_takes_the_shapes(rng, shape, n):
    im = rng.integers(-999, 999, (9, 10))
    expected = window_means(im, named_shape(shape, n))
    np.testing.assert_array_equal(evaluate(f'mean_filter(im, {n}, shape="{shape}")', im=im), expected)


@pytest.mark.parametrize(("pattern", "footprint", "axes"), PATTERNS)
@pytest.mark.parametrize("times", [0, 1, 3])
def test_mean_filter_takes_a_pattern_and_how_often(rng, pattern, footprint, axes, times):
    im = rng.integers(0, 99, (9, 10)).astype(np.uint8)
    expected = im.astype(np.float64)
    for _ in range(times):
        expected = window_means(expected, np.array(footprint, bool))
    result = evaluate(f'mean_filter(im, {times}, "{pattern}", {axes})', im=im)
    np.testing.assert_allclose(result, expected, rtol=1e-14)


def test_mean_filter_works_slice_by_slice_and_in_millimetres(rng):
    volume = rng.normal(size=(4, 8, 9))
    expected = np.stack([evaluate("mean_filter(im, 2)", im=plane) for plane in volume])
    np.testing.assert_array_equal(evaluate('mean_filter(im, 2, axes="yx")', im=volume), expected)
    spaced = Image(rng.normal(size=(20, 20)), spacing=[0.5, 1.5])
    expected = scipy.ndimage.uniform_filter(spaced.array, (7, 3))
    np.testing.assert_allclose(evaluate("mean_filter(im, 1.5mm)", im=spaced), expected, atol=1e-14)


def test_mean_filter_takes_a_reach_beyond_the_image(rng):
    im = rng.integers(0, 99, (4, 5))
    np.testing.assert_array_equal(evaluate("mean_filter(im, 11)", im=im), window_means(im, square(11)))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_mean_filter_spreads_nan_and_inf_over_its_window_only(value):
    im = np.zeros((9, 9))
    im[4, 4] = value
    for shape in ("diamond", "square", "disk"):
        result = evaluate(f'mean_filter(im, 2, "{shape}")', im=im)
        touched = np.pad(named_shape(shape, 2), 2)
        np.testing.assert_array_equal(result, np.where(touched, value, 0))


# --- rank ------------------------------------------------------------------------------------------------------------


@each("rank", [0, 1, -1, -2])
def test_rank_filter_sorts(im, rank):
    result = evaluate(f"rank_filter(im, {rank})", im=grey(im))
    assert result.dtype == im.dtype
    np.testing.assert_array_equal(result, window_ranks(im, square(1, im.ndim), rank))


@pytest.mark.parametrize("shape", ["diamond", "square", "disk"])
def test_rank_filter_is_scipys_for_all_ranks(shape):
    im = skimage.data.cell()[300:340, 200:250]
    footprint = named_shape(shape, 2)
    size = np.count_nonzero(footprint)
    for rank in range(-size, size):
        expected = scipy.ndimage.rank_filter(im, rank, footprint=footprint)
        np.testing.assert_array_equal(evaluate(f'rank_filter(im, {rank}, 2, "{shape}")', im=im), expected)


def test_extreme_ranks_are_opencvs_erosion_and_dilation_and_the_middle_is_the_median(ankle):
    kernel = np.ones((5, 5), np.uint8)
    for rank, morphology in ((0, cv2.erode), (-1, cv2.dilate)):
        expected = morphology(ankle, kernel, borderType=cv2.BORDER_REFLECT)
        np.testing.assert_array_equal(evaluate(f"rank_filter(im, {rank}, 2)", im=ankle), expected)
    medians = cv2.medianBlur(ankle, 5)[2:-2, 2:-2]
    np.testing.assert_array_equal(evaluate("rank_filter(im, 12, 2)", im=ankle)[2:-2, 2:-2], medians)


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_rank_filter_is_exact_where_scipy_rounds(dtype):
    im = (np.arange(35).reshape(5, 7) % 11).astype(dtype) + np.dtype(dtype).type(2**62)
    result = evaluate("rank_filter(im, 2)", im=im)
    np.testing.assert_array_equal(result, window_ranks(im, square(1), 2))
    assert np.any(scipy.ndimage.rank_filter(im, 2, 3) != result)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_rank_filter_sorts_nan_last(rng, dtype):
    im = rng.normal(size=(12, 12)).astype(dtype)
    im[rng.random(im.shape) < 0.4] = np.nan
    im[rng.random(im.shape) < 0.1] = np.inf
    for rank in (0, 3, 5, -1):
        result = evaluate(f"rank_filter(im, {rank})", im=im)
        assert result.dtype == im.dtype
        np.testing.assert_array_equal(result, window_ranks(im, square(1), rank))


@pytest.mark.parametrize(("pattern", "footprint", "axes"), PATTERNS)
@pytest.mark.parametrize("rank", ["0", "-1.0"])
def test_rank_filter_takes_a_pattern_and_how_often(rng, pattern, footprint, axes, rank):
    im = rng.integers(0, 99, (9, 10)).astype(np.uint8)
    expected = im
    for times in range(3):
        result = evaluate(f'rank_filter(im, {rank}, {times}, "{pattern}", {axes})', im=im)
        np.testing.assert_array_equal(result, expected)
        expected = window_ranks(expected, np.array(footprint, bool), int(float(rank)))


def test_rank_filter_gives_no_negative_zero(rng):
    im = rng.choice([0.0, -0.0], (9, 10))
    for call in ("rank_filter(im, 0)", "rank_filter(im, 4)", 'rank_filter(im, 0, 0, "010/111/010")'):
        assert not np.signbit(evaluate(call, im=im)).any()


def test_rank_filter_works_slice_by_slice_and_beyond_the_image(rng):
    volume = rng.normal(size=(4, 8, 9))
    expected = np.stack([scipy.ndimage.rank_filter(plane, 2, 3) for plane in volume])
    np.testing.assert_array_equal(evaluate('rank_filter(im, 2, axes="yx")', im=volume), expected)
    for shape in ((4, 5), (1,), (6,)):
        im = rng.normal(size=shape)
        expected = window_ranks(im, square(9, im.ndim), 7)
        np.testing.assert_array_equal(evaluate("rank_filter(im, 7, 9)", im=im), expected)


# --- median ----------------------------------------------------------------------------------------------------------


@each("n", [0, 1, 2])
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
    expected = window_medians(im, named_shape(shape, n))
    np.testing.assert_array_equal(evaluate(f'median_filter(im, {n}, shape="{shape}")', im=im), expected)


@pytest.mark.parametrize(("pattern", "footprint", "axes"), PATTERNS)
@pytest.mark.parametrize("times", [0, 1, 2])
def test_median_filter_takes_a_pattern_and_how_often(rng, pattern, footprint, axes, times):
    im = rng.integers(0, 99, (9, 10)).astype(np.uint8)
    expected = im
    for _ in range(times):
        expected = window_medians(expected, np.array(footprint, bool))
    np.testing.assert_array_equal(evaluate(f'median_filter(im, {times}, "{pattern}", {axes})', im=im), expected)


def test_median_filter_of_one_pixel_is_done_any_number_of_times(rng):
    im = rng.integers(0, 99, 40).astype(np.uint8)
    for name in ("median_filter(im,", "mean_filter(im,", "rank_filter(im, 0,"):
        np.testing.assert_array_equal(evaluate(f'{name} 2000000000, "1")', im=im), im)


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


# --- laplace ---------------------------------------------------------------------------------------------------------


def test_laplace_is_scipys(im):
    result = evaluate("laplace(im)", im=grey(im))
    assert result.dtype == (im.dtype if im.dtype.kind == "f" else np.float64)
    np.testing.assert_array_equal(result, scipy.ndimage.laplace(im.astype(np.float64)).astype(result.dtype))


def test_laplace_of_ankle_agrees_with_opencv(ankle):
    expected = cv2.Laplacian(ankle, cv2.CV_64F, ksize=1, borderType=cv2.BORDER_REFLECT)
    np.testing.assert_array_equal(evaluate("laplace(im)", im=ankle), expected)


def test_laplace_takes_axes(rng):
    volume = rng.normal(size=(5, 8, 9))
    planes = np.stack([scipy.ndimage.laplace(plane) for plane in volume])
    np.testing.assert_array_equal(evaluate('laplace(im, axes="yx")', im=volume), planes)
    np.testing.assert_array_equal(
        evaluate('laplace(im, "z")', im=volume), scipy.ndimage.correlate1d(volume, [1, -2, 1], 0)
    )


# --- difference of Gaussians -----------------------------------------------------------------------------------------


@each("text, sigmas", [("1", (1,)), ("0.7, 3", (0.7, 3)), ("2, 2", (2, 2)), ("0, 1", (0, 1))])
def test_difference_of_gaussians_is_of_sums_by_exact_weights(im, text, sigmas):
    result = evaluate(f"difference_of_gaussians(im, {text})", im=grey(im))
    assert result.dtype == (im.dtype if im.dtype.kind == "f" else np.float64)
    low, high = sigmas if len(sigmas) == 2 else (sigmas[0], 1.6 * sigmas[0])
    work = im.astype(computed_in(im))
    expected = gaussians.weighted(work, low) - gaussians.weighted(work, high)
    np.testing.assert_array_equal(result, expected.astype(result.dtype))


def test_difference_of_gaussians_keeps_the_scale_of_integers():
    im = skimage.data.coins()
    result = evaluate("difference_of_gaussians(im, 2, 5)", im=im)
    theirs = skimage.filters.difference_of_gaussians(im, 2, 5, mode="reflect")
    np.testing.assert_allclose(result, theirs * 255, atol=1e-10)


def test_difference_of_gaussians_takes_a_sigma_per_axis_axes_and_lengths(rng):
    volume = rng.normal(size=(5, 8, 9))
    for text, low, high in [
        ("[1, 0, 2]", (1, 0, 2), (1.6, 0, 3.2)),
        ('2, 3, axes="yx"', (0, 2, 2), (0, 3, 3)),
        ('[9, 1, 1], 3, axes="yx"', (0, 1, 1), (0, 3, 3)),
        ("1, [1, 2, 3]", (1, 1, 1), (1, 2, 3)),
        ("1, none", (1, 1, 1), (1.6, 1.6, 1.6)),
    ]:
        expected = gaussians.weighted(volume, low) - gaussians.weighted(volume, high)
        np.testing.assert_array_equal(evaluate(f"difference_of_gaussians(im, {text})", im=volume), expected)
    im = rng.normal(size=(20, 20))
    expected = gaussians.weighted(im, (1, 0.5)) - gaussians.weighted(im, (4, 2))
    result = evaluate("difference_of_gaussians(im, 0.5mm, 2mm)", im=Image(im, spacing=[0.5, 1]))
    np.testing.assert_array_equal(result, expected)


# --- strips ----------------------------------------------------------------------------------------------------------

CALLS = [
    "mean_filter(im)",
    "mean_filter(im, 5)",
    'mean_filter(im, 3, "disk")',
    "mean_filter(im, 2, axes=0)",
    "mean_filter(im, 2.5mm)",
    "rank_filter(im, 2)",
    'rank_filter(im, -3, 2, "diamond")',
    "rank_filter(im, 0, 4, axes=[0])",
    "laplace(im)",
    "laplace(im, 0)",
    "difference_of_gaussians(im, 1)",
    "difference_of_gaussians(im, 0.4, 3, axes=[0])",
    "laplace(mean_filter(gaussian(im, 1), 2))",
]
OF_PLANES = [
    'mean_filter(im, 3, "110/011")',
    'mean_filter(im, 2, "1001/0110")',
    'rank_filter(im, 1, 2, "110/011/001/100")',
]


@tried(60)
@given(st.sampled_from(CALLS + OF_PLANES), st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3, 7]))
def test_strips_give_the_same(call, seed, rows):
    rng = np.random.default_rng(seed)
    shapes = [(13, 9), (30, 3), (1, 8), (9, 1), (5, 4, 6), (23,)]
    shape = shapes[rng.integers(4 if call in OF_PLANES else 6)]
    im = image_of(rng, shape, rng.choice(["uint8", "int16", "uint32", "int64", "float16", "float32", "float64"]))
    expect_same(call, {"im": Image(im, spacing=[1.0] * im.ndim, kind="image")}, rows)


def image_of(rng, shape, dtype):
    if np.dtype(dtype).kind == "f":
        im = (rng.normal(size=shape) * 50).astype(dtype)
        im[rng.random(shape) < 0.02] = rng.choice([np.nan, np.inf, -np.inf, -0.0])
        return im
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, shape, dtype, endpoint=True)


@each("shape", [(7, 10), (3, 3), (2, 9), (1, 6), (5,), (2, 3, 4)])
@each("n", [5, 9, 12, 20])
def test_windows_that_reach_over_an_image_many_times(shape, n):
    """SciPy itself reads other memory there, so each window is put together by hand."""
    if len(shape) == 3 and n > 9:
        return
    rng = np.random.default_rng(n)
    im = rng.integers(0, 50, shape).astype(np.int16)
    padded = np.pad(im, n, mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * n + 1,) * im.ndim).reshape(*shape, -1)
    ordered = np.sort(windows, axis=-1)
    np.testing.assert_array_equal(evaluate(f"rank_filter(im, 3, {n})", im=im), ordered[..., 3])
    np.testing.assert_array_equal(evaluate(f"median_filter(im, {n})", im=im), ordered[..., ordered.shape[-1] // 2])
    disk = np.sum((np.indices((2 * n + 1,) * im.ndim) - n) ** 2, axis=0) <= n * n
    expected = windows[..., disk.ravel()].mean(axis=-1)
    np.testing.assert_allclose(evaluate(f'mean_filter(im, {n}, "disk")', im=im), expected, rtol=1e-13)


@pytest.mark.parametrize("pattern", ["11101", "101", "10011", "1"])
def test_ranks_on_lines_under_patterns_with_holes(pattern):
    """SciPy fills the holes where there is one axis."""
    line, holed = np.random.default_rng(0).integers(0, 100, 12), np.array([int(c) for c in pattern], bool)
    padded = np.pad(line, (len(holed) // 2, len(holed) - 1 - len(holed) // 2), mode="symmetric")
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(padded, len(holed))[:, holed], axis=1)
    for rank in range(windows.shape[1]):
        ranked = evaluate(f'rank_filter(im, {rank}, 1, "{pattern}")', im=line)
        np.testing.assert_array_equal(ranked, windows[:, rank])
    median = evaluate(f'median_filter(im, 1, "{pattern}")', im=line)
    np.testing.assert_array_equal(median, windows[:, windows.shape[1] // 2])
