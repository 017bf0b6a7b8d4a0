"""Compiled counts give the NumPy kernel's entropies, bit for bit."""

import pytest
from helpers.biting import SHAPES, images

from maskexpr.kernels import entropies
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
def test_entropies_are_the_same(dtype, rng, built):
    from maskexpr.kernels.compiled.entropies import entropies as compiled

    for shape in SHAPES:
        window = rng.random((2, 3, 3, 4)[-len(shape) :]) < 0.8
        window.flat[0] = True
        for im in images(rng, dtype, shape):
            for within in (None, rng.random(shape) < 0.6):
                for mode, ends in (("reflect", False), ("constant", False), ("reflect", True)):
                    wanted = plain(entropies.entropies)(im, window, mode, within, ends)
                    assert compiled(im, window, mode, within, ends).tobytes() == wanted.tobytes()
