"""Numbered regions as the spans of their pixels along rows, block of rows by block: what is measured on many regions is
added up from these, in memory that does not grow with the pixels.

Regions are numbered from 1 to a count without gaps, 0 is the background. They come as an array of these numbers, or as
runs of a packed mask, from which numbers of some rows are made where they are needed.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from maskexpr.kernels.packed import row_words
from maskexpr.kernels.runs import RegionsOfRuns

Array = np.ndarray[Any, Any]

BLOCK = 2**16  # pixels that are looked at together
FEW = 2**20  # regions that are measured together


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
        return values.reshape(-1).take(ranges(begin, self.lengths))

    def chosen(self, which: Array) -> "Spans":
        parts = (values[which] for values in (self.row, self.start, self.stop, self.owner))
        return Spans(self.first, self.last, *parts)


class Numbered(Protocol):
    """Regions by their numbers."""

    @property
    def shape(self) -> tuple[int, ...]: ...

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

    def rows(self, first: int, last: int) -> Array:
        return rows_of(self.labels, first, last)

    def spans(self, first: int, last: int) -> Spans:
        rows = self.rows(first, last)
        begins = np.ones(rows.shape, bool)
        np.not_equal(rows[:, 1:], rows[:, :-1], out=begins[:, 1:])
        places = np.flatnonzero(begins)
        numbers = rows.reshape(-1).take(places)
        on = np.flatnonzero(numbers)
        row, start = np.divmod(places[on], rows.shape[1])
        stop = start + np.diff(places, append=rows.size)[on]
        return Spans(first, last, row + first, start, stop, numbers[on].astype(np.int64) - 1)


@dataclass(frozen=True, slots=True)
class OfRuns:
    """Regions by the runs of a packed mask."""

    found: RegionsOfRuns

    @property
    def shape(self) -> tuple[int, ...]:
        return self.found.shape

    @property
    def labels(self) -> Array:
        return self.found.labels()

    def rows(self, first: int, last: int) -> Array:
        spans, width = self.spans(first, last), self.shape[-1]
        rows = np.zeros((last - first, width), np.int32)
        begin = (spans.row - first) * width + spans.start
        rows.reshape(-1)[ranges(begin, spans.lengths)] = np.repeat(spans.owner + 1, spans.lengths)
        return rows

    def spans(self, first: int, last: int) -> Spans:
        step = 64 * row_words(self.shape[-1])
        runs = self.found.runs
        begin, end = np.searchsorted(runs.starts, (first * step, last * step)).tolist()
        starts, stops = runs.starts[begin:end], runs.stops[begin:end]
        row = starts // step
        return Spans(first, last, row, starts - row * step, stops - row * step, self.found.numbers[begin:end])


def spans_of(numbered: Numbered) -> Iterator[Spans]:
    """All spans, block of rows by block."""
    rows, width = math.prod(numbered.shape[:-1]), numbered.shape[-1]
    step = max(1, BLOCK // max(1, width))
    for first in range(0, rows if width else 0, step):
        yield numbered.spans(first, min(first + step, rows))


def rows_of(array: Array, first: int, last: int) -> Array:
    """Some rows of an array, one after another; a copy only where they lie apart."""
    if array.flags.c_contiguous:
        return array.reshape(math.prod(array.shape[:-1]), array.shape[-1])[first:last]
    if array.ndim == 1:
        return np.ascontiguousarray(array)[np.newaxis]
    return np.ascontiguousarray(array[np.unravel_index(np.arange(first, last), array.shape[:-1])])


def ranges(begin: Array, lengths: Array) -> Array:
    """The whole numbers of some lengths from each beginning on, one range after the other."""
    ends = np.cumsum(lengths)
    return np.repeat(begin - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)


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
    """Slabs along the last `ndim` axes, with so many layers around each."""
    lead, shape = numbered.shape[:-ndim], numbered.shape[-ndim:]
    rows = math.prod(shape[1:-1]) if ndim > 1 else 1  # of a layer
    layer = math.prod(shape[1:])
    step = max(1, BLOCK // max(1, layer))
    if not math.prod(shape):
        return
    for number, place in enumerate(np.ndindex(*lead)):
        for start in range(0, shape[0], step):
            stop = min(start + step, shape[0])
            low, high = max(0, start - around), min(shape[0], stop + around)
            offset = number * shape[0]
            room = [(low - start + around, stop + around - high), *((1, 1),) * (ndim - 1)]
            part = numbered.rows((offset + low) * rows, (offset + high) * rows) if ndim > 1 else None
            assert part is not None
            block = part.reshape(high - low, *shape[1:])
            yield Slab(place, range(start, stop), np.pad(block, room))
