"""What lies beyond a border is what NumPy pads with, and SciPy's filters find there."""

import numpy as np
import pytest
import scipy.ndimage
from helpers.each import each

from maskexpr.kernels import borders

NAMES = {"reflect": "symmetric", "nearest": "edge", "mirror": "reflect", "wrap": "wrap", "constant": "constant"}


@each("mode", borders.MODES)
@each("shape", [(1,), (2,), (7,), (3, 5), (4, 1, 6)])
def test_what_lies_beyond(mode: str, shape: tuple[int, ...]) -> None:
    im = np.random.default_rng(1).integers(1, 99, shape)
    for reach in range(max(shape)):
        reaches = [min(reach, n - 1) for n in shape]
        expected = np.pad(im, [(r, r) for r in reaches], mode=NAMES[mode])  # type: ignore[call-overload]
        np.testing.assert_array_equal(borders.extended(im, reaches, mode), expected)


@pytest.mark.parametrize("mode", borders.MODES)
@pytest.mark.parametrize("length", [1, 2, 3, 8])
def test_lines_far_longer_than_the_image(mode: str, length: int) -> None:
    line, reach = np.arange(1.0, length + 1), 20
    moved = borders.extended(line, [reach], mode)
    for shift in range(-reach, reach + 1):
        weights = np.zeros(2 * reach + 1)
        weights[reach + shift] = 1
        expected = scipy.ndimage.correlate1d(line, weights, mode=mode)
        np.testing.assert_array_equal(moved[reach + shift : reach + shift + length], expected)


@pytest.mark.parametrize("mode", borders.MODES)
def test_rows_in_their_frame(mode: str) -> None:
    im = np.random.default_rng(2).random((6, 4, 3))
    whole = borders.extended(im, (5, 2, 1), mode)
    for first in range(-5, 7):
        framed = np.empty((3, 8, 5))
        borders.fill_framed(framed, im, first, (0, 2, 1), mode)
        np.testing.assert_array_equal(framed, whole[first + 5 : first + 8])
        borders.fill_framed(framed, im, first, (0, 2, 1), mode, lambda part: -part)
        np.testing.assert_array_equal(framed, -whole[first + 5 : first + 8])
