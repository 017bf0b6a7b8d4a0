"""Convex hulls of pixels, in whole numbers throughout: which pixels lie in them, and how many.

A pixel stands for the points half a pixel from its centre along each axis, as in scikit-image, so the hull of a single
pixel, a line or a plane has an extent too. All is counted in half pixels: centres are even, those points are odd.
A hull is told line by line: the first and the last pixel in it along the last axis.
"""

from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

MOST_AXES = 3
_FAR = np.int64(2**62)


def hull_mask(m: Array) -> Array:
    """The pixels whose centres lie in the hull of all that are on, or on its edge; of one, two or three axes."""
    result = np.zeros(m.shape, bool)
    on = m.any(axis=-1)
    if not on.any():
        return result
    ends = np.stack([m.argmax(axis=-1)[on], m.shape[-1] - 1 - m[..., ::-1].argmax(axis=-1)[on]])
    lines = np.argwhere(on)
    coordinates = np.concatenate([np.column_stack([lines, end]) for end in ends])
    corner, first, last = _lines(coordinates)
    box = tuple(slice(c, c + n) for c, n in zip(corner, first.shape, strict=False))
    x = np.arange(m.shape[-1])
    result[box] = (first[..., None] <= x) & (x <= last[..., None])
    return result


def hull_pixels(coordinates: Array) -> int:
    """How many pixels lie in the hull of those at `coordinates`, an integer array of shape (pixels, axes), with one to
    three axes and at least one pixel, in any order."""
    _, first, last = _lines(coordinates)
    return int(np.maximum(last - first + 1, 0).sum())


def hull_sizes(coordinates: Array, regions: Array, number: int) -> Array:
    """The same for many regions at once: `regions` numbers each pixel's from 0 to `number` - 1, and each has a pixel.

    In a plane, many small regions take hardly longer than one large one.
    """
    if not number:
        return np.zeros(0, np.int64)
    if coordinates.shape[1] == 2:
        first, last, region = _lines_of_planes(coordinates, regions, number)
        return np.bincount(region, last - first + 1, number).astype(np.int64)
    ordered = coordinates[np.argsort(regions, kind="stable")]
    parts = np.split(ordered, np.cumsum(np.bincount(regions, minlength=number))[:-1])
    return np.array([hull_pixels(part) for part in parts], np.int64)


@has_compiled
def sizes_of_rows(owner: Array, places: Array, first: Array, last: Array, count: int) -> Array:
    """The same of regions by their rows, which are ordered by region and place: the region of each, where it lies along
    the axes but the last, shape (axes, rows), and its first and last pixel. Regions that fill their box need no hull,
    which in a volume takes long."""
    sizes = _sizes_of_boxes(owner, places, first, last, count)
    lengths = np.zeros(count, np.int64)
    np.add.at(lengths, owner, last - first + 1)
    left = np.flatnonzero(lengths < sizes)
    some = np.isin(owner, left)
    numbers = np.zeros(count, np.int64)
    numbers[left] = np.arange(len(left))
    owner, ends = ends_of_rows(numbers[owner[some]], places[:, some], first[some], last[some])
    sizes[left] = hull_sizes(ends.T, owner, len(left))
    return sizes


def ends_of_rows(owner: Array, places: Array, first: Array, last: Array) -> tuple[Array, Array]:
    """The pixels at both ends of rows: their regions, and where they lie, of shape (axes, pixels)."""
    both = [np.concatenate([places, end[np.newaxis]]) for end in (first, last)]
    return np.tile(owner, 2), np.concatenate(both, axis=1)


def _sizes_of_boxes(owner: Array, places: Array, first: Array, last: Array, count: int) -> Array:
    """The number of pixels of the box around each region."""
    sizes = np.ones(count, np.int64)
    for low, high in ((first, last), *((place, place) for place in places)):
        start, end = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
        np.minimum.at(start, owner, low)
        np.maximum.at(end, owner, high)
        sizes *= end - start + 1
    return sizes


def _lines(coordinates: Array) -> tuple[list[int], Array, Array]:
    """The first corner of the pixels' box, and for each line of the box the first and last pixel in the hull; where
    the hull leaves a line out, its last one comes before its first."""
    coordinates = coordinates.astype(np.int64, copy=False)
    corner = [int(n) for n in coordinates.min(axis=0)]
    if len(corner) == 1:
        return corner, coordinates.min(axis=0)[0], coordinates.max(axis=0)[0]
    if len(corner) == 2:
        first, last, _ = _lines_of_planes(coordinates, np.zeros(len(coordinates), np.int64), 1)
        return corner, first, last
    return corner, *_lines_of_volume(coordinates - corner, corner[-1])


# --- planes ----------------------------------------------------------------------------------------------------------


def _lines_of_planes(coordinates: Array, regions: Array, number: int) -> tuple[Array, Array, Array]:
    """The first and last pixel in the hull for each row of each region, from its topmost row, and the row's region."""
    y, x = coordinates.T.astype(np.int64)
    top, bottom = np.full(number, _FAR), np.full(number, -_FAR)
    np.minimum.at(top, regions, y)
    np.maximum.at(bottom, regions, y)
    rows = bottom - top + 1
    begin = np.cumsum(rows) - rows
    region = np.repeat(np.arange(number), rows)
    row = begin[regions] + y - top[regions]
    first = _leftmost(row, x, region)
    last = -_leftmost(row, -x, region)
    return first, last, region


def _leftmost(row: Array, x: Array, region: Array) -> Array:
    """The first pixel in the hull of each row, where all regions stand one below the other."""
    # Each row has three lines of half pixels: two rows of a region that touch share one.
    t = 2 * np.arange(len(region)) + region
    line = np.full(t[-1] + 3, _FAR)
    for move, tip in ((0, 2 * x), (1, 2 * x - 1), (2, 2 * x)):
        np.minimum.at(line, t[row] + move, tip)
    on = np.flatnonzero(line < _FAR)
    owner = np.empty(len(line), np.int64)
    owner[t], owner[t + 1], owner[t + 2] = region, region, region
    corners = on[convex_corners(on, line[on], owner[on])]
    t_hull, x_hull = corners, line[corners]
    # A row's centre lies between two corners of the chain, as lines lie above and below it.
    after = np.searchsorted(t_hull, t + 1, side="right")
    t0, t1, x0, x1 = t_hull[after - 1], t_hull[after], x_hull[after - 1], x_hull[after]
    steps = t1 - t0
    result: Array = -((-(x0 * steps + (x1 - x0) * (t + 1 - t0))) // (2 * steps))
    return result


def convex_corners(t: Array, x: Array, region: Array) -> Array:
    """Which points are corners of the left side of each region's hull, of points with rising t, region by region.

    A point that is not left of the line between its neighbours is no corner, whatever becomes of those, so all such
    points can go at once, until none is left.
    """
    corners = np.arange(len(t))
    while True:
        pause()
        is_end = np.ones(len(t), bool)
        is_end[1:-1] = (region[1:-1] != region[:-2]) | (region[1:-1] != region[2:])
        bends = np.ones(len(t), bool)
        dt, dx = np.diff(t), np.diff(x)
        bends[1:-1] = dx[:-1] * dt[1:] < dx[1:] * dt[:-1]
        kept = is_end | bends
        if kept.all():
            return corners
        corners, t, x, region = corners[kept], t[kept], x[kept], region[kept]


# --- volumes ---------------------------------------------------------------------------------------------------------


def _lines_of_volume(coordinates: Array, start: int) -> tuple[Array, Array]:
    """The same for the pixels of one volume, in a box from 0; `start` is added to the result."""
    planes, rows, _ = (int(n) + 1 for n in coordinates.max(axis=0))
    # Only the ends of each line can be corners.
    line, x = coordinates[:, 0] * rows + coordinates[:, 1], coordinates[:, 2]
    low, high = np.full(planes * rows, _FAR), np.full(planes * rows, -_FAR)
    np.minimum.at(low, line, x)
    np.maximum.at(high, line, x)
    on = np.flatnonzero(low < _FAR)
    ends = np.concatenate([np.column_stack([on // rows, on % rows, end[on]]) for end in (low, high)])
    moves = np.concatenate([np.eye(3, dtype=np.int64), -np.eye(3, dtype=np.int64)])
    # As one number each: rows are sorted many times slower, in one call that keeps all other threads waiting.
    room = tuple(2 * int(n) + 3 for n in coordinates.max(axis=0))
    numbers = np.unique(np.ravel_multi_index(tuple((2 * ends[:, None] + moves + 1).reshape(-1, 3).T), room))
    points = np.column_stack(np.unravel_index(numbers, room)) - 1
    normals, limits, lowest, highest = _facets(points)
    first, last = np.full((planes, rows), 1), np.full((planes, rows), 0)
    for plane in range(planes):
        pause()
        # The cross-section is a polygon, each edge of which lies in a facet that reaches to this plane.
        here = (lowest <= 2 * plane) & (highest >= 2 * plane)
        first[plane], last[plane] = _lines_of_section(normals[here], limits[here], 2 * plane, 2 * np.arange(rows))
    return first + start, last + start


def _facets(points: Array) -> tuple[Array, Array, Array, Array]:
    """The triangles of a hull as inequalities, normal . point <= limit, and the planes they lie between.

    Qhull says which points make a triangle, to rounding; as their coordinates are whole, what it takes for flat is.
    """
    import scipy.spatial  # a start need not wait for it

    hull = scipy.spatial.ConvexHull(points)
    a, b, c = (points[hull.simplices[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    normals *= np.where((normals * hull.equations[:, :3]).sum(axis=1) < 0, -1, 1)[:, None]
    z = points[hull.simplices, 0]
    return normals, (normals * a).sum(axis=1), z.min(axis=1), z.max(axis=1)


def _lines_of_section(normals: Array, limits: Array, z: int, y: Array) -> tuple[Array, Array]:
    """The first and last pixel along each line that fulfils all inequalities."""
    rest = limits - normals[:, 0] * z - normals[:, 1] * y[:, None]
    slope = normals[:, 2]
    right, left, upright = slope > 0, slope < 0, slope == 0
    last = np.min(rest[:, right] // (2 * slope[right]), axis=1)
    first = np.max(-(rest[:, left] // (-2 * slope[left])), axis=1)
    return first, np.where((rest[:, upright] >= 0).all(axis=1), last, first - 1)
