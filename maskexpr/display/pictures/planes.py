"""What of a stack is shown: one plane."""

from typing import Any

import numpy as np

from maskexpr.kinds.kind import SEGMENTATIONS

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]


def middle(value: Array, kind: str) -> Index:
    """Where the plane lies that says most: in the middle, of what is on if it is a mask or labels.

    One number for each axis before the last two (and the channels of a colour image).
    """
    index: list[int] = []
    while value.ndim > (3 if kind == "colour" else 2):
        index.append(_middle_of_what_is_on(value) if kind in SEGMENTATIONS else len(value) // 2)
        value = value[index[-1]]
    return tuple(index)


def most_outlined(value: Array, kind: str) -> Index:
    """Where the plane lies that has most of the outlines of a mask or of labels, the first of several; else the one in
    the middle. The plane with most on it may be one that is on all over, where nothing can be judged."""
    planes = value.shape[:-2]
    if kind not in SEGMENTATIONS or not planes:
        return middle(value, kind)
    lengths = np.array([_outline(value[index]) for index in np.ndindex(planes)])
    if not lengths.any():
        return middle(value, kind)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(lengths)), planes))


def _outline(plane: Array) -> int:
    """How long the borders between what differs are, in sides of pixels."""
    return int(np.count_nonzero(plane[1:] != plane[:-1]) + np.count_nonzero(plane[:, 1:] != plane[:, :-1]))


def _middle_of_what_is_on(stack: Array) -> int:
    """Of the planes that hold something the one nearest to the middle between the first and the last."""
    some = np.flatnonzero([plane.any() for plane in stack])
    if not some.size:
        return len(stack) // 2
    return int(some[np.argmin(np.abs(some - (some[0] + some[-1]) / 2))])


def flat(value: Array, kind: str, index: Index) -> Array:
    """The plane at an index, of shape (M, N), or (M, N, channels) if it is a colour image."""
    plane = np.asarray(value[index])
    axes = 3 if kind == "colour" else 2
    while plane.ndim < axes:
        plane = plane[np.newaxis]
    return plane
