"""Sums of floats along axes, against math.fsum and Python's integers for each line."""

import itertools
import math

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS
from helpers.exact_sums import exact, hard_cases, same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maskexpr.kernels import line_sums as kernel
from maskexpr.kernels.line_sums import line_sums
from maskexpr.testing.pixels import laid_out


def expect_exact(values, axes, about=None):
    found = line_sums(values, axes, about)
    kept = [axis for axis in range(values.ndim) if axis not in axes]
    lines = values.transpose(*kept, *axes).reshape(math.prod(values.shape[axis] for axis in kept), -1)
    assert found.shape == tuple(values.shape[axis] for axis in kept)
    with np.errstate(all="ignore"):
        if about is not None:
            lines = np.square(lines.astype(np.float64) - about.reshape(-1, 1))
        for i, (got, line) in enumerate(zip(found.ravel(), lines, strict=True)):
            assert same(got, exact(line)), (i, got, line)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize("n", [1, 3, 40, 300])
@pytest.mark.filterwarnings("ignore:overflow")
def test_hard_lines(n, dtype):
    """Lines of all kinds beside one another, across memory and along it, alone and many of a kind."""
    cases = [np.resize(case, n).astype(dtype) for case in hard_cases(n)]
    for values in (np.array(cases), np.array(cases).T, np.array(cases * 30).T):
        for axis in (0, 1):
            about = np.resize([0.0, 0.1, -3e200, math.inf, math.nan, 1e-300], values.shape[1 - axis])
            if values.shape[axis] in (n, len(cases)):
                expect_exact(values, (axis,))
                expect_exact(values, (axis,), about)


@pytest.mark.parametrize("middle", [1e9, 1e300, -1e-300, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("around", [0.0, 1.0, 1e-9])
def test_a_few_values_are_of_another_size(middle, around):
    """How large values are is guessed by a look at some."""
    values = around * np.random.default_rng(6).normal(size=(301, 203))
    values[101:103, 77] = values[7, 5] = middle
    for axis in (0, 1):
        with np.errstate(all="ignore"):
            expect_exact(values, (axis,))
            expect_exact(values, (axis,), np.full(values.shape[1 - axis], around / 3))


def test_many_lines_end_halfway():
    for line in ([1.0, 2.0**-53], [1.0, 2.0**-53, 0.0, 0.0, 0.0, 2.0**-200], [3.0, -3.0, 2.0**-60]):
        values = np.resize(line, (50, 300)) * np.arange(1, 51)[:, None]
        values[::2] = np.random.default_rng(7).integers(-99, 99, (25, 300))
        expect_exact(values, (1,))
        expect_exact(np.asfortranarray(values).T, (0,))
        expect_exact(values, (1,), np.linspace(-1, 1, 50))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_any_axes_and_layout(dtype, monkeypatch):
    values = np.random.default_rng(4).normal(size=(2, 3, 4, 17)).astype(dtype)
    for n in (1, 2, 3):
        for axes in itertools.combinations(range(4), n):
            expect_exact(values, axes)
            wanted = line_sums(values, axes)
            for layout, block in itertools.product(sorted(set(LAYOUTS)), (1, 50, 2**15)):
                monkeypatch.setattr(kernel, "BLOCK", block)
                monkeypatch.setattr(kernel, "LINES", block)
                found = line_sums(laid_out(values.copy(), layout), axes)
                assert found.tobytes() == wanted.tobytes(), (axes, layout, block)
                assert found.flags.c_contiguous


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(40_000, 3), (3, 40_000), (17, 3000), (3000, 17)])
def test_lines_of_more_than_a_block_and_many_of_them(shape):
    rng = np.random.default_rng(5)
    for values in (rng.random(shape), rng.normal(size=shape).astype("f4"), np.exp(50 * rng.normal(size=shape))):
        for axis in (0, 1):
            expect_exact(values, (axis,))
            away = values - values.mean(axis=axis, keepdims=True)
            expect_exact(away, (axis,))


@given(arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 6))), st.sampled_from([0, 1]))
def test_any_floats(values, axis):
    expect_exact(values, (axis,))
