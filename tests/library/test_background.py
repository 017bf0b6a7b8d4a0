"""The ball that is rolled below an image, against scikit-image's and by hand."""

import numpy as np
import pytest
from skimage import data
from skimage.restoration import ellipsoid_kernel
from skimage.restoration import rolling_ball as theirs

from maskexpr import Image, ProgramError, evaluate


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int8", "int64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(40,), (20, 30), (1, 9), (9, 8, 7)])
def test_it_is_scikit_images(rng, dtype, shape):
    im = (rng.random(shape) * 120 - (0 if dtype[0] == "u" else 30)).astype(dtype)
    for radius in (0, 1, 2, 3.5, 5, 10):
        ours, expected = evaluate(f"rolling_ball(im, {radius})", im=Image(im, kind="image")), theirs(im, radius=radius)
        assert ours.dtype == expected.dtype
        np.testing.assert_allclose(ours, expected, rtol=2e-6 if dtype == "float32" else 0)
        assert np.all(ours <= im) or dtype[0] == "i"  # which are cut towards 0


def test_it_is_scikit_images_on_coins():
    im = data.coins()
    np.testing.assert_array_equal(evaluate("rolling_ball(im)", im=im[:70, 9:90]), theirs(im[:70, 9:90]))
    np.testing.assert_array_equal(evaluate("im - rolling_ball(im, 20)", im=im), im - theirs(im, radius=20))


def test_another_height_is_scikit_images_ellipsoid(rng):
    im = rng.random((30, 25))
    for radius, height in ((5, 0.2), (3, 7.5), (4, 0)):
        kernel = ellipsoid_kernel((2 * radius + 1,) * 2, height)
        ours = evaluate(f"rolling_ball(im, {radius}, height={height})", im=im)
        np.testing.assert_allclose(ours, theirs(im, kernel=kernel), rtol=1e-14)


def test_a_length_is_a_radius_along_each_axis(rng):
    im = rng.integers(0, 99, (30, 25)).astype(np.uint8)
    even, uneven = Image(im, spacing=0.1), Image(im, spacing=[0.2, 0.1])
    np.testing.assert_array_equal(evaluate("rolling_ball(im, 0.5mm)", im=even), theirs(im, radius=5))
    y, x = np.ogrid[-3:4, -6:7]
    inside = 36 - (2 * y) ** 2 - x**2  # as high as it has pixels along x
    kernel = np.where(inside < 0, np.inf, np.sqrt(inside.clip(0)))
    np.testing.assert_array_equal(evaluate("rolling_ball(im, 0.6mm)", im=uneven), theirs(im, kernel=kernel))
    with pytest.raises(ProgramError, match="size of a pixel"):
        evaluate("rolling_ball(im, 1mm)", im=im)


def test_slices_are_rolled_one_by_one(rng):
    im = rng.integers(0, 99, (3, 12, 14)).astype(np.uint16)
    ours = evaluate('rolling_ball(im, 4, axes="yx")', im=Image(im, kind="image"))
    np.testing.assert_array_equal(ours, [theirs(plane, radius=4) for plane in im])


def test_what_has_no_data_holds_no_ball_down():
    im = np.full((9, 9), 50, np.uint8)
    im[4, 4] = 0
    np.testing.assert_array_equal(evaluate("rolling_ball(im, 30)", im=Image(im, nodata=0)), im | 50 * (im > 0))
    assert evaluate("max(rolling_ball(im, 30))", im=im) == 0


def test_integers_near_the_ends_of_their_types_do_not_wrap():
    for dtype in ("int8", "uint8", "int64", "uint64"):
        info = np.iinfo(dtype)
        im = np.array([[info.max, info.min, info.max, info.max, info.max - 1]], dtype)
        # Of 3 pixels' radius the rises are 0, 0.17, 0.76 and 3; what is below 0 is cut towards it.
        low = [int(info.min) + (rise if info.min else 0) for rise in (1, 0, 1, 1)] if info.min else [0, 0, 0, 0]
        found = evaluate("rolling_ball(im, 3)", im=im)[0]
        assert [int(v) for v in found[:4]] == low
        assert int(found[4]) == int(info.min) + 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("rolling_ball(im, -1)", "radius is -1"),
        ("rolling_ball(im, 600)", "the window would hold"),
        ("rolling_ball(im, 5, height=-2)", "height is -2"),
        ("rolling_ball(im, 5, height=-log(0))", "height is inf"),
        ("rolling_ball(im, 5, height=2.0 ** 1000)", "it must be at most 1e.150"),
        ("rolling_ball(im, 5, height=max(im))", "known before the run"),
        ("rolling_ball(im > 2, 5)", "is a mask"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((3, 3)))
