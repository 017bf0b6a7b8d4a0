"""The numbers that occur in labels, and where they change."""

import numpy as np
from helpers.biting import SHAPES, strided

from maskexpr.kernels.blocks import BLOCK
from maskexpr.kernels.numbers import occurring, starts


def test_what_occurs(rng):
    for shape in SHAPES:
        labels = strided(rng.integers(0, 9, shape))
        np.testing.assert_array_equal(np.flatnonzero(occurring(labels, 20)), np.unique(labels))


def test_runs_begin_where_numbers_change(rng):
    labels = np.repeat(rng.integers(0, 3, 50), BLOCK // 20)
    places, values = (np.concatenate(parts) for parts in zip(*starts(labels), strict=True))
    np.testing.assert_array_equal(labels[places], values)
    changes = 1 + np.flatnonzero(np.diff(labels))
    assert set(places) == {0, *changes, *range(0, len(labels), BLOCK)}
