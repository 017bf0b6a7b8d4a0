"""A named axis of time: frames are worked on one by one unless time is asked for."""

import numpy as np
import pytest

import maskexpr
from maskexpr.library import CATALOGUE

MASK = np.random.default_rng(2).random((3, 6, 7)) > 0.6
FRAMES = maskexpr.Image(MASK, axes="tyx", spacing=[1, 0.5, 0.5])


@pytest.mark.parametrize(
    "call",
    [
        "dilate(m)",
        "dilate(m, 1mm)",
        "close(m, 2)",
        "label(m)",
        "fill_holes(m)",
        "distance(m)",
        "remove_small(m, 1mm2)",
        "gaussian(where(m, 1, 0), 1)",
        "sobel(where(m, 1, 0))",
        "keep(m, area > 3px)",
        "boundary(m)",
        "tophat(m, 2)",
    ],
)
def test_each_frame_by_itself(call):
    whole = maskexpr.evaluate(call, m=FRAMES)
    named = call.removesuffix(")") + ', axes="yx")'
    np.testing.assert_array_equal(whole, maskexpr.evaluate(named, m=maskexpr.Image(MASK, spacing=[1, 0.5, 0.5])))


def test_time_is_worked_along_where_it_is_asked_for():
    np.testing.assert_array_equal(
        maskexpr.evaluate('dilate(m, axes="tyx")', m=FRAMES), maskexpr.evaluate("dilate(m)", m=MASK)
    )
    np.testing.assert_array_equal(maskexpr.evaluate('any(m, axes="t")', m=FRAMES), MASK.any(axis=0))
    assert maskexpr.evaluate("area(m)", m=FRAMES) == MASK.sum()


def test_there_is_no_length_along_time():
    with pytest.raises(maskexpr.ProgramError, match="no length along t"):
        maskexpr.evaluate('dilate(m, 1mm, axes="tyx")', m=FRAMES)


def test_no_neighbourhood_takes_time_for_space():
    pointwise = {"normalize", "rescale", "equalize", "resample"}  # of all pixels wherever they are, and frame by frame
    numbered = {"relabel", "match", "paint"}  # regions by their numbers, in all frames
    numbered |= {"f1", "precision", "recall", "matched", "segmentation_quality", "panoptic_quality"}
    groups = {"morphology", "regions", "filters"}
    found = {f.name for f in CATALOGUE.values() if f.halo != 0 and f.group in groups and not f.parameter("axes")}
    assert found <= pointwise | numbered


def test_frames_are_not_resampled():
    other = maskexpr.Image(MASK[:2], axes="tyx", spacing=1)
    with pytest.raises(maskexpr.ProgramError, match="frames are not resampled: there are 3 and 2"):
        maskexpr.evaluate("resample(m, like=o)", m=FRAMES, o=other)
