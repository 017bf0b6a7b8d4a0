"""Regions grown from markers by flooding, and touching objects parted by it."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Takes
from maskexpr.functions.gives import LABELS, Gives, Kinds
from maskexpr.functions.parameters import (
    Array,
    Axes,
    Connectivity,
    Flag,
    Image,
    MarkersOrNone,
    Mask,
    MaskOrNone,
    Masks,
    Reach,
)
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import Distance
from maskexpr.kernels.flooding import flood, lowest
from maskexpr.kernels.queued_flooding import flood_compactly, flood_with_lines
from maskexpr.kernels.stopping import pausing
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import LABEL_NUMBERS
from maskexpr.library import elements
from maskexpr.library.lazy import scipy
from maskexpr.library.numbering import in_scan_order
from maskexpr.library.operators import PLANNED
from maskexpr.library.regions.components import components, neighbours
from maskexpr.library.regions.distances import to_off


def _flooded_kind(kinds: Kinds) -> Kind:
    markers = kinds.get("markers")
    if markers is not None and markers.name == "image" and markers.range is None:
        raise Refused(messages.MARKERS_FLOATING, "markers", dtype=markers.dtype)
    return LABELS(kinds)


def _cost(settings: Settings, ndim: int) -> float:
    if settings["compactness"]:
        return 2000
    return 6000 if settings["line"] else 400


def _split_memory(settings: Settings, ndim: int) -> float:
    """Each pixel has its neighbours listed."""
    return 130.0 if ndim < 3 else 40.0 + 110 * settings["connectivity"]


def _memory(settings: Settings, ndim: int) -> float:
    return 500 if settings["compactness"] or settings["line"] else 110


_FLOODED = Gives(LABELS.names, _flooded_kind)
_Compactness = Annotated[
    float, Takes(frozenset({"number"}), "a number", lambda kind, around: float(kind.constant), low=0, high=2.0**100)
]


@function(gives=_FLOODED, halo=WHOLE, cost=_cost, memory=_memory, border="no region leaves the image",
         aliases={"mask": "within", "watershed_line": "line"}, without_data="flood")  # fmt: skip
def watershed(
    im: Image,
    markers: MarkersOrNone = None,
    within: MaskOrNone = None,
    connectivity: Connectivity = 1,
    axes: Axes = None,
    line: Flag = False,
    compactness: _Compactness = 0,
) -> Array:
    """Grow regions from markers, lowest pixels first, until they meet; a watershed by flooding.

    The image is a landscape in which water rises from every marker, so that regions meet on the ridges between them:
    flood `sobel(im)` for objects with an edge around them, `-im` for bright ones. `markers` are labels, whose numbers
    the result bears, an image of such whole numbers, or a mask, whose regions are numbered as by `label`. Markers of
    negative numbers are seeds of the background: they flood as others do, and what they reach is 0. Without markers
    each regional minimum of the image is one, numbered in scan order; an image of one value is one region.

    `within` limits the water to a mask: markers outside are left out, and what no region reaches stays 0; minima are
    those of the whole image. `line=true` leaves a line of pixels at 0 between regions, a pixel wide; markers that touch
    stay as they are. `compactness` above 0 makes regions rounder: it is added to a pixel's value for each pixel of
    distance from the pixel of the marker that the water comes from. `connectivity` as for `label`; `axes="yx"` floods a
    stack slice by slice. The result is int32. nan is higher than any number, and as inf where regions are compact.

    Ties: a pixel goes to the region that reaches it first. A region reaches the neighbours of a pixel when the water
    gets to that pixel. Of several at one level marker pixels come first, in scan order, then the others as they were
    reached, so that a plateau is shared between the regions at its sides.

    Border: no region leaves the image.
    Errors: markers of floating values; a connectivity that the number of axes does not have; images of different
    shapes; in the run, markers that are no numbers of 32 bits.
    Source: Soille & Ansoult, Automated basin delineation from digital elevation models, 1990
    (doi:10.1016/0165-1684(90)90127-K); Neubert & Protzel, Compact watershed and preemptive SLIC, 2014
    (doi:10.1109/ICPR.2014.181). Equals skimage.segmentation.watershed 0.26 pixel for pixel where no two marker
    pixels have the same value in the image. Of those of one value the first in scan order goes first here; there it
    follows from how its heap is built. On 8-bit images with large markers about one pixel in a thousand differs by it.
    There negative numbers stay, an image of one value has no region, and watershed_line draws nothing where
    compactness is given.

    >>> evaluate("watershed(im)", im=[[1, 2, 9, 3, 1]])
    array([[1, 1, 1, 2, 2]], dtype=int32)
    """
    return _watershed(im, markers, within, None, connectivity, axes, line, compactness)


@function(name="watershed of data", gives=_FLOODED, halo=WHOLE, cost=_cost, memory=_memory, catalogue=PLANNED)
def watershed_of_data(
    im: Image,
    within: Mask,
    data: Mask,
    connectivity: Connectivity,
    axes: Axes,
    line: Flag,
    compactness: _Compactness,
    markers: MarkersOrNone = None,
) -> Array:
    """The same without markers, where what lies outside a mask is no neighbour."""
    return _watershed(im, None, within, data, connectivity, axes, line, compactness)


def _watershed(
    im: Array,
    markers: Array | None,
    within: Masks | None,
    data: Masks | None,
    connectivity: int,
    axes: tuple[int, ...] | None,
    line: bool,
    compactness: float,
) -> Array:
    joined = neighbours(connectivity, axes, im.ndim)
    if markers is None:
        markers = lowest(im, joined, data)
        if within is not None:
            markers &= within
    if markers.dtype == bool:
        seeds = components(markers, connectivity, axes)[0]
    else:
        low, high = markers.min(), markers.max()
        if max(-int(low), int(high)) > LABEL_NUMBERS.high:
            raise Refused(messages.MARKERS_LARGE, "markers", low=low, high=high)
        seeds = markers.astype(np.int32, copy=False)
    open_to = np.ones(im.shape, bool) if within is None else within
    if compactness:
        found = flood_compactly(im, seeds, open_to, joined, compactness, line)
    else:
        found = (flood_with_lines if line else flood)(im, seeds, open_to, joined)
    return np.maximum(found, 0, out=found)


# --- touching objects ------------------------------------------------------------------------------------------------


@function(gives=LABELS, halo=WHOLE, cost=250, memory=_split_memory,
         border="an object that the image's border cuts is not narrower there", total=True,
         without_data="split")  # fmt: skip
def split(m: Mask, n: Reach = 1, depth: Reach = 1, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """Part touching objects of a mask at the necks between them; the parts are numbered.

    Each part grows around a centre, the pixel of it that is farthest from the outside, and parts meet at the necks: a
    watershed of the distance to the outside. Two parts stay one where the neck is hardly a neck, not more than `depth`
    narrower, from its middle to its edge, than the narrower of the two at its centre; or where their centres are closer
    to each other than `n`. The widest necks are looked at first. A larger `depth` parts less where outlines are rough,
    a larger `n` where parts are too small to be objects. Both are numbers of pixels or lengths; with a length as
    `depth` the distances follow the spacing of each axis.

    Each region of the mask has at least one part. `connectivity` as for `label`; `axes="yx"` works on a stack slice by
    slice. The result is int32, numbered in scan order of the parts' first pixels.

    Border: distances are to what is off in the image, so an object that the image's border cuts is not narrower there.
    Errors: a negative `n` or `depth`; a length where the spacing is unknown; a connectivity that the number of axes
    does not have.
    Source: the watershed of the distance transform as in scikit-image's examples, which by hand is
    `watershed(-distance(m), peaks(distance(m), 10), m)`. Here its many small maxima are joined by their dynamics
    (Grimaud, A new measure of contrast: the dynamics, 1992), so that no smoothing is needed and no region is lost.

    >>> evaluate("split(im > 0, depth=0)", im=[[1, 1, 0, 1, 1], [1, 1, 1, 1, 1], [1, 1, 0, 1, 1]])
    array([[1, 1, 0, 2, 2],
           [1, 1, 1, 2, 2],
           [1, 1, 0, 2, 2]], dtype=int32)
    """
    return _split(m, None, n, depth, connectivity, axes)


@function(
    name="split within",
    gives=LABELS,
    halo=WHOLE,
    cost=250,
    memory=_split_memory,
    catalogue=PLANNED,
    total=True,
)
def split_within(m: Mask, within: Mask, n: Reach, depth: Reach, connectivity: Connectivity, axes: Axes) -> Array:
    """The same where what lies outside another mask is no background."""
    return _split(m, within, n, depth, connectivity, axes)


def _split(
    m: Masks, within: Masks | None, n: Distance, depth: Distance, connectivity: int, axes: tuple[int, ...] | None
) -> Array:
    joined = neighbours(connectivity, axes, m.ndim)
    inner = to_off(m if within is None else m | ~within, list(depth.spacing or (Fraction(1),) * m.ndim), axes)
    if within is not None:
        inner = np.where(within, inner, 0.0)
    highest = m & (inner == scipy.ndimage.maximum_filter(inner, footprint=joined, mode="constant"))
    tops, count = components(highest, connectivity, axes)
    basins = flood(-inner, tops, m, joined)
    places = np.flatnonzero(tops)[::-1]
    centres = np.zeros(count + 1, np.intp)
    centres[tops.reshape(-1)[places]] = places  # of several places the last to be written stays, the first in the image
    return in_scan_order(_joined(centres, _necks(basins, inner, joined), inner, n, float(depth.radius))[basins])


_AT_ONCE = 4096  # necks of which there are numbers of Python's own
_Necks = tuple[Array, Array, Array]


def _necks(basins: Array, inner: Array, joined: Masks) -> _Necks:
    """The pairs of basins that touch, the lower number first, and how high the way between them is, the highest
    first."""
    found = []
    for offset in elements.offsets(joined):
        if offset > (0,) * basins.ndim:  # of two opposite ones
            here, there = elements.shifted(basins.shape, offset)
            a, b = basins[here], basins[there]
            touching = (a != b) & (a > 0) & (b > 0)
            a, b = a[touching], b[touching]
            width = np.minimum(inner[here][touching], inner[there][touching])
            found.append((np.minimum(a, b), np.maximum(a, b), width))
    low, high, width = (np.concatenate(parts) for parts in zip(*found, strict=True))
    del found, a, b, touching
    order = np.lexsort((high, low, -width))
    low = low[order]
    high = high[order]
    width = width[order]
    del order
    pairs = low * np.int64(int(basins.max()) + 1)
    pairs += high
    first = np.sort(np.unique(pairs, return_index=True)[1])
    return low[first], high[first], width[first]


def _one_by_one(necks: _Necks) -> Iterator[tuple[int, int, float]]:
    for start in range(0, len(necks[0]), _AT_ONCE):
        yield from zip(*(part[start : start + _AT_ONCE].tolist() for part in necks), strict=True)


def _joined(centres: Array, necks: _Necks, inner: Array, n: Distance, depth: float) -> Array:
    """For each basin the one that it belongs to; of those that are joined the one with the highest centre."""
    heights = inner.reshape(-1)[centres].tolist()
    scale = math.lcm(n.radius.denominator, *(step.denominator for step in n.spacing or ()))
    steps = [int(step * scale) for step in n.spacing or (1,) * inner.ndim]
    least = int((n.radius * scale) ** 2)
    # No two centres are at one place, so that none are closer than a pixel.
    points = _points(centres, inner.shape).tolist() if least > min(steps) ** 2 else None
    belongs_to = list(range(len(centres)))

    def top(basin: int) -> int:
        while belongs_to[basin] != basin:
            belongs_to[basin] = basin = belongs_to[belongs_to[basin]]
        return basin

    def are_near(a: int, b: int) -> bool:
        return points is not None and least > sum(
            ((p - q) * step) ** 2 for p, q, step in zip(points[a], points[b], steps, strict=True)
        )

    for a, b, width in pausing(_one_by_one(necks)):
        lower, higher = top(a), top(b)
        if (heights[lower], -lower) > (heights[higher], -higher):
            lower, higher = higher, lower
        if lower != higher and (heights[lower] - width <= depth or are_near(lower, higher)):
            belongs_to[lower] = higher
    return np.array([top(basin) for basin in belongs_to])


def _points(places: Array, shape: tuple[int, ...]) -> Array:
    return np.stack(np.unravel_index(places, shape), axis=1)
