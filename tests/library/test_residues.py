"""Top hats: what opening removes and closing fills."""

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.morphology
from helpers.arrays import IMAGES
from helpers.both_ways import expect_same
from helpers.each import each

from maskexpr import Image, ProgramError, compile, evaluate

FOOTPRINTS = {"diamond": skimage.morphology.diamond, "disk": skimage.morphology.disk}
FOOTPRINTS["square"] = lambda n: np.ones((2 * n + 1, 2 * n + 1), np.uint8)
WHITE_AND_BLACK = [
    ("tophat", skimage.morphology.white_tophat, scipy.ndimage.white_tophat),
    ("blackhat", skimage.morphology.black_tophat, scipy.ndimage.black_tophat),
]
EACH_HAT = pytest.mark.parametrize(("name", "scikit", "scipys"), WHITE_AND_BLACK, ids=["white", "black"])
PATTERNS = {1: "110", 2: "010/110/001", 3: "010/111//110/011"}


def exact(array):
    """Values that can be subtracted without wrapping or rounding beyond the type's own."""
    return array.astype(object) if array.dtype.kind in "iu" else array


# --- masks -----------------------------------------------------------------------------------------------------------


@each("arguments", ["", ", 2", ', 2, "square"', ', 1.5, "disk"', ", 1, axes=-1"])
def test_hats_of_masks_are_what_open_and_close_change(mask, arguments):
    opened, closed = (evaluate(f"{name}(m{arguments})", m=mask) for name in ("open", "close"))
    found = evaluate(f"tophat(m{arguments})", m=mask)
    assert found.dtype == bool
    np.testing.assert_array_equal(found, mask & ~opened)
    np.testing.assert_array_equal(evaluate(f"blackhat(m{arguments})", m=mask), closed & ~mask)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("shape", FOOTPRINTS)
def test_tophat_of_a_mask_is_scikit_images(shape, n):
    mask = ~skimage.data.horse()
    footprint = FOOTPRINTS[shape](n)
    expected = mask & ~skimage.morphology.opening(np.pad(mask, 2 * n), footprint)[2 * n : -2 * n, 2 * n : -2 * n]
    np.testing.assert_array_equal(evaluate(f'tophat(m, {n}, "{shape}")', m=mask), expected)


def test_blackhat_does_not_eat_at_the_border():
    mask = np.ones((3, 3), bool)
    mask[1, 1] = False
    np.testing.assert_array_equal(evaluate("blackhat(m)", m=mask), ~mask)


# --- images ----------------------------------------------------------------------------------------------------------


@each("arguments", ["", ', 2, "square"', ', 2, "disk"', ", 1, axes=-1", "pattern"])
def test_hats_of_images_never_wrap(im, arguments):
    if arguments == "pattern":
        arguments = f', 2, "{PATTERNS[im.ndim]}"'
    opened, closed = (evaluate(f"{name}(im{arguments})", im=Image(im, kind="image")) for name in ("open", "close"))
    for name, expected in (("tophat", exact(im) - exact(opened)), ("blackhat", exact(closed) - exact(im))):
        found = evaluate(f"{name}(im{arguments})", im=Image(im, kind="image"))
        assert found.dtype.kind == ("f" if im.dtype.kind == "f" else "u")
        assert found.dtype == im.dtype or im.dtype.kind in "iu"
        np.testing.assert_array_equal(exact(found), expected)
        assert found.min() >= 0


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([-128, 127, -128], np.int8), "uint8"),
        (np.array([-(2**15), 2**15 - 1, 0], np.int16), "uint16"),
        (np.array([-(2**63), 2**63 - 1, 0], np.int64), "uint64"),
        (np.array([0, 200, 0], np.int64), "uint8"),  # 64 bits are measured
        (np.array([0, 2**64 - 1, 7], np.uint64), "uint64"),
        (np.array([-1, 1, 0], np.float16), "float16"),
    ],
    ids=str,
)
def test_hats_of_integers_take_the_smallest_unsigned_type(values, dtype):
    found = evaluate("tophat(im)", im=values)
    assert found.dtype == dtype
    lower = max(int(values[0]), int(values[2]))
    np.testing.assert_array_equal(found, np.array([0, int(values[1]) - lower, 0], dtype))
    dark = evaluate("blackhat(im)", im=values[[1, 0, 1]])
    np.testing.assert_array_equal(dark, np.array([0, int(values[1]) - int(values[0]), 0], dtype))


def test_a_pattern_that_finds_no_pixel_gives_the_types_lowest_value():
    """Then `open` is far below the range that is known of its image."""
    im = np.array([[5, 6, 7]], np.uint8)
    np.testing.assert_array_equal(evaluate('open(im + 0, 1, "1/0/0")', im=im), [[0, 0, 0]])
    np.testing.assert_array_equal(evaluate('tophat(where(im > 5, 200, 100), 1, "1/0/0") - 100', im=im), [[0, 100, 100]])
    np.testing.assert_array_equal(evaluate('blackhat(clip(im, 5, 7), 1, "1/0/0")', im=im), [[250, 249, 248]])


@EACH_HAT
@each("shape", FOOTPRINTS)
@each("n", [1, 4])
@each("data", ["coins", "page", "cell"])
def test_hats_of_real_images_are_scikit_images_and_scipys(name, scikit, scipys, shape, n, data):
    im = getattr(skimage.data, data)()[:150, :170]
    found = evaluate(f'{name}(im, {n}, "{shape}")', im=im)
    assert found.dtype == np.uint8
    assert found.any()
    footprint = FOOTPRINTS[shape](n)
    np.testing.assert_array_equal(found, scikit(im, footprint))
    np.testing.assert_array_equal(found, scipys(im, footprint=footprint))


@EACH_HAT
def test_hats_of_a_volume_are_scikit_images(name, scikit, scipys, rng):
    im = scipy.ndimage.gaussian_filter(rng.normal(size=(12, 14, 16)), 1)
    found = evaluate(f'{name}(im, 1, "disk")', im=im)
    np.testing.assert_array_equal(found, scikit(im, skimage.morphology.ball(1)))
    np.testing.assert_array_equal(found, scipys(im, footprint=skimage.morphology.ball(1)))


def test_nan_spreads_and_infinite_differences_are_nan():
    inf, nan = np.inf, np.nan
    im = np.array([[1.0, inf, 1, 0, 0, 0, 0, 2, nan, 0, 0]])
    found = evaluate("tophat(im)", im=im)
    np.testing.assert_array_equal(found, [[0, inf, 0, 0, 0, 0, nan, nan, nan, nan, nan]])
    assert np.isnan(evaluate("blackhat(im)", im=np.full((2, 2), inf))).all()


def test_hats_take_lengths_and_iterations():
    im = skimage.data.coins()[:60, :70]
    by_length = evaluate('tophat(im, 1.5mm, "disk")', im=Image(im, spacing=0.5))
    np.testing.assert_array_equal(by_length, evaluate('tophat(im, 3, "disk")', im=im))
    np.testing.assert_array_equal(evaluate("blackhat(im, iterations=2)", im=im), evaluate("blackhat(im, 2)", im=im))


@pytest.mark.parametrize("name", ["tophat", "blackhat"])
@pytest.mark.parametrize("arguments", ["2", '1, "disk"', '2, "110/011"'])
def test_hats_are_the_same_in_strips(name, arguments, rng):
    for value in (rng.random((13, 70)) < 0.5, IMAGES["int16"], IMAGES["float32"], IMAGES["uint64"]):
        expect_same(f"{name}(v, {arguments})", {"v": value}, 1, 3, None)


def test_kinds_are_known_before_the_run():
    assert str(compile("tophat(im - 300)").kind(im=((5, 6), "uint8"))) == "image 5x6 uint8"
    assert str(compile("tophat(im > 3)").kind(im=((5, 6), "uint8"))) == "mask 5x6"
    with pytest.raises(ProgramError, match="at least 0"):
        evaluate("tophat(im, -1)", im=np.zeros((3, 3), np.uint8))
