"""The surface of a mask in elements, one for each block of two pixels along each axis that holds both pixels that are
on and such that are off: where they lie, and how large they are.

An element has the size of the contour, or of the triangles of marching cubes, that parts the pixels of its block.
Where pixels touch at an edge or at a corner alone they are parted there, and where pixels that are off do; by which of
them there are fewer.

Source: Nikolov et al., Clinically applicable segmentation of head and neck anatomy for radiotherapy, 2021
(doi:10.2196/26151), as their package surface-distance does it.
"""

import functools
import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kernels import meshes

Array = np.ndarray[Any, Any]


def surfels(m: Array) -> tuple[Array, Array]:
    """Where the elements lie along each axis, each in the middle of its block, from the first corner of the first
    pixel, shape (axes, elements); and which pixels of their blocks are on, as bits in C order. Outside a mask is empty.
    """
    codes = np.zeros([n + 1 for n in m.shape], np.uint8)  # of at most three axes
    on = m.view(np.uint8)
    for bit, corner in enumerate(_corners(m.ndim)):
        codes[tuple(slice(1 - c, n + 1 - c) for c, n in zip(corner, m.shape, strict=True))] += on << bit
    places = np.nonzero((codes != 0) & (codes != 2**2**m.ndim - 1))
    return np.stack(places), codes[places]


def _corners(ndim: int) -> list[tuple[int, ...]]:
    return list(itertools.product((0, 1), repeat=ndim))


def sizes(steps: Sequence[Fraction]) -> list[Fraction]:
    """How large the element of each block of a plane or a volume is, by its bits, where pixels have such lengths; the
    floating number as it is."""
    ndim = len(steps)
    of_joined: dict[int, Fraction] = {}
    found = []
    for bits in range(2**2**ndim):
        fewer = min(bits, 2**2**ndim - 1 - bits, key=int.bit_count)
        for part in _joined(fewer, ndim):
            if part not in of_joined:
                of_joined[part] = Fraction((_length if ndim == 2 else _area)(part, steps))
        found.append(sum((of_joined[part] for part in _joined(fewer, ndim)), Fraction(0)))
    return found


@functools.cache
def _joined(bits: int, ndim: int) -> tuple[int, ...]:
    """The pixels of a block parted into those that are joined by their sides."""
    corners, left, parts = _corners(ndim), {k for k in range(2**ndim) if bits >> k & 1}, []
    while left:
        part, new = set(), {min(left)}
        while new:
            part |= new
            left -= new
            new = {
                k for k in left for j in part if sum(a != b for a, b in zip(corners[k], corners[j], strict=True)) == 1
            }
        parts.append(sum(1 << k for k in part))
    return tuple(parts)


def _length(bits: int, steps: Sequence[Fraction]) -> float:
    """The length of the contour in a block of a plane whose pixels that are on are joined: of a pair of them the way
    along it."""
    corners = [corner for k, corner in enumerate(_corners(2)) if bits >> k & 1]
    if len(corners) == 1:
        return math.sqrt(sum(step**2 for step in steps)) / 2
    along = next(axis for axis in range(2) if corners[0][axis] != corners[1][axis])
    return float(steps[along])


def _area(bits: int, steps: Sequence[Fraction]) -> float:
    """The area of the triangles in a block of a volume whose pixels that are on are joined."""
    found = []
    for normal, count in meshes.triangles_of_cube(bits):
        across = [n * math.prod(s for a, s in enumerate(steps) if a != axis) for axis, n in enumerate(normal)]
        found.append(count * math.sqrt(sum(side**2 for side in across)) / 8)
    return math.fsum(found)
