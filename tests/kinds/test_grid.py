"""Grids go with values, and are told in words."""

import numpy as np
import pytest

import maskexpr
from maskexpr.checker import shapes
from maskexpr.kinds.grid import Grid, rounded

PLACED = {"spacing": [2, 1, 1], "origin": (1, 2, 3), "axes": "zyx"}
VOLUME = maskexpr.Image(np.arange(60, dtype=np.uint8).reshape(3, 4, 5), **PLACED)
COLOUR = maskexpr.Image(np.zeros((3, 4, 5, 3), np.uint8), axes="zyxc", spacing=[2, 1, 1], origin=(1, 2, 3))


@pytest.mark.parametrize(
    "text",
    [
        "im > 3",
        "im + 1",
        "~(im > 3)",
        "where(im > 3, im, 0)",
        "dilate(im > 3)",
        "label(im > 3)",
        "z",
        "x * 2 > im",
        "circle(1, 1, 1)",
        "distance(im > 3)",
        "gaussian(im, 1)",
        "normalize(im)",
        "vote([im > 1, im > 2])",
        "hysteresis(im, 1, 3)",
        "multiotsu(im)",
        "keep(im > 3, area > 1)",
        "watershed(im, label(im > 9))",
    ],
)
def test_what_has_the_shape_has_the_grid(text):
    bound = maskexpr.compile(f"m = im > 0\noutput r = {text}").bind(im=VOLUME)
    kinds, own = bound.kinds["r"], maskexpr.compile("im > 0").bind(im=VOLUME).kinds["result"]
    assert (kinds.shape, kinds.grid, kinds.spacing) == (own.shape, own.grid, own.spacing)


@pytest.mark.parametrize("text", ["red(c)", "gray(c)", "hue(c)", "where(red(c) > 1, c, 0)", "channel(c, 1)"])
def test_channels_lie_where_the_colours_do(text):
    grid = maskexpr.compile(text).bind(c=COLOUR).kinds["result"].grid
    assert (grid.axes[:3], grid.origin) == ("zyx", (1, 2, 3))


def test_a_projection_lies_in_its_first_plane():
    grid = maskexpr.compile('mean(im, axes="z")').bind(im=VOLUME).kinds["result"].grid
    assert (grid.axes, grid.origin, grid.steps) == ("yx", (1, 2, 3), ((0, 1, 0), (1, 0, 0)))


def test_two_grids_are_named_with_their_files():
    a, b = (maskexpr.Image(np.ones((3, 3)), spacing=s, source=f"{n}.nii") for n, s in (("p", 1), ("q", 2)))
    with pytest.raises(maskexpr.ProgramError, match=r"a \(p\.nii\) has pixels of 1 x 1 mm and b \(q\.nii\)"):
        maskexpr.evaluate("a + b", a=a, b=b)
    with pytest.raises(maskexpr.ProgramError, match=r"one grid: a \(p\.nii\) and b \(q\.nii\)"):
        maskexpr.evaluate("sum(a) + sum(b) + sum(x)", a=a, b=b)
    assert maskexpr.evaluate("sum(a) + sum(b)", a=a, b=b) == 18  # they never meet


def test_spacings_have_six_digits():
    kind = maskexpr.compile("im > 0").bind(im=maskexpr.Image(np.ones((2, 2)), spacing=float(np.float32(0.1)))).kinds
    assert kind["result"].spacing == (rounded(0.1),) * 2
    assert shapes.sourced("im, a, b.nii") == "im (a, b.nii)"


def test_ways_are_told_as_sides_of_a_patient():
    grid = Grid("zyx", (0, 0, 0), ((0, 0, 2), (0, 1, 0), (-1, 0, 0)), "LPS", ("dapi",))
    assert grid.text == (
        "axes z, y, x; first pixel at 0, 0, 0 mm (LPS); "
        "z from feet to head, y from front to back, x from left to right; channels dapi"
    )
    assert "z from feet to head" in maskexpr.compile("im > 0").bind(im=VOLUME).explain()
