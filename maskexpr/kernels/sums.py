"""Sums of floats that are the exact sum rounded once, the answer of math.fsum, whatever the machine, the layout and the
cut; unlike fsum they do not give up where the sum of some of the values is beyond the largest float.

Values below 2**e in size are cut at a unit u = 2**(e - 48): x + s, where s is 1.5 * 2**52 units, is rounded to a whole
number of units, which stands in its last bits. As integers, these add up exactly in any order, and NumPy's order, which
depends on the machine, does not matter. What is left, x - ((x + s) - s), is exact too, and is cut again where it must
be. All of it is added to one integer of Python's, in units of the smallest float; so partial sums merge exactly.

Source: Rump, Ogita & Oishi, Accurate floating-point summation I, 2008 (doi:10.1137/050645671), and Demmel & Nguyen,
Parallel reproducible summation, 2015 (doi:10.1109/TC.2014.2345391), for cuts by adding and subtracting.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

BLOCK = 2**15  # values that are cut together: so many stay in the cache
_BITS = 48  # of a whole number of units: with 15 of the count, sums of them fit int64
_LOWEST = -1074  # 2 to this power is the smallest float
_HIGHEST = 971  # units above make s, or a sum with it, too large
_FEW = 256  # values that math.fsum adds sooner
_CUTS = 4  # before what is left is sorted by exponents
_FAST = 900  # up to this power of two sums by region are cut


def exact_sum(x: Array) -> float:
    """The exact sum of floating values, rounded once to float64; nan where any is nan, and for inf - inf."""
    if x.size <= _FEW:
        try:
            return math.fsum(x.ravel().tolist()) + 0.0
        except (OverflowError, ValueError):  # values too large on the way, or inf - inf
            pass
    total = slack = 0
    room = Room(x)
    for block in blocks(x, room):
        high, low = float(block.max()), float(block.min())
        if not (high < math.inf and low > -math.inf):
            return _not_finite(x)
        unit = _unit(high, low)
        if unit > _HIGHEST:
            return rounded(exact_total(x))
        found, rest = _cut(block, unit, room)
        total += found + _whole(float(rest.sum()))
        slack += _slack(block.size, unit)
    least, most = rounded(total - slack), rounded(total + slack)
    return least if least == most else rounded(exact_total(x))


def exact_total(x: Array) -> int:
    """The exact sum of finite values, in units of the smallest float; such totals add up."""
    room = Room(x)
    return sum(_total(block, room) for block in blocks(x, room))


def rounded(total: int) -> float:
    """A total rounded once; inf where it is beyond the largest float."""
    try:
        return total / 2**-_LOWEST
    except OverflowError:
        return math.inf if total > 0 else -math.inf


def label_sums(owners: Array, x: Array, count: int) -> Array:
    """The exact sum of the values of each owner from 0 to count - 1, rounded once; nan and inf as in `exact_sum`.
    Owners and values are flat arrays, one owner for each value."""
    rest = x.astype(np.float64)
    if not np.isfinite(rest).all():
        return _sums_with_others(owners, rest, count)
    high, low = float(rest.max(initial=0)), float(rest.min(initial=0))
    bits = 52 - int(np.bincount(owners, minlength=1).max()).bit_length()  # by the largest region
    part, layers = np.empty_like(rest), list[Array]()
    while high or low:
        e = math.frexp(max(high, -low))[1]
        if e > _FAST or len(layers) == _CUTS:
            return _sums_one_by_one(owners, x, count)
        unit = max(e - bits, _LOWEST)
        s = math.ldexp(1.5, unit + 52)
        high = low = 0.0
        for start in range(0, rest.size, BLOCK):
            cut, left = part[start : start + BLOCK], rest[start : start + BLOCK]
            np.add(left, s, out=cut)
            np.subtract(cut, s, out=cut)
            np.subtract(left, cut, out=left)
            high, low = max(high, float(left.max())), min(low, float(left.min()))
        layers.append(np.bincount(owners, part, count))  # exact, for all are whole numbers of units
    if len(layers) <= 2:
        return np.asarray(sum(layers, np.zeros(count)))  # two exact sums, so the only rounding is that of their sum
    return np.array([math.fsum(sums) for sums in zip(*layers, strict=True)])


def _sums_with_others(owners: Array, x: Array, count: int) -> Array:
    finite = np.isfinite(x)
    sums = label_sums(owners, np.where(finite, x, 0.0), count)
    others = np.zeros(count)
    with np.errstate(invalid="ignore"):
        np.add.at(others, owners[~finite], x[~finite])
        return np.where(others == 0, sums, others)


def _sums_one_by_one(owners: Array, x: Array, count: int) -> Array:
    order = np.argsort(owners, kind="stable")
    ends = np.cumsum(np.bincount(owners, minlength=count))
    return np.array([exact_sum(part) for part in np.split(x[order], ends[:-1])])


# --- blocks ----------------------------------------------------------------------------------------------------------


class Room:
    """Buffers for the blocks of an array."""

    def __init__(self, x: Array) -> None:
        size = min(x.size, BLOCK)
        self.wide, self.cut, self.left = np.empty(size), np.empty(size), np.empty(size)


def blocks(x: Array, room: Room) -> Iterator[Array]:
    """The values as float64, in blocks as they lie in memory: parts of the array itself, or copied to a buffer."""
    if not x.size:
        return
    order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    turned = x.transpose(order)
    turned = turned[tuple(slice(None, None, -1 if stride < 0 else 1) for stride in turned.strides)]
    if turned.flags.c_contiguous:
        turned = turned.reshape(-1)
    for part in parts(turned.shape, 1, BLOCK):
        block = turned[part]
        if block.dtype == np.float64 and block.ndim == 1 and block.flags.c_contiguous:
            yield block
        else:
            wide = room.wide[: block.size]
            np.copyto(wide.reshape(block.shape), block)
            yield wide


def parts(shape: tuple[int, ...], length: int, most: int) -> Iterator[tuple[slice, ...]]:
    """Parts of an array of this shape that have at most so many values, or single items; each item stands for a line of
    so many values."""
    if not shape:
        yield ()
        return
    axis, row = len(shape) - 1, length  # values for one step along an axis
    while axis > 0 and row * shape[axis] <= most:
        row *= shape[axis]
        axis -= 1
    step = max(1, most // max(1, row))
    for index in np.ndindex(*shape[:axis]):
        for start in range(0, shape[axis], step):
            yield (*(slice(i, i + 1) for i in index), slice(start, start + step))


# --- cuts ------------------------------------------------------------------------------------------------------------


def _unit(high: float, low: float) -> int:
    """The power of two at which values between these are cut."""
    return max(math.frexp(max(high, -low))[1] - _BITS, _LOWEST)


def _cut(x: Array, unit: int, room: Room) -> tuple[int, Array]:
    """The exact sum of values rounded to whole units, in units of the smallest float, and what that leaves of each."""
    cut, left = room.cut[: x.size], room.left[: x.size]
    s = math.ldexp(1.5, unit + 52)
    np.add(x, s, out=cut)
    whole = int(cut.view(np.int64).sum()) - x.size * int(np.float64(s).view(np.int64))
    whole = (whole + 2**63) % 2**64 - 2**63  # which wrapped, as integers of 64 bits do
    np.subtract(cut, s, out=cut)
    np.subtract(x, cut, out=left)
    return whole << unit - _LOWEST, left


def _slack(n: int, unit: int) -> int:
    """How far a plain sum of n values of at most half a unit may be from the exact one, whatever its order: below
    n**2 * unit * 2**-54."""
    return (n * n << unit - _LOWEST >> 54) + 1


def _total(x: Array, room: Room) -> int:
    total = 0
    for _ in range(_CUTS):
        high, low = float(x.max()), float(x.min())
        if high == low == 0:
            return total
        unit = _unit(high, low)
        if unit > _HIGHEST:
            break
        found, x = _cut(x, unit, room)
        total += found
    return total + _by_exponents(x)


def _by_exponents(x: Array) -> int:
    """The same of any finite values: the integers that their mantissas are, added up for each exponent."""
    mantissa, exponent = np.frexp(x)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    place = exponent.astype(np.intp) - 53 - _LOWEST  # below 0 for values whose last bits are zeros
    least = int(place.min())
    total = 0  # in units of 2**least
    for half, up in ((whole >> 27, 27), (whole & (2**27 - 1), 0)):
        sums = np.bincount(place - least, half)  # floats, but whole numbers below 2**(27 + 15)
        for i in np.flatnonzero(sums).tolist():
            total += int(sums[i]) << i + up
    return total << least if least >= 0 else total >> -least


def _whole(value: float) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator * (2**-_LOWEST // denominator)


def _not_finite(x: Array) -> float:
    if np.isnan(x).any():
        return math.nan
    high, low = float(x.max()), float(x.min())
    return high + low if high == math.inf and low == -math.inf else high if high == math.inf else low
