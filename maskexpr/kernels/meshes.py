"""The surfaces of many regions at once, by the blocks of two pixels along each axis that lie across them: Euler
numbers, and triangles by marching cubes.

Source: Lorensen & Cline, Marching cubes, 1987 (doi:10.1145/37402.37422), with the table of triangles of pyradiomics
(radiomics/src/cshape.c), after that of Cory Gene Bloyd.
"""

import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.kernels.calipers import pairs
from maskexpr.kernels.hulls import convex_corners
from maskexpr.kernels.spans import Numbered, slabs

Array = np.ndarray[Any, Any]

# The triangles of a cube by which of its eight corners lie in a region: each digit is the edge that a corner of a
# triangle halves, to base 12. Of the other 128 cubes, in which corner 7 lies, they are those of what is left of the
# cube, turned inside out.
_TABLE = """
- 083 190 183198 12a 08312a 92a029 2832a8a98 b23 b2008b 190b23 b2119b98b 3a1ba3 a1008a8ba 9033b9ba9 98aba8 478
043473 190478 194147173 12a478 34730412a 92a902478 2a9297273479 478b23 b47b24204 190478b23 47b94bb29192
3a1ba3478 ba114b10447b 4789033b9ba9 47b4b99ba 954 954083 054015 854835315 12a954 08312a954 2a5542240
2a5325354834 954b23 b2008b954 054015b23 215258b28548 3a1ba3954 549a1008a8ba 54050ba5bb03 548a58ba8 789579
309539357 780017715 157173 78957912a 12a309395357 0288258572a5 2a5253357 579789b23 579972209b27 b23018178157
21b17b157 7895793a1ba3 5705097b0a10ba0 ba003ba50078570 ba557b 65a 08365a 19065a 18319865a 165126 165126083
965906026 598582526832 b2365a b2008b65a 190b2365a b2119b98b65a 63b653513 08b0b50515b6 63b036065059 65969bb98
47865a 04347365a 19047865a 19414717365a 478165126 043473165126 478965906026 739479329596269 b2347865a
b47b2420465a 190b2347865a 47b94bb2919265a 47863b653513 51b5b610b47b04b 47863b036065059 65969b4797b9 a4964a
a4964a083 01aa60640 18316886461a 149124264 149124264083 024426 832824426 b23a4964a b2008ba4964a b2301aa60640
64161a148b2118b 964369139b63 18b081b61149641 63b036640 86468b 67a78a89a 67a0a709a073 67a1a7178018 67a1a7173
126168189678 269129679309739 078706602 273267 b2367a78a89a 207b2709767a9a7 67a1a7178018b23 b2117ba61167
896678169b63136 09167b 07870603bb60 67b
"""
_CORNERS = ((0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0))
_EDGES = ((1, 0), (2, 1), (3, 2), (3, 0), (5, 4), (6, 5), (7, 6), (7, 4), (4, 0), (5, 1), (6, 2), (7, 3))


def _blocks(numbered: Numbered, ndim: int) -> Iterator[tuple[Array, Array, list[Array]]]:
    """The blocks of two pixels along each of the last `ndim` axes that lie across the surface of a region, once for
    each of these: the region from 1, which of the pixels are its, as bits in C order, and where the block lies along
    each axis: at 0 the block whose last pixel is the first one."""
    corners = list(itertools.product((0, 1), repeat=ndim))
    for slab in slabs(numbered, ndim, 1):
        # A block between two slabs is looked at with the later one; the last one of all lies behind the last layer.
        layers = len(slab.places) + (slab.places.stop == numbered.shape[-ndim])
        padded = slab.numbers[: layers + 1]
        views = [padded[tuple(slice(c, n - 1 + c) for c, n in zip(k, padded.shape, strict=True))] for k in corners]
        across = np.zeros(views[0].shape, bool)
        for view in views[1:]:
            across |= view != views[0]
        places = np.nonzero(across)
        numbers = np.stack([view[places] for view in views])
        at = [places[0] + slab.places.start, *places[1:]]
        for k in range(len(corners)):
            mine = numbers == numbers[k]
            on = np.flatnonzero((numbers[k] > 0) & ~mine[:k].any(axis=0))
            bits = np.zeros(len(on), np.intp)
            for j in range(k, len(corners)):
                bits |= mine[j, on].astype(np.intp) << j
            yield numbers[k, on], bits, [along[on] for along in at]


# --- Euler numbers ---------------------------------------------------------------------------------------------------


def euler_numbers(numbered: Numbered, ndim: int, count: int) -> Array:
    """The Euler number of each region, joined by corners: of its pixels as closed squares or cubes the number of
    corners less that of edges, plus that of squares, less that of cubes."""
    sums = np.zeros(count + 1, np.int64)
    shares = _euler_shares(ndim)
    for region, bits, _ in _blocks(numbered, ndim):
        np.add.at(sums, region, shares[bits])
    return sums[1:] >> ndim


@functools.cache
def _euler_shares(ndim: int) -> Array:
    """What a block of each pattern adds, times its number of pixels: around its middle it has one corner, half of each
    of the edges, a quarter of each of the squares, and so on."""
    corners = list(itertools.product((0, 1), repeat=ndim))
    shares = np.zeros(2 ** len(corners), np.int64)
    for bits in range(len(shares)):
        on = [corner for k, corner in enumerate(corners) if bits >> k & 1]
        for cell in itertools.product((0, 1, None), repeat=ndim):  # None: it does not reach to that side
            size = sum(side is not None for side in cell)
            held = any(all(s in (None, c) for s, c in zip(cell, corner, strict=True)) for corner in on)
            shares[bits] += held * (-1) ** size * 2 ** (ndim - size)
    return shares


# --- triangles -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cubes:
    """What the triangles of a cube add, by which of its corners lie in a region, as bits in C order. Lengths are half
    pixels.

    `normals` are the kinds of triangles, by the sizes of their normals along each axis, and `of_kind` how many there
    are of each in a cube. `moments` are six times the volume between them and the cube's first corner, `along` how it
    grows with each step along each axis of what is put in the place of that corner.
    """

    normals: Array
    of_kind: Array
    moments: Array
    along: Array


@functools.cache
def _cubes() -> _Cubes:
    places = np.array(_CORNERS, np.int64)
    middles = np.array([places[a] + places[b] for a, b in _EDGES])
    kinds: dict[tuple[int, ...], int] = {}
    found: list[tuple[int, int, Array, int]] = []
    for pattern in range(256):
        numbers = [pattern >> (4 * z + 2 * y + x) & 1 for z, y, x in _CORNERS]
        index = sum(on << k for k, on in enumerate(numbers))
        sign, index = (-1, index ^ 0xFF) if index & 0x80 else (1, index)
        edges = [int(digit, 12) for digit in _TABLE.split()[index].strip("-")]
        for a, b, c in middles[edges].reshape(-1, 3, 3):
            normal = sign * np.cross(b - a, c - a)
            kind = kinds.setdefault(tuple(_sizes(normal)), len(kinds))
            found.append((pattern, kind, normal, int((a * normal).sum())))
    of_kind, moments = np.zeros((len(kinds), 256), np.int64), np.zeros(256, np.int64)
    along = np.zeros((3, 256), np.int64)
    for pattern, kind, normal, moment in found:
        of_kind[kind, pattern] += 1
        moments[pattern] += moment
        along[:, pattern] += normal
    return _Cubes(np.array(list(kinds)), of_kind, moments, along)


def _sizes(normal: Array) -> list[int]:
    return [abs(int(n)) for n in normal]


@dataclass(frozen=True, slots=True)
class Triangles:
    """The triangles of each region's surface: how many of each kind, and six times the volume within, lengths in half
    pixels."""

    of_kind: Array
    moments: Array


def triangles(numbered: Numbered, starts: Array, count: int) -> Triangles:
    """The triangles of regions of a volume, the last three axes; `starts` are the first places of each along these."""
    cubes = _cubes()
    of_kind, moments = np.zeros((len(cubes.normals), count + 1), np.int64), np.zeros(count + 1, np.int64)
    for region, bits, at in _blocks(numbered, 3):
        for kind, numbers in enumerate(cubes.of_kind):
            np.add.at(of_kind[kind], region, numbers[bits])
        moment = cubes.moments[bits]
        for axis, along in enumerate(at):
            moment += 2 * (along - starts[axis, region - 1]) * cubes.along[axis, bits]
        np.add.at(moments, region, moment)
    return Triangles(of_kind[:, 1:], moments[1:])


def triangles_of_cube(bits: int) -> list[tuple[tuple[int, ...], int]]:
    """The triangles of a cube of which such corners lie in a region, as bits in C order: the sizes of their normals
    along each axis, twice the area in quarters of a pixel's side, and how many there are of the kind."""
    cubes = _cubes()
    return [
        (tuple(normal), int(number))
        for normal, number in zip(cubes.normals.tolist(), cubes.of_kind[:, bits], strict=True)
        if number
    ]


def areas(found: Triangles, weights: tuple[float, ...]) -> Array:
    """The area of each surface; a step along each axis has a length."""
    z, y, x = weights
    total = np.zeros(found.moments.shape)
    for normal, number in zip(_cubes().normals.tolist(), found.of_kind, strict=True):
        sides = [normal[0] * (y * x), normal[1] * (z * x), normal[2] * (z * y)]
        total += number * (math.sqrt(sum(side * side for side in sides)) / 8)
    return total


def volumes(found: Triangles) -> Array:
    """The volume within each surface, in pixels."""
    return found.moments / 48


# --- diameters -------------------------------------------------------------------------------------------------------


def diameters(region: Array, at: Array, count: int, weights: tuple[float, ...]) -> Array:
    """The largest distance of two corners of triangles of each region's surface. `at` has pixels of each region, shape
    (axes, pixels): all at the ends of its rows, and maybe others."""
    points = np.concatenate([2 * at + move for axis in range(3) for move in _moves(axis)], axis=1)
    owner = np.tile(region, 6)
    for axis in range(3):  # the farthest ones are corners of the hull, so corners in each plane
        kept = _corners_in_planes(owner, np.roll(points, -axis, axis=0))
        owner, points = owner[kept], points[:, kept]
    order = np.argsort(owner, kind="stable")
    owner, points = owner[order], points[:, order]
    exact = set(weights) == {1.0}
    squares = np.zeros(count, np.int64 if exact else np.float64)
    for here, there, begins in pairs(owner, count):
        apart = [along[here] - along[there] for along in points]
        if not exact:
            apart = [along * weight for along, weight in zip(apart, weights, strict=True)]
        best = np.maximum.reduceat(apart[0] * apart[0] + apart[1] * apart[1] + apart[2] * apart[2], begins)
        np.maximum.at(squares, owner[here[begins]], best)
    return np.sqrt(squares.astype(np.float64)) / 2


def _moves(axis: int) -> tuple[Array, Array]:
    """To the points half-way to the neighbours on either side."""
    move = np.zeros((3, 1), np.int64)
    move[axis] = 1
    return move, -move


def _corners_in_planes(owner: Array, points: Array) -> Array:
    """Which points are corners of the hull of those of the same region in the same plane across the first axis; of
    equal ones, one."""
    z, y, x = points
    order = np.lexsort((x, y, z, owner))
    owner, z, y, x = owner[order], z[order], y[order], x[order]
    plane = np.cumsum(np.append(True, (owner[1:] != owner[:-1]) | (z[1:] != z[:-1])))
    begins = np.append(True, (plane[1:] != plane[:-1]) | (y[1:] != y[:-1]))
    stops = np.append(begins[1:], True)
    found = []
    for ends, side in ((begins, 1), (stops, -1)):
        at = np.flatnonzero(ends)
        found.append(at[convex_corners(y[at], side * x[at], plane[at])])
    return order[np.unique(np.concatenate(found))]
