"""Quotients, remainders and bits of integers of all types, as the plain bodies give them."""

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.one_step import expect_body, method

from maskexpr.testing.pixels import DTYPES, random_array

INTEGERS = [name for name in DTYPES if np.dtype(name).kind in "iu"]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_of_all_types(dtype: str) -> None:
    im = random_array(np.random.default_rng(2), (7, 66), dtype, "edges")
    last = 8 * im.dtype.itemsize - 1
    texts = ["im // 3", "im // 300", "im % 7", f"bit(im, {last})", "bit(im, 0)", f"bits(im, 1, {last})"]
    for text in [*texts, "bits(im, 2, 4)", f"bits(im, 0, {last})", f"bits(im, {last}, {last})"]:
        assert method(text, im=im).word == "", text
        expect_body(text, "plain", im=im)


def test_divisors_that_cannot_be_0() -> None:
    rng = np.random.default_rng(2)
    im, other = (random_array(rng, (7, 66), dtype, "few") for dtype in ("int8", "uint16"))
    fl = random_array(rng, (7, 66), "float32", "any")
    for text in ["im // (other + 1)", "other % (im - 200)", "300 // (other + 1)", "im // -3", "im % -70000", "fl // 2"]:
        expect_body(text, "plain", **{n: v for n, v in (("im", im), ("other", other), ("fl", fl)) if n in text})
    assert method("im // other", im=im, other=other).word == "plain body"
    expect_same("im // other", {"im": im, "other": other}, 2, None)
