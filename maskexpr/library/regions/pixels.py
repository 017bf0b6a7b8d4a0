"""What regions are measured on: their pixels' grey values, and what lies beside them.

A sum of whole values is exact, a sum of floating ones is the exact sum, rounded once.
"""

import copy
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from maskexpr.functions.parameters import Array, Masks
from maskexpr.functions.settling import exact
from maskexpr.kernels import regional, runs, spans
from maskexpr.kernels.distances import lengths_of
from maskexpr.kernels.spans import Numbered, Spans
from maskexpr.library.regions.distances import places_of_off
from maskexpr.library.regions.places import Places
from maskexpr.library.regions.rounding import largest, quotients, roomy

_OF_IMAGE = ("_where_measured", "image_sums", "_grouped")


class Regions(Places):
    """The regions of a mask, numbered from 1 to `count` without gaps, and what they are measured on.

    `image` has the grey values of their pixels, which are known where `measured` is on, or everywhere; `to` is the mask
    that distances are measured to, `parent` labels or a mask whose regions may cover these; `ends` is on where pixels
    lie at the border of what has data, none where that is the image's. `numbers` are the regions' own where these are
    labels.
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
        ends: Masks | None = None,
        numbers: Array | None = None,
        steps: Sequence[Fraction] | None = None,
    ) -> None:
        super().__init__(labels, count, axes, steps)
        self.image, self._measured, self.to, self.parent = image, measured, to, parent
        self.ends = ends
        self.numbers: Array = np.arange(1, count + 1) if numbers is None else numbers

    def parts(self) -> "Iterator[Regions]":
        """The same regions a limited number at a time, so that what is kept of each takes little memory."""
        for numbered, low, high in spans.parts(self.numbered, self.count):
            part = Regions(numbered, high - low, self.image, self.axes, self._measured, numbers=self.numbers[low:high])
            part.to, part.parent, part.ends, part.steps = self.to, self.parent, self.ends, self.steps
            yield part

    # --- other grey values ---

    def of(self, image: Array, measured: Masks | None = None) -> "Regions":
        """The same regions, measured on another image; what is known of their places is known of these, too."""
        other = copy.copy(self)
        other.image, other._measured = image, measured
        for name in _OF_IMAGE:
            other.__dict__.pop(name, None)
        return other

    def where_measured(self, values_of: "Callable[[Regions], Array]", parts: int = 0) -> Array:
        """What depends on grey values, of the pixels where they are known; nan for regions that have no such pixel.
        `parts` is how many numbers each region has, 0 for one that is no list."""
        if self._measured is None:
            return values_of(self)
        found, some = self._where_measured
        if not some.count:
            return np.full((parts, self.count) if parts else self.count, np.nan)
        values = values_of(some.with_steps(self.steps))
        if some.count == self.count:
            return values
        spread = np.full((*values.shape[:-1], self.count), np.nan)
        spread[..., found] = values
        return spread

    @cached_property
    def _where_measured(self) -> "tuple[Masks, Regions]":
        """Which regions have a pixel whose value is known, and these pixels of theirs."""
        assert self._measured is not None
        within = spans.Within(self.numbered, self._measured, np.arange(self.count + 1, dtype=np.int32))
        found = spans.sizes(spans.spans_of(within), self.count) > 0
        numbers = np.append(0, np.where(found, np.cumsum(found), 0)).astype(np.int32)
        some = spans.Within(self.numbered, self._measured, numbers)
        return found, Regions(some, int(np.count_nonzero(found)), self.image, self.axes)

    def _values(self, change: "Callable[[Spans, Array], Array] | None" = None) -> regional.Pass:
        """The grey values of each pixel, maybe changed."""

        def again() -> Iterator[regional.Block]:
            assert self.image is not None
            for found in self.spans():
                if len(found.owner):
                    values = found.pixels_of(self.image)
                    lengths = found.lengths
                    yield (
                        found.owner,
                        np.cumsum(lengths) - lengths,
                        values if change is None else change(found, values),
                    )

        return again

    # --- beside others ---

    @property
    def distances(self) -> Array:
        """The least distance of each region's pixels to the mask `to`, in the unit."""
        assert self.to is not None
        steps = [Fraction(1)] * len(self.shape)
        for axis, step in zip(self.axes, self.steps or (), strict=False):
            steps[axis] = step / min(self.steps or (Fraction(1),))
        nearest = places_of_off(~self.to, steps, self.axes)
        shape, lengths = [self.shape[axis] for axis in self.axes], [steps[axis] for axis in self.axes]

        def distances() -> Iterator[regional.Block]:
            for found in self.spans():
                if len(found.owner):
                    there = [found.pixels_of(places) for places in nearest]
                    ways = (a - b for a, b in zip(there, self._places_of_pixels(found), strict=True))
                    values = np.where(there[0] < 0, np.inf, lengths_of(ways, lengths, shape))
                    yield found.owner, np.cumsum(found.lengths) - found.lengths, values

        return regional.extremes(distances, self.count, np.float64, np.minimum)

    def _places_of_pixels(self, found: Spans) -> Iterator[Array]:
        """Where each pixel of spans lies along each of the axes that are worked on."""
        lengths = found.lengths
        places, along = self.along(found)
        for axis, place in enumerate(places):
            yield runs.ranges(place, lengths) if axis == along else np.repeat(place, lengths)

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
    def image_sums(self) -> Array:
        """The sum of the grey values of each region: of whole ones exactly, of floating ones rounded once to
        float64."""
        if self.is_whole:
            return regional.whole_sums(self._values(), self.count)
        return regional.float_sums(self._values(), self.count, int(self.sizes.max(initial=0)))

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
            places, along = self.along(found)
            lengths = found.lengths
            offset = np.repeat(places[i] - start[found.owner], lengths)
            if along == i:
                offset += runs.ranges(np.zeros(len(lengths), np.int64), lengths)
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


def _between(low: float, high: float, share: Fraction) -> float:
    if not (math.isfinite(low) and math.isfinite(high)):
        return low + high
    return float(Fraction(low) + share * (Fraction(high) - Fraction(low)))
