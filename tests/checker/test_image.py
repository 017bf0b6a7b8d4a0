"""Arrays that say in what order their axes are and where they lie."""

from fractions import Fraction

import numpy as np
import pytest

import maskexpr

RNG = np.random.default_rng(3)


def bound(image, text="im > 0"):
    return maskexpr.compile(text).bind(im=image)


def test_axes_in_another_order_are_turned_and_results_turned_back():
    array = RNG.integers(0, 9, (4, 5, 6))
    image = maskexpr.Image(array, axes="xyz", spacing=[1, 2, 3])
    bind = bound(image)
    assert bind.kinds["result"].shape == (6, 5, 4)
    assert [float(s) for s in bind.kinds["result"].spacing] == [3, 2, 1]
    np.testing.assert_array_equal(bind.run()["result"], array > 0)
    assert bind.kinds["result"].grid.axes == "zyx"


def test_channels_go_last():
    array = RNG.integers(0, 9, (2, 5, 6))
    image = maskexpr.Image(array, kind="image", axes="zyx")
    assert bound(image).kinds["result"].shape == (2, 5, 6)


def test_a_place_follows_the_axes_and_crops():
    image = maskexpr.Image(
        np.ones((4, 5, 6), np.uint8), axes="xyz", spacing=[1, 2, 3], origin=(10, 20, 30), direction=np.eye(3)
    )
    grid = bound(image, "(im > 0)[2, 1:, ::2]").kinds["result"].grid
    assert grid.axes == "yx"
    assert grid.origin == (10, 22, 36)
    assert grid.steps == ((0, 2, 0), (2, 0, 0))


@pytest.mark.parametrize("axes", ["", "xy", "xyzz", "abc", 3])
def test_other_axes_are_refused(axes):
    with pytest.raises(maskexpr.InputError, match="axes"):
        bound(maskexpr.Image(np.ones((2, 2, 2)), axes=axes))


def test_two_places_are_an_error_that_says_how_they_differ():
    a, b = (maskexpr.Image(np.ones((3, 3)), spacing=1, origin=(0, 0, z)) for z in (0, 5))
    with pytest.raises(maskexpr.ProgramError, match=r"first pixels lie at 0, 0, 0 and 0, 0, 5 mm"):
        maskexpr.evaluate("(a > 0) & (b > 0)", a=a, b=b)
    near = maskexpr.Image(np.ones((3, 3)), spacing=1, origin=(0, 0, 0.005))
    assert maskexpr.evaluate("(a > 0) & (b > 0)", a=a, b=near).all()


def test_an_image_is_an_array_for_numpy():
    numbers = RNG.integers(0, 9, (4, 5, 6))
    image = maskexpr.Image(numbers, axes="xyz")
    np.testing.assert_array_equal(np.asarray(image), numbers)
    assert image.shape == (4, 5, 6)
    assert maskexpr.Image([[1, 2]]).shape == (1, 2)


def test_colours_and_projections_are_turned_back():
    colours = RNG.integers(0, 9, (4, 3, 5, 6)).astype(np.uint8)
    image = maskexpr.Image(colours, axes="xczy")
    found = maskexpr.evaluate("output m = red(im) > 4; output k = where(red(im) > 4, im, 0)", im=image)
    np.testing.assert_array_equal(found["m"], colours[:, 0] > 4)
    np.testing.assert_array_equal(found["k"], colours * (colours[:, :1] > 4))
    flat = maskexpr.evaluate('max(im, axes="z")', im=maskexpr.Image(colours[:, 0], axes="xzy"))
    np.testing.assert_array_equal(flat, colours[:, 0].max(axis=1))
    assert maskexpr.view(found["m"], on=image).kind.shape == (5, 6, 4)


def test_it_shows_what_it_says_and_not_its_numbers():
    image = maskexpr.Image(np.zeros((4, 5), np.uint8), spacing=[Fraction(1, 2), 2], kind="image", nodata=7)
    assert repr(image) == "<maskexpr.Image 4x5 uint8, kind='image', nodata=7, 0.5mm x 2mm>"
    assert repr(maskexpr.Image([[1, 2]], spacing="2um")) == "<maskexpr.Image list, 2um>"
    np.testing.assert_array_equal(np.asarray(image), image.array)
