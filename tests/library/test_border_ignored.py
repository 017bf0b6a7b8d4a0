"""`border="ignore"`: morphology of masks to which the outside of the image does not count, against who has it so.

What lacks data is outside too.
"""

import cv2
import numpy as np
import pytest
import scipy
import skimage.data
import skimage.morphology
import skimage.segmentation
from helpers.both_ways import expect_same
from helpers.each import each

import maskexpr
from maskexpr import evaluate

OPERATIONS = ["erode", "open", "close", "boundary", "tophat", "blackhat"]
PATTERNS = {1: ["110", "101", "1"], 2: ["010/111/010", "110/001", "1/0/0"], 3: ["010/111//110/011"]}


def ignored(operation, m, arguments):
    return evaluate(f'{operation}(m, {arguments}, border="ignore")', m=m)


def offsets_of(n, shape, ndim):
    grid = np.abs(np.indices((2 * n + 1,) * ndim) - n)
    measure = {"diamond": grid.sum(0) <= n, "square": grid.max(0) <= n, "disk": (grid**2).sum(0) <= n * n}
    return measure[shape]


def dilated(m, footprint):
    return scipy.ndimage.binary_dilation(m, footprint)


def eroded(m, footprint):
    """As a list of what an erosion looks at, what is outside left out."""
    result = np.ones_like(m)
    centre = np.array(footprint.shape) // 2
    for place in np.ndindex(m.shape):
        around = np.argwhere(footprint) - centre + place
        inside = around[np.all((around >= 0) & (around < m.shape), axis=1)]
        result[place] = m[tuple(inside.T)].all()
    return result


def by_definition(operation, m, footprint):
    if operation in ("close", "blackhat"):
        closed = eroded(dilated(m, footprint), footprint)
        return closed if operation == "close" else closed & ~m
    found = eroded(m, footprint)
    if operation in ("open", "tophat"):
        found = dilated(found, footprint)
    return found if operation in ("erode", "open") else m & ~found


@each("operation", OPERATIONS)
@each("shape", ["diamond", "square", "disk"])
def test_only_what_lies_in_the_image_counts(mask, operation, shape):
    for n in (1, 2):
        expected = by_definition(operation, mask, offsets_of(n, shape, mask.ndim))
        np.testing.assert_array_equal(ignored(operation, mask, f'{n}, "{shape}"'), expected)


@each("operation", OPERATIONS)
def test_a_pattern_is_stamped_and_taken_back(mask, operation):
    for pattern in PATTERNS.get(mask.ndim, []):
        planes = [[[int(c) for c in row] for row in plane.split("/")] for plane in pattern.split("//")]
        footprint = np.array(planes, bool)
        expected = by_definition(operation, mask, footprint.reshape(footprint.shape[3 - mask.ndim :]))
        np.testing.assert_array_equal(ignored(operation, mask, f'1, "{pattern}"'), expected)


@pytest.mark.slow
@each("operation", OPERATIONS)
@each("arguments", ["2", '3, "square"', '2.5, "disk"', '14, "disk"', "1, axes=-1", "pattern"])
def test_the_plan_gives_what_the_plain_bodies_give(mask, operation, arguments):
    if arguments == "pattern":
        if mask.ndim not in PATTERNS:
            return
        arguments = f'2, "{PATTERNS[mask.ndim][-1]}"'
    expect_same(f'{operation}(m, {arguments}, border="ignore")', {"m": mask}, 1, 3, None)


@each("operation", ["erode", "open", "close"])
@pytest.mark.parametrize("n", [1, 2, 5, 10])
@pytest.mark.parametrize("name", ["coins", "camera", "page"])
def test_real_masks_are_those_of_opencv_and_scikit_image(name, n, operation):
    im = getattr(skimage.data, name)()[:180, :200]
    mask = im > 110
    opencv = {"erode": cv2.MORPH_ERODE, "open": cv2.MORPH_OPEN, "close": cv2.MORPH_CLOSE}[operation]
    scikit = {"erode": "erosion", "open": "opening", "close": "closing"}[operation]
    for shape in ("diamond", "square", "disk"):
        footprint = offsets_of(n, shape, 2)
        found = ignored(operation, mask, f'{n}, "{shape}"')
        if operation == "erode":  # the mask touches the border
            assert (found != evaluate(f'erode(m, {n}, "{shape}")', m=mask)).any()
        theirs = cv2.morphologyEx(mask.astype(np.uint8), opencv, footprint.astype(np.uint8))
        np.testing.assert_array_equal(found, theirs == 1)
        np.testing.assert_array_equal(found, getattr(skimage.morphology, scikit)(mask, footprint))


def test_hats_and_boundaries_are_scikit_images():
    mask = skimage.data.coins() > 110
    disk = skimage.morphology.disk(3)
    np.testing.assert_array_equal(ignored("tophat", mask, '3, "disk"'), skimage.morphology.white_tophat(mask, disk))
    np.testing.assert_array_equal(ignored("blackhat", mask, '3, "disk"'), skimage.morphology.black_tophat(mask, disk))
    inner = skimage.segmentation.find_boundaries(mask, mode="inner")
    np.testing.assert_array_equal(ignored("boundary", mask, "1"), inner)
    volume = mask[:60, :80].reshape(6, 10, 80)
    inner = skimage.segmentation.find_boundaries(volume, mode="inner")
    np.testing.assert_array_equal(ignored("boundary", volume, "1"), inner)


def test_lengths_are_measured_and_a_whole_image_stays():
    mask = np.ones((4, 5, 6), bool)
    image = maskexpr.Image(mask, spacing=[2, 0.5, 0.7])
    for operation in ("erode", "open", "close"):
        for shape in ("diamond", "square", "disk"):
            assert ignored(operation, image, f'1.4mm, "{shape}"').all()
    mask[2, 2, 2] = False
    image = maskexpr.Image(mask, spacing=[2, 0.5, 0.7])
    expected = ~evaluate('dilate(~m, 1.4mm, "disk")', m=image)
    np.testing.assert_array_equal(ignored("erode", image, '1.4mm, "disk"'), expected)


def test_images_ignore_the_outside_whatever_is_said():
    im = skimage.data.coins()[:40, :50]
    for operation in ("erode", "open", "close", "tophat", "blackhat"):
        for border in ("empty", "ignore"):
            found = evaluate(f'{operation}(im, 2, border="{border}")', im=im)
            np.testing.assert_array_equal(found, evaluate(f"{operation}(im, 2)", im=im))


@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
@each("operation", OPERATIONS)
@each("arguments", ["1", '2, "square"', '3, "disk"'])
def test_what_lacks_data_is_ignored_too(operation, arguments, rng):
    """A frame without data is like the end of the image."""
    for ndim in (2, 3):
        mask = rng.random((9, 11, 12)[-ndim:]) < 0.8
        valid = np.zeros(mask.shape, bool)
        inner = (slice(2, -3),) * ndim
        valid[inner] = True
        given = maskexpr.Image(np.ma.array(mask, mask=~valid))
        found = maskexpr.compile(f'{operation}(m, {arguments}, border="ignore")').bind(m=given).run()["result"]
        assert np.array_equal(~np.ma.getmaskarray(found), valid)
        found = np.ma.getdata(found)
        np.testing.assert_array_equal(found[inner], ignored(operation, mask[inner], arguments))
        assert not found[~valid].any()


def test_the_rule_in_force_is_told():
    told = {"empty": "outside the image is empty", "ignore": "outside the image is ignored"}
    for border, words in told.items():
        assert words in maskexpr.compile(f'erode(m, 2, border="{border}")').explain(m=((30, 40), "bool"))
    with pytest.raises(maskexpr.ProgramError, match="empty, ignore"):
        evaluate('erode(m, 1, border="wrap")', m=np.ones((3, 3), bool))
