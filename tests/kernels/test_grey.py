"""Fast grey morphology equals the bodies of dilate and erode."""

from fractions import Fraction

import imageio.v3 as iio
import numpy as np
import pytest
from helpers import places
from helpers.each import each

from maskexpr.functions.settling import Distance
from maskexpr.kernels import grey
from maskexpr.library import elements
from maskexpr.library.morphology.elementary import dilate, erode

ANKLE = iio.imread(places.ANKLE)
SHAPES = [(1,), (2,), (70,), (1, 1), (1, 30), (30, 1), (13, 17), (40, 23), (5, 1, 6), (7, 8, 9), (3, 4, 5, 6)]
TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
REACHES = [0, 1, 2, 3, 5, 8, 50]
OPERATIONS = [(np.maximum, dilate), (np.minimum, erode)]


def random_image(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    """Every bit pattern that a type has, with the values that bite."""
    random = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind != "f":
        limits = np.iinfo(kind)
        return random.integers(limits.min, limits.max, shape, kind, endpoint=True)
    im = random.normal(0, 100, shape).astype(kind)
    special = random.choice(np.array([0.0, -0.0, np.nan, np.inf, -np.inf], kind), shape, p=[0.4, 0.4, 0.02, 0.09, 0.09])
    return np.where(random.random(shape) < 0.4, special, im)


def assert_same(fast: np.ndarray, plain: np.ndarray) -> None:
    assert fast.dtype == plain.dtype
    assert fast.flags.c_contiguous
    np.testing.assert_array_equal(fast, plain)
    if plain.dtype.kind == "f":
        numbers = ~np.isnan(plain)
        np.testing.assert_array_equal(np.signbit(fast)[numbers], np.signbit(plain)[numbers])


def some_axes(ndim: int, seed: int) -> tuple[int, ...]:
    return tuple(a for a in range(ndim) if (seed >> a) & 1) or (seed % ndim,)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", TYPES)
@each("shape", SHAPES)
def test_squares_and_diamonds_equal_the_bodies(shape: tuple[int, ...], dtype: str) -> None:
    for seed, reach in enumerate(REACHES):
        im = random_image(shape, dtype, seed)
        axes = None if seed % 2 else some_axes(im.ndim, seed)
        worked = elements.worked_axes(axes, im.ndim)
        n = Distance(Fraction(reach))
        for ufunc, body in OPERATIONS:
            reaches = [reach if a in worked else 0 for a in range(im.ndim)]
            assert_same(grey.extreme_of_square(im, reaches, ufunc), body(im, n, "square", axes))
            assert_same(grey.extreme_of_diamond(im, reach, axes, ufunc), body(im, n, "diamond", axes))


@pytest.mark.parametrize("shape", [(200,), (61, 67), (19, 20, 21), (9, 10, 11, 12)])
def test_a_diamond_of_any_reach_has_no_holes(shape: tuple[int, ...]) -> None:
    """One lit pixel shows the element itself, once in the middle and once at a corner."""
    for place in (tuple(n // 2 for n in shape), (0,) * len(shape), tuple(n - 1 for n in shape)):
        im = np.zeros(shape, np.uint8)
        im[place] = 1
        distance = sum(np.abs(i - p) for i, p in zip(np.indices(shape), place, strict=True))
        for reach in range(1, min(40, sum(shape))):
            assert np.array_equal(grey.extreme_of_diamond(im, reach, None, np.maximum), distance <= reach)


@pytest.mark.parametrize("dtype", ["u1", "i2", "u8", "f2", "f4", "f8"])
@each("shape", SHAPES)
def test_disks_equal_the_bodies(shape: tuple[int, ...], dtype: str) -> None:
    for seed, reach in enumerate([Fraction(0), Fraction(1), Fraction(5, 2), Fraction(4), Fraction(20)]):
        if len(shape) == 4 and reach > 3:
            continue
        im = random_image(shape, dtype, seed)
        axes = None if seed % 2 else some_axes(im.ndim, seed)
        n = Distance(reach)
        footprint = elements.footprint(n, "disk", axes, im.ndim, im.shape)
        for ufunc, body in OPERATIONS:
            assert_same(grey.extreme_of_footprint(im, footprint, ufunc), body(im, n, "disk", axes))


@pytest.mark.parametrize("dtype", ["u1", "f4"])
@pytest.mark.parametrize(
    "pattern", ["010/111/010", "1101011", "10", "01/10", "1/0/0/0", "000", "1000001/0000000", "11/10//01/11", "1//0//1"]
)
def test_patterns_equal_the_bodies(pattern: str, dtype: str) -> None:
    footprint = elements.pattern_array(pattern)
    for seed, shape in enumerate(SHAPES):
        if len(shape) != footprint.ndim:
            continue
        im = random_image(shape, dtype, seed)
        for ufunc, body in OPERATIONS:
            plain = body(im, Distance(Fraction(1)), pattern, None)
            assert_same(grey.extreme_of_footprint(im, footprint, ufunc), plain)


@each("seed", range(60))
def test_random_footprints_equal_the_bodies(seed: int) -> None:
    random = np.random.default_rng(seed)
    ndim = 1 + seed % 3
    im = random_image(tuple(random.integers(1, 12, ndim)), TYPES[seed % len(TYPES)], seed)
    sizes = random.integers(1, 8, ndim)
    rows = random.random(tuple(sizes)) < random.choice([0.2, 0.5, 0.9])
    pattern = "//".join("/".join("".join("01"[int(v)] for v in row) for row in plane) for plane in np.atleast_3d(rows))
    if ndim < 3:
        pattern = "/".join("".join("01"[int(v)] for v in row) for row in np.atleast_2d(rows))
    if ndim == 2 and "/" not in pattern:
        rows, pattern = np.vstack([rows, rows]), f"{pattern}/{pattern}"
    if ndim == 3 and "//" not in pattern:
        rows, pattern = np.concatenate([rows, rows]), f"{pattern}//{pattern}"
    for ufunc, body in OPERATIONS:
        plain = body(im, Distance(Fraction(1)), pattern, None)
        assert_same(grey.extreme_of_footprint(im, rows, ufunc), plain)


def test_views_are_read_and_out_is_filled() -> None:
    for im in (ANKLE.T, ANKLE[::-2, 1:], np.asfortranarray(ANKLE)):
        before = im.copy()
        out = np.empty(im.shape, im.dtype)
        assert grey.extreme_of_square(im, (2, 3), np.minimum, out) is out
        assert_same(out, grey.extreme_of_square(before, (2, 3), np.minimum))
        grey.extreme_of_diamond(im, 3, None, np.maximum, out)
        assert_same(out, dilate(before, Distance(Fraction(3))))
        grey.extreme_of_footprint(im, np.ones((1, 3), bool), np.maximum, out)
        assert_same(out, dilate(before, Distance(Fraction(1)), "square", (1,)))
        assert np.array_equal(im, before)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["u1", "f2", "f4"])
def test_the_ankle(dtype: str) -> None:
    im = ANKLE.astype(dtype)
    n = Distance(Fraction(6))
    for ufunc, body in OPERATIONS:
        assert_same(grey.extreme_of_square(im, (6, 6), ufunc), body(im, n, "square", None))
        assert_same(grey.extreme_of_diamond(im, 6, None, ufunc), body(im, n, "diamond", None))
        disk = elements.footprint(n, "disk", None, 2)
        assert_same(grey.extreme_of_footprint(im, disk, ufunc), body(im, n, "disk", None))


def test_zeros_are_positive() -> None:
    """Which of two zeros an extreme takes would depend on the order, and so on the way a program is run."""
    im = np.array([[-0.0, 0.0, -0.0], [-1.0, -0.0, 1.0]])
    for dtype in ("f2", "f4", "f8"):
        for reach in (0, 1):
            for ufunc, body in OPERATIONS:
                for shape in ("diamond", "square", "disk"):
                    plain = body(im.astype(dtype), Distance(Fraction(reach)), shape, None)
                    assert not np.signbit(plain[plain == 0]).any()
                fast = grey.extreme_of_square(im.astype(dtype), (reach, reach), ufunc)
                assert not np.signbit(fast[fast == 0]).any()


def test_nothing_is_made_of_nothing() -> None:
    im = np.empty((0, 4), np.uint8)
    assert grey.extreme_of_square(im, (1, 1), np.maximum).shape == (0, 4)
    assert grey.extreme_of_diamond(im, 1, None, np.maximum).shape == (0, 4)
    assert grey.extreme_of_footprint(im, np.ones((3, 3), bool), np.maximum).shape == (0, 4)
