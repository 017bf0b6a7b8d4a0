"""Numbered regions as the spans of their pixels along rows, block of rows by block: what is measured on many regions is
added up from these, in memory that does not grow with the pixels.

Regions are numbered from 1 to a count without gaps, 0 is the background. They come as an array of these numbers, or as
runs of a packed mask, from which numbers of some rows are made where they are needed.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.packed import row_words
from maskexpr.kernels.place_sums import add_sizes
from maskexpr.kernels.runs import RegionsOfRuns, ranges
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

BLOCK = 2**16  # pixels that are looked at together
FEW = 2**16  # regions that are measured together


@dataclass(frozen=True, slots=True)
class Spans:
    """The pixels of regions in some rows: for each row without a gap that is one region's, the row, the first place
    along it, the one after the last, and the region, counted from 0. Rows count through all axes but the last."""

    first: int  # of the rows looked at
    last: int  # behind them
    row: Array
    start: Array
    stop: Array
    owner: Array

    @property
    def lengths(self) -> Array:
        return self.stop - self.start

    def pixels_of(self, image: Array) -> Array:
        """The values of an image at all their pixels, one span after the other."""
        values = rows_of(image, self.first, self.last)
        begin = (self.row - self.first) * values.shape[1] + self.start
        return values_at(values.reshape(-1), begin, self.lengths)

    def chosen(self, which: Array) -> "Spans":
        parts = (values[which] for values in (self.row, self.start, self.stop, self.owner))
        return Spans(self.first, self.last, *parts)


class Numbered(Protocol):
    """Regions by their numbers."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def extent(self) -> tuple[int, int]:
        """The first of the rows in which regions lie, and the one behind the last."""
        ...

    @property
    def labels(self) -> Array:
        """The number of each pixel's region."""
        ...

    def rows(self, first: int, last: int) -> Array:
        """The numbers in some rows."""
        ...

    def spans(self, first: int, last: int) -> Spans:
        """The spans in some rows."""
        ...


@dataclass(frozen=True, slots=True)
class OfLabels:
    """Regions by an array of their numbers."""

    labels: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.labels.shape)

    @property
    def extent(self) -> tuple[int, int]:
        return 0, math.prod(self.shape[:-1])

    def rows(self, first: int, last: int) -> Array:
        return rows_of(self.labels, first, last)

    def spans(self, first: int, last: int) -> Spans:
        return spans_in(self.rows(first, last), first, last)


@dataclass(frozen=True, slots=True)
class OfRuns:
    """Regions by the runs of a packed mask."""

    found: RegionsOfRuns

    @property
    def shape(self) -> tuple[int, ...]:
        return self.found.shape

    @property
    def extent(self) -> tuple[int, int]:
        return 0, math.prod(self.shape[:-1])

    @property
    def labels(self) -> Array:
        return self.found.labels()

    def rows(self, first: int, last: int) -> Array:
        spans, width = self.spans(first, last), self.shape[-1]
        rows = np.zeros((last - first, width), np.int32)
        begin = (spans.row - first) * width + spans.start
        paint(rows.reshape(-1), begin, spans.lengths, spans.owner + 1)
        return rows

    def spans(self, first: int, last: int) -> Spans:
        step = 64 * row_words(self.shape[-1])
        runs = self.found.runs
        begin, end = np.searchsorted(runs.starts, (first * step, last * step)).tolist()
        starts, stops = runs.starts[begin:end], runs.stops[begin:end]
        row = starts // step
        return Spans(first, last, row, starts - row * step, stops - row * step, self.found.numbers[begin:end])


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the regions, those behind number `low` and up to `high`, which lie in some rows; numbered from 1."""

    whole: Numbered
    low: int
    high: int
    extent: tuple[int, int]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.whole.shape

    @property
    def labels(self) -> Array:
        return _all_rows(self)

    def rows(self, first: int, last: int) -> Array:
        numbers = self.whole.rows(first, last)
        return np.where((numbers > self.low) & (numbers <= self.high), numbers - self.low, 0)

    def spans(self, first: int, last: int) -> Spans:
        found = self.whole.spans(first, last)
        some = found.chosen((found.owner >= self.low) & (found.owner < self.high))
        return replace(some, owner=some.owner - self.low)


@dataclass(frozen=True, slots=True)
class Within:
    """Regions within a mask, with other numbers: `numbers` has that of each from 0, 0 for those left out."""

    whole: Numbered
    mask: Array
    numbers: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return self.whole.shape

    @property
    def extent(self) -> tuple[int, int]:
        return self.whole.extent

    @property
    def labels(self) -> Array:
        return _all_rows(self)

    def rows(self, first: int, last: int) -> Array:
        numbers = np.where(rows_of(self.mask, first, last), self.whole.rows(first, last), 0)
        return np.asarray(self.numbers.take(numbers))

    def spans(self, first: int, last: int) -> Spans:
        return spans_in(self.rows(first, last), first, last)


@has_compiled
def spans_in(rows: Array, first: int, last: int) -> Spans:
    """The spans in the numbers of some rows."""
    begins = np.ones(rows.shape, bool)
    np.not_equal(rows[:, 1:], rows[:, :-1], out=begins[:, 1:])
    places = np.flatnonzero(begins)
    numbers = rows.reshape(-1).take(places)
    on = np.flatnonzero(numbers)
    row, start = np.divmod(places[on], rows.shape[1])
    stop = start + np.diff(places, append=rows.size)[on]
    return Spans(first, last, row + first, start, stop, numbers[on].astype(np.int64) - 1)


@has_compiled
def values_at(flat: Array, begin: Array, lengths: Array) -> Array:
    """So many values from each beginning on, one stretch after the other."""
    return flat.take(ranges(begin, lengths))


@has_compiled
def paint(flat: Array, begin: Array, lengths: Array, values: Array) -> None:
    """Give stretches of so many places one value each, in place."""
    flat[ranges(begin, lengths)] = np.repeat(values, lengths)


def _all_rows(numbered: Numbered) -> Array:
    labels = np.zeros(numbered.shape, np.int32)
    rows = labels.reshape(-1, numbered.shape[-1])
    for first, last in _blocks(numbered):
        rows[first:last] = numbered.rows(first, last)
    return labels


def _blocks(numbered: Numbered) -> Iterator[tuple[int, int]]:
    (begin, end), width = numbered.extent, numbered.shape[-1]
    step = max(1, BLOCK // max(1, width))
    for first in range(begin, end if width else begin, step):
        pause()
        yield first, min(first + step, end)


def spans_of(numbered: Numbered) -> Iterator[Spans]:
    """All spans, block of rows by block."""
    for first, last in _blocks(numbered):
        yield numbered.spans(first, last)


def sizes(found: Iterable[Spans], count: int) -> Array:
    """The number of pixels of each region."""
    pixels = np.zeros(count, np.int64)
    for some in found:
        add_sizes(pixels, some.owner, some.lengths)
    return pixels


def parts(numbered: Numbered, count: int) -> list[tuple[Numbered, int, int]]:
    """The regions a limited number at a time: those behind one number up to another."""
    if count <= FEW:
        return [(numbered, 0, count)]
    number = -(-count // FEW)
    begin, end = np.full(number, np.iinfo(np.int64).max), np.zeros(number, np.int64)
    for some in spans_of(numbered):
        np.minimum.at(begin, some.owner // FEW, some.row)
        np.maximum.at(end, some.owner // FEW, some.row + 1)
    lows = range(0, count, FEW)
    found = zip(lows, begin.tolist(), end.tolist(), strict=True)
    return [(Part(numbered, n, min(n + FEW, count), (a, b)), n, min(n + FEW, count)) for n, a, b in found]


def rows_of(array: Array, first: int, last: int) -> Array:
    """Some rows of an array, one after another; a copy only where they lie apart."""
    if array.flags.c_contiguous:
        return array.reshape(math.prod(array.shape[:-1]), array.shape[-1])[first:last]
    if array.ndim == 1:
        return np.ascontiguousarray(array)[np.newaxis]
    return np.ascontiguousarray(array[np.unravel_index(np.arange(first, last), array.shape[:-1])])


def coordinates(spans: Spans, shape: tuple[int, ...]) -> list[Array]:
    """Where the spans lie along each axis but the last."""
    return list(np.unravel_index(spans.row, shape[:-1])) if len(shape) > 1 else []


# --- blocks with what lies around ------------------------------------------------------------------------------------


def turned(numbered: Numbered, axes: tuple[int, ...]) -> Numbered:
    """The same with some axes, which ascend, behind the others."""
    ndim = len(numbered.shape)
    if axes == tuple(range(ndim - len(axes), ndim)):
        return numbered
    return OfLabels(np.moveaxis(numbered.labels, axes, range(-len(axes), 0)))


@dataclass(frozen=True, slots=True)
class Slab:
    """The numbers in some layers across the first of the axes that are worked on, with some layers more at either end
    and one place more on all other sides, 0 where these are outside.

    `places` are those of its layers along that axis, `lead` is where it lies along the axes before.
    """

    lead: tuple[int, ...]
    places: range
    numbers: Array


def slabs(numbered: Numbered, ndim: int, around: int) -> Iterator[Slab]:
    """Slabs along the last `ndim` axes, two or more, with so many layers around each."""
    lead, shape = numbered.shape[:-ndim], numbered.shape[-ndim:]
    rows = math.prod(shape[1:-1])  # of a layer
    layer = math.prod(shape[1:])
    step = max(1, BLOCK // max(1, layer))
    if not math.prod(shape):
        return
    begin, end = numbered.extent
    for number, place in enumerate(np.ndindex(*lead)):
        offset = number * shape[0]
        last = min(shape[0], -(-end // rows) - offset + 1)  # with the layer behind: what lies across both is seen there
        for start in range(max(0, begin // rows - offset), last, step):
            stop = min(start + step, last)
            low, high = max(0, start - around), min(shape[0], stop + around)
            room = [(low - start + around, stop + around - high), *((1, 1),) * (ndim - 1)]
            block = numbered.rows((offset + low) * rows, (offset + high) * rows)
            yield Slab(place, range(start, stop), np.pad(block.reshape(high - low, *shape[1:]), room))
