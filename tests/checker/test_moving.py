"""How one grid lies in another, against SimpleITK and by hand."""

import numpy as np
import pytest

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
    found = maskexpr.evaluate(f'resample(a, like=b, method="{method}")', a=maskexpr.Image(a, **placed), b=on)
    way = sitk.sitkNearestNeighbor if method == "nearest" else sitk.sitkLinear
    kind = sitk.sitkInt16 if method == "nearest" else sitk.sitkFloat64
    expected = sitk.GetArrayFromImage(sitk.Resample(first, second, sitk.Transform(), way, 0.0, kind))
    np.testing.assert_allclose(found, expected, atol=1e-5)


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
