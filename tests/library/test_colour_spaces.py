"""Stains, L*a*b* and Y'CbCr, against scikit-image's."""

import imageio.v3 as iio
import numpy as np
import pytest
from helpers import places
from helpers.each import each
from skimage import color

from maskexpr import Image, ProgramError, RunError, evaluate

IHC = iio.imread(places.EXAMPLES / "ihc.png")[..., :3]
SPACES = {
    **{name: (color.rgb2hed, i) for i, name in enumerate(("haematoxylin", "eosin", "dab"))},
    **{name: (color.rgb2lab, i) for i, name in enumerate(("lightness", "lab_a", "lab_b"))},
    **{name: (color.rgb2ycbcr, i) for i, name in enumerate(("luma", "cb", "cr"))},
}


def theirs(name, im):
    convert, i = SPACES[name]
    return convert(im)[..., i]


def colour(im):
    return Image(im, kind="colour")


@each("name", SPACES)
def test_it_is_scikit_images(name, rng):
    every = rng.integers(0, 256, (70, 90, 3)).astype(np.uint8)
    every[0, :2] = [[0, 0, 0], [255, 255, 255]]
    for im in (IHC, every, every.astype(np.uint16) * 257 - every, every / 255, rng.random((3, 4, 5, 3))):
        ours = evaluate(f"{name}(im)", im=colour(im))
        assert ours.dtype == np.float64
        np.testing.assert_allclose(ours, theirs(name, im), rtol=1e-12, atol=1e-11)
    narrow = (every / 255).astype(np.float32)
    ours = evaluate(f"{name}(im)", im=narrow)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs(name, narrow.astype(np.float64)), rtol=1e-6)  # theirs is in float32 else


@each("name", SPACES)
def test_a_pixel_is_what_it_is_whatever_is_beside_it(name, rng):
    """By a table of all values in a large image, by itself in a small one; with alpha, and as another type."""
    for dtype in ("uint8", "uint16", "int16"):
        im = rng.integers(0, np.iinfo(dtype).max, (200, 150, 3), dtype, endpoint=True)
        whole = evaluate(f"{name}(im)", im=colour(im))
        for y, x in ((0, 0), (7, 140), (199, 3)):
            np.testing.assert_array_equal(evaluate(f"{name}(im)", im=colour(im[y : y + 1, x : x + 1])), whole[y, x])
        alpha = np.concatenate([im, im[..., :1]], axis=-1)
        np.testing.assert_array_equal(evaluate(f"{name}(im)", im=colour(alpha)), whole)
        given = evaluate(f"{name}(im, white={np.iinfo(dtype).max})", im=colour(im.astype(np.float64)))
        np.testing.assert_array_equal(given, whole)


@each("name", SPACES)
def test_white_is_what_it_is_said_to_be(name):
    im = np.minimum(IHC, 230)
    given = evaluate(f"{name}(im, white=max(green(im)) + 0)", im=im)
    np.testing.assert_allclose(given, theirs(name, im / 230), rtol=1e-12, atol=1e-11)
    with pytest.raises(ProgramError, match="white is 0"):
        evaluate(f"{name}(im, white=0)", im=im)
    with pytest.raises(RunError, match="white is nan"):
        evaluate(f"{name}(im, white=sqrt(-max(green(im))))", im=im)


@each("name", SPACES)
def test_floats_are_shares_of_white(name):
    with pytest.raises(RunError, match="white is 1 in a floating image, and im may hold 255"):
        evaluate(f"{name}(im)", im=IHC * 1.0)
    beyond = np.array([[[1.2, 0.5, 1.0], [0.2, -0.1, 1.99]]])  # what was sharpened is let through
    assert np.all(np.isfinite(evaluate(f"{name}(im)", im=beyond)))
    one = np.array([[[0.3, np.nan, 0.2], [0.3, 0.1, 0.2]]])
    np.testing.assert_array_equal(np.isnan(evaluate(f"{name}(im)", im=one)), [[True, False]])
    filled = one.copy()
    filled[0, 0] = 9e9
    found = evaluate(f"{name}(im)", im=Image(filled, kind="colour", nodata=9e9))
    assert found[0, 1] == evaluate(f"{name}(im)", im=one)[0, 1]


def test_stains_are_never_less_than_none(rng):
    im = rng.random((50, 60, 3))
    for name in ("haematoxylin", "eosin", "dab"):
        found = evaluate(f"{name}(im)", im=im)
        assert found.min() == 0
        assert not np.signbit(found).any()


def test_nuclei_and_antibodies_are_where_a_pathologist_sees_them():
    """In the section that is shipped: brown membranes hold DAB, blue nuclei haematoxylin; few pixels hold both."""
    brown = evaluate("s = gaussian(dab(im), 1); s > otsu(s)", im=IHC)
    blue = evaluate("s = gaussian(haematoxylin(im), 1); s > otsu(s)", im=IHC)
    red, _, bluish = (np.moveaxis(IHC.astype(int), -1, 0)[i] for i in range(3))
    assert np.mean((red - bluish)[brown]) > 20
    assert np.mean((red - bluish)[blue & ~brown]) < 0


@pytest.mark.parametrize("name", SPACES)
def test_other_channels_are_refused(name):
    with pytest.raises(ProgramError, match="no red, green and blue"):
        evaluate(f"{name}(im)", im=Image(IHC, kind="colour", channels=["DAPI", "GFP", "Cy5"]))
