"""Connected regions of a mask: their numbers, their choice by size and place, their holes."""

import numpy as np

from maskexpr import elements
from maskexpr.arguments import Array, Connectivity, Count, Mask, Masks, SizeLimit
from maskexpr.builtin import COUNT, LABELS, MASK, WHOLE, builtin
from maskexpr.lazy import scipy
from maskexpr.library.operators import compare

_OUTSIDE_EMPTY = "outside the image the mask is empty"


def components(m: Array, connectivity: int, axes: tuple[int, ...] | None = None) -> tuple[Array, int]:
    """The regions of a mask, numbered from 1 in scan order of their first pixels, and how many there are; of labels,
    the pixels that bear the same number, in the order of the numbers.

    SciPy numbers them so because it walks along lines in C order and joins regions into the lower number. Axes that are
    not worked on join nothing: each slice has regions of its own.
    """
    if m.dtype != bool:
        return _numbered(m)
    structure = scipy.ndimage.generate_binary_structure(m.ndim, connectivity)
    worked = elements.worked_axes(axes, m.ndim)
    middle = tuple(slice(None) if axis in worked else 1 for axis in range(m.ndim))
    joined = np.zeros_like(structure)
    joined[middle] = structure[middle]
    labels, number = scipy.ndimage.label(m, joined, output=np.int32)
    return labels, number


def _numbered(labels: Array) -> tuple[Array, int]:
    """Labels renumbered from 1 without gaps."""
    values, numbers = np.unique(labels, return_inverse=True)
    background = values[:1].tolist() == [0]
    numbers = numbers.reshape(labels.shape).astype(np.int32) + np.int32(not background)
    return numbers, len(values) - background


def kept(m: Array, labels: Array, chosen: Array) -> Array:
    """The chosen regions of a mask, or of labels with their numbers; `chosen` has a flag for each number from 0."""
    inside: Masks = chosen[labels]
    return inside if m.dtype == bool else np.where(inside, m, m.dtype.type(0))


def _sizes(labels: Array, number: int) -> Array:
    """Pixels of each label, the background first."""
    return np.bincount(labels.ravel(), minlength=number + 1)


@builtin(gives=LABELS, halo=WHOLE, cost=15, memory=4, border=_OUTSIDE_EMPTY)
def label(m: Mask, connectivity: Connectivity = 1) -> Array:
    """Number the connected regions of a mask: 1, 2, 3... in scan order of their first pixels, 0 where the mask is off.

    Pixels are connected by their faces (`connectivity=1`), in 2-D also by corners (2, or 8), in 3-D also by edges (2,
    or 18) and corners (3, or 26). The result are labels of the mask's shape, int32.

    Border: outside the image the mask is empty.
    Errors: a connectivity that the number of axes does not have.
    Source: Rosenfeld & Pfaltz, Sequential operations in digital picture processing, 1966 (doi:10.1145/321356.321357);
    equals scipy.ndimage.label.

    >>> evaluate("label(im > 0)", im=[[1, 0, 1], [1, 0, 0], [0, 1, 1]])
    array([[1, 0, 2],
           [1, 0, 0],
           [0, 3, 3]], dtype=int32)
    """
    return components(m, connectivity)[0]


@builtin(gives=COUNT, halo=WHOLE, cost=15, memory=8, border=_OUTSIDE_EMPTY)
def count(m: Mask, connectivity: Connectivity = 1) -> int:
    """The number of connected regions of a mask, 0 if it is empty. `connectivity` as for `label`.

    Border: outside the image the mask is empty.
    Errors: a connectivity that the number of axes does not have.

    >>> evaluate("count(im > 0)", im=[[1, 0, 1], [1, 0, 0], [0, 1, 1]])
    3
    """
    return components(m, connectivity)[1]


@builtin(gives=MASK, halo=WHOLE, cost=20, memory=12, border=_OUTSIDE_EMPTY)
def keep_largest(m: Mask, k: Count = 1, connectivity: Connectivity = 1) -> Array:
    """The `k` largest connected regions of a mask, by their number of pixels.

    Of regions of one size those first in scan order are kept. A mask of fewer than `k` regions is kept whole; `k` is a
    whole number, 1 or more, that may depend on pixels. `connectivity` as for `label`.

    Border: outside the image the mask is empty, so a region that the border cuts counts with what is inside.
    Errors: a `k` that is not whole or below 1; a connectivity that the number of axes does not have.

    >>> evaluate("keep_largest(im > 0)", im=[[1, 0, 1], [1, 0, 0], [0, 0, 1]]).astype(int)
    array([[1, 0, 0],
           [1, 0, 0],
           [0, 0, 0]])
    """
    labels, number = components(m, connectivity)
    kept = np.zeros(number + 1, bool)
    kept[1 + np.argsort(-_sizes(labels, number)[1:], kind="stable")[: int(k)]] = True
    return kept[labels]


@builtin(gives=MASK, halo=WHOLE, cost=20, memory=12, border=_OUTSIDE_EMPTY)
def remove_small(m: Mask, size: SizeLimit, connectivity: Connectivity = 1) -> Array:
    """Remove the connected regions of fewer pixels than `size`; one of exactly that size stays.

    `size` is a number of pixels, which may depend on pixels (`0.01 * area(m)`), or a size such as 20mm2 (5mm3 in a
    volume), which is divided by the size of a pixel, exactly. `connectivity` as for `label`.

    Border: outside the image the mask is empty, so a region that the border cuts counts with what is inside.
    Errors: a negative size; mm2 on a volume or mm3 on a plane; a size in mm where the spacing is unknown; a
    connectivity that the number of axes does not have.
    Source: as skimage.morphology.remove_small_objects with max_size one below the limit.

    >>> evaluate("remove_small(im > 0, 2)", im=[[1, 0, 1], [1, 0, 0], [0, 0, 1]]).astype(int)
    array([[1, 0, 0],
           [1, 0, 0],
           [0, 0, 0]])
    """
    labels, number = components(m, connectivity)
    kept = np.asarray(compare(">=", _sizes(labels, number), size))
    kept[0] = False
    return kept[labels]


@builtin(gives=MASK, halo=WHOLE, cost=18, memory=8, border="regions that touch the image's border are removed")
def clear_border(m: Mask, connectivity: Connectivity = 1) -> Array:
    """Remove the connected regions that touch the image's border, at either end of any axis.

    In an image that is one pixel wide along an axis every region touches it. `connectivity` as for `label`.

    Errors: a connectivity that the number of axes does not have.
    Source: as skimage.segmentation.clear_border, which joins pixels by their corners too: connectivity=2 in a plane.

    >>> evaluate("clear_border(im > 0)", im=[[1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]).astype(int)
    array([[0, 0, 0, 0],
           [0, 0, 1, 0],
           [0, 0, 0, 0]])
    """
    labels, number = components(m, connectivity)
    kept = np.arange(number + 1) > 0
    for axis in range(m.ndim):
        kept[labels.take([0, -1], axis)] = False
    return kept[labels]


@builtin(gives=MASK, halo=WHOLE, cost=20, memory=9, border="the outside of the image is background")
def fill_holes(m: Mask, connectivity: Connectivity = 1) -> Array:
    """Fill the holes of a mask: background that is not connected to the outside of the image.

    `connectivity` is that of the background: with 1 a diagonal gap in an outline does not let the outside in, with 2 it
    does. Background at the image's border is connected to the outside, so a bay that the border closes stays open, and
    an image that is one pixel wide along an axis has no holes.

    Errors: a connectivity that the number of axes does not have.
    Source: equals scipy.ndimage.binary_fill_holes.

    >>> evaluate("fill_holes(im > 0)", im=[[0, 1, 0], [1, 0, 1], [0, 1, 0]]).astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """
    holes: Masks = clear_border(~m, connectivity)
    return m | holes
