"""Where regions lie, from the spans of their pixels: boxes, sums of places and of the products of two of these.

A span begins at a place along each axis, and goes along one of them or, where its row is none that is worked on, none.
"""

from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled

Array = np.ndarray[Any, Any]


@has_compiled
def add_sizes(sizes: Array, owner: Array, lengths: Array) -> None:
    """Add the pixels of some spans to those of their regions."""
    np.add.at(sizes, owner, lengths)


@has_compiled
def widen_boxes(firsts: Array, lasts: Array, owner: Array, places: Array, lengths: Array, along: int | None) -> None:
    """Let the boxes of regions, the first and the last place along each axis, hold some spans."""
    for axis, place in enumerate(places):
        np.minimum.at(firsts[axis], owner, place)
        np.maximum.at(lasts[axis], owner, place + lengths - 1 if axis == along else place)


@has_compiled
def add_places(sums: Array, products: Array, owner: Array, places: Array, lengths: Array, along: int | None) -> None:
    """Add the places of the pixels of some spans to the sums of their regions, shape (axes, count), and the products of
    two of these to others, shape (axes, axes, count), of which those of an axis and a later one, or itself, are kept;
    of 64 bits or Python's own."""
    n, a = lengths.astype(sums.dtype), places.astype(sums.dtype)
    # Along the rows places go from the first one on: their sum, and that of their squares.
    total = [n * k + n * (n - 1) // 2 if i == along else n * k for i, k in enumerate(a)]
    for i in range(len(a)):
        np.add.at(sums[i], owner, total[i])
        for j in range(i, len(a)):
            if i != j:
                product = total[i] * a[j] if i == along else total[j] * a[i]
            elif i == along:
                product = n * a[i] ** 2 + a[i] * n * (n - 1) + (n - 1) * n * (2 * n - 1) // 6
            else:
                product = n * a[i] ** 2
            np.add.at(products[i, j], owner, product)
