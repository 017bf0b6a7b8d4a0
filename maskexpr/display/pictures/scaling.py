"""Arrays of another size: means over areas to make them smaller, whole factors to make them larger."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Size = tuple[int, int]

_LARGEST_FACTOR = 24  # a pixel of a tiny image need not fill the window


def fit(shape: Size, room: Size, zoom: bool = True) -> Size:
    """The height and width of a picture in its room: smaller as need be, or larger by a whole factor."""
    (height, width), (most_rows, most_columns) = shape, room
    scale = min(most_rows / height, most_columns / width)
    if scale < 1:
        return min(most_rows, max(1, round(height * scale))), min(most_columns, max(1, round(width * scale)))
    factor = min(int(scale), _LARGEST_FACTOR) if zoom else 1
    return height * factor, width * factor


def squared(array: Array, sides: tuple[float, float]) -> Array:
    """An array of shape (M, N) or (M, N, channels) with pixels as wide as they are high, repeated if need be: `sides`
    are their height and width."""
    if sides[0] == sides[1]:
        return array
    axis = 0 if sides[0] > sides[1] else 1
    ratio = min(max(sides) / min(sides), _LARGEST_FACTOR)
    return array.take((np.arange(round(array.shape[axis] * ratio)) / ratio).astype(np.intp), axis)


def shrink(array: Array, size: Size) -> Array:
    """The means of the areas that the pixels of a smaller picture cover, parts of pixels counting as parts.

    `array` has shape (M, N) or (M, N, channels). What keeps its size keeps its type, means are floating numbers.
    """
    if array.flags.f_contiguous and array.ndim == 2:
        return _means(_means(array.T, 1, size[0]), 0, size[1]).T
    return _means(_means(array, 0, size[0]), 1, size[1])


def largest(array: Array, size: Size) -> Array:
    """The largest value of all that each pixel of a smaller picture touches, so that no label is lost."""
    for axis, count in enumerate(size):
        length, index = array.shape[axis], np.arange(count)
        if count == length:
            continue
        first, last = index * length // count, ((index + 1) * length - 1) // count
        found = array.take(first, axis=axis)
        for step in range(1, int((last - first).max()) + 1):
            np.maximum(found, array.take(np.minimum(first + step, last), axis=axis), out=found)
        array = found
    return array


def enlarge(array: Array, size: Size) -> Array:
    """Each pixel repeated to fill a picture that is a whole number of times as large."""
    if size == array.shape[:2]:
        return array
    return array.repeat(size[1] // array.shape[1], axis=1).repeat(size[0] // array.shape[0], axis=0)


def _means(array: Array, axis: int, count: int) -> Array:
    """The means along one axis: whole pixels are added in their own type, then the parts at both ends."""
    length = array.shape[axis]
    if count == length:
        return array
    edges = np.arange(count + 1) * length  # in parts of a pixel of the smaller picture
    first, stop = -(-edges[:-1] // count), edges[1:] // count  # the whole pixels
    least = int((stop - first).min())
    more = stop - first > least
    kind = np.float32 if array.dtype.itemsize < 4 or array.dtype == np.float32 else np.float64
    if least:
        sums = array.take(first, axis=axis).astype(_exact(array.dtype, least))
        for step in range(1, least):
            np.add(sums, array.take(first + step, axis=axis), out=sums)
        means: Array = np.multiply(sums, count / length, dtype=kind)
    else:
        means = np.zeros((*array.shape[:axis], count, *array.shape[axis + 1 :]), kind)
    behind = edges[1:] - stop * count
    for index, weights in (
        (first - 1, first * count - edges[:-1]),
        (first + least, np.where(more, count, behind)),
        (stop, np.where(more, behind, 0)),
    ):
        some = np.flatnonzero(weights)
        place: Any = some
        if len(some) * 4 > count:  # all, with weights of 0, are added faster than some
            some, place = np.arange(count), slice(None)
        if len(some):
            part = array.take(np.clip(index[some], 0, length - 1), axis=axis)
            share = np.expand_dims((weights[some] / length).astype(kind), tuple(range(1, array.ndim - axis)))
            means[(*(slice(None),) * axis, place)] += part * share
    return means


def _exact(dtype: np.dtype[Any], count: int) -> Any:
    """A type that holds the sum of so many values."""
    if dtype.kind == "f":
        return np.float64 if dtype.itemsize > 4 else np.float32
    if dtype.kind == "b" or (dtype.kind == "u" and dtype.itemsize == 1):
        return np.uint16 if count * 255 < 2**16 else np.uint32
    return np.uint32 if dtype.kind == "u" and dtype.itemsize == 2 else np.float64
