"""Dilation and erosion of words by compiled passes, against NumPy's: named shapes, reaches, widths, both ways."""

import numpy as np
import pytest

from maskexpr.kernels import packed, spread
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.spread import AND, OR

pytestmark = pytest.mark.slow
SHAPES = [(1, 1), (9, 63), (30, 64), (40, 65), (12, 200), (4, 5, 70), (2, 3, 4, 70)]
REACHES = [0, 1, 2, 3, 7, 20, 70, 130]


def check(name, mask, combine, *given):
    """The same words; or None, where it leaves that to NumPy."""
    from maskexpr.kernels.compiled import spread as compiled

    words, out = packed.pack(mask), packed.pack(~mask)
    found = getattr(compiled, name)(words, mask.shape[-1], *given, combine, out, Scratch())
    np.testing.assert_array_equal(words, packed.pack(mask))
    if found is NotImplemented:
        return None
    assert found is out
    kernel = plain(getattr(spread, name))
    expected = kernel(words, mask.shape[-1], *given, combine, np.empty_like(words), Scratch())
    np.testing.assert_array_equal(found, expected)
    return found


@pytest.mark.parametrize("combine", [OR, AND])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_numpy_kernels_words(shape, combine, rng, built):
    for share in (0.02, 0.98) if combine is OR else (0.02, 0.98, 1.0):
        mask = rng.random(shape) < share
        for reach in REACHES:
            reaches = [min(reach, size + 1) for size in shape]
            assert check("square", mask, combine, reaches) is not None
            if len(shape) == 2:
                assert check("diamond", mask, combine, reach, (0, 1)) is not None
            if len(shape) < 4 and reach < 30:
                away = np.indices((2 * reach + 1,) * len(shape)) - reach
                assert check("rows", mask, combine, (away**2).sum(axis=0) <= reach**2) is not None


def test_what_it_has_not_is_numpys(rng, built):
    mask = rng.random((4, 5, 6)) < 0.5
    assert check("diamond", mask, OR, 2, (0, 1, 2)) is None
    assert check("diamond", mask[0], OR, 2, (1,)) is None
    assert check("diamond", mask[0], OR, 400, (0, 1)) is None
