"""Statistics along axes and samples, of arrays that lie in memory as they do."""

import re

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.each import each
from helpers.one_step import expect_body, method

import maskexpr
from maskexpr import Image
from maskexpr.inside import stages
from maskexpr.testing.pixels import laid_out, random_array
from maskexpr.testing.ways import peak

STATISTICS = ["sum({})", "mean({})", "std({})", "min({})", "max({})", "percentile({}, 30)", "median({})"]
ALONG = [s.format("im").replace(")", ', axes="{}")') for s in STATISTICS]
TESTS = ['any(m, axes="{}")', 'all(m, axes="{}")', 'fraction(m, axes="{}")']


@each("text", [*ALONG, *TESTS])
def test_lines_are_read_as_they_lie(text):
    rng = np.random.default_rng(1)
    values = {"im": random_array(rng, (5, 6, 7), "int16", "any"), "m": rng.random((5, 6, 7)) < 0.7}
    for axes in ("x", "y", "zx"):
        written = text.format(axes)
        used = {name: value for name, value in values.items() if f"({name}," in written}
        expect_body(written, "plain", **used)
        made = method(written, **used)
        assert made.loose
        assert made.word == "line by line"


@each("text", [s.format("im") for s in STATISTICS] + ['max(im, axes="x")'])
def test_one_value_of_all_is_by_the_body(text):
    assert method(text, im=np.arange(5)).word == "plain body"


@pytest.mark.parametrize("text", [*ALONG, *TESTS, "mean(im[m])", "v = im[m]; max(v[v > 3])"])
def test_each_way_is_the_same_in_fortran_order(text):
    rng = np.random.default_rng(2)
    im, m = random_array(rng, (5, 6, 7), "float32", "any"), rng.random((5, 6, 7)) < 0.1
    for layout in ("C", "Fortran", "reversed"):
        values = {"im": Image(laid_out(im, layout), kind="image"), "m": laid_out(m, layout)}
        used = {name: value for name, value in values.items() if re.search(rf"\b{name}\b", text)}
        expect_same(text.format("yx"), used, None)


@each(
    "text",
    ['mean(im, axes="z")', 'std(im, axes="x")', 'max(im, axes="x") > 3', 'median(im, axes="y")', "max(im[m] * im[m])"],
)
@each("dtype", ["uint8", "int64", "float64"])
@each("order", ["C", "F"])
def test_what_is_taken_is_what_was_said(text, dtype, order):
    im = np.asarray(np.random.default_rng(3).integers(0, 200, (40, 50, 60)), dtype=dtype, order=order)
    m = np.zeros(im.shape, bool, order=order)
    m[3:5, 3:9] = True
    given = {"im": Image(im, kind="image")} | ({"m": m} if "m]" in text else {})
    bound = stages(maskexpr.compile(text), given)
    assert bound.cost().memory >= peak(bound)


def test_nothing_is_copied_for_a_few_samples_of_an_image_in_fortran_order():
    im = np.zeros((80, 90, 100), order="F")
    m = np.zeros(im.shape, bool, order="F")
    m[3:5, 3:9] = True
    bound = stages(maskexpr.compile("v = im[m]; mean((v - mean(v)) ** 3)"), {"im": Image(im, kind="image"), "m": m})
    assert peak(bound) - im.nbytes - m.nbytes < im.nbytes / 20
