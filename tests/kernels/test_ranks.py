"""Fast medians equal the body of median_filter."""

from fractions import Fraction

import imageio.v3 as iio
import numpy as np
import pytest
from helpers import places
from helpers.each import each

from maskexpr.functions.settling import Distance
from maskexpr.kernels import opencv, ranks
from maskexpr.library import elements
from maskexpr.library.filters.ranks import median_filter

ANKLE = iio.imread(places.ANKLE)

SHAPES = [(1,), (2,), (300,), (1, 1), (1, 30), (30, 1), (13, 17), (5, 1, 6), (7, 8, 9), (3, 4, 5, 6)]
TYPES = ["u1", "i1", "u2", "i4", "u8", "i8", "f2", "f4", "f8"]


def random_image(shape: tuple[int, ...], dtype: str, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return random.normal(0, 1000, shape).astype(kind)
    limits = np.iinfo(kind)
    return random.integers(limits.min, limits.max, shape, kind, endpoint=True)


def assert_median(im: np.ndarray, reach: Fraction | int, shape: str, axes: tuple[int, ...] | None = None) -> None:
    n = Distance(Fraction(reach))
    window = elements.footprint(n, shape, axes, im.ndim)
    fast = ranks.by_network(im, np.count_nonzero(window) // 2, window)
    plain = median_filter(im, n, shape, axes)
    assert fast is not None
    assert fast.dtype == plain.dtype
    np.testing.assert_array_equal(fast, plain)
    assert im.dtype.kind != "f" or not np.signbit(fast[fast == 0]).any()


@pytest.mark.parametrize("dtype", TYPES)
@each("shape", SHAPES)
def test_medians(shape: tuple[int, ...], dtype: str) -> None:
    im = random_image(shape, dtype, 5)
    random = np.random.default_rng(6)
    if im.dtype.kind == "f":
        values = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0], im.dtype)
        im = np.where(random.random(shape) < 0.5, random.choice(values, shape), im)
    for axis in range(im.ndim):
        assert_median(im, 1, "square", (axis,))
        assert_median(im, 4, "square", (axis,))
    assert_median(im, 1, "diamond")
    if im.ndim < 4:
        assert_median(im, 1, "square")
    if im.ndim < 3:
        assert_median(im, 2, "square")
        assert_median(im, Fraction(5, 2), "disk")
        assert_median(im, 4, "square")


@pytest.mark.parametrize("pattern", ["01", "10", "11/11", "1000/0000", "101/010", "0011/1100/1010", "1/1/1/1"])
def test_medians_of_patterns(pattern: str) -> None:
    """An even number of pixels has an upper middle, and the centre need not be a middle."""
    for dtype in ("u1", "f4"):
        for shape in ((40,), (1,)) if "/" not in pattern else ((13, 17), (1, 5), (6, 1)):
            assert_median(random_image(shape, dtype, 1), 1, pattern)


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_medians_of_random_windows(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_FEWEST_ROWS", rows), ("_TILE_BYTES", 1), ("_TILES_BYTES", 1)):
        monkeypatch.setattr(ranks, name, value)
    random = np.random.default_rng(rows)
    for _ in range(30):
        window = random.random(random.integers(1, 7, 2)) < 0.6
        window[0, 0] = True
        im = random.integers(0, 50, random.integers(1, 25, 2), np.int16)
        if len(window) > 1:
            assert_median(im, 1, "/".join("".join("01"[int(v)] for v in row) for row in window))


@pytest.mark.parametrize("dtype", ["u1", "i2", "f4"])
def test_other_ranks_by_networks(dtype: str) -> None:
    im, random = random_image((13, 17), dtype, 3), np.random.default_rng(4)
    for size in (1, 2, 3, 6):
        window = random.random((size, 7 - size)) < 0.7
        window.flat[0] = True
        for rank in range(int(window.sum())):
            np.testing.assert_array_equal(ranks.by_network(im, rank, window), sorted_window(im, window, rank))


def test_what_is_no_small_window() -> None:
    for dtype in "u1", "u2", "f4", "f8":
        assert ranks.serves(np.dtype(dtype), np.ones((9, 9), bool))
        assert not ranks.serves(np.dtype(dtype), np.ones((19, 19), bool))
        assert not ranks.serves(np.dtype(dtype), np.zeros((3, 3), bool))
    assert ranks.by_network(np.empty((0, 4)), 4, np.ones((3, 3), bool)).shape == (0, 4)


def test_medians_of_the_ankle() -> None:
    out = np.empty(ANKLE.shape, ANKLE.dtype)
    assert ranks.by_network(ANKLE, 4, np.ones((3, 3), bool), out) is out
    np.testing.assert_array_equal(out, median_filter(ANKLE, Distance(Fraction(1))))
    for im in (ANKLE.T[::3], ANKLE[::-4, 1:].astype("f4")):
        assert_median(im, 2, "square")


def test_medians_by_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cv2")
    small = [random_image(shape, "u1", 0) for shape in ((3, 4), (1, 1), (1, 40), (40, 1), (2, 5, 3))]
    large = random_image((40, 30), "f4", 2)
    zeros = np.random.default_rng(1).choice(np.array([-0.0, 0.0, np.inf, 1], "f4"), (2, 20, 20))
    spoilt = np.where(large > 2000, np.nan, large).astype("f4")
    for im in (ANKLE[::2, ::2], *small, random_image((9, 9), "u2", 1), large, zeros, spoilt, spoilt[::-1, ::2]):
        for reach in (1, 2, 3, 6) if im.dtype == np.uint8 else (1, 2):
            for mode in ("reflect", "nearest", "mirror", "wrap", "constant"):
                plain = median_filter(im, Distance(Fraction(reach)), axes=(im.ndim - 2, im.ndim - 1), border=mode)
                found = ranks.median_by_opencv(im, reach, mode, np.empty(im.shape, im.dtype))
                np.testing.assert_array_equal(found, plain)
                assert im.dtype.kind != "f" or not np.signbit(found[found == 0]).any()
    square = np.ones((3, 3), bool)
    assert ranks.opencv_serves(np.dtype("u1"), square)
    assert ranks.opencv_serves(np.dtype("u2"), square[np.newaxis])
    seven = np.ones((7, 7), bool)
    strange = [("u2", seven), ("f8", square), ("u1", square[0]), ("u1", square[:, :1]), ("u1", np.eye(3, dtype=bool))]
    for dtype, window in [*strange, ("u1", np.ones((3, 3, 3), bool))]:
        assert not ranks.opencv_serves(np.dtype(dtype), window)
    monkeypatch.setattr(opencv, "usable", lambda: None)
    assert not ranks.opencv_serves(np.dtype("u1"), square)


# --- ranks of any window ---------------------------------------------------------------------------------------------


def sorted_window(im: np.ndarray, window: np.ndarray, rank: int) -> np.ndarray:
    """By definition: the image with its mirror around it, and at each pixel its window sorted."""
    around = [(n // 2, n - 1 - n // 2) for n in window.shape]
    views = np.lib.stride_tricks.sliding_window_view(np.pad(im, around, mode="symmetric"), window.shape)
    return np.sort(views[..., window], axis=-1)[..., rank]


@pytest.mark.parametrize("dtype", TYPES)
@each("shape", [(1,), (9,), (1, 9), (9, 1), (13, 17), (3, 5, 6)])
def test_ranks_of_windows_of_any_shape(shape: tuple[int, ...], dtype: str) -> None:
    im, random = random_image(shape, dtype, 7), np.random.default_rng(8)
    if im.dtype.kind == "f":
        im[random.random(shape) < 0.2] = random.choice(np.array([np.nan, np.inf, -np.inf, -0.0], im.dtype))
    for sizes in ([1] * im.ndim, [2, 3, 4], [5, 1, 2], [21, 6, 3]):
        window = random.random(sizes[: im.ndim]) < 0.6
        window.flat[0] = True
        for rank in {0, -1, int(window.sum()) // 2}:
            found = ranks.ranked(im, rank, window)
            assert found.dtype == im.dtype
            assert found.flags.c_contiguous
            np.testing.assert_array_equal(found, sorted_window(im, window, rank))
            assert im.dtype.kind != "f" or not np.signbit(found[found == 0]).any()


def test_large_windows_are_parted_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that Ctrl-C need not wait for them, and they take little memory."""
    pauses = []
    monkeypatch.setattr(ranks, "pause", lambda: pauses.append(1))
    ranks.ranked(ANKLE[:40, :40], 0, np.ones((41, 41), bool))
    assert len(pauses) >= 40 * 40 * 41 * 41 / 2**18
