"""Whether masks have something, and where along each axis that starts and stops, as bytes and packed: no more of them
is looked at than settles it."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.kernels import packed
from maskexpr.kernels.blocks import as_it_lies
from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

MOST = 2**20  # bytes that are looked at together
_FIRST = 2**13  # pixels that are looked at first

Box = list[tuple[int, int]]  # along each axis the first place, and the one after the last


def is_any(mask: Array) -> bool:
    """Whether any pixel is on."""
    return any(bool(part.any()) for part in _rows(as_it_lies(mask)))


def is_all(mask: Array) -> bool:
    """Whether all pixels are on."""
    return all(bool(part.all()) for part in _rows(as_it_lies(mask)))


def is_any_of_words(words: Array) -> bool:
    """The same of a packed mask."""
    return any(bool(part.any()) for part in _rows(words))


def is_all_of_words(words: Array, width: int) -> bool:
    """The same of a packed mask whose rows are so many pixels wide."""
    rows = words.reshape(-1, words.shape[-1])
    return all(packed.area(part) == len(part) * width for part in _rows(rows))


@has_compiled
def box_of(mask: Array) -> Box | None:
    """The smallest box that holds a mask; None if nothing is on."""
    order = sorted(range(mask.ndim), key=lambda axis: -abs(mask.strides[axis]))
    found = _box(as_it_lies(mask), np.logical_or, _flat_ends)
    if found is None:
        return None
    by_axis = dict(zip(order, found, strict=True))
    return [_mirrored(by_axis[a], mask.shape[a], mask.strides[a]) for a in range(mask.ndim)]


def box_of_words(words: Array, width: int) -> Box | None:
    """The same of a packed mask whose rows are so many pixels wide."""
    return _box(words, np.bitwise_or, lambda row: _flat_ends(packed.unpack(row, width)))


def _mirrored(ends: tuple[int, int], size: int, stride: int) -> tuple[int, int]:
    return ends if stride >= 0 else (size - ends[1], size - ends[0])


def _box(mask: Array, either: Any, of_row: Any) -> Box | None:
    """What lies between the ends along the first axis is laid over each other, and is a mask of one axis less."""
    found: Box = []
    while mask.ndim > 1:
        here = ends(mask)
        if here is None:
            return None
        found.append(here)
        mask = either.reduce(mask[slice(*here)], axis=0)
    last = of_row(mask)
    return None if last is None else [*found, last]


def ends(mask: Array) -> tuple[int, int] | None:
    """Where along the first axis there is something."""
    first = _first(mask, 1)
    return None if first is None else (first, len(mask) - int(_first(mask, -1) or 0))


def _flat_ends(row: Array) -> tuple[int, int] | None:
    if not row.any():
        return None
    return int(row.argmax()), row.size - int(row[::-1].argmax())


def _first(mask: Array, step: int) -> int | None:
    """The first place along the first axis, from the start or from the end, where there is something."""
    rest, at, some = tuple(range(1, mask.ndim)), 0, _rows_of(mask, _FIRST)
    mask = mask[::step]
    while at < len(mask):
        pause()
        part = mask[at : at + some]
        if part.any():
            return at + int(part.any(axis=rest).argmax())
        at, some = at + some, min(2 * some, _rows_of(mask, MOST // mask.itemsize))
    return None


def _rows(array: Array) -> Iterator[Array]:
    """An array in blocks along its first axis."""
    some = _rows_of(array, MOST // array.itemsize)
    for start in range(0, len(array), some):
        pause()
        yield array[start : start + some]


def _rows_of(array: Array, most: int) -> int:
    return max(1, most * len(array) // max(1, array.size))
