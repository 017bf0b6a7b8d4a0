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
from maskexpr.kernels import calipers, hulls, meshes, outlines, spans
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

    def along(self, found: Spans) -> tuple[list[Array], Array]:
        """Where the first pixel of each span lies along the axes that are worked on, and which of these it goes along,
        as the length of the span along each."""
        ndim = len(self.shape)
        places = [*spans.coordinates(found, self.shape), found.start]
        return [places[axis] for axis in self.axes], np.array([axis == ndim - 1 for axis in self.axes])

    # --- places ---

    @_Shared
    def sizes(self) -> Array:
        """The number of pixels of each region."""
        return spans.sizes(self.numbered, self.count)

    @_Shared
    def _box(self) -> tuple[Array, Array]:
        starts = np.full((len(self.axes), self.count), np.iinfo(np.int64).max)
        lasts = np.full((len(self.axes), self.count), -1)
        for found in self.spans():
            places, goes = self.along(found)
            for start, last, place, along in zip(starts, lasts, places, goes, strict=True):
                np.minimum.at(start, found.owner, place)
                np.maximum.at(last, found.owner, found.stop - 1 if along else place)
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
    def _place_sums(self) -> tuple[list[Array], dict[tuple[int, int], Array]]:
        """The sums over each region's pixels of their places in its box, and of the products of two of these."""
        rows = range(len(self.axes))
        longest = int((self.stops - self.starts).max(initial=1))
        most = int(self.sizes.max(initial=1)) * longest**2
        whole: Any = np.int64 if max(most, longest**3).bit_length() < _FEW_BITS else object
        sums = [np.zeros(self.count, whole) for _ in rows]
        products = {(i, j): np.zeros(self.count, whole) for i in rows for j in rows if i <= j}
        for found in self.spans():
            places, goes = self.along(found)
            n = found.lengths.astype(whole)
            a = [(place - start[found.owner]).astype(whole) for place, start in zip(places, self.starts, strict=True)]
            # Along the rows places go from the first one on: their sum, and that of their squares.
            total = [n * k + n * (n - 1) // 2 if along else n * k for k, along in zip(a, goes, strict=True)]
            for i in rows:
                np.add.at(sums[i], found.owner, total[i])
                for j in range(i, len(self.axes)):
                    if i != j:
                        product = total[i] * a[j] if goes[i] else total[j] * a[i]
                    elif goes[i]:
                        product = n * a[i] ** 2 + a[i] * n * (n - 1) + (n - 1) * n * (2 * n - 1) // 6
                    else:
                        product = n * a[i] ** 2
                    np.add.at(products[i, j], found.owner, product)
        return sums, products

    @property
    def offset_sums(self) -> list[Array]:
        """The sum of the places of each region's pixels in its box, along each axis."""
        return self._place_sums[0]

    @_Shared
    def moments(self) -> Array:
        """The covariances of each region's coordinates times its size squared, exactly: shape (axes, axes, count)."""
        sums, products = self._place_sums
        size = self.sizes.astype(object)
        sums = [along.astype(object) for along in sums]
        half = {(i, j): size * total - sums[i] * sums[j] for (i, j), total in products.items()}
        rows = range(len(self.axes))
        return np.stack([np.stack([half[min(i, j), max(i, j)] for j in rows]) for i in rows])

    @property
    def weighed_moments(self) -> Array:
        """The same in the unit."""
        if set(self.weights) == {1.0}:
            return self.moments
        assert self.steps
        weights = [step / min(self.steps) for step in self.steps]
        return np.stack([[w * v * along for v, along in zip(weights, row, strict=True)]
                         for w, row in zip(weights, self.moments, strict=True)])  # fmt: skip

    @_Shared
    def rows(self) -> tuple[Array, Array, Array, Array]:
        """The rows of each region, along the last of the axes that are worked on: their regions, where they lie along
        the axes before, shape (axes, rows), and the first and the last pixel of each; ordered by region, then by
        place."""
        empty = np.zeros(0, np.int32)
        rows, waiting, held = (np.zeros((len(self.axes), 0), np.int32), empty, empty), [], 0
        for found in self.spans():
            places, goes = self.along(found)
            last = found.stop - 1 if goes[-1] else places[-1]
            narrow = np.stack([found.owner, *places[:-1], places[-1], last]).astype(np.int32)
            waiting.append(_joined(narrow[:-2], narrow[-2], narrow[-1]))
            held += len(last)
            if held > max(spans.BLOCK, len(rows[1])):
                rows, waiting, held = _all_joined([rows, *waiting]), [], 0
        keys, first, last = _all_joined([rows, *waiting])
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
        return self._in_groups(_hull_sizes, np.int64)

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
            return meshes.diameters(*_ends(owner, places, first, last), count, self.weights)

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


def _ends(owner: Array, places: Array, first: Array, last: Array) -> tuple[Array, Array]:
    """The pixels at both ends of rows: their regions, and where they lie, of shape (axes, pixels)."""
    both = [np.concatenate([places, end[np.newaxis]]) for end in (first, last)]
    return np.tile(owner, 2), np.concatenate(both, axis=1)


def _hull_sizes(owner: Array, places: Array, first: Array, last: Array, count: int) -> Array:
    """Of regions by their rows; those that fill their box need no hull, which in a volume takes long."""
    sizes = _sizes_of_boxes(owner, places, first, last, count)
    lengths = np.zeros(count, np.int64)
    np.add.at(lengths, owner, last - first + 1)
    left = np.flatnonzero(lengths < sizes)
    some = np.isin(owner, left)
    numbers = np.zeros(count, np.int64)
    numbers[left] = np.arange(len(left))
    owner, ends = _ends(numbers[owner[some]], places[:, some], first[some], last[some])
    sizes[left] = hulls.hull_sizes(ends.T, owner, len(left))
    return sizes


def _sizes_of_boxes(owner: Array, places: Array, first: Array, last: Array, count: int) -> Array:
    """The number of pixels of the box around each region."""
    sizes = np.ones(count, np.int64)
    for low, high in ((first, last), *((place, place) for place in places)):
        start, end = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
        np.minimum.at(start, owner, low)
        np.maximum.at(end, owner, high)
        sizes *= end - start + 1
    return sizes


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


def _all_joined(parts: list[tuple[Array, Array, Array]]) -> tuple[Array, Array, Array]:
    keys, first, last = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    return _joined(keys, first, last)


def _joined(keys: Array, first: Array, last: Array) -> tuple[Array, Array, Array]:
    """Spans of one row as one, from the first to the last pixel; ordered by their keys."""
    order = np.lexsort(keys[::-1])
    keys, first, last = keys[:, order], first[order], last[order]
    begins = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))[: keys.shape[1]])
    if not len(begins):
        return keys, first, last
    return keys[:, begins], np.minimum.reduceat(first, begins), np.maximum.reduceat(last, begins)
