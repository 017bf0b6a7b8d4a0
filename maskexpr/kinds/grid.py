"""Where the pixels of an array lie: the names of its axes, and its place in the world."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

Place = tuple[float, ...]

AXES = "tzyx"
"""The names of axes in their order, channels aside: time, and the three of space."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What an input states of its pixels beside how many there are and how large they are.

    Two arrays of one expression lie on one grid. An input that states nothing fits any of its shape.

    Attributes
    ----------
    axes
        A letter of `AXES` for each axis of the array, channels aside; "" where the input does not say: the last ones
        are z, y, x then.
    origin
        Where the centre of the first pixel lies, in millimetres along the axes of the world; None where that is not
        known.
    steps
        For each axis the way from a pixel to the next one along it, in millimetres along the axes of the world; None
        for time. Exactly as the file has it, where a spacing is rounded to six digits.
    world
        What the axes of the world are: "LPS" leads to the left, the back and the head of a patient; "" is no patient.
    channels
        What the channels of a colour image are called, where the file names them.
    spacing
        The size of a pixel that goes with these steps. It may be another than their lengths: slices that are tilted lie
        nearer to each other than their corners.
    stated
        What a file says besides, for files of the same format that are written from it: pairs in the order of keys.
    """

    axes: str = ""
    origin: Place | None = None
    steps: tuple[Place | None, ...] | None = None
    world: str = ""
    channels: tuple[str, ...] = ()
    stated: tuple[tuple[str, Any], ...] = ()
    spacing: tuple[Fraction, ...] | None = None

    @property
    def is_placed(self) -> bool:
        """Whether it says where the pixels lie."""
        return self.origin is not None and self.steps is not None

    @property
    def time(self) -> int | None:
        """The number of the axis of time, if one is named."""
        return self.axes.index("t") if "t" in self.axes else None

    def get(self, key: str) -> Any:
        """What is stated under a key; None if nothing is."""
        return dict(self.stated).get(key)

    def difference(self, other: "Grid", shape: Sequence[int]) -> str:
        """How another grid of arrays of the same shape differs from this one, in words; "" if it does not.

        Two places are one where no corner of the image moves by more than a hundredth of a pixel: files keep them in 32
        bits, or as a few decimals.
        """
        if self.axes and other.axes and self.axes != other.axes:
            return f"their axes are {', '.join(self.axes)} and {', '.join(other.axes)}"
        if self.world != other.world or not (self.is_placed and other.is_placed):
            return ""
        first, second = _corners(self, shape), _corners(other, shape)
        most = max((_length(_minus(a, b)), i) for i, (a, b) in enumerate(zip(first, second, strict=True)))
        if most[0] <= _TOLERANCE * min(_length(way) for way in self.steps or () if way is not None):
            return ""
        if _length(_minus(first[0], second[0])) >= most[0] / 2:
            return f"their first pixels lie at {_text(first[0])} and {_text(second[0])} mm"
        return f"their corners are up to {most[0]:.4g} mm apart: they are turned"

    @property
    def text(self) -> str:
        """It in words: the axes with where they lead to in a patient, where the first pixel lies, the channels."""
        words = [f"axes {', '.join(self.axes)}"] if self.axes else []
        if self.is_placed:
            words.append(f"first pixel at {_text(self.origin or ())} mm" + (f" ({self.world})" if self.world else ""))
            names = self.axes or AXES[len(AXES) - len(self.steps or ()) :]
            pairs = zip(names, self.steps or (), strict=False)
            ways = [f"{name} {_leads(way)}" for name, way in pairs if way is not None and self.world == "LPS"]
            words += [", ".join(ways)] if any(ways) else []
        if self.channels:
            words.append(f"channels {', '.join(self.channels)}")
        return "; ".join(words)

    def cropped(self, starts: Sequence[int | Fraction], steps: Sequence[int], kept: Sequence[int]) -> "Grid":
        """That of a part: where it starts and how it goes along each axis of this one, and the axes that are left."""
        grid = replace(self, axes="".join(self.axes[axis] for axis in kept) if self.axes else "", spacing=None)
        if self.origin is None or self.steps is None:
            return grid
        origin = list(self.origin)
        for start, way in zip(starts, self.steps, strict=True):
            if way is not None:
                origin = [place + float(start) * along for place, along in zip(origin, way, strict=True)]
        ways = [self.steps[axis] for axis in kept]
        left = tuple(way and tuple(part * steps[axis] for part in way) for axis, way in zip(kept, ways, strict=True))
        return replace(grid, origin=tuple(origin), steps=left)

    def without(self, dropped: Sequence[int], ndim: int) -> "Grid":
        """That of what is left when some of so many axes are taken together."""
        kept = [axis for axis in range(ndim) if axis not in dropped]
        return self.cropped([0] * ndim, [1] * ndim, kept)

    def sized(self, spacing: Sequence[Fraction | float]) -> "Grid":
        """The same place with pixels of another size; one that is so already, to six digits, stays as it is."""
        if self.steps is None or self.spacing == tuple(spacing):
            return self
        scaled = [_of_length(way, size) for way, size in zip(self.steps, spacing, strict=True)]
        return replace(self, steps=tuple(scaled), spacing=None)


_TOLERANCE = 0.01  # of a pixel
_SIDES = (("right", "left"), ("front", "back"), ("feet", "head"))  # of a patient, along each axis of LPS


def _leads(way: Place) -> str:
    """From which side of a patient to which one a way leads, more or less."""
    axis = max(range(len(way)), key=lambda part: abs(way[part]))
    low, high = _SIDES[axis]
    start, end = (low, high) if way[axis] > 0 else (high, low)
    around = "" if abs(way[axis]) > 0.999 * _length(way) else ", oblique"
    return f"from {start} to {end}{around}"


def _corners(grid: Grid, shape: Sequence[int]) -> list[Place]:
    """Where the pixels at the corners lie, the first one first."""
    assert grid.origin is not None
    corners = [grid.origin]
    for length, way in zip(shape, grid.steps or (), strict=True):
        if way is not None:
            corners += [
                tuple(c + (length - 1) * w for c, w in zip(corner, way, strict=True)) for corner in list(corners)
            ]
    return corners


def _minus(a: Place, b: Place) -> Place:
    return tuple(p - q for p, q in zip(a, b, strict=True))


def _length(way: Place) -> float:
    return math.sqrt(sum(part * part for part in way))


def _text(place: Place) -> str:
    return ", ".join(f"{part:.6g}" for part in place)


def _of_length(way: Place | None, length: Fraction | float) -> Place | None:
    found = 0.0 if way is None else _length(way)
    if way is None or not found or rounded(found) == length:
        return way
    return tuple(part / found * float(length) for part in way)


def rounded(size: float) -> Fraction:
    """The size of a pixel that a file states, to the six digits that are certain: the 0.1 of 32 bits is 1/10."""
    return Fraction(f"{size:.6g}")
