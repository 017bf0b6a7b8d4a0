"""Masks counted together, as the plain bodies count them."""

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.one_step import expect_body


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256])
def test_shares_of_masks(count: int) -> None:
    rng = np.random.default_rng(1)
    given = {f"m{i}": rng.random((4, 65)) < 0.9 for i in range(min(count, 5))}
    names = [f"m{i % len(given)}" for i in range(count)]
    text = f"vote([{', '.join(names)}])"
    expect_body(text, "plain", **given)
    expect_same(f"{text} > 0.9", given, 1, None)
