"""Patterns of on and off pixels against SciPy, OpenCV and a search by hand."""

import cv2
import numpy as np
import pytest
import scipy
import skimage.data
from helpers.arrays import MASKS
from helpers.both_ways import expect_same

from maskexpr import ProgramError, evaluate

PATTERNS = {
    1: ["1", "0", "01", "10.", "0.1", "11101"],
    2: ["1/0", "000/010/000", "0../01./0..", "1.1/.../1.1", "01/10", "1111/0..0", ".1/1./.0/0.", "000/000/000"],
    3: ["1//0", "0.0/.1./0.0//111/.1./000", "01/10//10/01//00/00"],
}


def as_array(pattern):
    planes = [[list(row) for row in plane.split("/")] for plane in pattern.split("//")]
    array = np.array(planes)
    return array if "//" in pattern else array[0] if "/" in pattern else array[0, 0]


def by_hand(mask, pattern):
    """The pattern laid on each pixel of a mask with empty surroundings."""
    array = as_array(pattern)
    plane = np.pad(mask, [(n // 2, n - 1 - n // 2) for n in array.shape])
    windows = np.lib.stride_tricks.sliding_window_view(plane, array.shape)
    around = tuple(range(mask.ndim, 2 * mask.ndim))
    return ((array == ".") | (windows == (array == "1"))).all(axis=around)


def test_patterns_fit_as_laid_on_by_hand_and_as_scipys(mask):
    for pattern in PATTERNS.get(mask.ndim, []):
        found = evaluate(f'hit_or_miss(m, "{pattern}")', m=mask)
        assert found.dtype == bool
        np.testing.assert_array_equal(found, by_hand(mask, pattern), pattern)
        array = as_array(pattern)
        expected = scipy.ndimage.binary_hit_or_miss(mask, array == "1", array == "0")
        np.testing.assert_array_equal(found, expected, pattern)


@pytest.mark.parametrize("pattern", PATTERNS[2])
def test_patterns_in_real_masks(pattern):
    for mask in (~skimage.data.horse(), skimage.data.text() < 100, skimage.data.page() < 120):
        np.testing.assert_array_equal(evaluate(f'hit_or_miss(m, "{pattern}")', m=mask), by_hand(mask, pattern))


@pytest.mark.parametrize("pattern", ["0../01./0..", "000/010/000", ".1./110/.0."])
def test_patterns_are_opencvs_inside_the_border(pattern):
    mask = skimage.data.page() < 120
    kernel = (as_array(pattern) == "1").astype(int) - (as_array(pattern) == "0")
    expected = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_HITMISS, kernel.astype(np.int32)) > 0
    found = evaluate(f'hit_or_miss(m, "{pattern}")', m=mask)
    assert found.any()
    np.testing.assert_array_equal(found[1:-1, 1:-1], expected[1:-1, 1:-1])


def test_the_outside_is_empty():
    full = np.ones((3, 3), bool)
    assert evaluate('area(hit_or_miss(m, "000/.1./111"))', m=full) == 1  # only the middle of the upper edge
    assert evaluate('area(hit_or_miss(m, "00./011/.1."))', m=full) == 1  # its left corner
    assert not evaluate('any(hit_or_miss(m, "11"))', m=full[0, :1])


def test_the_centre_of_an_even_size_is_the_second_of_the_middle_ones():
    np.testing.assert_array_equal(evaluate('hit_or_miss(m, "01")', m=np.array([0, 1, 1], bool)), [False, True, False])
    np.testing.assert_array_equal(evaluate('hit_or_miss(m, "10")', m=np.array([0, 1, 1, 0], bool)), [0, 0, 0, 1])


def test_patterns_go_through_a_stack_slice_by_slice():
    stack = MASKS["volume"]
    found = evaluate('hit_or_miss(m, "0../01./0..", axes="yx")', m=stack)
    np.testing.assert_array_equal(found, [by_hand(plane, "0../01./0..") for plane in stack])
    along_z = evaluate('hit_or_miss(m, "10", axes="z")', m=stack)
    np.testing.assert_array_equal(along_z, by_hand(stack, "1//0"))


def test_patterns_in_a_mask_smaller_than_they_are():
    assert evaluate('hit_or_miss(m, "000/000/010/000/000")', m=np.ones((1, 1), bool)).all()
    assert not evaluate('hit_or_miss(m, "11111/11111")', m=np.ones((1, 2), bool)).any()


@pytest.mark.parametrize("rows", [1, 2, None])
@pytest.mark.parametrize("pattern", ["0./.1/.1/1.", "10", "1/0/0/0/0"])
def test_patterns_are_the_same_in_strips(rows, pattern):
    mask = np.random.default_rng(3).random((17, 66)) < 0.5
    text = f'hit_or_miss(m, "{pattern}"{"" if "/" in pattern else ", axes=0"})'
    assert evaluate(text, m=mask).any()
    expect_same(text, {"m": mask}, rows)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("01*/111/000", "not made of 1"),
        ("", "not made of 1"),
        (".../...", "asks for nothing"),
        ("01/1", "differ in length"),
        ("010/", "differ in length"),
        ("010", "the pattern has 1 axis, the work 2"),
        ("0//1", "the pattern has 3 axes, the work 2"),
    ],
)
def test_patterns_that_cannot_be_are_errors(pattern, text):
    with pytest.raises(ProgramError, match=text) as caught:
        evaluate(f'hit_or_miss(m, "{pattern}")', m=np.ones((3, 3), bool))
    assert caught.value.code == "pattern"
