"""A picture in few colours, chosen for it: boxes of colours are halved until there are as many as may be."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_BITS = 6  # of each channel that are looked at
_LEAST = 1e-6  # what rounding makes of a box of one colour is less


def few_colours(picture: Array, most: int) -> tuple[Array, Array]:
    """For each pixel of a picture of shape (M, N, 3) the number of its colour, and the colours, of shape (K, 3).

    K is at most `most`. In rounds the boxes that lose most by being one colour are cut at their mean, across the
    channel in which they spread most.
    """
    cut = picture >> np.uint8(8 - _BITS)
    codes = cut[:, :, 0].astype(np.int32) << (2 * _BITS)
    codes |= cut[:, :, 1].astype(np.int32) << _BITS
    codes |= cut[:, :, 2]
    counts = np.bincount(codes.reshape(-1), minlength=2 ** (3 * _BITS))
    found = np.flatnonzero(counts)
    channels = np.stack([found >> (2 * _BITS), found >> _BITS, found]) & (2**_BITS - 1)
    values = channels * (255 / (2**_BITS - 1))
    boxes, count = _boxes(values, counts[found], most)
    weights = np.bincount(boxes, counts[found], count)
    colours = np.stack([np.bincount(boxes, v * counts[found], count) for v in values], axis=1) / weights[:, np.newaxis]
    table = np.zeros(len(counts), np.uint16)
    table[found] = boxes
    return table.take(codes), np.round(colours).astype(np.uint8)


def _boxes(values: Array, counts: Array, most: int) -> tuple[Array, int]:
    """The number of the box of each colour, and how many boxes there are."""
    if values.shape[1] <= most:
        return np.arange(values.shape[1]), values.shape[1]
    boxes, count = np.zeros(values.shape[1], np.intp), 1
    while count < most:
        weights = np.bincount(boxes, counts, count)
        means = np.stack([np.bincount(boxes, v * counts, count) / weights for v in values])
        spread = np.stack(
            [np.bincount(boxes, (v - m[boxes]) ** 2 * counts, count) for v, m in zip(values, means, strict=True)]
        )
        axes, loss = spread.argmax(axis=0), spread.max(axis=0)
        chosen = np.argsort(-loss, kind="stable")[: min(most - count, max(1, count // 2))]
        chosen = chosen[loss[chosen] > _LEAST]
        if not chosen.size:
            break
        new = np.full(count, -1)
        new[chosen] = count + np.arange(len(chosen))
        own = axes[boxes]
        beyond = (new[boxes] >= 0) & (values[own, np.arange(len(own))] > means[own, boxes])
        boxes[beyond] = new[boxes[beyond]]
        count += len(chosen)
    return boxes, count
