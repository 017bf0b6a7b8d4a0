"""Coordinates and plain masks, made for the rows of a block."""

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.one_step import last_step

from maskexpr.kernels.scratch import Scratch
from maskexpr.planner.methods import method_of
from maskexpr.planner.methods.method import Place

GRIDS = [(1,), (70,), (1, 1), (9, 65), (70, 1), (4, 5, 6), (1, 3, 64), (2, 3, 4, 5)]


@pytest.mark.parametrize("grid", GRIDS)
def test_blocks_of_coordinates_are_those_rows_of_all(grid):
    places = np.indices(grid)
    for axis, name in zip(range(len(grid) - 1, -1, -1), "xyz", strict=False):
        step, _ = last_step(f"input im; {name}", {"im": np.zeros(grid, np.uint8)})
        run = method_of(step).run("plain")
        for start in range(grid[0]):
            out = np.full((min(2, grid[0] - start), *grid[1:]), 99, step.kind.dtype)
            assert run((), out, Place(Scratch(), start)) is out
            np.testing.assert_array_equal(out, places[axis][start : start + 2])


@pytest.mark.parametrize(("text", "value"), [("empty()", False), ("full()", True)])
def test_masks_that_are_one_everywhere(text, value):
    step, _ = last_step(f"input im; {text}", {"im": np.zeros((7, 65), np.uint8)})
    out = np.full((3, 65), not value)
    assert method_of(step).run("plain")((), out, Place(Scratch(), 2)) is out
    assert (out == value).all()


@pytest.mark.parametrize("text", ["x", "y", "empty()", "full()"])
def test_they_run_with_others_and_warn_of_nothing(text):
    made = method_of(last_step(f"input im; {text}", {"im": np.zeros((7, 65), np.uint8)})[0])
    assert made.quiet
    assert not made.whole
    assert made.packed is None


DRAWN = [
    *(
        "rectangle(1, 2, 4, 60)",
        "rectangle(-3, 0.5, 2.5, 999)",
        "rectangle(3, 2, 1, 9)",
        "rectangle(1, 1, log(-1), 5)",
    ),
    *(
        "rectangle(-exp(999), 0, area(im > 0), exp(999))",
        "circle(3, 20, 7)",
        "circle(-4, 20.5, 6.25)",
        "circle(2, 2, 0)",
    ),
    *("ellipse(2, 30, 3, 25.5)", "ellipse(2.5, 30, 3, 0)", "circle(1.1, 2.2, 3.3)", "circle(1e30, 2, 4)"),
    *(
        "circle(0.1234567, 2, 1.7654321)",
        "ellipse(1, 2, 3, 4, 90)",
        "circle(area(im > 9), 3, 2)",
        "circle(3, 500, 480)",
    ),
]


@pytest.mark.parametrize("grid", [(9, 65), (70, 1), (4, 5, 33), (2, 3, 4, 5)])
@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
def test_drawn_shapes_in_strips_are_those_of_the_bodies(grid):
    im = np.random.default_rng(1).integers(0, 12, grid, np.uint8)
    for text in DRAWN:
        expect_same(f"input im; {text}", {"im": im}, 1, 3, None)
