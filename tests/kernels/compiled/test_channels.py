"""Colours in one sweep, against the NumPy kernels: types, zeros with signs, nan and infinite values, black and grey."""

import itertools

import numpy as np
import pytest

from maskexpr.kernels import channels
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow
NAMES = ("value", "gray", "saturation", "hue")
HELD = {
    "uint8": (0, 1, 2, 7, 254, 255),
    "uint16": (0, 1, 255, 256, 65535),
    "float32": (0.0, -0.0, 1.0, 0.1, -3.0, np.nan, np.inf, -np.inf, 1e-45, 3e38),
}


def images(dtype, rng):
    """All that three of some numbers can be, and others, in rows of odd widths."""
    yield np.array([*itertools.product(HELD[dtype], repeat=3)], dtype)[np.newaxis]
    for shape in ((1, 1), (5, 63), (7, 1), (3, 4, 65), (90, 111)):
        yield (rng.random((*shape, 3)) * 300).astype(dtype)


def check(name, im, dtype, *number):
    from maskexpr.kernels.compiled import channels as compiled

    im.flags.writeable = False
    expected, found = np.full((2, *im.shape[:-1]), 9, dtype)
    with np.errstate(all="ignore"):
        plain(getattr(channels, name))(im, *number, expected)
    assert getattr(compiled, name)(im, *number, found) is found
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


@pytest.mark.parametrize("dtype", HELD)
def test_the_numpy_kernels_bits(dtype, rng, built):
    for im in images(dtype, rng):
        for name in NAMES:
            check(name, im, dtype if name == "value" or dtype == "float32" else "float64")
        for number in range(3):
            check("plane", im, dtype, number)


def test_what_is_left_to_numpy(built):
    from maskexpr.kernels.compiled import channels as compiled

    im, out = np.ones((4, 6, 3), np.uint8), np.ones((4, 6), np.uint8)
    others = [(np.ones((4, 6, 4), np.uint8), out), (im.astype(">u2"), out.astype(">u2")), (im[:0], out[:0])]
    others += [(im[::2], out[::2]), (im[:2], out[::2]), (im.astype(np.float64), out.astype(np.float64))]
    for given, into in others:
        assert compiled.value(given, into) is NotImplemented
