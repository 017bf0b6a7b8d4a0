"""Comparisons and choices in one sweep, against the NumPy kernels: types, widths, nan, inf, masks on and off."""

import numpy as np
import pytest

from maskexpr.kernels import choices
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.scratch import Scratch

pytestmark = pytest.mark.slow
SHAPES = [(0,), (1, 1), (1, 63), (64, 1), (7, 65), (3, 20, 33)]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32", "float32", "float64"])
def test_between_two_numbers(dtype, rng, built):
    from maskexpr.kernels.compiled.choices import lie_between

    of = np.dtype(dtype).type
    for shape in SHAPES:
        im = rng.integers(0 if dtype.startswith("u") else -100, 100, shape).astype(dtype)
        if im.dtype.kind == "f":
            im.flat[::3], im.flat[::4], im.flat[::5], im.flat[1::7] = np.nan, -0.0, np.inf, -np.inf
        im.flags.writeable = False
        for low, high in ((3, 50), (0, 0), (50, 50), (0, 99)):
            expected, found = np.full((2, *shape), 1, bool)
            plain(choices.lie_between)(im, of(low), of(high), expected, Scratch())
            assert lie_between(im, of(low), of(high), found, Scratch()) is found
            np.testing.assert_array_equal(found.view(np.uint8), expected.view(np.uint8))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64"])
def test_bits_of_two_values(dtype, rng, built):
    from maskexpr.kernels.compiled.choices import choose

    none, some = np.dtype(dtype).type(0), np.dtype(dtype).type(77)
    for shape in SHAPES:
        a, b = rng.integers(0, np.iinfo(dtype).max, (2, *shape), dtype)
        a.flags.writeable = b.flags.writeable = False
        for share in (0.0, 0.4, 1.0):
            on = rng.random(shape) < share
            for first, second in ((a, b), (a, none), (none, b), (a, some), (some, b)):
                expected, found = np.full((2, *shape), 9, dtype)
                plain(choices.choose)(on, first, second, expected, Scratch())
                assert choose(on, first, second, found, Scratch()) is found
                np.testing.assert_array_equal(found, expected)


def test_what_is_left_to_numpy(built):
    from maskexpr.kernels.compiled.choices import choose, lie_between

    im, on = np.ones((4, 6), np.uint8), np.ones((4, 6), bool)
    for given in ((im, None, np.uint8(3)), (im, np.uint8(3), None), (im[:, ::2], np.uint8(1), np.uint8(3))):
        assert lie_between(*given, np.ones(given[0].shape, bool), Scratch()) is NotImplemented
    for dtype in (">u2", "int8", "uint64"):
        assert lie_between(im.astype(dtype), 1, 3, on.copy(), Scratch()) is NotImplemented
    assert choose(on, np.uint8(1), np.uint8(2), im.copy(), Scratch()) is NotImplemented
    assert choose(on[:, ::2], im[:, ::2], im[:, ::2], im[:, ::2].copy(), Scratch()) is NotImplemented
