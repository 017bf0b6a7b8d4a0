"""Connected regions of packed masks, by way of runs: the on pixels along the last axis without a gap.

A pixel's place is that of its bit in the words of the whole mask, so rows lie `64 * row_words(width)` places apart and
a run never goes on into the next row. Work grows with the number of runs; the words are only read and written.

`axes` limits the work to some axes, the last one among them: then rows of different slices are not joined.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.packed import Words, pack, packed_shape, row_words, unpack
from maskexpr.kernels.place_sums import add_sizes

Integers = np.ndarray[Any, np.dtype[np.int64]]
Labels = np.ndarray[Any, np.dtype[np.int32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Axes = tuple[int, ...] | None

_ONE = np.uint64(1)
_PIXELS_PER_RUN = 10  # with fewer, labelling pixels is faster: measured on noise, smoothed or not, in 2-D and 3-D

# --- runs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a mask in scan order: the places of each one's first pixel and of the pixel after its last."""

    edges: Integers  # start, stop, start, stop...: strictly ascending

    def __len__(self) -> int:
        return len(self.edges) // 2

    @property
    def starts(self) -> Integers:
        return self.edges[::2]

    @property
    def stops(self) -> Integers:
        return self.edges[1::2]

    @property
    def lengths(self) -> Integers:
        return self.stops - self.starts

    def chosen(self, which: Flags) -> "Runs":
        return Runs(self.edges.reshape(-1, 2).take(np.flatnonzero(which), axis=0).reshape(-1))


def find_runs(words: Words) -> Runs:
    """The runs of a packed mask."""
    return Runs(_places(_changes(words)))


def _changes(words: Words) -> Words:
    """The bits that differ from the one before: where runs start and stop."""
    flat = words.reshape(-1)
    changes = flat ^ (flat << _ONE)
    changes[1:] ^= flat[:-1] >> np.uint64(63)
    return changes


def _places(words: Words) -> Integers:
    """The places of the bits that are set, ascending: by way of the words and the bytes that hold any."""
    some_words = np.flatnonzero(words != 0)  # several times faster on booleans than on words
    octets = words.take(some_words).astype("<u8", copy=False).view(np.uint8)
    some_bytes = np.flatnonzero(octets != 0)
    bits = np.unpackbits(octets.take(some_bytes), bitorder="little").view(np.bool_)
    return _from_eighths(np.flatnonzero(bits), _from_eighths(some_bytes, some_words))


def _from_eighths(places: Integers, wholes: Integers) -> Integers:
    """Places among the eight parts of each of some wholes as places among the parts of all wholes."""
    skipped = (wholes - np.arange(len(wholes))) << 3
    return places + skipped.take(places >> 3)


def paint(runs: Runs, shape: tuple[int, ...]) -> Words:
    """The packed mask of some runs: of all words as one long number, the sum of 2**stop - 2**start."""
    words = np.zeros(packed_shape(shape), np.uint64)
    flat = words.reshape(-1)
    first, last = runs.starts >> 6, runs.stops >> 6
    np.subtract.at(flat, first, _bits(runs.starts))
    np.add.at(flat, last, _bits(runs.stops))
    flat[ranges(first + 1, last - first)] -= _ONE  # the borrow; no two runs cross into the same word
    return words


def _bits(places: Integers) -> Words:
    return _ONE << (places & 63).astype(np.uint64)


def ranges(begin: Integers, lengths: Integers) -> Integers:
    """The whole numbers of some lengths from each beginning on, one range after the other."""
    ends = np.cumsum(lengths)
    return np.repeat(begin - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)


# --- regions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegionsOfRuns:
    """The connected regions of a packed mask, numbered from 0 in scan order of their first pixels."""

    words: Words
    shape: tuple[int, ...]
    runs: Runs
    numbers: Integers  # of the region of each run
    count: int

    def sizes(self) -> Integers:
        """Pixels of each region."""
        sizes = np.zeros(self.count, np.int64)
        add_sizes(sizes, self.numbers, self.runs.lengths)
        return sizes

    def at_border(self, axes: Axes) -> Flags:
        """Which regions touch the image's border, at either end of any axis."""
        return self._owners(at_border(self.runs, self.shape, axes))

    def slices(self, axes: tuple[int, ...]) -> Integers:
        """The number of the slice that each region lies in."""
        result = np.zeros(self.count, np.int64)
        result[self.numbers] = _slices(self.runs, self.shape, axes)
        return result

    def hit_by(self, other: Words) -> Flags:
        """Which regions hold a pixel of another packed mask of the same shape."""
        return self._owners(hit_by(self.runs, self.words, other))

    def kept(self, which: Flags) -> Words:
        """The packed mask of some regions."""
        return kept(self, which)

    def labels(self, out: Labels | None = None) -> Labels:
        """The number of each pixel's region, from 1, and 0 where the mask is off."""
        return _into(out, labelled(self.runs, self.numbers, self.shape))

    def _owners(self, which: Flags) -> Flags:
        """Which regions have such a run."""
        flags = np.zeros(self.count, bool)
        flags[self.numbers.take(np.flatnonzero(which))] = True
        return flags


@dataclass(frozen=True, slots=True)
class RegionsOfPixels:
    """The same from the label of each pixel, for masks of very many runs."""

    labelled: Labels
    count: int

    def sizes(self) -> Integers:
        return np.bincount(self.labelled.reshape(-1), minlength=self.count + 1)[1:]

    def at_border(self, axes: Axes) -> Flags:
        return self._owners(*(self.labelled.take([0, -1], axis) for axis in axes or range(self.labelled.ndim)))

    def slices(self, axes: tuple[int, ...]) -> Integers:
        shape = tuple(1 if axis in axes else size for axis, size in enumerate(self.labelled.shape))
        result = np.zeros(self.count + 1, np.int64)
        result[self.labelled] = np.arange(math.prod(shape)).reshape(shape)
        return result[1:]

    def hit_by(self, other: Words) -> Flags:
        return self._owners(self.labelled[unpack(other, self.labelled.shape[-1])])

    def kept(self, which: Flags) -> Words:
        return pack(np.append(False, which).take(self.labelled))

    def labels(self, out: Labels | None = None) -> Labels:
        return _into(out, self.labelled)

    def _owners(self, *labels: Labels) -> Flags:
        flags = np.zeros(self.count + 1, bool)
        for some in labels:
            flags[some] = True
        return flags[1:]


Regions = RegionsOfRuns | RegionsOfPixels


def _into(out: Labels | None, labels: Labels) -> Labels:
    if out is None:
        return labels
    out[...] = labels
    return out


@has_compiled
def find_regions(words: Words, shape: tuple[int, ...], connectivity: int, axes: Axes = None) -> Regions:
    """The connected regions of a packed mask; pixels are joined as by scipy.ndimage.generate_binary_structure."""
    changes = _changes(words)
    if int(np.bitwise_count(changes).sum()) * _PIXELS_PER_RUN > 2 * math.prod(shape):
        return _label_pixels(words, shape, connectivity, axes)
    runs = Runs(_places(changes))
    return RegionsOfRuns(words, shape, runs, *_numbers(runs, shape, connectivity, axes))


def _label_pixels(words: Words, shape: tuple[int, ...], connectivity: int, axes: Axes) -> RegionsOfPixels:
    import scipy.ndimage  # a start need not wait for it

    structure = scipy.ndimage.generate_binary_structure(len(shape), connectivity)
    if axes is not None:
        for axis in set(range(len(shape))).difference(axes):
            np.moveaxis(structure, axis, 0)[::2] = False
    return RegionsOfPixels(*scipy.ndimage.label(unpack(words, shape[-1]), structure, output=np.int32))


# --- what is done with them, run by run ------------------------------------------------------------------------------


@has_compiled
def labelled(runs: Runs, numbers: Integers, shape: tuple[int, ...]) -> Labels:
    """The number of each pixel's region, from 1."""
    edges = np.append(_pixels(runs.edges, shape[-1]), math.prod(shape))
    values = np.zeros(len(edges), np.int32)
    values[1::2] = numbers + 1
    return np.repeat(values, np.diff(edges, prepend=0)).reshape(shape)


@has_compiled
def kept(regions: RegionsOfRuns, which: Flags) -> Words:
    """The packed mask of some regions."""
    stays = which.take(regions.numbers)
    lengths = regions.runs.lengths
    if 2 * lengths.compress(stays).sum() < lengths.sum():
        return paint(regions.runs.chosen(stays), regions.shape)
    return regions.words ^ paint(regions.runs.chosen(~stays), regions.shape)


@has_compiled
def hit_by(runs: Runs, words: Words, other: Words) -> Flags:
    """Which runs of a packed mask hold a pixel of another."""
    hits = find_runs(words & other).starts
    flags = np.zeros(len(runs), bool)
    flags[_count_below(runs.edges, hits + 1) >> 1] = True
    return flags


@has_compiled
def at_border(runs: Runs, shape: tuple[int, ...], axes: Axes) -> Flags:
    """Which runs touch the image's border."""
    step = 64 * row_words(shape[-1])
    columns = runs.starts - runs.starts // step * step
    touches: Flags = (columns == 0) | (columns + runs.lengths == shape[-1])
    for axis, index in _row_indices(runs, shape):
        if axes is None or axis in axes:
            touches |= (index == 0) | (index == shape[axis] - 1)
    return touches


# --- how they are numbered -------------------------------------------------------------------------------------------


def _numbers(runs: Runs, shape: tuple[int, ...], connectivity: int, axes: Axes = None) -> tuple[Integers, int]:
    """The number of the region of each run, and how many regions there are."""
    edges = spaced(runs.edges, shape)
    parents = np.arange(len(runs))
    later, earlier = [], []
    for distance, slack in row_distances(shape, connectivity, axes):
        begin, end = _touched(edges, distance, slack)
        # The first run touched becomes the parent, which settles most of the joins; the others are pairs left to join.
        orphan = parents == np.arange(len(runs))
        parents = np.where(orphan & (begin < end), begin, parents)
        begin = begin + orphan
        left = np.flatnonzero(begin < end)
        begin, end = begin[left], end[left]
        later.append(np.repeat(left, end - begin))
        earlier.append(ranges(begin, end - begin))
    if not later:
        return parents, len(runs)
    return _joined(parents, np.concatenate(later), np.concatenate(earlier))


def _row_steps(shape: tuple[int, ...]) -> list[int]:
    """How far apart neighbours along each axis but the last lie, with gaps between planes, volumes and so on.

    An empty row follows each plane, an empty plane each volume: from each row a fixed distance leads to its neighbour
    or to where no run is.
    """
    steps = [64 * row_words(shape[-1])]
    for length in reversed(shape[1:-1]):
        steps.append(steps[-1] * (length + 1))
    return steps[::-1]


def spaced(edges: Integers, shape: tuple[int, ...]) -> Integers:
    """Places with the gaps of _row_steps."""
    block = 64 * row_words(shape[-1])
    found = edges
    for length, step in zip(reversed(shape[1:-1]), reversed(_row_steps(shape)), strict=False):
        block *= length
        found = found + edges // block * step
    return found


def row_distances(shape: tuple[int, ...], connectivity: int, axes: Axes) -> Iterator[tuple[int, int]]:
    """How far back each kind of neighbouring row lies, and by how many pixels a run there may miss and still be joined.

    Of two opposite directions only the one to an earlier row.
    """
    steps = [s for axis, s in enumerate(_row_steps(shape)[: len(shape) - 1]) if axes is None or axis in axes]
    for moved in range(1, min(connectivity, len(steps)) + 1):
        slack = int(moved < connectivity)  # joined by corners, too
        for first, *others in itertools.combinations(steps, moved):
            for signs in itertools.product((1, -1), repeat=moved - 1):
                yield first + sum(s * step for s, step in zip(signs, others, strict=True)), slack


def _touched(edges: Integers, distance: int, slack: int) -> tuple[Integers, Integers]:
    """For each run the range of runs that it touches when it is moved back by a distance."""
    moved = edges - distance
    moved[::2] += 1 - slack
    moved[1::2] += slack
    below = _count_below(edges, moved)
    return below[::2] >> 1, (below[1::2] + 1) >> 1


def _count_below(places: Integers, keys: Integers) -> Integers:
    """How many of the places are below each key; both ascend.

    A stable sort merges the two in one pass, two to three times faster than a binary search for each key.
    """
    merged = np.concatenate([(places << 1) | 1, keys << 1])
    merged.sort(kind="stable")
    found = np.flatnonzero((merged & 1) == 0)
    return found - np.arange(len(found))


def _joined(parents: Integers, a: Integers, b: Integers) -> tuple[Integers, int]:
    """Number the sets that parents, each no larger than its child, and pairs (a, b) join, by their first members.

    Pointer jumping, then the same for the sets so far and the pairs still between them: half the time of
    scipy.sparse.csgraph.connected_components, which also takes long to import.
    """
    numbers, count = _numbered(parents)
    a, b = numbers[a], numbers[b]
    apart = a != b
    if not apart.any():
        return numbers, count
    a, b = a[apart], b[apart]
    parents = np.arange(count)
    np.minimum.at(parents, np.maximum(a, b), np.minimum(a, b))
    further, count = _joined(parents, a, b)
    return further[numbers], count


def _numbered(parents: Integers) -> tuple[Integers, int]:
    """The number of each one's tree, by the order of their roots, and how many trees there are."""
    is_root = parents == np.arange(len(parents))
    while not np.array_equal(grandparents := parents.take(parents), parents):
        parents = grandparents.take(grandparents)
    count = int(np.count_nonzero(is_root))
    return (np.cumsum(is_root) - 1).take(parents), count


def _pixels(places: Integers, width: int) -> Integers:
    """Places in the words as places in the array."""
    step = 64 * row_words(width)
    return places - places // step * (step - width)


def _slices(runs: Runs, shape: tuple[int, ...], axes: tuple[int, ...]) -> Integers:
    slices, count = np.zeros(len(runs), np.int64), 1
    for axis, index in _row_indices(runs, shape):
        if axis not in axes:
            slices += index * count
            count *= shape[axis]
    return slices


def _row_indices(runs: Runs, shape: tuple[int, ...]) -> Iterator[tuple[int, Integers]]:
    """Where the runs lie along each axis but the last, from the one before it to the first."""
    rows = runs.starts // (64 * row_words(shape[-1]))
    for axis in reversed(range(len(shape) - 1)):
        outer = rows // shape[axis]  # twice as fast as np.divmod
        yield axis, rows - outer * shape[axis]
        rows = outer
