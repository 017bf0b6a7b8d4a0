"""The pixels of regions, as what is measured on many regions at once needs them.

Counts, sums of whole numbers and moments are exact integers; a sum of floating values is the exact sum, rounded once.
The pixels are gone through block of rows by block, so that what is measured takes little memory beside the regions.
"""

import copy
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from maskexpr.functions.parameters import Array, Masks
from maskexpr.functions.settling import exact
from maskexpr.kernels import hulls, meshes, outlines, regional, spans
from maskexpr.kernels.spans import Numbered, OfLabels, Spans
from maskexpr.library import elements
from maskexpr.library.regions.distances import to_off

_FEW_BITS = 62  # of whole numbers that are computed in int64
_FLOAT_BITS = 53  # of whole numbers that are exact in float64


class Regions:
    """The regions of a mask, numbered from 1 to `count` without gaps, and what they are measured on.

    What several properties need is computed once. `axes` are those worked on, none for all; "of each pixel" means of
    the pixels that are in a region. `image` has their grey values, which are known where `measured` is on, or
    everywhere; `to` is the mask that distances are measured to, `parent` labels or a mask whose regions may cover
    these. `numbers` are the regions' own where these are labels. With `steps`, the length of a pixel along each axis
    that is worked on, lengths and sizes are told in the unit of these, not in pixels.
    """

    def __init__(
        self,
        labels: Array | Numbered,
        count: int,
        image: Array | None = None,
        axes: tuple[int, ...] | None = None,
        measured: Masks | None = None,
        *,
        to: Masks | None = None,
        parent: Array | None = None,
        numbers: Array | None = None,
        steps: Sequence[Fraction] | None = None,
    ) -> None:
        self._numbered = OfLabels(labels) if isinstance(labels, np.ndarray) else labels
        self.count, self.image, self._measured, self.to, self.parent = count, image, measured, to, parent
        self.shape = self._numbered.shape
        self.axes = tuple(elements.worked_axes(axes, len(self.shape)))
        self.numbers: Array = np.arange(1, count + 1) if numbers is None else numbers
        self.steps = None if steps is None else tuple(steps)

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

    def with_steps(self, steps: Sequence[Fraction] | None) -> "Regions":
        """The same regions, told in another unit."""
        other = copy.copy(self)
        other.steps = None if steps is None else tuple(steps)
        return other

    # --- other grey values ---

    def of(self, image: Array, measured: Masks | None = None) -> "Regions":
        """The same regions, measured on another image; what is known of their places is known of these, too."""
        other = copy.copy(self)
        other.image, other._measured = image, measured
        for name in ("_sums", "_grouped"):
            other.__dict__.pop(name, None)
        return other

    def where_measured(self, values_of: "Callable[[Regions], Array]") -> Array:
        """What depends on grey values, of the pixels where they are known; nan for regions that have no such pixel."""
        if self._measured is None:
            return values_of(self)
        labels = np.where(self._measured, self._numbered.labels, 0)
        found = np.bincount(labels.ravel(), minlength=self.count + 1)[1:] > 0
        numbers = np.append(0, np.where(found, np.cumsum(found), 0))
        count = int(np.count_nonzero(found))
        if not count:
            return np.full(self.count, np.nan)
        values = values_of(Regions(numbers[labels], count, self.image, self.axes, steps=self.steps))
        if count == self.count:
            return values
        spread = np.full((*values.shape[:-1], self.count), np.nan)
        spread[..., found] = values
        return spread

    # --- pixels ---

    @property
    def labels(self) -> Array:
        """The number of each pixel's region."""
        return self._numbered.labels

    def _spans(self) -> Iterator[Spans]:
        yield from spans.spans_of(self._numbered)

    def _turned(self) -> Numbered:
        return spans.turned(self._numbered, self.axes)

    def _along(self, found: Spans) -> tuple[list[Array], Array]:
        """Where the first pixel of each span lies along the axes that are worked on, and which of these it goes along,
        as the length of the span along each."""
        ndim = len(self.shape)
        places = [*spans.coordinates(found, self.shape), found.start]
        return [places[axis] for axis in self.axes], np.array([axis == ndim - 1 for axis in self.axes])

    def _values(self, change: "Callable[[Spans, Array], Array] | None" = None) -> regional.Pass:
        """The grey values of each pixel, maybe changed."""

        def again() -> Iterator[regional.Block]:
            assert self.image is not None
            for found in self._spans():
                if len(found.owner):
                    values = found.pixels_of(self.image)
                    lengths = found.lengths
                    yield (
                        found.owner,
                        np.cumsum(lengths) - lengths,
                        values if change is None else change(found, values),
                    )

        return again

    # --- places ---

    @cached_property
    def sizes(self) -> Array:
        """The number of pixels of each region."""
        sizes = np.zeros(self.count, np.int64)
        for found in self._spans():
            np.add.at(sizes, found.owner, found.lengths)
        return sizes

    @cached_property
    def _box(self) -> tuple[Array, Array]:
        starts = np.full((len(self.axes), self.count), np.iinfo(np.int64).max)
        lasts = np.full((len(self.axes), self.count), -1)
        for found in self._spans():
            places, goes = self._along(found)
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

    @cached_property
    def _place_sums(self) -> tuple[list[Array], dict[tuple[int, int], Array]]:
        """The sums over each region's pixels of their places in its box, and of the products of two of these."""
        rows = range(len(self.axes))
        longest = int((self.stops - self.starts).max(initial=1))
        most = int(self.sizes.max(initial=1)) * longest**2
        whole: Any = np.int64 if max(most, longest**3).bit_length() < _FEW_BITS else object
        sums = [np.zeros(self.count, whole) for _ in rows]
        products = {(i, j): np.zeros(self.count, whole) for i in rows for j in rows if i <= j}
        for found in self._spans():
            places, goes = self._along(found)
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

    @cached_property
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

    @cached_property
    def rows(self) -> tuple[Array, Array, Array, Array]:
        """The rows of each region, along the last of the axes that are worked on: their regions, where they lie along
        the axes before, shape (axes, rows), and the first and the last pixel of each; ordered by region, then by
        place."""
        parts = []
        for found in self._spans():
            places, goes = self._along(found)
            last = found.stop - 1 if goes[-1] else places[-1]
            parts.append(_joined(np.stack([found.owner, *places[:-1]]), places[-1], last))
        if not parts:
            empty = np.zeros(0, np.int64)
            return empty, np.zeros((len(self.axes) - 1, 0), np.int64), empty, empty
        keys, first, last = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
        keys, first, last = _joined(keys, first, last)
        return keys[0], keys[1:], first, last

    @property
    def corners(self) -> tuple[Array, Array, Array, Array]:
        """The rows of regions of a plane: region, place, first and last pixel."""
        owner, places, first, last = self.rows
        return owner, places[0], first, last

    @property
    def ends(self) -> tuple[Array, Array]:
        """The pixels at both ends of each row: their regions, and where they lie, of shape (axes, pixels)."""
        owner, places, first, last = self.rows
        both = [np.concatenate([places, end[np.newaxis]]) for end in (first, last)]
        return np.tile(owner, 2), np.concatenate(both, axis=1)

    @cached_property
    def hull_sizes(self) -> Array:
        """The number of pixels in the convex hull of each region."""
        if not self.count:
            return np.zeros(0, np.int64)
        owner, places = self.ends
        return hulls.hull_sizes(places.T, owner, self.count)

    # --- outlines and surfaces ---

    @cached_property
    def perimeters(self) -> Array:
        return outlines.perimeters(self._turned(), self.count)

    @cached_property
    def euler_numbers(self) -> Array:
        return meshes.euler_numbers(self._turned(), len(self.axes), self.count)

    @cached_property
    def triangles(self) -> meshes.Triangles:
        """The triangles of the surface of each region of a volume."""
        return meshes.triangles(self._turned(), self.starts, self.count)

    # --- beside others ---

    @property
    def distances(self) -> Array:
        """The least distance of each region's pixels to the mask `to`, in the unit."""
        assert self.to is not None
        steps = [Fraction(1)] * len(self.shape)
        for axis, step in zip(self.axes, self.steps or (), strict=False):
            steps[axis] = step / min(self.steps or (Fraction(1),))
        inside = self.of(to_off(~self.to, steps, self.axes))
        return inside.least

    @property
    def parents(self) -> Array:
        """The number of the region of `parent` that covers most of each; 0 for none."""
        assert self.parent is not None
        found: list[Array] = []
        values = self.of(self.parent)._values()
        most = int(self.parent.max(initial=0)) + 1
        for owner, begins, block in values():
            lengths = np.diff(begins, append=len(block))
            pairs, counts = np.unique(np.repeat(owner, lengths) * most + block, return_counts=True)
            found.append(np.stack([pairs, counts]))
        if not found:
            return np.zeros(self.count, np.int64)
        pairs, counts = np.concatenate(found, axis=1)
        unique, places = np.unique(pairs, return_inverse=True)
        total = np.zeros(len(unique), np.int64)
        np.add.at(total, places, counts)
        owner, number = np.divmod(unique, most)
        owner, number, total = owner[number > 0], number[number > 0], total[number > 0]
        order = np.lexsort((-number, total, owner))  # of those that cover most the lowest comes last
        parents = np.zeros(self.count, np.int64)
        parents[owner[order]] = number[order]
        return parents

    # --- grey values ---

    @property
    def least(self) -> Array:
        """The smallest grey value of each region; nan if any is nan; a zero has no sign."""
        assert self.image is not None
        return regional.extremes(self._values(), self.count, self.image.dtype, np.minimum)

    @property
    def most(self) -> Array:
        """The largest grey value of each region, in the same way."""
        assert self.image is not None
        return regional.extremes(self._values(), self.count, self.image.dtype, np.maximum)

    @property
    def is_whole(self) -> bool:
        """Whether grey values are integers."""
        assert self.image is not None
        return self.image.dtype.kind != "f"

    @cached_property
    def _sums(self) -> Array:
        if self.is_whole:
            return regional.whole_sums(self._values(), self.count)
        return regional.float_sums(self._values(), self.count, int(self.sizes.max(initial=0)))

    @property
    def image_sums(self) -> Array:
        """The sum of the grey values of each region: of whole ones exactly, of floating ones rounded once to
        float64."""
        return self._sums

    @property
    def square_sums(self) -> Array:
        """The sum of the squares of whole grey values, exactly."""
        return regional.whole_sums(self._values(), self.count, 2)

    def squared_distances(self, middles: Array) -> Array:
        """The exact sum of the squared distances of floating grey values from a number for each region, each rounded to
        float64, rounded once."""

        def distances(found: Spans, values: Array) -> Array:
            away = values.astype(np.float64) - np.repeat(middles[found.owner], found.lengths)
            return np.asarray(np.square(away))

        return regional.float_sums(self._values(distances), self.count, int(self.sizes.max(initial=0)))

    @property
    def weighted_centroids(self) -> Array:
        """The mean place of each region's pixels, each as heavy as its grey value: shape (axes, count)."""
        return np.stack([self._weighted_centroid(i) for i in range(len(self.axes))])

    def _weighted_centroid(self, i: int) -> Array:
        start = self.starts[i]

        def moments(found: Spans, values: Array) -> Array:
            places, goes = self._along(found)
            lengths = found.lengths
            offset = np.repeat(places[i] - start[found.owner], lengths)
            if goes[i]:
                offset += spans.ranges(np.zeros(len(lengths), np.int64), lengths)
            if values.dtype.kind == "f":
                return np.asarray(values * offset.astype(np.float64))
            room = roomy(values, largest(values) * int(offset.max()))
            return np.asarray(room * offset)

        weight = self.image_sums
        if not self.is_whole:
            along = regional.float_sums(self._values(moments), self.count, int(self.sizes.max(initial=0)))
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.where(weight == 0, np.nan, along / weight + start)
        along = regional.whole_sums(self._values(moments), self.count)
        total = along.astype(object) + start * weight.astype(object)
        return quotients(total, weight.astype(object))

    def percentiles(self, q: float) -> Array:
        """The value below which q percent of each region's lie, interpolated, and rounded once to float64."""
        values, begin = self._grouped
        numerator, denominator = (exact(q) / 100).as_integer_ratio()
        places = (self.sizes - 1).astype(object) * numerator
        index = (places // denominator).astype(np.int64)
        left = (places % denominator).astype(object)
        low = values[begin + index]
        high = values[begin + index + (left > 0)]
        result = low.astype(np.float64)
        last = values[begin + self.sizes - 1]
        between = np.flatnonzero((left > 0) & (low != high))
        result[between] = [
            _between(a, b, Fraction(rest, denominator))
            for a, b, rest in zip(low[between].tolist(), high[between].tolist(), left[between].tolist(), strict=True)
        ]
        return np.asarray(np.where(last != last, np.nan, result + 0))  # nan is sorted last

    @cached_property
    def _grouped(self) -> tuple[Array, Array]:
        """The grey values, one region after the other and in order within each, and where each begins."""
        assert self.image is not None
        values, begin = regional.by_region(self._values(), self.count, self.image.dtype.newbyteorder("="))
        stops = [*begin.tolist(), len(values)]
        for start, stop in itertools.pairwise(stops):
            if stop - start > 1:
                values[start:stop].sort()
        return values, begin


def _joined(keys: Array, first: Array, last: Array) -> tuple[Array, Array, Array]:
    """Spans of one row as one, from the first to the last pixel; ordered by their keys."""
    order = np.lexsort(keys[::-1])
    keys, first, last = keys[:, order], first[order], last[order]
    begins = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))[: keys.shape[1]])
    if not len(begins):
        return keys, first, last
    return keys[:, begins], np.minimum.reduceat(first, begins), np.maximum.reduceat(last, begins)


def _between(low: float, high: float, share: Fraction) -> float:
    if not (math.isfinite(low) and math.isfinite(high)):
        return low + high
    return float(Fraction(low) + share * (Fraction(high) - Fraction(low)))


def sum_type(dtype: np.dtype[Any], pixels: int) -> np.dtype[Any]:
    """The type of sums of so many values: of 64 bits where every one fits, else float64."""
    if dtype.kind != "f" and dtype.itemsize < 8 and (pixels << 8 * dtype.itemsize).bit_length() < 64:
        return np.dtype(np.int64)
    return np.dtype(np.float64)


def largest(values: Array) -> int:
    """The largest magnitude."""
    return max(int(values.max()), -int(values.min()))


def roomy(values: Array, most: int) -> Array:
    """Whole values in a type that holds numbers up to `most`: Python's own where int64 does not."""
    return values.astype(np.int64 if most < 2**63 else object)


def floating(values: Array) -> Array:
    """Exact numbers rounded to float64."""
    return values.astype(np.float64)


def quotients(a: Array, b: Array) -> Array:
    """Exact whole numbers divided, each rounded once; nan where the divisor is 0."""
    if a.dtype != object and b.dtype != object:
        most = max(int(np.abs(v).max(initial=0)) for v in (a, b))
        if most.bit_length() <= _FLOAT_BITS:
            return np.asarray(np.divide(a, b, out=np.full(a.shape, np.nan), where=b != 0))
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return np.array([x / y if y else np.nan for x, y in pairs], np.float64).reshape(a.shape)
