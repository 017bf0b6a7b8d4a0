"""A flood by its definition: pixels wait in one queue."""

import heapq
import itertools

import numpy as np


def by_a_queue(im, markers, within, connectivity):
    """A pixel waits with the level it is reached at, and then by when that was."""
    moves = [m for m in itertools.product((-1, 0, 1), repeat=im.ndim) if 0 < sum(map(abs, m)) <= connectivity]
    moves.sort(key=lambda move: sum(map(abs, move)))
    result = np.where(within, markers, 0)
    queue, now = [], 0
    for place in map(tuple, np.argwhere(result)):
        heapq.heappush(queue, (im[place], now := now + 1, place))
    while queue:
        level, _, place = heapq.heappop(queue)
        for move in moves:
            other = tuple(i + d for i, d in zip(place, move, strict=True))
            inside = all(0 <= i < size for i, size in zip(other, im.shape, strict=True))
            if inside and within[other] and not result[other]:
                result[other] = result[place]
                heapq.heappush(queue, (max(level, im[other]), now := now + 1, other))
    return result
