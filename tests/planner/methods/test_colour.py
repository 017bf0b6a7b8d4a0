"""Colour images by their methods: for all types, channels and layouts the same bits as by their bodies."""

import numpy as np
import pytest
from helpers.each import each
from helpers.one_step import expect_body

import maskexpr
from maskexpr.inside import stages
from maskexpr.kernels import channels
from maskexpr.testing.pixels import laid_out, random_array
from maskexpr.testing.ways import peak

TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"]
OF_ALL = ["value(c)", "gray(c)", "hue(c)", "saturation(c)"]


@pytest.mark.parametrize("dtype", TYPES)
@each("values", ["any", "few", "edges", "near", "zero"])
@each("text", [*OF_ALL, "red(c)", "channel(c, 1)", "band(c, 3)"])
def test_what_comes_of_channels(text, values, dtype, monkeypatch):
    monkeypatch.setattr(channels, "BLOCK", 50)
    rng = np.random.default_rng(2)
    for shape in [(7, 9, 3), (1, 1, 3), (2, 90, 4), (3, 4, 5, 3)]:
        im = random_array(rng, shape, dtype, values)
        for layout in ("C", "Fortran", "reversed"):
            expect_body(text, "plain", c=maskexpr.Image(laid_out(im, layout), kind="colour"))


def test_two_of_three_channels_are_the_largest_or_the_least():
    """Where colours meet on the circle, and zeros that bear signs."""
    levels = [-2.0, -0.0, 0.0, 1.0, 2.5, np.inf, -np.inf, np.nan]
    im = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(8, 64, 3)
    for text in OF_ALL:
        for dtype in ("float32", "float64"):
            expect_body(text, "plain", c=im.astype(dtype))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float16", "float64"])
@each("text", OF_ALL)
def test_memory(text, dtype):
    for side in (9, 300):
        im = random_array(np.random.default_rng(4), (side, side, 3), dtype, "any")
        bound = stages(maskexpr.compile(text), {"c": maskexpr.Image(im, kind="colour")})
        assert bound.cost().memory >= peak(bound)
