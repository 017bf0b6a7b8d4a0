"""How often codes occur where masks are on, and what values pass, against NumPy's own counting and searching."""

from typing import Any

import numpy as np
import pytest
from helpers.both_ways import helpers

from maskexpr.kernels import level_counts as kernel
from maskexpr.kernels.level_counts import level_counts, levels_passed


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


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", ["float16", "float32", "float64", "int32", "int64", "uint32"])
def test_what_values_pass(name: str, side: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, dtype = np.random.default_rng(3), np.dtype(name)
    values = rng.integers(0, 200, (60, 70)).astype(dtype)
    kind = dtype if dtype.kind == "f" else np.dtype(np.int64)
    if dtype.kind == "f":
        values = values / dtype.type(10)
        values.flat[:7] = [np.nan, np.inf, -np.inf, 0.0, -0.0, dtype.type(1e-7), np.finfo(dtype).max]
    even, odd = np.linspace(-3, 25, 57), np.sort(rng.normal(0, 10, 30)) ** 3
    for numbers in (
        even,
        odd,
        even[:1],
        np.repeat(even[::9], 3),
        np.array([4.0, 4.0]),
        np.array([-np.inf, 0, 3, np.inf]),
    ):
        if dtype.kind != "f":
            numbers = np.nan_to_num(numbers, posinf=300, neginf=-300)
        ordered = numbers.astype(kind)
        wanted = np.searchsorted(ordered, values, side)
        wanted[values != values] = 5
        for steps in (0, 4):
            monkeypatch.setattr(kernel, "_STEPS", steps)
            monkeypatch.setattr(kernel, "_LOOKUP", 64)
            found = levels_passed(values, ordered, side, 5, np.empty(values.shape, np.uint16))
            assert found.tolist() == wanted.tolist()
