"""Statistics along axes, against NumPy and exact fractions, for every memory layout and size of a block."""

import itertools
import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS
from helpers.each import each

from maskexpr.kernels import projections
from maskexpr.testing.pixels import laid_out, random_array

SHAPES = [(1, 1), (5, 1), (1, 5), (7, 10), (3, 5, 6), (300, 2), (2, 300), (2, 3, 2, 3)]
TYPES = ["uint8", "int16", "uint32", "int64", "uint64", "float16", "float32", "float64"]
FLOAT64 = np.dtype(np.float64)


def some_axes(ndim):
    return [axes for n in range(1, ndim) for axes in itertools.combinations(range(ndim), n)]


def lines(values, axes):
    """The shape that is left, and the values along the axes for each place in it, in scan order."""
    moved = np.moveaxis(values, axes, range(-len(axes), 0))
    kept = moved.shape[: moved.ndim - len(axes)]
    return kept, [line.tolist() for line in moved.reshape(math.prod(kept), -1)]


def each_line(values, axes, statistic, dtype):
    kept, found = lines(values, axes)
    return np.array([statistic(line) for line in found], object).reshape(kept).astype(dtype)


def variance(line):
    mean = Fraction(sum(line), len(line))
    return math.sqrt(sum((v - mean) ** 2 for v in line) / len(line))


def exact_quantile(line, place):
    ordered, position = sorted(line), place * (len(line) - 1)
    low = math.floor(position)
    return float(ordered[low] + (position - low) * (ordered[math.ceil(position)] - ordered[low]))


@each("shape", SHAPES)
@each("dtype", [name for name in TYPES if "int" in name])
def test_integers_are_exact(dtype, shape):
    """What is found for each line is what Python's own numbers give, rounded once."""
    for fill, axes in itertools.product(("any", "near", "edges"), some_axes(len(shape))):
        values = random_array(np.random.default_rng(5), shape, dtype, fill)
        for name, found, wanted in [
            ("mean", projections.mean(values, axes, FLOAT64), lambda line: sum(line) / len(line)),
            ("std", projections.deviation(values, axes, FLOAT64), variance),
        ]:
            np.testing.assert_array_equal(found, each_line(values, axes, wanted, FLOAT64), f"{name} {axes} {fill}")
        for place in (Fraction(0), Fraction(1, 2), Fraction(333, 1000), Fraction(1, 10**8), Fraction(1)):
            found = projections.quantile(values, axes, place, FLOAT64)
            wanted = each_line(values, axes, lambda line, place=place: exact_quantile(line, place), FLOAT64)
            np.testing.assert_array_equal(found, wanted, f"at {place}: {axes} {fill}")
        if values.dtype.itemsize < 8:
            sums = projections.total(values, axes, np.dtype("uint64" if dtype[0] == "u" else "int64"))
            np.testing.assert_array_equal(sums, values.sum(axis=axes))


@each("shape", SHAPES)
@each("dtype", ["float16", "float32", "float64"])
def test_floating_values_are_numpys(dtype, shape):
    for fill, axes in itertools.product(("any", "few", "edges"), some_axes(len(shape))):
        values, own = random_array(np.random.default_rng(6), shape, dtype, fill), np.dtype(dtype)
        with np.errstate(all="ignore"):
            values[np.isinf(values)] = np.nan  # what lies between inf and others is not NumPy's
            values /= 4
            wide, close = values.astype(np.float64), {"rtol": 1e-2 if dtype == "float16" else 1e-6, "atol": 1e-9}
            np.testing.assert_array_equal(projections.extreme(values, axes, np.minimum), values.min(axis=axes))
            np.testing.assert_array_equal(projections.extreme(values, axes, np.maximum), values.max(axis=axes))
            for found, wanted in [
                (projections.total(values, axes, own), wide.sum(axis=axes)),
                (projections.mean(values, axes, own), wide.mean(axis=axes)),
                (projections.deviation(values, axes, own), wide.std(axis=axes)),
                (projections.quantile(values, axes, Fraction(1, 2), own), np.median(wide, axis=axes)),
                (projections.quantile(values, axes, Fraction(1, 3), own), np.quantile(wide, 1 / 3, axis=axes)),
            ]:
                assert found.dtype == own
                np.testing.assert_allclose(found, wanted.astype(own), **close)


@pytest.mark.parametrize("shape", [(7, 10), (3, 5, 6), (2, 300)])
@pytest.mark.parametrize("dtype", TYPES)
def test_neither_layout_nor_blocks_change_a_bit(dtype, shape, monkeypatch):
    values = random_array(np.random.default_rng(7), shape, dtype, "any")
    own = values.dtype if values.dtype.kind == "f" else FLOAT64
    ways = {
        "mean": lambda v, axes: projections.mean(v, axes, own),
        "std": lambda v, axes: projections.deviation(v, axes, own),
        "third": lambda v, axes: projections.quantile(v, axes, Fraction(1, 3), own),
        "max": lambda v, axes: projections.extreme(v, axes, np.maximum),
    }
    for (name, way), axes in itertools.product(ways.items(), some_axes(len(shape))):
        wanted = way(values, axes)
        assert wanted.flags.c_contiguous
        for layout, most in itertools.product(sorted(set(LAYOUTS)), (1, 50, 2**17)):
            monkeypatch.setattr(projections, "MOST", most)
            found = way(laid_out(values.copy(), layout), axes)
            assert found.tobytes() == wanted.tobytes(), (name, axes, layout, most)


def test_a_zero_has_no_sign():
    values = np.array([[0.0, -0.0], [-0.0, 0.0], [-0.0, -0.0]])
    for found in (
        projections.extreme(values, (1,), np.maximum),
        projections.extreme(values, (1,), np.minimum),
        projections.quantile(values, (1,), Fraction(1, 2), FLOAT64),
    ):
        assert not np.signbit(found).any()


def test_what_is_too_far_apart_for_a_difference_has_a_middle():
    values = np.array([[-1.7e308, 1.7e308], [1.5e308, 1.7e308], [np.inf, 1], [np.nan, 1]])
    with np.errstate(all="ignore"):
        found = projections.quantile(values, (1,), Fraction(1, 2), FLOAT64)
    np.testing.assert_array_equal(found, [0, 1.6e308, np.inf, np.nan])


@each("order", ["C", "F"])
@each("axes", some_axes(3))
@each("dtype", ["uint8", "float32"])
def test_memory_is_bounded(dtype, axes, order):
    """By blocks, and what is left of the longest axis: far below a copy of the image in a wider type."""
    values = np.asarray(np.random.default_rng(8).integers(0, 200, (90, 100, 110)), dtype=dtype, order=order)
    for way in (projections.mean, projections.deviation):
        tracemalloc.start()
        way(values, axes, FLOAT64)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5 * 8 * projections.MOST + 16 * values.size / 90
