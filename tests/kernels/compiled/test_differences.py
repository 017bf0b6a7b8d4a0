"""Differences in one sweep, against the NumPy kernel: ends of types, zeros, nan and inf."""

import numpy as np
import pytest

from maskexpr.kernels import differences
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.scratch import Scratch

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_the_numpy_kernels_bits(dtype, rng, built):
    from maskexpr.kernels.compiled.differences import absolute_difference

    for shape in ((0,), (1, 1), (7, 65), (3, 40, 63)):
        a, b = (rng.integers(0, 2**16, (2, *shape)) % 256 * 257).astype(dtype)
        if dtype == "float32":
            a.flat[::5], a.flat[1::7], a.flat[2::9], b.flat[::3], b.flat[1::4] = np.nan, np.inf, -0.0, -np.inf, 0.0
        a.flags.writeable = b.flags.writeable = False
        expected, found = np.full((2, *shape), 9, dtype)
        with np.errstate(invalid="ignore"):
            plain(differences.absolute_difference)(a, b, expected, Scratch())
        assert absolute_difference(a, b, found, Scratch()) is found
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


def test_what_is_left_to_numpy(built):
    from maskexpr.kernels.compiled.differences import absolute_difference

    a = np.ones((4, 6), np.uint8)
    others = [(a, np.uint8(3), a.copy()), (a[:, ::2], a[:, ::2], a[:, ::2].copy()), (a[:1], a, a.copy())]
    others += [tuple(x.astype(np.float64) for x in (a, a, a)), tuple(x.astype(">u2") for x in (a, a, a))]
    for given in others:
        assert absolute_difference(*given, Scratch()) is NotImplemented
