"""Compiled distances are the NumPy kernel's."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.ndimage
from helpers.biting import SHAPES, strided

from maskexpr.kernels import distances
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow

STEPS = [("1",) * 4, ("7/10", "3", "7/10", "1"), ("1", "1/3", "2", "1"), ("391/500", "391/500", "5/2", "1")]


@pytest.mark.parametrize("steps", STEPS)
def test_distances_are_the_same(steps, rng, built):
    """Near and far, so that neighbours and envelopes both are asked."""
    from maskexpr.kernels.compiled.distances import distances_to_off, squares_to_off

    for shape in (*SHAPES, (150, 90), (3, 130, 70), (2, 90, 3, 5)):
        lengths = [Fraction(step) for step in steps[: len(shape)]]
        for share in (0.5, 0.05, 0):
            m = rng.random(shape) >= share
            m[tuple(rng.integers(0, shape))] = False
            blob = scipy.ndimage.uniform_filter(m.astype(float), 9) > 0.9
            blob[tuple(rng.integers(0, shape))] = False
            for mask in (strided(m), blob, m * 0.5):  # any number but 0 is on
                found, expected = distances_to_off(mask, lengths), plain(distances.distances_to_off)(mask, lengths)
                assert found.dtype == np.float64
                assert found.flags.c_contiguous
                np.testing.assert_array_equal(found, expected)
                whole, _ = distances.whole_lengths(lengths)
                found, expected = squares_to_off(mask, whole), plain(distances.squares_to_off)(mask, whole)
                assert found.dtype == expected.dtype
                np.testing.assert_array_equal(found, expected)


def test_what_is_too_large_to_be_exact_is_left(rng, built):
    from maskexpr.kernels.compiled.distances import distances_to_off, squares_to_off

    m = rng.random((5, 6)) < 0.5
    m[0, 0] = False
    assert squares_to_off(m, [10**7, 1]) is NotImplemented
    assert distances_to_off(m, [Fraction(1, 10000019), Fraction(3)]) is NotImplemented
    assert distances_to_off(m, [Fraction(1)] * 2, "chessboard") is NotImplemented
