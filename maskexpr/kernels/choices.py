"""Which pixels lie between two numbers, and which of two values a pixel takes: without branches, straight into what is
there for the result."""

from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.scratch import Scratch

Array = np.ndarray[Any, Any]

_ONES = {dtype: np.array(1, dtype) for dtype in map(np.dtype, ("u1", "u2", "u4", "u8"))}


@has_compiled
def lie_between(im: Array, low: Any, high: Any, out: Array, scratch: Scratch) -> Any:
    """Whether pixels lie between two numbers of the image's type, these included. None is no end. nan lies between
    none."""
    if low is None:
        return np.less_equal(im, high, out=out)
    if high is None:
        return np.greater_equal(im, low, out=out)
    if low == high:
        return np.equal(im, low, out=out)
    if im.dtype.kind in "iu":  # one subtraction, which wraps, and one comparison
        unsigned = np.dtype(f"u{im.dtype.itemsize}")
        offset = scratch("offset", im.shape, unsigned)
        np.subtract(im.view(unsigned), np.asarray(low, im.dtype).view(unsigned), out=offset)
        return np.less_equal(offset, np.asarray(int(high) - int(low), unsigned), out=out)
    below = scratch("below", im.shape, np.dtype(bool))
    np.less_equal(im, high, out=below)
    np.greater_equal(im, low, out=out)
    return np.logical_and(out, below, out=out)


@has_compiled
def choose(condition: Array, a: Any, b: Any, out: Array, scratch: Scratch) -> Any:
    """The bits of `a` where a mask is on, those of `b` elsewhere, as unsigned numbers of one type: pixels or one
    number."""
    chosen = scratch("chosen", out.shape, out.dtype)
    if not isinstance(a, np.ndarray) and a == 0:
        _all_bits_where_off(condition, chosen)
        return np.bitwise_and(chosen, b, out=out)
    _all_bits_where_on(condition, chosen)
    if not isinstance(b, np.ndarray) and b == 0:
        return np.bitwise_and(chosen, a, out=out)
    np.bitwise_and(chosen, np.bitwise_xor(a, b), out=out)
    return np.bitwise_xor(out, b, out=out)


def _all_bits_where_on(condition: Array, out: Array) -> None:
    if out.dtype == np.uint8:
        np.negative(condition.view(np.uint8), out)
        return
    np.copyto(out, condition.view(np.uint8))
    np.negative(out, out)


def _all_bits_where_off(condition: Array, out: Array) -> None:
    if out.dtype == np.uint8:
        np.subtract(condition.view(np.uint8), _ONES[out.dtype], out)
        return
    np.copyto(out, condition.view(np.uint8))
    np.subtract(out, _ONES[out.dtype], out)
