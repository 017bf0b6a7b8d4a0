"""Coordinates and drawn shapes, on the one grid of the program's images. Coordinates count pixels from 0."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings, Takes
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, GridShape, PlaceX, PlaceY, PlaceZ, Reach, ResultKind
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import Along, Distance, exact
from maskexpr.kinds.kind import Kind, quantity, shape_text
from maskexpr.kinds.quantity import Quantity
from maskexpr.kinds.ranges import Range, smallest_type
from maskexpr.library.operators import compare


def _axis(name: str, grid: tuple[int, ...]) -> int:
    """The number of an axis: x is the last one, y the one before, z the one before that."""
    number = len(grid) - 1 - "xyz".index(name)
    if number < 0:
        raise Refused(messages.AXES_MISSING, axis=name, ndim=len(grid))
    return number


def _coordinates(name: str) -> Gives:
    def rule(kinds: Kinds) -> Kind:
        shape = kinds["grid"].shape or ()
        values = Range(0, shape[_axis(name, shape)] - 1)
        return like_grid("image", kinds, smallest_type(values), values)

    return Gives(frozenset({"image"}), rule)


def _coordinate(name: str, grid: tuple[int, ...], kind: Kind) -> Array:
    axis = _axis(name, grid)
    return np.full(grid, _along(axis, np.arange(grid[axis]), len(grid)), kind.dtype)


def _along(axis: int, values: Array, ndim: int) -> Array:
    """Values along one axis, to be spread over the others."""
    return values.reshape([-1 if a == axis else 1 for a in range(ndim)])


@function(gives=_coordinates("x"), halo=0, cost=1, memory=0, bare=True, total=True)
def x(grid: GridShape, kind: ResultKind) -> Array:
    """The column of each pixel, from 0 at the left: its index along the last axis. Written without brackets.

    An image of the grid that the program's images share, of the smallest integer type that holds it.

    Errors: images of several shapes in the program, or none.
    Source: numpy.indices, of the last axis.

    >>> evaluate("where(im > 0, x, 0)", im=[[1, 1, 1], [0, 1, 1]])
    array([[0, 1, 2],
           [0, 1, 2]], dtype=uint8)
    """
    return _coordinate("x", grid, kind)


@function(gives=_coordinates("y"), halo=0, cost=1, memory=0, bare=True, total=True)
def y(grid: GridShape, kind: ResultKind) -> Array:
    """The row of each pixel, from 0 at the top: its index along the last axis but one. Written without brackets.

    An image of the grid that the program's images share, of the smallest integer type that holds it.

    Errors: images of several shapes in the program, or none; images of one axis.
    Source: numpy.indices, of the last axis but one.

    >>> evaluate("where(im > 0, y, 0)", im=[[1, 1, 1], [0, 1, 1]])
    array([[0, 0, 0],
           [0, 1, 1]], dtype=uint8)
    """
    return _coordinate("y", grid, kind)


@function(gives=_coordinates("z"), halo=0, cost=1, memory=0, bare=True, total=True)
def z(grid: GridShape, kind: ResultKind) -> Array:
    """The slice of each pixel, from 0: its index along the last axis but two. Written without brackets.

    An image of the grid that the program's images share, of the smallest integer type that holds it.

    Errors: images of several shapes in the program, or none; images of fewer than three axes.
    Source: numpy.indices, of the last axis but two.

    >>> evaluate("max(where(im > 0, z, 0))", im=np.ones((4, 2, 2), np.uint8))
    3
    """
    return _coordinate("z", grid, kind)


# --- shapes that miss the image --------------------------------------------------------------------------------------


def missed(shape: tuple[int, ...], ndim: int, what: messages.Mistake = messages.SHAPE_OUTSIDE) -> Refused:
    """What is said of a shape or a place along the last axes that is at no pixel."""
    names = "zyx"[3 - ndim :]
    places = [f"{name} from 0 to {length - 1}" for name, length in zip(names, shape[-ndim:], strict=True)]
    return Refused(what, order=", ".join(names), places=", ".join(places), shape=shape_text(shape))


def _holds_pixel(shape: tuple[int, ...], spans: Sequence[tuple[Any, Any]]) -> bool:
    """Whether there is a pixel between a first and a last place along each of the last axes."""
    return all(
        max(0, math.ceil(first)) <= min(length - 1, math.floor(last))
        for (first, last), length in zip(spans, shape[-len(spans) :], strict=True)
    )


def _rectangle_missed(values: Settings, shape: tuple[int, ...]) -> Refused | None:
    spans = [(values["y0"], values["y1"]), (values["x0"], values["x1"])]
    if not all(first < stop for first, stop in spans):
        return Refused(messages.RECTANGLE_EMPTY)
    held = [(max(first, -1), min(stop, length + 1)) for (first, stop), length in zip(spans, shape[-2:], strict=True)]
    if all(first < stop for first, stop in held) and _holds_pixel(shape, [(a, math.ceil(b) - 1) for a, b in held]):
        return None
    return missed(shape, 2)


def _missed(axes: str, radii: Sequence[str]) -> Callable[[Settings, tuple[int, ...]], Refused | None]:
    """The remark on a shape around a point, with a radius along each of the last axes."""

    def remark(values: Settings, shape: tuple[int, ...]) -> Refused | None:
        centre, ends = [values[name] for name in axes], [length - 1 for length in shape[-len(axes) :]]
        if not all(abs(place) < math.inf for place in centre):
            return missed(shape, len(axes))
        middles = [exact(place) for place in centre]
        reaches = [_in_pixels(values[name], axis) for axis, name in enumerate(radii, -len(axes))]
        if _reaches_pixel(middles, reaches, ends):
            return None
        if all(0 <= middle <= end for middle, end in zip(middles, ends, strict=True)):
            return Refused(messages.SHAPE_BETWEEN)
        return missed(shape, len(axes))

    return remark


def _reaches_pixel(middles: Sequence[Fraction], reaches: Sequence[Fraction], ends: Sequence[int]) -> bool:
    """Whether the nearest pixel of the image lies in an ellipsoid: along each axis by itself none is nearer."""
    terms = Fraction(0)
    for middle, reach, end in zip(middles, reaches, ends, strict=True):
        away = min(max(round(middle), 0), end) - middle
        if away and not reach:
            return False
        terms += (away / reach) ** 2 if away else 0
    return terms <= 1


def _in_pixels(radius: Distance, axis: int) -> Fraction:
    return radius.radius / radius.spacing[axis] if radius.spacing else radius.radius


def _polygon_missed(values: Settings, shape: tuple[int, ...]) -> Refused | None:
    spans = [(min(corners), max(corners)) for corners in (values["ys"], values["xs"])]
    return None if _holds_pixel(shape, spans) else missed(shape, 2)


# --- drawn shapes -----------------------------------------------------------------------------------------------------


def _drawn_kind(kinds: Kinds) -> Kind:
    _axis("y", kinds["grid"].shape or ())
    return like_grid("mask", {"grid": kinds["grid"]}, np.bool_)


_DRAWN = Gives(frozenset({"mask"}), _drawn_kind)


_EVERYWHERE = Gives(frozenset({"mask"}), lambda kinds: like_grid("mask", {"grid": kinds["grid"]}, np.bool_))


@function(gives=_EVERYWHERE, halo=0, cost=1, memory=0, total=True, transposes=True)
def empty(grid: GridShape) -> Array:
    """The mask without any pixel, on the grid that the program's images share. Written `empty()`.

    Errors: images of several shapes in the program, or none.
    Source: numpy.zeros of type bool.

    >>> evaluate("where(area(m) > 1, m, empty())", m=np.array([[True, False]]))
    array([[False, False]])
    """
    return np.zeros(grid, bool)


@function(gives=_EVERYWHERE, halo=0, cost=1, memory=0, total=True, transposes=True)
def full(grid: GridShape) -> Array:
    """The mask of every pixel, on the grid that the program's images share. Written `full()`.

    Errors: images of several shapes in the program, or none.
    Source: numpy.ones of type bool.

    >>> evaluate("full() & ~m", m=np.array([[True, False]]))
    array([[False,  True]])
    """
    return np.ones(grid, bool)


@function(gives=_DRAWN, halo=0, cost=1, memory=2, total=True, remark=_rectangle_missed)
def rectangle(y0: PlaceY, x0: PlaceX, y1: PlaceY, x1: PlaceX, grid: GridShape) -> Array:
    """The pixels with y0 <= y < y1 and x0 <= x < x1: those that the slice im[y0:y1, x0:x1] takes.

    The four are numbers of pixels, or lengths from the centre of the first pixel; they may have fractions and depend on
    pixels. Unlike in a slice a negative number is a place outside the image, not one counted from its end. Goes through
    all slices of a stack.

    Errors: a length where the spacing is unknown; images of several shapes in the program, or none; images of one axis.
    Source: NumPy's slices; skimage.draw.rectangle with `end` draws the row and the column of its end too.

    >>> evaluate("rectangle(0, 1, 2, 3) & (im > 0)", im=np.ones((3, 4), np.uint8)).astype(int)
    array([[0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 0, 0, 0]])
    """
    rows, columns = np.arange(grid[-2])[:, np.newaxis], np.arange(grid[-1])
    in_rows = compare(">=", rows, y0) & compare("<", rows, y1)
    return np.full(grid, in_rows & compare(">=", columns, x0) & compare("<", columns, x1))


@function(gives=_DRAWN, halo=0, cost=1, memory=1, total=True, remark=_missed("yx", ["radius"] * 2))
def circle(y: PlaceY, x: PlaceX, radius: Reach, grid: GridShape) -> Array:
    """The pixels at most `radius` from the point (y, x); measured between centres, in exact arithmetic.

    `y` and `x` may have fractions, lie outside the image and depend on pixels; a length is measured from the centre of
    the first pixel. A radius that is a length is measured with the spacing of the last two axes, so that the circle is
    an ellipse in pixels where they differ. Goes through all slices of a stack.

    Errors: a negative radius; a length where the spacing is unknown; images of several shapes in the program, or none;
    images of one axis.
    Source: as skimage.draw.disk, which leaves out the pixels at exactly `radius`.

    >>> evaluate("circle(1, 2, 1) & (im > 0)", im=np.ones((3, 4), np.uint8)).astype(int)
    array([[0, 0, 1, 0],
           [0, 1, 1, 1],
           [0, 0, 1, 0]])
    """
    return _ellipsoid(grid, (y, x), (radius, radius))


@function(gives=_DRAWN, halo=0, cost=1, memory=1, total=True, remark=_missed("yx", ["ry", "rx"]))
def ellipse(y: PlaceY, x: PlaceX, ry: Reach, rx: Reach, grid: GridShape) -> Array:
    """The pixels in an ellipse around (y, x), its edge included; it reaches `ry` along y and `rx` along x.

    Those with ((row - y) / ry)**2 + ((column - x) / rx)**2 <= 1, in exact arithmetic. A radius is a number of pixels,
    or a length, which is measured with the spacing of its axis; where one is 0 the ellipse is a line, where both are 0
    a point. `y` and `x` as for `circle`. Goes through all slices of a stack.

    Errors: a negative radius; a length where the spacing is unknown; images of several shapes in the program, or none;
    images of one axis.
    Source: as skimage.draw.ellipse without its rotation, which would not be exact; that one leaves out the edge itself,
    so that radii of whole numbers reach one pixel less far there, and a radius of 0 draws nothing.

    >>> evaluate("ellipse(1, 2, 1, 2) & (im > 0)", im=np.ones((3, 5), np.uint8)).astype(int)
    array([[0, 0, 1, 0, 0],
           [1, 1, 1, 1, 1],
           [0, 0, 1, 0, 0]])
    """
    return _ellipsoid(grid, (y, x), (ry, rx))


def _sphere_kind(kinds: Kinds) -> Kind:
    ndim = len(kinds["grid"].shape or ())
    if ndim < 3:
        raise Refused(messages.SPHERE_FLAT, ndim=ndim)
    return _drawn_kind(kinds)


_SPHERE = Gives(frozenset({"mask"}), _sphere_kind)


@function(gives=_SPHERE, halo=0, cost=1, memory=1, total=True, remark=_missed("zyx", ["radius"] * 3))
def sphere(z: PlaceZ, y: PlaceY, x: PlaceX, radius: Reach, grid: GridShape) -> Array:
    """The voxels at most `radius` from the point (z, y, x); measured between centres, in exact arithmetic.

    The coordinates are as for `circle`. A radius that is a length is measured with the spacing of the last three axes,
    so that the sphere is an ellipsoid in voxels where they differ; a radius of 0 is a point. Goes through all volumes
    of an image of more axes.

    Errors: images of fewer than three axes; a negative radius; a length where the spacing is unknown; images of several
    shapes in the program, or none.
    Source: of whole radii as skimage.morphology.ball, at any place.

    >>> evaluate("area(sphere(3, 4, 4, 2) & (im == 0))", im=np.zeros((9, 9, 9), np.uint8))
    33
    """
    return _ellipsoid(grid, (z, y, x), (radius, radius, radius))


def _ellipsoid(grid: tuple[int, ...], centre: Sequence[Any], radii: Sequence[Distance]) -> Array:
    """Sum over the last axes of ((place - centre) / radius)**2 <= 1, in whole numbers.

    With centre = p / q and q * radius = n / d, and L the common multiple of all n, each term is
    (k * (q * place - p) / L)**2 with k = d * L / n. A radius of 0 gets a k with which any other place is beyond L.
    """
    inside = np.zeros(grid[-len(centre) :], bool)
    if all(math.isfinite(c) for c in centre):  # no pixel is near a point at inf or nan
        middles = [exact(c) for c in centre]
        spacings = [r.spacing[a] if r.spacing else 1 for a, r in enumerate(radii, -len(radii))]
        reaches = [m.denominator * r.radius / s for m, r, s in zip(middles, radii, spacings, strict=True)]
        most = math.lcm(*(r.numerator for r in reaches if r))
        scales = [r.denominator * most // r.numerator if r else most + 1 for r in reaches]
        _fill(inside, [*zip(scales, middles, strict=True)], most**2)
    return np.full(grid, inside)


def _fill(inside: Array, axes: Sequence[tuple[int, Fraction]], left: int) -> None:
    """Set where the sum over axes of (scale * (q * place - p))**2 is at most `left`, line by line."""
    (scale, middle), *inner = axes
    p, q = middle.numerator, middle.denominator
    reach = math.isqrt(left) // scale
    start, stop = max(0, -((reach - p) // q)), min(len(inside), (reach + p) // q + 1)
    if not inner:
        inside[start : max(start, stop)] = True
        return
    for place in range(start, stop):
        _fill(inside[place], inner, left - (scale * (q * place - p)) ** 2)


# --- polygons --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Corners:
    """Settles the places of corners along an axis: numbers, and lengths in pixels of that axis."""

    along: Along

    def __call__(self, kind: Kind, around: Surroundings) -> tuple[int | float | Fraction, ...]:
        places: list[int | float | Fraction] = []
        for value in kind.constant:
            if isinstance(value, Quantity):
                places.append(self.along(quantity(value.value, value.power), around))
            elif isinstance(value, bool) or not isinstance(value, int | float):
                raise Refused(messages.CORNERS_NOT_NUMBERS)
            elif not math.isfinite(value):
                raise Refused(messages.CORNER_NOWHERE, value=value)
            else:
                places.append(value)
        if len(places) < 3:
            raise Refused(messages.CORNERS_FEW, count=len(places))
        return tuple(places)


def _check_corners(settings: Settings, around: Surroundings) -> None:
    rows, columns = len(settings["ys"]), len(settings["xs"])
    if rows != columns:
        raise Refused(messages.CORNERS_UNEQUAL, "xs", ys=rows, xs=columns)


def _polygon_cost(settings: Settings, ndim: int) -> float:
    corners, columns = len(settings["ys"]), int(settings["grid"][-1])
    return 4 + 100 * corners / columns  # an edge may meet every row


_Ys = Annotated[tuple[Any, ...], Takes(frozenset({"list"}), "a list of numbers", _Corners(Along("y")))]
_Xs = Annotated[tuple[Any, ...], Takes(frozenset({"list"}), "a list of numbers", _Corners(Along("x")))]


@function(gives=_DRAWN, halo=0, cost=_polygon_cost, memory=4, check=_check_corners, total=True,
         remark=_polygon_missed)  # fmt: skip
def polygon(ys: _Ys, xs: _Xs, grid: GridShape) -> Array:
    """The pixels with their centres in a polygon or on its edge; its corners are (ys[0], xs[0]), (ys[1], xs[1])...

    Two lists of numbers of pixels, or of lengths, known before the run; they may have fractions and lie outside the
    image. The last corner is
    joined to the first, in either direction. Where the polygon crosses or covers itself a place is inside if a ray from
    it crosses the edges an odd number of times (the even-odd rule). The arithmetic is exact, with each number as it was
    written: 0.1 is a tenth. Goes through all slices of a stack.

    Errors: fewer than three corners; lists that differ in length or hold other things than finite numbers; images of
    several shapes in the program, or none; images of one axis.
    Source: as skimage.draw.polygon, which leaves out a pixel where two edges cross or lie on each other, and rounds, so
    that it may miss a pixel on a slanting edge; cv2.fillPoly rounds the corners and also draws the edges, a pixel wide.

    >>> evaluate("polygon([0, 0, 3], [0, 4, 0]) & (im > 0)", im=np.ones((4, 5), np.uint8)).astype(int)
    array([[1, 1, 1, 1, 1],
           [1, 1, 1, 0, 0],
           [1, 1, 0, 0, 0],
           [1, 0, 0, 0, 0]])
    """
    rows, columns = grid[-2:]
    turns, edges = np.zeros((rows, columns + 1), bool), np.zeros((rows, columns), bool)
    corners = [(exact(y), exact(x)) for y, x in zip(ys, xs, strict=True)]
    for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
        (top, left), (bottom, right) = sorted([one, other])
        start, stop = max(0, math.ceil(top)), min(rows, math.floor(bottom) + 1)
        if start < stop and top == bottom:
            edges[start, max(0, math.ceil(left)) : max(0, math.floor(right) + 1)] = True
        elif start < stop:
            slope = (right - left) / (bottom - top)
            before, met = _crossings(left + (start - top) * slope, slope, stop - start)
            on = np.flatnonzero(met & (before >= 0) & (before < columns))
            edges[start + on, before[on].astype(np.intp)] = True
            # An edge holds its upper end and not its lower one, so that two edges which meet cross a row once.
            crossed = np.arange(min(rows, math.ceil(bottom)) - start)
            turns[start + crossed, np.clip(before + ~met, 0, columns)[crossed].astype(np.intp)] ^= True
    return np.full(grid, np.logical_xor.accumulate(turns, axis=1)[:, :-1] | edges)


def _crossings(first: Fraction, slope: Fraction, count: int) -> tuple[Array, Array]:
    """The columns where an edge meets so many rows, rounded down, and whether each is met exactly."""
    scale = math.lcm(first.denominator, slope.denominator)
    start, step = int(first * scale), int(slope * scale)
    fits = max(scale, abs(start), abs(start + step * count)) < 2**62
    columns = start + step * np.arange(count).astype(np.int64 if fits else object)
    return columns // scale, np.asarray(columns % scale == 0, bool)
