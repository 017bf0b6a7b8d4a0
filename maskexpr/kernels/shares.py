"""Where values lie between two numbers, as float64 and block by block, and from there onto a line between two others.

The same operations in the same order as the plain meaning has, but for those that change nothing: nothing is cut off
where nothing can lie beyond, and no sign is taken from a zero that has none.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

BLOCK = 2**15  # values, whose float64s stay in the cache
_FLOAT = np.dtype(np.float64)


@dataclass(frozen=True, slots=True)
class Line:
    """From `start`, where the share is 0, to `stop`, where it is 1."""

    start: float
    stop: float

    def put(self, shares: Array, more: Array) -> None:
        """Shares become what lies there; the other array is worked in."""
        if self.start == 0 and self.stop >= 0:
            np.multiply(shares, self.stop, shares)
            return
        np.subtract(1, shares, more)
        np.multiply(more, self.start, more)
        np.multiply(shares, self.stop, shares)
        np.add(more, shares, shares)
        np.clip(shares, min(self.start, self.stop), max(self.start, self.stop), out=shares)
        np.add(shares, 0.0, shares)


@has_compiled
def shares(im: Array, low: Any, high: Any, out: Array, scaled: Callable[..., Array], *, cut: bool,
           line: Line | None = None) -> Array:  # fmt: skip
    """Into `out`, where `low` gives 0 and `high` gives 1; `cut` says that values may lie beyond, or be infinite.
    `scaled` does what is not done here: wide integers, and ends that are equal or too far apart."""
    values, target = im.reshape(-1), out.reshape(-1)
    ends = offsets(im.dtype, low, high)
    is_wide = out.dtype == _FLOAT
    room = np.empty((2, min(BLOCK, values.size)), _FLOAT)
    for start in range(0, values.size, BLOCK):
        part, into = values[start : start + BLOCK], target[start : start + BLOCK]
        found = into if is_wide else room[0, : part.size]
        if ends is None:
            found[...] = scaled(part, low, high)
        else:
            _scale(part, *ends, found, cut=cut)
        if line is not None:
            line.put(found, room[1, : part.size])
        if not is_wide:
            np.copyto(into, found, casting="same_kind")
        pause()
    return out


def offsets(dtype: np.dtype[Any], low: Any, high: Any) -> tuple[float, float, float] | None:
    """What is taken off at first, and then, and what is divided by."""
    if dtype.kind == "f":
        low, high = float(low), float(high)
        width = high - low
        return None if width == 0 or not math.isfinite(width) else (low, 0.0, width)
    is_exact = isinstance(low, int) and isinstance(high, int) and max(abs(low), abs(high)) < 2**52
    if dtype.itemsize == _FLOAT.itemsize or not is_exact or low == high:
        return None
    held = np.iinfo(dtype)
    start = min(max(low, int(held.min)), int(held.max))
    return float(start), float(low - start), float(high - start) - float(low - start)


def _scale(part: Array, first: float, then: float, width: float, out: Array, *, cut: bool) -> None:
    np.subtract(part, first, out, dtype=_FLOAT)
    if then:
        np.subtract(out, then, out)
    np.divide(out, width, out)
    if cut:
        np.clip(out, 0.0, 1.0, out=out)
    if part.dtype.kind == "f" and (cut or first == 0):  # whole numbers leave no zero below
        np.add(out, 0.0, out)
