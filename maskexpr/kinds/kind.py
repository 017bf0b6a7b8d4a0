"""What the checker knows of a value: its kind, shape, type, range and spacing, before any pixel is read."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kinds.grid import Grid
from maskexpr.kinds.ranges import ANYTHING, Bounds, Range

# Kinds that are taken together in many places.
SEGMENTATIONS = frozenset({"mask", "labels"})  # what each pixel belongs to
INTENSITIES = frozenset({"image", "colour"})  # what was measured at each pixel
ARRAYS = SEGMENTATIONS | INTENSITIES
BINARY_OR_GREY = frozenset({"mask", "image"})
OF_ONE_CHANNEL = SEGMENTATIONS | BINARY_OR_GREY
NUMERIC_ARRAYS = frozenset({"image", "labels"})  # one number a pixel
SAMPLED = {"image": "samples", "labels": "samples", "mask": "mask samples"}  # what values of some of the pixels are
SAMPLES = frozenset(SAMPLED.values())
NUMERIC = NUMERIC_ARRAYS | {"number", "samples"}
ARITHMETIC = frozenset({"number", "image", "samples"})  # what arithmetic gives
LOGICAL = frozenset({"mask", "truth", "mask samples"})
SCALARS = frozenset({"number", "truth"})  # one value, whatever the pixels
MEASURES = SCALARS | {"list"}  # what is found in pixels
GIVEN = ARRAYS | SCALARS  # what an input can be
RESULTS = ARRAYS | MEASURES | {"table"}  # what an output can be
QUANTITIES = frozenset({"length", "size"})
NAMES = RESULTS | QUANTITIES | SAMPLES | {"text", "masks", "images", "predicate", "properties", "none"}

MOST_AXES = 8
"""Of an array, beside channels: more than microscopes have, and few enough that the neighbours of a pixel, three along
each axis, are no burden."""

DECLARED = ("image", "mask", "colour", "labels", "number")
"""What an input may be declared to be, as lists show them."""


class _NotConstant:
    def __repr__(self) -> str:
        return "NOT_CONSTANT"

    def __reduce__(self) -> str:
        return "NOT_CONSTANT"


NOT_CONSTANT = _NotConstant()


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a value and all that is known of it.

    An integer image or number has a `range`; a floating one has none, but `bounds` where they are known. An array kind
    without a `dtype`, or an `unknown` one, belongs to an input that has not been given yet: `options` lists what it may
    turn out to be. A list whose items can be taken has their number as its `shape`, and their range. Samples have no
    shape, as the pixels tell how many there are: `most` is how many there can be. What an input states of where its
    pixels lie, beside their spacing, is its `grid`. A table has `columns`, and at `most` so many rows; one without any
    columns is not known yet. What is taken of it by name is samples, those of its rows, with a unit as their spacing.
    """

    name: str
    shape: tuple[int, ...] | None = None  # without the channels of a colour image
    dtype: np.dtype[Any] | None = None
    range: Range | None = None
    channels: int = 0
    spacing: tuple[Fraction, ...] | None = None  # millimetres per pixel, per axis
    origin: str = ""  # the input the shape comes from, and its file: "im, brain.nii.gz"; for messages
    power: int = 0  # of a length (1) or size (2, 3)
    constant: Any = NOT_CONSTANT
    options: frozenset[str] = frozenset()
    most: int = 0
    bounds: Bounds | None = None
    grid: Grid | None = None
    is_partial: bool = False  # some pixels are without data
    nodata: float | None = None  # what an input holds there
    columns: tuple["Column", ...] = ()  # of a table
    is_of_rows: bool = False  # samples: of a table, one a row, and not of pixels

    @property
    def limits(self) -> Bounds:
        """Where its values lie, as far as that is known; of an image, samples or a number."""
        if self.range is not None:
            return Bounds(self.range.low, self.range.high)
        if self.name == "number" and self.is_constant:
            value = self.constant
            return ANYTHING if value != value else Bounds(value, value)
        return self.bounds or ANYTHING

    @property
    def sides(self) -> tuple[float, float]:
        """The height and width of a pixel of a plane, in millimetres; 1 and 1 where they are not known."""
        height, width = self.spacing[-2:] if self.spacing and len(self.spacing) > 1 else (1, 1)
        return float(height), float(width)

    @property
    def channel_names(self) -> tuple[str, ...]:
        """What the channels of a colour image are called; () where they have no names."""
        names = self.grid.channels if self.grid is not None else ()
        return names if len(names) == self.channels else ()

    @property
    def is_rgb(self) -> bool:
        """Whether the channels are red, green and blue, and perhaps alpha; those of a picture have no names."""
        names = tuple(name.lower() for name in self.channel_names)
        return self.channels in (3, 4) and (not names or names[:3] == ("red", "green", "blue"))

    @property
    def input_name(self) -> str:
        """The input that the shape comes from."""
        return self.origin.partition(",")[0]

    @property
    def is_array(self) -> bool:
        return self.name in ARRAYS

    @property
    def is_samples(self) -> bool:
        return self.name in SAMPLES

    @property
    def holds_pixels(self) -> bool:
        """Whether it holds values of pixels: an array, or samples of one."""
        return self.is_array or self.is_samples

    @property
    def is_constant(self) -> bool:
        return self.constant is not NOT_CONSTANT

    @property
    def is_complete(self) -> bool:
        """Whether everything that result types depend on is known."""
        if self.name == "unknown":
            return False
        if self.name == "table":
            return bool(self.columns)
        return self.dtype is not None if self.holds_pixels else True

    @property
    def ndim(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    @property
    def word(self) -> str:
        """The name, or what an unknown value comes closest to."""
        if self.is_of_rows:
            return "column"
        if self.name != "unknown":
            return self.name
        if len(self.options) == 1:
            return next(iter(self.options))
        if self.options <= {"list", "masks"}:
            return "list"
        if self.options <= SAMPLES:
            return "samples"
        if self.options <= LOGICAL:
            return "mask"
        return "image" if self.options <= ARRAYS | SAMPLES | {"number"} else "value"

    def may_be(self, names: frozenset[str] | set[str]) -> bool:
        return bool(self.options & names) if self.name == "unknown" else self.name in names

    def surely(self, names: frozenset[str] | set[str]) -> bool:
        return self.options <= names if self.name == "unknown" else self.name in names

    def with_constant(self, value: Any) -> "Kind":
        return replace(self, constant=value)

    def __str__(self) -> str:
        if self.name == "unknown":
            return "value"
        if self.name == "none":
            return "none"
        if self.name == "table" and self.columns:
            return "table of " + ", ".join(column.name for column in self.columns)
        words = [self.word if self.is_of_rows else self.name]
        if self.name == "list":
            return f"list of {self.shape[0]}" if self.shape else "list"
        if self.shape is not None:
            words.append(shape_text(self.shape, self.channels))
        if self.dtype is not None and self.name in INTENSITIES | {"samples"}:
            words.append(str(self.dtype))
        if self.name == "colour" and self.channel_names:
            words.append("with channels " + ", ".join(self.channel_names))
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what is known of its values, an image kind without a shape; and what they are in, "" for
    pixels, grey values and whatever has no unit."""

    name: str
    kind: Kind
    unit: str = ""


def mask_of(kind: Kind) -> Kind:
    """The kind of a mask of the pixels of an array."""
    return Kind("mask", kind.shape, np.dtype(bool), None, 0, kind.spacing, kind.origin, grid=kind.grid)


def shape_text(shape: tuple[int, ...], channels: int = 0) -> str:
    """A shape as people write it: 880x380."""
    return "x".join(str(n) for n in (*shape, *([channels] if channels else [])))


def unknown(options: frozenset[str] | set[str] = NAMES) -> Kind:
    """A value of which only the possible kinds are known; a plain kind where just one is possible."""
    if len(options) == 1:
        return Kind(next(iter(options)))
    return Kind("unknown", options=frozenset(options))


def number(values: Range | None = None, constant: Any = NOT_CONSTANT) -> Kind:
    """A number: whole if it has a range, else floating."""
    if isinstance(constant, int) and values is None:
        values = Range(constant, constant)
    return Kind("number", range=values, constant=constant)


TRUTH = Kind("truth")
NONE = Kind("none", constant=None)


def text(value: str) -> Kind:
    return Kind("text", constant=value)


def quantity(value: Fraction, power: int) -> Kind:
    """A length (power 1) or a size (area 2, volume 3) in millimetres."""
    return Kind("length" if power == 1 else "size", power=power, constant=value)
