"""What the values of regions add up to, span by span."""

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.regional import Array

_SPANS = types.Array(types.int64, 1, "C", True)
_NARROW = (types.uint8, types.int8, types.uint16, types.int16)
_WIDE = (types.uint32, types.int32)
_ALL = (*_NARROW, *_WIDE, types.uint64, types.int64, types.float32, types.float64)
_CODES = {"u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"}
_DIGIT = 16  # bits


def take_extremes(found: Array, owner: Array, begins: Array, block: Array, function: np.ufunc) -> None:
    """As the kernel of this name in `regional`."""
    if block.dtype.str[1:] not in _CODES or not (block.dtype.isnative and found.dtype == block.dtype):
        return NotImplemented  # type: ignore[no-any-return]
    (_least if function is np.minimum else _most)(found, owner, begins, block)
    return None


def add_digits(sums: Array, owner: Array, begins: Array, block: Array, power: int) -> None:
    """As the kernel of this name in `regional`."""
    if block.dtype.kind not in "iu" or block.itemsize > 4 or not block.dtype.isnative:
        return NotImplemented  # type: ignore[no-any-return]
    (_add_narrow if block.itemsize <= 2 else _add_wide)(sums, owner, begins, block, power == 2)
    return None


def add_layers(layers: Array, owner: Array, begins: Array, block: Array, cuts: Array) -> bool:
    """As the kernel of this name in `regional`."""
    if block.dtype.str[1:] not in ("f4", "f8") or not block.dtype.isnative:
        return NotImplemented  # type: ignore[no-any-return]
    return bool(_add_layers(layers, owner, begins, block, cuts))


def _of(block: types.Type) -> tuple[types.Type, ...]:
    """Spans of values."""
    return _SPANS, _SPANS, types.Array(block, 1, "C", True)


@kernel()
def _end(begins: Array, block: Array, i: int) -> int:
    """Where a span ends."""
    return begins[i + 1] if i + 1 < len(begins) else len(block)


@kernel(*((types.Array(t, 1, "C"), *_of(t)) for t in _ALL))
def _least(found: Array, owner: Array, begins: Array, block: Array) -> None:
    for i in range(len(owner)):
        best = found[owner[i]]
        for k in range(begins[i], _end(begins, block, i)):
            if best == best and not best <= block[k]:  # the first nan stays
                best = block[k]
        found[owner[i]] = best


@kernel(*((types.Array(t, 1, "C"), *_of(t)) for t in _ALL))
def _most(found: Array, owner: Array, begins: Array, block: Array) -> None:
    for i in range(len(owner)):
        best = found[owner[i]]
        for k in range(begins[i], _end(begins, block, i)):
            if best == best and not best >= block[k]:
                best = block[k]
        found[owner[i]] = best


@kernel(*((types.Array(types.int64, 2, "C"), *_of(t), types.boolean) for t in _NARROW))
def _add_narrow(sums: Array, owner: Array, begins: Array, block: Array, is_squared: bool) -> None:
    """Add values of one digit."""
    for i in range(len(owner)):
        total = np.int64(0)
        for k in range(begins[i], _end(begins, block, i)):
            value = np.int64(block[k])
            total += value * value if is_squared else value
        sums[0, owner[i]] += total


@kernel(*((types.Array(types.int64, 2, "C"), *_of(t), types.boolean) for t in _WIDE))
def _add_wide(sums: Array, owner: Array, begins: Array, block: Array, is_squared: bool) -> None:
    """Add values of two digits."""
    for i in range(len(owner)):
        low, middle, high = np.int64(0), np.int64(0), np.int64(0)
        for k in range(begins[i], _end(begins, block, i)):
            value = np.int64(block[k])
            a, b = value & (2**_DIGIT - 1), value >> _DIGIT
            if is_squared:
                low, middle, high = low + a * a, middle + 2 * a * b, high + b * b
            else:
                low, middle = low + a, middle + b
        sums[0, owner[i]] += low
        sums[1, owner[i]] += middle
        if is_squared:
            sums[2, owner[i]] += high


@kernel(
    *(
        (types.Array(types.float64, 2, "C"), *_of(t), types.Array(types.float64, 1, "C", True))
        for t in (types.float32, types.float64)
    )
)
def _add_layers(layers: Array, owner: Array, begins: Array, block: Array, cuts: Array) -> bool:
    left = np.empty(len(block), np.float64)
    for k in range(len(block)):
        left[k] = block[k]
    for layer in range(len(cuts)):
        cut, some = cuts[layer], False
        for i in range(len(owner)):
            total = 0.0
            for k in range(begins[i], _end(begins, block, i)):
                part = (left[k] + cut) - cut
                total += part
                left[k] -= part
                some |= left[k] != 0
            layers[layer, owner[i]] += total
        if not some:
            return True
    return False
