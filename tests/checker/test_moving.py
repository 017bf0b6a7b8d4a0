"""How one grid lies in another, against SimpleITK and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import maskexpr

RNG = np.random.default_rng(5)


def turned(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


@pytest.mark.parametrize("method", ["nearest", "linear"])
@pytest.mark.parametrize("angle", [0, 0.3])
def test_places_decide_as_in_itk(method, angle):
    sitk = pytest.importorskip("SimpleITK")
    a, b = RNG.integers(0, 200, (7, 8, 9)).astype(np.int16), np.zeros((6, 7, 8), np.uint8)
    direction = turned(angle)
    placed = {"axes": "zyx", "spacing": [2, 1.5, 1], "origin": (3, -4, 5), "direction": direction.T[::-1]}
    first, second = sitk.GetImageFromArray(a), sitk.GetImageFromArray(b)
    first.SetSpacing((1, 1.5, 2))
    first.SetOrigin((3, -4, 5))
    first.SetDirection(direction.ravel().tolist())
    second.SetSpacing((1.1, 1.7, 2.3))
    second.SetOrigin((3.2, -3.1, 6.3))
    on = maskexpr.Image(b, axes="zyx", spacing=[2.3, 1.7, 1.1], origin=(3.2, -3.1, 6.3), direction=np.eye(3)[::-1])
    program = maskexpr.compile(
        f'c = resample(a, like=b, method="{method}"); output f = fill(c, 0); output v = valid(c)'
    )
    found, inside = program(a=maskexpr.Image(a, **placed), b=on).values()
    way = sitk.sitkNearestNeighbor if method == "nearest" else sitk.sitkLinear
    kind = sitk.sitkInt16 if method == "nearest" else sitk.sitkFloat64
    expected = sitk.GetArrayFromImage(sitk.Resample(first, second, sitk.Transform(), way, 0.0, kind))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    ones = sitk.GetImageFromArray(np.ones_like(a))
    ones.CopyInformation(first)
    there = sitk.Resample(ones, second, sitk.Transform(), sitk.sitkNearestNeighbor, 0.0, sitk.sitkUInt8)
    np.testing.assert_array_equal(inside, sitk.GetArrayFromImage(there) == 1)
    assert inside.all() == (angle == 0)


@given(st.integers(0, 2**32), st.sampled_from(["nearest", "linear"]))
def test_what_lies_outside_or_is_made_of_holes_is_without_data(seed, method):
    """What is stored in a hole reaches nothing: where it does, with nan for it, there is no data."""
    rng = np.random.default_rng(seed)
    values, valid = rng.random((5, 6)), rng.random((5, 6)) > 0.3
    on = maskexpr.Image(np.zeros((7, 8)), spacing=[1, 0.75], origin=(-0.6, 0.9, 0))
    placed = {"spacing": [1.5, 1], "origin": (0, 0, 0)}
    text = (
        f'c = resample(a, like=b, method="{method}"); output c; output v = valid(c); output o = valid(resample(s, b))'
    )
    moved = maskexpr.Image(np.where(valid, values, np.inf), valid=valid, **placed)
    found = maskexpr.compile(text)(a=moved, b=on, s=maskexpr.Image(values, **placed))
    spread = maskexpr.Image(np.where(valid, values, np.nan), **placed)
    plain = maskexpr.compile(text)(a=spread, b=on, s=spread)
    np.testing.assert_array_equal(found["v"], ~np.isnan(plain["c"]))
    np.testing.assert_array_equal(found["c"], plain["c"])
    assert not (found["v"] & ~found["o"]).any()


def test_masks_and_labels_are_off_outside_and_nothing_there_is_counted():
    b = maskexpr.Image(np.zeros((4, 4)), spacing=1)
    for a, sort in ((np.ones((2, 2), bool), "mask"), (np.full((2, 2), 3, np.int32), "labels")):
        a = maskexpr.Image(a, spacing=1, kind=sort)
        np.testing.assert_array_equal(maskexpr.evaluate("resample(a, like=b)", a=a, b=b)[2:], 0)
        assert maskexpr.evaluate("fraction(valid(resample(a, like=b)))", a=a, b=b) == 0.25
    a = maskexpr.Image(np.ones((2, 2), np.uint8), spacing=1)
    assert maskexpr.evaluate("area(~(resample(a, like=b) > 0))", a=a, b=b) == 0
    with pytest.raises(maskexpr.RunError, match=r"fill\(resample\(a, like=b\), 0\)"):
        maskexpr.evaluate("resample(a, like=b)", a=a, b=b)


def test_without_a_place_the_corners_of_the_first_pixels_meet():
    a = maskexpr.Image(np.array([[True, False], [False, True]]), spacing=3)
    found = maskexpr.compile("resample(a, like=b)").bind(a=a, b=maskexpr.Image(np.zeros((6, 6)), spacing=1))
    np.testing.assert_array_equal(found.run()["result"], np.kron(np.eye(2), np.ones((3, 3))).astype(bool))
    assert [float(step) for step in found.kinds["result"].spacing] == [1, 1]


def test_frames_stay_frames():
    a = RNG.integers(0, 9, (2, 3, 3))
    b = maskexpr.Image(np.zeros((2, 6, 6)), axes="tyx", spacing=[1, 1, 1])
    found = maskexpr.evaluate("resample(a, like=b)", a=maskexpr.Image(a, axes="tyx", spacing=[1, 2, 2]), b=b)
    np.testing.assert_array_equal(found, a.repeat(2, 1).repeat(2, 2))


def test_a_plane_that_is_another_is_refused():
    a, b = (maskexpr.Image(np.ones((3, 3)), spacing=1, origin=(0, 0, z)) for z in (0, 5))
    with pytest.raises(maskexpr.ProgramError, match="one plane"):
        maskexpr.evaluate("resample(a, like=b)", a=a, b=b)


def test_channels_keep_their_names_on_a_grid_that_states_none():
    a = maskexpr.Image(np.arange(12).reshape(2, 2, 3), kind="colour", spacing=2, channels=["DAPI", "GFP", "red"])
    bound = maskexpr.compile("resample(a, like=b)").bind(a=a, b=maskexpr.Image(np.zeros((4, 4)), spacing=1))
    assert bound.kinds["result"].grid.channels == ("DAPI", "GFP", "red")
