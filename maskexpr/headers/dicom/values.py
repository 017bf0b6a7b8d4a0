"""The numbers that the samples of DICOM stand for, and the smallest type that holds them all."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.headers.dicom.groups import Plane
from maskexpr.headers.dicom.header import Header

Pair = tuple[float, float]  # slope and intercept

_EXACT_IN_32_BITS = 2**24


def stored_type(header: Header) -> np.dtype[Any]:
    """Of samples as they are stored."""
    if header.is_floating:
        return np.dtype(f"f{header.allocated // 8}")
    if header.allocated == 1:
        return np.dtype(bool)
    return np.dtype(f"{'i' if header.is_signed else 'u'}{header.allocated // 8}")


def value_type(header: Header, pairs: set[Pair]) -> np.dtype[Any]:
    """Of the numbers that samples stand for: the smallest that holds all that there can be, exactly."""
    dtype = stored_type(header)
    if pairs == {(1.0, 0.0)} or header.allocated == 1 or header.samples > 1:
        return dtype
    if header.is_floating:
        return np.dtype(np.float64)
    exact = [(Fraction(slope), Fraction(intercept)) for slope, intercept in pairs]
    ends = _ends(header, pairs)
    if all(part.denominator == 1 for pair in exact for part in pair):
        return _whole_type(ends)
    unit = max(part.denominator for pair in exact for part in pair)
    return np.dtype(np.float32 if max(map(abs, ends)) * unit <= _EXACT_IN_32_BITS else np.float64)


def common_type(found: Sequence[tuple[Header, set[Pair]]]) -> np.dtype[Any]:
    """Of the numbers that samples of several files stand for. Whole ones of 12 bits that differ by an intercept come to
    int16, where the types of the two would to int32."""
    types = {value_type(header, pairs) for header, pairs in found}
    if len(types) > 1 and all(dtype.kind in "iu" for dtype in types):
        return _whole_type([end for header, pairs in found for end in _ends(header, pairs)])
    return np.result_type(*types)


def _ends(header: Header, pairs: set[Pair]) -> list[Fraction]:
    """Among them are the least and the greatest number that samples can stand for."""
    return [Fraction(slope) * end + Fraction(intercept) for slope, intercept in pairs for end in range_of(header)]


def _whole_type(ends: Sequence[Fraction]) -> np.dtype[Any]:
    """The smallest type that holds whole numbers up to some ends."""
    for bits in (8, 16, 32, 64):
        for letter in "ui":
            info = np.iinfo(f"{letter}{bits // 8}")
            if info.min <= min(ends) and max(ends) <= info.max:
                return np.dtype(info.dtype)
    return np.dtype(np.float64)


def range_of(header: Header) -> tuple[int, int]:
    """The least and the greatest number that can be stored."""
    if header.is_signed:
        return -(2 ** (header.stored - 1)), 2 ** (header.stored - 1) - 1
    return 0, 2**header.stored - 1


def value_of(header: Header, pair: Pair, stored: float) -> float:
    """The number that a stored one stands for."""
    if header.is_inverted:
        stored = sum(range_of(header)) - stored
    value = Fraction(pair[0]) * Fraction(stored) + Fraction(pair[1])
    return int(value) if value.denominator == 1 else float(value)


def nodata_of(headers: Sequence[Header]) -> float | None:
    """The number that stands for no data in all images of a series, if it is one."""
    header, pairs = headers[0], pairs_of(headers)
    paddings = {(other.padding, other.is_inverted, other.stored) for other in headers}
    padding = header.padding
    if padding is None or len(paddings) > 1 or len(pairs) > 1 or padding[0] != padding[1]:
        return None
    low, high = range_of(header) if not header.is_floating else padding
    return value_of(header, next(iter(pairs)), padding[0]) if low <= padding[0] <= high else None


def pairs_of(headers: Sequence[Header]) -> set[Pair]:
    """The slopes and intercepts of all frames."""
    return {(plane.slope, plane.intercept) for header in headers for plane in header.planes}


def padded(header: Header, stored: np.ndarray) -> np.ndarray | None:
    """Where stored samples stand for no data; None for nowhere."""
    if header.padding is None:
        return None
    low, high = header.padding
    where: np.ndarray = stored == low if low == high else (stored >= low) & (stored <= high)
    return where if where.any() else None


def to_values(header: Header, plane: Plane, stored: np.ndarray, out: np.ndarray) -> None:
    """Turn stored samples of a frame into the numbers that they stand for; the two arrays may be one."""
    if not header.is_floating:
        _clean(stored, header)
    if header.is_inverted:
        np.bitwise_xor(stored, stored.dtype.type(-1 if header.is_signed else 2**header.stored - 1), out=stored)
    if out.dtype.kind == "f":
        _scale_floats(plane, stored, out)
    else:
        _scale_whole(plane, stored, out)


def _scale_floats(plane: Plane, stored: np.ndarray, out: np.ndarray) -> None:
    if out.dtype != stored.dtype:
        out[...] = stored
    if plane.slope != 1:
        out *= plane.slope
    if plane.intercept != 0:
        out += plane.intercept


def _scale_whole(plane: Plane, stored: np.ndarray, out: np.ndarray) -> None:
    """Whole numbers that fit in the end: what they pass on the way wraps around and back."""
    bits = out.view(f"u{out.dtype.itemsize}")
    if out.dtype.itemsize != stored.dtype.itemsize:
        out[...] = stored
    elif not np.shares_memory(out, stored):
        bits[...] = stored.view(bits.dtype)
    wrap = 2 ** (8 * out.dtype.itemsize)
    if plane.slope != 1:
        bits *= bits.dtype.type(int(plane.slope) % wrap)
    if plane.intercept != 0:
        bits += bits.dtype.type(int(plane.intercept) % wrap)


def _clean(stored: np.ndarray, header: Header) -> None:
    """Take the bits of the number out of its place: what else is there may be an overlay."""
    above = header.allocated - 1 - header.high
    if above:
        np.left_shift(stored, stored.dtype.type(above), out=stored)
    if header.allocated > header.stored:
        np.right_shift(stored, stored.dtype.type(header.allocated - header.stored), out=stored)
