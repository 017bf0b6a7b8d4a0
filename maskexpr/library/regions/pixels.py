"""The pixels of regions, as what is measured on many regions at once needs them.

Counts, sums of whole numbers and moments are exact integers; a sum of floating values is the exact sum, rounded once.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from maskexpr.functions.parameters import Array, Masks
from maskexpr.kernels.sums import label_sums
from maskexpr.library import elements


class Regions:
    """The regions of a mask, numbered from 1 to `count` without gaps, and the image that has their grey values.

    What several properties need is computed once. `axes` are those worked on, none for all; "of each pixel" means of
    the pixels that are in a region, in scan order. Grey values are known where `measured` is on, or everywhere.
    """

    def __init__(
        self,
        labels: Array,
        count: int,
        image: Array | None = None,
        axes: tuple[int, ...] | None = None,
        measured: Masks | None = None,
    ) -> None:
        self.labels, self.count, self.image, self._measured = labels, count, image, measured
        self.axes = tuple(elements.worked_axes(axes, labels.ndim))

    def where_measured(self, values_of: "Callable[[Regions], Array]") -> Array:
        """What depends on grey values, of the pixels where they are known; nan for regions that have no such pixel."""
        if self._measured is None:
            return values_of(self)
        labels = np.where(self._measured, self.labels, 0)
        found = np.bincount(labels.ravel(), minlength=self.count + 1)[1:] > 0
        numbers = np.append(0, np.where(found, np.cumsum(found), 0))
        count = int(np.count_nonzero(found))
        if not count:
            return np.full(self.count, np.nan)
        values = values_of(Regions(numbers[labels], count, self.image, self.axes))
        if count == self.count:
            return values
        spread = np.full(self.count, np.nan)
        spread[found] = values
        return spread

    @cached_property
    def _places(self) -> Array:
        return np.flatnonzero(self.labels)

    @cached_property
    def owners(self) -> Array:
        """The region of each pixel, counted from 0."""
        return self.labels.ravel()[self._places].astype(np.int64) - 1

    @cached_property
    def coordinates(self) -> Array:
        """Where each pixel is along the axes worked on: an array of shape (axes, pixels)."""
        positions = np.unravel_index(self._places, self.labels.shape)
        return np.stack([positions[axis] for axis in self.axes])

    @cached_property
    def values(self) -> Array:
        """The grey value of each pixel."""
        assert self.image is not None
        return self.image.ravel()[self._places]

    @cached_property
    def sizes(self) -> Array:
        """The number of pixels of each region."""
        return np.bincount(self.owners, minlength=self.count)

    @cached_property
    def starts(self) -> Array:
        """The first position of each region along each axis."""
        return np.stack([self.least(positions) for positions in self.coordinates])

    @cached_property
    def stops(self) -> Array:
        """The position behind the last one of each region along each axis."""
        return np.stack([self.most(positions) for positions in self.coordinates]) + 1

    def least(self, values: Array) -> Array:
        """The smallest value of each region's pixels; nan if any is nan; a zero has no sign."""
        return self._reduced(np.minimum, values)

    def most(self, values: Array) -> Array:
        """The largest value of each region's pixels, in the same way."""
        return self._reduced(np.maximum, values)

    def _reduced(self, function: np.ufunc, values: Array) -> Array:
        result = np.empty(self.count, values.dtype)
        result[self.owners] = values
        function.at(result, self.owners, values)
        return np.asarray(result + 0)  # -0.0 becomes 0.0: which of two zeros NumPy takes is not laid down

    def total(self, values: Array) -> Array:
        """The exact sum over each region of a value of each pixel: of whole values Python's integers, of floating ones
        rounded once to float64."""
        if values.dtype.kind == "f":
            return label_sums(self.owners, values, self.count)
        if values.size:
            values = roomy(values, largest(values) * int(self.sizes.max()))
        sums = np.zeros(self.count, values.dtype)
        np.add.at(sums, self.owners, values)
        return sums.astype(object)

    @cached_property
    def offsets(self) -> Array:
        """Where each pixel is in the smallest box around its region."""
        return self.coordinates - self.starts[:, self.owners]

    @cached_property
    def offset_sums(self) -> list[Array]:
        return [self.total(along) for along in self.offsets]

    @cached_property
    def moments(self) -> Array:
        """The covariances of each region's coordinates times its size squared, exactly: shape (axes, axes, count)."""
        size, sums, along = self.sizes.astype(object), self.offset_sums, self.offsets
        rows = range(len(self.axes))
        half = {
            (i, j): size * self.total(along[i] * along[j]) - sums[i] * sums[j] for i in rows for j in rows if i <= j
        }
        return np.stack([np.stack([half[min(i, j), max(i, j)] for j in rows]) for i in rows])


def largest(values: Array) -> int:
    """The largest magnitude."""
    return max(int(values.max()), -int(values.min()))


def roomy(values: Array, most: int) -> Array:
    """Whole values in a type that holds numbers up to `most`: Python's own where int64 does not."""
    return values.astype(np.int64 if most < 2**63 else object)


def floating(values: Array) -> Array:
    """Exact numbers rounded to float64."""
    return values.astype(np.float64)
