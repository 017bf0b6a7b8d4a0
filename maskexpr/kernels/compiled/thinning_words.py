"""Thinning of planes as bits, 64 pixels a word.

A word waits for those passes since which something in it or beside it has changed. Which of its pixels may go is told
for all 64 at once, then each of these is looked up by its neighbourhood. What went in a pass is kept until it ends, as
neighbourhoods are those before it; whether a pixel can still go in its turn follows from what is left.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.packed import Words
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.thinning import RING, Codes, Flat, Masks

_Held = tuple[Any, ...]

_AT_ONCE = 2**18  # words between two pauses
_STILL = np.uint8(2**7)  # the bit of those that can go in their turn; the passes have the ones below
_FACES = range(0, len(RING), 2)
_ALL = 2**64 - 1


@dataclass(frozen=True, slots=True)
class _Rows:
    """Words on and those that went, a row after another with an empty one around each plane; the passes that each word
    waits for, a bit each, in rows of whole eights; those that some word of a row waits for; the words that changed, and
    how many of each row did."""

    on: Words
    gone: Words
    waits: Flat
    rows: Flat
    changed: Codes
    counts: Codes


def thin_words(words: Words, stages: Sequence[tuple[list[Masks], Masks | None]]) -> None:
    """Thin rows of words, all bits of which are off in the first row, the last one and at the end of each, by stages
    as `plane_stages` gives them."""
    height, row = words.shape
    state = _Rows(
        words.reshape(-1),
        np.zeros(words.size, np.uint64),
        np.zeros(height * -(-row // 8) * 8, np.uint8),
        np.zeros(height, np.uint8),
        np.empty(words.size, np.int32),
        np.zeros(height, np.int32),
    )
    for passes, still in stages:
        every, looks = (1 << len(passes)) - 1, _looks(passes, still)
        held = [_held(takes) for takes in passes]
        _start(state.on, state.waits, state.rows, row, every)
        idle, turn = 0, 0
        while idle < len(passes):
            count = _pass(state, looks, held[turn], row, turn)
            _end(state.gone, state.waits, state.rows, state.changed, state.counts, row, every)
            idle = 0 if count else idle + 1
            turn = (turn + 1) % len(passes)


def _pass(state: _Rows, looks: Flat, held: _Held, row: int, turn: int) -> int:
    """What goes in one pass; gives how many words changed."""
    count, some = 0, max(1, _AT_ONCE // row)
    wide = state.waits.view(np.uint64)
    for y in range(1, len(state.rows) - 1, some):
        pause()
        count = _take(
            *(state.on, state.gone, wide, state.rows, state.changed, state.counts),
            *(looks, held, row, turn, y, min(y + some, len(state.rows) - 1), count),
        )
    return count


def _looks(passes: Sequence[Masks], still: Masks | None) -> Flat:
    """Of each neighbourhood of 3x3 pixels, row by row, the passes that take its pixel, and if it can still go."""
    codes = np.arange(2**9)
    ring = sum(((codes >> 3 * (dy + 1) + dx + 1 & 1) << bit for bit, (dy, dx) in enumerate(RING)), np.zeros_like(codes))
    looks = np.full(len(codes), _STILL) if still is None else still[ring] * _STILL
    for turn, takes in enumerate(passes):
        looks |= takes[ring].astype(np.uint8) << turn
    return looks


def _held(takes: Masks) -> _Held:
    """Two sets of faces, or one twice, that hold a pixel in a pass where they all are on: of each face in turn, no bits
    if it is one of the set, else all."""
    faces = np.flatnonzero(takes)[:, np.newaxis] >> np.array(_FACES) & 1
    sets: list[set[int]] = []
    for some in itertools.chain.from_iterable(itertools.combinations(range(4), n) for n in range(1, 5)):
        if not faces[:, some].all(axis=1).any() and not any(known <= set(some) for known in sets):
            sets.append(set(some))
    return tuple(np.uint64(0 if face in some else _ALL) for some in (sets[0], sets[-1]) for face in range(4))


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _lowest(typing: Any, word: Any) -> Any:
    """The place of the lowest bit that is on, of a word that has one."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.cttz(given[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@kernel("void(uint64[::1], uint8[::1], uint8[::1], int64, int64)")
def _start(on: Words, waits: Flat, rows: Flat, row: int, every: int) -> None:
    """Let all words wait in which something is on."""
    wide = len(waits) // len(rows)
    for y in range(1, len(rows) - 1):
        for x in range(row):
            if on[y * row + x]:
                waits[y * wide + x] = rows[y] = every


@kernel("void(uint64[::1], uint8[::1], uint8[::1], int32[::1], int32[::1], int64, int64)")
def _end(gone: Words, waits: Flat, rows: Flat, changed: Codes, counts: Codes, row: int, every: int) -> None:
    """Let words wait in which or beside which something went, and forget what did."""
    wide, first = len(waits) // len(rows), 0
    for y in range(1, len(rows) - 1):
        if counts[y]:
            rows[y - 1] = rows[y] = rows[y + 1] = every
        for word in changed[first : first + counts[y]]:
            x = word - y * row
            before, after = int(x > 0 and gone[word] & np.uint64(1) != 0), int(gone[word] >> np.uint64(63))
            for k in range(y - 1, y + 2):
                for at in range(k * wide + x - before, k * wide + x + after + 1):
                    waits[at] = every
            gone[word] = 0
        first += counts[y]
        counts[y] = 0


@kernel(
    "int64(uint64[::1], uint64[::1], uint64[::1], uint8[::1], int32[::1], int32[::1], uint8[::1],"
    "UniTuple(uint64, 8), int64, int64, int64, int64, int64)"
)
def _take(
    on: Words,
    gone: Words,
    waits: Words,
    rows: Flat,
    changed: Codes,
    counts: Codes,
    looks: Flat,
    held: _Held,
    row: int,
    turn: int,
    start: int,
    stop: int,
    count: int,
) -> int:
    """One pass over the words of rows start to stop that wait for it, eight looked at together; the words that changed
    follow `count` others, and it gives how many there are then."""
    one, bit, eights = np.uint64(1), np.uint8(1 << turn), len(waits) // len(rows)
    mine = np.uint64(0x0101010101010101) << np.uint64(turn)
    for y in range(start, stop):
        if not rows[y] & bit:
            continue
        rows[y] &= ~bit
        before = count
        for k in range(eights):
            left = waits[y * eights + k] & mine
            waits[y * eights + k] ^= left
            while left:
                word = y * row + 8 * k + np.int64(_lowest(left) >> np.uint64(3))
                left &= left - one
                if on[word] and _thin_one(on, gone, word, row, looks, held, bit):
                    changed[count] = word
                    count += 1
        counts[y] = count - before
    return count


@kernel()
def _thin_one(on: Words, gone: Words, word: int, row: int, looks: Flat, held: _Held, bit: int) -> bool:
    """Take from a word what a pass takes; whether that is something."""
    one, last = np.uint64(1), np.uint64(63)
    up, down, here = word - row, word + row, on[word]
    a, b, c = on[up - 1] | gone[up - 1], on[up] | gone[up], on[up + 1] | gone[up + 1]
    d, e = on[word - 1] | gone[word - 1], on[word + 1]
    f, g, h = on[down - 1], on[down], on[down + 1]
    west, east = here << one | d >> last, here >> one | e << last
    going = here & ~((b | held[0]) & (east | held[1]) & (g | held[2]) & (west | held[3]))
    going &= ~((b | held[4]) & (east | held[5]) & (g | held[6]) & (west | held[7]))
    # Of the pieces of background that touch a pixel, one by each face, only one may be there: `_crossings`.
    p, q = ~b & (b >> one | c << last | east), ~east & (g >> one | h << last | g)
    r, s = ~g & (g << one | f >> last | west), ~west & (b << one | a >> last | b)
    going &= (p ^ q) & ~(r | s) | (r ^ s) & ~(p | q)
    left = here
    while going:
        at: Any = _lowest(going)
        going &= going - one
        below = _three(f, g, h, at) << np.uint64(6)
        if looks[_three(a, b, c, at) | _three(d, here, e, at) << np.uint64(3) | below] & bit:
            above = _three(on[up - 1], on[up], on[up + 1], at)
            if looks[above | _three(on[word - 1], left, e, at) << np.uint64(3) | below] & _STILL:
                left ^= one << at
    on[word], gone[word] = left, here ^ left
    return bool(left != here)


@kernel()
def _three(before: Any, here: Any, after: Any, at: Any) -> Any:
    """The bit of a word at a place, between the one before it and the one after it."""
    if at < np.uint64(32):
        found = (here << np.uint64(1) | before >> np.uint64(63)) >> at
    else:
        found = (here >> np.uint64(31) | after << np.uint64(33)) >> (at - np.uint64(32))
    return found & np.uint64(7)
