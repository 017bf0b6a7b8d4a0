"""Sizes of differences, of all types."""

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.join_differences import join_differences
from maskexpr.testing.pixels import DTYPES, random_array

CASES = [
    ("abs(im - (im // 2))", "(im absolute difference (im // 2))"),
    ("abs(im - 100)", "(im absolute difference 100)"),
    ("abs(200 - im)", "(200 absolute difference im)"),
    ("abs(fl - 0.5)", "(fl absolute difference 0.5)"),
]
# Of 64 bits nothing holds the differences of whole numbers.
FITTING = [
    name for name in DTYPES if (np.dtype(name).kind, np.dtype(name).itemsize) not in (("i", 8), ("u", 8), ("b", 1))
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, join_differences)


def test_others_stay() -> None:
    """Where one does not fit into the type of the other, and what is wanted elsewhere too."""
    for text in ("abs(s - im)", "abs(s - s // 2)", "abs(im - 300)", "abs(im - fl)", "abs(im + 3)", "abs(-im)"):
        assert not is_applied(join_differences, text)
    assert not is_applied(join_differences, "abs(im - 7) > (im - 7)")


@pytest.mark.parametrize("dtype", FITTING)
def test_all_types(dtype: str) -> None:
    rng = np.random.default_rng(7)
    for fill in ("edges", "few", "any"):
        given = {name: random_array(rng, (9, 70), dtype, fill) for name in "ab"}
        for text in ("abs(a - b)", "abs(a - 3)", "abs(7 - b) > 2", "abs(b - a[::-1])"):
            used = {name: value for name, value in given.items() if name in text.replace("abs", "")}
            expect_same(text, used, 2, None)
