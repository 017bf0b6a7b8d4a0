"""Pixels of two masks counted in one sweep, 64 at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.packed import between64, ones
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_AT_ONCE = 2**22  # pixels, between two looks at whether they are wanted


def overlap(a: Array, b: Array) -> tuple[int, int, int]:
    """As the kernel of this name in `overlaps`."""
    if not (a.flags.c_contiguous and b.flags.c_contiguous):
        return NotImplemented  # type: ignore[no-any-return]
    own = others = both = 0
    for first, second in parts(a, b):
        some = _overlap(first, second)
        own, others, both = own + some[0], others + some[1], both + some[2]
    return own, others, both


def parts(*masks: Array) -> Iterator[tuple[Array, ...]]:
    """Masks as flat bytes, so many at a time."""
    flat = [mask.view(np.uint8).reshape(-1) for mask in masks]
    for start in range(0, flat[0].size, _AT_ONCE):
        pause()
        yield tuple(some[start : start + _AT_ONCE] for some in flat)


_ON = types.Array(types.uint8, 1, "C", True)


@kernel((_ON, _ON))
def _overlap(a: Array, b: Array) -> Any:
    own = others = both = np.int64(0)
    low, high = np.uint8(1), np.uint8(255)
    end = len(a) // 64 * 64
    for start in range(0, end, 64):
        first, second = between64(a, start, low, high), between64(b, start, low, high)
        own += ones(first)
        others += ones(second)
        both += ones(first & second)
    for i in range(end, len(a)):
        own += a[i] != 0
        others += b[i] != 0
        both += a[i] != 0 and b[i] != 0
    return own, others, both
