"""CLAHE is OpenCV's, to the bit."""

import cv2
import imageio.v3 as iio
import numpy as np
import pytest
from helpers import places
from hypothesis import given
from hypothesis import strategies as st

from maskexpr import Image, ProgramError, RunError, evaluate


def theirs(im, clip, down, across):
    return cv2.createCLAHE(clip, (across, down)).apply(im)


@given(
    seed=st.integers(0, 10**6),
    shape=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    tiles=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    dtype=st.sampled_from(["uint8", "uint16"]),
    clip=st.sampled_from([0, 0.01, 1, 2, 3.7, 40, 500]),
)
def test_it_is_opencvs(seed, shape, tiles, dtype, clip):
    rng = np.random.default_rng(seed)
    most = rng.choice([0, 3, 50, 255] if dtype == "uint8" else [3, 255, 4000, 65535])
    im = rng.integers(0, most, shape, endpoint=True).astype(dtype)
    ours = evaluate(f"clahe(im, {clip}, [{tiles[0]}, {tiles[1]}])", im=Image(im, kind="image"))
    assert ours.dtype == im.dtype
    np.testing.assert_array_equal(ours, theirs(im, clip, *tiles))


def test_it_is_opencvs_on_real_images(ankle, brain):
    for im in (ankle, iio.imread(places.EXAMPLES / "coins.png"), ankle.astype(np.uint16) * 300):
        np.testing.assert_array_equal(evaluate("clahe(im)", im=im), theirs(im, 40, 8, 8))
        np.testing.assert_array_equal(evaluate("clahe(im, clip_limit=2, grid=5)", im=im), theirs(im, 2, 5, 5))
    stack = brain.astype(np.uint8)[:4]
    ours = evaluate("clahe(im, 3, 4)", im=Image(stack, kind="image"))
    np.testing.assert_array_equal(ours, [theirs(plane, 3, 4, 4) for plane in stack])
    ours, count = evaluate('clahe(im, 3, 4, axes="zx")', im=Image(stack, kind="image")), stack.shape[1]
    np.testing.assert_array_equal(ours, np.stack([theirs(stack[:, i].copy(), 3, 4, 4) for i in range(count)], 1))


def test_what_is_beside_a_mask_is_not_counted(rng):
    im = rng.integers(0, 200, (40, 44)).astype(np.uint8)
    left = np.zeros(im.shape, bool)
    left[:, :22] = True
    ours = evaluate("clahe(im, 3, [4, 4], within=m)", im=im, m=left)
    other = np.where(left, im, rng.integers(0, 200, im.shape).astype(np.uint8))
    np.testing.assert_array_equal(ours[left], evaluate("clahe(im, 3, [4, 4], within=m)", im=other, m=left)[left])
    # A quarter of the image from the border between the tiles, both of a map are counted ones.
    np.testing.assert_array_equal(ours[:, :16], theirs(im, 3, 4, 4)[:, :16])
    # Tiles of nothing go by all that is counted.
    whole = evaluate("clahe(im, 3, 1, within=m)", im=im, m=left)
    np.testing.assert_array_equal(ours[:, 39:], whole[:, 39:])
    holed = Image(im, valid=left)
    np.testing.assert_array_equal(evaluate("fill(clahe(im, 3, 4), 0)", im=holed)[left], ours[left])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("clahe(im, -1)", "clip is -1"),
        ("clahe(im, 2, 0)", "tiles is 0"),
        ("clahe(im, 2, [3, 129])", "tiles is 129"),
        ("clahe(im, 2, 2.5)", "tiles is 2.5"),
        ("clahe(im, 2, [1, 2, 3])", "tiles has 3 numbers"),
        ('clahe(im, 2, ["a", "b"])', "a list of numbers"),
        ("clahe(im, 2, max(im))", "known before the run"),
        ("clahe(im - 3)", "im - 3 is int16"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((3, 3), np.uint8))


def test_numbers_found_in_the_pixels():
    im = np.arange(64, dtype=np.uint8).reshape(8, 8)
    np.testing.assert_array_equal(evaluate("clahe(im, max(im) * 1e30, 1)", im=im), theirs(im, 0, 1, 1))
    with pytest.raises(RunError, match="clip is"):
        evaluate("clahe(im, -max(im))", im=im)
    with pytest.raises(RunError, match="no pixels to count"):
        evaluate("clahe(im, within=im > 99)", im=im)
