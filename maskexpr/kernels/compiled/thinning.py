"""Thinning of planes by words of bits, and of volumes pixel by pixel.

Where a pixel of a volume goes its neighbours wait for another look, each for those passes that may take it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.compiled.thinning_words import thin_words
from maskexpr.kernels.packed import pack, row_words, unpack
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.thinning import (
    CUBE,
    SHIFTS,
    Codes,
    Flat,
    Image,
    Masks,
    euler_changes,
    framed,
    plane_stages,
    sides_of,
)

_MOST = 2**31 - 1  # places that lists can name
_AT_ONCE = 2**20  # pixels between two pauses
_PLANE = 2**9 - 1  # the bits of one plane of a cube
(_, _UP_X, _DOWN_X), (_, _UP_Y, _DOWN_Y), _ = SHIFTS  # those that can move along an axis


@dataclass(frozen=True, slots=True)
class _State:
    """Of each pixel whether it is on, room for a mark, and the passes that it waits for, a bit each; of each pass the
    places that wait, and how many; how far away each neighbour is."""

    flat: Flat
    marks: Flat
    waits: Flat
    queues: Codes
    counts: Codes
    moves: Codes

    @property
    def arrays(self) -> tuple[Any, ...]:
        return self.flat, self.marks, self.waits, self.queues, self.counts, self.moves


def thin_planes(m: Masks, axes: tuple[int, ...], method: str) -> Masks:
    """As the kernel of this name in `thinning`."""
    planes = np.ascontiguousarray(np.moveaxis(m, axes, (-2, -1)))
    *_, height, width = planes.shape
    count = planes.size // max(1, height * width)
    words = np.zeros((count * (height + 1) + 1, row_words(width)), np.uint64)
    if words.size > _MOST or not planes.size:
        return NotImplemented  # type: ignore[no-any-return]
    inside = words[1:].reshape(count, height + 1, -1)[:, :height]
    inside[...] = pack(planes).reshape(inside.shape)
    thin_words(words, plane_stages(method))
    thin = unpack(np.ascontiguousarray(inside), width).reshape(planes.shape)
    return np.ascontiguousarray(np.moveaxis(thin, (-2, -1), axes))


def thin_volumes(m: Masks, axes: tuple[int, ...], method: str) -> Masks:
    """As the kernel of this name in `thinning`."""
    image = framed(m, axes, CUBE)
    if len(image.flat) > _MOST:
        return NotImplemented  # type: ignore[no-any-return]
    moves, bares = list(image.moves.values()), np.array(sides_of(image, m.shape[axes[0]]), np.int64)
    for leaning in (False,) if method == "lee" else (True, False):
        state = _begin(image, moves, len(bares), _queue_volumes, (bares,))
        _thin(state, _take_volumes, (bares, euler_changes(), method != "lee", leaning))
    return image.unframed()


def _begin(
    image: Image, moves: Sequence[int], passes: int, queue: Callable[..., Any], given: tuple[Any, ...]
) -> _State:
    """All pixels wait that some pass may take."""
    size, on = len(image.flat), int(np.count_nonzero(image.flat))
    queues, counts = np.empty((passes, on), np.int32), np.zeros(passes, np.int64)
    state = _State(image.flat, image.marks, np.zeros(size, np.uint8), queues, counts, np.array(moves, np.int64))
    for start in range(0, size, _AT_ONCE):
        pause()
        queue(*state.arrays, *given, start, min(start + _AT_ONCE, size))
    return state


def _thin(state: _State, take: Callable[..., int], given: tuple[Any, ...]) -> None:
    """Take away what the passes take, one after another and round again, until a whole round takes nothing."""
    passes = len(state.counts)
    idle, turn = 0, 0
    while idle < passes:
        pause()
        state.queues[turn, : state.counts[turn]].sort()
        idle = 0 if take(*state.arrays, *given, turn) else idle + 1
        turn = (turn + 1) % passes
    state.marks.fill(0)


_ARRAYS = "uint8[::1], uint8[::1], uint8[::1], int32[:, ::1], int64[::1], int64[::1]"  # those of a state


@kernel()
def _queue(queues: Codes, counts: Codes, waits: Flat, place: int, passes: int) -> None:
    """Let a pixel wait for some passes, if it does not yet."""
    new = passes & ~np.int64(waits[place])
    waits[place] |= np.uint8(new)
    turn = 0
    while new:
        if new & 1:
            queues[turn, counts[turn]] = place
            counts[turn] += 1
        turn += 1
        new >>= 1


# --- volumes ---------------------------------------------------------------------------------------------------------


@kernel(f"void({_ARRAYS}, int64[::1], int64, int64)")
def _queue_volumes(
    flat: Flat,
    marks: Flat,
    waits: Flat,
    queues: Codes,
    counts: Codes,
    moves: Codes,
    bares: Codes,
    start: int,
    stop: int,
) -> None:
    """Let pixels start to stop wait for the passes that they are bare to."""
    for place in range(start, stop):
        if flat[place]:
            _queue(queues, counts, waits, place, _bare_to(flat, place, bares))


@kernel()
def _bare_to(flat: Flat, place: int, bares: Codes) -> int:
    """The passes from whose side a pixel is bare, a bit each."""
    passes = 0
    for turn in range(len(bares)):
        passes |= (1 - int(flat[place + bares[turn]])) << turn
    return passes


@kernel(f"int64({_ARRAYS}, int64[::1], int8[::1], boolean, boolean, int64)")
def _take_volumes(
    flat: Flat,
    marks: Flat,
    waits: Flat,
    queues: Codes,
    counts: Codes,
    moves: Codes,
    bares: Codes,
    changes: Codes,
    stay_simple: bool,
    leaning: bool,
    turn: int,
) -> int:
    """One pass: of what waits for it those go that are bare from its side, simple and no ends of lines, each in its
    turn, only if what is around it is in one piece then, or if it is simple then. Where they are to lean, only those go
    that have a neighbour which is none of them. Gives how many went."""
    going = np.empty(counts[turn], np.int32)
    count = 0
    for place in queues[turn, : counts[turn]]:
        waits[place] &= np.uint8(255 - (1 << turn))
        if flat[place] > flat[place + bares[turn]] and _can_go(_cube(flat, place, moves), changes):
            going[count] = place
            count += 1
    counts[turn] = 0
    if leaning:
        count = _lean(flat, marks, waits, queues, counts, moves, going, count, turn)
    gone = 0
    for place in going[:count]:
        code = _cube(flat, place, moves)
        if _is_simple(code, changes) if stay_simple else _is_in_one_piece(code):
            flat[place] = 0
            going[gone] = place
            gone += 1
    _look_again(flat, marks, waits, queues, counts, moves, bares, going[:gone])
    return gone


@kernel()
def _look_again(
    flat: Flat, marks: Flat, waits: Flat, queues: Codes, counts: Codes, moves: Codes, bares: Codes, gone: Codes
) -> None:
    """Let the pixels around those gone wait for the passes that they are bare to."""
    found = np.empty(min(26 * len(gone), queues.shape[1]), np.int32)
    count = 0
    for place in gone:
        for move in moves:
            near = place + move
            if flat[near] > marks[near]:
                marks[near] = 1
                found[count] = near
                count += 1
    for near in found[:count]:
        marks[near] = 0
        passes = _bare_to(flat, near, bares)
        if passes:
            _queue(queues, counts, waits, near, passes)


@kernel()
def _lean(
    flat: Flat,
    marks: Flat,
    waits: Flat,
    queues: Codes,
    counts: Codes,
    moves: Codes,
    going: Codes,
    count: int,
    turn: int,
) -> int:
    """Move those of the places to the front that have a neighbour which is none of them; the others go on waiting."""
    for place in going[:count]:
        marks[place] = 1
    leans, held = 0, np.empty(count, np.int32)
    for i in range(count):
        place = going[i]
        stands = False
        for move in moves:
            if flat[place + move] > marks[place + move]:
                stands = True
                break
        if stands:
            going[leans] = place
            leans += 1
        else:
            held[i - leans] = place
    for place in held[: count - leans]:
        marks[place] = 0
        _queue(queues, counts, waits, place, 1 << turn)
    for place in going[:leans]:
        marks[place] = 0
    return leans


@kernel()
def _cube(flat: Flat, place: int, moves: Codes) -> int:
    """The neighbourhood of a place in a volume as a number."""
    code = 0
    for side in range(26):
        code |= int(flat[place + moves[side]]) << (side + (side >= 13))  # without the middle
    return code


@kernel()
def _can_go(code: int, changes: Codes) -> bool:
    """Whether a pixel is simple, and no end of a line."""
    return bool((code == 0 or code & (code - 1) != 0) and _is_simple(code, changes))


@kernel()
def _is_simple(code: int, changes: Codes) -> bool:
    """Whether a pixel is simple: the Euler number stays the same without it, and what is around it is in one piece."""
    middle = code & (_PLANE << 9)
    if changes[code & _PLANE | middle] + changes[code >> 18 | middle]:
        return False
    return bool(_is_in_one_piece(code))


@kernel()
def _is_in_one_piece(code: int) -> bool:
    """Whether the pixels of a neighbourhood are connected with one another, by faces, edges or corners."""
    piece = code & -code  # one pixel, which takes in its neighbours until there are no more
    while True:
        grown = piece | (piece & _UP_X) << 1 | (piece & _DOWN_X) >> 1
        grown |= (grown & _UP_Y) << 3 | (grown & _DOWN_Y) >> 3
        grown = (grown | grown << 9 | grown >> 9) & code
        if grown == piece:
            return bool(piece == code)
        piece = grown
