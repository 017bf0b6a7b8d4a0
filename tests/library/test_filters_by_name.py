"""Filters with other borders, windows and kernels equal those of SciPy and scikit-image that are named so."""

import numpy as np
import pytest
import scipy.ndimage as ndi
import skimage.data
import skimage.feature
import skimage.filters
from helpers.both_ways import expect_same
from helpers.each import each

from maskexpr import Image, compile, evaluate
from maskexpr.kernels.borders import MODES

RNG = np.random.default_rng(7)
VOLUME = RNG.normal(size=(6, 8, 9))
BYTES = RNG.integers(0, 256, (9, 12)).astype(np.uint8)


def near(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("border", MODES)
def test_borders_are_scipys(border):
    def ours(call, im=VOLUME):
        return evaluate(f'{call[:-1]}, border="{border}")', im=im)

    near(ours("gaussian(im, 1.3)"), ndi.gaussian_filter(VOLUME, 1.3, mode=border))
    near(ours("gaussian(im, 9)"), ndi.gaussian_filter(VOLUME, 9, mode=border))
    near(ours("laplace(im)"), ndi.laplace(VOLUME, mode=border))
    near(ours("mean_filter(im, [1, 0, 3])"), ndi.uniform_filter(VOLUME, (3, 1, 7), mode=border))
    disk = ndi.iterate_structure(ndi.generate_binary_structure(2, 1), 2)
    near(ours('mean_filter(im, 2, "diamond")', VOLUME[0]), ndi.correlate(VOLUME[0], disk / 13, mode=border))
    for name in ("sobel", "scharr", "prewitt"):
        theirs = getattr(skimage.filters, name)
        near(ours(f"{name}(im)"), theirs(VOLUME, mode=border))
        near(ours(f'{name}(im, "y")'), theirs(VOLUME, axis=1, mode=border))
    for im in (VOLUME, BYTES):
        size = (3, 5, 7)[: im.ndim]
        reaches = [n // 2 for n in size]
        np.testing.assert_array_equal(
            ours(f"median_filter(im, {reaches})", im), ndi.median_filter(im, size, mode=border)
        )
        np.testing.assert_array_equal(
            ours(f"rank_filter(im, 3, {reaches})", im), ndi.rank_filter(im, 3, size, mode=border)
        )


@pytest.mark.parametrize("border", MODES)
def test_kernels_of_ones_own(border):
    for kernel in ([[1, 2, 3], [4, 5, 6.5]], [[[1, 0], [2, 3]], [[4, 5], [-6, 7]]]):
        im = VOLUME if np.ndim(kernel) == 3 else VOLUME[0]
        result = evaluate(f'correlate(im, {kernel}, border="{border}")', im=im)
        near(result, ndi.correlate(im, np.array(kernel), mode=border))
    result = evaluate(f'correlate(im, [[1, -2], [3, 4]], border="{border}")', im=BYTES)
    assert result.dtype == np.int16
    np.testing.assert_array_equal(result, ndi.correlate(BYTES.astype(int), np.array([[1, -2], [3, 4]]), mode=border))


def test_a_kernel_lies_along_the_axes_named():
    result = evaluate('correlate(im, [1, 2, 4], axes="y")', im=VOLUME)
    near(result, ndi.correlate1d(VOLUME, [1, 2, 4], 1))
    near(evaluate("correlate(im, [[1, w]])", im=VOLUME[0], w=2), ndi.correlate(VOLUME[0], [[1, 2]]))


def test_sums_of_integers_are_exact():
    """Whatever is on the way to them."""
    large = np.array([2**62, 2**62 - 1, -(2**62)], np.int64)
    result = evaluate("correlate(im, [2, -2, 1])", im=large[1:] // 4)
    np.testing.assert_array_equal(result, _exact(large[1:] // 4, [2, -2, 1]))
    unsigned = np.array([2**64 - 1, 5, 2**63], np.uint64)
    np.testing.assert_array_equal(evaluate("correlate(im, [1, 0, 0])", im=unsigned), _exact(unsigned, [1, 0, 0]))


def _exact(im, kernel):
    padded = [im[0], *im, im[-1]]
    return [sum(int(v) * k for v, k in zip(padded[i : i + 3], kernel, strict=True)) for i in range(len(im))]


@each("order", [0, 1, 2, 3, 4, [0, 1, 2]])
def test_derivatives_are_scipys(order):
    near(evaluate(f"gaussian(im, 1.7, order={order})", im=VOLUME), ndi.gaussian_filter(VOLUME, 1.7, order=order))
    whole = evaluate(f"gaussian(im, [1, 2, 3], order={order})", im=BYTES[None])
    near(whole, ndi.gaussian_filter(BYTES[None].astype(float), [1, 2, 3], order=order))


def test_gradients_and_laplacians_of_gaussians_are_scipys():
    near(evaluate("gaussian_gradient(im, 1.4)", im=VOLUME), ndi.gaussian_gradient_magnitude(VOLUME, 1.4))
    near(evaluate("gaussian_laplace(im, [1, 2, 3])", im=VOLUME), ndi.gaussian_laplace(VOLUME, [1, 2, 3]))
    plane = evaluate('gaussian_laplace(im, 2, axes="yx")', im=VOLUME)[2]
    near(plane, ndi.gaussian_laplace(VOLUME[2], 2))


def test_local_thresholds_with_windows_of_their_own_along_each_axis():
    result = evaluate('niblack(im, [1, 2, 3], border="mirror")', im=VOLUME)
    near(result, skimage.filters.threshold_niblack(VOLUME, (3, 5, 7)))
    result = evaluate('sauvola(im, [2, 5], r=127.5, border="mirror")', im=BYTES)
    near(result, skimage.filters.threshold_sauvola(BYTES, (5, 11), r=127.5))
    by_length = evaluate("local_mean(im, [2mm, 3])", im=Image(BYTES, spacing=[1, 0.5]))
    near(by_length, evaluate("local_mean(im, [2, 3])", im=BYTES))


@each("sigma", [0.5, 1, 2.3])
@each("levels", [(25.5, 51), (5, 80)])
def test_canny_is_scikit_images(sigma, levels):
    for im in (skimage.data.coins(), skimage.data.camera()):
        mask = ndi.gaussian_filter(RNG.random(im.shape), 5) > 0.49
        text = f"{sigma}, {levels[0]}, {levels[1]}"
        np.testing.assert_array_equal(evaluate(f"canny(im, {text})", im=im), skimage.feature.canny(im, sigma, *levels))
        np.testing.assert_array_equal(
            evaluate(f"canny(im, {text}, within=m)", im=im, m=mask),
            skimage.feature.canny(im, sigma, *levels, mask=mask),
        )


def test_canny_slice_by_slice():
    stack = np.stack([skimage.data.coins()[:60, :70], skimage.data.coins()[100:160, 50:120]])
    for plane, found in zip(stack, evaluate('canny(im, 1, 10, 40, axes="yx")', im=stack), strict=True):
        np.testing.assert_array_equal(found, evaluate("canny(im, 1, 10, 40)", im=plane))


CALLS = [
    "gaussian(im, 2{})", "gaussian(im, [4, 0], order=1, axes=0{})", "sobel(im{})", "scharr(im{})", "prewitt(im, 0{})",
    "laplace(im{})", "correlate(im, [[1, 2], [-3, 0.5]]{})", "mean_filter(im, [2, 1]{})",
    'median_filter(im, 1, "110/011"{})', "median_filter(im, 1{})", "niblack(im, [3, 0]{})", "gaussian_laplace(im, 1{})",
    "difference_of_gaussians(im, 1{})", "unsharp(im, 1{})", "gaussian_gradient(im, 1{})",
]  # fmt: skip


@each("call", CALLS)
def test_strips_and_the_plain_meaning_are_the_same(call):
    for border in MODES:
        text = call.format(f', border="{border}"')
        text = text if "order=1" not in text else text.replace("[4, 0], order=1", "[4, 0], order=[1, 0]")
        for im in (BYTES, RNG.normal(size=(31, 7)).astype(np.float32)):
            expect_same(text, {"im": Image(im, kind="image")}, 3, 8, None)


@each("call", CALLS[2:4] + CALLS[5:11])
@pytest.mark.parametrize("border", MODES)
def test_no_data_spreads_as_far_as_a_border_takes_it(call, border):
    """Another number in the hole changes nothing that has data."""
    valid = np.ones((12, 13), bool)
    valid[0, 3] = valid[7, 12] = False
    results = []
    for number in (3.0, 1000.0):
        im = np.where(valid, np.arange(13.0), number)
        text = call.format(f', border="{border}"')
        where = evaluate(f"valid({text})", im=Image(im, valid=valid, kind="image"))
        value = compile(f"fill({text}, 0)")(im=Image(im, valid=valid, kind="image"))
        results.append((where, value))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])
    assert 0 < results[0][0].sum() < valid.sum()


# --- colour ----------------------------------------------------------------------------------------------------------


OF_CHANNELS = [
    "gaussian(im, 2)", 'gaussian(im, [1, 3], border="wrap")', "mean_filter(im)", 'median_filter(im, 1, "disk")',
    "rank_filter(im, 1)", "unsharp(im, 1)", "laplace(im)", "correlate(im, [[1, -2]])", "difference_of_gaussians(im, 1)",
]  # fmt: skip


@each("call", OF_CHANNELS)
def test_channels_are_filtered_one_by_one(call):
    for channels in (3, 4):
        im = RNG.integers(0, 256, (13, 11, channels)).astype(np.uint8)
        result = evaluate(call, im=im)
        expected = np.stack([evaluate(call, im=im[..., i]) for i in range(channels)], axis=-1)
        assert result.dtype == expected.dtype
        np.testing.assert_array_equal(result, expected)
        expect_same(call, {"im": im}, 5, None)


def test_filtered_channels_keep_their_names():
    im = Image(RNG.random((9, 8, 2)), axes="yxc", channels=["DAPI", "GFP"])
    near(evaluate('channel(gaussian(im, 2), "GFP")', im=im), ndi.gaussian_filter(np.asarray(im.array)[..., 1], 2))
    picture = RNG.integers(0, 256, (13, 11, 3)).astype(np.uint8)
    near(evaluate("red(median_filter(im))", im=picture), ndi.median_filter(picture[..., 0], 3))
    assert compile("input im: colour; blue(gaussian(im, 1))")(im=picture).shape == (13, 11)


def test_no_data_of_colours_spreads_in_all_channels():
    valid = np.ones((9, 8), bool)
    valid[4, 4] = False
    im = Image(RNG.random((9, 8, 3)), valid=valid, kind="colour")
    np.testing.assert_array_equal(
        evaluate("valid(median_filter(im))", im=im), ~ndi.binary_dilation(~valid, np.ones((3, 3)))
    )
