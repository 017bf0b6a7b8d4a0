"""How many bits the values in a window tell, from whole numbers, whose sums have no order and no rounding."""

import math
from typing import Any

import numpy as np

from maskexpr.kernels import elementary
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.ranks import of_windows, ranked_bytes

Array = np.ndarray[Any, Any]

_MOST_BITS = 62  # of a sum
_BITS = 52


class Terms:
    """n * log2(n) of the numbers up to that of a window's pixels, in so many bits behind the point that whole numbers
    of 64 bits hold the largest.

    The entropy of n values of which n1, n2... are the same is (n * log2(n) - n1 * log2(n1) - n2 * log2(n2)...) / n.
    """

    def __init__(self, most: int) -> None:
        self.bits = min(_BITS, _MOST_BITS - (most * (most - 1).bit_length()).bit_length())
        numbers = np.arange(most + 1, dtype=np.float64)
        terms = numbers * elementary.log2(np.maximum(numbers, 1))
        self.table = np.rint(terms * 2.0**self.bits).astype(np.int64)

    def entropies(self, sums: Array, counts: Array, most: float) -> Array:
        """Of windows whose values have terms of these sums, and are so many; 0 for none."""
        rest = (self.table[counts] - sums).astype(np.float64)
        return np.asarray(np.minimum(rest / (np.maximum(counts, 1) * 2.0**self.bits), most))


@has_compiled
def entropies(
    im: Array, window: Array, mode: str = "reflect", within: Array | None = None, ends: bool = False
) -> Array:
    """The entropy of the pixels under a window at each pixel, the image going on beyond its border by the mode; of a
    mask's pixels alone, and of none beyond the border, if so wanted."""
    kind: np.dtype[Any] = np.dtype(np.int16 if im.itemsize == 1 else np.int32)
    none = np.iinfo(kind).max  # is no value of the image, and stands behind all of them
    terms = Terms(int(np.count_nonzero(window)))
    values = im.astype(kind)
    if within is not None:
        values[~within] = none

    def of_rows(rows: Array, beside: Array | None) -> Array:
        rows.sort(axis=1)
        is_first = np.ones(rows.shape, bool)
        np.not_equal(rows[:, 1:], rows[:, :-1], out=is_first[:, 1:])
        firsts = np.flatnonzero(is_first)
        lengths = np.diff(firsts, append=rows.size)
        lengths[rows.reshape(-1)[firsts] == none] = 0
        starts = np.flatnonzero(firsts % rows.shape[1] == 0)
        counts, sums = (np.add.reduceat(numbers, starts) for numbers in (lengths, terms.table[lengths]))
        return terms.entropies(sums, counts, 8 * im.itemsize)

    beyond = none if ends else 0
    return of_windows(values, of_rows, window, kind, "constant" if ends else mode, beyond, dtype=np.dtype(np.float64))


def entropies_bytes(shape: tuple[int, ...], window: Array, dtype: Any) -> int:
    """Bytes that `entropies` works in, beside the image."""
    size, kind = int(np.count_nonzero(window)), np.dtype(np.int16 if dtype.itemsize == 1 else np.int32)
    # Values as they are sorted, and results; of windows that are sorted where runs begin, how long they are, terms.
    return ranked_bytes(shape, window, kind) + math.prod(shape) * (12 + 2 * kind.itemsize) + 2**17 * 48 + 48 * size
