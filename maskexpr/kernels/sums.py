"""Sums of floats that are the exact sum rounded once, the answer of math.fsum, whatever the machine, the layout and the
cut; unlike fsum they do not give up where the sum of some of the values is beyond the largest float.

Values below 2**e in size are cut at a unit u = 2**(e - 47): x + s, where s is 1.5 * 2**52 units, is rounded to a whole
number of units, which stands in its last bits. As integers, these add up exactly in any order, and NumPy's order, which
depends on the machine, does not matter. What is left, x - ((x + s) - s), is exact too, and is cut again where it must
be. All of it is added to one integer of Python's, in units of the smallest float; so partial sums merge exactly.

Source: Rump, Ogita & Oishi, Accurate floating-point summation I, 2008 (doi:10.1137/050645671), and Demmel & Nguyen,
Parallel reproducible summation, 2015 (doi:10.1109/TC.2014.2345391), for cuts by adding and subtracting.
"""

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK, Blocked, blocks
from maskexpr.kernels.choosing import has_compiled

Array = np.ndarray[Any, Any]
Values = Array | Blocked

_BITS = 47  # of a whole number of units, or one more of it rounded: with 15 of the count, sums of them fit int64
_LOWEST = -1074  # 2 to this power is the smallest float
_ONE = 1 << -_LOWEST  # in units of the smallest float
_HIGHEST = 971  # units above make s, or a sum with it, too large
_FEW = 256  # values that math.fsum adds sooner
_MANY = 2**12  # places, more than floats have
_CUTS = 4  # before what is left is sorted by exponents
_TOGETHER = 32  # whole numbers of units that float64 adds up exactly: with 5 bits of their count they have 53
_MOST_WHOLE = 2**47  # integers of which a block has a sum, and such of squares, within int64
_MOST_SQUARED = 2**23
SLICE = 2**12  # values that are sorted by exponents together


@has_compiled
def exact_sum(x: Values, about: float | None = None) -> float:
    """The exact sum of floating values, or of the squares of their distances from a number, each rounded to float64;
    rounded once to float64. It is nan where any value is nan, and for inf - inf."""
    if about is None and x.size <= _FEW:
        try:
            few = x.ravel() if isinstance(x, np.ndarray) else np.concatenate([*blocks(x), ()])
            return math.fsum(few.tolist()) + 0.0
        except (OverflowError, ValueError):  # values too large on the way, or inf - inf
            pass
    total = slack = 0
    room = Room(x)
    for narrow in _given(x, about, room):
        block = room.widened(narrow) if narrow.dtype == np.float16 else narrow  # of which NumPy's max is slow
        high, low = float(block.max()), 0.0 if about is not None else float(block.min())
        if not (high < math.inf and low > -math.inf):
            return _not_finite(x, about)
        places = _MANY  # from the highest bit of any value to the lowest
        if narrow.dtype != np.float64:
            place = _last_place(narrow, high, low, room)
            block, places = room.widened(block), _exponent(high, low) - place
            if places <= _BITS + 1:  # none of them is rounded
                total += _of_multiples(block, place)
                continue
        unit = _unit(high, low)
        if unit > _HIGHEST:
            return rounded(_whole_total(x, about, room))
        found, rest = _cut(block, unit, room.first)
        total += found + _in_smallest(float(rest.sum()))
        slack += _slack(block.size, unit) if places > _BITS + 38 else 0  # with 15 bits of their count rests have 53
    least, most = rounded(total - slack), rounded(total + slack)
    return least if least == most else rounded(_whole_total(x, about, room))


def exact_total(x: Values, about: float | None = None) -> int:
    """The exact sum of the same, where all are finite, in units of the smallest float; such totals add up."""
    return _whole_total(x, about, Room(x))


def _whole_total(x: Values, about: float | None, room: "Room") -> int:
    return sum(_total(room.widened(block), room) for block in _given(x, about, room))


def rounded(total: int) -> float:
    """A total rounded once; inf where it is beyond the largest float."""
    try:
        return total / _ONE
    except OverflowError:
        return math.inf if total > 0 else -math.inf


# --- whole numbers ---------------------------------------------------------------------------------------------------


@has_compiled
def whole_sum(x: Values) -> int:
    """The sum of integers, exactly."""
    return sum(map(_whole_sum, blocks(x, zeros=True)))


@has_compiled
def whole_sums(x: Values) -> tuple[int, int]:
    """The sum of integers and that of their squares, exactly."""
    total = squares = 0
    for block in blocks(x, zeros=True):
        total += _whole_sum(block)
        squares += _whole_squares(block)
    return total, squares


def _whole_sum(block: Array) -> int:
    kind, size = block.dtype.kind, block.dtype.itemsize
    if size < 8:
        return int(np.add.reduce(block, dtype=f"{kind}{4 if size <= 2 else 8}"))
    total = int(np.add.reduce(block))  # modulo 2^64
    if int(block.view(np.uint64).max()) <= _MOST_WHOLE or largest(block) <= _MOST_WHOLE:
        return total
    high = int(np.add.reduce(block >> 16))
    return (high << 16) + (total - (high << 16)) % 2**64  # the sum of the rest is below 2^31


def _whole_squares(block: Array) -> int:
    kind, size = block.dtype.kind, block.dtype.itemsize
    if size <= 2:
        squares = block.astype(f"{kind}{2 * size}")
        return int(np.add.reduce(np.square(squares, out=squares), dtype=f"{kind}{4 * size}"))
    found = [block.astype(np.int64)] if largest(block) <= _MOST_SQUARED else digits(block)
    return sum(int(a @ b) << 16 * (i + j) for i, a in enumerate(found) for j, b in enumerate(found))


def largest(x: Array) -> int:
    """The largest of integers, without their signs; of small types that it could be."""
    if x.dtype.itemsize <= 2:
        return int(1 << 8 * x.dtype.itemsize)
    return max(abs(int(x.min())) if x.dtype.kind == "i" else 0, abs(int(x.max())))


def digits(block: Array) -> list[Array]:
    """Integers as digits to base 2^16, lowest first; sums and products of a block of them fit int64."""
    bits = 8 * block.dtype.itemsize
    return [(block >> s if s + 16 >= bits else block >> s & 0xFFFF).astype(np.int64) for s in range(0, bits, 16)]


# --- blocks ----------------------------------------------------------------------------------------------------------


class Room:
    """Buffers for the blocks of an array."""

    def __init__(self, x: Values) -> None:
        self.size = min(x.size, BLOCK)
        self.first = np.empty(self.size)

    @cached_property
    def second(self) -> Array:
        return np.empty(self.size)

    @cached_property
    def wide(self) -> Array:
        return np.empty(self.size)

    def widened(self, block: Array) -> Array:
        """A block as float64."""
        if block.dtype == np.float64:
            return block
        wide = self.wide[: block.size]
        np.copyto(wide, block)
        return wide


def _given(x: Values, about: float | None, room: Room) -> Iterator[Array]:
    """What is added up, in blocks."""
    if about is None:
        yield from blocks(x)
        return
    for block in blocks(x):
        away = room.wide[: block.size]
        with np.errstate(over="ignore", invalid="ignore"):
            np.subtract(block, about, out=away, dtype=np.float64)
            yield np.square(away, out=away)


# --- cuts ------------------------------------------------------------------------------------------------------------


def _exponent(high: float, low: float) -> int:
    """Values between these are below 2 to this power in size."""
    return math.frexp(max(high, -low))[1]


def _unit(high: float, low: float) -> int:
    """The power of two at which such values are cut."""
    return max(_exponent(high, low) - _BITS, _LOWEST)


def _cut(x: Array, unit: int, left: Array) -> tuple[int, Array]:
    """The exact sum of values rounded to whole units, in units of the smallest float, and what that leaves of each, in
    a buffer."""
    left = left[: x.size]
    s = math.ldexp(1.5, unit + 52)
    np.add(x, s, out=left)
    whole = int(left.view(np.int64).sum()) - x.size * int(np.float64(s).view(np.int64))
    whole = (whole + 2**63) % 2**64 - 2**63  # which wrapped, as integers of 64 bits do
    np.subtract(left, s, out=left)
    np.subtract(x, left, out=left)
    return whole << unit - _LOWEST, left


def _slack(n: int, unit: int) -> int:
    """How far a plain sum of n values of at most half a unit may be from the exact one, whatever its order: below
    n**2 * unit * 2**-54."""
    return (n * n << unit - _LOWEST >> 54) + 1


def _total(x: Array, room: Room) -> int:
    total = 0
    for cut in range(_CUTS):
        high, low = float(x.max()), float(x.min())
        if high == low == 0:
            return total
        unit = _unit(high, low)
        if unit > _HIGHEST:
            break
        found, x = _cut(x, unit, room.second if cut % 2 else room.first)
        total += found
    return total + _by_exponents(x)


def _last_place(x: Array, high: float, low: float, room: Room) -> int:
    """The highest power of two known of which all these narrower floats are multiples."""
    info = np.finfo(x.dtype)
    if x.dtype.itemsize == 2:
        return int(info.minexp - info.nmant)
    if low > 0 or high < 0:
        return max(math.frexp(min(abs(high), abs(low)))[1] - info.nmant - 1, int(info.minexp - info.nmant))
    sizes = room.first.view(np.uint32)[: x.size]
    np.left_shift(x.view(np.uint32), 1, out=sizes)
    np.subtract(sizes, 1, out=sizes)  # zeros become the largest
    biased = int(sizes.min()) + 1 >> 24
    return max(biased, 1) - 150


def _of_multiples(x: Array, place: int) -> int:
    """The exact sum of multiples of 2**place, in units of the smallest float."""
    end, scale, total = x.size - x.size % _TOGETHER, math.ldexp(1.0, -place), 0
    for part in (np.add.reduce(x[:end].reshape(_TOGETHER, -1), axis=0), x[end:]):
        total += int((part * scale).astype(np.int64).sum())
    return total << place - _LOWEST


def _by_exponents(x: Array) -> int:
    """The same of any finite values: the integers that their mantissas are, added up for each exponent."""
    sums = np.zeros((2, _MANY))  # floats, but whole numbers below 2**(27 + 15)
    for start in range(0, x.size, SLICE):
        mantissa, exponent = np.frexp(x[start : start + SLICE])
        whole = np.ldexp(mantissa, 53).astype(np.int64)
        place = exponent.astype(np.intp) - _LOWEST
        for found, half in zip(sums, (whole >> 27, whole & (2**27 - 1)), strict=True):
            found += np.bincount(place, half, _MANY)
    total = 0  # in units of 2**-53 of the smallest float
    for found, up in zip(sums, (27, 0), strict=True):
        total += sum(int(found[i]) << i + up for i in np.flatnonzero(found).tolist())
    return total >> 53


def _in_smallest(value: float) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator * (_ONE // denominator)


def _not_finite(x: Values, about: float | None) -> float:
    """The sum of values that are not all finite."""
    high, low = -math.inf, math.inf
    for block in blocks(x):
        if np.isnan(block).any():
            return math.nan
        high, low = max(high, float(block.max())), min(low, float(block.min()))
    if about is not None:
        return math.nan if math.isnan(about) or (math.isinf(about) and about in (high, low)) else math.inf
    return high + low if high == math.inf and low == -math.inf else high if high == math.inf else low
