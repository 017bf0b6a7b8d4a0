"""Coordinates of the one grid of the program's images, in pixels from 0."""

import numpy as np

from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, GridShape, ResultKind
from maskexpr.functions.record import function
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Range, smallest_type
from maskexpr.library.shapes.places import axis_of


def _coordinates(name: str) -> Gives:
    def rule(kinds: Kinds) -> Kind:
        shape = kinds["grid"].shape or ()
        values = Range(0, shape[axis_of(name, shape)] - 1)
        return like_grid("image", kinds, smallest_type(values), values)

    return Gives(frozenset({"image"}), rule)


def _coordinate(name: str, grid: tuple[int, ...], kind: Kind) -> Array:
    axis = axis_of(name, grid)
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
