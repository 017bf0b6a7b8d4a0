"""Calipers of flat regions, against all pairs of the corners of their pixels."""

import numpy as np
import pytest
import scipy

from maskexpr.kernels import calipers
from maskexpr.library.regions.pixels import Regions


def rows_of(labels, count):
    owner, places, first, last = Regions(labels, count).rows
    return owner, places[0], first, last


def corners_of(pixels, weights):
    """All corners of some pixels."""
    moves = [(a, b) for a in (0, 1) for b in (0, 1)]
    return np.unique(np.concatenate([pixels + move for move in moves]), axis=0) * weights


def expected(pixels, weights):
    """The largest distance of two corners, and the least width, seen along each edge of SciPy's hull."""
    points = corners_of(pixels, weights)
    hull = points[scipy.spatial.ConvexHull(points).vertices]
    longest = max(np.hypot(*(hull - corner).T).max() for corner in hull)
    edges = np.roll(hull, -1, axis=0) - hull
    widths = [
        np.abs(edge[0] * (hull - corner)[:, 1] - edge[1] * (hull - corner)[:, 0]).max() / np.hypot(*edge)
        for corner, edge in zip(hull, edges, strict=True)
    ]
    return longest, min(widths)


@pytest.mark.parametrize("weights", [(1.0, 1.0), (2.0, 0.5), (0.7, 3.1)])
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_calipers_of_any_regions(weights, share, rng):
    smooth = scipy.ndimage.gaussian_filter(rng.random((50, 60)), 1.5)
    for mask in (rng.random((12, 70)) < share, smooth > np.quantile(smooth, 1 - share) - 1e-9):
        labels, count = scipy.ndimage.label(mask, output=np.int32)
        rows = rows_of(labels, count)
        longest = calipers.longest(*rows, count, weights)
        narrowest = calipers.narrowest(*rows, count, weights)
        for i in range(count):
            theirs = expected(np.argwhere(labels == i + 1), weights)
            assert (longest[i], narrowest[i]) == pytest.approx(theirs, rel=1e-13)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (3, 4)])
def test_a_box(size):
    rows = rows_of(np.ones(size, np.int32), 1)
    assert calipers.longest(*rows, 1, (1.0, 1.0)).tolist() == [np.sqrt(size[0] ** 2 + size[1] ** 2)]
    assert calipers.narrowest(*rows, 1, (1.0, 1.0)).tolist() == [min(size)]


def test_many_pairs_come_in_several_parts(monkeypatch, rng):
    labels, count = scipy.ndimage.label(rng.random((40, 40)) < 0.5, output=np.int32)
    rows = rows_of(labels, count)
    whole = [f(*rows, count, (1.0, 1.0)) for f in (calipers.longest, calipers.narrowest)]
    monkeypatch.setattr(calipers, "PAIRS", 7)
    for f, once in zip((calipers.longest, calipers.narrowest), whole, strict=True):
        np.testing.assert_array_equal(f(*rows, count, (1.0, 1.0)), once)
