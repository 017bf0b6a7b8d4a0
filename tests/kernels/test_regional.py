"""Sums, extremes and orders of the values of many regions, against one region at a time."""

import math
from fractions import Fraction

import numpy as np
import pytest
from helpers.exact_sums import exact, hard_cases, same

from maskexpr.kernels import regional


def passes(owners, values, rng):
    """The values in blocks of spans, each of one owner."""
    cuts = np.sort(rng.choice(np.arange(1, len(values)), 3, replace=False)) if len(values) > 4 else []

    def again():
        for owner, block in zip(np.split(owners, cuts), np.split(values, cuts), strict=True):
            begins = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
            yield owner[begins], begins, block

    return again


def owned(rng, size, count):
    return np.concatenate([np.arange(count), rng.integers(0, count, size - count)]).astype(np.int64)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"])
@pytest.mark.parametrize("power", [1, 2])
def test_sums_of_whole_values_are_exact(dtype, power, rng):
    info = np.iinfo(dtype)
    values = rng.integers(info.min, info.max, 500, dtype, endpoint=True)
    values[:4] = info.min, info.max, info.max, info.min
    owners = owned(rng, 500, 40)
    sums = regional.whole_sums(passes(owners, values, rng), 40, power).tolist()
    assert sums == [sum(v**power for v in values[owners == i].tolist()) for i in range(40)]


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "wide", "huge", "tiny", "zeros"])
def test_sums_of_floats_are_rounded_once(kind, rng):
    values = rng.normal(size=600) * 50
    if kind == "wide":
        values = np.ldexp(rng.random(600) - 0.5, rng.integers(-900, 880, 600))
        values[300:] = -values[:300]
    elif kind == "huge":
        values = np.ldexp(rng.random(600) - 0.5, 1020)
    elif kind == "tiny":
        values = rng.integers(-99, 99, 600) * 5e-324
    elif kind == "zeros":
        values = np.zeros(600)
    else:
        values = values.astype(kind)
    owners = owned(rng, 600, 30)
    sums = regional.float_sums(passes(owners, values, rng), 30, int(np.bincount(owners).max())).tolist()
    assert sums == [float(sum(map(Fraction, values[owners == i].tolist()))) for i in range(30)]


def test_what_is_not_finite_stays_in_its_region(rng):
    values = np.array([1.0, math.inf, 2, -math.inf, math.inf, math.nan, 5, 6])
    owners = np.array([0, 0, 1, 2, 2, 3, 4, 4])
    with np.errstate(invalid="ignore"):
        sums = regional.float_sums(passes(owners, values, rng), 5, 2)
        least = regional.extremes(passes(owners, values, rng), 5, values.dtype, np.minimum)
    np.testing.assert_array_equal(sums, [math.inf, 2, math.nan, math.nan, 11])
    np.testing.assert_array_equal(least, [1, 2, -math.inf, math.nan, 5])


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_values_by_region_and_their_extremes(dtype, rng):
    values, owners = rng.integers(0, 99, 300).astype(dtype), owned(rng, 300, 25)
    grouped, begin = regional.by_region(passes(owners, values, rng), 25, dtype)
    for i, part in enumerate(np.split(grouped, begin[1:])):
        assert sorted(part.tolist()) == sorted(values[owners == i].tolist())
    for function, best in ((np.minimum, min), (np.maximum, max)):
        found = regional.extremes(passes(owners, values, rng), 25, np.dtype(dtype), function)
        assert found.dtype == dtype
        assert found.tolist() == [best(values[owners == i].tolist()) for i in range(25)]


def one_by_one(owners, values):
    """Each value a span of its own, in one block."""
    return lambda: iter([(owners, np.arange(len(owners)), values)] if len(owners) else [])


@pytest.mark.parametrize("count", [1, 7, 300])
def test_sums_of_owners(count):
    rng = np.random.default_rng(count)
    for x in [x for n in (1, 3, 999) for x in hard_cases(n)]:
        for dtype in ("float64", "float32"):
            with np.errstate(over="ignore"):
                values = x.astype(dtype)
            owners = rng.integers(0, count, x.size)
            order = np.argsort(owners, kind="stable")
            groups = np.split(values[order], np.cumsum(np.bincount(owners, minlength=count))[:-1])
            most = int(np.bincount(owners, minlength=1).max())
            found = regional.float_sums(one_by_one(owners, values), count, most)
            assert found.shape == (count,)
            assert all(same(a, exact(group)) for a, group in zip(found, groups, strict=True))
