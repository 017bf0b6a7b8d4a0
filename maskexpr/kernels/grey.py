"""Grey morphology by few passes over contiguous memory, however far an element reaches.

The extreme of an array and a copy of it moved along an axis is taken of both laid flat, which is several times faster
than of their rows, but mixes the end of one line with the start of the next: those places are then put right.

Pixels outside an array are left out. Of equal zeros the positive one is given, since which of the two NumPy takes
depends on their order. `ufunc` is np.maximum or np.minimum; `out` is C-contiguous and no part of the source.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Pass = Callable[[Array, Array], None]


@has_compiled
def extreme_of_square(im: Array, reaches: Sequence[int], ufunc: Any, out: Array | None = None) -> Array:
    """The extreme within a reach along each axis; 0 where an axis is not worked on."""
    passes: list[Pass] = []
    for axis, (reach, length) in enumerate(zip(reaches, im.shape, strict=True)):
        passes += _line_passes(axis, min(reach, length - 1), ufunc)
    return _made(lambda source, target: _in_turn(passes, source, target), im, ufunc, out)


@has_compiled
def extreme_of_diamond(
    im: Array, reach: int, axes: Sequence[int] | None, ufunc: Any, out: Array | None = None
) -> Array:
    """The extreme within a city-block distance along some axes, None for all of them."""
    worked = [a for a in (range(im.ndim) if axes is None else axes) if im.shape[a] > 1]
    reach = min(reach, sum(im.shape[a] - 1 for a in worked))
    passes: list[Pass] = [_star_pass(step, worked, ufunc) for step in _diamond_steps(reach, len(worked))]
    return _made(lambda source, target: _in_turn(passes, source, target), im, ufunc, out)


@has_compiled
def extreme_of_footprint(im: Array, footprint: Array, ufunc: Any, out: Array | None = None) -> Array:
    """The extreme under a footprint whose centre is at `size // 2` per axis, of a maximum under its reflection.

    Where no pixel lies under it, the value that any other beats.
    """
    by_length = runs(footprint, im.shape, -1 if ufunc is np.maximum else 1)
    beaten = _beaten(im.dtype, ufunc)
    return _made(lambda source, target: _by_runs(by_length, beaten, ufunc, source, target), im, ufunc, out)


def _made(kernel: Pass, im: Array, ufunc: Any, out: Array | None) -> Array:
    source = np.ascontiguousarray(im)
    result = np.empty(im.shape, im.dtype) if out is None else out
    if not im.size:
        return result
    if im.dtype == np.float16:  # NumPy takes hundreds of times as long for their extremes as for those of integers
        ranks = ranks_of_floats(source, ufunc is np.maximum)
        target = np.empty_like(ranks)
        kernel(ranks, target)
        result[...] = floats_of_ranks(target)
        return result
    kernel(source, result)
    if im.dtype.kind == "f":
        np.add(result, 0, out=result)
    return result


def _in_turn(passes: Sequence[Pass], source: Array, target: Array) -> None:
    """Run passes one after another, each into the other of two arrays, the last one into the target."""
    if not passes:
        target[...] = source
        return
    spare = np.empty_like(target) if len(passes) > 1 else target
    for left, run in zip(range(len(passes) - 1, -1, -1), passes, strict=True):
        pause()
        result = spare if left % 2 else target
        run(source, result)
        source = result


# --- floats as integers ----------------------------------------------------------------------------------------------


def ranks_of_floats(im: Array, largest_nan: bool = True) -> Array:
    """Integers in the order of floats, where nan is above all others (or below), and both zeros are one."""
    bits = im.view(f"i{im.dtype.itemsize}")
    limits = np.iinfo(bits.dtype)
    ranks = _flipped(bits)
    ranks[bits == limits.min] = 0
    ranks[(bits & limits.max) > np.array(np.inf, im.dtype).view(bits.dtype)] = limits.max if largest_nan else limits.min
    return ranks


def floats_of_ranks(ranks: Array) -> Array:
    return _flipped(ranks).view(f"f{ranks.dtype.itemsize}")


def _flipped(bits: Array) -> Array:
    """Sign and magnitude to two's complement, and back."""
    return np.asarray(bits ^ ((bits >> (8 * bits.dtype.itemsize - 1)) & np.iinfo(bits.dtype).max))


# --- squares and diamonds --------------------------------------------------------------------------------------------


def _line_passes(axis: int, reach: int, ufunc: Any) -> list[Pass]:
    """The extreme from each pixel to `reach` after it by doubling, then that of two such windows, to either side."""
    if reach <= 0:
        return []

    def widen(step: int) -> Pass:
        return lambda source, target: _widen(axis, step, ufunc, source, target)

    passes = [widen(step) for step in doublings(1, reach + 1)]
    return [*passes, lambda source, target: _join(axis, reach, ufunc, source, target)]


def doublings(length: int, wanted: int) -> list[int]:
    """By how much a window of some length grows, at most by itself each time, until it has the length wanted."""
    steps = []
    while length < wanted:
        steps.append(min(length, wanted - length))
        length += steps[-1]
    return steps


def _widen(axis: int, step: int, ufunc: Any, source: Array, target: Array) -> None:
    """Windows that begin at each pixel grow by `step`; those that end with the line already hold all there is."""
    lines, wide, distance = _lines(source, axis), _lines(target, axis), _distance(source, axis, step)
    flat = source.reshape(-1)
    ufunc(flat[:-distance], flat[distance:], out=target.reshape(-1)[:-distance])
    wide[:, -step:] = lines[:, -step:]


def _join(axis: int, step: int, ufunc: Any, source: Array, target: Array) -> None:
    """Windows that begin at a pixel, joined with those that end there; near its start the first of the line is one."""
    lines, joined, distance = _lines(source, axis), _lines(target, axis), _distance(source, axis, step)
    flat = source.reshape(-1)
    ufunc(flat[:-distance], flat[distance:], out=target.reshape(-1)[distance:])
    ufunc(lines[:, :step], lines[:, :1], out=joined[:, :step])


def _diamond_steps(reach: int, axes: int) -> list[int]:
    """How far to move copies of a diamond, to either side along each axis, that together make the next larger one.

    The pixel that is hardest to cover lies equally far out along all axes: a copy of radius r moved by d covers it up
    to r + d from the centre while d <= r / (axes - 1), rounded up.
    """
    steps, radius = [], 0
    while radius < reach:
        steps.append(min(max(1, -(-radius // max(1, axes - 1))), reach - radius))
        radius += steps[-1]
    return steps


def _star_pass(step: int, axes: Sequence[int], ufunc: Any) -> Pass:
    def run(source: Array, target: Array) -> None:
        if step == 1:
            _join_neighbours(axes, ufunc, source, target)
            return
        before = source
        for axis in axes:
            for move in (step, -step):
                _join_moved(axis, move, ufunc, source, before, target)
                before = target

    return run


def _join_neighbours(axes: Sequence[int], ufunc: Any, source: Array, target: Array) -> None:
    """The extreme of each pixel and its neighbours along axes that have more than one pixel."""
    *others, axis = sorted(axes)
    lines, new, distance = _lines(source, axis), _lines(target, axis), _distance(source, axis, 1)
    flat, joined = source.reshape(-1), target.reshape(-1)
    ufunc(flat[:-distance], flat[distance:], out=joined[:-distance])
    joined[-distance:] = flat[-distance:]
    ufunc(joined[distance:], flat[:-distance], out=joined[distance:])
    if len(lines) > 1:  # the ends of lines that follow one another
        ufunc(lines[:, :1], lines[:, 1:2], out=new[:, :1])
        ufunc(lines[:, -1:], lines[:, -2:-1], out=new[:, -1:])
    for axis in others:
        lines, new = _lines(source, axis), _lines(target, axis)
        ufunc(new[:, :-1], lines[:, 1:], out=new[:, :-1])
        ufunc(new[:, 1:], lines[:, :-1], out=new[:, 1:])


def _join_moved(axis: int, move: int, ufunc: Any, source: Array, before: Array, target: Array) -> None:
    """Join what there is with the source moved along an axis. A place outside is taken for the nearest one inside: a
    diamond there reaches all that the one outside would, and nothing beyond the grown one."""
    lines, old, new = _lines(source, axis), _lines(before, axis), _lines(target, axis)
    step = min(abs(move), lines.shape[1])
    distance = _distance(source, axis, step)
    here, there = slice(None, -distance), slice(distance, None)
    end, last = slice(lines.shape[1] - step, None), slice(-1, None)
    if move < 0:
        here, there, end, last = there, here, slice(step), slice(1)
    ends = ufunc(old[:, end], lines[:, last])
    ufunc(before.reshape(-1)[here], source.reshape(-1)[there], out=target.reshape(-1)[here])
    new[:, end] = ends


def _lines(a: Array, axis: int) -> Array:
    """An array as (before, along, after) an axis."""
    return a.reshape(math.prod(a.shape[:axis]), a.shape[axis], math.prod(a.shape[axis + 1 :]))


def _distance(a: Array, axis: int, step: int) -> int:
    """How far apart laid flat two pixels are that are `step` apart along an axis."""
    return step * int(math.prod(a.shape[axis + 1 :]))


# --- any footprint ---------------------------------------------------------------------------------------------------


def runs(footprint: Array, shape: tuple[int, ...], sign: int) -> dict[int, list[tuple[int, ...]]]:
    """Where the runs along a footprint's last axis begin, by their lengths, without offsets that leave the image."""
    centre = [n // 2 for n in footprint.shape]
    kept = np.argwhere(footprint) - centre
    kept = sign * kept[np.all(np.abs(kept) < shape, axis=1)]
    kept = kept[np.lexsort(kept.T[::-1])]
    follows = np.zeros(len(kept), bool)
    if len(kept):
        follows[1:] = np.all(np.diff(kept, axis=0) == [0] * (len(shape) - 1) + [1], axis=1)
    starts = np.flatnonzero(~follows)
    found: dict[int, list[tuple[int, ...]]] = {}
    for start, length in zip(starts, np.diff(starts, append=len(kept)), strict=True):
        found.setdefault(int(length), []).append(tuple(int(i) for i in kept[start]))
    return dict(sorted(found.items()))


def _by_runs(runs: dict[int, list[tuple[int, ...]]], beaten: Any, ufunc: Any, source: Array, target: Array) -> None:
    """Windows of each length are made once, from those of the length before, and shared by all runs.

    Lines are laid flat with gaps between them that every value beats, as long as the element reaches, so that no
    window gets from one line into the next.
    """
    gaps = [0] * source.ndim
    for length, starts in runs.items():
        for start in starts:
            gaps = [max(gap, abs(i)) for gap, i in zip(gaps, start, strict=True)]
            gaps[-1] = max(gaps[-1], start[-1] + length - 1)
    shape = [source.shape[0], *(n + gap for n, gap in zip(source.shape[1:], gaps[1:], strict=True))]
    steps = [math.prod(shape[axis + 1 :]) for axis in range(source.ndim)]
    inside = tuple(slice(n) for n in source.shape)
    lead = gaps[-1]  # windows may begin before the first line

    windows, spare = np.full(lead + math.prod(shape), beaten, source.dtype), np.empty(0, source.dtype)
    windows[lead:].reshape(shape)[inside] = source
    result = np.full(math.prod(shape), beaten, source.dtype)
    made = 1
    for length, starts in runs.items():
        for step in doublings(made, length):
            spare = spare if spare.size else np.empty_like(windows)
            ufunc(windows[:-step], windows[step:], out=spare[:-step])
            spare[-step:] = windows[-step:]
            windows, spare = spare, windows
        made = length
        for start in starts:
            pause()
            move = lead + sum(i * step for i, step in zip(start, steps, strict=True))
            here = result[max(0, -move) : max(0, windows.size - move)]
            ufunc(here, windows[max(0, move) :][: here.size], out=here)
    target[...] = result.reshape(shape)[inside]


def _beaten(dtype: np.dtype[Any], ufunc: Any) -> Any:
    """The value that every other beats, as kernels see it."""
    if dtype.kind == "f":
        value = np.full(1, -np.inf if ufunc is np.maximum else np.inf, dtype)
        return (ranks_of_floats(value, ufunc is np.maximum) if dtype == np.float16 else value)[0]
    return np.iinfo(dtype).min if ufunc is np.maximum else np.iinfo(dtype).max
