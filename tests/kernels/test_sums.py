"""Sums of floats, against Python's integers and math.fsum."""

import math

import numpy as np
import pytest
from helpers.each import each
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maskexpr.kernels import sums


def exact(x):
    """The exact sum rounded once, by Python's integers; nan and inf as adding has them."""
    values = x.ravel().tolist()
    if not all(map(math.isfinite, values)):
        return math.inf - math.inf if {math.inf, -math.inf} <= {*values} else sum(v for v in values if v - v)
    total = sum(n << 1075 - d.bit_length() for n, d in map(float.as_integer_ratio, values))  # in units of 2**-1074
    try:
        return total / 2**1074
    except OverflowError:
        return math.inf if total > 0 else -math.inf


def same(a, b):
    return np.float64(a).tobytes() == np.float64(b).tobytes() or (a != a and b != b)


def hard_cases(n):
    """Sums of n values in which roundings show: all exponents, cancelling, ties, subnormal, too large on the way."""
    rng = np.random.default_rng(n)
    u = rng.random(n) + 2.0**-53
    with np.errstate(over="ignore", under="ignore"):
        wild = np.ldexp(u, rng.integers(-1080, 970, n)) * rng.choice([-1, 1], n)
        yield from (u, -u, u - u.mean(), wild, np.ldexp(wild, -100), np.ldexp(u, -1060), np.ldexp(u - 0.5, -1022))
        yield from (np.ldexp(u - 0.5, 1023), np.ldexp(u, 1024 - 18), np.round(u * 255), np.exp(40 * (u - 0.5)))
        yield from (np.full(n, 0.1), np.where(u < 0.5, 0, u), np.full(n, 1.7e308), np.full(n, -0.0))
        yield rng.permutation(np.concatenate([wild, -wild, [1e-300]]))
        yield rng.permutation(np.concatenate([u, -u]))
        yield np.concatenate([u * 1e300, -u * 1e300, u])
        yield np.append(np.where(u < 0.5, 1.7e308, -1.7e308), 1.0)
        for tie in ([1, 2.0**-53], [1, 2.0**-53, 2.0**-200], [1, 2.0**-53, -5e-324]):
            yield np.concatenate([tie, np.zeros(n)])
        for others in ([np.inf], [-np.inf, 1], [np.nan, 1], [np.inf, -np.inf], [np.nan, np.inf]):
            yield np.concatenate([u, others, u])


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
