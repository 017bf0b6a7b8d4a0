"""How far apart the pixels of two images are, pixel by pixel in one sweep."""

from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.differences import Array
from maskexpr.kernels.scratch import Scratch

_NOT: Any = NotImplemented
_CODES = ("u1", "u2", "f4")


def absolute_difference(a: Any, b: Any, out: Array, scratch: Scratch) -> Array:
    """As the kernel of this name in `differences`."""
    arrays = a, b, out
    if (
        not out.dtype.isnative
        or out.dtype.str[1:] not in _CODES
        or not all(
            isinstance(x, np.ndarray) and x.flags.c_contiguous and x.shape == out.shape and x.dtype == out.dtype
            for x in arrays
        )
    ):
        return _NOT  # type: ignore[no-any-return]
    (_of_floats if out.dtype.kind == "f" else _of_integers)(*(x.reshape(-1) for x in arrays))
    return out


@kernel(*(f"void(Array({t}, 1, 'C', True), Array({t}, 1, 'C', True), {t}[::1])" for t in ("uint8", "uint16")))
def _of_integers(a: Array, b: Array, out: Array) -> None:
    for i in range(len(out)):
        out[i] = max(a[i], b[i]) - min(a[i], b[i])


@kernel("void(Array(float32, 1, 'C', True), Array(float32, 1, 'C', True), float32[::1])")
def _of_floats(a: Array, b: Array, out: Array) -> None:
    for i in range(len(out)):
        out[i] = abs(a[i] - b[i])
