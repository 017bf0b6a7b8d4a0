"""Shares of masks that are compared with a number."""

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.count_votes import count_votes

CASES = [
    ("vote([m, k, m]) > 0.5", "(votes(m, k, m) >= 2)"),
    ("0.5 <= vote([m, k])", "(votes(m, k) >= 1)"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, count_votes)


def test_others_stay() -> None:
    for text in ("vote([m, k]) > vote([k, m])", "where(vote([m, k]) > 0.3, vote([m, k]), 1)", "vote([m, k]) + 1"):
        assert not is_applied(count_votes, text)


def test_it_is_applied() -> None:
    assert is_applied(count_votes, CASES[0][0])


@pytest.mark.parametrize(
    "number", [-1, 0, 1e-9, 1 / 3, 0.3333333333333333, 0.5, 2 / 3, 0.7, 1, 2, "log(-1)", "-exp(999)"]
)
def test_numbers_of_all_sizes(number: float | str) -> None:
    rng = np.random.default_rng(4)
    given = {name: rng.random((5, 66)) < 0.5 for name in "abc"}
    tests = [f"vote([a, b, c]) {symbol} {number}" for symbol in ("<", "<=", ">", ">=", "==", "!=")]
    text = "\n".join(["input a", "input b", "input c", *(f"output r{i} = {test}" for i, test in enumerate(tests))])
    expect_same(text, given, 2, None)
