"""Pixels put into bits, and taken from them, 64 at a time: one comparison of a vector of 64 values, whose result is a
word. It is given to LLVM as such, which has the instructions for it on each processor."""

import sys
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.vectors import load, pointer, spread, store
from maskexpr.kernels.packed import Masks, Words, packed_shape
from maskexpr.kernels.scratch import Scratch

Array = np.ndarray[Any, Any]

_NOT: Any = NotImplemented
_IS_LITTLE = sys.byteorder == "little"  # else the first of a vector is the last bit of a word
_TYPES = (types.uint8, types.uint16, types.int16, types.int32, types.float32, types.float64)
_CODES = {"u1", "u2", "i2", "i4", "f4", "f8"}


def pack(mask: Masks, out: Words | None = None) -> Words:
    """As the kernel of this name in `packed`."""
    words = np.empty(packed_shape(mask.shape), np.uint64) if out is None else out
    if not (_IS_LITTLE and mask.flags.c_contiguous and words.flags.c_contiguous and mask.size):
        return cast(Words, _NOT)
    rows = mask.view(np.uint8).reshape(-1, mask.shape[-1])
    _pack_between(rows, np.uint8(1), np.uint8(255), np.uint64(0), words.reshape(len(rows), -1))
    return words


def pack_between(im: Array, low: Any, high: Any, is_inside: bool, out: Words, scratch: Scratch) -> Words:
    """As the kernel of this name in `packed`."""
    dtype = im.dtype
    if not (_IS_LITTLE and dtype.isnative and dtype.str[1:] in _CODES and im.flags.c_contiguous and im.size):
        return cast(Words, _NOT)
    least, most = (-np.inf, np.inf) if dtype.kind == "f" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    ends = dtype.type(least if low is None else low), dtype.type(most if high is None else high)
    rows = im.reshape(-1, im.shape[-1])
    _pack_between(rows, *ends, np.uint64(0 if is_inside else 2**64 - 1), out.reshape(len(rows), -1))
    return out


def unpack(words: Words, width: int, out: Masks | None = None) -> Masks:
    """As the kernel of this name in `packed`."""
    result = np.empty((*words.shape[:-1], width), bool) if out is None else out
    if not (_IS_LITTLE and words.flags.c_contiguous and result.flags.c_contiguous and result.size):
        return cast(Masks, _NOT)
    _unpack(words.reshape(-1, words.shape[-1]), result.view(np.uint8).reshape(-1, width))
    return result


# --- 64 at a time ----------------------------------------------------------------------------------------------------


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _between64(typing: Any, line: Any, at: Any, low: Any, high: Any) -> Any:
    """A word of which bit i says whether low <= line[at + i] <= high."""
    kind = line.dtype

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array, at, low, high = given
        vector = ir.VectorType(context.get_value_type(kind), 64)
        values = load(builder, pointer(context, builder, line, array), at, vector)
        low, high = spread(builder, low, vector), spread(builder, high, vector)
        if isinstance(kind, types.Float):
            above, below = builder.fcmp_ordered(">=", values, low), builder.fcmp_ordered("<=", values, high)
        else:
            compare = builder.icmp_signed if kind.signed else builder.icmp_unsigned
            above, below = compare(">=", values, low), compare("<=", values, high)
        return builder.bitcast(builder.and_(above, below), ir.IntType(64))

    return types.uint64(line, types.intp, kind, kind), generate


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _write64(typing: Any, line: Any, at: Any, word: Any) -> Any:
    """Write the bits of a word as 64 bytes of 0 and 1."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array, at, word = given
        bits = builder.bitcast(word, ir.VectorType(ir.IntType(1), 64))
        octets = builder.zext(bits, ir.VectorType(ir.IntType(8), 64))
        store(builder, octets, pointer(context, builder, line, array), at)
        return context.get_dummy_value()

    return types.void(line, types.intp, types.uint64), generate


_WORDS = types.Array(types.uint64, 2, "C")


@kernel(*((types.Array(t, 2, "C", True), t, t, types.uint64, _WORDS) for t in _TYPES))
def _pack_between(im: Array, low: Any, high: Any, flip: Any, words: Words) -> None:
    """Rows into words; those behind the last pixel are off, whether what is wanted is between the ends or not."""
    height, width = im.shape
    whole = width // 64
    for y in range(height):
        line, row = im[y], words[y]
        for j in range(whole):
            row[j] = _between64(line, 64 * j, low, high) ^ flip
        for j in range(whole, len(row)):
            row[j] = 0
        for x in range(64 * whole, width):
            if (low <= line[x] <= high) != (flip != 0):
                row[whole] |= np.uint64(1) << np.uint64(x - 64 * whole)


@kernel((types.Array(types.uint64, 2, "C", True), types.Array(types.uint8, 2, "C")))
def _unpack(words: Words, out: Array) -> None:
    height, width = out.shape
    whole = width // 64
    for y in range(height):
        row, line = words[y], out[y]
        for j in range(whole):
            _write64(line, 64 * j, row[j])
        for x in range(64 * whole, width):
            line[x] = (row[whole] >> np.uint64(x - 64 * whole)) & np.uint64(1)
