"""Thinning of planes and volumes to lines of single pixels: only what changed around a pixel makes it worth another
look, and a neighbourhood is a number, a bit a pixel.

An image is laid flat inside a frame of off pixels, so that a neighbour is a fixed distance away.
"""

import functools
import itertools
import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.bool_]
Places = NDArray[np.int64]
Codes = NDArray[np.int64]
Flat = NDArray[np.uint8]


def _framed(m: Masks, axes: tuple[int, ...]) -> tuple[Flat, tuple[int, ...], tuple[slice, ...], list[int]]:
    """A mask laid flat in a frame around the worked axes: its shape with the frame, where in that the mask lies, and
    how far apart neighbours along each worked axis are."""
    framed = np.pad(m.view(np.uint8), [(int(a in axes),) * 2 for a in range(m.ndim)])
    inside = tuple(slice(1, -1) if a in axes else slice(None) for a in range(m.ndim))
    return framed.reshape(-1), framed.shape, inside, [math.prod(framed.shape[a + 1 :]) for a in axes]


def _unframed(flat: Flat, shape: tuple[int, ...], inside: tuple[slice, ...]) -> Masks:
    return np.ascontiguousarray(flat.reshape(shape)[inside]).view(np.bool_)


def _codes(flat: Flat, places: Places, moves: dict[int, int]) -> Codes:
    """The neighbourhood of each place as a number: `moves` says how far away the pixel of each bit is."""
    codes = np.zeros(len(places), np.int64)
    for bit, move in moves.items():
        codes |= flat[places + move].astype(np.int64) << bit
    return codes


def _on_around(flat: Flat, places: Places, moves: dict[int, int]) -> Places:
    """The neighbours of some places that are on."""
    near = np.concatenate([places + move for move in moves.values()])
    return _distinct(near[flat[near] > 0])


def _distinct(places: Places) -> Places:
    """The places in order, each once; quicker than np.unique."""
    ordered: Places = np.sort(places)
    return ordered[np.diff(ordered, prepend=-1) > 0]


# --- planes ----------------------------------------------------------------------------------------------------------

# Clockwise from the one above.
_RING = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
# Two tips and an elbow that scikit-image never takes away.
_KEPT = (((1, 0), (1, 1)), ((0, -1), (-1, -1)), ((-1, 1), (0, 1), (1, 0)))


def thin_planes(m: Masks, axes: tuple[int, ...]) -> Masks:
    """Thin the planes along two axes by the two alternating passes of Zhang and Suen, until nothing changes."""
    flat, shape, inside, steps = _framed(m, axes)
    moves = {bit: dy * steps[0] + dx * steps[1] for bit, (dy, dx) in enumerate(_RING)}
    # What a pass is to look at: where something changed since the last such pass, two passes ago.
    fresh = deque([np.flatnonzero(flat)], maxlen=2)
    for table in itertools.cycle(_ring_tables()):
        places = np.concatenate(fresh)
        if not len(places):
            return _unframed(flat, shape, inside)
        places = _distinct(places[flat[places] > 0])
        gone = places[table[_codes(flat, places, moves)]]
        flat[gone] = 0
        fresh.append(_on_around(flat, gone, moves))
    raise AssertionError  # the passes go round without end


@functools.cache
def _ring_tables() -> tuple[Masks, Masks]:
    """For each neighbourhood, whether the first and the second pass take its pixel away.

    By the rule of the paper, but for two departures of scikit-image. The tip of a line two pixels wide goes in one pass
    only, depending on the side of its neighbours, so that a block of 2x2 does not vanish. An elbow, where a line turns
    by a right angle, goes too, as the line stays connected by its corners.
    """
    on = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(bool)
    number = on.sum(axis=1)
    rises = (~on & np.roll(on, -1, axis=1)).sum(axis=1)
    both = (number >= 2) & (number <= 6) & (rises == 1)
    up, right, down, left = (on[:, k] for k in (0, 2, 4, 6))
    first = both & ~(up & right & down) & ~(right & down & left)
    second = both & ~(up & right & left) & ~(up & down & left)

    faces, corners = on[:, ::2], on[:, 1::2]
    turn = faces & np.roll(faces, -1, axis=1)  # a right angle, and the corner of the same number lies in it
    tip = (number == 2) & (rises == 1) | (number == 3) & (turn & corners).any(axis=1)
    elbow = (faces.sum(axis=1) == 2) & (turn & ~corners).any(axis=1) & (rises == 2)
    elbow &= (number < 4) | (up & left) | (right & down)
    bare = elbow & (number == 2)
    above_or_left = on @ [dy * 4 + dx for dy, dx in _RING] < 0
    one_pass = (tip | elbow) & ~bare
    first = np.where(one_pass, above_or_left, first) | bare
    second = np.where(one_pass, ~above_or_left, second) | bare
    for ring in _KEPT:
        code = sum(1 << _RING.index(offset) for offset in ring)
        first[code] = second[code] = False
    return first, second


# --- volumes ---------------------------------------------------------------------------------------------------------

# The pixels of a cube around one, plane by plane and row by row, are the bits of a number; the middle one is off.
_CUBE = tuple(itertools.product((-1, 0, 1), repeat=3))
_MIDDLE = 13
_PLANE = 2**9 - 1


def _bits_where(axis: int, place: int) -> int:
    return sum(1 << bit for bit, offset in enumerate(_CUBE) if offset[axis] == place)


# Along each axis from the last: how far a bit moves, and the bits that can move up and down.
_SHIFTS = [(3 ** (2 - a), ~_bits_where(a, 1), ~_bits_where(a, -1)) for a in (2, 1, 0)]
# The side that each pass in turn takes pixels from.
_SIDES = ((0, -1, 0), (0, 1, 0), (0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0))


def thin_volumes(m: Masks, axes: tuple[int, ...]) -> Masks:
    """Thin the volumes along three axes as Lee, Kashyap and Chu do: from each of six sides in turn the pixels that are
    no ends of lines and can go without a change of topology, until nothing changes."""
    flat, shape, inside, steps = _framed(m, axes)

    def move(offset: tuple[int, ...]) -> int:
        return sum(d * step for d, step in zip(offset, steps, strict=True))

    moves = {bit: move(offset) for bit, offset in enumerate(_CUBE) if bit != _MIDDLE}
    on = np.flatnonzero(flat)
    bare = np.zeros(len(on), bool)
    for side in _SIDES:
        bare |= flat[on + move(side)] == 0
    sides = _SIDES if m.shape[axes[0]] > 1 else _SIDES[:4]  # a single slice is not thinned from above and below
    fresh = deque([on[bare]], maxlen=len(sides))
    marks = np.zeros_like(flat)
    for side in itertools.cycle(sides):
        places = np.concatenate(fresh)
        if not len(places):
            return _unframed(flat, shape, inside)
        places = _distinct(places[(flat[places] > 0) & (flat[places + move(side)] == 0)])
        codes = _codes(flat, places, moves)
        can_go = (np.bitwise_count(codes) != 1) & _keeps_euler(codes)
        can_go[can_go] = _keeps_in_one_piece(codes[can_go])
        gone = _gone_in_turn(places[can_go], codes[can_go], moves, marks)
        flat[gone] = 0
        fresh.append(_on_around(flat, gone, moves))
    raise AssertionError  # the sides go round without end


def _gone_in_turn(places: Places, codes: Codes, moves: dict[int, int], marks: Flat) -> Places:
    """Those of the places, in scan order, that can still go when all that went before them are gone.

    All are marked as gone, then whatever does not hold under the marks of earlier neighbours is corrected, and what
    lies after it is looked at again. As each depends on earlier ones only, what this ends with is what one look at each
    in turn gives. `marks` is an empty image to write on.
    """
    earlier = {bit: move for bit, move in moves.items() if bit < _MIDDLE}
    later = [move for bit, move in moves.items() if bit > _MIDDLE]
    marks[places] = 1
    look = np.arange(len(places))
    while len(look):
        here = places[look]
        goes = _keeps_in_one_piece(codes[look] & ~_codes(marks, here, earlier))
        wrong = here[goes != (marks[here] > 0)]
        marks[wrong] ^= 1
        near = _distinct(np.concatenate([wrong + move for move in later]))
        look = np.searchsorted(places, near)
        look = look[places[np.minimum(look, len(places) - 1)] == near]
    gone = places[marks[places] > 0]
    marks[places] = 0
    return gone


def _keeps_in_one_piece(codes: Codes) -> Masks:
    """Whether the pixels of a neighbourhood are connected with one another, by faces, edges or corners."""
    result = np.ones(len(codes), bool)
    left = np.arange(len(codes))
    piece = codes & -codes  # one pixel, which takes in its neighbours until there are no more
    while len(left):
        grown = piece
        for shift, up, down in _SHIFTS:
            grown = grown | (grown & up) << shift | (grown & down) >> shift
        grown &= codes
        stuck = grown == piece
        result[left[stuck]] = piece[stuck] == codes[stuck]
        left, piece, codes = left[~stuck], grown[~stuck], codes[~stuck]
    return result


def _keeps_euler(codes: Codes) -> Masks:
    """Whether the Euler number stays the same when the middle pixel goes."""
    change, middle = _euler_changes(), codes & (_PLANE << 9)
    return np.asarray(change[codes & _PLANE | middle] + change[codes >> 18 | middle] == 0)


@functools.cache
def _euler_changes() -> NDArray[np.int8]:
    """What half a neighbourhood adds to 8 times the change of the Euler number, by its outer and its middle plane.

    It is made of the four cubes of 2x2x2 pixels that hold the middle one.
    """
    codes = np.arange(2**18)
    changes = np.zeros(len(codes), np.int8)
    for y, x in itertools.product((-1, 1), repeat=2):
        octant = np.zeros(len(codes), np.int64)
        for place, (dz, dy, dx) in enumerate(itertools.product((0, 1), repeat=3)):
            bit = 9 * (1 - dz) + 3 * (1 + dy * y) + 1 + dx * x
            octant |= (codes >> bit & 1) << place
        changes += _octant_changes()[octant]
    return changes


def _octant_changes() -> NDArray[np.int8]:
    """8 times what a pixel, place 0 of a cube of 2x2x2, adds to the Euler number of the union of all pixels as solid
    cubes: corners minus edges plus faces minus cubes, of which those at the middle of the eight are shared by 1, 2, 4
    and 8 such cubes."""
    corners = np.array(list(itertools.product((0, 1), repeat=3)))
    codes = np.arange(256)

    def total(codes: Codes) -> Codes:
        on = (codes[:, None] >> np.arange(8) & 1).astype(bool)
        number: Codes = np.where(on.any(axis=1), 8, 0)
        for known, weight in ((1, -4), (2, 2), (3, -1)):  # an edge has one coordinate given, a face two
            for axes in itertools.combinations(range(3), known):
                for sides in itertools.product((0, 1), repeat=known):
                    touching = np.all(corners[:, axes] == sides, axis=1)
                    number = number + weight * on[:, touching].any(axis=1)
        return number

    return (total(codes | 1) - total(codes & ~1)).astype(np.int8)
