"""Work on the slices of a stack one by one, as an oracle of `axes`."""

import itertools

import numpy as np


def some_axes(array):
    """Each choice of some axes, not all."""
    return [axes for k in range(1, array.ndim) for axes in itertools.combinations(range(array.ndim), k)]


def slice_by_slice(function, array, axes):
    """The results of a function for each position along the axes that are not worked on, put together."""
    rest = [axis for axis in range(array.ndim) if axis not in axes]
    result = None
    for place in np.ndindex(*(array.shape[axis] for axis in rest)):
        index = [slice(None)] * array.ndim
        for axis, i in zip(rest, place, strict=True):
            index[axis] = i
        part = function(np.ascontiguousarray(array[tuple(index)]))
        result = np.zeros(array.shape, part.dtype) if result is None else result
        result[tuple(index)] = part
    return result
