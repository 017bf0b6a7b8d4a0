"""`medial_axis` in the language; the kernel is held against scikit-image."""

import numpy as np
import pytest
import scipy.ndimage
import skimage.data
import skimage.morphology
from helpers.both_ways import expect_same
from helpers.slicewise import slice_by_slice

import maskexpr
from maskexpr import ProgramError, evaluate


def test_its_distance_is_scikit_images():
    m = skimage.data.horse()[:150, :200] == 0
    _, distances = skimage.morphology.medial_axis(m, return_distance=True)
    found = evaluate("output a = medial_axis(m); output d = where(medial_axis(m), distance(m), 0)", m=m)
    np.testing.assert_array_equal(found["d"], np.where(found["a"], distances, 0))
    regions, holes = (scipy.ndimage.label(part, np.ones((3, 3)))[1] for part in (m, found["a"]))
    assert regions == holes  # none comes apart or is lost


def test_slices_are_gone_through_one_by_one(rng):
    m = scipy.ndimage.gaussian_filter(rng.normal(size=(4, 20, 30)), 1) > 0
    for axes in ((1, 2), (0, 2)):
        expected = slice_by_slice(lambda part: evaluate("medial_axis(m)", m=part), m, axes)
        np.testing.assert_array_equal(evaluate(f"medial_axis(m, axes={list(axes)})", m=m), expected)
    with pytest.raises(ProgramError, match="medial_axis"):
        evaluate("medial_axis(m)", m=m)
    with pytest.raises(ProgramError, match="medial_axis"):
        evaluate("medial_axis(m)", m=m[0, 0])


@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
def test_what_lacks_data_is_no_background(rng):
    m, inner = scipy.ndimage.gaussian_filter(rng.normal(size=(30, 32)), 2) > 0, (slice(4, -3), slice(2, -6))
    frame = np.ones(m.shape, bool)
    frame[inner] = False
    found = maskexpr.compile("medial_axis(m)").bind(m=maskexpr.Image(np.ma.array(m, mask=frame))).run()["result"]
    np.testing.assert_array_equal(np.ma.getdata(found)[inner], evaluate("medial_axis(m)", m=m[inner]))
    expect_same("medial_axis(m)", {"m": m}, 1, None)
