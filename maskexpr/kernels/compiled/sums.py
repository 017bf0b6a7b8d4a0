"""Sums in one sweep: of whole numbers, and of their squares, piece by piece in types that hold those of a piece; of
floats by two cuts, whose parts are whole numbers of two units and are added up as such.

How far what two cuts leave may move a sum is known, and nearly always too little to round it elsewhere; else the NumPy
kernel answers.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

from maskexpr.kernels.blocks import BLOCK, together
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.gathering import Samples
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.sums import Values, rounded
from maskexpr.kernels.threads import share

Array = np.ndarray[Any, Any]

_NOT: Any = NotImplemented
_FEW = 256  # floats of which the exact sum is known sooner
_AT_ONCE = 2**21  # values, between two looks at whether they are wanted
_SHARED = 2**24  # bytes from which threads take part
_BITS, _LOWEST, _HIGHEST = 47, -1074, 971  # of a whole number of units; of units, as powers of two
_SMALLEST = -1021  # floats below 2 to this are cut at the lowest unit
_DIGITS = 72  # to base 2^32, of a sum in units of the smallest float; and such of a product
_WIDE = 32
_PIECE = 2**15  # values whose sum, of up to 16 bits, fits int32, and so does that of squares of bytes
_CUT = 2**13  # floats that are cut at one unit
_TOGETHER = 64  # bytes


def whole_sum(x: Values) -> int:
    """As the kernel of this name in `sums`."""
    return _NOT if x.dtype.kind not in "iu" else _total(_each(x, _whole_sum, 2), 0)


def whole_sums(x: Values) -> tuple[int, int]:
    """As the kernel of this name in `sums`."""
    if x.dtype.kind not in "iu":
        return _NOT  # type: ignore[no-any-return]
    found = _each(x, _whole_sums, 4)
    return _total(found, 0), _total(found, 2)


def exact_sum(x: Values, about: float | None = None) -> float:
    """As the kernel of this name in `sums`."""
    if x.size <= _FEW or x.dtype.kind != "f" or not (about is None or math.isfinite(about)):
        return _NOT  # type: ignore[no-any-return]

    def work(values: Array, on: Array | None, out: Array) -> None:
        if out[0] == 0:
            out[0] = _cut_sums(values, on, about or 0.0, about is not None, out[1:])

    # What went wrong, the sum, and how far it may be off.
    found = _each(x, work, 1 + 2 * _DIGITS)
    if any(some[0] for some in found):
        return _NOT  # type: ignore[no-any-return]
    total = sum(_of_digits(some[1 : 1 + _DIGITS]) for some in found)
    slack = sum(_of_digits(some[1 + _DIGITS :]) for some in found)
    if not slack:
        return rounded(total)
    least, most = rounded(total - slack), rounded(total + slack)
    return least if least == most else _NOT


def _of_digits(digits: Array) -> int:
    return sum(int(digits[i]) << _WIDE * i for i in np.flatnonzero(digits).tolist())


def _total(found: list[Array], first: int) -> int:
    """From the sums of the lower and the higher bits."""
    return sum(int(some[first]) + (int(some[first + 1]) << _WIDE) for some in found)


def _each(x: Values, work: Callable[..., None], size: int) -> list[Array]:
    """What is found by sweeps over parts of values, and of the mask of samples, of each thread."""
    arrays = (x.values, x.mask.view(np.uint8)) if isinstance(x, Samples) else (cast(Array, x),)
    results: list[Array] = []
    if not all(array.flags.c_contiguous and array.dtype.isnative for array in arrays):
        out = np.zeros(size, np.int64)
        for values, *on in together(*arrays, most=BLOCK):
            work(values, on[0] if on else None, out)
        return [out]
    flat = [array.reshape(-1) for array in arrays]

    def some(starts: Iterator[int]) -> None:
        out = np.zeros(size, np.int64)
        results.append(out)
        for start in starts:
            pause()
            values, *on = (array[start : start + _AT_ONCE] for array in flat)
            work(values, on[0] if on else None, out)

    starts = range(0, flat[0].size, _AT_ONCE)
    if flat[0].nbytes >= _SHARED:
        share(some, starts)
    else:
        some(iter(starts))
    return results


# --- whole numbers ---------------------------------------------------------------------------------------------------

_WHOLE = (types.uint8, types.uint16, types.int16, types.int32, types.int64)
_ON = types.Array(types.uint8, 1, "C", True)
_OUT = types.Array(types.int64, 1, "C")


def _forms(kinds: Any, *more: Any) -> list[Any]:
    """Of values of some types, without a mask and with one."""
    return [(types.Array(kind, 1, "C", True), on, *more) for kind in kinds for on in (types.none, _ON)]


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _sum64(typing: Any, line: Any, at: Any) -> Any:
    """The sum of 64 bytes of a line, for which processors have an instruction."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array, at = given
        data = context.make_array(line)(context, builder, array).data
        octets, wide = (ir.VectorType(ir.IntType(bits), _TOGETHER) for bits in (8, 32))
        values = builder.load(builder.bitcast(builder.gep(data, [at]), octets.as_pointer()))
        values.align = 1
        kind = ir.FunctionType(ir.IntType(32), [wide])
        add = get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.add.v{_TOGETHER}i32")
        return builder.zext(builder.call(add, [builder.zext(values, wide)]), ir.IntType(64))

    return types.int64(line, types.intp), generate


@kernel()
def _part(on: Any, start: int, size: int) -> Any:
    return None if on is None else on[start : start + size]


@kernel()
def _is_on(on: Any, i: int) -> bool:
    return True if on is None else on[i] != 0


@kernel()
def _sum_of_bytes(x: Array) -> Any:
    end, total = len(x) // _TOGETHER * _TOGETHER, np.int64(0)
    for start in range(0, end, _TOGETHER):
        total += _sum64(x, start)
    for i in range(end, len(x)):
        total += np.int64(x[i])
    return total


@kernel(*_forms(_WHOLE, _OUT))
def _whole_sum(x: Array, on: Any, out: Array) -> None:
    """Add the sum of values where a mask is on, of the lower 32 bits of large ones and of the higher."""
    kind = x.dtype.type
    if x.itemsize == 1 and on is None:
        out[0] += _sum_of_bytes(x)
    elif x.itemsize <= 2:
        for start in range(0, len(x), _PIECE):
            part, there, total = x[start : start + _PIECE], _part(on, start, _PIECE), np.int32(0)
            for i in range(len(part)):
                total = np.int32(total + np.int32(part[i] if _is_on(there, i) else kind(0)))
            out[0] += np.int64(total)
    elif x.itemsize == 4:
        for i in range(len(x)):
            out[0] += np.int64(x[i] if _is_on(on, i) else kind(0))
    else:
        low = high = np.int64(0)
        for i in range(len(x)):
            value = np.int64(x[i] if _is_on(on, i) else kind(0))
            low += value & np.int64(0xFFFFFFFF)
            high += value >> np.int64(32)
        out[0] += low
        out[1] += high


@kernel(*_forms(_WHOLE[:-1], _OUT))
def _whole_sums(x: Array, on: Any, out: Array) -> None:
    """The same, and then of the squares."""
    kind: Any = x.dtype.type
    if x.itemsize == 4:
        total = low = high = np.int64(0)
        for i in range(len(x)):
            value = np.int64(x[i] if _is_on(on, i) else kind(0))
            square = value * value
            total += value
            low += square & np.int64(0xFFFFFFFF)
            high += square >> np.int64(32)
        out[0] += total
        out[2] += low
        out[3] += high
        return
    for start in range(0, len(x), _PIECE):
        part, there = x[start : start + _PIECE], _part(on, start, _PIECE)
        small, squares, wide = np.int32(0), np.int32(0), np.int64(0)
        for i in range(len(part)):
            here = np.int32(part[i] if _is_on(there, i) else kind(0))
            small = np.int32(small + here)
            if x.itemsize == 1:
                squares = np.int32(squares + np.int32(here * here))
            else:
                wide += np.int64(np.uint32(here * here))
        out[0] += np.int64(small)
        out[2] += np.int64(squares) + wide


# --- floats ----------------------------------------------------------------------------------------------------------

_FLOATS = (types.float32, types.float64)


@kernel(*_forms(_FLOATS, types.float64, types.boolean, _OUT))
def _cut_sums(x: Array, on: Any, about: float, squared: bool, out: Array) -> Any:
    """Add the sum of values, or of squares of their distances from a number, as digits of whole numbers of the smallest
    float, and then how far it may be off; 0, or 1 where values are not finite, or too large for that."""
    bits, highest = np.int64(0x7FFFFFFFFFFFFFFF), np.int64(0x7FF)
    exponent: Any = np.int64(_SMALLEST)
    for start in range(0, len(x), _CUT):
        part, there = x[start : start + _CUT], _part(on, start, _CUT)
        while True:
            unit: Any = max(exponent - _BITS, _LOWEST)
            finer: Any = max(unit - _BITS, _LOWEST)
            if unit > _HIGHEST:
                return 1
            first, second = _magic(unit), _magic(finer)
            whole = rest = left = most = np.int64(0)
            for i in range(len(part)):
                value: Any = np.float64(part[i])
                if squared:
                    value = (value - about) * (value - about)
                value = value if _is_on(there, i) else 0.0
                most = max(most, _bits(value) & bits)
                cut = value + first
                whole += _bits(cut)
                value -= cut - first
                cut = value + second
                rest += _bits(cut)
                left |= _bits(value - (cut - second))
            found = most >> np.int64(52)
            if found == highest:
                return 1
            if found - 1022 <= exponent:  # it was cut at a unit that is large enough
                break
            exponent = found - 1022
        _put(out, whole - len(part) * _bits(first), unit - _LOWEST)
        _put(out, rest - len(part) * _bits(second), finer - _LOWEST)
        if left:
            _put(out[_DIGITS:], np.int64(len(part)), finer - _LOWEST)
    return 0


@kernel()
def _bits(value: float) -> Any:
    return np.float64(value).view(np.int64)


@kernel()
def _magic(unit: int) -> Any:
    """1.5 * 2**52 units."""
    return np.int64(((unit + 52 + 1023) << 52) | (1 << 51)).view(np.float64)


@kernel()
def _put(digits: Array, whole: int, place: int) -> None:
    """Add a whole number, shifted by so many bits, to digits that may be above their base."""
    i, shift, last = place // 32, np.int64(place % 32), np.int64(0xFFFFFFFF)
    low, high = (whole & last) << shift, (whole >> np.int64(32)) << shift
    digits[i] += low & last
    digits[i + 1] += (low >> np.int64(32)) + (high & last)
    digits[i + 2] += high >> np.int64(32)
