"""Negations of negations."""

import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.drop_double_negations import drop_double_negations

CASES = [
    ("~~m", "m"),
    ("~~~m", "~m"),
    ("~~~~(fl > 2)", "(fl > 2)"),
    ("not not any(m)", "any(m)"),
    ("otsu(im, within=~~m)", "otsu(im, m)"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, drop_double_negations)


def test_it_is_applied() -> None:
    assert any(is_applied(drop_double_negations, text) for text, _ in CASES)
