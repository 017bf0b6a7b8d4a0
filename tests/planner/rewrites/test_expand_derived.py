"""Functions that are expressions of others."""

import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.expand_derived import expand_derived

CASES = [
    ("boundary(m, 2)", "(m & ~erode(m, 2))"),
    ("boundary(erode(m, 1), 2)", "(erode(m, 1) & ~erode(erode(m, 1), 2))"),  # what is used twice is not merged away
    ("tophat(~(im > 64), 1)", "((im <= 64) & ~open((im <= 64), 1))"),
    ("tophat(im, 2)", "(im - open(im, 2))"),
    ("blackhat(m, 1)", "(close(m, 1) & ~m)"),
    ("tophat(u, 2)", "(u - open(u, 2))"),  # of 64 bits: what lies between fits the type
    ("unsharp(fl, 1)", "(fl + (1 * (fl - gaussian(fl, (1.0, 1.0), 0, reflect))))"),
    ("difference_of_gaussians(fl, 1)", "(gaussian(fl, (1.0, 1.0), 0, reflect) - gaussian(fl, (1.6, 1.6), 0, reflect))"),
    (
        "difference_of_gaussians(fl, 1, 3)",
        "(gaussian(fl, (1.0, 1.0), 0, reflect) - gaussian(fl, (3.0, 3.0), 0, reflect))",
    ),
    ("local_mean(im, 2)", "mean_filter(im, 2, square, reflect)"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, expand_derived)


OTHERS = ["f1(m, k)", "precision(m, k)", "recall(m, k)", "specificity(m, k)", "volume_difference(m, k)"]
OTHERS += ["signed_distance(m)", 'signed_distance(sp, unit="um")', "boundary(st)"]


@pytest.mark.parametrize("text", OTHERS)
def test_others_keep_their_values(text: str) -> None:
    expect_values_to_stay(text, expand_derived)
    assert is_applied(expand_derived, text)
