"""Compiled sizes, boxes and sums of places are the NumPy kernels'."""

import numpy as np
import pytest

from maskexpr.kernels import place_sums
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("number", [0, 1, 200])
def test_sums_are_the_same(axes, number, rng, built):
    from maskexpr.kernels.compiled import place_sums as compiled

    owner, lengths = rng.integers(0, 9, number), rng.integers(1, 2000, number)
    places = rng.integers(0, 2000, (axes, number))
    for along in (None, *range(axes)):
        both = []
        for kernels in (compiled, place_sums):
            sizes, firsts, lasts = np.zeros(9, np.int64), np.full((axes, 9), 2**62), np.full((axes, 9), -1)
            sums, products = np.zeros((axes, 9), np.int64), np.zeros((axes, axes, 9), np.int64)
            plain(kernels.add_sizes)(sizes, owner, lengths)
            plain(kernels.widen_boxes)(firsts, lasts, owner, places, lengths, along)
            plain(kernels.add_places)(sums, products, owner, places, lengths, along)
            both.append([sizes, firsts, lasts, sums, products])
        for found, expected in zip(*both, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_integers_of_pythons_are_left(built):
    from maskexpr.kernels.compiled.place_sums import add_places

    some, places = np.zeros(1, np.int64), np.zeros((1, 1), np.int64)
    assert (
        add_places(np.zeros((1, 1), object), np.zeros((1, 1, 1), object), some, places, some + 1, 0) is NotImplemented
    )
