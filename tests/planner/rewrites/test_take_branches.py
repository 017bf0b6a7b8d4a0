"""Choices that are settled."""

import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.take_branches import take_branches

CASES = [
    ("where(full(), m, k)", "m"),
    ("where(empty(), m, k)", "k"),
    ("where(true, m, k)", "m"),
    ("where(1 > 2, m, k)", "k"),
    ("where(true, im, im)", "im"),
    ("where(true, lb, 0)", "lb"),
    ("where(m, k, k)", "k"),
    ("where(m, full(), empty())", "m"),
    ("where(m, k, empty())", "(m & k)"),
    ("where(m, full(), k)", "(m | k)"),
    ("where(m, empty(), k)", "where(m, empty(), k)"),
    ("where(true, im, s)", "where(true, im, s)"),  # needs a wider type
    ("where(true, im, 0.5)", "where(true, im, 0.5)"),
    ("where(true, im, 3)", "im"),
    ("where(true, m, im // s > 3)", "where(true, m, ((im // s) > 3))"),
    ("where(im // s > 3, m, m)", "where(((im // s) > 3), m, m)"),
    ("where(m, im, 0)", "where(m, im, 0)"),
    ("where(any(m), k, false)", "(any(m) & k)"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, take_branches)


def test_it_is_applied() -> None:
    assert any(is_applied(take_branches, text) for text, _ in CASES)
