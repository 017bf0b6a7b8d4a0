"""Fast smoothing equals the body of gaussian, to the last bit."""

import tracemalloc

import imageio.v3 as iio
import numpy as np
import pytest
import scipy.ndimage
from helpers import gaussians, places
from helpers.each import each

from maskexpr.kernels import smooth
from maskexpr.library.filters.smoothing import gaussian

ANKLE = iio.imread(places.ANKLE)
SHAPES = [(1,), (2,), (300,), (1, 1), (1, 30), (30, 1), (13, 17), (70, 500), (5, 1, 6), (7, 8, 9), (3, 4, 5, 6)]
TYPES = ["u1", "i1", "u2", "i4", "u8", "i8", "f2", "f4", "f8"]
SIGMAS = [0.0, 0.05, 0.4, 1.0, 1.7, 5.0, 12.3]


class Kind:
    """As much of a kind as the bodies ask for."""

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)


def random_image(shape: tuple[int, ...], dtype: str, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return random.normal(0, 1000, shape).astype(kind)
    limits = np.iinfo(kind)
    return random.integers(limits.min, limits.max, shape, kind, endpoint=True)


def assert_same(fast: np.ndarray, plain: np.ndarray) -> None:
    assert fast.dtype == plain.dtype
    assert fast.flags.c_contiguous
    np.testing.assert_array_equal(fast, plain)
    numbers = ~np.isnan(plain)
    np.testing.assert_array_equal(np.signbit(fast)[numbers], np.signbit(plain)[numbers])


def assert_gaussian(im: np.ndarray, sigmas: tuple[float, ...]) -> None:
    kind = Kind(im.dtype)
    assert_same(smooth.gaussian(im, sigmas, kind.dtype), gaussian(im, sigmas, kind=kind))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", TYPES)
@each("shape", SHAPES)
def test_the_bodies(shape: tuple[int, ...], dtype: str) -> None:
    for seed, sigma in enumerate(SIGMAS):
        im = random_image(shape, dtype, seed)
        assert_gaussian(im, (sigma,) * im.ndim)
        assert_gaussian(im, tuple(SIGMAS[(seed + a) % len(SIGMAS)] for a in range(im.ndim)))


@pytest.mark.parametrize("tile", [1, 40, 1000])
@pytest.mark.parametrize("shape", [(90,), (33, 41), (41, 20, 3), (5, 6, 7, 8)])
def test_tiles_of_any_size(shape: tuple[int, ...], tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smooth, "_TILE", tile)
    monkeypatch.setattr(smooth, "_TALL_TILE", 2 * tile)
    monkeypatch.setattr(smooth, "_NARROWEST", 3)
    im = random_image(shape, "f4", tile)
    assert_gaussian(im, (1.5,) * im.ndim)
    whole, sigmas = smooth.gaussian(im, (1.5,) * im.ndim, im.dtype), (1.5,) * im.ndim
    for around in ((1, 2), (2, 0), (0, 1)):
        cut = smooth.gaussian(im, sigmas, im.dtype, around=around)
        assert_same(cut, whole[around[0] : len(im) - around[1]])


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_nan_inf_and_zeros(dtype: str) -> None:
    im = random_image((40, 50), dtype, 3)
    random = np.random.default_rng(4)
    im[random.random(im.shape) < 0.4] = -0.0
    for value in (np.nan, np.inf, -np.inf):
        im[tuple(random.integers(0, 40, (2, 3)))] = value
    with np.errstate(all="ignore"):
        assert_gaussian(im, (1.0, 0.5))
        assert_gaussian(im, (0.0, 0.0))


def test_the_ankle() -> None:
    for im in (ANKLE, ANKLE.astype("f4"), ANKLE.T, ANKLE[::-2, 1:]):
        assert_gaussian(im, (2.0, 1.0))


def test_out_is_filled() -> None:
    out = np.empty(ANKLE.shape)
    assert smooth.gaussian(ANKLE, (1.0, 2.0), out.dtype, out) is out
    assert_same(out, gaussian(ANKLE, (1.0, 2.0), kind=Kind(out.dtype)))
    empty = np.empty((0, 4), np.uint8)
    assert smooth.gaussian(empty, (1.0, 1.0), np.float64).shape == (0, 4)


@pytest.mark.parametrize("dtype", ["u1", "f4", "f8"])
@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.0, 3.3, 10.0, 90.0])
def test_scipys_correlation_with_the_exact_weights(dtype: str, sigma: float) -> None:
    """To the last bit where it does not multiply and add in one step; the longest reach lies beyond whole lines."""
    im = ANKLE[50:200, 30:150].astype(dtype)
    found = smooth.gaussian(im, (sigma, sigma), Kind(im.dtype).dtype)
    assert_same(found, gaussians.weighted(im, sigma))
    if gaussians.scipy_rounds_each_step():
        assert_same(found, gaussians.by_scipy(im, sigma))
    np.testing.assert_allclose(found, gaussians.by_scipy(im, sigma), rtol=3e-7 if dtype == "f4" else 1e-14)


def test_no_gaussian_is_scipys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which rounds as it was built to."""

    def refuse(*given: object, **named: object) -> None:
        raise AssertionError

    for name in ("correlate1d", "convolve1d", "gaussian_filter", "gaussian_filter1d"):
        monkeypatch.setattr(scipy.ndimage, name, refuse)
    for shape in [(30, 40), (3, 4, 5), (700, 3)]:
        assert_gaussian(random_image(shape, "f4", 1), (2.0, 40.0, 7.0)[: len(shape)])


@each("shape", [(64, 64), (30, 700), (5, 40, 300)])
def test_pairs_that_occur_again_are_kept_within_bounds(shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    im, sigmas = random_image(shape, "f8", 6), (40.0,) * len(shape)
    smooth.gaussian(im, sigmas, im.dtype)  # finds the weights
    tracemalloc.start()
    found = smooth.gaussian(im, sigmas, im.dtype)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < found.nbytes + smooth.gaussian_bytes(shape, sigmas, im.dtype)
    assert_same(found, gaussian(im, sigmas, kind=Kind(im.dtype)))
    monkeypatch.setattr(smooth, "_MOST_IN_PAIRS", 0)
    assert_same(found, smooth.gaussian(im, sigmas, im.dtype))


# --- sums over windows -----------------------------------------------------------------------------------------------


@each("shape", [(1,), (9,), (1, 9), (9, 1), (13, 17), (3, 5, 6), (70, 600)])
def test_sums_are_scipys_to_the_last_bit(shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(3)
    im = random.normal(0, 1000, shape)
    for sizes in ([1, 1, 1], [2, 3, 4], [3, 1, 2], [5, 6, 3]):
        window = random.random(sizes[: im.ndim]) < 0.6
        window.flat[-1] = True
        if all(n // 2 < 3 * length for n, length in zip(window.shape, shape, strict=True)):  # else SciPy errs
            expected = scipy.ndimage.correlate(im, window.astype(float))
            np.testing.assert_array_equal(smooth.window_sums(im, window), expected)
    for reaches in ([0, 1, 2], [3, 0, 1], [40, 2, 0]):
        expected = im
        for axis, reach in enumerate(reaches[: im.ndim]):
            expected = scipy.ndimage.correlate1d(expected, np.ones(2 * reach + 1), axis)
        np.testing.assert_array_equal(smooth.box_sums(im, reaches[: im.ndim]), expected)


def test_a_large_disk_takes_no_memory_of_its_size_squared() -> None:
    y, x = np.ogrid[-50:51, -50:51]
    im, disk = np.random.default_rng(4).random((300, 200)), y * y + x * x <= 2500
    smooth.window_sums(im[:3], disk)
    tracemalloc.start()
    smooth.window_sums(im, disk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert im.nbytes < peak < 20 * im.nbytes
    assert peak < im.nbytes + smooth.sums_bytes(im.shape, disk)


def test_far_beyond_short_lines_nothing_is_done_once_for_each_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tile of a few pixels and very many weights would take seconds."""

    def refuse(*given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(smooth, "_weigh", refuse)
    monkeypatch.setattr(smooth, "_weigh_views", refuse)
    im = random_image((30, 3), "f4", 5)
    assert_gaussian(im, (20.0, 3000.0))
    assert smooth.box_sums(im.astype("f2"), (30, 3)).dtype == np.float64
