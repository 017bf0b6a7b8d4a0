"""Sums of floats, against Python's integers and math.fsum."""

import math

import numpy as np
import pytest
from helpers.each import each
from helpers.exact_sums import exact, hard_cases, same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maskexpr.kernels import sums

ALL_CASES = [x for n in (1, 3, 999, sums.BLOCK + 1) for x in hard_cases(n)]


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


@pytest.mark.parametrize("count", [1, 7, 5000])
def test_sums_of_owners(count):
    rng = np.random.default_rng(count)
    for x in ALL_CASES[:-30]:
        for dtype in ("float64", "float32"):
            with np.errstate(over="ignore"):
                values = x.astype(dtype)
            owners = rng.integers(0, count, x.size)
            order = np.argsort(owners, kind="stable")
            groups = np.split(values[order], np.cumsum(np.bincount(owners, minlength=count))[:-1])
            found = sums.label_sums(owners, values, count)
            assert found.shape == (count,)
            assert all(same(a, exact(group)) for a, group in zip(found, groups, strict=True))


def test_no_owners():
    assert sums.label_sums(np.zeros(0, int), np.zeros(0), 3).tolist() == [0, 0, 0]
    assert sums.label_sums(np.zeros(0, int), np.zeros(0), 0).tolist() == []


@each("dtype", ["float64", "float32", "float16"])
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_squares_of_distances(dtype):
    for x in (case.astype(dtype) for case in ALL_CASES):
        for about in (0.0, 0.1, -3e200, math.inf, -math.inf, math.nan):
            assert same(sums.exact_sum(x, about), exact(np.square(x.astype(float) - about)))
