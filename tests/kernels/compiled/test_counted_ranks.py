"""Histograms that go along rows find the ranks that sorted windows have."""

import pytest
from helpers.biting import SHAPES, TYPES, images

from maskexpr.kernels import ranks
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", TYPES)
def test_ranks_are_the_same(dtype, rng, built):
    """Of one rank for all, and of one for each pixel."""
    from maskexpr.kernels.compiled.counted_ranks import by_counts, ranked

    for shape in SHAPES:
        window = rng.random((3, 3, 9, 12)[-len(shape) :]) < 0.9
        window.flat[0] = True
        size = int(window.sum())
        for im in images(rng, dtype, shape):
            for rank in (0, -1, size // 2, rng.integers(0, size, shape)):
                for mode in ("reflect", "constant"):
                    found = ranked(im, rank, window, mode, im.flat[0])
                    if found is NotImplemented:
                        assert im.itemsize > 2
                        assert size < 64
                        continue
                    assert found.tobytes() == plain(ranks.ranked)(im, rank, window, mode, im.flat[0]).tobytes()
            found = by_counts(im, size // 2, window)
            assert found is NotImplemented or found.tobytes() == plain(ranks.ranked)(im, size // 2, window).tobytes()
