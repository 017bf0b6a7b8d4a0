"""Comparisons with two numbers, and choices, pixel by pixel in one sweep."""

from typing import Any

import numpy as np

from maskexpr.kernels.choices import Array
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.scratch import Scratch

_NOT: Any = NotImplemented
_COMPARED = {"u1": "uint8", "u2": "uint16", "i2": "int16", "i4": "int32", "f4": "float32", "f8": "float64"}
_CHOSEN = ("uint8", "uint16", "uint32", "uint64")


def lie_between(im: Array, low: Any, high: Any, out: Array, scratch: Scratch) -> Array:
    """As the kernel of this name in `choices`."""
    dtype = im.dtype
    lies_so = im.flags.c_contiguous and out.flags.c_contiguous and dtype.isnative
    if low is None or high is None or not lies_so or dtype.str[1:] not in _COMPARED:
        return _NOT  # type: ignore[no-any-return]
    _lie_between(im.reshape(-1), dtype.type(low), dtype.type(high), out.reshape(-1).view(np.uint8))
    return out


def choose(condition: Array, a: Any, b: Any, out: Array, scratch: Scratch) -> Array:
    """As the kernel of this name in `choices`."""
    given = condition, a, b, out
    arrays = [x for x in given if isinstance(x, np.ndarray)]
    if len(arrays) < 3 or any(x.shape != out.shape or not x.flags.c_contiguous for x in arrays):
        return _NOT  # type: ignore[no-any-return]
    on, first, second, chosen = (x.reshape(-1) if isinstance(x, np.ndarray) else x for x in given)
    if len(arrays) == len(given):
        _choose(on.view(np.uint8), first, second, chosen)
    elif isinstance(a, np.ndarray):
        _keep(on.view(np.uint8), np.uint8(1), first, out.dtype.type(second), chosen)
    else:
        _keep(on.view(np.uint8), np.uint8(0), second, out.dtype.type(first), chosen)
    return out


@kernel(*(f"void(Array({t}, 1, 'C', True), {t}, {t}, uint8[::1])" for t in _COMPARED.values()))
def _lie_between(im: Array, low: Any, high: Any, out: Array) -> None:
    for i in range(len(out)):
        out[i] = (im[i] >= low) & (im[i] <= high)


@kernel(
    *(
        f"void(Array(uint8, 1, 'C', True), Array({t}, 1, 'C', True), Array({t}, 1, 'C', True), {t}[::1])"
        for t in _CHOSEN
    )
)
def _choose(on: Array, a: Array, b: Array, out: Array) -> None:
    for i in range(len(out)):
        first, second = a[i], b[i]
        out[i] = first if on[i] else second


@kernel(*(f"void(Array(uint8, 1, 'C', True), uint8, Array({t}, 1, 'C', True), {t}, {t}[::1])" for t in _CHOSEN))
def _keep(on: Array, wanted: Any, a: Array, number: Any, out: Array) -> None:
    """Pixels where a mask is as wanted, one number elsewhere."""
    for i in range(len(out)):
        value = a[i]
        out[i] = value if on[i] == wanted else number
