"""Where regions are: in the image, and beside other regions."""

import numpy as np

from maskexpr.functions.parameters import Array
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.records import (
    LENGTH,
    floats_within,
    middles,
    numbers,
    positions,
    property_of_regions,
    truths,
)
from maskexpr.library.regions.rounding import quotients


@property_of_regions(gives=middles, power=LENGTH, parts=1)
def centroid(regions: Regions) -> Array:
    """The mean position of a region's pixels; `centroid[0]` is that along the first axis.

    That is the row in a plane. With `axes` only those axes count: with `axes="yx"` `centroid[0]` is the row in a stack
    too. Positions count pixels from 0 at the centre of the image's first, and can be compared with lengths where the
    spacing is known. Exact quotients, rounded once.

    Any number of axes.

    Source: equals centroid of skimage.measure.regionprops without a spacing.

    >>> evaluate("keep(im > 0, centroid[1] < 2)", im=[[1, 1, 0, 1, 1, 1]]).astype(int)
    array([[1, 1, 0, 0, 0, 0]])
    """
    sums = [
        quotients(offset + start * regions.sizes, regions.sizes)
        for offset, start in zip(regions.offset_sums, regions.starts, strict=True)
    ]
    return regions.placed(np.stack(sums))


@property_of_regions(gives=positions, power=LENGTH, parts=2)
def bbox(regions: Regions) -> Array:
    """The smallest box around a region; where it starts along each axis, then where it stops.

    In a plane `bbox[0]` and `bbox[1]` are the first row and column, `bbox[2]` and `bbox[3]` those after the last. With
    `axes` only those axes count. Positions count pixels from 0, and can be compared with lengths where the spacing is
    known.

    Any number of axes.

    Source: equals bbox of skimage.measure.regionprops.

    >>> evaluate("keep(im > 0, bbox[1] >= 3)", im=[[1, 1, 0, 1, 1, 1]]).astype(int)
    array([[0, 0, 0, 1, 1, 1]])
    """
    return regions.placed(np.concatenate([regions.starts, regions.stops]))


@property_of_regions(gives=truths)
def touches_border(regions: Regions) -> Array:
    """Whether a region touches the border of the image, at either end of any axis, or pixels without data; true or
    false.

    `keep(m, ~touches_border)` is `clear_border(m)`. With `axes` only those axes count.

    Any number of axes.

    Source: the regions that skimage.segmentation.clear_border removes.

    >>> evaluate("keep(im > 0, touches_border)", im=[[1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]).astype(int)
    array([[1, 0, 0, 0],
           [1, 0, 0, 0],
           [0, 0, 0, 0]])
    """
    ends = np.array([regions.shape[axis] for axis in regions.axes])
    touches = ((regions.starts == 0) | (regions.stops == ends[:, np.newaxis])).any(axis=0)
    return np.asarray(touches if regions.ends is None else touches | (regions.of(regions.ends.view(np.uint8)).most > 0))


# --- beside other regions --------------------------------------------------------------------------------------------


@property_of_regions(gives=numbers, light=True)
def label(regions: Regions) -> Array:
    """The number of a region: its own in labels, of a mask that which `label` gives it.

    Any number of axes.

    Source: equals label of skimage.measure.regionprops.

    >>> evaluate("keep(lab, label in [2, 5])", lab=maskexpr.Image([[5, 0, 7, 7]], kind="labels"))
    array([[5, 0, 0, 0]], dtype=int32)
    """
    return regions.numbers.astype(np.int64)


@property_of_regions(gives=numbers, needs="parent")
def parent(regions: Regions) -> Array:
    """The number of the region among those given as `parent` that covers most of a region; 0 where none covers any.

    `parent` is labels, whose numbers these are, or a mask, whose regions are numbered as by `label`. Of several that
    cover the same number of pixels it is the one with the lowest number. So nuclei find their cells:
    `keep(nuclei, parent > 0, parent=cells)`.

    Any number of axes.

    Errors: nothing given as `parent`.
    Source: as RelateObjects of CellProfiler, which takes the parent of most pixels too.

    >>> evaluate("keep(m, parent == 2, parent=n)", m=np.array([[1, 0, 1, 1]]) > 0, n=np.array([[1, 0, 0, 1]]) > 0)
    array([[False, False,  True,  True]])
    """
    return regions.parents


@property_of_regions(gives=floats_within(0, np.inf), power=LENGTH, needs="to", light=True)
def distance_to(regions: Regions) -> Array:
    """The distance from a region to the nearest pixel of the mask given as `to`; 0 where they share one.

    The least distance from any pixel of the region, between the centres of pixels, so that it is 1 where the two
    touch; inf where the mask is empty. In pixels, or a length, which follows the spacing of each axis. With `axes` only
    pixels of the same slice count.

    Any number of axes.

    Errors: nothing given as `to`.
    Source: the least value of scipy.ndimage.distance_transform_edt(~to) in the region.

    >>> evaluate("keep(m, distance_to <= 2, to=n)", m=np.array([[1, 0, 0, 1]]) > 0, n=np.array([[0, 1, 0, 0]]) > 0)
    array([[ True, False, False,  True]])
    """
    return regions.distances
