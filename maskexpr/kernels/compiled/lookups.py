"""What a table has for whole numbers of 8 or 16 bits, which need not be widened; its values are bits that are moved."""

import itertools
from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.distances import in_parts
from maskexpr.kernels.lookups import Array
from maskexpr.kernels.scratch import Scratch

_NOT: Any = NotImplemented
_NUMBERS = ("u1", "u2", "i2")
_AT_ONCE = 2**20  # numbers between two pauses


def look_up(table: Array, numbers: Array, low: int, out: Array, scratch: Scratch) -> Array:
    """As the kernel of this name in `lookups`."""
    lies_so = numbers.flags.c_contiguous and out.flags.c_contiguous and numbers.dtype.isnative and table.dtype.isnative
    if not (lies_so and numbers.dtype.str[1:] in _NUMBERS and table.itemsize in (4, 8) and table.dtype == out.dtype):
        return _NOT  # type: ignore[no-any-return]
    bits = f"u{table.itemsize}"
    given = table.view(bits), numbers.reshape(-1), np.int32(low), out.reshape(-1).view(bits)
    in_parts(_look_up, given, numbers.size, _AT_ONCE)
    return out


_TYPES = itertools.product(("uint32", "uint64"), ("uint8", "uint16", "int16"))


@kernel(
    *(
        f"void(Array({bits}, 1, 'C', True), Array({number}, 1, 'C', True), int32, {bits}[::1], int64, int64)"
        for bits, number in _TYPES
    )
)
def _look_up(table: Array, numbers: Array, low: Any, out: Array, start: int, stop: int) -> None:
    last = np.uint32(len(table) - 1)
    for i in range(start, stop):
        out[i] = table[min(last, np.uint32(np.int32(numbers[i]) - low))]
