"""Compiled weighted sums along lines are the NumPy kernel's, to the last bit."""

import numpy as np
import pytest
from helpers.biting import SHAPES, images

from maskexpr.kernels import borders, smooth
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.weights import gaussian_weights

pytestmark = pytest.mark.slow

TYPES = {"uint8": "f8", "uint16": "f8", "int16": "f8", "int32": "f8", "float32": "f4", "float64": "f8"}


def assert_same(found, expected):
    np.testing.assert_array_equal(found, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])


def both(im, axis, its, mode, around, dtype):
    """What the compiled kernel makes of an image, which may leave it, and what NumPy does."""
    from maskexpr.kernels.compiled.smooth import smooth_lines

    shape = [n - sum(around) * (a == axis) for a, n in enumerate(im.shape)]
    found, expected = np.empty(shape, dtype), np.empty(shape, dtype)
    left = smooth_lines(im, found, axis, its, mode, around)
    with np.errstate(all="ignore"):
        plain(smooth.smooth_lines)(im, expected, axis, its, mode, around)
    return left, found, expected


@pytest.mark.parametrize("dtype", TYPES)
def test_sums_are_the_same(dtype, rng, built):
    served = 0
    for shape in (*SHAPES, (70, 500), (3, 40, 65), (90, 63), (20, 30, 3)):
        for im in images(rng, dtype, shape):
            values = np.ascontiguousarray(im)
            values.flags.writeable = False
            for axis in range(im.ndim):
                sigma, order = rng.choice([0.2, 0.5, 1.0, 1.7, 3.0]), int(rng.integers(3))
                its = gaussian_weights(float(sigma), order), bool(order % 2)
                mode = str(rng.choice(borders.MODES))
                around = tuple(rng.integers(0, (shape[axis] + 1) // 2, 2).tolist())
                left, found, expected = both(values, axis, its, mode, around, TYPES[dtype])
                if left is None:
                    served += 1
                    assert_same(found, expected)
                else:
                    assert len(its[0]) > shape[axis]
    assert served > 20


def test_source_and_target_may_be_one(rng, built):
    from maskexpr.kernels.compiled.smooth import smooth_lines

    its = gaussian_weights(2.0), False
    for axis in range(3):
        im = rng.random((20, 30, 40)).astype(np.float32)
        expected = np.empty_like(im)
        plain(smooth.smooth_lines)(im, expected, axis, its, "reflect", (0, 0))
        assert smooth_lines(im, im, axis, its, "reflect", (0, 0)) is None
        assert_same(im, expected)


def test_sums_of_small_floats_are_doubles(rng, built):
    im = rng.random((40, 50)).astype(np.float32)
    left, found, expected = both(im, 1, (np.ones(4), False), "wrap", (0, 0), np.float64)
    assert left is None
    assert_same(found, expected)


def test_other_types_and_longer_reaches_are_left(built):
    its = gaussian_weights(1.0), False
    for im in (np.zeros((9, 9), np.int64), np.zeros((9, 9), ">i2"), np.zeros((9, 9), np.float16)):
        assert both(im, 0, its, "reflect", (0, 0), np.float64)[0] is NotImplemented
    assert both(np.zeros((4, 9)), 0, its, "reflect", (0, 0), np.float64)[0] is NotImplemented
