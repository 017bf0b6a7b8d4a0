"""Which numbers occur in labels, looked at where they change."""

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.numbers import Array
from maskexpr.kernels.stopping import pause

_AT_ONCE = 2**22  # pixels between two pauses


def occurring(labels: Array, most: int) -> Array:
    """As the kernel of this name in `numbers`."""
    if labels.dtype != np.int32 or not labels.flags.c_contiguous:
        return NotImplemented  # type: ignore[no-any-return]
    occurs, flat = np.zeros(most + 1, np.uint8), labels.reshape(-1)
    for start in range(0, flat.size, _AT_ONCE):
        pause()
        _mark(flat[start : start + _AT_ONCE], occurs)
    return occurs.view(np.bool_)


@kernel((types.Array(types.int32, 1, "C", True), types.Array(types.uint8, 1, "C")))
def _mark(flat: Array, occurs: Array) -> None:
    last = np.int32(-1)
    for number in flat:
        if number != last:
            occurs[number] = 1
            last = number
