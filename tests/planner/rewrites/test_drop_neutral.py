"""Masks beside one that is on everywhere or nowhere, or beside themselves."""

from helpers.each import each
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.drop_neutral import drop_neutral

CASES = [
    ("m & full()", "m"),
    ("full() & m", "m"),
    ("m & true", "m"),
    ("m & empty()", "empty()"),
    ("m and false", "empty()"),
    ("m | empty()", "m"),
    ("m | full()", "full()"),
    ("m ^ empty()", "m"),
    ("m ^ full()", "~m"),
    ("m ^ m", "empty()"),
    ("m & m", "m"),
    ("m | m", "m"),
    ("~empty()", "full()"),
    ("~full()", "empty()"),
    ("(fl > 3) & (im >= 0)", "(fl > 3)"),
    ("(im // s > 3) & empty()", "(((im // s) > 3) & empty())"),
    ("(im // s > 3) | full()", "(((im // s) > 3) | full())"),
    ("(im // s > 3) & full()", "((im // s) > 3)"),
    ("(im // s > 3) ^ (im // s > 3)", "(((im // s) > 3) ^ ((im // s) > 3))"),
    ("remove_small(m, 5) & empty()", "empty()"),
    # may be told a negative size
    ("remove_small(m, area(m)) & empty()", "(remove_small(m, area(m, px), 1) & empty())"),
    ("any(m) and true", "(any(m) & true)"),  # no array: nothing to gain
    ("m & (sp == sp) & full()", "(m & (sp == sp))"),
    ("m & (sp | full())", "(m & full())"),  # from sp the result has a spacing, m has none
]


@each("text, after", CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, drop_neutral)


def test_it_is_applied() -> None:
    assert any(is_applied(drop_neutral, text) for text, _ in CASES)
