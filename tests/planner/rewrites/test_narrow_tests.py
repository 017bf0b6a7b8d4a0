"""Intervals and lists that a test against fewer numbers is enough for."""

import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.narrow_tests import narrow_tests

CASES = [
    ("between(im, 0, 9)", "(im <= 9)"),
    ("between(im, -1, 9.5)", "(im <= 9)"),
    ("between(im, 9, 255)", "(im >= 9)"),
    ("between(im, 8.5, 9.5)", "(im == 9)"),
    ("between(im, 8.5, 8.7)", "empty()"),
    ("between(im, 9, 3)", "empty()"),
    ("between(s, -200, -100)", "(s <= -100)"),
    ("between(im, 3, 9)", "between(im, 3, 9)"),
    ("im in [4, 2, 3]", "between(im, 2, 4)"),
    ("im in [7]", "(im == 7)"),
    ("im in [7, 7.5, 300, -1]", "(im == 7)"),
    ("im in [0, 1]", "(im <= 1)"),
    ("im in [254, 255, 256]", "(im >= 254)"),
    ("im in [300, 2.5]", "empty()"),
    ("im in [1, 3]", "isin(im, (1, 3))"),
    ("im not in [3]", "(im != 3)"),
    ("fl in [2, 3]", "isin(fl, (2, 3))"),
    ("between(fl, 2, 2)", "between(fl, 2, 2)"),
    ("between(im, s, 9)", "between(im, s, 9)"),
    ("between(im // s, 1, -1)", "between((im // s), 1, -1)"),
    ("im // s in [-300]", "isin((im // s), (-300,))"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, narrow_tests)


def test_it_is_applied() -> None:
    assert any(is_applied(narrow_tests, text) for text, _ in CASES)
