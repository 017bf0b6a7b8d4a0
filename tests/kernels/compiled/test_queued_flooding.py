"""Compiled floods with lines are the NumPy kernel's."""

import numpy as np
import pytest
import scipy.ndimage
from helpers.biting import SHAPES, TYPES, images

from maskexpr.kernels import queued_flooding
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.fixture
def built(built):
    """Levels are numbered as for other floods."""
    from maskexpr.kernels.compiled import building

    return built, building.built("flooding")


def check(im, markers, open_to, neighbours):
    from maskexpr.kernels.compiled.queued_flooding import flood_with_lines

    found = flood_with_lines(im, markers, open_to, neighbours)
    assert found.dtype == np.int32
    assert found.flags.c_contiguous
    expected = plain(queued_flooding.flood_with_lines)(im, markers, open_to, neighbours)
    np.testing.assert_array_equal(found, expected, err_msg=f"{im.dtype} {im.shape}")


def test_lines_are_the_same(rng, built):
    for dtype in TYPES:
        for shape in SHAPES:
            for im in images(rng, dtype, shape):
                markers = np.where(rng.random(shape) < 0.08, rng.integers(-3, 6, shape), 0).astype(np.int32)
                neighbours = scipy.ndimage.generate_binary_structure(len(shape), int(rng.integers(1, len(shape) + 1)))
                for open_to in (np.ones(shape, bool), rng.random(shape) < 0.8):
                    check(im, markers, open_to, neighbours)


def test_a_long_flood_rests_in_between_and_lists_grow(rng, built, monkeypatch):
    for name, value in (("AT_ONCE", 7), ("_ROOM", 8)):
        monkeypatch.setattr(f"maskexpr.kernels.compiled.queued_flooding.{name}", value)
    im = rng.integers(0, 5, (30, 40))
    markers = np.where(rng.random(im.shape) < 0.1, 1 + np.arange(im.size).reshape(im.shape), 0)
    check(im, markers, np.ones(im.shape, bool), np.ones((3, 3), bool))
