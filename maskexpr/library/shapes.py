"""Coordinates and drawn shapes, on the one grid of the program's images. Coordinates count pixels from 0."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr import messages
from maskexpr.arguments import Array, Distance, GridShape, Number, Reach, ResultKind, exact
from maskexpr.builtin import Gives, Kinds, Refused, builtin, like_grid
from maskexpr.kinds import Kind
from maskexpr.library.operators import compare
from maskexpr.ranges import Range, smallest_type


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


@builtin(gives=_coordinates("x"), halo=0, cost=1, memory=0, bare=True)
def x(grid: GridShape, kind: ResultKind) -> Array:
    """The column of each pixel, from 0 at the left: its index along the last axis. Written without brackets.

    An image of the grid that the program's images share, of the smallest integer type that holds it.

    Errors: images of several shapes in the program, or none.

    >>> evaluate("where(im > 0, x, 0)", im=[[1, 1, 1], [0, 1, 1]])
    array([[0, 1, 2],
           [0, 1, 2]], dtype=uint8)
    """
    return _coordinate("x", grid, kind)


@builtin(gives=_coordinates("y"), halo=0, cost=1, memory=0, bare=True)
def y(grid: GridShape, kind: ResultKind) -> Array:
    """The row of each pixel, from 0 at the top: its index along the last axis but one. Written without brackets.

    An image of the grid that the program's images share, of the smallest integer type that holds it.

    Errors: images of several shapes in the program, or none; images of one axis.

    >>> evaluate("where(im > 0, y, 0)", im=[[1, 1, 1], [0, 1, 1]])
    array([[0, 0, 0],
           [0, 1, 1]], dtype=uint8)
    """
    return _coordinate("y", grid, kind)


@builtin(gives=_coordinates("z"), halo=0, cost=1, memory=0, bare=True)
def z(grid: GridShape, kind: ResultKind) -> Array:
    """The slice of each pixel, from 0: its index along the last axis but two. Written without brackets.

    An image of the grid that the program's images share, of the smallest integer type that holds it.

    Errors: images of several shapes in the program, or none; images of less than three axes.

    >>> evaluate("max(where(im > 0, z, 0))", im=np.ones((4, 2, 2), np.uint8))
    3
    """
    return _coordinate("z", grid, kind)


def _drawn_kind(kinds: Kinds) -> Kind:
    _axis("y", kinds["grid"].shape or ())
    return like_grid("mask", {"grid": kinds["grid"]}, np.bool_)


_DRAWN = Gives(frozenset({"mask"}), _drawn_kind)


_EVERYWHERE = Gives(frozenset({"mask"}), lambda kinds: like_grid("mask", {"grid": kinds["grid"]}, np.bool_))


@builtin(gives=_EVERYWHERE, halo=0, cost=1, memory=0)
def empty(grid: GridShape) -> Array:
    """The mask without any pixel, on the grid that the program's images share. Written `empty()`.

    Errors: images of several shapes in the program, or none.

    >>> evaluate("where(area(m) > 1, m, empty())", m=np.array([[True, False]]))
    array([[False, False]])
    """
    return np.zeros(grid, bool)


@builtin(gives=_EVERYWHERE, halo=0, cost=1, memory=0)
def full(grid: GridShape) -> Array:
    """The mask of every pixel, on the grid that the program's images share. Written `full()`.

    Errors: images of several shapes in the program, or none.

    >>> evaluate("full() & ~m", m=np.array([[True, False]]))
    array([[False,  True]])
    """
    return np.ones(grid, bool)


@builtin(gives=_DRAWN, halo=0, cost=1, memory=0)
def rectangle(y0: Number, x0: Number, y1: Number, x1: Number, grid: GridShape) -> Array:
    """The pixels with y0 <= y < y1 and x0 <= x < x1: those that the slice im[y0:y1, x0:x1] takes.

    Numbers may have fractions and depend on pixels. Unlike in a slice a negative number is a place outside the image,
    not one counted from its end. Goes through all slices of a stack.

    Errors: images of several shapes in the program, or none; images of one axis.

    >>> evaluate("rectangle(0, 1, 2, 3) & (im > 0)", im=np.ones((3, 4), np.uint8)).astype(int)
    array([[0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 0, 0, 0]])
    """
    rows, columns = np.arange(grid[-2])[:, np.newaxis], np.arange(grid[-1])
    in_rows = compare(">=", rows, y0) & compare("<", rows, y1)
    return np.full(grid, in_rows & compare(">=", columns, x0) & compare("<", columns, x1))


@builtin(gives=_DRAWN, halo=0, cost=1, memory=0)
def circle(y: Number, x: Number, radius: Reach, grid: GridShape) -> Array:
    """The pixels at most `radius` from the point (y, x), measured between centres in exact arithmetic.

    `y` and `x` may have fractions, lie outside the image and depend on pixels. A radius that is a length is measured
    with the spacing of the last two axes, so that the circle is an ellipse in pixels where they differ. Goes through
    all slices of a stack.

    Errors: a negative radius; a length where the spacing is unknown; images of several shapes in the program, or none;
    images of one axis.

    >>> evaluate("circle(1, 2, 1) & (im > 0)", im=np.ones((3, 4), np.uint8)).astype(int)
    array([[0, 0, 1, 0],
           [0, 1, 1, 1],
           [0, 0, 1, 0]])
    """
    plane = np.zeros(grid[-2:], bool)
    if _is_place(y) and _is_place(x):
        for row, start, stop in _chords(exact(y), exact(x), radius, grid[-2]):
            plane[row, max(0, start) : max(0, stop)] = True
    return np.full(grid, plane)


def _is_place(value: Any) -> bool:
    """No pixel is near a point at inf or nan."""
    return math.isfinite(value)


def _chords(y: Fraction, x: Fraction, radius: Distance, rows: int) -> list[tuple[int, int, int]]:
    """The rows a circle meets, each with the columns where it starts and stops."""
    step_y, step_x = radius.spacing[-2:] if radius.spacing else (Fraction(1), Fraction(1))
    chords = []
    for row in range(max(0, -_reached(-y, (radius.radius / step_y) ** 2)), rows):
        square = (radius.radius**2 - ((row - y) * step_y) ** 2) / step_x**2
        if square < 0:
            break
        chords.append((row, -_reached(-x, square), _reached(x, square) + 1))
    return chords


def _reached(start: Fraction, square: Fraction) -> int:
    """The last whole number up to start + sqrt(square), exactly."""
    whole = start.denominator * square.denominator
    root = math.isqrt(start.denominator**2 * square.numerator * square.denominator)
    return (start.numerator * square.denominator + root) // whole
