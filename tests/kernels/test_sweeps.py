"""Grey reconstruction by sweeps, against scikit-image, and against its definition, applied until nothing changes."""

import itertools

import numpy as np
import pytest
import skimage.data
import skimage.morphology

from maskexpr.kernels import sweeps
from maskexpr.kernels.sweeps import reconstruction

SHAPES = [(1,), (40,), (1, 1), (1, 31), (31, 1), (9, 13), (7, 64), (4, 5, 6), (1, 7, 8), (2, 3, 2, 3)]


def offsets(ndim, connectivity):
    moves = itertools.product((-1, 0, 1), repeat=ndim)
    return [move for move in moves if 0 < sum(map(abs, move)) <= connectivity]


def by_definition(start, limit, moves):
    """Each pixel takes the highest of its neighbours, no more than the limit, over and over."""
    lowest = np.array(-np.inf if start.dtype.kind == "f" else np.iinfo(start.dtype).min, start.dtype)
    inside = (slice(1, -1),) * start.ndim
    result = start
    while True:
        framed = np.pad(result, 1, constant_values=lowest)
        near = [np.roll(framed, move, range(start.ndim))[inside] for move in moves]
        taken = np.minimum(np.maximum.reduce([result, *near]), limit)
        if np.array_equal(taken, result):
            return result
        result = taken


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "bool"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_definition(shape, dtype, rng):
    limit = rng.integers(0, 2 if dtype == "bool" else 9, shape).astype(dtype)
    start = np.minimum(limit, rng.integers(0, 2 if dtype == "bool" else 9, shape).astype(dtype))
    for connectivity in range(1, len(shape) + 1):
        moves = offsets(len(shape), connectivity)
        if dtype == "bool":
            expected = by_definition(start.view(np.uint8), limit.view(np.uint8), moves).view(bool)
        else:
            expected = by_definition(start, limit, moves)
        found = reconstruction(start, limit, moves)
        assert found.dtype == start.dtype
        assert found.flags.c_contiguous
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("moves", [[(0, 1), (0, -1)], [(1, 0), (-1, 0)], [(1, 1), (-1, -1)], []])
def test_some_neighbours_alone(moves, rng):
    limit = rng.integers(0, 9, (12, 14))
    start = np.where(rng.random(limit.shape) < 0.1, limit, 0)
    np.testing.assert_array_equal(reconstruction(start, limit, moves), by_definition(start, limit, moves))


def test_a_real_image_is_scikit_images():
    coins = skimage.data.coins()
    for lower in (20, 60):
        start = np.maximum(coins, lower) - lower
        for connectivity in (1, 2):
            footprint = np.zeros((3, 3), bool)
            footprint[1, 1] = True
            for move in offsets(2, connectivity):
                footprint[move[0] + 1, move[1] + 1] = True
            expected = skimage.morphology.reconstruction(start, coins, footprint=footprint)
            np.testing.assert_array_equal(reconstruction(start, coins, offsets(2, connectivity)), expected)


def test_a_long_way_round():
    """The lone high pixel is let through a spiral, to and fro, and nowhere else."""
    size = 31
    way = np.zeros((size, size), np.uint8)
    for k in range(0, size // 2, 2):
        end = size - k
        way[k, k:end] = way[end - 1, k:end] = way[k:end, end - 1] = way[k + 2 : end, k] = 200
        way[k + 2, k : k + 3] = 200
    start = np.zeros_like(way)
    start[0, 0] = 150
    expected = np.where(way, 150, 0)
    np.testing.assert_array_equal(reconstruction(start, way, offsets(2, 1)), expected)


def test_nothing_is_written_to_what_is_given(rng):
    limit = rng.integers(1, 9, (8, 9))
    start = np.zeros_like(limit)
    start[4, 4] = 1
    before = start.copy(), limit.copy()
    reconstruction(np.asfortranarray(start), limit[::-1][::-1], offsets(2, 2))
    reconstruction(start, limit, offsets(2, 2))
    np.testing.assert_array_equal(start, before[0])
    np.testing.assert_array_equal(limit, before[1])


@pytest.mark.parametrize("dtype", ["uint8", "int64", "uint64", "float16", "float32", "float64", "bool"])
@pytest.mark.parametrize("most", [1, 7, 10**6])
def test_pixels_one_by_one_after_each_sweep(most, dtype, rng, monkeypatch):
    """However many are taken."""
    monkeypatch.setattr(sweeps, "_SWEEPS_FIRST", 1)
    monkeypatch.setattr(sweeps, "_FEW", most)
    for shape in SHAPES:
        levels = 2 if dtype == "bool" else 5
        limit = rng.integers(0, levels, shape).astype(dtype)
        start = np.where(rng.random(shape) < 0.2, limit, np.zeros(1, dtype))
        for connectivity in range(1, len(shape) + 1):
            moves = offsets(len(shape), connectivity)
            found = reconstruction(start, limit, moves)
            assert found.dtype == start.dtype
            wide = np.uint8 if dtype == "bool" else dtype
            expected = by_definition(start.astype(wide), limit.astype(wide), moves)
            np.testing.assert_array_equal(found, expected.astype(dtype))


def test_a_way_that_turns_at_each_pixel(monkeypatch):
    """By sweeps alone it would take one for each turn."""
    size = 301
    way = np.zeros((size, size), np.uint16)
    for i in range(0, size - 1, 4):  # stairs down to the right, side by side
        for j in range(size - i - 1):
            way[i + j, j] = way[i + j + 1, j] = 100 + i
    start = np.where(np.arange(size) == 0, way, 0).astype(np.uint16)
    swept = []
    whole = sweeps._sweep
    monkeypatch.setattr(sweeps, "_sweep", lambda *given: swept.append(whole(*given)))
    np.testing.assert_array_equal(reconstruction(start, way, offsets(2, 1)), np.where(way > 0, way, 0))
    assert len(swept) < 100
