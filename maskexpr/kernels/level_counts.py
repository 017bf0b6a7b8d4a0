"""How often each of a few numbers occurs in an image, where masks are on and where they are off, in one pass."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.threads import share, threads

Array = np.ndarray[Any, Any]

_BLOCK = 2**16  # pixels, at least: what is made of them stays in the cache
_TOGETHER = 4  # masks that are counted in one pass, each of which doubles the counters


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
