"""Filters by their methods: sums and differences of rows."""

import numpy as np
import pytest
from helpers.both_ways import expect_same, grey, helpers
from helpers.each import each
from helpers.one_step import expect_body, method

from maskexpr.testing.pixels import DTYPES, random_array


@each("dtype", ["uint8", "int16", "uint64", "float16", "float32", "float64"])
@each("shape", [(1,), (65,), (1, 1), (1, 70), (40, 1), (13, 64), (4, 5, 6)])
def test_methods_give_what_bodies_give(shape, dtype):
    im = grey(random_array(np.random.default_rng(6), shape, dtype, "any"))
    calls = ["gaussian(im, 1.3)", "gaussian(im, 0)", "sobel(im)", 'sobel(im, "x")']
    calls += ["mean_filter(im)", 'mean_filter(im, 2, axes="x")', 'local_mean(im, 2, border="wrap")']
    if dtype != "uint64" and min(shape) > 2:
        calls += ["niblack(im, 2, k=-0.3)", "sauvola(im, 2, r=40.5)"]
    for call in calls:
        expect_body(call, "plain", im=im)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("gaussian(im, 2)", "weighted sums of rows"),
        ("sobel(im)", "differences of rows"),
        ('sobel(im, axes="y")', "plain body"),
        ("mean_filter(im, 4)", "sums over boxes"),
        ('mean_filter(im, 4, "disk")', "plain body"),
        ("mean_filter(im, 30)", "plain body"),
        ("mean_filter(im, within=im > 3)", "plain body"),
        ("mean_filter(float32(im), 4)", "sums over boxes, in their order"),
        ("niblack(im)", "sums over boxes"),
        ("sauvola(im)", "sums over boxes"),
    ],
)
def test_how_it_is_said_to_be_done(text, word):
    assert method(text, im=np.zeros((30, 40), np.uint16)).word == word


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_filters(dtype: str) -> None:
    rng = np.random.default_rng(5)
    calls = ["gaussian(im, 1.3)", "gaussian(im, [2, 0])", 'gaussian(im, 4, axes="y")', "sobel(im)", 'sobel(im, "y")']
    calls += ['sobel(im, "x")']
    text = "\n".join(f"output r{i} = {call}" for i, call in enumerate(calls))
    fills = {(1, 1): ["edges"], (1, 70): ["any"], (19, 1): ["edges"], (23, 66): ["any", "edges"]}
    for shape, fill in ((shape, fill) for shape, several in fills.items() for fill in several):
        with helpers(2):
            expect_same(text, {"im": random_array(rng, shape, dtype, fill)}, 5 if fill == "any" else 1, None)
