"""Sizes, boxes and sums of places by spans, against those of all pixels."""

import numpy as np
import pytest

from maskexpr.kernels.place_sums import add_places, add_sizes, widen_boxes


@pytest.mark.parametrize("along", [None, 0, 1, 2])
@pytest.mark.parametrize("dtype", [np.int64, object])
def test_they_are_those_of_all_pixels(along, dtype, rng):
    owner, lengths, places = rng.integers(0, 5, 60), rng.integers(1, 9, 60), rng.integers(0, 40, (3, 60))
    sizes, firsts, lasts = np.zeros(5, np.int64), np.full((3, 5), 99), np.full((3, 5), -1)
    sums, products = np.zeros((3, 5), dtype), np.zeros((3, 3, 5), dtype)
    add_sizes(sizes, owner, lengths)
    widen_boxes(firsts, lasts, owner, places, lengths, along)
    add_places(sums, products, owner, places, lengths, along)
    step = np.array([axis == along for axis in range(3)])
    for region in set(owner):
        spans = np.flatnonzero(owner == region)
        pixels = np.concatenate([places[:, i] + np.outer(np.arange(lengths[i]), step) for i in spans])
        assert sizes[region] == len(pixels)
        np.testing.assert_array_equal(firsts[:, region], pixels.min(axis=0))
        np.testing.assert_array_equal(lasts[:, region], pixels.max(axis=0))
        np.testing.assert_array_equal(sums[:, region], pixels.sum(axis=0))
        np.testing.assert_array_equal(np.triu(products[..., region]), np.triu(pixels.T @ pixels))
