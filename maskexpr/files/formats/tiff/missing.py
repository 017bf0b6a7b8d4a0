"""GDAL's tag of what is stored where there is no data."""

from typing import Any

import numpy as np


def of_tag(text: bytes, array: np.ndarray, coloured: bool) -> tuple[np.ndarray | None, float | None, str]:
    """Where there is data, what is stored elsewhere, and a note; a pixel in colour has data if one of its channels
    has. The number is one of the array's own type: what that cannot hold is in no pixel."""
    stated = text.decode("ascii", "replace").strip()
    if not stated or array.dtype == bool:
        return None, None, ""
    number = _typed(stated, array.dtype)
    if number is None:
        return None, None, f"no data is {stated[:30]}, which no pixel can be"
    has_data = ~np.isnan(array) if np.isnan(number) else array != number
    valid = has_data.any(axis=-1) if coloured else has_data
    return None if valid.all() else valid, number.item(), f"no data is {stated[:30]}"


def _typed(text: str, dtype: np.dtype) -> Any:
    """The number of a type, or None where it has no such."""
    try:
        value = float(text)
        if dtype.kind == "f":
            with np.errstate(over="ignore"):
                return dtype.type(value)
        is_plain = text.lstrip("+-").isdecimal() and len(text) < 30  # of 64 bits, say, which no float holds
        exact = int(text) if is_plain else int(value)
        is_whole = is_plain or value.is_integer()
        return dtype.type(exact) if is_whole and np.iinfo(dtype).min <= exact <= np.iinfo(dtype).max else None
    except (ValueError, OverflowError):
        return None


def written(nodata: float, dtype: np.dtype) -> str:
    """The text of the tag."""
    if np.isnan(nodata):
        return "nan"
    return repr(float(nodata)) if dtype.kind == "f" else str(int(nodata))
