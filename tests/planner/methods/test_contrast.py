"""Images mapped between two ends, as the plain bodies map them, whatever lies beyond the ends or is infinite."""

import numpy as np
import pytest
from helpers.both_ways import expect_same

from maskexpr.testing.pixels import DTYPES, random_array

TEXTS = ["normalize(im)", "normalize(im, 2, 90)", "normalize(im, 2.5, 90.1)", "normalize(im, -300, 70000)"]
TEXTS += ["rescale(im, 0, 255)", "rescale(im, 7, -1.5)", "rescale(im, -3, 0)", "rescale(im, 0, -0.1, 3, 60)"]
TEXTS += ["normalize(im, 5, 5)", "normalize(im, 0, 1e-30)", "normalize(im, 0)", "rescale(im, 1, 1)"]


@pytest.mark.parametrize("dtype", [name for name in DTYPES if np.dtype(name).kind in "iuf"])
def test_all_types(dtype: str) -> None:
    for fill in ("edges", "few", "any"):
        im = random_array(np.random.default_rng(9), (11, 70), dtype, fill)
        for text in TEXTS:
            expect_same(text, {"im": im}, None)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_zeros_and_blocks(dtype: str) -> None:
    """More than a block, with zeros of both signs, ends of one value, and nan at last."""
    im = np.linspace(0, 7, 2**15 + 9).astype(dtype).reshape(1, -1)
    im[0, ::5] = -0.0
    for image in (im, im[:, :5] * 0, np.where(im > 6.9, np.nan, im), np.where(im > 6.9, -np.inf, im)):
        for text in ["normalize(im)", "rescale(im, 0, 9)", "rescale(im, 9, 0)", "rescale(im, -0.0, 3)"]:
            expect_same(text, {"im": image}, None)
