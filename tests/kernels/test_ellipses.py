"""Ellipses drawn row by row hold what the sum over both axes says of each pixel."""

from fractions import Fraction

import numpy as np
import pytest

from maskexpr.kernels.ellipses import draw, fits


@pytest.mark.parametrize("seed", range(12))
def test_each_pixel_by_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 30)), int(rng.integers(1, 40)))
    axes = [(int(rng.integers(1, 9)), Fraction(int(rng.integers(-90, 200)), int(rng.integers(1, 7)))) for _ in "yx"]
    left = int(rng.integers(0, 400)) ** 2
    terms = [
        [(scale * (m.denominator * i - m.numerator)) ** 2 for i in range(length)]
        for (scale, m), length in zip(axes, shape, strict=True)
    ]
    wanted = np.add.outer(*terms) <= left
    assert fits(axes, left, shape)
    for first in range(0, shape[0], 7):
        part = wanted[first : first + 7]
        np.testing.assert_array_equal(draw(np.ones(part.shape, bool), first, axes, left), part)


def test_what_does_not_fit() -> None:
    middle = Fraction(1)
    assert fits([(1, middle)] * 2, 2**52 - 1, (9, 9))
    assert not fits([(1, middle)] * 2, 2**52, (9, 9))
    assert not fits([(1, Fraction(2**60)), (1, middle)], 4, (9, 9))
