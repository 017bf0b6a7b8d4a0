"""Masks whose regions hang together in odd ways."""

from collections.abc import Iterator

import numpy as np


def spiral(size: int) -> np.ndarray:
    """One path, a pixel wide, from the outside in: its runs are joined only through a long chain."""
    mask = np.zeros((size, size), bool)
    for k in range(0, size // 2, 2):
        end = size - k
        mask[k, k:end] = mask[end - 1, k:end] = mask[k:end, end - 1] = mask[k + 2 : end, k] = True
        mask[k + 2, k : k + 3] = True
    return mask


def comb(size: int) -> np.ndarray:
    """Teeth that a single run joins."""
    mask = np.zeros((size, size), bool)
    mask[:, ::2] = mask[-1] = True
    return mask


EXTREME_SHAPES = [(1,), (130,), (1, 1), (7, 64), (64, 1), (5, 65), (3, 4, 63), (2, 1, 3, 2)]


def extreme_masks(shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Off, on and chequered everywhere; one pixel on, or off, in a corner and inside."""
    yield np.zeros(shape, bool)
    yield np.ones(shape, bool)
    yield np.indices(shape).sum(axis=0) % 2 == 0
    for place in (0, -1, np.prod(shape) // 2):
        lone = np.zeros(shape, bool)
        lone.flat[place] = True
        yield lone
        yield ~lone
