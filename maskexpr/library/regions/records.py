"""The record of a property of regions, and the decorator that makes it from a Python function."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np

from maskexpr.functions.docstrings import doc_of
from maskexpr.functions.parameters import Array
from maskexpr.functions.record import first_sentence
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Bounds, Range
from maskexpr.library.measures.statistics import pixels
from maskexpr.library.regions.pixels import Regions

Body = TypeVar("Body", bound=Callable[..., Any])

PLAIN: Final = 0
LENGTH: Final = 1
SIZE: Final = -1  # a length to the power of the number of axes

Rule = Callable[[Kind, Kind | None], Kind]


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """One property of regions.

    Attributes
    ----------
    body
        From regions to an array of one value each; where there are parts, an array of shape (parts, count).
    gives
        Type and range of the values, from the kinds of the mask and the image: an image kind without a shape.
    power
        What it can be compared with: PLAIN numbers only, a LENGTH, or a SIZE (mm2 in a plane, mm3 in a volume).
    dimensions
        The numbers of axes for which it has a meaning; none for all.
    parts
        How many numbers for each axis, taken apart as in `centroid[0]`; 0 for one number a region.
    needs_image
        Whether it is measured on grey values.
    """

    name: str
    body: Callable[[Regions], Array]
    gives: Rule
    power: int
    dimensions: frozenset[int] | None
    parts: int
    needs_image: bool

    @property
    def doc(self) -> str:
        return doc_of(self.body)

    @property
    def summary(self) -> str:
        return first_sentence(self.doc)


PROPERTIES: dict[str, Property] = {}


def values_of(name: str, regions: Regions) -> Array:
    """The values of a property, one a region; of one with parts a row for each part."""
    known = PROPERTIES[name]
    return regions.where_measured(known.body) if known.needs_image else known.body(regions)


def _kind(dtype: Any, values: Range | None = None) -> Kind:
    return Kind("image", dtype=np.dtype(dtype), range=values)


def floats(regions: Kind, image: Kind | None) -> Kind:
    return _kind(np.float64)


def floats_within(low: float, high: float) -> Rule:
    """Floating values, of which the least and the most is known."""
    return lambda regions, image: replace(floats(regions, image), bounds=Bounds(low, high))


def means(regions: Kind, image: Kind | None) -> Kind:
    """Floating values among those of the image, where these are whole and all sums exact; rounded once."""
    values, kind = image.range if image is not None else None, floats(regions, image)
    return replace(kind, bounds=values and Bounds(*values).held(kind.dtype))


def deviations(regions: Kind, image: Kind | None) -> Kind:
    nan = image is None or image.limits.nan or not image.limits.is_finite
    return replace(floats(regions, image), bounds=Bounds(0, math.inf, nan))


def counts(regions: Kind, image: Kind | None) -> Kind:
    return _kind(np.int64, pixels(regions)._replace(low=1))


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
    needs_image: bool = False,
) -> Callable[[Body], Body]:
    """Declare a property; the Python function stays what it is, so that others can call it."""

    def register(body: Body) -> Body:
        name = body.__name__
        PROPERTIES[name] = Property(name, body, gives, power, dimensions, parts, needs_image)
        return body

    return register
