"""Pixels of two masks, against the NumPy kernel."""

import numpy as np
import pytest

from maskexpr.kernels import overlaps
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def test_the_numpy_kernels_numbers(rng, built, monkeypatch):
    from maskexpr.kernels.compiled import overlaps as compiled

    for shape in [(0, 5), (1, 1), (1, 63), (64, 1), (13, 65), (3, 4, 50)]:
        for some in (0, 0.1, 0.5, 1):
            a, b = rng.random(shape) < some, rng.random(shape) < 0.5
            odd = np.where(b, rng.integers(1, 256, shape, np.uint8), np.uint8(0)).view(bool)  # any byte but 0
            for most in (2**22, 7):
                monkeypatch.setattr(compiled, "_AT_ONCE", most)
                assert compiled.overlap(a, odd) == plain(overlaps.overlap)(a, odd) == plain(overlaps.overlap)(a, b)
    assert compiled.overlap(a[..., ::2], a[..., ::2]) is NotImplemented
