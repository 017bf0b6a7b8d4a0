"""Compiled floods are the NumPy kernel's."""

import numpy as np
import pytest
import scipy.ndimage
from helpers.biting import SHAPES, TYPES, images

from maskexpr.kernels import flooding
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def test_floods_are_the_same(rng, built):
    from maskexpr.kernels.compiled.flooding import flood

    for dtype in TYPES:
        for shape in SHAPES:
            for im in images(rng, dtype, shape):
                markers = np.where(rng.random(shape) < 0.05, rng.integers(-3, 6, shape), 0).astype(np.int32)
                neighbours = scipy.ndimage.generate_binary_structure(len(shape), int(rng.integers(1, len(shape) + 1)))
                for open_to in (np.ones(shape, bool), rng.random(shape) < 0.8):
                    found = flood(im, markers, open_to, neighbours)
                    assert found.dtype == np.int32
                    assert found.flags.c_contiguous
                    expected = plain(flooding.flood)(im, markers, open_to, neighbours)
                    np.testing.assert_array_equal(found, expected, err_msg=f"{dtype} {shape}")


def test_a_long_flood_rests_in_between(rng, monkeypatch, built):
    from maskexpr.kernels.compiled.flooding import flood

    for name in ("AT_ONCE", "_SORTED"):
        monkeypatch.setattr(f"maskexpr.kernels.compiled.flooding.{name}", 7)
    open_to = np.ones((30, 40), bool)
    markers = np.where(rng.random((30, 40)) < 0.05, 1 + np.arange(1200).reshape(30, 40), 0)
    neighbours = np.ones((3, 3), bool)
    # Of the last, keys differ in their low bits alone.
    for im in (rng.integers(0, 5, (30, 40)), rng.normal(size=(30, 40)), 1 + 1e-12 * rng.random((30, 40))):
        found = flood(im, markers, open_to, neighbours)
        np.testing.assert_array_equal(found, plain(flooding.flood)(im, markers, open_to, neighbours))
