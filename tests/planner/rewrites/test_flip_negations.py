"""Negated comparisons, where neither side can be nan."""

import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.flip_negations import flip_negations

CASES = [
    ("~(im > 64)", "(im <= 64)"),
    ("~(im >= 64)", "(im < 64)"),
    ("~(im < 64)", "(im >= 64)"),
    ("~(64 <= im)", "(64 > im)"),
    ("~(im > 2.5)", "(im <= 2.5)"),
    ("~(im < s)", "(im >= s)"),
    ("~(fl == 1)", "(fl != 1)"),  # nan is unequal
    ("~(fl != fl)", "(fl == fl)"),
    ("~(m == k)", "(m != k)"),
    ("~(im > 64 and m)", "~((im > 64) & m)"),
    ("not (area(m) > 5)", "(area(m, px) <= 5)"),
    ("~(fl > 1)", "~(fl > 1)"),
    ("~(im > fl)", "~(im > fl)"),
    ("~(im > mean(im))", "~(im > mean(im))"),
    ("~(im > exp(1000) - exp(1000))", "~(im > nan)"),
    ("~between(im, 3, 9)", "~between(im, 3, 9)"),
    # a comparison that is needed anyway
    ("b = im > 64; output b; output c = ~b", "(im > 64); ~(im > 64)"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, flip_negations)


def test_it_is_applied() -> None:
    assert any(is_applied(flip_negations, text) for text, _ in CASES)
