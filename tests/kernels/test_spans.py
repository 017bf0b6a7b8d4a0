"""Regions as spans along rows, by an array of numbers or by runs: both say the same, whatever the blocks are."""

import numpy as np
import pytest
import scipy

from maskexpr.kernels import spans
from maskexpr.kernels.packed import pack
from maskexpr.kernels.runs import RegionsOfRuns, find_regions

SHAPES = [(70,), (1, 1), (9, 130), (40, 3), (4, 5, 66), (2, 3, 4, 9)]


def both(mask):
    found = find_regions(pack(mask), mask.shape, 1)
    ways = [spans.OfLabels(found.labels())]
    return [*ways, spans.OfRuns(found)] if isinstance(found, RegionsOfRuns) else ways


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [1, 50, 2**16])
def test_spans_cover_the_regions(shape, block, rng, monkeypatch):
    monkeypatch.setattr(spans, "BLOCK", block)
    smooth = scipy.ndimage.gaussian_filter(rng.random(shape), 3)
    for mask in (rng.random(shape) < 0.5, smooth > np.median(smooth), np.ones(shape, bool), np.zeros(shape, bool)):
        for numbered in both(mask):
            labels, again = numbered.labels, np.zeros(shape, np.int32)
            values = rng.integers(0, 99, shape)
            taken = []
            for found in spans.spans_of(numbered):
                taken.append(found.pixels_of(values))
                for row, start, stop, owner in zip(found.row, found.start, found.stop, found.owner, strict=True):
                    again.reshape(-1, shape[-1])[row, start:stop] = owner + 1
            np.testing.assert_array_equal(again, labels)
            np.testing.assert_array_equal(np.concatenate([*taken, []]), values[labels > 0])
            rows = labels.reshape(-1, shape[-1])
            np.testing.assert_array_equal(numbered.rows(0, len(rows)), rows)


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("around", [1, 2])
@pytest.mark.parametrize("block", [1, 100, 2**16])
def test_slabs_have_what_lies_around_them(ndim, around, block, rng, monkeypatch):
    monkeypatch.setattr(spans, "BLOCK", block)
    labels = rng.integers(0, 5, (2, 6, 7, 8)).astype(np.int32)
    padded = np.pad(labels, [(0, 0)] * (4 - ndim) + [(around, around)] + [(1, 1)] * (ndim - 1))
    seen = 0
    for slab in spans.slabs(spans.OfLabels(labels), ndim, around):
        part = padded[slab.lead][slab.places.start : slab.places.stop + 2 * around]
        np.testing.assert_array_equal(slab.numbers, part)
        seen += len(slab.places)
    assert seen == np.prod(labels.shape[: 5 - ndim])


def test_axes_can_be_turned(rng):
    labels = rng.integers(0, 5, (3, 4, 5)).astype(np.int32)
    for axes in [(0, 1), (0, 2), (1, 2), (0,), (2,)]:
        turned = spans.turned(spans.OfLabels(labels), axes)
        expected = np.moveaxis(labels, axes, range(-len(axes), 0))
        np.testing.assert_array_equal(turned.labels, expected)
        np.testing.assert_array_equal(turned.rows(1, 3), expected.reshape(-1, expected.shape[-1])[1:3])
