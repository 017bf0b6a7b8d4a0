"""How many of some numbers each pixel passes, and how often each such level occurs where masks are on, in one pass."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from maskexpr.kernels.threads import share, threads

Array = np.ndarray[Any, Any]

_BLOCK = 2**16  # pixels, at least: what is made of them stays in the cache
_LOOKUP = 2**14  # pixels whose levels are found together
_STEPS = 4  # by which a level that was guessed is put right, before it is searched for
_TOGETHER = 4  # masks that are counted in one pass, each of which doubles the counters


def levels_passed(values: Array, ordered: Array, side: Literal["left", "right"], of_nan: int, out: Array) -> Array:
    """As numpy.searchsorted(ordered, values, side), for numbers of about equal distances several times as fast: the
    place is computed, and put right where that missed it. All lie in memory row by row; nan has a place of its own."""
    flat, found = values.reshape(-1), out.reshape(-1)
    spread = float(ordered[-1]) - float(ordered[0])
    scale = (len(ordered) - 1) / spread if np.isfinite(spread) and spread > 0 else 0.0
    is_finite = bool(np.isfinite(scale) and np.isfinite(float(ordered[0])))

    def work(some: Any) -> None:
        for start in some:
            part = flat[start : start + _LOOKUP]
            is_nan = np.isnan(part) if part.dtype.kind == "f" else None
            place = _guessed(part, ordered, scale, side) if is_finite else None
            place = np.searchsorted(ordered, part, side) if place is None else place
            if is_nan is not None:
                place[is_nan] = of_nan
            found[start : start + _LOOKUP] = place

    starts = range(0, flat.size, _LOOKUP)
    if len(starts) > 8 and threads() > 1:
        share(work, starts)
    else:
        work(starts)
    return out


def _guessed(part: Array, ordered: Array, scale: float, side: str) -> Array | None:
    """The places of some values; None where they are far from where they are guessed."""
    count = len(ordered)
    with np.errstate(all="ignore"):
        guess = (part.astype(np.float64) - float(ordered[0])) * scale
        place = np.nan_to_num(np.clip(guess + 1, 0, count), copy=False).astype(np.intp)
    before, passes = np.concatenate((ordered[:1], ordered)), np.less if side == "left" else np.less_equal
    after = np.concatenate((ordered, ordered[-1:]))
    for _ in range(_STEPS):
        up = passes(after[place], part) & (place < count)
        down = ~passes(before[place], part) & (place > 0)
        if not (up.any() or down.any()):
            return place
        place += up
        place -= down
    return None


def level_counts(codes: Array, masks: Sequence[Array], size: int) -> tuple[Array, list[Array]]:
    """How often each of the codes 0..size - 1 occurs: in all pixels, and where each mask is on.

    `codes` are unsigned; the masks have their shape, and all lie in memory row by row.
    """
    flat, all_of = codes.reshape(-1), None
    found: list[Array] = []
    for first in range(0, max(len(masks), 1), _TOGETHER):
        some = [mask.reshape(-1) for mask in masks[first : first + _TOGETHER]]
        joint = _joint(flat, some, size).reshape([2] * len(some) + [size])  # the last mask first
        for i in range(len(some)):
            on = joint.take(1, axis=len(some) - 1 - i)
            found.append(on.reshape(-1, size).sum(axis=0))
        if all_of is None:
            all_of = joint.reshape(-1, size).sum(axis=0)
    assert all_of is not None
    return all_of, found


def _joint(codes: Array, masks: Sequence[Array], size: int) -> Array:
    """The same for each combination of masks: the number of it, times the size, and the code."""
    bins = size << len(masks)
    block = max(_BLOCK, 2 * bins)
    starts = range(0, codes.size, block)
    counts = np.zeros(bins, np.int64)
    parts: list[Array] = []

    def work(some: Any) -> None:
        own = np.zeros(bins, np.int64)
        for start in some:
            index = codes[start : start + block].astype(np.intp)
            for i, mask in enumerate(masks):
                index += np.multiply(mask[start : start + block], size << i, dtype=np.intp)
            own += np.bincount(index, minlength=bins)
        parts.append(own)

    if len(starts) > 1 and threads() > 1:
        share(work, starts)
    else:
        work(starts)
    for part in parts:
        counts += part
    return counts
