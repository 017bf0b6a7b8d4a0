"""Dilations of dilations, erosions of erosions."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.both_ways import grey
from helpers.rewriting import becomes, expect_same_rewritten, expect_values_to_stay, is_applied

from maskexpr.functions.settling import Distance
from maskexpr.planner.rewrites.merge_reaches import merge_reaches

CASES = [
    ("dilate(dilate(m, 1), 2)", "dilate(m, 3)"),
    ("erode(erode(m), 4)", "erode(m, 5)"),
    ('dilate(dilate(m, 1, "square"), 2, "square")', "dilate(m, 3, square)"),
    ("dilate(dilate(dilate(m)))", "dilate(m, 3)"),
    ('dilate(dilate(st, 1, axes="yx"), 1, axes=[1, 2])', "dilate(st, 2, (1, 2))"),
    ("dilate(dilate(sp, 1mm), 0.5mm)", "dilate(sp, 1.5mm)"),  # three pixels of half a millimetre
    ("dilate(dilate(im, 1), 2)", "dilate(im, 3)"),
    ("dilate(erode(m, 1), 2)", "dilate(erode(m, 1), 2)"),
    ('dilate(dilate(m, 1), 2, "square")', "dilate(dilate(m, 1), 2, square)"),
    ('dilate(dilate(m, 1, "disk"), 2, "disk")', "dilate(dilate(m, 1, disk), 2, disk)"),
    ('dilate(dilate(m, 1, "11/10"), 2, "11/10")', "dilate(dilate(m, 1, 11/10), 2, 11/10)"),
    ('dilate(dilate(st, 1, axes="yx"), 1)', "dilate(dilate(st, 1, (1, 2)), 1)"),
    ("dilate(dilate(m, 1.5), 1.5)", "dilate(dilate(m, 1.5), 1.5)"),
    ("dilate(dilate(sp, 1), 0.5mm)", "dilate(dilate(sp, 1), 0.5mm)"),
    ("dilate(dilate(sp, 0.7mm), 0.7mm)", "dilate(dilate(sp, 0.7mm), 0.7mm)"),
    (
        'dilate(dilate(skew, 1mm, "square"), 1mm, "square")',
        "dilate(dilate(skew, 1mm, square), 1mm, square)",
    ),
    ("dilate(dilate(fl, 1), 2)", "dilate(dilate(fl, 1), 2)"),
    ("open(open(m))", "open(open(m, 1), 1)"),
    ("a = dilate(m); output a; output b = dilate(a)", "dilate(m, 1); dilate(dilate(m, 1), 1)"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, merge_reaches)


def test_it_is_applied() -> None:
    assert any(is_applied(merge_reaches, text) for text, _ in CASES)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16"])
@pytest.mark.parametrize("shape", ["diamond", "square"])
@pytest.mark.parametrize("name", ["dilate", "erode"])
def test_reaches_add_up_in_any_rectangle(name: str, shape: str, dtype: str) -> None:
    """Whatever is near the border: one pixel in every place of small grids."""
    for size in [(1, 1), (1, 5), (4, 4), (2, 7), (3, 3, 3)]:
        for place in np.ndindex(*size):
            m = np.zeros(size, dtype)
            m[place] = 1
            for inverted in (m, ~m if dtype == "bool" else 1 - m):
                text = f'{name}({name}(m, 2, "{shape}"), 1, "{shape}")'
                changed = expect_same_rewritten(text, {"m": grey(inverted)})
                assert [s.settings["n"] for s in changed.steps if s.function] == [Distance(Fraction(3))]
