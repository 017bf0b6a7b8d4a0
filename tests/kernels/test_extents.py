"""Whether masks have something, and where: as NumPy says, however they lie in memory, and packed."""

import numpy as np
import pytest
from helpers.each import each

from maskexpr.kernels import extents, packed
from maskexpr.testing.pixels import laid_out

SHAPES = [(1,), (70,), (500,), (9, 70), (70, 9), (1, 64), (5, 6, 131), (3, 2, 4, 5)]


def masks(shape):
    rng = np.random.default_rng(sum(shape))
    yield from (np.zeros(shape, bool), np.ones(shape, bool))
    for count in (1, 1, 1, 2, 3):
        lone = np.zeros(shape, bool)
        lone[tuple(rng.integers(0, size, count) for size in shape)] = True
        yield from (lone, ~lone)


@pytest.mark.parametrize("layout", ["C", "Fortran", "reversed", "every second"])
@each("shape", SHAPES)
def test_something_and_its_place(shape, layout, monkeypatch):
    for most, first in ((2**20, 2**13), (64, 8)):
        monkeypatch.setattr(extents, "MOST", most)
        monkeypatch.setattr(extents, "_FIRST", first)
        for mask in masks(shape):
            lying, words, width = laid_out(mask, layout), packed.pack(mask), shape[-1]
            assert extents.is_any(lying) is extents.is_any_of_words(words) is bool(mask.any())
            assert extents.is_all(lying) is extents.is_all_of_words(words, width) is bool(mask.all())
            places = np.argwhere(mask)
            wanted = [*zip(places.min(0), places.max(0) + 1, strict=True)] if len(places) else None
            assert extents.box_of(lying) == wanted == extents.box_of_words(words, width)


def test_a_mask_of_two_axes_that_are_swapped_and_turned():
    mask = np.zeros((6, 8, 10), bool)
    mask[1, 2:5, 9] = True
    turned = mask.transpose(2, 0, 1)[:, ::-1]
    assert extents.box_of(turned) == [(9, 10), (4, 5), (2, 5)]
