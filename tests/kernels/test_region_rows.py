"""Spans of one row are joined, and ordered by region and place."""

import numpy as np
import pytest

from maskexpr.kernels.region_rows import joined


@pytest.mark.parametrize("far", [4, 2**31 - 1])  # keys that fit one number, and such that do not
def test_rows_are_ordered_and_whole(far, rng):
    keys = rng.integers(0, 4, (3, 200)) * (far // 3)
    first = rng.integers(0, 50, 200)
    last = first + rng.integers(0, 9, 200)
    parts = [(keys[:, a:b], first[a:b], last[a:b]) for a, b in ((0, 70), (70, 70), (70, 200))]
    found, starts, ends = joined(parts)
    wanted = sorted({tuple(key) for key in keys.T.tolist()})
    assert [tuple(key) for key in found.T.tolist()] == wanted
    for key, start, end in zip(wanted, starts, ends, strict=True):
        own = (key == keys.T).all(axis=1)
        assert (start, end) == (first[own].min(), last[own].max())


def test_no_rows():
    keys, first, last = joined([(np.zeros((2, 0), np.int32), np.zeros(0), np.zeros(0))])
    assert keys.shape == (2, 0)
    assert not len(first) + len(last)
