"""Peaks by extremes along lines, block by block, are those of the body."""

import numpy as np
import pytest
from helpers.both_ways import grey
from helpers.each import each
from helpers.one_step import expect_body, method

from maskexpr.planner.methods import peaks
from maskexpr.testing.pixels import random_array


@each("dtype", ["uint8", "int16", "uint64", "float16", "float32", "float64"])
@each("shape", [(65,), (1, 70), (40, 1), (23, 64), (6, 7, 8)])
def test_methods_give_what_bodies_give(shape, dtype):
    rng = np.random.default_rng(8)
    im, m = random_array(rng, shape, dtype, "any"), rng.random(shape) < 0.6
    few = (im % 5 if im.dtype.kind != "f" else np.round(im)).astype(dtype)  # neighbours are equal
    for call in ("peaks(im)", "peaks(im, 2)", 'peaks(im, 3, shape="disk")', 'peaks(im, 4, shape="diamond")'):
        for values in (im, few):
            expect_body(call, "plain", im=grey(values))
    given = {"im": grey(few), "m": m}
    for more in ("within=m", "within=label(m), count=1", "3, within=m, h=1", "2, count=3"):
        expect_body(f"input im: image; input m: mask; peaks(im, {more})", "plain", **given)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(peaks, "_PIXELS", 1)  # blocks of few rows
        expect_body("peaks(im, 2)", "plain", im=grey(few))
    assert method("peaks(im)", im=grey(im)).word == "extremes along lines"
