"""Pixels that keep a distance are those that are taken one by one."""

import numpy as np
import pytest

from maskexpr.kernels import spacing


def one_by_one(m, window):
    """By definition: in scan order, and what lies in the window of one that is taken is gone."""
    left, taken = m.copy(), np.zeros(m.shape, bool)
    offsets = np.argwhere(window) - [n // 2 for n in window.shape]
    for place in np.argwhere(m):
        if left[tuple(place)]:
            taken[tuple(place)] = True
            around = place + offsets
            around = around[np.all((around >= 0) & (around < m.shape), axis=1)]
            left[tuple(around.T)] = False
    return taken


def windows(ndim):
    reaches = np.indices((7,) * ndim) - 3
    return [np.ones((3, 5, 1, 3)[:ndim], bool), np.abs(reaches).sum(axis=0) <= 3, (reaches**2).sum(axis=0) <= 5]


@pytest.mark.parametrize("shape", [(90,), (1, 40), (40, 1), (17, 23), (7, 8, 9), (4, 5, 6, 7)])
def test_spaced_pixels_are_those_taken_one_by_one(shape, rng, monkeypatch):
    monkeypatch.setattr(spacing, "_DENSE", 1)
    monkeypatch.setattr(spacing, "_CLOSE", 1000)
    for share in (0, 0.02, 0.1, 0.3):
        m = rng.random(shape) < share
        for window in windows(len(shape)):
            found = spacing.spaced(m, window)
            assert found is not None
            np.testing.assert_array_equal(found, one_by_one(m, window))


def test_what_is_gone_through_one_by_one(monkeypatch):
    square = np.ones((3, 3), bool)
    assert spacing.spaced(np.ones((9, 9), bool), square) is None  # many
    row = np.zeros((40, 40), bool)
    row[5] = True
    assert spacing.spaced(row, square) is None  # a long chain
    assert spacing.spaced(row, np.ones((1, 201), bool)) is None  # a window of long lines
    row[5, ::2] = False
    np.testing.assert_array_equal(spacing.spaced(row, square), row)
    monkeypatch.setattr(spacing, "_CLOSE", 0)
    row[5, 2] = True
    assert spacing.spaced(row, square) is None
