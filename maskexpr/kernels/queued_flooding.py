"""Flooding where a pixel is handed out when its turn comes, not when it is first reached: with lines between regions,
and compact, with a price for the way from the marker.

By the order of scikit-image's watershed, whose queue holds a pixel once for each neighbour that reached it. There a
pixel of a line lets water on each time its turn comes, so that the queue may grow without end; a second time for one
region changes nothing, and is left out here.
"""

import heapq
import itertools
import math
from typing import Any

import numpy as np

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.flooding import Array, Labels, levels_of, steps_to
from maskexpr.kernels.stopping import pause

_BETWEEN_PAUSES = 4096  # pixels


@has_compiled
def flood_with_lines(im: Array, markers: Array, open_to: Array, neighbours: Array) -> Labels:
    """The labels of markers, grown as by `flood`, with pixels left 0 where regions meet: a pixel whose turn comes
    beside one of another region belongs to neither. Markers keep all their pixels, also where they touch."""
    shape = tuple(size + 2 for size in im.shape)
    levels, count = levels_of(im)
    flooded = _Flooded(shape, markers, open_to)
    level_of = flooded.spread(levels, np.int32)
    queues: list[list[tuple[int, int]]] = [[] for _ in range(count)]  # for each level pixels, and whose water it is
    for pixel, number in flooded.seeds():
        queues[level_of[pixel]].append((pixel, number))
    labels, is_open, steps = flooded.labels, flooded.is_open, steps_to(neighbours, shape)
    is_marker, carried = flooded.is_marker, _Carried()
    for level, queue in enumerate(queues):
        for turn, (pixel, number) in enumerate(queue):  # which grows meanwhile
            if turn % _BETWEEN_PAUSES == 0:
                pause()
            if labels[pixel] and not is_marker[pixel]:
                continue
            if is_open[pixel] and not _meets_other(pixel, number, labels, is_open, steps):
                labels[pixel] = number
            else:
                is_open[pixel] = 0
                if carried.before(pixel, number):
                    continue
            for step in steps:
                reached = pixel + step
                if is_open[reached] and not labels[reached]:
                    queues[max(level, level_of[reached])].append((reached, number))
        queue.clear()
    return flooded.result()


def flood_compactly(
    im: Array, markers: Array, open_to: Array, neighbours: Array, compactness: float, line: bool
) -> Labels:
    """The same by the price of a pixel: its value, and `compactness` times its distance from the pixel of the marker
    that the water comes from; a way costs the most of its prices. With or without lines."""
    shape = tuple(size + 2 for size in im.shape)
    flooded = _Flooded(shape, markers, open_to)
    values = im.astype(np.float64)
    price_of = flooded.spread(np.where(np.isnan(values), np.inf, values), np.float64)
    labels, is_open, steps = flooded.labels, flooded.is_open, steps_to(neighbours, shape)
    places = [axis.astype(np.int32).reshape(-1).data for axis in np.indices(shape, sparse=False)]
    heap: list[tuple[float, int, int, int]] = []  # price, when reached, pixel, pixel of the marker
    for now, (pixel, _) in enumerate(flooded.seeds()):
        heap.append((price_of[pixel], now, pixel, pixel))
    heapq.heapify(heap)
    now, carried = len(heap), _Carried()
    for turn in itertools.count():
        if not heap:
            break
        if turn % _BETWEEN_PAUSES == 0:
            pause()
        price, _, pixel, source = heapq.heappop(heap)
        if labels[pixel] and pixel != source:
            continue
        number = labels[source]
        if is_open[pixel] and not (line and _meets_other(pixel, number, labels, is_open, steps)):
            labels[pixel] = number
        else:
            is_open[pixel] = 0
            if carried.before(pixel, number):
                continue
        for step in steps:
            reached = pixel + step
            if is_open[reached] and not labels[reached]:
                away = math.sqrt(sum((place[reached] - place[source]) ** 2 for place in places))
                now += 1
                its_price = max(price, price_of[reached] + compactness * away)
                heapq.heappush(heap, (its_price, now, reached, source))
    return flooded.result()


def _meets_other(pixel: int, number: int, labels: Any, is_open: Any, steps: list[int]) -> bool:
    """Whether a pixel lies beside one of another region that is no line."""
    return any(labels[pixel + step] not in (0, number) and is_open[pixel + step] for step in steps)


class _Carried:
    """Which regions' water pixels of lines let on already."""

    def __init__(self) -> None:
        self._known: set[tuple[int, int]] = set()

    def before(self, pixel: int, number: int) -> bool:
        if (pixel, number) in self._known:
            return True
        self._known.add((pixel, number))
        return False


class _Flooded:
    """Arrays with closed pixels around the image, which end every way out, as flat memory views: Python reads and
    writes single pixels fastest through these."""

    def __init__(self, shape: tuple[int, ...], markers: Array, open_to: Array) -> None:
        self.shape = shape
        self._labels = self._padded(np.where(open_to, markers, 0), np.int32)
        self._seeds = np.flatnonzero(self._labels)
        self.labels = self._labels.reshape(-1).data
        self.is_open = self.spread(open_to, np.uint8)
        self.is_marker = (self._labels != 0).view(np.uint8).reshape(-1).data

    def _padded(self, values: Array, dtype: Any) -> Array:
        array = np.zeros(self.shape, dtype)
        array[(slice(1, -1),) * array.ndim] = values
        return array

    def spread(self, values: Array, dtype: Any) -> Any:
        return self._padded(values, dtype).reshape(-1).data

    def seeds(self) -> list[tuple[int, int]]:
        """The pixels of markers with their numbers, in scan order."""
        numbers = self._labels.reshape(-1)[self._seeds]
        return list(zip(self._seeds.tolist(), numbers.tolist(), strict=True))

    def result(self) -> Labels:
        return np.ascontiguousarray(self._labels[(slice(1, -1),) * self._labels.ndim])
