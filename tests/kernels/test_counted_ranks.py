"""Ranks by counting equal those of windows that are parted, whatever is told apart by levels or pixel by pixel."""

import numpy as np
import pytest
from helpers.each import each

from maskexpr.kernels import counted_ranks, ranks

TYPES = ["u1", "i1", "u2", "i4", "u8", "f2", "f4", "f8"]


def random_image(random, shape, dtype):
    """Values that are often the same, or seldom; of floats also what is no number, and both zeros."""
    im = random.normal(0, random.choice([3, 60, 1000]), shape)
    if dtype[0] == "f":
        im = im.astype(dtype)
        strange = random.random(shape) < 0.2
        im[strange] = random.choice(np.array([np.nan, np.inf, -np.inf, -0.0, 0], dtype), strange.sum())
        return im
    limits = np.iinfo(dtype)
    return np.clip(im + (100 if limits.min == 0 else 0), max(limits.min, -30_000), min(limits.max, 30_000)).astype(
        dtype
    )


@each("dtype", TYPES)
@pytest.mark.parametrize("tiles", [16, 100, 2**14])
def test_counting_gives_what_parting_gives(dtype, tiles, monkeypatch):
    random = np.random.default_rng(tiles)
    monkeypatch.setattr(counted_ranks, "_TILE", tiles)
    monkeypatch.setattr(counted_ranks, "_TILE_OF_BYTES", tiles)
    for trial in range(12):
        monkeypatch.setattr(counted_ranks, "_OF_PAIR", [0.001, 5.0, 1000.0][trial % 3])  # few levels, and many
        monkeypatch.setattr(counted_ranks, "_LOOKED_AT", [50, 2**16][trial % 2])
        ndim = 1 + trial % 3
        im = random_image(random, random.integers(1, [200, 40, 14][ndim - 1], ndim), dtype)
        window = random.random(random.integers(1, [40, 12, 6][ndim - 1], ndim)) < random.choice([0.5, 1.0])
        window.flat[0] = True
        rank, mode = int(random.integers(window.sum())), random.choice(["reflect", "mirror", "wrap", "constant"])
        found = counted_ranks.by_counts(im[::-1], rank, window, mode=mode)
        assert found.dtype == im.dtype
        np.testing.assert_array_equal(found, ranks.ranked(im[::-1], rank, window, mode))
        assert dtype[0] != "f" or not np.signbit(found[found == 0]).any()


def test_many_levels_in_large_windows():
    """Levels by some of them first, and counts of more than a byte, and of more than two."""
    random = np.random.default_rng(3)
    im = random.integers(0, 2**16, (40, 50), np.uint16)
    assert not counted_ranks.serves(im.dtype, np.ones((3, 3), bool))
    for window in (np.ones((25, 31), bool), np.add.outer(np.arange(-15, 16) ** 2, np.arange(-15, 16) ** 2) <= 225):
        assert counted_ranks.serves(im.dtype, window)
        rank = int(window.sum()) // 3
        np.testing.assert_array_equal(counted_ranks.by_counts(im, rank, window), ranks.ranked(im, rank, window))
    large, half = np.ones((301, 303), bool), 301 * 303 // 2
    np.testing.assert_array_equal(
        counted_ranks.by_counts(im[:5, :3], half, large), ranks.ranked(im[:5, :3], half, large)
    )
    assert counted_ranks.by_counts(im[:0], 0, large).shape == (0, 50)


def test_it_can_be_stopped_in_between(monkeypatch):
    pauses = []
    monkeypatch.setattr(counted_ranks, "pause", lambda: pauses.append(1))
    counted_ranks.by_counts(np.arange(2500, dtype=np.uint16).reshape(50, 50), 60, np.ones((11, 11), bool))
    assert len(pauses) > 20
