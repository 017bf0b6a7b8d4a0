"""Dilation and erosion of packed masks: each pass goes over the words once, whatever it combines."""

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numba import types

from maskexpr.kernels import spread
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.packed import Words
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.spread import OR, Footprint
from maskexpr.kernels.stopping import pause

Pass = Callable[[Words, Words], object]  # from one mask into another

_NOT: Any = NotImplemented
_MOST = 63  # bits that a row is shifted by at once
_ANY = 2**31


def square(words: Words, width: int, reaches: Sequence[int], combine: Any, out: Words, scratch: Scratch) -> Words:
    """As the kernel of this name in `spread`."""
    if not _are_whole(words, out):
        return cast(Words, _NOT)
    passes = [_line(words.shape, width, -1, shift, combine) for shift in _shifts(reaches[-1], _MOST)]
    for axis, reach in enumerate(reaches[:-1]):
        shifts = _shifts(min(reach, words.shape[axis]), _ANY)
        passes += [_line(words.shape, width, axis, shift, combine) for shift in shifts]
    return _in_turn(passes, words, out, scratch)


def diamond(
    words: Words, width: int, reach: int, axes: tuple[int, ...], combine: Any, out: Words, scratch: Scratch
) -> Words:
    """As the kernel of this name in `spread`."""
    shifts = list(spread.shifts(reach, 2))
    if words.ndim != 2 or len(axes) != 2 or max(shifts, default=0) > _MOST or not _are_whole(words, out):
        return cast(Words, _NOT)

    def cross(shift: int) -> Pass:
        return lambda before, after: _cross(before, shift, width, combine is OR, after)

    return _in_turn([cross(shift) for shift in shifts], words, out, scratch)


def rows(words: Words, width: int, footprint: Footprint, combine: Any, out: Words, scratch: Scratch) -> Words:
    """As the kernel of this name in `spread`."""
    if words.ndim not in (2, 3) or not _are_whole(words, out):
        return cast(Words, _NOT)
    shape = (*(1,) * (3 - words.ndim), *words.shape)
    line, target = words, out.reshape(shape)
    spare = [scratch(name, words.shape, np.uint64) for name in ("line", "longer line")]
    out[...] = 0 if combine is OR else words
    reached = 0
    for reach, places in spread.places_by_reach(footprint).items():
        for shift in _shifts(reach, _MOST, reached):
            longer = spare[0] if line is not spare[0] else spare[1]
            _line(words.shape, width, -1, shift, combine)(line, longer)
            line = longer
        reached = reach
        pause()
        _combine_moved(line.reshape(shape), np.array([(0, *place)[-2:] for place in places], np.int64),
                       combine is OR, target)  # fmt: skip
    return out


def _are_whole(words: Words, out: Words) -> bool:
    return words.flags.c_contiguous and out.flags.c_contiguous and words.size > 0


def _shifts(reach: int, most: int, grown: int = 0) -> list[int]:
    """Shifts either way that grow a line to a reach, each by its length at most."""
    shifts = []
    while grown < reach:
        shifts.append(min(grown + 1, reach - grown, most))
        grown += shifts[-1]
    return shifts


def _line(shape: tuple[int, ...], width: int, axis: int, shift: int, combine: Any) -> Pass:
    """Copies moved along an axis, either way."""
    if axis == -1:
        flat = (-1, shape[-1])
        return lambda before, after: _along(before.reshape(flat), shift, width, combine is OR, after.reshape(flat))
    around = (math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :]))
    return lambda before, after: _across(before.reshape(around), shift, combine is OR, after.reshape(around))


def _in_turn(passes: Sequence[Pass], words: Words, out: Words, scratch: Scratch) -> Words:
    """Passes one after the other, by way of a buffer, the last of them into `out`."""
    if not passes:
        out[...] = words
    other = scratch("crosses", words.shape, np.uint64) if len(passes) > 1 else out
    before = words
    for left, run in zip(range(len(passes) - 1, -1, -1), passes, strict=True):
        pause()
        after = other if left % 2 else out
        run(before, after)
        before = after
    return out


# --- one pass --------------------------------------------------------------------------------------------------------

_ROWS, _LINES = (types.Array(types.uint64, ndim, "C") for ndim in (2, 3))
_GIVEN_ROWS, _GIVEN_LINES = (types.Array(types.uint64, ndim, "C", True) for ndim in (2, 3))


@kernel((_GIVEN_ROWS, types.int64, types.int64, types.boolean, _ROWS))
def _along(words: Words, shift: int, width: int, is_or: bool, out: Words) -> None:
    """Rows with copies of themselves shifted either way; the last word of each is spare, and off."""
    d, e = np.uint64(shift), np.uint64(64 - shift)
    last = words.shape[1] - 1
    for y in range(words.shape[0]):
        row, target = words[y], out[y]
        carried = np.uint64(0)
        if is_or:
            for j in range(last):
                x = row[j]
                target[j] = x | (x << d) | (x >> d) | (carried >> e) | (row[j + 1] << e)
                carried = x
        else:
            for j in range(last):
                x = row[j]
                target[j] = x & ((x << d) | (carried >> e)) & ((x >> d) | (row[j + 1] << e))
                carried = x
        _end_row(target, width)


@kernel()
def _end_row(row: Words, width: int) -> None:
    """Turn off what lies behind the last pixel."""
    row[-1] = 0
    if width % 64:
        row[width // 64] &= (np.uint64(1) << np.uint64(width % 64)) - np.uint64(1)


@kernel((_GIVEN_LINES, types.int64, types.boolean, _LINES))
def _across(words: Words, shift: int, is_or: bool, out: Words) -> None:
    """The same along the second axis."""
    size = words.shape[1]
    for i in range(words.shape[0]):
        for y in range(size):
            row, target = words[i, y], out[i, y]
            if is_or:
                up = words[i, y - shift] if y >= shift else row
                down = words[i, y + shift] if y + shift < size else row
                for j in range(len(row)):
                    target[j] = row[j] | up[j] | down[j]
            elif y >= shift and y + shift < size:
                up, down = words[i, y - shift], words[i, y + shift]
                for j in range(len(row)):
                    target[j] = row[j] & up[j] & down[j]
            else:
                target[:] = 0


@kernel((_GIVEN_ROWS, types.int64, types.int64, types.boolean, _ROWS))
def _cross(words: Words, shift: int, width: int, is_or: bool, out: Words) -> None:
    """A plane with copies of itself moved either way along both axes."""
    d, e = np.uint64(shift), np.uint64(64 - shift)
    size, last = words.shape[0], words.shape[1] - 1
    for y in range(size):
        row, target = words[y], out[y]
        carried = np.uint64(0)
        if is_or:
            up = words[y - shift] if y >= shift else row
            down = words[y + shift] if y + shift < size else row
            for j in range(last):
                x = row[j]
                target[j] = x | (x << d) | (x >> d) | (carried >> e) | (row[j + 1] << e) | up[j] | down[j]
                carried = x
        elif y >= shift and y + shift < size:
            up, down = words[y - shift], words[y + shift]
            for j in range(last):
                x = row[j]
                along = ((x << d) | (carried >> e)) & ((x >> d) | (row[j + 1] << e))
                target[j] = x & along & up[j] & down[j]
                carried = x
        else:
            target[:] = 0
        _end_row(target, width)


@kernel((_GIVEN_LINES, types.Array(types.int64, 2, "C"), types.boolean, _LINES))
def _combine_moved(words: Words, moves: Any, is_or: bool, out: Words) -> None:
    """Combine with `out` copies moved along the first two axes."""
    planes, size, count = words.shape
    for i in range(planes):
        for y in range(size):
            target = out[i, y]
            for move in range(len(moves)):
                z, x = i - moves[move, 0], y - moves[move, 1]
                if 0 <= z < planes and 0 <= x < size:
                    row = words[z, x]
                    if is_or:
                        for j in range(count):
                            target[j] |= row[j]
                    else:
                        for j in range(count):
                            target[j] &= row[j]
                elif not is_or:
                    target[:] = 0
