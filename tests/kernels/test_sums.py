"""Sums of floats, against Python's integers and math.fsum."""

import math

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.each import each
from helpers.exact_sums import exact, hard_cases, same
from helpers.places import ANKLE
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maskexpr.kernels import sums
from maskexpr.kernels.blocks import BLOCK

ALL_CASES = [x for n in (1, 3, 999, BLOCK + 1) for x in hard_cases(n)]


@each("dtype", ["float64", "float32", "float16"])
@pytest.mark.filterwarnings("ignore:overflow")
def test_is_the_exact_sum_rounded_once(dtype):
    for x in (case.astype(dtype) for case in ALL_CASES):
        assert same(sums.exact_sum(x), exact(x)), x


def test_is_what_fsum_gives():
    for x in [*ALL_CASES, np.zeros(0)]:
        try:
            expected = math.fsum(x.tolist())
        except (OverflowError, ValueError):
            continue
        assert sums.exact_sum(x) == expected or math.isnan(expected)


def test_totals_of_pieces_add_up():
    for x in (case for case in ALL_CASES if np.isfinite(case).all()):
        cut = x.size // 3
        assert sums.exact_total(x[:cut]) + sums.exact_total(x[cut:]) == sums.exact_total(x)
        assert sums.rounded(sums.exact_total(x)) == exact(x)


@each("dtype", ["float64", "float32"])
def test_windows_and_tiles_of_an_image(dtype):
    """As math.fsum has a window of a larger image, and whatever tiles it is cut into."""
    image = (iio.imread(ANKLE) / 255).astype(dtype)[3:, 5:]
    away = image - image.mean(dtype=np.float64)
    for values in (image, np.sqrt(image), away):
        wanted = math.fsum(values.ravel().tolist())
        assert sums.exact_sum(values) == sums.exact_sum(values.copy()) == wanted
        for width in (7, 64, 300):
            tiles = [values[:, start : start + width] for start in range(0, values.shape[1], width)]
            assert sums.rounded(sum(map(sums.exact_total, tiles))) == wanted


@given(arrays(np.float64, st.integers(0, 600)))
def test_any_floats(x):
    assert same(sums.exact_sum(x), exact(x))


def test_lies_in_memory_as_it_may():
    x = np.random.default_rng(3).normal(size=(70, 90, 33))
    for dtype in (">f8", "f4", ">f2", "f8"):
        values = x.astype(dtype)
        for view in (values, values.T, values[:, ::-1], values[::3, :, 2:], values.transpose(1, 2, 0)[::-2], values[5]):
            for layout in (view, np.asfortranarray(view)):
                assert sums.exact_sum(layout) == math.fsum(view.ravel().tolist())


@each("dtype", ["float64", "float32", "float16"])
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_squares_of_distances(dtype):
    for x in (case.astype(dtype) for case in ALL_CASES[1::2]):
        for about in (0.1, -3e200, math.inf, math.nan):
            assert same(sums.exact_sum(x, about), exact(np.square(x.astype(float) - about)))


@each("value", [1 - 2.0**-53, -1 + 2.0**-53, np.float32(1 - 2.0**-24), -1.7976931348623157e308, 5e-324])
@each("n", [BLOCK, 3 * BLOCK])
def test_equal_values_of_most_bits(n, value):
    x = np.full(n, value)
    assert sums.exact_sum(x) == exact(x)
    with np.errstate(over="ignore"):
        assert sums.exact_sum(x, 0.25) == exact(np.square(x.astype(np.float64) - 0.25))


@each("dtype", ["int64", "uint64", "int32", "uint32", "uint16", "int8"])
def test_integers_of_each_number_of_bits(dtype):
    limits = np.iinfo(dtype)
    powers = {sign * 2**bits + more for bits in range(65) for sign in (1, -1) for more in (-1, 0)}
    values = {value for value in powers if limits.min <= value <= limits.max}
    for value in values:
        assert sums.whole_sum(np.full(BLOCK + 3, value, dtype)) == value * (BLOCK + 3)
        assert sums.whole_sums(np.full(BLOCK + 3, value, dtype))[1] == value**2 * (BLOCK + 3)
    mixed = np.resize(np.array(sorted(values), dtype), 2 * BLOCK + 5)
    assert sums.whole_sum(mixed) == sum(mixed.tolist())
    assert sums.whole_sums(mixed)[1] == sum(v * v for v in mixed.tolist())
