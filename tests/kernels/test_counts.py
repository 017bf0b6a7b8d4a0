"""Values and bins counted block by block, against NumPy, which sorts."""

import numpy as np
import pytest
from helpers.each import each

from maskexpr.kernels import counts
from maskexpr.kernels.counts import count_bins, count_values

INTEGERS = ["int8", "uint8", "int16", "uint16", ">i2", "int32", "uint32", "int64", "uint64"]


def expect_counts(values):
    for found, expected in zip(count_values(values), np.unique(values, return_counts=True), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


def test_values_are_numpys(im):
    expect_counts(im)


@pytest.mark.parametrize("block", [1, 7, 2**16])
def test_blocks_of_any_size(im, block, monkeypatch):
    monkeypatch.setattr(counts, "_BLOCK", block)
    monkeypatch.setattr(counts, "BINNED", block)
    expect_counts(im)
    finite = im[np.isfinite(im)].astype(float)
    edges = np.linspace(finite.min(), finite.max() + 1, 12)
    np.testing.assert_array_equal(count_bins(finite, edges), np.histogram(finite, edges)[0])


@pytest.mark.parametrize("dtype", INTEGERS)
def test_values_that_lie_close_at_the_ends_of_a_type(dtype):
    info = np.iinfo(dtype)
    steps = np.random.default_rng(4).integers(0, 100, 70_000)
    for values in (info.min + steps.astype(dtype), info.max - steps.astype(dtype)):
        expect_counts(values.astype(dtype))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_values_from_end_to_end_of_a_type(dtype):
    """Whose differences wrap."""
    info = np.iinfo(dtype)
    expect_counts(np.array([info.max, info.min, info.min, info.max, info.min], dtype))


@pytest.mark.parametrize("span", [2**16 - 1, 2**16, 2**16 + 1, 2**62])
def test_values_that_span_more_or_less(span):
    expect_counts(np.array([-5, span - 6, span - 6, 7]))


def test_a_lone_value():
    for dtype in [*INTEGERS, "float32"]:
        expect_counts(np.full((1, 1), 3, dtype))
        expect_counts(np.full((9, 64), 3, dtype))


@pytest.mark.parametrize("size", [1, 9, 100_000])
def test_bins_are_numpys(rng, size):
    values = np.round(rng.normal(size=size), 2)
    edges = np.linspace(values.min(), values.max(), 257)
    np.testing.assert_array_equal(count_bins(values, edges), np.histogram(values, edges)[0])


@each("bins", [1, 2, 3, 10, 255])
@each("low, high", [(0, 1), (-0.3, 0.3), (1e-300, 3e-300), (-1e300, 1e300), (2**53, 2**53 + 64)])
def test_values_on_the_edges_are_where_numpy_has_them(low, high, bins):
    """A quotient may be rounded to the next bin, or past the last."""
    edges = np.linspace(low, high, bins + 1)
    values = np.concatenate([edges, np.nextafter(edges, -np.inf)[1:], np.nextafter(edges, np.inf)[:-1]])
    np.testing.assert_array_equal(count_bins(values, edges), np.histogram(values, edges)[0])


@each("dtype", ["float16", "float32", "float64"])
def test_what_lies_beyond_the_edges_is_not_counted(dtype, rng):
    values = np.append(rng.normal(size=50_000), [np.nan, np.inf, -np.inf, 1.0, -1.0]).astype(dtype)
    for edges in (np.linspace(-1, 1, 11), np.linspace(0.1, 0.7, 4), np.linspace(50, 60, 3), np.full(3, 1.0)):
        finite = values[np.isfinite(values)].astype(float)
        np.testing.assert_array_equal(count_bins(values, edges), np.histogram(finite, edges)[0])


def test_edges_too_far_apart_or_too_near_for_a_quotient():
    values = np.array([-1e308, 0.0, 1e308, 1e308])
    edges = np.array([-1.7e308, -0.5e308, 0.5e308, 1.7e308])  # further apart than the largest number
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(count_bins(values, edges), np.histogram(values, edges)[0])
    edges = np.array([1.0, 1.0, 1.0])  # no two apart
    np.testing.assert_array_equal(count_bins(np.ones(5), edges), np.histogram(np.ones(5), edges)[0])


@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_bytes_are_counted_two_at_a_time(dtype, monkeypatch):
    monkeypatch.setattr(counts, "_PAIRED", 0)
    monkeypatch.setattr(counts, "MOST_BLOCK", 50)
    rng, info = np.random.default_rng(1), np.iinfo(dtype)
    for size in (1, 2, 99, 100, 101, 333):
        for start in (0, 1):  # which lies at an odd place
            values = rng.integers(info.min, info.max, size + start, endpoint=True).astype(dtype)[start:]
            for found, wanted in zip(count_values(values), np.unique(values, return_counts=True), strict=True):
                np.testing.assert_array_equal(found, wanted, strict=True)


def test_values_on_the_edges_of_bins_and_beside_them():
    rng = np.random.default_rng(2)
    for bins in (1, 2, 7, 256):
        for low, width in ((0.0, 1.0), (-3.0, 0.1), (1e15, 40.0), (1e-300, 1e-302), (-1e307, 9e307), (0.1, 255.0)):
            edges = np.linspace(low, low + width, bins + 1)
            near = [np.nextafter(edges, up) for up in (-np.inf, np.inf)]
            values = np.concatenate([edges, *near, rng.uniform(low, low + width, 99)]).clip(edges[0], edges[-1])
            np.testing.assert_array_equal(count_bins(values, edges), np.histogram(values, edges)[0])
