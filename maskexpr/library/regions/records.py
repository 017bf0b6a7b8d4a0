"""The record of a property of regions, and the decorator that makes it from a Python function."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

import numpy as np

from maskexpr.functions.docstrings import doc_of
from maskexpr.functions.parameters import Array
from maskexpr.functions.record import first_sentence
from maskexpr.kernels.spans import FEW
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import ANYTHING, LABEL_NUMBERS, Bounds, Range
from maskexpr.library.measures.statistics import pixels
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.rounding import sum_type

Body = TypeVar("Body", bound=Callable[..., Any])

PLAIN: Final = 0
LENGTH: Final = 1
SIZE: Final = -1  # a length to the power of the number of axes

Needs = Literal["", "of", "to", "parent"]
Rule = Callable[[Kind, Kind | None], Kind]


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """One property of regions.

    Attributes
    ----------
    body
        From regions to an array of one value each; where there are parts, an array of shape (parts, count). One with an
        argument is given it, too.
    gives
        Type and range of the values, from the kinds of the mask and the image: an image kind without a shape, of truth
        values a mask kind without one.
    power
        What it can be compared with: PLAIN numbers only, a LENGTH, or a SIZE (mm2 in a plane, mm3 in a volume).
    dimensions
        The numbers of axes for which it has a meaning; none for all.
    parts
        How many numbers for each axis, taken apart as in `centroid[0]`; 0 for one number a region.
    needs
        What it is measured on beside the regions, as `keep` and `measure` call it: "of" images, "to" a mask, "parent"
        labels or a mask; "" for nothing.
    argument
        The least and the most of the constant number that it is called with, as in `percentile_intensity(90)`; none
        where it is not called.
    square
        Whether it has a meaning in pixels, and in units only where pixels are of one length along all axes.
    light
        Whether no more than some numbers for each region are kept while it is measured, so that all regions can be
        measured together, however many they are.
    """

    name: str
    body: Callable[..., Array]
    gives: Rule
    power: int
    dimensions: frozenset[int] | None
    parts: int
    needs: Needs
    argument: tuple[float, float] | None
    square: bool
    light: bool

    @property
    def needs_image(self) -> bool:
        """Whether it is measured on grey values."""
        return self.needs == "of"

    @property
    def doc(self) -> str:
        return doc_of(self.body)

    @property
    def summary(self) -> str:
        return first_sentence(self.doc)

    def kind(self, regions: Kind, image: Kind | None = None, *, in_units: bool = False) -> Kind:
        """Type and range of its values; `in_units` says that lengths and sizes are not in pixels."""
        kind = self.gives(regions, image)
        if not (in_units and self.power):
            return kind
        return replace(kind, dtype=np.dtype(np.float64), range=None, bounds=Bounds(0, math.inf))


PROPERTIES: dict[str, Property] = {}


def values_of(name: str, regions: Regions, argument: float | None = None) -> Array:
    """The values of a property, one a region; of one with parts a row for each part.

    Lengths, sizes and positions are in pixels, or in the unit of the steps that the regions have; rounded once more
    then. A region without grey values has nan for what is measured on these.
    """
    known = PROPERTIES[name]

    def body(regions: Regions) -> Array:
        return known.body(regions) if known.argument is None else known.body(regions, argument)

    def measured(part: Regions) -> Array:
        return part.where_measured(body, known.parts * len(part.axes)) if known.needs_image else body(part)

    if known.light or regions.count <= FEW:
        values = measured(regions)
    else:
        values, low = np.zeros(0), 0
        for part in regions.parts():
            some = measured(part)
            if not low:
                values = np.empty((*some.shape[:-1], regions.count), some.dtype)
            elif some.dtype != values.dtype:  # nan, where nothing is measured
                values = values.astype(np.float64)
            values[..., low : low + part.count] = some
            low += part.count
    if regions.unit is None or not known.power:
        return values
    return _scaled(values, regions.unit ** (known.power if known.power > 0 else len(regions.axes)))


def _scaled(values: Array, unit: Fraction) -> Array:
    """Numbers times an exact one, each rounded once; what is not finite stays so."""
    flat = [float(Fraction(v) * unit) if math.isfinite(v) else float(v) for v in values.ravel().tolist()]
    return np.array(flat, np.float64).reshape(values.shape)


# --- kinds of values -------------------------------------------------------------------------------------------------


def _kind(dtype: Any, values: Range | None = None) -> Kind:
    return Kind("image", dtype=np.dtype(dtype), range=values)


def floats(regions: Kind, image: Kind | None) -> Kind:
    return _kind(np.float64)


def floats_within(low: float, high: float, *, nan: bool = False) -> Rule:
    """Floating values, of which the least and the most is known."""
    return lambda regions, image: replace(floats(regions, image), bounds=Bounds(low, high, nan))


def truths(regions: Kind, image: Kind | None) -> Kind:
    return Kind("mask", dtype=np.dtype(bool))


def means(regions: Kind, image: Kind | None) -> Kind:
    """Floating values among those of the image, where these are whole and all sums exact; rounded once."""
    values, kind = image.range if image is not None else None, floats(regions, image)
    return replace(kind, bounds=values and Bounds(*values).held(kind.dtype))


def among(regions: Kind, image: Kind | None) -> Kind:
    """Floating values between those of the image; rounded once, which leads beyond none of these."""
    kind = floats(regions, image)
    return replace(kind, bounds=image.limits.held(kind.dtype) if image is not None else ANYTHING)


def deviations(regions: Kind, image: Kind | None) -> Kind:
    nan = image is None or image.limits.nan or not image.limits.is_finite
    return replace(floats(regions, image), bounds=Bounds(0, math.inf, nan))


def sums(regions: Kind, image: Kind | None) -> Kind:
    """Whole sums where they fit a type of 64 bits whatever the values are; else floating ones."""
    if image is None or image.range is None or image.dtype is None or regions.shape is None:
        return floats(regions, image)
    dtype = sum_type(image.dtype, math.prod(regions.shape))
    if dtype.kind == "f":
        return floats(regions, image)
    return _kind(dtype, ranges.multiply(image.range, Range(1, pixels(regions).high)))


def counts(regions: Kind, image: Kind | None) -> Kind:
    return _kind(np.int64, pixels(regions)._replace(low=1))


def whole(regions: Kind, image: Kind | None) -> Kind:
    """Whole numbers that have no end that matters."""
    return _kind(np.int64, ranges.of_type(np.dtype(np.int64)))


def numbers(regions: Kind, image: Kind | None) -> Kind:
    """Numbers of regions, or 0."""
    return _kind(np.int64, LABEL_NUMBERS)


def positions(regions: Kind, image: Kind | None) -> Kind:
    return _kind(np.int64, Range(0, max(regions.shape)) if regions.shape else pixels(regions))


def middles(regions: Kind, image: Kind | None) -> Kind:
    """Floating positions."""
    last = max(regions.shape) - 1 if regions.shape else math.inf
    return replace(floats(regions, image), bounds=Bounds(0, last))


def like_image(regions: Kind, image: Kind | None) -> Kind:
    return floats(regions, image) if image is None else replace(_kind(image.dtype, image.range), bounds=image.bounds)


def property_of_regions(
    gives: Rule = floats,
    power: int = PLAIN,
    dimensions: frozenset[int] | None = None,
    parts: int = 0,
    needs: Needs = "",
    argument: tuple[float, float] | None = None,
    *,
    square: bool = False,
    light: bool = False,
) -> Callable[[Body], Body]:
    """Declare a property; the Python function stays what it is, so that others can call it."""

    def register(body: Body) -> Body:
        name = body.__name__
        PROPERTIES[name] = Property(name, body, gives, power, dimensions, parts, needs, argument, square, light)
        return body

    return register
