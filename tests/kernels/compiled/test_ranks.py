"""Compiled networks find the NumPy kernel's ranks, bit for bit."""

import numpy as np
import pytest
from helpers.biting import SHAPES, TYPES, images

from maskexpr.kernels import ranks
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", TYPES)
def test_ranks_are_the_same(dtype, rng, built):
    """Of full windows and others, for any rank, beyond the border by each mode, with rows around."""
    from maskexpr.kernels.compiled.ranks import by_network

    numpys = plain(ranks.by_network)
    for shape in SHAPES:
        window = rng.random((3, 3, 2, 4)[-len(shape) :]) < 0.8
        window.flat[0] = True
        size = int(window.sum())
        for im in images(rng, dtype, shape):
            for of, rank in ((np.ones((3,) * min(2, im.ndim), bool), 1), (window, size // 2), (window, size - 1)):
                full = of.reshape((1,) * (im.ndim - of.ndim) + of.shape)
                for mode in ("reflect", "nearest", "mirror", "wrap", "constant"):
                    wanted = numpys(im, rank, full, None, mode)
                    assert by_network(im, rank, full, None, mode).tobytes() == wanted.tobytes()
        if len(im) > 4 and im.ndim == 2:
            wanted = numpys(im, 4, np.ones((3, 3), bool), around=(1, 2))
            assert by_network(im, 4, np.ones((3, 3), bool), around=(1, 2)).tobytes() == wanted.tobytes()


def test_parts_of_lines_are_left(built):
    from maskexpr.kernels.compiled.ranks import by_network

    assert by_network(np.arange(9), 1, np.ones(3, bool), around=(1, 1)) is NotImplemented


def test_opencv_has_what_it_does_faster(built):
    from maskexpr.kernels.compiled.ranks import median_by_opencv

    im = np.random.default_rng(1).integers(0, 256, (40, 50), np.uint8)
    assert median_by_opencv(im, 1) is NotImplemented
    wanted = plain(ranks.by_network)(im, 12, np.ones((5, 5), bool))
    np.testing.assert_array_equal(median_by_opencv(im, 2), wanted)
