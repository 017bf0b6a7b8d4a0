"""Where the pixels of regions are, and the forms they make, as what is measured on many regions at once needs them.

Counts and moments are exact integers. The pixels are gone through block of rows by block, so that what is measured
takes little memory beside the regions.
"""

import copy
import functools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Generic, Self, TypeVar, cast

import numpy as np

from maskexpr.functions.parameters import Array
from maskexpr.kernels import calipers, hulls, meshes, outlines, place_sums, region_rows, spans
from maskexpr.kernels.spans import Numbered, OfLabels, Spans
from maskexpr.kernels.stopping import pause
from maskexpr.library import elements

Value = TypeVar("Value")

_SPANS = "spans"
_PIXELS_PER_SPAN = 32  # so that those that are kept take a byte a pixel
_FEW_BITS = 62  # of whole numbers that are computed in int64


class _Shared(Generic[Value]):
    """A property of regions that is computed once for them, whatever they are measured on and in which unit."""

    def __init__(self, compute: "Callable[[Any], Value]") -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __get__(self, regions: "Places", owner: type | None = None) -> Value:
        kept = regions.shared
        if self._compute not in kept:
            kept[self._compute] = self._compute(regions)
        return cast(Value, kept[self._compute])


class Places:
    """The regions of a mask, numbered from 1 to `count` without gaps, and where they are.

    What several properties need is computed once, and is `shared` with copies of these regions that are measured on
    other images, or in another unit. `axes` are those worked on, none for all. With `steps`, the length of a pixel
    along each axis that is worked on, lengths and sizes are told in the unit of these, not in pixels.
    """

    def __init__(
        self,
        labels: Array | Numbered,
        count: int,
        axes: tuple[int, ...] | None = None,
        steps: Sequence[Fraction] | None = None,
    ) -> None:
        self.numbered = OfLabels(labels) if isinstance(labels, np.ndarray) else labels
        self.count, self.shape = count, self.numbered.shape
        self.axes = tuple(elements.worked_axes(axes, len(self.shape)))
        self.steps = None if steps is None else tuple(steps)
        self.shared: dict[Any, Any] = {}

    # --- units ---

    @property
    def unit(self) -> Fraction | None:
        """The length of a pixel along the axis along which it is shortest, in the unit of the steps; none where all is
        told in pixels."""
        return None if self.steps is None else min(self.steps)

    @property
    def weights(self) -> tuple[float, ...]:
        """How much longer a pixel is along each axis that is worked on."""
        return tuple(float(step / min(self.steps)) for step in self.steps) if self.steps else (1.0,) * len(self.axes)

    def sized(self, numbers: Array) -> Array:
        """Numbers of pixels as sizes in the unit to the power of the number of axes."""
        size = math.prod(self.weights)
        return numbers if size == 1 else np.asarray(numbers * size)

    def placed(self, places: Array) -> Array:
        """Positions along each axis, once or several times, as lengths in the unit."""
        if set(self.weights) == {1.0}:
            return places
        return np.asarray(places * np.tile(self.weights, len(places) // len(self.axes))[:, np.newaxis])

    def with_steps(self, steps: Sequence[Fraction] | None) -> Self:
        """The same regions, told in another unit."""
        other = copy.copy(self)
        other.steps = None if steps is None else tuple(steps)
        return other

    # --- pixels ---

    @property
    def labels(self) -> Array:
        """The number of each pixel's region."""
        return self.numbered.labels

    def spans(self) -> Iterator[Spans]:
        """The spans of the regions' pixels along the rows; where they are long, they are kept for the next pass."""
        kept = self.shared.get(_SPANS)
        if kept is not None:
            yield from kept
            return
        found, room = list[Spans](), math.prod(self.shape) // _PIXELS_PER_SPAN
        for some in spans.spans_of(self.numbered):
            room -= len(some.owner)
            if room >= 0:
                found.append(some)
            else:
                found.clear()
            yield some
        if room >= 0:
            self.shared[_SPANS] = found

    def _turned(self) -> Numbered:
        return spans.turned(self.numbered, self.axes)

    def along(self, found: Spans) -> tuple[Array, int | None]:
        """Where the first pixel of each span lies along the axes that are worked on, shape (axes, spans), and which of
        these it goes along."""
        places = [*spans.coordinates(found, self.shape), found.start]
        last = len(self.shape) - 1
        return np.stack([places[axis] for axis in self.axes]), self.axes.index(last) if last in self.axes else None

    # --- places ---

    @_Shared
    def sizes(self) -> Array:
        """The number of pixels of each region."""
        return spans.sizes(self.spans(), self.count)

    @_Shared
    def _box(self) -> tuple[Array, Array]:
        starts = np.full((len(self.axes), self.count), np.iinfo(np.int64).max)
        lasts = np.full((len(self.axes), self.count), -1)
        for found in self.spans():
            places, along = self.along(found)
            place_sums.widen_boxes(starts, lasts, found.owner, places, found.lengths, along)
        return starts, lasts + 1

    @property
    def starts(self) -> Array:
        """The first position of each region along each axis."""
        return self._box[0]

    @property
    def stops(self) -> Array:
        """The position behind the last one of each region along each axis."""
        return self._box[1]

    @_Shared
    def _place_sums(self) -> tuple[Array, Array]:
        """The sums over each region's pixels of their places in its box, and of the products of two of these."""
        longest = int((self.stops - self.starts).max(initial=1))
        most = int(self.sizes.max(initial=1)) * longest**2
        whole: Any = np.int64 if max(most, longest**3).bit_length() < _FEW_BITS else object
        sums = np.zeros((len(self.axes), self.count), whole)
        products = np.zeros((len(self.axes), len(self.axes), self.count), whole)
        for found in self.spans():
            places, along = self.along(found)
            places -= self.starts.take(found.owner, axis=1)
            place_sums.add_places(sums, products, found.owner, places, found.lengths, along)
        return sums, products

    @property
    def offset_sums(self) -> Array:
        """The sum of the places of each region's pixels in its box, along each axis."""
        return self._place_sums[0]

    @_Shared
    def moments(self) -> Array:
        """The covariances of each region's coordinates times its size squared, exactly: shape (axes, axes, count)."""
        sums, products = self._place_sums
        size, rows = self.sizes, range(len(self.axes))
        if products.dtype == object or int(size.max(initial=1)) * int(products.max(initial=1)) >= 2**_FEW_BITS:
            size, sums, products = (values.astype(object) for values in (size, sums, products))
        half = {(i, j): size * products[i, j] - sums[i] * sums[j] for i in rows for j in rows if i <= j}
        return np.stack([np.stack([half[min(i, j), max(i, j)] for j in rows]) for i in rows])

    @property
    def weighed_moments(self) -> Array:
        """The same in the unit."""
        if set(self.weights) == {1.0}:
            return self.moments
        assert self.steps
        weights = [step / min(self.steps) for step in self.steps]
        return np.stack([[w * v * along for v, along in zip(weights, row, strict=True)]
                         for w, row in zip(weights, self.moments.astype(object), strict=True)])  # fmt: skip

    @_Shared
    def rows(self) -> tuple[Array, Array, Array, Array]:
        """The rows of each region, along the last of the axes that are worked on: their regions, where they lie along
        the axes before, shape (axes, rows), and the first and the last pixel of each; ordered by region, then by
        place."""
        empty = np.zeros(0, np.int32)
        rows, waiting, held = (np.zeros((len(self.axes), 0), np.int32), empty, empty), [], 0
        for found in self.spans():
            places, along = self.along(found)
            last = places[-1] if along is None else found.stop - 1
            narrow = np.stack([found.owner, *places, last]).astype(np.int32)
            waiting.append((narrow[:-2], narrow[-2], narrow[-1]))
            held += len(last)
            if held > max(spans.BLOCK, len(rows[1])):
                rows, waiting, held = region_rows.joined([rows, *waiting]), [], 0
        keys, first, last = region_rows.joined([rows, *waiting])
        return keys[0], keys[1:], first, last

    def _in_groups(self, measure: "Callable[[Array, Array, Array, Array, int], Array]", dtype: Any) -> Array:
        """What is measured on the rows of regions, some regions at a time: their regions from 0, places, first and last
        pixels, and how many regions there are."""
        owner, places, first, last = self.rows
        result = np.empty(self.count, dtype)
        begin = np.searchsorted(owner, np.arange(self.count + 1))
        low = 0
        while low < self.count:
            pause()
            high = max(low + 1, int(np.searchsorted(begin, begin[low] + spans.BLOCK // 16, "right")) - 1)
            some = slice(int(begin[low]), int(begin[high]))
            wide = (part[..., some].astype(np.int64) for part in (owner, places, first, last))
            result[low:high] = _measured(measure, low, high - low, *wide)
            low = high
        return result

    @_Shared
    def hull_sizes(self) -> Array:
        """The number of pixels in the convex hull of each region."""
        return self._in_groups(hulls.sizes_of_rows, np.int64)

    @property
    def longest(self) -> Array:
        """The largest distance of two corners of pixels of each region of a plane, in the unit."""
        return self._in_groups(functools.partial(_calipers, calipers.longest, self.weights), np.float64)

    @property
    def narrowest(self) -> Array:
        """The least distance of two parallel lines around each region of a plane, in the unit."""
        return self._in_groups(functools.partial(_calipers, calipers.narrowest, self.weights), np.float64)

    @property
    def diameters(self) -> Array:
        """The largest distance of two points of the surface of each region of a volume, in the unit."""

        def measure(owner: Array, places: Array, first: Array, last: Array, count: int) -> Array:
            return meshes.diameters(*hulls.ends_of_rows(owner, places, first, last), count, self.weights)

        return self._in_groups(measure, np.float64)

    # --- outlines and surfaces ---

    @_Shared
    def perimeters(self) -> Array:
        return outlines.perimeters(self._turned(), self.count)

    @_Shared
    def euler_numbers(self) -> Array:
        return meshes.euler_numbers(self._turned(), len(self.axes), self.count)

    @_Shared
    def triangles(self) -> meshes.Triangles:
        """The triangles of the surface of each region of a volume."""
        return meshes.triangles(self._turned(), self.starts, self.count)


def _measured(measure: "Callable[..., Array]", low: int, count: int, owner: Array, *rows: Array) -> Array:
    return measure(owner - low, *rows, count)


def _calipers(
    measure: "Callable[..., Array]",
    weights: tuple[float, ...],
    owner: Array,
    places: Array,
    first: Array,
    last: Array,
    count: int,
) -> Array:
    return measure(owner, places[0], first, last, count, weights)
