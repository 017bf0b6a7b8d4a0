"""What stands on the two sides of an object of another library: what is taken of it, and what is given back in its
place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kinds.grid import AXES, Grid, Place

Array = np.ndarray[Any, Any]
Sizes = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """An array, and what the object that it came from says beside the numbers.

    Attributes
    ----------
    array
        Its axes are in the order t, z, y, x, as far as there are such, channels last.
    spacing
        The size of a pixel in millimetres, in axis order, channels aside; 1 for time.
    kind
        The kind of an object that states whether it has channels.
    left_out
        The numbers that a masked array leaves out.
    grid
        The names of the axes, and the place of the pixels.
    valid
        Where there is data.
    nodata
        The number that stands for no data.
    order
        Which axes of the object those of the array are, channels aside; None where they are in its order.
    """

    array: Array
    spacing: Sizes | None = None
    kind: str | None = None
    left_out: Array | None = None
    grid: Grid | None = None
    valid: Array | None = None
    nodata: float | None = None
    order: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """An array that lies on a grid, to be given back, masked or not; its axes are as in `Given`, a mask is bools."""

    array: Array
    kind: str
    spacing: tuple[Fraction, ...] | None
    grid: Grid

    @property
    def has_channels(self) -> bool:
        return self.kind == "colour"

    @property
    def numbers(self) -> Array:
        """The array, a mask as 0 and 1."""
        array = np.asarray(self.array)
        return array.view(np.uint8) if array.dtype == bool else array

    def lies(self, spacing: Sizes | None, grid: Grid) -> bool:
        """Whether it lies where an image of this grid, and of pixels of this size, does."""
        return self.spacing == spacing and replace(self.grid, spacing=None) == replace(grid, spacing=None)

    @property
    def letters(self) -> str:
        """The names of its axes, channels aside."""
        ndim = self.array.ndim - self.has_channels
        return self.grid.axes or (AXES[-ndim:] if 0 < ndim <= len(AXES) else "")

    @property
    def ways(self) -> list[Place]:
        """From pixel to pixel along the axes of space, x first."""
        return [way for way in reversed(self.grid.steps or ()) if way is not None]


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """One library's images: declared as LIBRARY by a module of this room.

    Attributes
    ----------
    holds
        Whether a value is one of them. A library that was not imported has none: it is never imported to find out.
    taken
        What one says, as the kind that a program declares for it.
    given_back
        An array as one of them, in the place of the one that was given; None where they cannot express what is known
        of it.
    together
        What several in a list say, which make up one image; None where each is taken by itself, one after another.
    """

    holds: Callable[[Any], bool]
    taken: Callable[[Any, str | None], Given]
    given_back: Callable[[Any, Made], Any]
    together: Callable[[Sequence[Any], str | None], Given] | None = None
