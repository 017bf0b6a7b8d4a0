"""Pixels of a mask that keep a distance: in scan order, without those in the window of one that is taken already."""

import math
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Masks = np.ndarray[Any, np.dtype[np.bool_]]

_DENSE = 16  # of so many pixels one at most may be on
_LONG = 50  # pixels of a line of a window: of longer ones lines are rather looked at than pixels
_CLOSE = 4  # pairs of pixels that are too close, for each pixel
_ROUNDS = 16  # in which pixels are settled, those that wait for no other together


@has_compiled
def spaced(m: Masks, window: Masks) -> Masks | None:
    """The pixels that are taken, the window being centred and the same on both sides. None where so many are so close
    that they are better gone through one by one."""
    places = np.flatnonzero(m)
    ahead = ahead_of(window)
    if len(ahead) > _LONG * max(1, window.size // window.shape[-1]) or len(places) * _DENSE > m.size:
        return None
    pairs = _close_pairs(m, places, ahead)
    left = None if pairs is None else _left(len(places), *pairs)
    if left is None:
        return None
    found = np.zeros(m.shape, bool)
    found.reshape(-1)[places[left]] = True
    return found


def ahead_of(window: Masks) -> Array:
    """The offsets of a window that come after its centre in scan order."""
    offsets = np.argwhere(window) - [n // 2 for n in window.shape]
    return np.asarray(offsets[len(offsets) // 2 + 1 :])


def _close_pairs(m: Masks, places: Array, ahead: Array) -> tuple[Array, Array] | None:
    """Which pixels, by their numbers, have which others behind them in their windows; None if these are many."""
    flat = m.reshape(-1)
    steps = [math.prod(m.shape[axis + 1 :]) for axis in range(m.ndim)]
    where = np.array(np.unravel_index(places, m.shape))
    before, behind, count = [np.empty(0, np.intp)], [np.empty(0, np.intp)], 0
    for offset in ahead:
        pause()
        others = places + int(offset @ steps)
        hits = np.flatnonzero(flat.take(others, mode="clip"))
        if len(hits):  # those that are beside it, and not on another line or behind the end
            beside = where[:, hits] + offset[:, np.newaxis]
            hits = hits[np.all((beside >= 0) & (beside < np.array(m.shape)[:, np.newaxis]), axis=0)]
            before.append(hits)
            behind.append(np.searchsorted(places, others[hits]))
            count += len(hits)
            if count > _CLOSE * len(places):
                return None
    return np.concatenate(before), np.concatenate(behind)


def _left(count: int, before: Array, behind: Array) -> Array | None:
    """Which of so many pixels are taken, of pairs of which one is before the other: those with none that is taken
    before them. None if they wait for each other in long chains."""
    gone = np.zeros(count, bool)
    for _ in range(_ROUNDS):
        if not len(before):
            return ~gone
        waits = np.zeros(count, bool)
        waits[behind] = True
        gone[behind[~waits[before]]] = True
        open_ = waits[before] & ~gone[before] & ~gone[behind]
        before, behind = before[open_], behind[open_]
    return None
