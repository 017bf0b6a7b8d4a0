"""Thinning of planes and volumes to lines of single pixels: only what changed around a pixel makes it worth another
look, and a neighbourhood is a number, a bit a pixel.

An image is laid flat inside a frame of off pixels, so that a neighbour is a fixed distance away. A pixel is simple if a
mask has as many regions, holes, cavities and tunnels without it: regions connected by corners, the background by faces.
"""

import functools
import itertools
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Masks = NDArray[np.bool_]
Places = NDArray[np.int64]
Codes = NDArray[Any]  # unsigned bytes in planes, int32 in volumes
Flat = NDArray[np.uint8]
Test = Callable[[Codes], Masks]  # of each neighbourhood, whether it passes


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass takes from a mask: pixels whose neighbourhood passes a test, all at once. `bare` says how far away
    lies a neighbour that has to be off (0 where the test says all): it spares the look at most of the others."""

    takes: Test
    bare: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A mask laid flat in a frame around the worked axes, an empty image beside it to write on, and how far away the
    neighbour of each bit of a neighbourhood is, by scan order, and that of each face."""

    flat: Flat
    marks: Flat
    shape: tuple[int, ...]
    inside: tuple[slice, ...]
    moves: dict[int, int]
    faces: tuple[int, ...]

    def unframed(self) -> Masks:
        return np.ascontiguousarray(self.flat.reshape(self.shape)[self.inside]).view(np.bool_)


def framed(m: Masks, axes: tuple[int, ...], offsets: Sequence[tuple[int, ...]]) -> Image:
    """A mask to work on, and the neighbourhood whose bits are the offsets but for the pixel's own."""
    framed = np.pad(m.view(np.uint8), [(int(a in axes),) * 2 for a in range(m.ndim)])
    inside = tuple(slice(1, -1) if a in axes else slice(None) for a in range(m.ndim))
    steps = [math.prod(framed.shape[a + 1 :]) for a in axes]
    away = [sum(d * step for d, step in zip(offset, steps, strict=True)) for offset in offsets]
    moves = {bit: move for bit, move in enumerate(away) if move}
    faces = tuple(sign * step for step in steps for sign in (-1, 1))
    return Image(framed.reshape(-1), np.zeros(framed.size, np.uint8), framed.shape, inside, moves, faces)


def _thin(image: Image, passes: Sequence[_Pass], still: Test | None = None, *, leaning: bool = False) -> None:
    """Take away what the passes take, one after another and round again, until a whole round takes nothing.

    Where `still` is given, pixels go in scan order, each only if its neighbourhood passes that once those before it are
    gone. Where passes are `leaning`, they take only pixels beside one that they cannot take, so that in no pass a line
    is eaten from its end on.
    """
    flat, moves = image.flat, image.moves
    # What a pass is to look at: where something changed since the last such pass.
    fresh = deque([_candidates(image, passes)], maxlen=len(passes))
    idle = 0
    for one in itertools.cycle(passes):
        places = _distinct(np.concatenate([_open_to(one, flat, places) for places in fresh]))
        codes = _codes(flat, places, moves)
        can_go = one.takes(codes)
        places, codes = places[can_go], codes[can_go]
        held = places[:0]
        if leaning:
            leans = _lean(image, places, codes)
            held, places, codes = places[~leans], places[leans], codes[leans]
        if still:
            places = _gone_in_turn(image, places, codes, still)
        flat[places] = 0
        idle = 0 if len(places) else idle + 1
        if idle == len(passes):
            return
        fresh.append(np.concatenate([held, _on_around(image, places)]))


def _open_to(one: _Pass, flat: Flat, places: Places) -> Places:
    """The places that are still on, and off where the pass asks for it."""
    places = places[flat[places] > 0]
    return places[flat[places + one.bare] == 0] if one.bare else places


def _candidates(image: Image, passes: Sequence[_Pass]) -> Places:
    """The pixels that some pass may take: these are simple, and so have a face to the background."""
    on = np.flatnonzero(image.flat)
    bare = np.zeros(len(on), bool)
    for move in image.faces:
        bare |= image.flat[on + move] == 0
    on = on[bare]
    codes = _codes(image.flat, on, image.moves)
    return on[functools.reduce(np.logical_or, [takes(codes) for takes in {one.takes for one in passes}])]


def _codes(flat: Flat, places: Places, moves: dict[int, int]) -> Codes:
    """The neighbourhood of each place as a number: `moves` says how far away the pixel of each bit is."""
    codes: Codes = np.zeros(len(places), np.uint8 if max(moves) < 8 else np.int32)
    for bit, move in moves.items():
        pause()
        codes |= flat[places + move].astype(codes.dtype, copy=False) << bit
    return codes


def _on_around(image: Image, places: Places) -> Places:
    """The neighbours of some places that are on, each once, in no order."""
    found = [places[:0]]
    for move in image.moves.values():
        near = places + move
        near = near[image.flat[near] > image.marks[near]]
        image.marks[near] = 1
        found.append(near)
    around = np.concatenate(found)
    image.marks[around] = 0
    return around


def _distinct(places: Places) -> Places:
    """The places in order, each once; quicker than np.unique."""
    ordered: Places = np.sort(places)
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _lean(image: Image, places: Places, codes: Codes) -> Masks:
    """Which of the places have a neighbour that is on and none of them."""
    image.marks[places] = 1
    leans = (codes & ~_codes(image.marks, places, image.moves)) != 0
    image.marks[places] = 0
    return np.asarray(leans)


def _gone_in_turn(image: Image, places: Places, codes: Codes, goes: Test) -> Places:
    """Those of the places, in scan order, that can still go when all that went before them are gone.

    All are marked as gone, then whatever does not hold under the marks of earlier neighbours is corrected, and what
    lies after it is looked at again. As each depends on earlier ones only, what this ends with is what one look at each
    in turn gives.
    """
    marks = image.marks
    earlier = {bit: move for bit, move in image.moves.items() if move < 0}
    later = [move for move in image.moves.values() if move > 0]
    marks[places] = 1
    here, around = places, codes
    while len(here):
        pause()
        wrong = here[goes(around & ~_codes(marks, here, earlier)) != (marks[here] > 0)]
        marks[wrong] ^= 1
        near = _distinct(np.concatenate([wrong + move for move in later]))
        look = np.searchsorted(places, near)
        look = look[places[np.minimum(look, len(places) - 1)] == near]
        here, around = places[look], codes[look]
    gone = places[marks[places] > 0]
    marks[places] = 0
    return gone


# --- planes ----------------------------------------------------------------------------------------------------------

# Clockwise from the one above, the faces at even places.
RING = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
_ON = (np.arange(256)[:, np.newaxis] >> np.arange(8) & 1).astype(bool)
# Two tips and an elbow that scikit-image never takes away.
_KEPT = (((1, 0), (1, 1)), ((0, -1), (-1, -1)), ((-1, 1), (0, 1), (1, 0)))
_DIAGONALS = (((-1, -1), (-1, 0), (0, 1), (1, 1)), ((-1, -1), (0, -1), (1, 0), (1, 1)))


@has_compiled
def thin_planes(m: Masks, axes: tuple[int, ...], method: str) -> Masks:
    """Thin the planes along two axes.

    "zhang" stands for the two alternating passes of Zhang and Suen as scikit-image has them, "lee" for those of Lee,
    Kashyap and Chu from four sides. "homotopic" are the first, which also take one side of a line two pixels wide along
    either diagonal, and then four sides' of what they leave that no line needs; and no pixel goes that is not simple in
    its turn.
    """
    image = framed(m, axes, RING)
    for tables, still in plane_stages(method):
        _thin(image, [_Pass(_look_up(table)) for table in tables], None if still is None else _look_up(still))
    return image.unframed()


def plane_stages(method: str) -> list[tuple[list[Masks], Masks | None]]:
    """One after another, for each pass a table of the neighbourhoods whose pixel it takes, and one of those whose pixel
    can still go in its turn, if it has to."""
    if method == "lee":
        return [(_from_sides(), _crossings() <= 1)]
    if method == "zhang":
        return [(list(_ring_tables()), None)]
    simple = _crossings() == 1
    first, second = (table.copy() for table in _ring_tables())
    first[_code(_DIAGONALS[0])] = second[_code(_DIAGONALS[1])] = True
    return [([first, second], simple), (_from_sides(), simple)]


def _look_up(table: Masks) -> Test:
    return lambda codes: np.asarray(table[codes])


def _code(ring: tuple[tuple[int, int], ...]) -> int:
    return sum(1 << RING.index(offset) for offset in ring)


@functools.cache
def _crossings() -> NDArray[np.int64]:
    """How many pieces the ring's background has that touch the pixel by a face, without one that goes all around: one
    beside a simple pixel, none inside a region and around a lone pixel."""
    faces, corners = _ON[:, ::2], _ON[:, 1::2]
    number: NDArray[np.int64] = (~faces & (corners | np.roll(faces, -1, axis=1))).sum(axis=1)
    return number


def _from_sides() -> list[Masks]:
    """From each side in turn the simple pixels that are no ends of lines: these have one neighbour."""
    can_go = (_crossings() == 1) & (_ON.sum(axis=1) != 1)
    return [can_go & ~_ON[:, RING.index(side)] for side in ((-1, 0), (1, 0), (0, 1), (0, -1))]


@functools.cache
def _ring_tables() -> tuple[Masks, Masks]:
    """For each neighbourhood, whether the first and the second pass take its pixel away.

    By the rule of the paper, but for two departures of scikit-image. The tip of a line two pixels wide goes in one pass
    only, depending on the side of its neighbours, so that a block of 2x2 does not vanish. An elbow, where a line turns
    by a right angle, goes too, as the line stays connected by its corners.
    """
    number = _ON.sum(axis=1)
    rises = (~_ON & np.roll(_ON, -1, axis=1)).sum(axis=1)
    both = (number >= 2) & (number <= 6) & (rises == 1)
    up, right, down, left = (_ON[:, k] for k in (0, 2, 4, 6))
    first = both & ~(up & right & down) & ~(right & down & left)
    second = both & ~(up & right & left) & ~(up & down & left)

    faces, corners = _ON[:, ::2], _ON[:, 1::2]
    turn = faces & np.roll(faces, -1, axis=1)  # a right angle, and the corner of the same number lies in it
    tip = (number == 2) & (rises == 1) | (number == 3) & (turn & corners).any(axis=1)
    elbow = (faces.sum(axis=1) == 2) & (turn & ~corners).any(axis=1) & (rises == 2)
    elbow &= (number < 4) | (up & left) | (right & down)
    bare = elbow & (number == 2)
    above_or_left = _ON @ [dy * 4 + dx for dy, dx in RING] < 0
    one_pass = (tip | elbow) & ~bare
    first = np.where(one_pass, above_or_left, first) | bare
    second = np.where(one_pass, ~above_or_left, second) | bare
    for ring in _KEPT:
        first[_code(ring)] = second[_code(ring)] = False
    return first, second


# --- volumes ---------------------------------------------------------------------------------------------------------

# The pixels of a cube around one, plane by plane and row by row, are the bits of a number; the middle one is off.
CUBE = tuple(itertools.product((-1, 0, 1), repeat=3))
_PLANE = 2**9 - 1


def _bits_where(axis: int, place: int) -> int:
    return sum(1 << bit for bit, offset in enumerate(CUBE) if offset[axis] == place)


# Along each axis from the last: how far a bit moves, and the bits that can move up and down.
SHIFTS = [(3 ** (2 - a), ~_bits_where(a, 1), ~_bits_where(a, -1)) for a in (2, 1, 0)]
# The side that each pass in turn takes pixels from.
_SIDES = ((0, -1, 0), (0, 1, 0), (0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0))


@has_compiled
def thin_volumes(m: Masks, axes: tuple[int, ...], method: str) -> Masks:
    """Thin the volumes along three axes from each of six sides in turn, as Lee, Kashyap and Chu do: of the pixels that
    are simple and no ends of lines.

    "lee" stands for scikit-image's form: in its turn a pixel need not be simple any more if only what is around it is
    in one piece, so that the last one of a region can go. For "homotopic" it has to be, and it leans on pixels that
    stay until nothing is left that does.
    """
    image = framed(m, axes, CUBE)
    passes = [_Pass(_can_go, bare) for bare in sides_of(image, m.shape[axes[0]])]
    if method == "lee":
        _thin(image, passes, _keeps_in_one_piece)
    else:
        _thin(image, passes, _is_simple, leaning=True)
        _thin(image, passes, _is_simple)
    return image.unframed()


def sides_of(image: Image, depth: int) -> list[int]:
    """How far away the neighbour lies that has to be off, in each pass."""
    sides = _SIDES if depth > 1 else _SIDES[:4]  # a single slice is not thinned from above and below
    return [image.moves[CUBE.index(side)] for side in sides]


def _can_go(codes: Codes) -> Masks:
    can_go: Masks = np.bitwise_count(codes) != 1
    can_go[can_go] = _is_simple(codes[can_go])
    return can_go


def _is_simple(codes: Codes) -> Masks:
    """Whether a pixel is simple: the Euler number stays the same without it, and what is around it is in one piece."""
    simple: Masks = _keeps_euler(codes)
    simple[simple] = _keeps_in_one_piece(codes[simple])
    return simple


def _keeps_in_one_piece(codes: Codes) -> Masks:
    """Whether the pixels of a neighbourhood are connected with one another, by faces, edges or corners."""
    result = np.ones(len(codes), bool)
    left = np.arange(len(codes))
    piece = codes & -codes  # one pixel, which takes in its neighbours until there are no more
    while len(left):
        pause()
        grown = piece
        for shift, up, down in SHIFTS:
            grown = grown | (grown & up) << shift | (grown & down) >> shift
        grown &= codes
        stuck = grown == piece
        result[left[stuck]] = piece[stuck] == codes[stuck]
        left, piece, codes = left[~stuck], grown[~stuck], codes[~stuck]
    return result


def _keeps_euler(codes: Codes) -> Masks:
    """Whether the Euler number stays the same when the middle pixel goes."""
    change, middle = euler_changes(), codes & (_PLANE << 9)
    return np.asarray(change[codes & _PLANE | middle] + change[codes >> 18 | middle] == 0)


@functools.cache
def euler_changes() -> NDArray[np.int8]:
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
