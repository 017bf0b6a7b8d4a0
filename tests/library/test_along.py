"""Statistics along axes: what they give, on a real volume as NumPy does, and what can be done with it."""

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.places import DATA

import maskexpr
from maskexpr import Image, evaluate

BRAIN = DATA / "brain.tif"
VOLUME = iio.imread(BRAIN)
AXES = {"z": 0, "y": 1, "x": 2, "yx": (1, 2), "zx": (0, 2), "[0, 1]": (0, 1), "-1": -1}
MOMENTS = {"sum": np.sum, "mean": np.mean, "std": np.std, "min": np.min, "max": np.max, "median": np.median}


def written(axes):
    return f'"{axes}"' if axes.isalpha() else axes


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_volume_is_projected_as_by_numpy(axes, order):
    im = Image(np.asarray(VOLUME, order=order), kind="image")
    for name, numpy in MOMENTS.items():
        found, wanted = evaluate(f"{name}(im, axes={written(axes)})", im=im), numpy(VOLUME, axis=AXES[axes])
        assert found.shape == wanted.shape
        assert found.flags.c_contiguous
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=0)  # NumPy rounds on the way
    mask = VOLUME > 100
    for name, numpy in {"any": np.any, "all": np.all, "fraction": np.mean}.items():
        found = evaluate(f"{name}(m, axes={written(axes)})", m=np.asarray(mask, order=order))
        np.testing.assert_array_equal(found, numpy(mask, axis=AXES[axes]))


def kinds(text, **given):
    return str(maskexpr.compile(text).kind(**given))


def kind_of(text, **given):
    return maskexpr.compile(text).kind(**given)


def test_types_and_ranges():
    im, fl = ((300, 5, 6), "uint8"), ((300, 5, 6), "float32")
    declared = "input im: image; "
    for name in ("min", "max"):
        assert kind_of(declared + f'{name}(im, axes="z")', im=im).range == (0, 255)
        assert kinds(declared + f'{name}(im, axes="z")', im=im) == "image 5x6 uint8"
        assert kinds(declared + f'{name}(im, axes="z")', im=fl) == "image 5x6 float32"
    assert kind_of(declared + 'sum(im, axes="z")', im=im).range == (0, 300 * 255)
    assert kinds(declared + 'sum(im, axes="z")', im=im) == "image 5x6 uint32"
    assert kinds(declared + 'sum(im, axes="x")', im=im) == "image 300x5 uint16"
    for name in ("mean", "std", "median", "sum"):
        assert kinds(declared + f'{name}(im, axes="zx")', im=fl) == "image 5 float32"
    assert kinds(declared + 'percentile(im, 7, axes="yx")', im=im) == "image 300 float64"
    assert kinds('input l: labels; max(l, axes="z")', l=((300, 5, 6), "uint8")) == "labels 5x6"
    assert kinds('any(m, axes="z")', m=((300, 5, 6), bool)) == "mask 5x6"
    assert kinds('any(m, axes="zyx")', m=((300, 5, 6), bool)) == "truth"
    assert kinds("fraction(m, axes=[0, 1, 2])", m=((300, 5, 6), bool)) == "number"


def test_the_axes_that_are_left_keep_their_spacing():
    im = Image(VOLUME[:4, :5, :6], spacing=["3mm", "2mm", "1mm"], kind="image")
    for axes, spacing in {"z": (2, 1), "y": (3, 1), "x": (3, 2), "zx": (2,)}.items():
        assert kind_of(f'max(im, axes="{axes}")', im=im).spacing == spacing
    grown = evaluate('dilate(max(im, axes="y") == max(im), 3mm)', im=im)
    assert grown.shape == (4, 6)


def test_what_is_left_has_axes_by_place():
    """As a crop has: the last one is x."""
    im = Image(VOLUME[:4, :5, :6], kind="image")
    assert evaluate('max(max(im, axes="y"), axes="y")', im=im).tolist() == VOLUME[:4, :5, :6].max((0, 1)).tolist()
    with pytest.raises(maskexpr.ProgramError, match="no axis z in an image of 2 axes"):
        evaluate('max(max(im, axes="z"), axes="z")', im=im)


def test_a_number_may_be_one_as_before_while_the_image_is_not_known():
    """A threshold that is no constant is taken for a number, though it could be an image along axes."""
    maskexpr.compile("input im: image; hysteresis(im, mean(im), max(im, axes=none)) & (im > 3) & any(im > max(im))")
    maskexpr.compile('input im: image; assert any(any(im > 3, axes="z")); max(im, axes="z") > 3')
