"""Values where a mask is on, however both lie in memory: in scan order, or block by block for what needs no order."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK, parts, together

Array = np.ndarray[Any, Any]

_LOOKED_AT, _OF_SO_MANY = 4096, 16  # pixels of which one in so many is looked at
_SHORT = 16  # pixels from one end of a run to the next
_RUN = 8  # samples in a row, about, up to which looking up each is faster than copying runs
FEW = 64  # of so many pixels one, up to which places are looked up one by one
_WORD = 8  # pixels of a mask that are looked at together
_ON = np.uint64(0x0101010101010101)  # such, all of them on
_WHOLE = 16  # of so many pixels one may be on in words that are not, for those that are to be taken as a whole
_ZEROED = 128  # the same for integers that are rather multiplied by the mask
_READ, _MOST_READ = 2**20, 2**18  # bytes of values that are looked at together, and so many values at most
_WORTH = 8  # samples of one block are handed on alone if they fill this part of it


def gather(values: Array, mask: Array) -> Array:
    """As `values[mask]`, without looking at much else of arrays that do not lie row by row, where few pixels are on."""
    if values.flags.c_contiguous and mask.flags.c_contiguous:
        return _in_order(values, mask)
    count = int(np.count_nonzero(mask))
    turned = not mask.flags.c_contiguous
    if count * FEW > mask.size or (turned and not mask.flags.f_contiguous):
        return _copied_in_order(values, mask, count)
    found = np.flatnonzero(mask.T if turned else mask)
    if not turned:
        return np.asarray(values[np.unravel_index(found, mask.shape)])
    places = np.unravel_index(found, mask.shape[::-1])[::-1]
    order = np.argsort(np.ravel_multi_index(places, mask.shape))
    return np.asarray(values[tuple(place[order] for place in places)])


def _copied_in_order(values: Array, mask: Array, count: int) -> Array:
    """The same, a block of rows after another, each copied as it lies row by row."""
    out, start = np.empty((count, *values.shape[mask.ndim :]), values.dtype), 0
    for part in parts(mask.shape, 1, BLOCK):
        found = _in_order(np.ascontiguousarray(values[part]), np.ascontiguousarray(mask[part]))
        out[start : start + found.size] = found
        start += found.size
    return out


def _in_order(values: Array, mask: Array) -> Array:
    """The same of arrays that lie row by row. NumPy copies runs of samples, and is slow where these are short."""
    if values.shape != mask.shape or mask.size < BLOCK or not _has_short_runs(mask.reshape(-1)):
        return np.asarray(values[mask])
    flat, on = values.reshape(-1), mask.reshape(-1)
    out, start = np.empty(np.count_nonzero(on), values.dtype), 0
    for first in range(0, flat.size, BLOCK):
        some = on[first : first + BLOCK]
        count = int(np.count_nonzero(some))
        if count:
            out[start : start + count] = _taken(flat[first : first + BLOCK], some, count)
        start += count
    return out


def _has_short_runs(on: Array) -> bool:
    """Whether a flat mask goes on and off very often, by a look at some of it."""
    edges = seen = 0
    for first in range(0, on.size, _LOOKED_AT * _OF_SO_MANY):
        some = on[first : first + _LOOKED_AT]
        edges += int(np.count_nonzero(some[1:] != some[:-1]))
        seen += some.size
    return edges * _SHORT > seen


def _taken(piece: Array, on: Array, count: int) -> Array:
    """The values of a flat array where a mask is on, so many."""
    edges = np.count_nonzero(on[1:] != on[:-1])
    return piece.compress(on) if edges * _RUN > count else piece[on]


# --- in no order -----------------------------------------------------------------------------------------------------


class Samples:
    """As `values[mask]`, of arrays of one shape, for what goes through them block by block and asks for no order: they
    are never there all at once. `values` and `mask` are what they are taken from."""

    def __init__(self, values: Array, mask: Array) -> None:
        self.values, self.mask = values, mask
        self.size = int(np.count_nonzero(mask))
        self.dtype = values.dtype.newbyteorder("=")

    def array(self) -> Array:
        """All of them, in no order."""
        found, start = np.empty(self.size, self.dtype), 0
        for block in self.blocks():
            found[start : start + block.size] = block
            start += block.size
        return found

    def blocks(self, *, zeros: bool = False) -> Iterator[Array]:
        """The samples in flat blocks; few from one place wait for more. There may be zeros among them if that does not
        matter."""
        waiting, count = list[Array](), 0
        most = _read_together(self.dtype.itemsize)
        for piece, on in together(self.values, self.mask, most=most) if self.size else ():
            for found in _in_words(piece, on, zeros):
                for start in range(0, found.size, BLOCK):
                    block = found[start : start + BLOCK]
                    if block.size * _WORTH >= BLOCK:
                        yield block
                        continue
                    if count + block.size > BLOCK:
                        yield np.concatenate(waiting)
                        waiting, count = [], 0
                    waiting.append(block.copy())  # what it is part of is used again, or let go
                    count += block.size
        if count:
            yield np.concatenate(waiting)


def bytes_of_blocks(itemsize: int, pixels: int) -> int:
    """The most bytes that going through the samples of so many pixels takes: of what is copied, where it does not lie
    in one piece, and of what is found."""
    looked_at = min(pixels, _read_together(itemsize))
    return looked_at * (3 * itemsize + 3) + (3 * itemsize + 12) * min(pixels, BLOCK)


def _read_together(itemsize: int) -> int:
    return min(_READ // itemsize, _MOST_READ)


def _in_words(piece: Array, on: Array, zeros: bool) -> Iterator[Array]:
    """The samples of a block: NumPy copies eight at once much faster than one after another."""
    count, end = int(np.count_nonzero(on)), on.size - on.size % _WORD
    if count in (0, on.size):
        yield piece[:count]
        return
    words = on[:end].view(np.uint64)
    all_on = words == _ON
    rest = count - _WORD * int(np.count_nonzero(all_on))
    if zeros and piece.dtype.kind in "iu" and piece.itemsize <= 2 and rest * _ZEROED > on.size:
        yield np.multiply(piece, on)
        return
    if rest * _WHOLE > on.size:
        for start in range(0, on.size, BLOCK):
            some = on[start : start + BLOCK]
            yield _taken(piece[start : start + BLOCK], some, int(np.count_nonzero(some)))
        return
    eights = piece[:end].view(f"V{_WORD * piece.itemsize}")
    yield eights[all_on].view(piece.dtype)
    if rest:
        mixed = (words != 0) != all_on
        yield eights[mixed].view(piece.dtype)[words[mixed].view(bool)]
        yield piece[end:][on[end:]]
