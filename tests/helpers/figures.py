"""Masks whose regions hang together in odd ways."""

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
