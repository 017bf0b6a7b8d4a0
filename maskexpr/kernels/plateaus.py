"""Regional extremes of an image: connected pixels of one value, beside which none goes beyond it."""

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def plateaus(im: Array, neighbours: Array, counted: Flags | None, beyond: Any) -> Flags:
    """The pixels of regional minima, where `beyond` is `np.less`, or of maxima with `np.greater`.

    Where only some count, they do as extremes and as neighbours; none that counts is nan. An image of one value is an
    extreme. `neighbours` is a mask of three pixels along each axis, the same on both sides.
    """
    ndimage: Any = importlib.import_module("scipy.ndimage")
    has_beyond, room, more = np.zeros(im.shape, bool), np.empty(im.shape, bool), np.empty(im.shape, bool)
    moves = np.argwhere(neighbours) - 1
    pairs = [_moved(im.shape, move) for move in moves.tolist() if move > [0] * im.ndim]  # each pair of neighbours once
    for here, there in pairs:
        for one, other in ((here, there), (there, here)):
            pause()
            found = beyond(im[other], im[one], out=room[one])
            if counted is not None:
                found &= counted[other]
            has_beyond[one] |= found
    flat = np.logical_not(has_beyond, out=has_beyond)
    if counted is not None:
        flat &= counted
    # Where two of these touch, they have one value. Others of that value beside them have a neighbour beyond it.
    labels, count = ndimage.label(flat, neighbours, output=np.int32)
    is_extreme = np.arange(count + 1) > 0
    for here, there in pairs:
        pause()
        slope = np.not_equal(flat[here], flat[there], out=room[here])
        slope &= np.equal(im[here], im[there], out=more[here])
        if counted is not None:
            slope &= counted[here]
            slope &= counted[there]
        if slope.any():
            is_extreme[labels[here][slope]] = False
            is_extreme[labels[there][slope]] = False
    places = np.flatnonzero(flat)  # few, as a rule
    flat.reshape(-1)[places[~is_extreme[labels.reshape(-1)[places]]]] = False
    return flat


def _moved(shape: tuple[int, ...], move: Sequence[int]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """The pixels that have a neighbour in a direction, and these neighbours."""
    here = tuple(slice(max(0, -d), n - max(0, d)) for n, d in zip(shape, move, strict=True))
    return here, tuple(slice(max(0, d), n + min(0, d)) for n, d in zip(shape, move, strict=True))
