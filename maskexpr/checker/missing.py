"""Which pixels of an input have data, from what is said of it: a mask, a number that stands for none."""

import functools
import math
import numbers
from collections.abc import Container, Iterable
from typing import Any

import numpy as np

from maskexpr.checker import lazy
from maskexpr.checker.given import truths
from maskexpr.checker.image import Image
from maskexpr.checker.params import shown
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import shape_text

Array = np.ndarray[Any, Any]


def number_of(nodata: Any) -> int | float | None:
    """The number that stands for no data, as a plain one."""
    if nodata is None:
        return None
    if isinstance(nodata, np.generic):
        nodata = nodata.item()
    if not isinstance(nodata, numbers.Real):
        raise Refused(messages.IMAGE_NODATA, found=shown(nodata))
    return int(nodata) if isinstance(nodata, numbers.Integral) else float(nodata)


def valid_of(
    image: Image,
    left_out: Array | None,
    array: Array | None,
    kinds: Container[str | None],
    order: tuple[int, ...] | None,
) -> Array | None:
    """Where an array has data; None where that is everywhere, and of what has no pixels.

    `left_out` are the numbers that it leaves out itself, `kinds` what it is and what it is taken for; `order` says in
    which its axes were taken. A pixel of a colour image has data if it has all its channels, and not all of them are
    the number for none.
    """
    if array is None:
        return None
    number, channels = number_of(image.nodata), "colour" in kinds
    shape = array.shape[:-1] if channels else array.shape
    parts: list[Any] = [] if image.valid is None else [_stated(image.valid, shape, order)]
    if left_out is not None:
        out = left_out if order is None else left_out.transpose(order)
        parts.append(~(out.any(axis=-1) if channels else out))
    if number is not None and not (number == 0 and ("mask" in kinds or "labels" in kinds)):  # their background
        holds = equals(array, number)
        if holds is not None:
            parts.append(~(holds.all(axis=-1) if channels else holds))
    if not parts:
        return None
    valid: Array = functools.reduce(np.logical_and, parts)
    return None if valid.all() else valid


def _stated(valid: Any, shape: tuple[int, ...], order: tuple[int, ...] | None) -> Array:
    """Where an image is said to have data, its axes in our order."""
    found = _array(valid)
    if found.dtype == bool:
        found = truths(found)
    if order is not None and found.ndim == len(shape):
        found = found.transpose(order[: found.ndim])
    if found.shape != shape or found.dtype != bool:
        text = shape_text(found.shape) or "()"
        raise Refused(messages.IMAGE_VALID, shape=shape_text(shape), found=f"{text} {found.dtype}")
    return found


def _array(valid: Any) -> Array:
    lazy.refuse(valid)
    try:
        return np.asarray(valid)
    except Exception as error:  # what an object of somebody else's does is its own affair
        raise Refused(messages.INPUT_NOT_ARRAY, found=f"where it has data: {shown(error)}") from None


def equals(array: Array, number: float) -> Array | None:
    """Where an array holds a number, compared in its own type; None if it cannot hold it."""
    dtype = array.dtype
    held = _held(dtype, number)
    if held is None:
        return None
    return np.isnan(array) if held != held else np.asarray(array == held)


def number_for_none(array: Array, valid: Array, numbers: Iterable[float | None]) -> float | None:
    """The first of some numbers that an image can hold where it has no data, as it holds it nowhere else: nan if none
    will do, or None in a type that has no nan. `valid` is of its shape without channels; a pixel lacks data where all
    of its channels hold the number."""
    for number in numbers:
        holds = None if number is None else equals(array, number)
        if holds is None:
            continue
        there = holds.all(axis=-1) if holds.ndim > valid.ndim else holds
        if not np.any(there & valid):
            return number
    return math.nan if array.dtype.kind == "f" else None


def _held(dtype: np.dtype[Any], number: float) -> Any:
    """A number in a type, None if it has it not."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            rounded = dtype.type(number)
        return None if math.isfinite(number) and not np.isfinite(rounded) else rounded
    if not math.isfinite(number) or number != int(number):
        return None
    low, high = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    return dtype.type(int(number)) if low <= number <= high else None


def emptied(array: Array | None, valid: Array) -> Array | None:
    """A mask or labels, off where there is no data."""
    if array is None:
        return None
    return np.where(valid if valid.ndim == array.ndim else valid[..., np.newaxis], array, array.dtype.type(0))
