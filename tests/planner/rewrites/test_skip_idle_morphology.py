"""Morphology that changes nothing."""

import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.skip_idle_morphology import skip_idle_morphology

CASES = [
    ("dilate(m, 0)", "m"),
    ("erode(m, 0.9)", "m"),
    ('open(m, 0.5, "disk")', "m"),
    ("close(m, 0)", "m"),
    ("boundary(m, 0)", "empty()"),
    ('dilate(m, 3, "1", axes="x")', "m"),
    ('dilate(m, 0, "11/01")', "m"),
    ("dilate(im, 0)", "im"),
    ("dilate(fl, 0)", "dilate(fl, 0)"),
    ("dilate(sp, 0.4mm)", "sp"),
    ("dilate(skew, 0.4mm)", "dilate(skew, 0.4mm)"),
    ("dilate(empty(), 5)", "empty()"),
    ('erode(empty(), 5, "101", axes="x")', "empty()"),
    ("boundary(im > 255)", "empty()"),
    ("fill_holes(empty())", "empty()"),
    ("clear_border(empty())", "empty()"),
    ("fill_holes(full())", "full()"),
    ('dilate(full(), 2, "disk")', "full()"),
    ('dilate(full(), 2, "011", axes="x")', "dilate(full(), 2, 011, (1,))"),
    ("erode(full())", "erode(full(), 1)"),
    ("remove_small(empty(), area(m))", "remove_small(empty(), area(m, px), 1)"),  # may be told a negative size
    ("remove_small(empty(), 5)", "empty()"),
    ("close(empty(), 10)", "close(empty(), 10)"),  # may reach too far to fit in memory
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, skip_idle_morphology)


def test_it_is_applied() -> None:
    assert any(is_applied(skip_idle_morphology, text) for text, _ in CASES)
