"""Packed masks: one bit a pixel, 64 pixels an operation.

A mask of shape (..., W) is packed into uint64 words of shape (..., ceil(W / 64) + 1): bit i of word j of a row is
pixel 64 j + i, and all bits from W on are 0. So a row ends with at least 64 zero bits, and a shift by less than 64
never carries a pixel into the next row.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.scratch import Scratch

Words = np.ndarray[Any, np.dtype[np.uint64]]
Masks = np.ndarray[Any, np.dtype[np.bool_]]

_BYTES = np.dtype("<u8")  # the layout of bits follows the layout of bytes, whatever the machine's own order
ALL_ON = np.uint64(0xFFFFFFFFFFFFFFFF)

# --- packing ---------------------------------------------------------------------------------------------------------


def row_words(width: int) -> int:
    """Words of a row of so many pixels."""
    return -(-width // 64) + 1


def packed_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[:-1], row_words(shape[-1]))


def pack(mask: Masks, out: Words | None = None) -> Words:
    """Pack a mask."""
    words = np.empty(packed_shape(mask.shape), np.uint64) if out is None else out
    width = mask.shape[-1]
    if width % 8 == 0 and mask.flags.c_contiguous:  # one long row packs faster than many
        flat = np.packbits(mask.reshape(-1), bitorder="little")
        bits = flat.reshape(*mask.shape[:-1], width // 8)
    else:
        bits = np.packbits(mask, axis=-1, bitorder="little")
    words[..., width // 64 :] = 0
    if sys.byteorder == "little":
        words.view(np.uint8)[..., : bits.shape[-1]] = bits
    else:
        swapped = np.zeros(words.shape, _BYTES)
        swapped.view(np.uint8)[..., : bits.shape[-1]] = bits
        words[...] = swapped
    return words


def unpack(words: Words, width: int, out: Masks | None = None) -> Masks:
    """Unpack a mask whose rows are so many pixels wide."""
    rows = words.astype(_BYTES, copy=False).view(np.uint8)[..., : -(-width // 8)]
    bits = np.unpackbits(rows, axis=-1, count=width, bitorder="little").view(np.bool_)
    if out is None:
        return bits
    out[...] = bits
    return out


def clear_tail(words: Words, width: int) -> None:
    """Turn off the bits behind the last pixel of each row."""
    whole, rest = divmod(width, 64)
    if rest:
        words[..., whole] &= np.uint64((1 << rest) - 1)
        whole += 1
    words[..., whole:] = 0


def complement(words: Words, width: int, out: Words | None = None) -> Words:
    """Not, inside the image."""
    result: Words = np.invert(words, out=out)
    clear_tail(result, width)
    return result


def area(words: Words) -> int:
    """How many pixels are on."""
    return int(np.bitwise_count(words).sum(dtype=np.int64))


def with_room(words: Words, width: int, room: Sequence[int], scratch: Scratch) -> tuple[Words, int]:
    """The mask with so many pixels of room, or more, at both ends of each axis, and the width of its rows."""
    left = -(-room[-1] // 64)
    wide = 64 * left + width + room[-1]
    shape = (*(n + 2 * r for n, r in zip(words.shape[:-1], room[:-1], strict=True)), row_words(wide))
    result: Words = scratch("room", shape, np.uint64)
    result[...] = 0
    result[_inside(words.shape, room, left)] = words
    return result, wide


def without_room(words: Words, width: int, room: Sequence[int], out: Words) -> Words:
    """The image's part of what `with_room` made."""
    out[...] = words[_inside(out.shape, room, -(-room[-1] // 64))]
    clear_tail(out, width)
    return out


def _inside(shape: tuple[int, ...], room: Sequence[int], left: int) -> tuple[slice, ...]:
    return (*(slice(r, r + n) for r, n in zip(room[:-1], shape[:-1], strict=True)), slice(left, left + shape[-1]))
