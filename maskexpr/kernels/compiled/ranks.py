"""Ranks of small windows by networks of minima and maxima, of which each works on a few vectors of a row at a time, so
that all that it makes stays near. The kernel is one for all networks: it is given their steps as numbers.
"""

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from maskexpr.kernels import borders
from maskexpr.kernels import ranks as by_numpy
from maskexpr.kernels.compiled import counted_ranks
from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.ranks import Array, Moved
from maskexpr.kernels.stopping import pause

_NOT: Any = NotImplemented
_VECTOR = 64  # bytes
_AT_ONCE = 4  # vectors
_NEAR = 2**15  # bytes of all that a network makes of a part of a row
_MOST = 16  # vectors of such a part
_FRAMED = 2**16  # bytes of rows that are framed at once
_PAUSE = 2**20  # pixels
_LEAST, _GREATEST, _BOTH = 0, 1, 2  # what a step makes
_NONE = -1  # the place of a constant


def by_network(
    im: Array,
    rank: int,
    window: Array,
    out: Array | None = None,
    mode: str = "reflect",
    around: tuple[int, int] = (0, 0),
) -> Array:
    """As the kernel of this name in `ranks`."""
    if not (im.size and im.dtype.isnative) or (im.ndim == 1 and any(around)):
        return cast(Array, _NOT)
    shape = (len(im) - sum(around), *im.shape[1:])
    result = np.empty(shape, im.dtype) if out is None else out
    if im.ndim == 1:
        by_network(im[np.newaxis], rank, window[np.newaxis], result[np.newaxis], mode)
        return result
    target = result if result.flags.c_contiguous else np.empty(shape, im.dtype)
    network = _numbered(rank, window.shape, window.tobytes(), im.itemsize)
    apart = next((axis for axis in range(im.ndim - 2) if window.shape[axis] > 1), im.ndim - 2)
    if apart:
        im, around = im[around[0] : len(im) - around[1]], (0, 0)
    given = np.ascontiguousarray(im).view(f"i{im.itemsize}")
    for place in np.ndindex(im.shape[:apart]):
        _in_strips(given[place], im.dtype, network, target[place].view(given.dtype), mode, around)
    if target is not result:
        result[...] = target
    return result


def median_by_opencv(
    im: Array, reach: int, mode: str = "reflect", out: Array | None = None, around: tuple[int, int] = (0, 0)
) -> Array:
    """As the kernel of this name in `ranks`, where OpenCV is not faster."""
    if not by_numpy.rivals_opencv(reach):
        return cast(Array, _NOT)
    square = by_numpy.square_of(reach, im.ndim)
    return by_network(im, square.size // 2, square, out, mode, around)


def ranked(im: Array, rank: int | Array, window: Array, mode: str = "reflect", beyond: Any = 0) -> Array:
    """As the kernel of this name in `ranks`."""
    return counted_ranks.ranked(im, rank, window, mode, beyond)


class _Numbered(NamedTuple):
    """A network as numbers."""

    steps: Array  # what each makes: which of two values, each from a place and so far along, and where they go
    result: tuple[int, int]
    rows: Array  # what it begins with, in places 0, -1...: so far from a row along the axes but the last
    before: list[int]
    after: list[int]
    slots: int
    part: int  # values that are worked on at once
    lead: int  # of these, those before the first result
    results: int


@functools.lru_cache(64)
def _numbered(rank: int, shape: tuple[int, ...], window: bytes, itemsize: int) -> _Numbered:
    offsets = np.argwhere(np.frombuffer(window, bool).reshape(shape)) - [n // 2 for n in shape]
    rows, numbers = np.unique(offsets[:, :-1], axis=0, return_inverse=True)
    columns: dict[int, list[Moved]] = {}
    for number, along in zip(numbers.reshape(-1).tolist(), offsets[:, -1].tolist(), strict=True):
        columns.setdefault(along, []).append((-number, (along,)))
    network = by_numpy.of_columns([columns[along] for along in sorted(columns)], rank)
    vectors = min(_MOST, max(_AT_ONCE, _NEAR // (_VECTOR * (network.slots + 1)) // _AT_ONCE * _AT_ONCE))
    part = vectors * (_VECTOR // itemsize)
    valid: dict[int, tuple[int, int]] = {}
    steps: list[list[int]] = []
    for ufunc, place, first, second in network.steps:
        ends = [_valid(valid, operand, part) for operand in (first, second)]
        valid[place] = max(start for start, _ in ends), min(stop for _, stop in ends)
        made = _GREATEST if ufunc is np.maximum else _LEAST
        operands = [first[0], first[1][0], second[0], second[1][0]]
        if made == _GREATEST and steps and steps[-1][:5] == [_LEAST, *operands]:
            steps[-1][0], steps[-1][6] = _BOTH, place
        else:
            steps.append([made, *operands, place, place])
    start, stop = _valid(valid, network.result, part)
    return _Numbered(
        steps=np.array(steps, np.int64).reshape(-1, 7),
        result=(network.result[0], network.result[1][0]),
        rows=rows,
        before=[int(max(0, -d)) for d in offsets.min(axis=0)],
        after=[int(max(0, d)) for d in offsets.max(axis=0)],
        slots=network.slots,
        part=part,
        lead=start,
        results=stop - start,
    )


def _valid(valid: dict[int, tuple[int, int]], moved: Moved, part: int) -> tuple[int, int]:
    """From where to where a value is known that is taken some way along; of the image as far as one looks."""
    place, (along,) = moved
    start, stop = valid.get(place, (0, part))
    return (max(0, start - along), min(part, stop - along)) if place > 0 else (0, part)


def _in_strips(im: Array, dtype: Any, network: _Numbered, out: Array, mode: str, around: tuple[int, int]) -> None:
    """The results of an image whose window is one pixel wide along no axis but the last two."""
    width = im.shape[-1]
    before, after = network.before[-im.ndim :], network.after[-im.ndim :]
    framed = [n + b + a for n, b, a in zip((len(out), *im.shape[1:]), before, after, strict=True)]
    slab = math.prod(framed[1:-1])  # framed rows of each place along the first axis
    height = min(len(out), max(1, before[0] + after[0], _FRAMED // (slab * framed[-1] * im.itemsize)))
    begin = (network.slots + 2) * network.part
    memory = _aligned(begin + (height + before[0] + after[0]) * slab * framed[-1] + 2 * network.part, im.dtype)
    steps, result = _placed(network, framed, begin)
    columns = _sources(-before[-1], framed[-1], width, mode)
    ends = np.concatenate([columns[: before[-1]], columns[before[-1] + width :]])
    rows = _sources(around[0] - before[0], framed[0], len(im), mode)
    for axis in range(1, im.ndim - 1):
        places = _sources(-before[axis], framed[axis], im.shape[axis], mode)
        is_outside = (rows[:, np.newaxis] < 0) | (places < 0)
        rows = np.where(is_outside, _NONE, rows[:, np.newaxis] * im.shape[axis] + places).reshape(-1)
    inside = np.arange(height * slab).reshape(height, *framed[1:-1])
    bases = inside[(slice(None), *(slice(n) for n in im.shape[1:-1]))].reshape(-1) * framed[-1]
    order = _order(dtype, im.dtype)
    lines, target, each = im.reshape(-1, width), out.reshape(-1, width), len(bases) // height
    geometry = np.array([begin, height, slab, before[0] + after[0], each, before[-1]], np.int64)
    turn = max(1, _PAUSE // (each * width))
    for start in range(0, len(out), turn):
        pause()
        stop = min(len(out), start + turn)
        sources = rows[start * slab : (stop + before[0] + after[0]) * slab]
        found = target[start * each : stop * each]
        _strips(lines, sources, ends, *order, memory, geometry, bases, steps, result, found)


def _sources(start: int, count: int, length: int, mode: str) -> Array:
    """Where along an axis the values of places from one on lie."""
    wanted = np.arange(start, start + count)
    places = np.asarray(borders.places(wanted, length, mode), np.int64)
    return np.where((wanted < 0) | (wanted >= length), _NONE, places) if mode == "constant" else places


def _placed(network: _Numbered, framed: Sequence[int], begin: int) -> tuple[Array, Array]:
    """The steps, and the result, with places in memory: those of the image go along with what is worked on."""
    strides = np.array([math.prod(framed[axis + 1 :]) for axis in range(len(framed) - 1)], np.int64)
    corner = network.rows[:, network.rows.shape[1] - len(strides) :] + network.before[-len(framed) : -1]
    starts = begin + corner @ strides + network.before[-1]
    places = np.concatenate(
        [np.arange(1, network.slots + 1) * network.part, starts[::-1]]
    )  # by -1 the first of the image

    def address(place: Any, along: Any) -> Any:
        return places[place - 1] + along

    made, first, first_along, second, second_along, low, high = network.steps.T
    steps = np.stack(
        [made, address(first, first_along), first <= 0, address(second, second_along), second <= 0,
         address(low, 0), address(high, 0)], axis=1,
    )  # fmt: skip
    place, along = network.result
    sizes = (address(place, along), place <= 0, network.part, network.lead, network.results)
    return np.ascontiguousarray(steps), np.array(sizes, np.int64)


def _aligned(length: int, dtype: Any) -> Array:
    """Memory that begins where vectors do."""
    whole = np.empty(length * dtype.itemsize + _VECTOR, np.uint8)
    begin = -whole.ctypes.data % _VECTOR
    return whole[begin : begin + length * dtype.itemsize].view(dtype)


def _order(dtype: Any, kind: Any) -> tuple[Any, Any]:
    """What makes signed integers of the same order: bits that are turned, and the infinity of floats."""
    flip = np.iinfo(kind).min if dtype.kind == "u" else 0
    infinity = np.array(np.inf, dtype).view(kind) if dtype.kind == "f" else 0
    return kind.type(flip), kind.type(infinity)


# --- strips ----------------------------------------------------------------------------------------------------------

_KINDS = (types.int8, types.int16, types.int32, types.int64)
_INDEX, _TABLE = types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")


def _signature(t: Any) -> tuple[Any, ...]:
    given, memory, out = types.Array(t, 2, "C", True), types.Array(t, 1, "C"), types.Array(t, 2, "C")
    return (given, _INDEX, _INDEX, t, t, memory, _INDEX, _INDEX, _TABLE, _INDEX, out)


@kernel(*map(_signature, _KINDS))
def _strips(
    im: Array,
    sources: Array,
    ends: Array,
    flip: Any,
    infinity: Any,
    memory: Array,
    geometry: Array,
    bases: Array,
    steps: Array,
    result: Array,
    out: Array,
) -> None:
    """Frame some rows, then find their results, in turn."""
    begin, height, slab, beside, each, before = geometry
    for first in range(0, len(out) // each, height):
        stop = min(first + height, len(out) // each)
        _frame(im, sources[first * slab : (stop + beside) * slab], ends, before, flip, infinity, memory[begin:])
        found = out[first * each : stop * each]
        _run(memory, bases, steps, result, flip, infinity, found)


@kernel()
def _frame(im: Array, sources: Array, ends: Array, before: int, flip: Any, infinity: Any, framed: Array) -> None:
    """Rows, each with what lies before and behind it, as integers of the order of their values."""
    width = im.shape[1]
    pitch = width + len(ends)
    beyond = framed.dtype.type(0) if infinity else flip
    for i in range(len(sources)):
        row = framed[i * pitch : (i + 1) * pitch]
        if sources[i] < 0:
            row[:] = beyond
            continue
        line = im[sources[i]]
        middle = row[before : before + width]
        if infinity:
            _order_floats(line, infinity, middle)
        else:
            for x in range(width):
                middle[x] = line[x] ^ flip
        for x in range(len(ends)):
            place = x if x < before else width + x
            row[place] = beyond if ends[x] < 0 else middle[ends[x]]


@kernel()
def _order_floats(line: Array, infinity: Any, out: Array) -> None:
    """Floats, seen as integers, as such in the order of their values; nan is above all, and both zeros are one."""
    kind = line.dtype.type
    places = kind(8 * line.itemsize - 1)
    most = kind(~(kind(1) << places))
    for x in range(len(line)):
        magnitude = kind(line[x] & most)
        signed = kind(line[x] ^ kind(kind(line[x] >> places) & most))
        signed = kind(0) if magnitude == 0 else signed
        out[x] = most if magnitude > infinity else signed


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator, unused-ignore]
def _extremes(typing: Any, memory: Any, first: Any, second: Any, low: Any, high: Any, made: Any) -> Any:
    """Of two vectors of memory the least and the greatest of each two values; `made` says which are kept."""
    kind, wanted = memory.dtype, made.literal_value

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        data = context.make_array(memory)(context, builder, given[0]).data
        vector = ir.VectorType(context.get_value_type(kind), _VECTOR // (kind.bitwidth // 8))

        def pointer(at: Any) -> Any:
            return builder.bitcast(builder.gep(data, [at]), vector.as_pointer())

        places = [
            [builder.add(at, ir.Constant(at.type, i * vector.count)) for at in given[1:5]] for i in range(_AT_ONCE)
        ]
        pairs = [[builder.load(pointer(at), align=1) for at in some[:2]] for some in places]
        for (a, b), (_, _, low, high) in zip(pairs, places, strict=True):
            below = builder.icmp_signed("<", a, b)
            if wanted != _GREATEST:
                builder.store(builder.select(below, a, b), pointer(low), align=1)
            if wanted != _LEAST:
                builder.store(builder.select(below, b, a), pointer(high), align=1)
        return context.get_dummy_value()

    return types.void(memory, types.intp, types.intp, types.intp, types.intp, made), generate


@kernel()
def _run(memory: Array, bases: Array, steps: Array, result: Array, flip: Any, infinity: Any, out: Array) -> None:
    """The results of rows that begin at some places of memory."""
    width, lanes = out.shape[1], _AT_ONCE * _VECTOR // memory.itemsize
    place, is_of_image, part, lead, count = result
    for i in range(len(out)):
        line = out[i]
        for x in range(0, width, count):
            size = min(count, width - x)
            turns = (size + part - count + lanes - 1) // lanes
            here = bases[i] + x - lead
            for step in range(len(steps)):
                made = steps[step, 0]
                a, b = steps[step, 1] + here * steps[step, 2], steps[step, 3] + here * steps[step, 4]
                low, high = steps[step, 5], steps[step, 6]
                if made == _BOTH:
                    for turn in range(turns):
                        j = turn * lanes
                        _extremes(memory, a + j, b + j, low + j, high + j, _BOTH)
                elif made == _GREATEST:
                    for turn in range(turns):
                        j = turn * lanes
                        _extremes(memory, a + j, b + j, low + j, high + j, _GREATEST)
                else:
                    for turn in range(turns):
                        j = turn * lanes
                        _extremes(memory, a + j, b + j, low + j, high + j, _LEAST)
            first = place + here * is_of_image + lead
            _put(memory[first : first + size], flip, infinity, line[x : x + size])


@kernel()
def _put(found: Array, flip: Any, infinity: Any, out: Array) -> None:
    """Values again of integers of their order."""
    kind = found.dtype.type
    most = kind(~(kind(1) << kind(8 * found.itemsize - 1)))
    if infinity:
        for x in range(len(found)):
            value = found[x]
            out[x] = kind(value ^ most) if value < 0 else value
    else:
        for x in range(len(found)):
            out[x] = found[x] ^ flip
