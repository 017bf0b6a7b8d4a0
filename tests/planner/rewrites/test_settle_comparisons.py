"""Comparisons that the ranges of integers decide."""

from helpers.each import each
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.settle_comparisons import settle_comparisons

CASES = [
    ("im > 255", "empty()"),
    ("im >= 0", "full()"),
    ("im < 256", "full()"),
    ("-1 < im", "full()"),
    ("im == 300", "empty()"),
    ("im != -1", "full()"),
    ("im == 2.5", "(im == 2.5)"),  # no range says so, narrow_tests cannot: it costs no more than what it would be
    ("im <= 254.9", "(im <= 254.9)"),
    ("im < 255.1", "full()"),
    ("im > 1e30", "empty()"),
    ("s >= -128", "full()"),
    ("s < -128", "empty()"),
    ("w > 2 ** 70", "empty()"),
    ("lb >= 0", "full()"),
    ("im < s + 384", "full()"),  # between images
    ("im + 1 > 0", "full()"),
    ("im // 2 < 200", "full()"),  # two is never zero
    ("im % (im + 1) >= 0", "full()"),
    ("im * 0 == 0 * im", "full()"),
    ("between(im, -5, 300)", "full()"),
    ("between(im, 300, 400)", "empty()"),
    ("between(im, im + 256, 400)", "empty()"),
    # and what is not settled
    ("im > 254", "(im > 254)"),
    ("fl * 0 >= 0", "((fl * 0) >= 0)"),  # nan
    ("im < exp(1000) - exp(1000)", "(im < nan)"),
    ("im // s >= -255", "((im // s) >= -255)"),  # zero stops the run
    ("im % s < 1000", "((im % s) < 1000)"),
    ("im > mean(im)", "(im > mean(im))"),
    ("dilate(im // s, 2) < 1000", "(dilate((im // s), 2) < 1000)"),
    ("m == k", "(m == k)"),
]


@each("text, after", CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, settle_comparisons)


def test_it_is_applied() -> None:
    assert any(is_applied(settle_comparisons, text) for text, _ in CASES)
