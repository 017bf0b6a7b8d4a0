"""The lengths of the outlines of many regions at once."""

import math
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.spans import Numbered, slabs

Array = np.ndarray[Any, Any]

# The length of contour that a contour pixel stands for, by how many of its four side neighbours (rows) and of its four
# corner neighbours (columns) are contour pixels too: half steps along an axis, and half steps across corners.
HALVES_ALONG = np.array([[0, 0, 0, 0, 0], [0, 1, 1, 0, 0], [2, 2, 2, 0, 0], [2, 2, 2, 0, 0], [0, 0, 0, 0, 0]])
HALVES_ACROSS = np.array([[0, 0, 2, 0, 0], [0, 1, 1, 2, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]])


def perimeters(numbered: Numbered, count: int) -> Array:
    """The perimeters of the regions 1 to `count` of a plane, each as by itself; of a stack those of regions of planes,
    which are its last two axes.

    The contour consists of the pixels that have one of their four neighbours in another region, or in none. It is
    followed from centre to centre: a step along an axis counts 1, one across a corner the root of 2.
    """
    along, across = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    for slab in slabs(numbered, 2, 2):
        add_contours(along, across, slab.numbers)
    return (along[1:] + across[1:] * math.sqrt(2)) / 2


@has_compiled
def add_contours(along: Array, across: Array, numbers: Array) -> None:
    """Add the half steps of the contours in some rows to those of each region from 0: along the axes, and across
    corners. The rows come with two more at both ends, and a column, which has no region, at either side."""
    contour = numbers[1:-1].copy()
    inner = contour[:, 1:-1]
    is_inner = (numbers[:-2, 1:-1] == inner) & (numbers[2:, 1:-1] == inner)
    is_inner &= (numbers[1:-1, :-2] == inner) & (numbers[1:-1, 2:] == inner)
    inner[is_inner] = 0
    width = contour.shape[1]
    at = width + np.flatnonzero(contour[1:-1])
    flat = contour.reshape(-1)
    region = flat.take(at)
    sides, corners = np.zeros(len(at), np.int8), np.zeros(len(at), np.int8)
    for found, moves in (
        (sides, (-width, -1, 1, width)),
        (corners, (-width - 1, 1 - width, width - 1, width + 1)),
    ):
        for move in moves:
            found += flat.take(at + move) == region
    np.add.at(along, region, HALVES_ALONG[sides, corners])
    np.add.at(across, region, HALVES_ACROSS[sides, corners])
