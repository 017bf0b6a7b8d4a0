"""Distances of pixels that have a size, against the definition in whole numbers."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from maskexpr.kernels.distances import (
    distances_to_off,
    farthest_square,
    lengths_to_off,
    squares_between,
    squares_to_off,
    whole_lengths,
)

STEPS = [("1", "1"), ("7/10", "7/10"), ("7/10", "7/5"), ("1", "1/3"), ("488281/1000000", "5/2"), ("1/10000019", "3")]


def squares(m, steps):
    """Of each pixel to each that is off, as Python's own fractions."""
    off = np.argwhere(~m).tolist()
    return [
        min(sum(((a - b) * step) ** 2 for a, b, step in zip(here, there, steps, strict=True)) for there in off)
        for here in np.argwhere(np.ones_like(m)).tolist()
    ]


@pytest.mark.parametrize("steps", STEPS)
def test_squares_are_exact_and_their_roots_are_near(steps, rng):
    steps = [Fraction(step) for step in steps]
    for share in (0.5, 0.03):
        m = rng.random((9, 14)) >= share
        m[3, 4] = False
        expected = squares(m, steps)
        scale = 3 * 10**6 * 10000019
        whole = squares_to_off(m, [int(step * scale) for step in steps]).ravel().tolist()
        assert whole == [square * scale**2 for square in expected]
        with mpmath.workdps(40):
            roots = [float(mpmath.sqrt(mpmath.mpf(s.numerator) / s.denominator)) for s in expected]
        np.testing.assert_allclose(distances_to_off(m, steps).ravel(), roots, rtol=4e-16)


def test_pixels_at_one_distance_have_one_distance(rng):
    """SciPy's differ in their last bits: 3 down and 4 across is not quite 5 across."""
    step = Fraction(7, 10)
    m = rng.random((60, 70)) > 0.01
    distances, exact = distances_to_off(m, [step] * 2), squares_to_off(m, [1, 1])
    assert len(np.unique(distances)) == len(np.unique(exact))
    theirs = scipy.ndimage.distance_transform_edt(m, [0.7, 0.7])
    assert len(np.unique(theirs)) > len(np.unique(exact))


def test_without_sizes_they_are_scipys(rng):
    m = rng.random((12, 40, 33)) > 0.01
    expected = scipy.ndimage.distance_transform_edt(m)
    np.testing.assert_array_equal(distances_to_off(m, [Fraction(1)] * 3), expected)


# --- along the axes --------------------------------------------------------------------------------------------------


def lengths(m, steps, measure):
    """To the nearest pixel that is off from each: those to all of them."""
    off = np.argwhere(~m)
    return [int(measure(np.abs(off - here) * steps, axis=1).min()) for here in np.argwhere(np.ones_like(m))]


@pytest.mark.parametrize(("metric", "measure"), [("city-block", np.sum), ("chessboard", np.max)])
@given(
    st.integers(0, 2**32 - 1),
    array_shapes(min_dims=1, max_dims=4, max_side=9),
    st.sampled_from([0.5, 0.1, 0.01]),
    st.sampled_from([1, 7, 10**17]),
)
def test_lengths_along_the_axes_are_exact(metric, measure, seed, shape, share, scale):
    rng = np.random.default_rng(seed)
    m = rng.random(shape) >= share
    m[tuple(rng.integers(0, shape))] = False
    steps = rng.choice([1, 1, 2, 5, 9], len(shape))
    found = lengths_to_off(m, [scale * step for step in steps.tolist()], metric).ravel().tolist()
    assert found == [scale * length for length in lengths(m, steps, measure)]  # beyond 64 bits, too


@pytest.mark.parametrize("metric", ["city-block", "chessboard"])
def test_equal_lengths_are_scipys_however_many_lines_are_gone_through(metric, rng, monkeypatch):
    m = scipy.ndimage.gaussian_filter(rng.normal(size=(70, 90)), 4) > -0.1
    expected = scipy.ndimage.distance_transform_cdt(m, metric.replace("city-block", "taxicab"))
    np.testing.assert_array_equal(lengths_to_off(m, [1, 1], metric), expected)
    monkeypatch.setattr("maskexpr.kernels.distances._AT_ONCE", 1)
    np.testing.assert_array_equal(lengths_to_off(m, [2, 2], metric), 2 * expected)


@pytest.mark.parametrize("steps", STEPS)
def test_the_nearest_of_some_points_is_the_nearest_of_all_pixels(steps, rng):
    for shape in ((9, 14), (5, 4, 6), (31, 40), (19, 12, 14)):
        lengths = whole_lengths([Fraction(step) for step in (*steps, "1")[: len(shape)]])[0]
        for most in (0.001, 0.03, 0.3):  # by a tree, and by looking at all
            m, points = (rng.random(shape) >= most for _ in "ab")
            m[(1,) * len(shape)] = points[(1,) * len(shape)] = points[(0,) * len(shape)] = False
            found = squares_between(np.stack(np.nonzero(~points)), np.stack(np.nonzero(~m)), lengths, shape)
            assert found.tolist() == squares_to_off(m, lengths)[~points].tolist()
            farthest = farthest_square(np.stack(np.nonzero(~points)), np.stack(np.nonzero(~m)), lengths, shape)
            assert farthest == found.max()
