"""What the pixels of many regions add up to, exactly, block of rows by block.

Values come in passes: a pass gives, for one block of rows after the other, the region of each span of pixels, where
each span begins among the values, and the values of all their pixels. A pass can be made again.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pausing
from maskexpr.kernels.sums import digits, exact_sum

Array = np.ndarray[Any, Any]
Block = tuple[Array, Array, Array]  # the region of each span from 0, where it begins, the values
Pass = Callable[[], Iterator[Block]]

_LAYERS = 4  # into which values are cut
_LOWEST = -1074  # 2 to this power is the smallest float
_FAST = 900  # up to this power of two values are cut
_BASE = 16  # bits of a digit


def extremes(values: Pass, count: int, dtype: Any, function: np.ufunc) -> Array:
    """The least, or the most, of each region's values; nan if any is nan. Each region has a pixel."""
    if np.dtype(dtype).kind == "f":
        low, high = -np.inf, np.inf
    else:
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    result = np.full(count, high if function is np.minimum else low, dtype)
    for owner, begins, block in values():
        take_extremes(result, owner, begins, block, function)
    return np.asarray(result + 0)  # -0.0 becomes 0.0: which of two zeros NumPy takes is not laid down


@has_compiled
def take_extremes(found: Array, owner: Array, begins: Array, block: Array, function: np.ufunc) -> None:
    """Let the extremes of some regions be those of the values of a block, too."""
    function.at(found, owner, function.reduceat(block, begins))


def whole_sums(values: Pass, count: int, power: int = 1) -> Array:
    """The sum of each region's whole values, or of their squares: int64, or Python's integers where values are wider
    than 16 bits."""
    sums = np.zeros((1, count), np.int64)
    for owner, begins, block in values():
        places = power * (-(-8 * block.itemsize // _BASE) - 1) + 1
        if len(sums) < places:
            sums = np.zeros((places, count), np.int64)
        add_digits(sums, owner, begins, block, power)
    if len(sums) == 1:
        return np.asarray(sums[0])
    exact = np.zeros(count, object)
    for place, total in enumerate(sums):
        exact += total.astype(object) * 2 ** (_BASE * place)
    return exact


@has_compiled
def add_digits(sums: Array, owner: Array, begins: Array, block: Array, power: int) -> None:
    """Add whole values, or their squares, to the sums of their regions, one for each digit."""
    found = digits(block)
    pairs = [(i, a, 1) for i, a in enumerate(found)]
    if power == 2:
        pairs = [(i + j, a * b, 1 if i == j else 2) for i, a in enumerate(found) for j, b in enumerate(found) if i <= j]
    for place, product, times in pairs:
        np.add.at(sums[place], owner, times * np.add.reduceat(product, begins))


def float_sums(values: Pass, count: int, most: int) -> Array:
    """The exact sum of each region's floating values, rounded once; nan where any is nan, and for inf - inf. `most` is
    the number of pixels of the largest region."""
    high, all_finite = 0.0, True
    for _, _, block in values():
        size = float(np.abs(block).max(initial=0))
        if not math.isfinite(size):
            all_finite = False
            size = float(np.abs(block[np.isfinite(block)]).max(initial=0))
        high = max(high, size)
    finite = values if all_finite else _finite(values)
    sums = _sums_by_layers(finite, count, most, high)
    if sums is None:
        sums = _sums_one_by_one(finite, count)
    return sums if all_finite else _with_others(values, sums, count)


def _finite(values: Pass) -> Pass:
    """The same with 0 for what is not finite."""

    def again() -> Iterator[Block]:
        for owner, begins, block in values():
            yield owner, begins, np.where(np.isfinite(block), block, 0)

    return again


def _with_others(values: Pass, sums: Array, count: int) -> Array:
    others = np.zeros(count)
    with np.errstate(invalid="ignore"):
        for owner, begins, block in values():
            found = np.add.reduceat(np.where(np.isfinite(block), 0, block).astype(np.float64), begins)
            np.add.at(others, owner, found)
        return np.where(others == 0, sums, others)


def _sums_by_layers(values: Pass, count: int, most: int, high: float) -> Array | None:
    """Values are cut at units so large that whole numbers of them add up exactly in float64, in any order; what is left
    of each is cut again. None where some have too many digits."""
    exponent = math.frexp(high)[1]
    if exponent > _FAST:
        return None
    bits = 52 - most.bit_length()
    cuts, layers = np.empty(_LAYERS), np.zeros((_LAYERS, count))
    for i in range(_LAYERS):
        exponent = max(exponent - bits, _LOWEST)
        cuts[i] = math.ldexp(1.5, exponent + 52)
    for owner, begins, block in values():
        if not add_layers(layers, owner, begins, block, cuts):
            return None
    used = [layer for layer in layers if layer.any()]
    if len(used) <= 2:
        return np.asarray(sum(used, np.zeros(count)))  # two exact sums, so the only rounding is that of their sum
    return np.array([math.fsum(sums) for sums in zip(*used, strict=True)])


@has_compiled
def add_layers(layers: Array, owner: Array, begins: Array, block: Array, cuts: Array) -> bool:
    """Add what each layer has of some values to the sums of their regions; whether nothing is left of them."""
    rest = block.astype(np.float64)
    for cut, layer in zip(cuts, layers, strict=True):
        part = (rest + cut) - cut
        np.add.at(layer, owner, np.add.reduceat(part, begins))
        rest -= part
        if not rest.any():
            return True
    return False


def _sums_one_by_one(values: Pass, count: int) -> Array:
    grouped, begin = by_region(values, count, np.float64)
    ends = [*begin.tolist(), len(grouped)]
    parts = (grouped[a:b] for a, b in pausing(itertools.pairwise(ends), 64))
    return np.fromiter((exact_sum(part) for part in parts), np.float64, count)


def by_region(values: Pass, count: int, dtype: Any) -> tuple[Array, Array]:
    """All values, those of one region after those of another, and where each region's begin."""
    sizes = np.zeros(count, np.int64)
    for owner, begins, block in values():
        np.add.at(sizes, owner, np.diff(begins, append=len(block)))
    begin = np.cumsum(sizes) - sizes
    grouped, free = np.empty(int(sizes.sum()), dtype), begin.copy()
    for owner, begins, block in values():
        lengths = np.diff(begins, append=len(block))
        order = np.argsort(owner, kind="stable")
        owner, sizes_in_order = owner[order], lengths[order]
        before = np.cumsum(sizes_in_order) - sizes_in_order
        is_first = np.append(True, owner[1:] != owner[:-1])[: len(owner)]
        before -= before[is_first][np.cumsum(is_first) - 1]
        places = np.empty(len(order), np.int64)
        places[order] = free[owner] + before
        grouped[np.repeat(places - begins, lengths) + np.arange(len(block))] = block
        np.add.at(free, owner, sizes_in_order)
    return grouped, begin
