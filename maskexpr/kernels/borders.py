"""What lies beyond the border of an image, by the names that SciPy's filters have for it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

MODES = ("reflect", "nearest", "mirror", "wrap", "constant")


def places(wanted: Any, length: int, mode: str) -> Any:
    """Where along a line of a length the values lie that are taken for places on it and beyond its ends; beyond those
    of "constant", where there are none, its ends."""
    if mode == "reflect":
        wanted = wanted % (2 * length)
        return np.minimum(wanted, 2 * length - 1 - wanted)
    if mode == "mirror":
        turn = max(1, 2 * length - 2)
        wanted = wanted % turn
        return np.minimum(wanted, turn - wanted)
    return wanted % length if mode == "wrap" else np.clip(wanted, 0, length - 1)


def taken(im: Array, wanted: Array, axis: int, mode: str, beyond: Any = 0) -> Array:
    """The values of an image at places along an axis, as a new array; beyond the ends of "constant" 0, or what is
    `beyond`."""
    length = im.shape[axis]
    values: Array = im.take(places(wanted, length, mode), axis)
    if mode == "constant":
        values[(slice(None),) * axis + ((wanted < 0) | (wanted >= length),)] = beyond
    return values


def extended(im: Array, reaches: Sequence[int], mode: str) -> Array:
    """An image with so many pixels more at both ends of each axis."""
    for axis, reach in enumerate(reaches):
        if reach:
            im = taken(im, np.arange(-reach, im.shape[axis] + reach), axis, mode)
    return im


def fill_framed(
    framed: Array,
    im: Array,
    first: int,
    before: Sequence[int],
    mode: str,
    convert: Callable[[Array], Array] = lambda part: part,
    beyond: Any = 0,
) -> None:
    """Put the rows of an image from `first` on into an array, with what lies before and behind them along the other
    axes, as `convert` makes it; rows and all else beyond the border are by the mode, `beyond` being its constant."""
    rows = np.arange(first, first + len(framed))
    is_inside = first >= 0 and first + len(framed) <= len(im)
    part = im[first : first + len(framed)] if is_inside else taken(im, rows, 0, mode, beyond)
    inside = tuple(slice(b, b + n) for b, n in zip(before[1:], im.shape[1:], strict=True))
    framed[(slice(None), *inside)] = convert(part)
    nothing = convert(np.full(1, beyond, im.dtype))[0] if mode == "constant" else None
    for axis in range(1, im.ndim):
        across, start, length = np.moveaxis(framed, axis, 0), before[axis], im.shape[axis]
        for place in (*range(start), *range(start + length, len(across))):
            if nothing is not None:
                across[place] = nothing
            else:
                across[place] = across[start + int(places(place - start, length, mode))]
