"""Regions of packed masks by their runs: joined by union-find as they come, and painted one after the other."""

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.packed import Words, packed_shape, row_words
from maskexpr.kernels.runs import (
    Axes,
    Flags,
    Integers,
    Labels,
    Regions,
    RegionsOfRuns,
    Runs,
    row_distances,
    spaced,
)
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_AT_ONCE = 2**19  # runs between two pauses
_WORDS_AT_ONCE = 2**18
_SHORT = 8  # pixels that are written together
_MOST = 0.4  # runs a pixel, which take no more than pixels that are labelled one by one
_WORDS = types.Array(types.uint64, 1, "C", True)
_NUMBERS = types.Array(types.int64, 1, "C", True)
_FLAGS = types.Array(types.uint8, 1, "C", True)


def find_regions(words: Words, shape: tuple[int, ...], connectivity: int, axes: Axes = None) -> Regions:
    """As the kernel of this name in `runs`."""
    runs = _find_runs(words)
    if len(shape) > 2 and len(runs) > _MOST * math.prod(shape):
        return NotImplemented  # type: ignore[no-any-return]
    numbers = np.arange(len(runs))
    edges = runs.edges if len(shape) <= 2 else _spaced(runs.edges, shape)
    for distance, slack in row_distances(shape, connectivity, axes):
        other = 0
        for start in range(0, len(runs), _AT_ONCE):
            pause()
            other = _join(edges, distance, slack, numbers, start, min(start + _AT_ONCE, len(runs)), other)
    pause()
    return RegionsOfRuns(words, shape, runs, numbers, _number(numbers))


def _spaced(edges: Integers, shape: tuple[int, ...]) -> Integers:
    """Part by part, as each takes several times its size."""
    found = np.empty_like(edges)
    for start in range(0, len(edges), _AT_ONCE):
        pause()
        found[start : start + _AT_ONCE] = spaced(edges[start : start + _AT_ONCE], shape)
    return found


def _find_runs(words: Words) -> Runs:
    flat = np.ascontiguousarray(words).reshape(-1)
    parts = range(0, len(flat), _WORDS_AT_ONCE)
    counts = [_count_edges(flat, start, min(start + _WORDS_AT_ONCE, len(flat))) for start in parts]
    edges, at = np.empty(sum(counts), np.int64), 0
    for start, count in zip(parts, counts, strict=True):
        pause()
        _find_edges(flat, start, min(start + _WORDS_AT_ONCE, len(flat)), edges[at : at + count])
        at += count
    return Runs(edges)


def labelled(runs: Runs, numbers: Integers, shape: tuple[int, ...]) -> Labels:
    """As the kernel of this name in `runs`."""
    labels = np.empty(shape, np.int32)
    state = np.zeros(2, np.int64)
    for start in range(0, len(runs), _AT_ONCE):
        pause()
        stop = min(start + _AT_ONCE, len(runs))
        _label(runs.edges, numbers, start, stop, shape[-1], 64 * row_words(shape[-1]), labels.reshape(-1), state)
    labels.reshape(-1)[state[0] :] = 0
    return labels


def kept(regions: RegionsOfRuns, which: Flags) -> Words:
    """As the kernel of this name in `runs`."""
    words = np.zeros(packed_shape(regions.shape), np.uint64)
    for start in range(0, len(regions.runs), _AT_ONCE):
        pause()
        stop = min(start + _AT_ONCE, len(regions.runs))
        _keep(regions.runs.edges, regions.numbers, which.view(np.uint8), start, stop, words.reshape(-1))
    return words


def hit_by(runs: Runs, words: Words, other: Words) -> Flags:
    """As the kernel of this name in `runs`."""
    flags = np.zeros(len(runs), np.uint8)
    flat = np.ascontiguousarray(other).reshape(-1)
    for start in range(0, len(runs), _AT_ONCE):
        pause()
        _hit(runs.edges, flat, start, min(start + _AT_ONCE, len(runs)), flags)
    return flags.view(np.bool_)


def at_border(runs: Runs, shape: tuple[int, ...], axes: Axes) -> Flags:
    """As the kernel of this name in `runs`."""
    flags, step = np.zeros(len(runs), np.uint8), 64 * row_words(shape[-1])
    looked_at = np.array([axes is None or axis in axes for axis in range(len(shape) - 1)], np.uint8)
    for start in range(0, len(runs), _AT_ONCE):
        pause()
        stop = min(start + _AT_ONCE, len(runs))
        _find_at_border(runs.edges, start, stop, np.array(shape), step, looked_at, flags)
    return flags.view(np.bool_)


# --- words -----------------------------------------------------------------------------------------------------------


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _zeros_below(typing: Any, word: Any) -> Any:
    """How many bits are off below the lowest one that is on."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.cttz(given[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), generate


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _bits_of(typing: Any, word: Any) -> Any:
    """How many bits are on."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.uint64(types.uint64), generate


@kernel()
def _changes(words: Array, i: int) -> Any:
    """The bits of a word that differ from the one before."""
    word = words[i]
    before = words[i - 1] >> np.uint64(63) if i else np.uint64(0)
    return word ^ (word << np.uint64(1) | before)


@kernel((_WORDS, types.int64, types.int64))
def _count_edges(words: Array, start: int, stop: int) -> int:
    count = 0
    for i in range(start, stop):
        count += int(_bits_of(_changes(words, i)))
    return count


@kernel((_WORDS, types.int64, types.int64, types.Array(types.int64, 1, "C")))
def _find_edges(words: Array, start: int, stop: int, edges: Array) -> None:
    at = 0
    for i in range(start, stop):
        changes = _changes(words, i)
        while changes:
            edges[at] = 64 * i + np.int64(_zeros_below(changes))
            at += 1
            changes &= changes - np.uint64(1)


@kernel((_NUMBERS, _NUMBERS, _FLAGS, types.int64, types.int64, types.Array(types.uint64, 1, "C")))
def _keep(edges: Array, numbers: Array, which: Array, start: int, stop: int, words: Array) -> None:
    """Turn on the runs of some regions."""
    all_on = ~np.uint64(0)
    for i in range(start, stop):
        if which[numbers[i]]:
            first, last = edges[2 * i] >> 6, (edges[2 * i + 1] - 1) >> 6
            from_first = all_on << np.uint64(edges[2 * i] & 63)
            to_last = all_on >> np.uint64(63 - ((edges[2 * i + 1] - 1) & 63))
            if first == last:
                words[first] |= from_first & to_last
            else:
                words[first] |= from_first
                for k in range(first + 1, last):
                    words[k] = all_on
                words[last] |= to_last


@kernel((_NUMBERS, _WORDS, types.int64, types.int64, types.Array(types.uint8, 1, "C")))
def _hit(edges: Array, words: Array, start: int, stop: int, flags: Array) -> None:
    """Which runs hold a bit that is on."""
    all_on = ~np.uint64(0)
    for i in range(start, stop):
        first, last = edges[2 * i] >> 6, (edges[2 * i + 1] - 1) >> 6
        found = np.uint64(0)
        for k in range(first, last + 1):
            word = words[k]
            if k == first:
                word &= all_on << np.uint64(edges[2 * i] & 63)
            if k == last:
                word &= all_on >> np.uint64(63 - ((edges[2 * i + 1] - 1) & 63))
            found |= word
        flags[i] = found != 0


# --- runs ------------------------------------------------------------------------------------------------------------


@kernel((_NUMBERS, types.int64, types.int64, types.Array(types.int64, 1, "C"), types.int64, types.int64, types.int64))
def _join(edges: Array, distance: int, slack: int, parents: Array, start: int, stop: int, other: int) -> int:
    """Join some runs to those so far before them, of which the first that may touch one is known; gives the next."""
    for i in range(start, stop):
        begin, end = edges[2 * i] - distance, edges[2 * i + 1] - distance
        while edges[2 * other + 1] + slack <= begin:
            other += 1
        k = other
        while edges[2 * k] < end + slack:
            a, b = _root(parents, i), _root(parents, k)
            parents[max(a, b)] = min(a, b)
            k += 1
        other = max(other, k - 1)
    return other


@kernel()
def _root(parents: Array, i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@kernel((types.Array(types.int64, 1, "C"),))
def _number(parents: Array) -> int:
    """Give each run the number of its region in place of its parent, which comes before it; how many there are."""
    count = 0
    for i in range(len(parents)):
        if parents[i] == i:
            parents[i] = count
            count += 1
        else:
            parents[i] = parents[parents[i]]
    return count


@kernel(
    (
        *(_NUMBERS, _NUMBERS, types.int64, types.int64, types.int64, types.int64),
        *(types.Array(types.int32, 1, "C"), types.Array(types.int64, 1, "C")),
    )
)
def _label(
    edges: Array, numbers: Array, start: int, stop: int, width: int, step: int, labels: Array, state: Array
) -> None:
    """Write the pixels from the one behind the last run on, which is kept beside its row, to the end of some runs."""
    at, row = state[0], state[1]
    for i in range(start, stop):
        while edges[2 * i] >= (row + 1) * step:
            row += 1
        spare = row * (step - width)
        first, last, number = edges[2 * i] - spare, edges[2 * i + 1] - spare, np.int32(numbers[i] + 1)
        _fill(labels, at, first, np.int32(0))
        _fill(labels, first, last, number)
        at = last
    state[0], state[1] = at, row


@kernel()
def _fill(labels: Array, start: int, stop: int, value: int) -> None:
    """Fill a stretch; what comes behind it may be written to, too."""
    if start + _SHORT <= len(labels):
        for k in range(_SHORT):  # without a look at how many there are, which nobody can foresee
            labels[start + k] = value
        start += _SHORT
    for x in range(start, stop):
        labels[x] = value


@kernel((_NUMBERS, types.int64, types.int64, _NUMBERS, types.int64, _FLAGS, types.Array(types.uint8, 1, "C")))
def _find_at_border(
    edges: Array, start: int, stop: int, shape: Array, step: int, looked_at: Array, flags: Array
) -> None:
    last_row, is_outer = -1, False
    for i in range(start, stop):
        row = edges[2 * i] // step
        if row != last_row:
            last_row, rest, is_outer = row, row, False
            for axis in range(len(shape) - 2, -1, -1):
                place = rest % shape[axis]
                rest //= shape[axis]
                is_outer |= looked_at[axis] != 0 and (place == 0 or place == shape[axis] - 1)
        flags[i] = is_outer or edges[2 * i] == row * step or edges[2 * i + 1] == row * step + shape[len(shape) - 1]
