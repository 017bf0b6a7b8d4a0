"""How often codes occur where masks are on, against NumPy's own counting."""

import numpy as np
import pytest
from helpers.both_ways import helpers

from maskexpr.kernels import level_counts as kernel
from maskexpr.kernels.level_counts import level_counts


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 9])
@pytest.mark.parametrize("size", [1, 7, 256, 1000])
def test_counts_are_those_of_each_mask_by_itself(count: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_BLOCK", 5)
    rng = np.random.default_rng(count + size)
    codes = rng.integers(0, size, (7, 11)).astype(np.uint8 if size <= 256 else np.uint16)
    masks = [rng.random(codes.shape) < rng.random() for _ in range(count)]
    for threads in (1, 3):
        with helpers(threads):
            everywhere, on = level_counts(codes, masks, size)
        assert everywhere.tolist() == np.bincount(codes.ravel(), minlength=size).tolist()
        assert [c.tolist() for c in on] == [np.bincount(codes[m], minlength=size).tolist() for m in masks]


def test_no_pixels() -> None:
    everywhere, (on,) = level_counts(np.zeros((0, 3), np.uint8), [np.zeros((0, 3), bool)], 4)
    assert everywhere.tolist() == on.tolist() == [0] * 4
