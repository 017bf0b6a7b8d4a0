"""Floods with lines and compact ones against scikit-image, and against their definition where that has no order."""

import heapq
import itertools
import math

import numpy as np
import pytest
import scipy.ndimage
import skimage.data
import skimage.segmentation

from maskexpr.kernels.queued_flooding import flood_compactly, flood_with_lines

SHAPES = [(40,), (1, 9), (9, 1), (12, 17), (3, 4, 5), (2, 3, 2, 3)]


def beside(place, shape, connectivity):
    moves = [m for m in itertools.product((-1, 0, 1), repeat=len(shape)) if 0 < sum(map(abs, m)) <= connectivity]
    moves.sort(key=lambda move: sum(map(abs, move)))
    others = [tuple(i + d for i, d in zip(place, move, strict=True)) for move in moves]
    return [o for o in others if all(0 <= i < size for i, size in zip(o, shape, strict=True))]


def by_definition(im, markers, within, connectivity, line, compactness):
    """One queue; markers of one value in scan order."""
    result, closed, queue, now = np.where(within, markers, 0), ~within, [], 0
    carried = set()
    for place in map(tuple, np.argwhere(result)):
        heapq.heappush(queue, (float(im[place]), now := now + 1, place, place))
    while queue:
        level, _, place, source = heapq.heappop(queue)
        if result[place] and place != source:
            continue
        around = [o for o in beside(place, im.shape, connectivity) if not closed[o]]
        closed[place] |= line and any(result[o] not in (0, result[source]) for o in around)
        if not closed[place]:
            result[place] = result[source]
        elif (place, result[source]) in carried:  # a line lets water on, once for each region
            continue
        carried.add((place, result[source]))
        for other in around:
            if not result[other]:
                price = im[other] + compactness * math.dist(other, source)
                heapq.heappush(queue, (max(level, price), now := now + 1, other, source))
    return result


def flood(im, markers, within, connectivity, line, compactness):
    neighbours = scipy.ndimage.generate_binary_structure(im.ndim, connectivity)
    if compactness:
        found = flood_compactly(im, markers, within, neighbours, compactness, line)
    else:
        found = flood_with_lines(im, markers, within, neighbours)
    assert found.dtype == np.int32
    return found


def random_markers(rng, shape, share=0.08):
    return np.where(rng.random(shape) < share, rng.integers(1, 6, shape), 0).astype(np.int32)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("line", "compactness"), [(True, 0), (False, 0.7), (False, 40), (True, 3)])
def test_floods_are_those_of_one_queue(shape, line, compactness, rng):
    for levels in (2, 9, 1000):
        im, markers = rng.integers(0, levels, shape), random_markers(rng, shape)
        for connectivity in range(1, len(shape) + 1):
            for within in (np.ones(shape, bool), rng.random(shape) < 0.85):
                expected = by_definition(im, markers, within, connectivity, line, compactness)
                found = flood(im, markers, within, connectivity, line, compactness)
                np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("line", "compactness"), [(True, 0), (False, 0.7), (False, 40)])
def test_floods_are_scikit_images_where_no_two_pixels_are_equal(shape, line, compactness, rng):
    for _ in range(5):
        im = rng.permutation(int(np.prod(shape))).reshape(shape) / 7
        markers, within = random_markers(rng, shape), rng.random(shape) < 0.85
        for connectivity in range(1, len(shape) + 1):
            expected = skimage.segmentation.watershed(
                im, markers, connectivity, mask=within, watershed_line=line, compactness=compactness
            )
            found = flood(im, markers, within, connectivity, line, compactness)
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("line", "compactness"), [(True, 0), (False, 0.01), (False, 100)])
@pytest.mark.parametrize("name", ["camera", "coins", "moon"])
def test_real_images_are_scikit_images_ties_included(name, line, compactness, rng):
    """Markers of one pixel each, of which no two have one value: the order of others is nobody's promise."""
    im = getattr(skimage.data, name)()[:120, :150]
    places = rng.permutation(im.size)
    chosen = places[np.unique(im.ravel()[places], return_index=True)[1]]
    markers = np.zeros(im.size, np.int32)
    markers[chosen] = np.arange(1, len(chosen) + 1)
    markers = markers.reshape(im.shape)
    expected = skimage.segmentation.watershed(im, markers, watershed_line=line, compactness=compactness)
    found = flood(im, markers, np.ones(im.shape, bool), 1, line, compactness)
    np.testing.assert_array_equal(found, expected)


def test_nan_costs_as_much_as_infinity():
    im = np.array([[0, np.nan, 1, np.inf, 0]])
    markers = np.array([[1, 0, 0, 0, 2]])
    found = flood(im, markers, np.ones(im.shape, bool), 1, False, 1.0)
    np.testing.assert_array_equal(found, [[1, 1, 1, 2, 2]])
