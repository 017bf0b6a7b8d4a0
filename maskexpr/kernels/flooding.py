"""Flooding from markers: the pixels of an image handed out to regions that grow, lowest pixels first.

Pixels wait in one queue for each level, first come, first served. As the water never falls, the levels are gone through
once, from the lowest up, and a pixel is handed out when it is first reached: what reaches it later is no lower.
"""

import itertools
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.plateaus import plateaus
from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Labels = np.ndarray[Any, np.dtype[np.int32]]

_WAVE = 150  # pixels: of so many at once NumPy is faster than a loop
_FEW_SEEDS = 8  # one pixel among so many is looked at by itself; of more all are looked at together


@has_compiled
def flood(im: Array, markers: Array, open_to: Array, neighbours: Array) -> Labels:
    """The labels of markers, grown over the pixels of a mask in order of their values.

    A pixel goes to the region that reaches it first. Regions reach the neighbours of a pixel of theirs when its turn
    comes: by the level the water needs to reach it, the highest value on the way from the marker; among equals markers
    in scan order, then the others as they were reached. Neighbours are reached nearest first, then in scan order.
    `neighbours` is a mask of three pixels along each axis. nan is higher than any number.
    """
    shape = tuple(size + 2 for size in im.shape)  # with closed pixels around the image, which end every way out
    inside = (slice(1, -1),) * im.ndim
    labels, is_open, is_wet = np.zeros(shape, np.int32), np.zeros(shape, bool), np.zeros(shape, bool)
    labels[inside] = np.where(open_to, markers, 0)
    is_open[inside] = open_to & (markers == 0)
    steps = steps_to(neighbours, shape)
    seeds = _at_the_water(labels.reshape(-1), is_open.reshape(-1), steps)
    if seeds.size:
        is_wet.reshape(-1)[seeds] = True
        levels, count = _levels_of_some(im, is_open[inside] | is_wet[inside])
        level_of = np.zeros(shape, np.min_scalar_type(count))  # small ones are sorted by counting
        level_of[inside] = levels
        _Flood(level_of.reshape(-1), labels.reshape(-1), is_open.reshape(-1), steps).rise(seeds, count)
    return np.ascontiguousarray(labels[inside])


def _at_the_water(labels: Labels, is_open: Array, steps: list[int]) -> Array:
    """The pixels of markers with something open beside them, in scan order; no other reaches anything."""
    seeds = np.flatnonzero(labels)
    if len(seeds) > len(labels) // _FEW_SEEDS:
        beside = np.zeros(len(labels), bool)
        for step in steps:  # what comes round the end is a pixel of the frame, which bears no label
            beside[max(0, -step) : len(labels) - max(0, step)] |= is_open[max(0, step) : len(labels) - max(0, -step)]
        return np.flatnonzero(beside & (labels != 0))
    reaches = np.zeros(len(seeds), bool)
    for step in steps:
        reaches |= is_open[seeds + step]
    return seeds[reaches]


def _levels_of_some(im: Array, which: Array) -> tuple[Array, int]:
    """The same, of pixels that are not looked at any; they need not be told apart, and often most are inside of
    markers."""
    if 2 * np.count_nonzero(which) > which.size:
        return levels_of(im)
    found, count = levels_of(im[which])
    levels = np.zeros(im.shape, np.int32)
    levels[which] = found
    return levels, count


def lowest(im: Array, neighbours: Array, within: Array | None = None) -> Array:
    """The regional minima of an image, as a mask: joined pixels of one value, of which none has a lower neighbour. Of
    images with a mask only pixels of that count, as minima and as neighbours. nan is higher than any number."""
    if im.dtype.kind == "f" and np.isnan(im).any():
        im, _ = levels_of(im)
    return plateaus(im, neighbours, within, np.less)


def levels_of(im: Array) -> tuple[Array, int]:
    """Small whole numbers in the order of the values, and how many there are at most."""
    if im.dtype.kind in "iu":
        low, high = int(im.min()), int(im.max())
        if high - low < max(256, im.size):
            return np.subtract(im, low, dtype=np.int64 if low < 0 else im.dtype), high - low + 1
    values, levels = np.unique(im, return_inverse=True)
    return levels.reshape(im.shape), len(values)


def steps_to(neighbours: Array, shape: tuple[int, ...]) -> list[int]:
    """How far apart the places of a pixel and of its neighbours are in the flat image, nearest neighbours first."""
    moves = np.argwhere(neighbours) - 1
    strides = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
    nearest_first = np.argsort((moves**2).sum(axis=1), kind="stable")[1:]
    steps: list[int] = (moves[nearest_first] @ strides).tolist()
    return steps


class _Flood:
    """The state of a flood: of each pixel its level, its label, and whether it is open to be labelled."""

    def __init__(self, level_of: Array, labels: Labels, is_open: Array, steps: list[int]) -> None:
        self.level_of, self.labels, self.is_open = level_of, labels, is_open
        self.steps, self.moves = steps, np.array(steps, np.int64)
        self.first = np.empty(len(labels), np.int32)  # scratch of _spread
        self.waiting: list[list[int] | None] = []  # for each level the pixels in their order

    def rise(self, seeds: Array, count: int) -> None:
        """Go through all levels, from the pixels of markers that reach something, in scan order."""
        self.waiting = [None] * count
        waiting = self.waiting
        self._queue(seeds, self.level_of[seeds])
        # Python reads and writes single pixels fastest through memory views, which share the arrays' memory.
        level_of, labels, is_open = self.level_of.data, self.labels.data, self.is_open.view(np.uint8).data
        steps = self.steps
        for level in range(count):
            wave = waiting[level]
            waiting[level] = None
            while wave:
                pause()
                if len(wave) >= _WAVE:
                    wave = self._spread(wave, level)
                    continue
                following: list[int] = []
                for pixel in wave:
                    for step in steps:
                        reached = pixel + step
                        if is_open[reached]:
                            is_open[reached] = 0
                            labels[reached] = labels[pixel]
                            its_level = level_of[reached]
                            if its_level <= level:
                                following.append(reached)
                            elif (queue := waiting[its_level]) is None:
                                waiting[its_level] = [reached]
                            else:
                                queue.append(reached)
                wave = following

    def _queue(self, pixels: Array, levels: Array) -> None:
        """Let pixels wait at levels, in their order."""
        order = np.argsort(levels, kind="stable")
        ordered, levels = pixels[order].tolist(), levels[order]
        bounds = [0, *(1 + np.flatnonzero(levels[1:] != levels[:-1])).tolist(), len(ordered)]
        for start, stop in itertools.pairwise(bounds if ordered else []):
            queue = self.waiting[level := int(levels[start])]
            if queue is None:
                self.waiting[level] = ordered[start:stop]
            else:
                queue += ordered[start:stop]

    def _spread(self, wave: list[int], level: int) -> list[int]:
        """The same for a large wave at once, and for the next ones on this level while they are large; the pixels of
        the first one that is not."""
        pixels = np.array(wave)
        while len(pixels) >= _WAVE:
            pause()
            pixels = self._next(pixels, level)
        following: list[int] = pixels.tolist()
        return following

    def _next(self, pixels: Array, level: int) -> Array:
        """Hand out what a wave reaches; the pixels of the next one on this level."""
        reached = (pixels[:, np.newaxis] + self.moves).reshape(-1)
        places = np.flatnonzero(self.is_open[reached])
        reached = reached[places]
        numbers = np.arange(len(reached), dtype=np.int32)
        self.first[reached[::-1]] = numbers[::-1]  # of several places of a pixel the last to be written stays
        new = self.first[reached] == numbers
        reached, sources = reached[new], pixels[places[new] // len(self.moves)]
        self.labels[reached] = self.labels[sources]
        self.is_open[reached] = False
        levels = self.level_of[reached]
        higher = levels > level
        self._queue(reached[higher], levels[higher])
        return np.asarray(reached[~higher])
