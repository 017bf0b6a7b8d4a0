"""Tests of one image that are one test."""

from helpers.each import each
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.join_ranges import join_ranges

CASES = [
    ("(im > 32) & ~(im > 64)", "between(im, 33, 64)"),
    ("32 < im <= 64", "between(im, 33, 64)"),
    ("(im <= 64) & (32 < im)", "between(im, 33, 64)"),
    ("64 >= im > 32", "between(im, 33, 64)"),
    ("(im > 32.5) & (im < 64.5)", "between(im, 33, 64)"),
    ("(im >= 32.5) & (im <= 64.5)", "between(im, 33, 64)"),
    ("(im >= 32) & (im < 33)", "(im == 32)"),
    ("(im > 32) & (im < 33)", "empty()"),
    ("(im > 3) & (im > 5)", "(im > 5)"),
    ("(im > 3) & (im == 5)", "(im == 5)"),
    ("(im > 3) & (im == 2)", "empty()"),
    ("between(im, 3, 90) & (im > 5)", "between(im, 6, 90)"),
    ("between(im, 3, 90) & between(im, 60, 120)", "between(im, 60, 90)"),
    ("(im > -5) & (im <= 300)", "full()"),
    ("(im > -5) & (im <= 30)", "(im <= 30)"),
    ("(s < 5) & (s >= -5)", "between(s, -5, 4)"),
    ("(u > 2 ** 20) & (u < 2 ** 30)", "between(u, 1048577, 1073741823)"),
    ("(im < 32) | (im > 64)", "~between(im, 32, 64)"),
    ("(im > 64) | (im < 32)", "~between(im, 32, 64)"),
    ("~((im < 32) | (im > 64))", "between(im, 32, 64)"),
    ("(im < 32) | (im > 32)", "(im != 32)"),
    ("(im < 32) | (im > 30)", "full()"),
    ("(im < 32) | (im == 32)", "(im <= 32)"),
    ("(im == 2) | (im == 3)", "between(im, 2, 3)"),
    ("(im < 32) | (im < 64)", "(im < 64)"),
    ("(im == 2) | (im == 4)", "((im == 2) | (im == 4))"),
    ("(im < 32) | between(im, 40, 50)", "((im < 32) | between(im, 40, 50))"),
    ("m & (im > 32) & (im <= 64)", "(m & between(im, 33, 64))"),
    ("(im > 32) & m & (im <= 64)", "(m & between(im, 33, 64))"),
    ("(im <= 64) & (m & (im > 32))", "(m & between(im, 33, 64))"),
    ("m & (im > 32) & (im <= 32)", "empty()"),
    ("m | (im < 32) | (im > 64)", "(m | ~between(im, 32, 64))"),
    # what is left
    ("(im > 32) | (im <= 64) & m", "((im > 32) | ((im <= 64) & m))"),
    ("(fl > 32) & (fl <= 64)", "((fl > 32) & (fl <= 64))"),
    ("(im > 32) & (s <= 64)", "((im > 32) & (s <= 64))"),
    ("(im > 32) & (im <= mean(im))", "((im > 32) & (im <= mean(im)))"),
    ("(im > 32) ^ (im <= 64)", "((im > 32) ^ (im <= 64))"),
    ("(im > 3) & (im != 5)", "((im > 3) & (im != 5))"),
    ("(count(m) > 3) & (count(m) < 9)", "((count(m, 1) > 3) & (count(m, 1) < 9))"),
    ("(im // s > 3) & (im // s < 3)", "(((im // s) > 3) & ((im // s) < 3))"),
    ("(im // s > 3) & (im // s < 9)", "between((im // s), 4, 8)"),
    ("a = im > 3; b = im < 9; output a; output b; output c = a & b", "(im > 3); (im < 9); ((im > 3) & (im < 9))"),
    ("a = im > 3; output a; output c = a & (im < 9)", "(im > 3); between(im, 4, 8)"),
    ("a = m & (im > 3); output a; output c = a & (im < 9)", "(m & (im > 3)); ((m & (im > 3)) & (im < 9))"),
]


@each("text, after", CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, join_ranges)


def test_it_is_applied() -> None:
    assert any(is_applied(join_ranges, text) for text, _ in CASES)
