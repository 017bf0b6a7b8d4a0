"""Where values lie between two numbers: of 8 and 16 bits by a table of them all, of floating values in one sweep."""

from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.kernels import shares as numpy_kernel
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.distances import in_parts
from maskexpr.kernels.lookups import look_up
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.shares import Array, Line

_NOT: Any = NotImplemented
_AT_ONCE = 2**18  # values between two pauses


def shares(im: Array, low: Any, high: Any, out: Array, scaled: Callable[..., Array], *, cut: bool,
           line: Line | None = None) -> Array:  # fmt: skip
    """As the kernel of this name in `shares`."""
    dtype = im.dtype
    if not (im.flags.c_contiguous and out.flags.c_contiguous and dtype.isnative):
        return _NOT  # type: ignore[no-any-return]
    if dtype.kind in "iu" and 2 ** (8 * dtype.itemsize) <= im.size:
        unsigned = f"u{dtype.itemsize}"
        every = np.arange(2 ** (8 * dtype.itemsize), dtype=unsigned).view(dtype)
        table = np.empty(every.shape, out.dtype)
        plain(numpy_kernel.shares)(every, low, high, table, scaled, cut=cut, line=line)
        return look_up(table, im.view(unsigned), 0, out, Scratch())
    offsets = numpy_kernel.offsets(dtype, low, high)
    if dtype.str[1:] not in ("f4", "f8") or out.dtype != dtype or line is not None or offsets is None:
        return _NOT  # type: ignore[no-any-return]
    first, _, width = offsets
    in_parts(_shares, (im.reshape(-1), first, width, cut, out.reshape(-1)), im.size, _AT_ONCE)
    return out


_TYPES = ("float32", "float64")


@kernel(*(f"void(Array({t}, 1, 'C', True), float64, float64, boolean, {t}[::1], int64, int64)" for t in _TYPES))
def _shares(values: Array, first: float, width: float, cut: bool, out: Array, start: int, stop: int) -> None:
    for i in range(start, stop):
        share = (np.float64(values[i]) - first) / width
        if cut:
            share = np.float64(0.0) if share < 0.0 else (np.float64(1.0) if share > 1.0 else share)
        out[i] = share + 0.0
