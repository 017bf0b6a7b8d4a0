"""Regions that compiled kernels find by runs are the NumPy kernels', and so is what is done with them."""

import numpy as np
import pytest
import scipy.ndimage

from maskexpr.kernels import runs
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.packed import pack

pytestmark = pytest.mark.slow

SHAPES = [(1,), (70,), (0, 5), (1, 1), (1, 200), (40, 1), (9, 63), (9, 64), (20, 65), (30, 130), (3, 4, 66), (5, 6, 7)]
SHAPES += [(3, 1, 9), (2, 3, 2, 70)]


def masks(rng, shape):
    for share in (0, 0.1, 0.5, 0.9, 1):
        yield rng.random(shape) < share
    yield scipy.ndimage.gaussian_filter(rng.random(shape), 2) > 0.5
    yield np.indices(shape)[-1] % 2 == 0


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("at_once", [5, 2**19])
def test_regions_are_the_same(shape, at_once, rng, built, monkeypatch):
    from maskexpr.kernels.compiled import runs as compiled

    monkeypatch.setattr(runs, "_PIXELS_PER_RUN", 0)
    for name, value in (("_AT_ONCE", at_once), ("_WORDS_AT_ONCE", at_once), ("_MOST", 1)):
        monkeypatch.setattr(compiled, name, value)
    for mask in masks(rng, shape):
        words, other = pack(mask), pack(rng.random(shape) < 0.1)
        for connectivity in range(1, len(shape) + 1):
            for axes in (None, tuple(range(1, len(shape))) or None):
                found = compiled.find_regions(words, shape, connectivity, axes)
                expected = plain(runs.find_regions)(words, shape, connectivity, axes)
                assert found.count == expected.count
                for ours, theirs in ((found.runs.edges, expected.runs.edges), (found.numbers, expected.numbers)):
                    assert ours.dtype == np.int64
                    np.testing.assert_array_equal(ours, theirs)
        check(compiled, found, other, axes, rng)


def check(compiled, found, other, axes, rng):
    """Kernels for regions that were found."""
    which = rng.random(found.count) < 0.5
    for name, given in (
        ("labelled", (found.runs, found.numbers, found.shape)),
        ("kept", (found, which)),
        ("hit_by", (found.runs, found.words, other)),
        ("at_border", (found.runs, found.shape, axes)),
    ):
        ours, theirs = getattr(compiled, name)(*given), plain(getattr(runs, name))(*given)
        assert ours.dtype == theirs.dtype, name
        np.testing.assert_array_equal(ours, theirs, name)


def test_volumes_of_very_many_runs_are_left(built):
    from maskexpr.kernels.compiled.runs import find_regions

    mask = np.indices((4, 4, 64))[-1] % 2 == 0
    assert find_regions(pack(mask), mask.shape, 1) is NotImplemented
