"""Regions numbered, counted and chosen equal what the library means, on the shapes that bite."""

import itertools

import imageio.v3 as iio
import numpy as np
import pytest
import scipy.ndimage as ndi
from helpers import places
from helpers.each import each
from helpers.figures import EXTREME_SHAPES, comb, extreme_masks, spiral

from maskexpr.kernels import regions as kernel
from maskexpr.kernels.packed import pack, unpack
from maskexpr.library.regions import components as meaning

ANKLE = iio.imread(places.ANKLE)


def check(mask: np.ndarray) -> None:
    for connectivity in range(1, mask.ndim + 1):
        check_connectivity(mask, connectivity)


def check_connectivity(mask: np.ndarray, connectivity: int) -> None:
    words, shape, width = pack(mask), mask.shape, mask.shape[-1]
    before = words.copy()
    structure = ndi.generate_binary_structure(mask.ndim, connectivity)
    labels, count = ndi.label(mask, structure)

    def same(result: np.ndarray, expected: np.ndarray) -> None:
        np.testing.assert_array_equal(unpack(result, width), expected)
        np.testing.assert_array_equal(result, pack(expected))  # the bits past a row's end, too

    assert kernel.count(words, shape, connectivity) == count
    out = np.full(shape, -1, np.int32)
    assert kernel.label(words, shape, connectivity, None, out) is out
    np.testing.assert_array_equal(out, labels)

    same(kernel.clear_border(words, shape, connectivity), meaning.clear_border(mask, connectivity))
    same(kernel.fill_holes(words, shape, connectivity), meaning.fill_holes(mask, None, connectivity))
    same(kernel.fill_holes(words, shape, connectivity), ndi.binary_fill_holes(mask, structure))
    for k in (1, 2, 5, 10**30):
        same(kernel.keep_largest(words, shape, connectivity, k), meaning.keep_largest(mask, k, connectivity))
    for size in (0, 2, 3, 10**30):
        kept = kernel.keep_sizes(words, shape, connectivity, lambda sizes, limit=size: sizes >= limit)
        same(kept, meaning.remove_small(mask, size, connectivity))

    seeds = np.random.default_rng(1).random(shape) < 0.1
    hit = np.isin(labels, labels[seeds & mask]) & mask
    same(kernel.keep_hit(words, pack(seeds), shape, connectivity), hit)
    np.testing.assert_array_equal(words, before)


def check_axes(mask: np.ndarray) -> None:
    """Some axes, the last one among them, at each connectivity they have."""
    words, shape = pack(mask), mask.shape
    others = range(mask.ndim - 1)
    for count in range(len(others)):
        for rows in itertools.combinations(others, count):
            axes = (*rows, mask.ndim - 1)
            for connectivity in range(1, len(axes) + 1):
                check_slices(mask, words, shape, connectivity, axes)


def check_slices(
    mask: np.ndarray, words: np.ndarray, shape: tuple[int, ...], connectivity: int, axes: tuple[int, ...]
) -> None:
    given = (words, shape, connectivity)
    labels = meaning.label(mask, connectivity, axes)
    np.testing.assert_array_equal(kernel.label(*given, axes), labels)
    assert kernel.count(*given, axes) == labels.max()
    pairs = [
        (kernel.clear_border(*given, axes), meaning.clear_border(mask, connectivity, axes)),
        (kernel.fill_holes(*given, axes), meaning.fill_holes(mask, None, connectivity, axes)),
        (
            kernel.fill_holes(*given, axes, lambda sizes: sizes <= 2),
            meaning.fill_holes(mask, 2, connectivity, axes),
        ),
        (
            kernel.keep_sizes(*given, lambda sizes: sizes <= 2, axes),
            meaning.remove_large(mask, 2, connectivity, axes),
        ),
    ]
    pairs += [
        (kernel.keep_largest(*given, k, axes), meaning.keep_largest(mask, k, connectivity, axes))
        for k in (1, 2, 10**30)
    ]
    place = tuple(np.argwhere(mask)[-1].tolist()) if mask.any() else (0,) * mask.ndim
    hit = (labels == labels[place]) & mask
    pairs.append((kernel.keep_hit(words, kernel.lone_pixel(place, shape), shape, connectivity, axes), hit))
    for found, wanted in pairs:
        np.testing.assert_array_equal(found, pack(wanted))


@pytest.mark.parametrize("shape", [(7, 64), (1, 65), (3, 4, 63), (3, 1, 64), (1, 3, 130), (2, 3, 2, 65)], ids=str)
def test_slices(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for density in (0, 0.1, 0.5, 0.9, 1):
        check_axes(rng.random(shape) < density)


@pytest.mark.slow
@each("width", [1, 63, 64, 65, 127, 128, 130])
@pytest.mark.parametrize("rows", [(), (1,), (7,), (3, 4), (3, 1), (1, 3), (2, 3, 2)], ids=str)
def test_random_masks(rows: tuple[int, ...], width: int) -> None:
    rng = np.random.default_rng(0)
    for density in (0.2, 0.6):
        check(rng.random((*rows, width)) < density)


@pytest.mark.slow
@pytest.mark.parametrize("shape", EXTREME_SHAPES, ids=str)
def test_extreme_masks(shape: tuple[int, ...]) -> None:
    for mask in extreme_masks(shape):
        check(mask)


@pytest.mark.parametrize("figure", [spiral(101), comb(67)], ids=["spiral", "comb"])
def test_long_ways_round(figure: np.ndarray) -> None:
    for mask in (figure, figure[::-1], figure.T, figure[:, ::-1]):
        check(mask)
        check(~mask)
    check(np.stack([figure, ~figure, figure.T]))


@pytest.mark.parametrize("level", [20, 60, 110, 180])
def test_a_radiograph(level: int) -> None:
    check(level < ANKLE)


def test_a_mask_of_no_pixels() -> None:
    for shape in ((0,), (0, 5), (5, 0), (2, 0, 3)):
        empty = pack(np.zeros(shape, bool))
        assert kernel.label(empty, shape, 1).shape == shape
        assert kernel.count(empty, shape, 1) == 0
        assert kernel.keep_largest(empty, shape, 1, 1).sum() == 0


def test_a_lone_pixel_is_where_it_is_put() -> None:
    for shape in ((1,), (130,), (3, 64), (2, 3, 65)):
        for place in np.ndindex(*shape):
            mask = np.zeros(shape, bool)
            mask[place] = True
            np.testing.assert_array_equal(kernel.lone_pixel(place, shape), pack(mask))
