"""Plain masks, rectangles and ellipses, on the one grid of the program's images."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, GridShape, Number, PlaceX, PlaceY, PlaceZ, Reach
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import Distance, exact
from maskexpr.kinds.kind import Kind
from maskexpr.library.operators import compare
from maskexpr.library.shapes import turned
from maskexpr.library.shapes.places import DRAWN, drawn_kind, holds_pixel, missed, missed_around


def _rectangle_missed(values: Settings, shape: tuple[int, ...]) -> Refused | None:
    if values.get("angle", 0) != 0:
        return None
    spans = [(values["y0"], values["y1"]), (values["x0"], values["x1"])]
    if not all(first < stop for first, stop in spans):
        return Refused(messages.RECTANGLE_EMPTY)
    held = [(max(first, -1), min(stop, length + 1)) for (first, stop), length in zip(spans, shape[-2:], strict=True)]
    if all(first < stop for first, stop in held) and holds_pixel(shape, [(a, math.ceil(b) - 1) for a, b in held]):
        return None
    return missed(shape, 2)


# --- drawn shapes -----------------------------------------------------------------------------------------------------


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


@function(gives=DRAWN, halo=0, cost=1, memory=2, total=True, remark=_rectangle_missed)
def rectangle(y0: PlaceY, x0: PlaceX, y1: PlaceY, x1: PlaceX, angle: Number = 0, *, grid: GridShape) -> Array:
    """The pixels with y0 <= y < y1 and x0 <= x < x1: those that the slice im[y0:y1, x0:x1] takes.

    The four are numbers of pixels, or lengths from the centre of the first pixel; they may have fractions and depend on
    pixels. Unlike in a slice a negative number is a place outside the image, not one counted from its end. Goes through
    all slices of a stack.

    `angle` turns it about its middle, the point ((y0 + y1 - 1) / 2, (x0 + x1 - 1) / 2), by so many degrees
    counter-clockwise as the image is shown; then it holds the pixels whose centres lie in a rectangle as wide as its
    pixels, and an angle of 90 swaps its sides. It may depend on pixels; an angle of nan gives nothing.

    Errors: a length where the spacing is unknown; images of several shapes in the program, or none; images of one axis.
    Source: NumPy's slices; skimage.draw.rectangle with `end` draws the row and the column of its end too. Turned, it is
    the polygon of its corners.

    >>> evaluate("rectangle(0, 1, 2, 3) & (im > 0)", im=np.ones((3, 4), np.uint8)).astype(int)
    array([[0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 0, 0, 0]])
    """
    if angle != 0:
        return _turned_rectangle(grid, (y0, x0), (y1, x1), angle)
    rows, columns = np.arange(grid[-2])[:, np.newaxis], np.arange(grid[-1])
    in_rows = compare(">=", rows, y0) & compare("<", rows, y1)
    return np.full(grid, in_rows & compare(">=", columns, x0) & compare("<", columns, x1))


@function(gives=DRAWN, halo=0, cost=1, memory=1, total=True, remark=missed_around("yx", ["radius"] * 2))
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


@function(gives=DRAWN, halo=0, cost=1, memory=1, total=True, remark=missed_around("yx", ["ry", "rx"]))
def ellipse(y: PlaceY, x: PlaceX, ry: Reach, rx: Reach, angle: Number = 0, *, grid: GridShape) -> Array:
    """The pixels in an ellipse around (y, x), its edge included; it reaches `ry` along y and `rx` along x.

    Those with ((row - y) / ry)**2 + ((column - x) / rx)**2 <= 1, in exact arithmetic. A radius is a number of pixels,
    or a length, which is measured with the spacing of its axis; where one is 0 the ellipse is a line, where both are 0
    a point. `y` and `x` as for `circle`. Goes through all slices of a stack.

    `angle` turns it by so many degrees counter-clockwise as the image is shown, radii that are lengths in lengths; a
    pixel nearer than 1e-12 of the larger radius to the edge is on it. It may depend on pixels; an angle of nan gives
    nothing.

    Errors: a negative radius; a length where the spacing is unknown; images of several shapes in the program, or none;
    images of one axis.
    Source: as skimage.draw.ellipse, whose rotation is this angle in radians; that one leaves out the edge itself, so
    that radii of whole numbers reach one pixel less far there, and a radius of 0 draws nothing.

    >>> evaluate("ellipse(1, 2, 1, 2) & (im > 0)", im=np.ones((3, 5), np.uint8)).astype(int)
    array([[0, 0, 1, 0, 0],
           [1, 1, 1, 1, 1],
           [0, 0, 1, 0, 0]])
    """
    turns = turned.quarters(angle)
    if turns is not None and (turns % 2 == 0 or not (ry.spacing or rx.spacing)):
        return _ellipsoid(grid, (y, x), (ry, rx) if turns % 2 == 0 else (rx, ry))
    if not all(math.isfinite(c) for c in (y, x, angle)):
        return np.zeros(grid, bool)
    return np.full(grid, turned.ellipse(grid, (y, x), (ry, rx), angle))


def _turned_rectangle(grid: tuple[int, ...], start: Sequence[Any], stop: Sequence[Any], angle: Any) -> Array:
    if not all(math.isfinite(c) for c in (*start, *stop, angle)):
        return np.zeros(grid, bool)
    sides = [exact(b) - exact(a) for a, b in zip(start, stop, strict=True)]
    middles = [(exact(a) + exact(b) - 1) / 2 for a, b in zip(start, stop, strict=True)]
    if min(sides) <= 0:
        return np.zeros(grid, bool)
    return np.full(grid, turned.rectangle(grid, middles, [float(side) for side in sides], angle))


def _sphere_kind(kinds: Kinds) -> Kind:
    ndim = len(kinds["grid"].shape or ())
    if ndim < 3:
        raise Refused(messages.SPHERE_FLAT, ndim=ndim)
    return drawn_kind(kinds)


_SPHERE = Gives(frozenset({"mask"}), _sphere_kind)


@function(gives=_SPHERE, halo=0, cost=1, memory=1, total=True, remark=missed_around("zyx", ["radius"] * 3))
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
    """Sum over the last axes of ((place - centre) / radius)**2 <= 1."""
    inside = np.zeros(grid[-len(centre) :], bool)
    if all(math.isfinite(c) for c in centre):  # no pixel is near a point at inf or nan
        _fill(inside, *in_whole_numbers(centre, radii))
    return np.full(grid, inside)


def in_whole_numbers(centre: Sequence[Any], radii: Sequence[Distance]) -> tuple[list[tuple[int, Fraction]], int]:
    """For each of the last axes a scale and the middle, and what the sum of squares may be at most.

    With centre = p / q and q * radius = n / d, and L the common multiple of all n, each term is
    (k * (q * place - p) / L)**2 with k = d * L / n. A radius of 0 gets a k with which any other place is beyond L.
    """
    middles = [exact(c) for c in centre]
    spacings = [r.spacing[a] if r.spacing else 1 for a, r in enumerate(radii, -len(radii))]
    reaches = [m.denominator * r.radius / s for m, r, s in zip(middles, radii, spacings, strict=True)]
    most = math.lcm(*(r.numerator for r in reaches if r))
    scales = [r.denominator * most // r.numerator if r else most + 1 for r in reaches]
    return [*zip(scales, middles, strict=True)], most**2


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
