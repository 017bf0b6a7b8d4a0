"""`clear_border` with a margin and with a mask, against scikit-image; without them it is among the regions' tests."""

import numpy as np
import pytest
import scipy.ndimage
import skimage.data
import skimage.measure
import skimage.segmentation
from helpers.both_ways import expect_same
from helpers.each import each

import maskexpr
from maskexpr import Image, ProgramError, evaluate


def cleared(m, connectivity, **more):
    """scikit-image joins by corners too, but for labels."""
    return skimage.segmentation.clear_border(skimage.measure.label(m, connectivity=connectivity), **more) > 0


@each("shape", [(40, 53), (9, 12, 14), (60,)])
def test_margins_and_masks_are_scikit_images(shape, rng):
    mask = scipy.ndimage.gaussian_filter(rng.normal(size=shape), 1) > 0.1
    roi = scipy.ndimage.gaussian_filter(rng.normal(size=shape), 3) > -0.1
    lab = Image(skimage.measure.label(mask, connectivity=1).astype(np.int32), kind="labels")
    for connectivity in range(1, len(shape) + 1):
        for margin in (0, 1, 2, 5) if min(shape) > 9 else (0, 1, 3):
            found = evaluate(f"clear_border(m, {connectivity}, margin={margin})", m=mask)
            np.testing.assert_array_equal(found, cleared(mask, connectivity, buffer_size=margin))
        found = evaluate(f"clear_border(m, {connectivity}, within=roi)", m=mask, roi=roi)
        np.testing.assert_array_equal(found, cleared(mask, connectivity, mask=roi))
    result = evaluate("clear_border(lab, margin=2)", lab=lab)
    np.testing.assert_array_equal(result, skimage.segmentation.clear_border(lab.array, buffer_size=2))
    result = evaluate("clear_border(lab, within=roi)", lab=lab, roi=roi)
    np.testing.assert_array_equal(result, skimage.segmentation.clear_border(lab.array, mask=roi))


def test_coins_near_the_border_go():
    mask = scipy.ndimage.binary_fill_holes(skimage.data.coins() > 110)
    found = [evaluate(f"count(clear_border(m, margin={margin}))", m=mask) for margin in (0, 3, 10, 1000)]
    assert found[0] > found[1] > found[2] > found[3] == 0
    expected = skimage.segmentation.clear_border(skimage.measure.label(mask, connectivity=1), 10) > 0
    np.testing.assert_array_equal(evaluate("clear_border(m, margin=10)", m=mask), expected)


def test_a_margin_beside_a_mask_is_a_square():
    mask, roi = np.zeros((9, 9), bool), np.ones((9, 9), bool)
    mask[4, 4], roi[2, 2] = True, False
    assert evaluate("any(clear_border(m, within=k, margin=1))", m=mask, k=roi)
    assert not evaluate("any(clear_border(m, within=k, margin=2))", m=mask, k=roi)
    mask[0, 8] = True  # the image's border does not count
    assert evaluate("area(clear_border(m, within=k, margin=1))", m=mask, k=roi) == 2


def test_a_margin_may_be_a_length():
    mask = np.ones((1, 7, 9), bool)
    mask[:, [0, 1, 2, 6]] = False
    mask[:, :, [0, 1, 7, 8]] = False
    image = Image(mask, spacing=[1, 0.5, 0.25])
    for length, stays in (("0.4mm", True), ("0.5mm", False)):
        assert evaluate(f'any(clear_border(m, margin={length}, axes="yx"))', m=image) is stays
    with pytest.raises(ProgramError, match="size of a pixel"):
        evaluate("clear_border(m, margin=1mm)", m=mask)
    with pytest.raises(ProgramError, match="at least 0"):
        evaluate("clear_border(m, margin=-1)", m=mask)


@each("arguments", ["margin=2", "2, margin=1", "within=k", "within=k, margin=1", 'margin=1, axes="x"'])
def test_it_is_the_same_by_runs(arguments, rng):
    mask = scipy.ndimage.gaussian_filter(rng.normal(size=(30, 70)), 1) > 0.05
    given = {"m": mask, "k": rng.random(mask.shape) < 0.97}
    used = given if "k" in arguments else {"m": mask}
    expect_same(f"clear_border(m, {arguments})", used, 1, None)


@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
@each("arguments", ["", ", margin=1", ", 2, margin=2"])
def test_a_frame_without_data_is_the_end_of_the_image(arguments, rng):
    mask, inner = rng.random((20, 22)) < 0.3, (slice(3, -2), slice(2, -4))
    frame = np.ones(mask.shape, bool)
    frame[inner] = False
    for kind, program in (("mask", "clear_border(m"), ("labels", "input m: labels; clear_border(m")):
        values = mask if kind == "mask" else scipy.ndimage.label(mask)[0].astype(np.int32)
        given = Image(np.ma.array(values, mask=frame), kind=kind)
        found = np.ma.getdata(maskexpr.compile(program + arguments + ")").bind(m=given).run()["result"])
        alone = evaluate(program + arguments + ")", m=Image(values[inner], kind=kind))
        np.testing.assert_array_equal(found[inner], alone)
