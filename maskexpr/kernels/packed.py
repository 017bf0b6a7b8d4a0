"""Packed masks: one bit a pixel, 64 pixels an operation.

A mask of shape (..., W) is packed into uint64 words of shape (..., ceil(W / 64) + 1): bit i of word j of a row is
pixel 64 j + i, and all bits from W on are 0. So a row ends with at least 64 zero bits, and a shift by less than 64
never carries a pixel into the next row.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.choices import lie_between
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.scratch import Scratch

Array = np.ndarray[Any, Any]
Words = np.ndarray[Any, np.dtype[np.uint64]]
Masks = np.ndarray[Any, np.dtype[np.bool_]]

_BYTES = np.dtype("<u8")  # the layout of bits follows the layout of bytes, whatever the machine's own order
BLOCK = 2**19  # pixels that are put into bits, or taken from them, at a time
_SHORT = 4008  # pixels of a row for which NumPy does not let other threads go on while it unpacks
ALL_ON = np.uint64(0xFFFFFFFFFFFFFFFF)

# --- packing ---------------------------------------------------------------------------------------------------------


def row_words(width: int) -> int:
    """Words of a row of so many pixels."""
    return -(-width // 64) + 1


def packed_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[:-1], row_words(shape[-1]))


@has_compiled
def pack(mask: Masks, out: Words | None = None) -> Words:
    """Pack a mask."""
    words = np.empty(packed_shape(mask.shape), np.uint64) if out is None else out
    width = mask.shape[-1]
    words[..., width // 64 :] = 0
    target = words if sys.byteorder == "little" else np.zeros(words.shape, _BYTES)
    octets = target.view(np.uint8).reshape(-1, 8 * words.shape[-1])
    _pack_rows(mask.reshape(len(octets), width), octets[:, : -(-width // 8)])
    if target is not words:
        words[...] = target
    return words


@has_compiled
def pack_between(im: Array, low: Any, high: Any, is_inside: bool, out: Words, scratch: Scratch) -> Words:
    """Pack the mask of the pixels that lie between two numbers, or of all others."""
    tested = scratch("tested", im.shape, np.bool_)
    lie_between(im, low, high, tested, scratch)
    words = pack(tested, out)
    return words if is_inside else complement(words, im.shape[-1], words)


def _pack_rows(rows: Masks, octets: Any) -> None:
    """Pack rows into bytes; all as one long row, which is several times as fast, if need be with spare pixels."""
    count, width = rows.shape
    whole = 8 * octets.shape[1]
    if whole == width and rows.flags.c_contiguous:
        octets[...] = np.packbits(rows.reshape(-1), bitorder="little").reshape(count, -1)
        return
    some = max(1, BLOCK // max(1, whole))
    spaced = np.zeros((min(some, count), whole), bool)
    for start in range(0, count, some):
        part = rows[start : start + some]
        spaced[: len(part), :width] = part
        bits = np.packbits(spaced[: len(part)].reshape(-1), bitorder="little")
        octets[start : start + some] = bits.reshape(len(part), -1)


@has_compiled
def unpack(words: Words, width: int, out: Masks | None = None) -> Masks:
    """Unpack a mask whose rows are so many pixels wide."""
    octets = words.astype(_BYTES, copy=False).view(np.uint8).reshape(-1, 8 * words.shape[-1])
    if out is None and width % 8 == 0:
        bits = np.unpackbits(octets[:, : width // 8], axis=-1, bitorder="little")
        return bits.view(np.bool_).reshape(*words.shape[:-1], width)
    if out is not None and out.ndim > 2 and not out.flags.c_contiguous:
        for some_words, some in zip(words, out, strict=True):  # rows that do not lie one after another
            unpack(some_words, width, some)
        return out
    result = np.empty((*words.shape[:-1], width), bool) if out is None else out
    rows = result.reshape(len(octets), width)
    some = max(1, BLOCK // max(1, width))  # so few that they are copied while they are in the cache
    for start in range(0, len(rows), some):
        bits = octets[start : start + some, : -(-width // 8)]
        if width < _SHORT:
            bits = bits.reshape(-1)
        bits = np.unpackbits(bits, axis=-1, bitorder="little").view(np.bool_)
        part = rows[start : start + some]
        part[...] = bits.reshape(len(part), -1)[:, :width]
    return result


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
