"""What text headers of volumes state of the place of their pixels, in the order of the language's axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from maskexpr.kinds.grid import Grid, Place, rounded

LENGTHS = {
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 1.0),
    **dict.fromkeys(("um", "micron", "microns", "micrometer", "micrometers", "µm"), 0.001),
    **dict.fromkeys(("cm", "centimeter", "centimeters"), 10.0),
    **dict.fromkeys(("m", "meter", "meters"), 1000.0),
    **dict.fromkeys(("nm", "nanometer", "nanometers"), 1e-6),
}
"""Millimetres in a unit of length, by the names that files have for it."""
_SMALLEST, _LARGEST = 1e-30, 1e30  # sizes that something can have
_SPACE = 3


@dataclass(frozen=True, slots=True)
class Stored:
    """What a header states of its axes, the one along which samples follow one another first.

    Attributes
    ----------
    axes
        A letter for each: "t", "c" for channels, "s" for one of space, "1" for one of length 1 that is no axis.
    ways
        The way from a pixel to the next one along each axis of space, in millimetres of the world; None where that is
        not stated, and for other axes.
    sizes
        The size of a pixel along each axis of space in millimetres, where that is stated.
    origin
        Where the first pixel lies.
    """

    axes: str
    ways: tuple[Place | None, ...]
    sizes: tuple[float | None, ...]
    origin: Place | None = None
    world: str = ""
    channels: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """Which stored axes those of the array are, as numbers of a stored array whose first axis is the last one here:
        time, those of space, and channels."""
        ndim = len(self.axes)
        return tuple(ndim - 1 - place for letter in "tsc" for place in self._places(letter))

    def _places(self, letter: str) -> list[int]:
        return [place for place, own in reversed([*enumerate(self.axes)]) if own == letter]

    @property
    def known(self) -> str:
        """The names of the array's axes, channels aside."""
        return "t" * self.axes.count("t") + "zyx"[_SPACE - self.axes.count("s") :]

    def spacing(self) -> tuple[Fraction, ...] | None:
        """The sizes of pixels, 1 for time; None where one of them is not stated or none that something can have."""
        sizes = [self.sizes[place] for place in self._places("s")]
        found = [size for size in sizes if size is not None and _SMALLEST < size < _LARGEST]
        if not found or len(found) < len(sizes):
            return None
        return (*[Fraction(1)] * self.axes.count("t"), *map(rounded, found))

    def grid(self) -> Grid:
        ways = [self.ways[place] for place in self._places("s")]
        if self.origin is None or self.spacing() is None or not all(way and _is_finite(way) for way in ways):
            return Grid(self.known, channels=self.channels)
        steps = (*[None] * self.axes.count("t"), *(_in_space(way) for way in ways if way is not None))
        origin = _in_space(self.origin) if _is_finite(self.origin) else None
        return Grid(self.known, origin, steps, self.world, self.channels)


def length(way: Sequence[float]) -> float:
    return math.sqrt(sum(part * part for part in way))


def _is_finite(place: Place) -> bool:
    return all(math.isfinite(part) and abs(part) < _LARGEST for part in place)


def _in_space(place: Place) -> Place:
    """With three coordinates, and no zero below zero."""
    return tuple(part + 0.0 for part in (*place, *[0.0] * _SPACE)[:_SPACE])
