"""Dilation and erosion of packed masks: OR and AND of shifted copies, in steps that grow with the reach.

A dilation ORs copies of a mask, an erosion ANDs them; outside the array everything is off. Every function takes the
words and the width of a row in pixels (see `packed`), and gives words in `out`, which must not be the operand.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.packed import ALL_ON, Words, clear_tail
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.stopping import pause

Footprint = np.ndarray[Any, np.dtype[np.bool_]]
Offset = tuple[int, ...]
Pass = Callable[[Words, Words], object]  # from one mask into another

_MOST_BITS = 64  # spare bits at the end of a row
OR, AND = np.bitwise_or, np.bitwise_and


def shifts(reach: int, ndim: int = 1) -> Iterator[int]:
    """Shifts that grow a diamond in `ndim` dimensions to a reach: from r to r + d by copies shifted by d either way.

    A larger d than these would need pixels on the way that may lie outside the image.
    """
    grown = 0
    while grown < reach:
        shift = min((grown + ndim) // ndim, reach - grown)
        if shift > 64:
            shift -= shift % 64  # whole words
        yield shift
        grown += shift


@has_compiled
def square(words: Words, width: int, reaches: Sequence[int], combine: Any, out: Words, scratch: Scratch) -> Words:
    """A square: a line along each axis, of a reach per axis."""

    def line(axis: int, reach: int) -> Pass:
        if axis < words.ndim - 1:
            return lambda before, after: _line(before, axis, reach, combine, after, scratch)
        if reach <= _MOST_BITS:
            return lambda before, after: _row_line(before, width, reach, combine, after, scratch)
        crosses = [(shift, (axis,)) for shift in shifts(reach)]
        return lambda before, after: _crosses(before, width, crosses, combine, after, scratch)

    return _in_turn([line(axis, reach) for axis, reach in enumerate(reaches) if reach], words, out, "lines", scratch)


def _in_turn(passes: Sequence[Pass], words: Words, out: Words, name: str, scratch: Scratch) -> Words:
    """Passes one after the other, by way of a buffer, the last of them into `out`."""
    if not passes:
        out[...] = words
    other = scratch(name, words.shape, np.uint64) if len(passes) > 1 else out
    before = words
    for left, run in zip(range(len(passes) - 1, -1, -1), passes, strict=True):
        pause()
        after = other if left % 2 else out
        run(before, after)
        before = after
    return out


def _doublings(length: int) -> Iterator[int]:
    """Steps by which a window of one pixel grows to a length, by no more than its own length each time."""
    grown = 1
    while grown < length:
        step = min(grown, length - grown)
        yield step
        grown += step


def _row_line(words: Words, width: int, reach: int, combine: Any, out: Words, scratch: Scratch) -> None:
    """A line along the rows: windows that start at each pixel, joined with those that end there.

    Half the operations of shifting either way. A window that ends near the start of a row begins in the spare bits of
    the row before, which look ahead into this one.
    """
    source, target = words.reshape(-1), out.reshape(-1)
    moved, carried = (scratch(name, source.shape, np.uint64) for name in ("moved", "carried"))
    before = source
    for step in _doublings(reach + 1):
        np.right_shift(before, np.uint64(step), out=moved)
        np.left_shift(before, np.uint64(64 - step), out=carried)
        np.bitwise_or(moved[:-1], carried[1:], out=moved[:-1])
        before = combine(before, moved, out=target)
    np.left_shift(target, np.uint64(reach), out=moved)
    np.right_shift(target, np.uint64(64 - reach), out=carried)
    np.bitwise_or(moved[1:], carried[:-1], out=moved[1:])
    combine(target, moved, out=target)
    if combine is OR:
        target[0] |= _up_to_each_bit(source[0]) & np.uint64((1 << reach) - 1)  # before it there are no spare bits
        clear_tail(out, width)


def _up_to_each_bit(word: np.uint64) -> np.uint64:
    """For each bit whether it or a lower one is on."""
    bits = int(word)
    return np.uint64(ALL_ON ^ np.uint64((bits & -bits) - 1)) if bits else np.uint64(0)


def _line(words: Words, axis: int, reach: int, combine: Any, out: Words, scratch: Scratch) -> None:
    """A line along another axis, in the same way."""
    a, b = np.moveaxis(words, axis, 0), np.moveaxis(out, axis, 0)
    spare = np.moveaxis(scratch("windows", words.shape, np.uint64), axis, 0)
    length = len(a)
    reach = min(reach, length - 1)
    steps = list(_doublings(reach + 1))
    source = a
    for left, step in zip(range(len(steps), 0, -1), steps, strict=True):
        target = spare if left % 2 else b  # the joined ones go to `out`
        combine(source[:-step], source[step:], out=target[:-step])
        target[length - step :] = source[length - step :] if combine is OR else 0
        source = target
    if not steps:
        b[...] = a
        if combine is AND and words.shape[axis]:
            b[...] = 0
        return
    combine(source[reach:], source[: length - reach], out=b[reach:])
    if combine is OR:
        np.bitwise_or(source[:reach], np.bitwise_or.accumulate(a[:reach], axis=0), out=b[:reach])
    else:
        b[:reach] = 0


@has_compiled
def diamond(
    words: Words, width: int, reach: int, axes: tuple[int, ...], combine: Any, out: Words, scratch: Scratch
) -> Words:
    """A diamond of one reach along the axes."""
    if words.ndim > 2 or len(axes) < 2 or reach <= 2:
        return _crosses(words, width, [(shift, axes) for shift in shifts(reach, len(axes))], combine, out, scratch)
    parts = [min(_MOST_BITS - 1, reach - start) for start in range(0, reach, _MOST_BITS - 1)]
    before = words
    for part in parts:
        _diamond_by_diagonals(before, width, part, combine, out, scratch)
        before = out
    return out


def _diamond_by_diagonals(words: Words, width: int, reach: int, combine: Any, out: Words, scratch: Scratch) -> None:
    """A diamond in a plane: lines of `reach` pixels along both diagonals give every second pixel of the next smaller
    one, and a cross the others.

    A line begins above the image, and beside it: in rows of room, and in the spare bits of the row before.
    """
    height, row = words.shape
    padded: Words = scratch("diagonal", (height + reach + 1, row), np.uint64)
    padded[:reach], padded[reach : reach + height], padded[reach + height :] = 0, words, 0
    lines = padded.reshape(-1)
    for direction in (1, -1):
        for step in _doublings(reach):
            _look_ahead(lines, step * (64 * row + direction), combine, scratch)
    # What began `reach - 1` rows further up is centred here; with a row of room at either end for the cross.
    centred = padded[: height + 2]
    crossed: Words = scratch("crossed", centred.shape, np.uint64)
    _cross(centred, width + 1, 1, (0, 1), combine, crossed, scratch)
    out[...] = crossed[1:-1]
    clear_tail(out, width)


def _look_ahead(flat: Words, bits: int, combine: Any, scratch: Scratch) -> None:
    """Combine each bit with the one so many places further on."""
    whole, rest = divmod(bits, 64)
    size = len(flat)
    if whole >= size:
        if combine is AND:
            flat[...] = 0
        return
    ahead, carried = scratch("moved", (size - whole,), np.uint64), scratch("carried", (size - whole,), np.uint64)
    np.right_shift(flat[whole:], np.uint64(rest), out=ahead)
    np.left_shift(flat[whole:], np.uint64(64 - rest), out=carried)
    np.bitwise_or(ahead[:-1], carried[1:], out=ahead[:-1])
    combine(flat[: size - whole], ahead, out=flat[: size - whole])
    if combine is AND:
        flat[size - whole :] = 0


def _crosses(
    words: Words,
    width: int,
    crosses: Sequence[tuple[int, tuple[int, ...]]],
    combine: Any,
    out: Words,
    scratch: Scratch,
) -> Words:
    """Crosses of one shift each, one after the other."""

    def cross(shift: int, axes: tuple[int, ...]) -> Pass:
        return lambda before, after: _cross(before, width, shift, axes, combine, after, scratch)

    return _in_turn([cross(*each) for each in crosses], words, out, "crosses", scratch)


def _cross(
    words: Words, width: int, shift: int, axes: tuple[int, ...], combine: Any, out: Words, scratch: Scratch
) -> None:
    """A mask combined with copies of itself shifted either way along each of the axes."""
    last = words.ndim - 1
    first = words  # what the next copy is combined with
    if last in axes:
        moved = scratch("moved", words.shape, np.uint64)
        for sign in (1, -1):
            combine(first, along_row(words, sign * shift, moved, scratch), out=out)
            first = out
        if combine is OR:
            clear_tail(out, width)
    for axis in axes:
        if axis != last:
            for sign in (1, -1):
                _combine_moved(first, words, axis, sign * shift, combine, out)
                first = out


def along_row(words: Words, shift: int, out: Words, scratch: Scratch) -> Words:
    """A copy shifted along the rows, towards higher columns where the shift is positive; what leaves a row is in its
    tail, or lost."""
    distance = abs(shift)
    if distance > 64:
        return _by_words(words, shift, out, scratch)
    source, target = words.reshape(-1), out.reshape(-1)
    if distance % 8 == 0:
        _by_bytes(source, shift // 8, target)
        return out
    bits, rest = np.uint64(distance), np.uint64(64 - distance)
    carried = scratch("carried", source.shape, np.uint64)
    if shift > 0:
        np.left_shift(source, bits, out=target)
        np.right_shift(source, rest, out=carried)
        target[1:] |= carried[:-1]
    else:
        np.right_shift(source, bits, out=target)
        np.left_shift(source, rest, out=carried)
        target[:-1] |= carried[1:]
    return out


def _by_bytes(source: Words, shift: int, target: Words) -> None:
    a, b = source.view(np.uint8), target.view(np.uint8)
    if shift >= 0:
        b[:shift] = 0
        b[shift:] = a[: len(a) - shift]
    else:
        b[shift:] = 0
        b[:shift] = a[-shift:]


def _by_words(words: Words, shift: int, out: Words, scratch: Scratch) -> Words:
    """A shift by more than a row's spare bits: by whole words inside each row, then by the rest."""
    whole, rest = divmod(abs(shift), 64)
    moved = out if rest == 0 else scratch("by words", words.shape, np.uint64)
    size = words.shape[-1]
    if whole >= size:
        moved[...] = 0
    elif shift > 0:
        moved[..., :whole] = 0
        moved[..., whole:] = words[..., : size - whole]
    else:
        moved[..., size - whole :] = 0
        moved[..., : size - whole] = words[..., whole:]
    if rest and shift > 0:
        moved[..., -1] = 0  # so that nothing is carried into the next row
    return moved if rest == 0 else along_row(moved, rest if shift > 0 else -rest, out, scratch)


def _combine_moved(first: Words, words: Words, axis: int, shift: int, combine: Any, out: Words) -> None:
    """`first` combined with a copy moved along an axis that is not the last; off comes in at the end."""
    size = words.shape[axis]
    distance = min(abs(shift), size)
    before: list[Any] = [slice(None)] * words.ndim
    after = before.copy()
    gap = before.copy()
    low, high = slice(0, size - distance), slice(distance, size)
    before[axis], after[axis] = (low, high) if shift > 0 else (high, low)
    gap[axis] = slice(0, distance) if shift > 0 else slice(size - distance, size)
    combine(first[tuple(after)], words[tuple(before)], out=out[tuple(after)])
    if combine is AND:
        out[tuple(gap)] = 0
    elif first is not out:
        out[tuple(gap)] = first[tuple(gap)]


# --- any footprint ---------------------------------------------------------------------------------------------------


@has_compiled
def rows(words: Words, width: int, footprint: Footprint, combine: Any, out: Words, scratch: Scratch) -> Words:
    """A footprint whose rows are centred runs, as those of a disk or a ball: each width is grown from the one before,
    and combined at each place that has it."""
    reached, line = 0, words
    buffers = (scratch("line", words.shape, np.uint64), scratch("longer line", words.shape, np.uint64))
    out[...] = 0 if combine is OR else words
    for reach, places in places_by_reach(footprint).items():
        for shift in _lengthening(reached, reach):
            longer = buffers[0] if line is not buffers[0] else buffers[1]
            if line is words and reach <= _MOST_BITS:
                _row_line(words, width, reach, combine, longer, scratch)
                line = longer
                break
            _cross(line, width, shift, (words.ndim - 1,), combine, longer, scratch)
            line = longer
        reached = reach
        for place in places:
            pause()
            _combine_at(line, place, combine, out)
    return out


def places_by_reach(footprint: Footprint) -> dict[int, list[Offset]]:
    """For each half-width of a row, shortest first, where such rows lie: offsets along the other axes."""
    centre = [n // 2 for n in footprint.shape[:-1]]
    lengths = footprint.sum(axis=-1)
    found: dict[int, list[Offset]] = {}
    for place in np.argwhere(lengths):
        reach = int(lengths[tuple(place)]) // 2
        found.setdefault(reach, []).append(tuple(int(i) - c for i, c in zip(place, centre, strict=True)))
    return dict(sorted(found.items()))


def _lengthening(reached: int, reach: int) -> Iterator[int]:
    while reached < reach:
        shift = min(reached + 1, reach - reached)
        if shift > 64:
            shift -= shift % 64
        yield shift
        reached += shift


def _combine_at(line: Words, place: Offset, combine: Any, out: Words) -> None:
    """Combine a copy moved by an offset along all axes but the last."""
    if any(abs(d) >= n for d, n in zip(place, line.shape, strict=False)):
        if combine is AND:
            out[...] = 0
        return
    target = tuple(slice(max(0, d), n + min(0, d)) for d, n in zip(place, line.shape, strict=False))
    origin = tuple(slice(max(0, -d), n + min(0, -d)) for d, n in zip(place, line.shape, strict=False))
    combine(out[target], line[origin], out=out[target])
    if combine is AND:
        for axis, d in enumerate(place):
            if d:
                out[(slice(None),) * axis + (slice(0, d) if d > 0 else slice(d, None),)] = 0


def stamp(words: Words, width: int, moves: list[Offset], combine: Any, out: Words, scratch: Scratch) -> Words:
    """Copies moved by any offsets: the pattern of a dilation, or that of an erosion turned around."""
    out[...] = 0 if combine is OR else ALL_ON
    if combine is AND:
        clear_tail(out, width)
    line = scratch("line", words.shape, np.uint64)
    by_column: dict[int, list[Offset]] = {}
    for move in moves:
        by_column.setdefault(move[-1], []).append(move[:-1])
    for column, places in by_column.items():
        moved = words
        if column:
            moved = along_row(words, column, line, scratch)
            clear_tail(moved, width)
        for place in places:
            _combine_at(moved, place, combine, out)
    return out
