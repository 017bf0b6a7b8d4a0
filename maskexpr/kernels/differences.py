"""How far apart the pixels of two images are, in a type that holds no sign."""

from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.scratch import Scratch

Array = np.ndarray[Any, Any]


@has_compiled
def absolute_difference(a: Any, b: Any, out: Array, scratch: Scratch) -> Array:
    """Into `out`, of floating values or unsigned integers of its type; one of them may be a number of that type."""
    if out.dtype.kind == "f":
        np.subtract(a, b, out)
        return np.absolute(out, out)
    lower = scratch("the lower one", out.shape, out.dtype)
    np.minimum(a, b, out=lower)
    np.maximum(a, b, out=out)
    return np.subtract(out, lower, out)
