"""Boxes, sums of places and of products of places, span by span."""

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.place_sums import Array

_NONE = -1
_ONE_EACH = types.Array(types.int64, 1, "C", True)
_SOME_EACH = types.Array(types.int64, 2, "C", True)
_FOR_EACH_AXIS = types.Array(types.int64, 2, "C")


def add_sizes(sizes: Array, owner: Array, lengths: Array) -> None:
    """As the kernel of this name in `place_sums`."""
    _add(sizes, owner, lengths)


def widen_boxes(firsts: Array, lasts: Array, owner: Array, places: Array, lengths: Array, along: int | None) -> None:
    """As the kernel of this name in `place_sums`."""
    _widen(firsts, lasts, owner, places, lengths, _NONE if along is None else along)


def add_places(sums: Array, products: Array, owner: Array, places: Array, lengths: Array, along: int | None) -> None:
    """As the kernel of this name in `place_sums`."""
    if sums.dtype != np.int64:
        return NotImplemented  # type: ignore[no-any-return]
    _add_places(sums, products, owner, places, lengths, _NONE if along is None else along)
    return None


@kernel((types.Array(types.int64, 1, "C"), _ONE_EACH, _ONE_EACH))
def _add(sizes: Array, owner: Array, lengths: Array) -> None:
    for i in range(len(owner)):
        sizes[owner[i]] += lengths[i]


@kernel((_FOR_EACH_AXIS, _FOR_EACH_AXIS, _ONE_EACH, _SOME_EACH, _ONE_EACH, types.int64))
def _widen(firsts: Array, lasts: Array, owner: Array, places: Array, lengths: Array, along: int) -> None:
    for axis in range(len(places)):
        for i in range(len(owner)):
            region, place = owner[i], places[axis, i]
            last = place + lengths[i] - 1 if axis == along else place
            firsts[axis, region] = min(firsts[axis, region], place)
            lasts[axis, region] = max(lasts[axis, region], last)


@kernel((_FOR_EACH_AXIS, types.Array(types.int64, 3, "C"), _ONE_EACH, _SOME_EACH, _ONE_EACH, types.int64))
def _add_places(sums: Array, products: Array, owner: Array, places: Array, lengths: Array, along: int) -> None:
    axes = len(places)
    for i in range(axes):
        for k in range(len(owner)):
            region, n, a = owner[k], lengths[k], places[i, k]
            more = n * (n - 1) // 2 if i == along else 0
            total = n * a + more
            sums[i, region] += total
            squares = n * a * a
            if i == along:
                squares += a * n * (n - 1) + (n - 1) * n * (2 * n - 1) // 6
            products[i, i, region] += squares
            for j in range(i + 1, axes):
                b = places[j, k]
                rest = n * (n - 1) // 2 if j == along else 0
                products[i, j, region] += total * b if i == along else (n * b + rest) * a
