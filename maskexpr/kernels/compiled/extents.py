"""Where a mask starts and stops, by what lies outside the box that is known so far."""

from typing import Any

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.extents import MOST, Box, ends
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]


def box_of(mask: Array) -> Box | None:
    """As the kernel of this name in `extents`."""
    if mask.ndim not in (2, 3) or not mask.flags.c_contiguous or not mask.size:
        return NotImplemented  # type: ignore[no-any-return]
    planes = mask.view(np.uint8).reshape(-1, *mask.shape[-2:])
    along = ends(planes) if mask.ndim == 3 else (0, 1)
    if along is None:
        return None
    height, width = planes.shape[1:]
    box, some = np.array([height, 0, width, 0]), max(1, MOST // (height * width))
    for start in range(along[0], along[1], some):
        pause()
        _widen(planes[start : min(start + some, along[1])], box)
    top, bottom, left, right = box.tolist()
    if not bottom:
        return None
    return [*([along] if mask.ndim == 3 else []), (top, bottom), (left, right)]


@kernel((types.Array(types.uint8, 3, "C", True), types.Array(types.int64, 1, "C")))
def _widen(planes: Array, box: Array) -> None:
    """Widen a box so that it holds all that is on."""
    height, width = planes.shape[1], planes.shape[2]
    for plane in planes:
        top, bottom = box[0], box[1]
        y = 0
        while y < min(top, height) and not _is_any(plane[y]):
            y += 1
        top = min(top, y)
        y = height
        while y > max(top, bottom) and not _is_any(plane[y - 1]):
            y -= 1
        bottom = max(bottom, y) if y > top else bottom
        box[0], box[1] = top, bottom
        for y in range(top, bottom):
            row = plane[y]
            if _is_any(row[: box[2]]):
                box[2] = _first(row)
            if _is_any(row[box[3] :]):
                x = width
                while not row[x - 1]:
                    x -= 1
                box[3] = x


@kernel()
def _first(row: Array) -> int:
    x = 0
    while not row[x]:
        x += 1
    return x


@kernel()
def _is_any(row: Array) -> Any:
    found = np.uint8(0)
    for x in range(len(row)):
        found |= row[x]
    return bool(found)
