"""The exact sum of each line of floats along some axes, rounded once: as `sums` finds it, for all lines at once.

Lines are cut at a unit, so that their whole parts add up exactly as integers; what that leaves of the values is added
up plainly. Where the bound on the error of doing so leaves open how the sum is rounded, what is left is cut once more.
The values of short lines are added one by one, with what each addition loses beside. What is open then is added up
alone.

Source: `sums`, and Ogita, Rump & Oishi, Accurate sum and dot product, 2005 (doi:10.1137/030601818), for the losses.
"""

import math
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK, parts
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.sums import exact_sum

Array = np.ndarray[Any, Any]
Axes = tuple[int, ...]

LINES, SHORT_LINES = 2048, 8192  # that are worked on together
_SHORT = 16  # values of a line that are added one by one
_RARE = 4  # of so many lines one may be open
_LONG = 64  # values of a line that is rather cut twice than added up one by one
_LOOKED_AT = 1024  # values that tell how large all are, about
_ROOM = 2  # of which they may have as many times the size
_TAKEN = 2**15  # values of such lines that are copied together
_LOWEST = -1074  # 2 to this power is the smallest float


def line_sums(values: Array, axes: Axes, about: Array | None = None) -> Array:
    """The sums of floating values along axes, not all of them, or of the squares of their distances from numbers, one
    for each line, each rounded to float64."""

    def by_stride(some: Any) -> list[int]:
        return sorted(some, key=lambda axis: -abs(values.strides[axis]))

    kept, gone = by_stride(set(range(values.ndim)) - set(axes)), by_stride(axes)
    outer = [axis for axis in kept if abs(values.strides[axis]) > abs(values.strides[gone[-1]])]
    order = [*outer, *gone, *kept[len(outer) :]]  # as they lie, but the values of a line together
    turned = values.transpose(order)
    centres = None if about is None else np.expand_dims(about, axes).transpose(order)
    along = tuple(order.index(axis) for axis in gone)
    n = math.prod(values.shape[axis] for axis in axes)
    add = _of_short if n <= _SHORT else _of_long
    out = np.empty([1 if axis in axes else values.shape[axis] for axis in order])
    most = n * SHORT_LINES if n <= _SHORT else max(BLOCK, n * LINES)
    for part in parts(tuple(values.shape[axis] for axis in kept), n, most):
        index = [slice(None)] * values.ndim
        for axis, some in zip(kept, part, strict=False):
            index[order.index(axis)] = some
        lines = tuple(index)
        with np.errstate(all="ignore"):
            out[lines] = add(turned[lines], along, None if centres is None else centres[lines])
    return np.ascontiguousarray(out.squeeze(along).transpose([kept.index(axis) for axis in sorted(kept)]))


# --- lines that are cut ----------------------------------------------------------------------------------------------


def _of_long(x: Array, along: Axes, about: Array | None) -> Array:
    """The sums of lines along some axes, which have length 1 in the result."""
    size = _guessed(x, about)
    if size < math.inf:
        shape = [1 if axis in along else n for axis, n in enumerate(x.shape)]
        found = _cut_at(x, along, about, np.full(shape, size), size)
        if found and np.count_nonzero(found[1]) * _RARE <= found[0].size:
            return _settled(*found, x, along, about)
    return _by_their_sizes(x, along, about)


def _guessed(x: Array, about: Array | None) -> float:
    """A size that values probably have at most, by a look at few of them from all over."""
    apart = [max(1, round(n / _LOOKED_AT ** (1 / x.ndim))) for n in x.shape]
    some = x[tuple(slice(step // 2, None, step) for step in apart)].astype(np.float64)
    if about is not None:
        of_lines = zip(about.shape, apart, strict=True)
        _squares(some, about[tuple(slice(step // 2 if n > 1 else 0, None, step) for n, step in of_lines)])
    return _ROOM * max(float(some.max()), -float(some.min()), 0.0) or 1.0


def _by_their_sizes(x: Array, along: Axes, about: Array | None) -> Array:
    """The same of lines that are not all finite, or not of one order of size."""
    high = np.maximum.reduce(x, axis=along, keepdims=True).astype(np.float64)
    low = np.minimum.reduce(x, axis=along, keepdims=True).astype(np.float64)
    size = np.maximum(high, -low) if about is None else np.square(np.maximum(high - about, about - low))
    found = _cut_at(x, along, about, size)
    assert found is not None
    sums, is_open = found
    others = ~np.isfinite(size)
    sums[others] = _not_finite(high[others], low[others]) if about is None else size[others]
    return _settled(sums, is_open & ~others, x, along, about)


def _cut_at(
    x: Array, along: Axes, about: Array | None, size: Array, most: float = math.inf
) -> tuple[Array, Array] | None:
    """The sums of lines whose values have at most some size, and which of them are open; None if any has more."""
    n = x.size // size.size
    bits = min(50, 62 - n.bit_length())  # of the number of units of a value, so that int64 holds their sum
    unit = np.maximum(np.frexp(size)[1] - bits, _LOWEST)
    cut = _cut(x, along, about, np.ldexp(1.5, unit + 52), most)
    if cut is None:
        return None
    whole, rest, is_whole = cut
    # Of n values of half a unit at most the plain sum is off by n**2 * unit * 2**-54 at most.
    sums, is_open = _rounded(*_joined(whole, rest, unit), np.where(is_whole, 0, np.ldexp(2.0 * n * n, unit - 54)))
    sums[size == 0] = 0
    return sums, is_open & (size != 0)


def _cut(x: Array, along: Axes, about: Array | None, s: Array, most: float) -> tuple[Array, Array, Array] | None:
    """The sums of what (x + s) - s makes of values, as whole numbers of units, plain ones of what that leaves, and
    where that was seen to be nothing. None if there are values of more than some size, or nan."""
    whole, rest, is_whole = np.zeros(s.shape, np.int64), np.zeros(s.shape), np.ones(s.shape, bool)
    one = s.flat[0] if (s == s.flat[0]).all() else None  # for all lines
    wide, cut = np.empty(min(x.size, BLOCK)), np.empty(min(x.size, BLOCK))
    for part in parts(x.shape, 1, BLOCK):
        block, lines = x[part], tuple(slice(None) if axis in along else some for axis, some in enumerate(part))
        left = cut[: block.size].reshape(block.shape)
        if about is not None or x.dtype != np.float64:
            own = wide[: block.size].reshape(block.shape)
            np.copyto(own, block)
            block = own if about is None else _squares(own, about[lines])
        if most < math.inf and not (block.max() <= most and (about is not None or block.min() >= -most)):
            return None
        of_lines = s[lines] if one is None else one
        np.add(block, of_lines, out=left)
        whole[lines] += np.add.reduce(left.view(np.int64), axis=along, keepdims=True)
        np.subtract(left, of_lines, out=left)
        if x.dtype != np.float64 and about is None and np.equal(left, block).all():
            continue
        np.subtract(block, left, out=left)
        rest[lines] += np.add.reduce(left, axis=along, keepdims=True)
        is_whole[lines] &= x.dtype != np.float64 and ~np.logical_or.reduce(left, axis=along, keepdims=True)
    whole -= x.size // s.size * s.view(np.int64)  # wraps, as the sums did
    return whole, rest, is_whole


def _joined(whole: Array, rest: Array, unit: Array) -> tuple[Array, Array]:
    """So many units and a rest as a rounded sum and what that lacks, which is at most a last place off."""
    first = whole.astype(np.float64)
    second = (whole - first.astype(np.int64)).astype(np.float64)
    low, lost = _two_sum(np.ldexp(second, unit), rest)
    high, more = _two_sum(np.ldexp(first, unit), low)
    return high, more + lost


# --- lines whose values are added one by one -------------------------------------------------------------------------


def _of_short(x: Array, along: Axes, about: Array | None) -> Array:
    """The same of lines of few values."""
    kept = [axis for axis in range(x.ndim) if axis not in along]
    shape = [1 if axis in along else n for axis, n in enumerate(x.shape)]
    lines = x.transpose(*along, *kept).reshape(-1, math.prod(shape))
    sums, is_open = _one_by_one(lines, None if about is None else about.reshape(-1))
    return _settled(sums.reshape(shape), is_open.reshape(shape), x, along, about)


def _settled(sums: Array, is_open: Array, x: Array, along: Axes, about: Array | None) -> Array:
    """The sums, with those that are open found in another way."""
    places, n = np.argwhere(is_open), x.size // sums.size
    step = max(1, _TAKEN // n)
    for some in (places[start : start + step] for start in range(0, len(places), step)):
        pause()
        lines = _taken(x, along, some)
        centres = None if about is None else about[tuple(some.T)]
        found, still_open = (_one_by_one if n < _LONG else _cut_twice)(lines, centres)
        for i in np.flatnonzero(still_open).tolist():
            found[i] = exact_sum(lines[:, i], None if centres is None else float(centres[i]))
        sums[tuple(some.T)] = found
    return sums


def _taken(x: Array, along: Axes, places: Array) -> Array:
    """The lines at some places as columns."""
    kept = [axis for axis in range(x.ndim) if axis not in along]
    taken = x.transpose(*along, *kept)[(..., *places.T[kept])]
    return taken.reshape(-1, len(places))


def _one_by_one(lines: Array, about: Array | None) -> tuple[Array, Array]:
    """The sums of columns, and which of them are open."""
    high, low, lost = (np.zeros(lines.shape[1]) for _ in range(3))
    for row in lines:
        pause()
        values = row.astype(np.float64)
        high, more = _two_sum(high, values if about is None else _squares(values, about))
        low, more = _two_sum(low, more)
        lost += np.abs(more)
    high, low = _two_sum(high, low)
    sums, is_open = _rounded(high, low, 2 * lost)
    is_open &= (lost != 0) | ~np.isfinite(low)
    return np.where(is_open, sums, high + 0.0), is_open


def _cut_twice(lines: Array, about: Array | None) -> tuple[Array, Array]:
    """The sums of columns, and which of them are open: what one cut leaves is cut again."""
    values = lines.astype(np.float64)
    if about is not None:
        _squares(values, about)
    n, size = len(values), np.maximum(values.max(axis=0), -values.min(axis=0))
    bits, parts = min(50, 62 - n.bit_length()), list[Array]()
    for _ in range(2):
        unit = np.maximum(np.frexp(size)[1] - bits, _LOWEST)
        s = np.ldexp(1.5, unit + 52)
        cut = values + s
        whole = cut.view(np.int64).sum(axis=0) - n * s.view(np.int64)
        values -= np.subtract(cut, s, out=cut)
        first = whole.astype(np.float64)
        parts += [np.ldexp(first, unit), np.ldexp((whole - first.astype(np.int64)).astype(np.float64), unit)]
        size = np.abs(values).max(axis=0)
    slack = np.where(size, np.ldexp(2.0 * n * n, unit - 54), 0)
    rest = values.sum(axis=0)
    bounds = [_each_sum([*parts, rest, side]) for side in (-slack, slack)]
    return bounds[1], ~((bounds[0] == bounds[1]) & np.isfinite(bounds[1]))


def _each_sum(parts: list[Array]) -> Array:
    """The sums of some numbers of each column, rounded once, or nan."""
    return np.array([_sum_of(numbers) for numbers in zip(*(part.tolist() for part in parts), strict=True)])


def _sum_of(numbers: tuple[float, ...]) -> float:
    try:
        return math.fsum(numbers) + 0.0
    except (OverflowError, ValueError):
        return math.nan


# --- both ------------------------------------------------------------------------------------------------------------


def _rounded(high: Array, low: Array, slack: Array) -> tuple[Array, Array]:
    """What high + low is rounded to, and where it is open, as low may be off by half the slack and a last place."""
    slack = slack + np.where(slack, np.abs(low) * 2.0**-51, 0)
    lower, upper = high + (low - slack), high + (low + slack)
    return upper + 0.0, lower != upper


def _two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """The rounded sum, and what the rounding lost, exactly."""
    found = a + b
    of_b = found - a
    return found, (a - (found - of_b)) + (b - of_b)


def _squares(values: Array, about: Array) -> Array:
    """The squares of distances, in place of the values."""
    return np.square(np.subtract(values, about, out=values), out=values)


def _not_finite(high: Array, low: Array) -> Array:
    """The sums of values that are not all finite, by the largest and the smallest."""
    found: Array = np.where(np.isinf(high), high, 0) + np.where(np.isinf(low), low, 0)
    return np.where(np.isnan(high), np.nan, found)
