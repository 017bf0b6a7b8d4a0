"""Exact whole numbers of many regions at once, and how they are rounded."""

from typing import Any

import numpy as np

from maskexpr.functions.parameters import Array

_FLOAT_BITS = 53  # of whole numbers that are exact in float64


def sum_type(dtype: np.dtype[Any], pixels: int) -> np.dtype[Any]:
    """The type of sums of so many values: of 64 bits where every one fits, else float64."""
    if dtype.kind != "f" and dtype.itemsize < 8 and (pixels << 8 * dtype.itemsize).bit_length() < 64:
        return np.dtype(np.int64)
    return np.dtype(np.float64)


def largest(values: Array) -> int:
    """The largest magnitude."""
    return max(int(values.max(initial=0)), -int(values.min(initial=0)))


def roomy(values: Array, most: int) -> Array:
    """Whole values in a type that holds numbers up to `most`: Python's own where int64 does not."""
    return values.astype(np.int64 if most < 2**63 else object)


def floating(values: Array) -> Array:
    """Exact numbers rounded to float64."""
    return values.astype(np.float64)


def quotients(a: Array, b: Array) -> Array:
    """Exact whole numbers divided, each rounded once; nan where the divisor is 0."""
    if a.dtype != object and b.dtype != object:
        most = max(int(np.abs(v).max(initial=0)) for v in (a, b))
        if most.bit_length() <= _FLOAT_BITS:
            return np.asarray(np.divide(a, b, out=np.full(a.shape, np.nan), where=b != 0))
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return np.array([x / y if y else np.nan for x, y in pairs], np.float64).reshape(a.shape)
