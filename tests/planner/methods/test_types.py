"""Values rounded, asked and in other types, as the plain bodies give and refuse them."""

import itertools

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.one_step import expect_body, method

from maskexpr import ProgramError
from maskexpr.testing.pixels import DTYPES, random_array

REAL = [name for name in DTYPES if np.dtype(name).kind in "iuf"]
CASTS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]


@pytest.mark.parametrize("dtype", REAL)
def test_all_types(dtype: str) -> None:
    im = random_array(np.random.default_rng(5), (7, 66), dtype, "edges")
    for text in ["floor(im)", "ceil(im)", "round(im)", "isnan(im)", "isfinite(im)", "sign(im)"]:
        assert method(text, im=im).word == "", text
        expect_body(text, "plain", im=im)


@pytest.mark.parametrize(("dtype", "fill"), [*itertools.product(REAL, ["edges", "few", "any"])])
def test_casts_fit_or_are_refused(dtype: str, fill: str) -> None:
    """In every strip, whatever is known of the values: floats with and without nan, fractions and ends beyond."""
    im = random_array(np.random.default_rng(6), (9, 33), dtype, fill)
    for cast in CASTS:
        for text in ["{}(im)", "{}(round(im))", "{}(clip(im, 0, 127))", "{}(round(clip(im, -3, 127.6)))"]:
            try:
                expect_same(text.format(cast), {"im": im}, 2, None)
            except ProgramError:  # never fits, which is known before the run
                continue


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nan_and_fractions_are_seen_beside_what_fits(dtype: str) -> None:
    for value in (np.nan, 0.5, np.inf, -0.0, 255.0, 256.0):
        im = np.array([[1, 2], [3, value]], dtype)
        for text in ["uint8(im)", "uint8(round(im))", "uint8(clip(im, 0, 255))", "uint8(round(clip(im, 0, 255)))"]:
            expect_same(text, {"im": im}, 1, None)
