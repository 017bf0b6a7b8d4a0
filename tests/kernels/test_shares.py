"""Shares between two numbers are those of the plain formula, to the last bit."""

import numpy as np
import pytest

from maskexpr.kernels.shares import BLOCK, Line, shares


def plain(part: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.clip((part.astype(float) - low) / (high - low), 0.0, 1.0) + 0.0


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
def test_blocks_of_shares(dtype: str) -> None:
    im = np.random.default_rng(2).integers(0, 100, BLOCK + 7).astype(dtype)
    out = np.full(im.shape, np.nan)
    assert shares(im, 20, 77, out, plain, cut=True) is out
    np.testing.assert_array_equal(out, plain(im, 20, 77))
    low, high = int(im.min()), int(im.max())
    np.testing.assert_array_equal(shares(im, low, high, out, plain, cut=False), plain(im, low, high))
    wanted = 5 * (1 - plain(im, 20, 77)) + 2 * plain(im, 20, 77)
    np.testing.assert_array_equal(shares(im, 20, 77, out, plain, cut=True, line=Line(5, 2)), np.clip(wanted, 2, 5))
