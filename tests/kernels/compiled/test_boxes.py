"""Compiled sums over boxes, and means, are the NumPy kernel's, to the last bit."""

import math

import numpy as np
import pytest
from helpers.biting import SHAPES, images

from maskexpr.kernels import borders, boxes
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def both_moments(sums, squares, out):
    """Sums of values and squares in one number, which tells where any of them is another."""
    out[...] = sums if squares is None else sums + 1.5 * squares


def reaches_and_cuts(rng, shape):
    reaches = [int(rng.integers(0, min(n, 12))) for n in shape]
    around = tuple(rng.integers(0, (shape[0] + 1) // 2, 2).tolist()) if reaches[0] else (0, 0)
    return reaches, around


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_sums_and_means_are_the_same(dtype, rng, built):
    from maskexpr.kernels.compiled import building
    from maskexpr.kernels.compiled.boxes import means, over_boxes

    building.built("smooth")
    served = 0
    for shape in (*SHAPES, (70, 500), (90, 63), (20, 30, 17)) * 2:
        for im in images(rng, dtype, shape):
            reaches, around = reaches_and_cuts(rng, shape)
            mode, squares = str(rng.choice(borders.MODES)), bool(rng.integers(2))
            with np.errstate(all="ignore"):
                for compiled, given in (
                    (over_boxes, (im, reaches, both_moments, np.float64, None, mode, around, squares)),
                    (means, (im, reaches, np.float64, None, mode, around)),
                ):
                    found = compiled(*given)
                    if found is not NotImplemented:
                        served += 1
                        expected = plain(getattr(boxes, compiled.__name__))(*given)
                        np.testing.assert_array_equal(found, expected)
                        numbers = ~np.isnan(expected)
                        np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])
    assert served > 5


def test_masks_are_bytes(rng, built):
    from maskexpr.kernels.compiled.boxes import means

    m = rng.random((30, 40)) < 0.4
    np.testing.assert_array_equal(means(m, [2, 3], np.float64), plain(boxes.means)(m, [2, 3], np.float64))


def test_a_quotient_is_rounded_as_by_a_division(rng, built):
    """By many sizes of windows, of sums small and large."""
    from maskexpr.kernels.compiled.boxes import means

    for reaches in [(1, 1), (1, 2), (4, 3), (7, 7), (10, 10), (3, 40), (25, 31)]:
        size, high = math.prod(2 * reach + 1 for reach in reaches), 2**31 // math.prod(2 * r + 1 for r in reaches)
        im = rng.integers(0, min(high, 2**16), (64, 200)).astype(np.uint16)
        found = means(im, reaches, np.float64)
        if found is NotImplemented:
            assert size * 65535 >= 2**31
        else:
            np.testing.assert_array_equal(found, plain(boxes.means)(im, reaches, np.float64))


def test_what_is_too_large_is_left(built):
    from maskexpr.kernels.compiled.boxes import means, over_boxes

    ones = np.ones((9, 90), np.float32)
    assert over_boxes(ones, [1, 1], both_moments, np.float64, None, "reflect", (0, 0), True) is NotImplemented
    assert means(ones, [1, 1], np.float64) is NotImplemented
    assert means(ones.astype(np.int32), [1, 1], np.float64) is NotImplemented
    assert means(ones.astype(np.uint8), [0, 1], np.float64) is NotImplemented
    assert over_boxes(ones, [9, 1], both_moments, np.float64) is NotImplemented
