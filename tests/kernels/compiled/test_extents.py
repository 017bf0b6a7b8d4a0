"""Boxes that hold masks, against the NumPy kernel."""

import numpy as np
import pytest

from maskexpr.kernels import extents
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow
SHAPES = [(1, 1), (1, 65), (64, 1), (9, 63), (70, 64), (5, 4, 3), (1, 1, 9), (6, 20, 65)]


def masks(shape, rng):
    """Of all sorts of boxes; any byte but 0 is on."""
    yield from (np.zeros(shape, bool), np.ones(shape, bool))
    for share in (0.5, 0.02):
        yield rng.random(shape) < share
    for _ in range(30):
        mask = np.zeros(shape, bool)
        box = tuple(slice(*np.sort(rng.integers(0, n + 1, 2))) for n in shape)
        mask[box] = rng.random(mask[box].shape) < 0.3
        yield mask
        yield np.where(mask, np.uint8(254), np.uint8(0)).view(bool)
    for _ in range(5):
        mask = np.zeros(shape, bool)
        mask[tuple(rng.integers(0, n) for n in shape)] = True
        yield mask


@pytest.mark.parametrize("most", [1, 2**20])
def test_the_numpy_kernels_boxes(most, rng, built, monkeypatch):
    from maskexpr.kernels.compiled import extents as compiled

    monkeypatch.setattr(compiled, "MOST", most)
    for shape in SHAPES:
        for mask in masks(shape, rng):
            assert compiled.box_of(mask) == plain(extents.box_of)(mask)


def test_what_is_left_to_numpy(built):
    from maskexpr.kernels.compiled import extents as compiled

    for mask in (np.ones(4, bool), np.ones((4, 6), bool)[:, ::2], np.ones((0, 3), bool), np.ones((2, 2, 2, 2), bool)):
        assert compiled.box_of(mask) is NotImplemented
