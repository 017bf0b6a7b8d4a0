"""Regions that are numbered to be counted."""

import numpy as np
import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

import maskexpr
from maskexpr.planner.rewrites.count_regions import count_regions

CASES = [
    ("count(label(m))", "count(m, 1)"),
    ("count(label(m, 2))", "count(m, 2)"),
    ("count(label(m | k))", "count((m | k), 1)"),
    ("count(label(m)) + max(label(m))", "(count(m, 1) + max(label(m, 1)))"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, count_regions)


@pytest.mark.parametrize("text", ["count(where(k, label(m), 0))", "count(m)", 'count(label(m), axes="x")'])
def test_others_stay(text: str) -> None:
    assert not is_applied(count_regions, text)


@pytest.mark.parametrize("of_label", ["", ', axes="yx"', ', axes="zx"', ", 3", ", 8"])
@pytest.mark.parametrize("of_count", ["", ', axes="yx"', ", 2"])
def test_axes_and_connectivity_of_both(of_label: str, of_count: str) -> None:
    """What counts is how they were numbered; on labels a connectivity has no effect."""
    m = np.random.default_rng(3).random((4, 9, 10)) < 0.4
    text = f"count(label(m{of_label}){of_count})"
    try:
        found = maskexpr.evaluate(text, m=m)
    except maskexpr.ProgramError:
        return
    assert found == maskexpr.evaluate(f"lab = label(m{of_label}); output n = count(where(m, lab, 0){of_count})", m=m)


def test_it_is_applied() -> None:
    assert any(is_applied(count_regions, text) for text, _ in CASES)
