"""Packed masks bit by bit: what lies where, and what is done to them, against plain NumPy."""

import numpy as np
import pytest
from helpers.arrays import MASKS
from helpers.each import each

from maskexpr.kernels import packed
from maskexpr.kernels.scratch import Scratch

WIDTHS = [1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 200]


def bits_of(words):
    """Each row of words as bits, the lowest of the first word first."""
    places = np.arange(64, dtype=np.uint64)
    return ((words[..., np.newaxis] >> places) & np.uint64(1)).astype(bool).reshape(*words.shape[:-1], -1)


def noise(shape, share=0.5):
    return np.random.default_rng(3).random(shape) < share


@pytest.mark.parametrize("width", WIDTHS)
def test_a_row_ends_with_at_least_64_bits_that_are_off(width):
    words = packed.pack(np.ones((3, width), bool))
    assert words.dtype == np.uint64
    assert words.shape == (3, packed.row_words(width)) == packed.packed_shape((3, width))
    bits = bits_of(words)
    assert bits.shape[1] >= width + 64
    assert bits[:, :width].all()
    assert not bits[:, width:].any()


def test_pixels_are_the_bits_in_order(mask):
    words, width = packed.pack(mask), mask.shape[-1]
    bits = bits_of(words)
    np.testing.assert_array_equal(bits[..., :width], mask)
    assert not bits[..., width:].any()
    np.testing.assert_array_equal(packed.unpack(words, width), mask)


@pytest.mark.parametrize("shape", [(5,), (9, 70), (3, 9, 64), (2, 3, 5, 13)])
def test_into_memory_that_lies_as_it_does(shape):
    mask = noise(shape)
    for out in (np.ones(shape[::-1], bool).T, np.ones((*shape, 3), bool)[..., 1], np.ones(shape, bool)[::-1]):
        assert packed.unpack(packed.pack(mask), shape[-1], out) is out
        np.testing.assert_array_equal(out, mask)


def test_what_was_there_is_written_over(mask):
    width = mask.shape[-1]
    words = np.full(packed.packed_shape(mask.shape), packed.ALL_ON)
    assert packed.pack(mask, words) is words
    np.testing.assert_array_equal(words, packed.pack(mask))
    for before in (False, True):
        plain = np.full(mask.shape, before)
        assert packed.unpack(words, width, plain) is plain
        np.testing.assert_array_equal(plain, mask)


@pytest.mark.parametrize("block", [1, 100, 2**19])
@pytest.mark.parametrize("width", [*WIDTHS, 4007, 4008, 4100])
def test_blocks_of_any_size(width, block, monkeypatch):
    """Rows are packed and unpacked some at a time, long ones in another way than short ones."""
    monkeypatch.setattr(packed, "BLOCK", block)
    mask = noise((2, 5, width))
    for view in (mask, mask[:, ::-1], mask[::-1, ::2]):
        words = packed.pack(view)
        np.testing.assert_array_equal(bits_of(words)[..., :width], view)
        np.testing.assert_array_equal(packed.unpack(words, width), view)
        np.testing.assert_array_equal(packed.unpack(words, width, np.ones(view.shape, bool)), view)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_tail_is_cleared_and_nothing_else(width):
    words = np.full(packed.packed_shape((4, width)), packed.ALL_ON)
    packed.clear_tail(words, width)
    np.testing.assert_array_equal(words, packed.pack(np.ones((4, width), bool)))


def test_not_inside_the_image(mask):
    words = packed.pack(mask)
    np.testing.assert_array_equal(packed.complement(words, mask.shape[-1]), packed.pack(~mask))
    out = np.empty_like(words)
    assert packed.complement(words, mask.shape[-1], out) is out
    np.testing.assert_array_equal(out, packed.pack(~mask))
    assert packed.complement(out, mask.shape[-1], out) is out  # of itself
    np.testing.assert_array_equal(out, words)


def test_area_counts_pixels(mask):
    found = packed.area(packed.pack(mask))
    assert type(found) is int
    assert found == np.count_nonzero(mask)


@each("room", [0, 1, 63, 64, 65, 130])
@each("name", ["lone pixel", "width 63", "width 64", "width 65", "1xN", "Nx1", "volume", "all true"])
def test_room_is_off_pixels_all_around(name, room):
    mask = MASKS[name]
    room = [room // (axis + 1) for axis in range(mask.ndim)][::-1]
    scratch = Scratch()
    scratch("room", (100_000,), np.uint64)[...] = packed.ALL_ON  # what others left there
    roomy, wide = packed.with_room(packed.pack(mask), mask.shape[-1], room, scratch)
    plane = packed.unpack(roomy, wide)
    left = wide - mask.shape[-1] - room[-1]
    assert left >= room[-1]
    np.testing.assert_array_equal(plane, np.pad(mask, [*((r, r) for r in room[:-1]), (left, room[-1])]))
    assert not bits_of(roomy)[..., wide:].any()
    out = np.full(packed.packed_shape(mask.shape), packed.ALL_ON)
    np.testing.assert_array_equal(packed.without_room(roomy, mask.shape[-1], room, out), packed.pack(mask))


def test_what_grew_into_the_room_is_cut_off_again():
    mask = noise((5, 70))
    roomy, wide = packed.with_room(packed.pack(mask), 70, [2, 3], Scratch())
    full = packed.complement(np.zeros_like(roomy), wide)
    out = np.zeros(packed.packed_shape(mask.shape), np.uint64)
    np.testing.assert_array_equal(packed.without_room(full, 70, [2, 3], out), packed.pack(np.ones((5, 70), bool)))


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int64", "float16", "float32"])
def test_images_are_compared_and_packed(dtype, rng):
    im = rng.integers(0 if dtype.startswith("u") else -100, 100, (9, 70)).astype(dtype)
    if im.dtype.kind == "f":
        im[::3, ::2], im[1] = np.nan, -0.0
    for low, high in ((3, 50), (None, 20), (7, None), (0, 0), (-100 if im.dtype.kind == "i" else 0, 99)):
        inside = np.ones(im.shape, bool) if low is None else im >= low
        inside &= True if high is None else im <= high
        ends = [None if end is None else im.dtype.type(end) for end in (low, high)]
        for is_inside in (True, False):
            out = np.full(packed.packed_shape(im.shape), 7, np.uint64)
            assert packed.pack_between(im, *ends, is_inside, out, Scratch()) is out
            np.testing.assert_array_equal(out, packed.pack(inside == is_inside))
