"""Pixels put into bits, and taken from them, 64 at a time: one comparison of a vector of 64 values, whose result is a
word. It is given to LLVM as such, which has the instructions for it on each processor."""

import sys
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.vectors import load, pointer, spread, store
from maskexpr.kernels.packed import Masks, Words, packed_shape
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.threads import share, threads

Array = np.ndarray[Any, Any]

_NOT: Any = NotImplemented
_IS_LITTLE = sys.byteorder == "little"  # else the first of a vector is the last bit of a word
_INTEGERS = (types.uint8, types.uint16, types.uint32, types.uint64, types.int8, types.int16, types.int32, types.int64)
_TYPES = (*_INTEGERS, types.float32, types.float64)
_CODES = {"u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"}
_LARGE = 2**21  # bytes of a mask that would push all else out of the cache
_LINE = 16  # bytes that are written past the cache at once, as arrays are aligned to these


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
    given, rows = words.reshape(-1, words.shape[-1]), result.view(np.uint8).reshape(-1, width)
    if result.nbytes < _LARGE or width % _LINE or result.ctypes.data % _LINE:
        _unpack(given, rows)
        return result
    step = max(_LARGE // width, -(-len(rows) // threads()))

    def some(starts: Iterator[int]) -> None:
        for start in starts:
            pause()
            _unpack_past_cache(given[start : start + step], rows[start : start + step])

    share(some, range(0, len(rows), step))
    return result


# --- 64 at a time ----------------------------------------------------------------------------------------------------


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def between64(typing: Any, line: Any, at: Any, low: Any, high: Any) -> Any:
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


def _writer(align: int, *, past_cache: bool) -> Any:
    """What writes the bits of a word as 64 bytes of 0 and 1."""

    def write64(typing: Any, line: Any, at: Any, word: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            array, at, word = given
            bits = builder.bitcast(word, ir.VectorType(ir.IntType(1), 64))
            octets = builder.zext(bits, ir.VectorType(ir.IntType(8), 64))
            stored = store(builder, octets, pointer(context, builder, line, array), at)
            stored.align = align
            if past_cache:
                stored.set_metadata("nontemporal", builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)]))
            return context.get_dummy_value()

        return types.void(line, types.intp, types.uint64), generate

    return intrinsic(write64)


_write64, _write64_past_cache = _writer(1, past_cache=False), _writer(_LINE, past_cache=True)


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _fence(typing: Any) -> Any:
    """What was written past the cache is there for other threads too."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def ones(typing: Any, word: Any) -> Any:
    """How many bits of a word are on."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.int64(types.uint64), generate


_WORDS = types.Array(types.uint64, 2, "C")


@kernel(*((types.Array(t, 2, "C", True), t, t, types.uint64, _WORDS) for t in _TYPES))
def _pack_between(im: Array, low: Any, high: Any, flip: Any, words: Words) -> None:
    """Rows into words; those behind the last pixel are off, whether what is wanted is between the ends or not."""
    height, width = im.shape
    whole = width // 64
    for y in range(height):
        line, row = im[y], words[y]
        for j in range(whole):
            row[j] = between64(line, 64 * j, low, high) ^ flip
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


@kernel((types.Array(types.uint64, 2, "C", True), types.Array(types.uint8, 2, "C")))
def _unpack_past_cache(words: Words, out: Array) -> None:
    """The same of rows that are aligned: they need not be read to be written, which takes half of the time."""
    height, width = out.shape
    whole = width // 64
    for y in range(height):
        row, line = words[y], out[y]
        for j in range(whole):
            _write64_past_cache(line, 64 * j, row[j])
        for x in range(64 * whole, width):
            line[x] = (row[whole] >> np.uint64(x - 64 * whole)) & np.uint64(1)
    _fence()
