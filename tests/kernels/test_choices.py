"""Comparisons with two numbers, and choices by bits, against NumPy's own."""

import numpy as np
import pytest

from maskexpr.kernels.choices import choose, lie_between
from maskexpr.kernels.scratch import Scratch


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "uint64", "float32", "float64"])
def test_between_two_numbers(dtype: str, rng: np.random.Generator) -> None:
    im = rng.integers(0, 100, (7, 65)).astype(dtype)
    if im.dtype.kind == "f":
        im.flat[::5], im.flat[1::7], im.flat[2::9] = np.nan, np.inf, -np.inf
    of = im.dtype.type
    for low, high in ((of(20), of(60)), (of(7), of(7)), (None, of(30)), (of(30), None)):
        out = np.zeros(im.shape, bool)
        lie_between(im, low, high, out, Scratch())
        wanted = (True if low is None else im >= low) & (True if high is None else im <= high)
        np.testing.assert_array_equal(out, wanted)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64"])
def test_bits_of_two_values(dtype: str, rng: np.random.Generator) -> None:
    on = rng.random((7, 65)) < 0.4
    a, b = rng.integers(0, np.iinfo(dtype).max, (2, 7, 65), dtype)
    none, some, most = (np.dtype(dtype).type(value) for value in (0, 77, np.iinfo(dtype).max))
    for first, second in ((a, b), (a, none), (none, b), (a, some), (some, b), (most, none), (some, most), (none, none)):
        out = np.full(on.shape, 9, dtype)
        choose(on, first, second, out, Scratch())
        np.testing.assert_array_equal(out, np.where(on, first, second))
