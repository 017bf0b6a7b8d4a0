"""The outlines of regions, row by row: which pixels lie on contours is kept of three rows at a time."""

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.outlines import HALVES_ACROSS, HALVES_ALONG, Array

_HALVES = np.ascontiguousarray(np.stack([HALVES_ALONG, HALVES_ACROSS], axis=-1), np.int64)


def add_contours(along: Array, across: Array, numbers: Array) -> None:
    """As the kernel of this name in `outlines`."""
    if numbers.dtype != np.int32:
        return NotImplemented  # type: ignore[no-any-return]
    _add_contours(along, across, numbers, _HALVES)
    return None


@kernel(
    (
        *[types.Array(types.int64, 1, "C")] * 2,
        types.Array(types.int32, 2, "C", True),
        types.Array(types.int64, 3, "C", True),
    )
)
def _add_contours(along: Array, across: Array, numbers: Array, halves: Array) -> None:
    height, width = numbers.shape
    contours = np.zeros((3, width), np.int32)
    for y in range(1, height - 1):
        here = contours[y % 3]
        _find_contour(numbers[y - 1], numbers[y], numbers[y + 1], here)
        if y >= 3:
            _follow(along, across, contours[(y - 2) % 3], contours[(y - 1) % 3], here, halves)


@kernel()
def _find_contour(before: Array, row: Array, after: Array, contour: Array) -> None:
    """The numbers of a row that have another beside them, above or below; 0 for those inside."""
    for x in range(1, len(row) - 1):
        number = row[x]
        is_inner = (before[x] == number) & (after[x] == number) & (row[x - 1] == number) & (row[x + 1] == number)
        contour[x] = np.int32(0) if is_inner else number


@kernel()
def _follow(along: Array, across: Array, before: Array, row: Array, after: Array, halves: Array) -> None:
    """Count the half steps from the pixels of a row."""
    for x in range(1, len(row) - 1):
        number = row[x]
        if number:
            sides = (
                np.int64(before[x] == number)
                + np.int64(after[x] == number)
                + np.int64(row[x - 1] == number)
                + np.int64(row[x + 1] == number)
            )
            corners = (
                np.int64(before[x - 1] == number)
                + np.int64(before[x + 1] == number)
                + np.int64(after[x - 1] == number)
                + np.int64(after[x + 1] == number)
            )
            along[number] += halves[sides, corners, 0]
            across[number] += halves[sides, corners, 1]
