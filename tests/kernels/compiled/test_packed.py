"""Bits of 64 pixels at once, against NumPy: all types, numbers of axes, widths, and nan."""

import numpy as np
import pytest

from maskexpr.kernels import packed
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.scratch import Scratch

pytestmark = pytest.mark.slow
SHAPES = [(3, 1), (9, 63), (5, 64), (40, 65), (4, 5, 200), (130,)]


@pytest.mark.parametrize("shape", SHAPES)
def test_masks_go_there_and_back(shape, rng, built):
    from maskexpr.kernels.compiled.packed import pack, unpack

    mask = rng.random(shape) < 0.4
    words = pack(mask)
    np.testing.assert_array_equal(words, plain(packed.pack)(mask))
    np.testing.assert_array_equal(pack(mask, np.full_like(words, 7)), words)
    np.testing.assert_array_equal(unpack(words, shape[-1]), mask)
    words.flags.writeable = False
    out = np.ones_like(mask)
    assert unpack(words, shape[-1], out) is out
    np.testing.assert_array_equal(out, mask)
    odd = np.ones((*shape, 4), bool)[..., ::2]
    assert pack(odd) is NotImplemented
    assert unpack(words, shape[-1], np.ones((*shape[:-1], 2 * shape[-1]), bool)[..., ::2]) is NotImplemented


@pytest.mark.parametrize("width", [4096, 4032 + 16, 4095])
def test_large_masks_are_written_past_the_cache(width, rng, built):
    from maskexpr.kernels.compiled import packed as compiled

    words = rng.integers(0, 2**63, (1100, packed.row_words(width)), np.uint64)
    expected = plain(packed.unpack)(words, width)
    assert expected.nbytes > 2 * compiled._LARGE
    np.testing.assert_array_equal(compiled.unpack(words, width), expected)
    aside = np.empty(expected.size + 1, bool)[1:].reshape(expected.shape)  # not aligned
    assert compiled.unpack(words, width, aside) is aside
    np.testing.assert_array_equal(aside, expected)


INTEGERS = [f"{sign}int{bits}" for sign in ("u", "") for bits in (8, 16, 32, 64)]


@pytest.mark.parametrize("dtype", [*INTEGERS, "float32", "float64", ">i2"])
def test_images_are_compared(dtype, rng, built):
    from maskexpr.kernels.compiled.packed import pack_between

    number = np.dtype(dtype).type
    for shape in SHAPES:
        im = rng.integers(0 if dtype[0] == "u" else -100, 100, shape).astype(dtype)
        if dtype in ("int64", "uint64"):
            im.flat[::3], im.flat[::5] = np.iinfo(dtype).max, np.iinfo(dtype).min
        if im.dtype.kind == "f":
            im.flat[::3], im.flat[::4], im.flat[::5], im.flat[1::7] = np.nan, -0.0, np.inf, -np.inf
        im.flags.writeable = False
        for low, high in ((3, 50), (None, 20), (7, None), (0, 0), (50, 50)):
            ends = [None if end is None else number(end) for end in (low, high)]
            for is_inside in (True, False):
                words = np.full(packed.packed_shape(shape), 7, np.uint64)
                found = pack_between(im, *ends, is_inside, words, Scratch())
                if dtype == ">i2":
                    assert found is NotImplemented
                    continue
                expected = plain(packed.pack_between)(im, *ends, is_inside, np.empty_like(words), Scratch())
                np.testing.assert_array_equal(found, expected)
