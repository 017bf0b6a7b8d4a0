"""Labels grown to the nearest: by a table of all offsets, where there are few."""

import itertools

import numpy as np
import pytest

from maskexpr.kernels import expansion

SHAPES = [(1,), (12,), (1, 9), (9, 1), (11, 14), (4, 5, 6)]


def grown(labels, length, most):
    """Each pixel compared with every other one, at a distance that is a function of the offset."""
    places = np.argwhere(np.ones(labels.shape, bool))
    flat, result = labels.ravel(), labels.ravel().copy()
    for i in np.flatnonzero(flat == 0):
        near = [(length(places[i] - places[j]), flat[j]) for j in np.flatnonzero(flat)]
        result[i] = min((pair for pair in near if pair[0] <= most), default=(0, 0))[1]
    return result.reshape(labels.shape)


def some(rng, shape, share):
    """Labels, the largest number that they can have among them."""
    numbers = np.array([1, 2000, 3000, 2**31 - 1], np.int32)
    return numbers[rng.integers(0, 4, shape)] * (rng.random(shape) < share)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("times", [0, 1, 2, 5, 40])
def test_steps_count_what_they_count(shape, times, rng):
    for share in (0, 0.1, 0.6):
        labels = some(rng, shape, share)
        every = [move for move in itertools.product((-1, 0, 1), repeat=len(shape)) if any(move)]
        faces = [move for move in every if sum(map(abs, move)) == 1]
        for moves, length in ((every, lambda d: np.abs(d).max()), (faces, lambda d: np.abs(d).sum())):
            found = expansion.by_steps(labels, moves, times)
            assert found.dtype == np.int32
            np.testing.assert_array_equal(found, grown(labels, length, times))


@pytest.mark.parametrize("most", [0, 1, 2, 9, 25, 10**4, 10**30])
@pytest.mark.parametrize("way", ["few", "table", "axes"])
@pytest.mark.parametrize("shape", SHAPES)
def test_distances_are_exact(shape, most, way, rng, monkeypatch):
    """Offset by offset, by a table, and along the axes."""
    monkeypatch.setattr(expansion, "FEW_OFFSETS", 10**9 if way == "few" else 0)
    monkeypatch.setattr(expansion, "_MOST_OFFSETS", 0 if way == "axes" else 10**9)
    for share in (0, 0.05, 0.5):
        labels = some(rng, shape, share)
        for steps in ([1] * len(shape), [3, 2, 1][: len(shape)], [10**12, 1, 3][: len(shape)]):
            found = expansion.by_distance(labels, range(len(shape)), steps, most)
            wanted = grown(labels, lambda d, s=steps: sum((int(i) * k) ** 2 for i, k in zip(d, s, strict=True)), most)
            np.testing.assert_array_equal(found, wanted)


def test_slices_grow_by_themselves(rng):
    labels = some(rng, (3, 6, 7), 0.1)
    found = expansion.by_distance(labels, (1, 2), [1, 1], 9)
    for part, wanted in zip(found, labels, strict=True):
        np.testing.assert_array_equal(part, expansion.by_distance(wanted, (0, 1), [1, 1], 9))
