"""Short distances against SciPy's transform, which is exact in whole numbers."""

import numpy as np
import pytest
import scipy.ndimage
from helpers.each import each

from maskexpr.kernels import distances, near_distances
from maskexpr.kernels.distances import distances_to_off, farthest_square, squares_between
from maskexpr.kernels.near_distances import REACH, near_squares

SHAPES = [(1,), (40,), (1, 1), (1, 50), (50, 1), (70, 65), (65, 600), (5, 70, 6), (20, 30, 40), (3, 4, 5, 6)]


@each("shape", SHAPES)
@pytest.mark.parametrize("sampled", [1, 1000])
def test_they_are_scipys(shape, sampled, rng, monkeypatch):
    """Also where the rows that are looked at first do not say that some pixel is far."""
    monkeypatch.setattr(near_distances, "_SAMPLED", sampled)
    monkeypatch.setattr(near_distances, "_LEAST", 0)
    for share in (0.0, 0.5, 0.9, 0.999, 1.0):
        m = rng.random(shape) < share
        m.flat[rng.integers(m.size)] = False
        expected = scipy.ndimage.distance_transform_edt(m)
        for mask in (m, np.asfortranarray(m), m[..., ::-1][..., ::-1]):
            found = near_squares(mask)
            if expected.max() > REACH:
                assert found is None
            else:
                assert found is not None
                np.testing.assert_array_equal(found, np.round(expected**2))
        np.testing.assert_array_equal(distances_to_off(m, [1] * m.ndim), expected)


@pytest.mark.parametrize("far", [REACH, REACH + 1])
def test_how_far_is_near(far, monkeypatch):
    monkeypatch.setattr(near_distances, "_LEAST", 0)
    for shape in [(2 * far + 1,), (1, 2 * far + 1), (2 * far + 1, 1), (1, far + 1, 1), (3, 2, far + 1)]:
        m = np.ones(shape, bool)
        longest = int(np.argmax(shape))
        np.moveaxis(m, longest, 0)[0] = False
        if shape[longest] > far + 1:
            np.moveaxis(m, longest, 0)[-1] = False
        found = near_squares(m)
        assert (found is None) is (far > REACH)
        if found is not None:
            assert found.max() == far**2


def test_single_lines_are_left_to_a_transform():
    m = np.ones((5, 63), bool)
    m[0] = False
    assert near_squares(m) is None
    assert near_squares(m[:, :1]) is None
    assert near_squares(np.pad(m, [(0, 0), (0, 1)])) is not None


def test_between_points_they_are_what_a_tree_finds(rng, monkeypatch):
    shape = (90, 120)
    pairs = [np.nonzero(rng.random(shape) < share) for share in (0.02, 0.3)]
    points, others = (np.stack(places) for places in pairs)
    near = squares_between(points, others, [1, 1], shape), squares_between(others, points, [1, 1], shape)
    assert near_squares(~(rng.random(shape) < 0.02)) is not None
    monkeypatch.setattr(distances, "near_squares", lambda m: None)
    for found, way in zip(near, ((points, others), (others, points)), strict=True):
        expected = squares_between(*way, [1, 1], shape)
        assert found.dtype == expected.dtype == np.int64
        np.testing.assert_array_equal(found, expected)
        assert farthest_square(*way, [1, 1], shape) == expected.max()
    monkeypatch.undo()
    assert farthest_square(points, others, [1, 1], shape) == near[0].max()
