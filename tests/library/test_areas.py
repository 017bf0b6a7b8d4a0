"""Openings and closings by area, as scikit-image has them."""

import numpy as np
import pytest
import skimage.data
import skimage.morphology
from helpers.searches import try_seeds
from helpers.slicewise import slice_by_slice, some_axes

import maskexpr
from maskexpr import Image, MaskError

TYPES = ["uint8", "int16", "uint16", "int64", "float32", "float64"]


def evaluate(text, im):
    return maskexpr.evaluate(f"input im: image; {text}", im=im)


def opening(im, size, connectivity=1):
    """Scikit-image's, which makes 0 of an image of fewer pixels, and cannot do with fewer than three along an axis."""
    return skimage.morphology.area_opening(im, size, connectivity)


@pytest.mark.parametrize("dtype", TYPES)
def test_openings_are_scikit_images(dtype):
    def check(seed):
        rng = np.random.default_rng(seed)
        shape = rng.integers(3, 9, rng.integers(2, 4))
        im = rng.integers(0, 12, shape).astype(dtype)
        if dtype.startswith("float"):
            im = im / im.dtype.type(7) - 1
        connectivity, size = rng.integers(1, im.ndim + 1), rng.integers(0, 28)
        if size > im.size:
            return
        given = f"{size}, {connectivity}"
        np.testing.assert_array_equal(evaluate(f"area_open(im, {given})", im=im), opening(im, size, connectivity))
        turned = -im.astype(np.int64 if im.dtype.kind != "f" else im.dtype)
        np.testing.assert_array_equal(evaluate(f"area_close(im, {given})", im=im), -opening(turned, size, connectivity))

    try_seeds(25, check)


@pytest.mark.parametrize("name", ["coins", "camera", "cell"])
def test_openings_of_real_images_and_of_masks_of_them(name):
    im = getattr(skimage.data, name)()[:150, :170]
    for size, connectivity in ((2, 1), (30, 2), (2000, 1)):
        given = f"{size}, {connectivity}"
        theirs = skimage.morphology.area_closing(im, size, connectivity)
        np.testing.assert_array_equal(evaluate(f"area_open(im, {given})", im=im), opening(im, size, connectivity))
        np.testing.assert_array_equal(evaluate(f"area_close(im, {given})", im=im), theirs)
        for level in (60, 120):
            # An opening of the image is that of all its thresholds.
            for act in ("area_open", "area_close"):
                mask = evaluate(f"{act}(im >= {level}, {given})", im=im)
                np.testing.assert_array_equal(evaluate(f"{act}(im, {given}) >= {level}", im=im), mask)


def test_sizes_slices_and_what_is_no_number(rng):
    im = rng.integers(0, 30, (4, 6, 7)).astype(float)
    for act in ("area_open", "area_close"):
        for axes in some_axes(im):
            wanted = slice_by_slice(lambda part, act=act: evaluate(f"{act}(im, 3)", im=part), im, axes)
            np.testing.assert_array_equal(evaluate(f"{act}(im, 3, axes={list(axes)})", im=im), wanted)
        wanted = evaluate(f"{act}(im, 5)", im=im)
        spaced = Image(im, spacing=(1.5, 2, 2))
        np.testing.assert_array_equal(evaluate(f"{act}(im, 29.9mm3)", im=spaced), wanted)
        np.testing.assert_array_equal(evaluate(f"{act}(im, 4.2)", im=im), wanted)
        with pytest.raises(MaskError, match="write mm2 in 2-D and mm3 in 3-D"):
            evaluate(f"{act}(im, 9mm2)", im=spaced)
    assert (evaluate("area_open(im, 1e9)", im=im) == im.min()).all()
    cut = np.array([[3, 5, np.nan, 2, -np.inf, np.inf]])
    np.testing.assert_array_equal(evaluate("area_open(im, 2)", im=cut), [[3, 3, np.nan, *[-np.inf] * 3]])
    np.testing.assert_array_equal(evaluate("area_close(im, 9)", im=cut), [[5, 5, np.nan, *[np.inf] * 3]])
    for nothing in (np.full((3, 4), np.nan), np.ma.masked_array(im[0], True)):
        for act in ("area_open", "area_close"):
            np.testing.assert_array_equal(evaluate(f"{act}(im, 2)", im=nothing), nothing)
