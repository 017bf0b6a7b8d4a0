"""How high a ball comes that is rolled below an image's values: the least of values and of what a ball is lower there.

Of the many pixels below a ball those along a row are taken together. A window of 2w + 1 pixels along the last axis
serves all rows of the ball that come no higher within it; it grows by two pixels from the one before. By itself, a row
of floats rises at each pixel, and is taken two by two. Both halves of the ball are the same along the other axes, so
windows are joined with their mirror image before anything is added. Minima are exact, so their order is free.
"""

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_TYPES = [np.dtype(name) for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "int64")]


def lowest_tops(im: Array, rises: Array, out: Array | None = None) -> Array:
    """The least of `im` moved by up to as many pixels along each axis, to either side, as `rises` has, plus what stands
    there: 0 for no move, growing outwards, inf beyond the ball. Of integers without its fraction; nan spreads."""
    result = np.empty_like(im) if out is None else out
    if im.dtype.kind == "f":
        np.add(_Rolled(im, rises, np.dtype(np.float64)).least, 0.0, out=result, casting="same_kind")
        return result
    down = np.floor(rises)
    result[...] = _whole(im, down)
    if im.dtype.kind == "i":
        below = result < 0
        if below.any():
            np.copyto(result, _whole(im, np.ceil(rises)), where=below, casting="unsafe")
    return result


def _whole(im: Array, rises: Array) -> Array:
    low, high = int(im.min()), int(im.max())
    useful = rises[rises < high - low]  # a higher one leads above the highest pixel
    top = high + (int(useful.max()) if useful.size else 0)
    dtype = next(t for t in _TYPES if np.iinfo(t).min <= low and top <= np.iinfo(t).max)
    return _Rolled(im, rises, dtype).least


def memory(shape: tuple[int, ...], ball: tuple[int, ...]) -> float:
    """Bytes that are taken for an image of that shape."""
    framed = math.prod(n + 2 * (reach - 1) for n, reach in zip(shape, ball, strict=True))
    return 8.0 * (len(shape) + 1) * framed + 16.0 * math.prod(shape) + 4096


class _Rolled:
    """One image in a type that holds all sums, and the least of them for each pixel."""

    def __init__(self, im: Array, rises: Array, dtype: np.dtype[Any]) -> None:
        self.whole = dtype.kind != "f"
        self.reaches = [n - 1 for n in rises.shape]
        self.least = im.astype(dtype)
        self.lowest, highest = self.least.min(), self.least.max()
        # Nothing around the image is lower than what is in it.
        framed = [n + 2 * reach for n, reach in zip(im.shape, self.reaches, strict=True)]
        inside = tuple(slice(reach, reach + n) for n, reach in zip(im.shape, self.reaches, strict=True))
        around = np.full(framed, highest if self.whole else np.inf, dtype)
        around[inside] = im
        self.sums, self.buffers = np.empty_like(self.least), [np.empty(0, dtype)] * im.ndim
        self._roll(around, rises)

    def _roll(self, around: Array, rises: Array) -> None:
        beyond = np.full((*rises.shape[:-1], 1), np.inf)
        further = np.concatenate([rises[..., 1:], beyond], axis=-1)  # how high a row is one pixel further out
        window = _moved(around, -1, self.reaches[-1], 0).copy()
        for w in range(self.reaches[-1] + 1):
            if w:
                left, right = _moved(around, -1, self.reaches[-1], -w), _moved(around, -1, self.reaches[-1], w)
                np.minimum(window if self.whole else right, left, out=window)
                np.minimum(window, right, out=window)
            wanted = rises[..., w] < self._enough()
            if self.whole:
                wanted &= rises[..., w] < further[..., w]
            self._join(window, wanted, rises[..., w], 0)

    def _enough(self) -> float:
        """From which rise on nothing is lower than what was found."""
        found = float(self.least.max()) - float(self.lowest)
        if self.whole or not found < np.inf:
            return found if self.whole else np.inf
        return found * (1 + 2.0**-50) + 1e-300  # of floats that is so after the rounding too

    def _join(self, window: Array, wanted: Array, rises: Array, axis: int) -> None:
        """What a window gives for the wanted rows, moved along an axis to both sides, and then along those after it."""
        if not wanted.any():
            return
        if not wanted.ndim:
            np.minimum(self.least, np.add(window, window.dtype.type(rises), out=self.sums), out=self.least)
            return
        reach = self.reaches[axis]
        for d in range(reach + 1):
            if wanted[d].any():
                moved = _moved(window, axis, reach, d)
                if d:
                    if self.buffers[axis].shape != moved.shape:
                        self.buffers[axis] = np.empty_like(moved)
                    moved = np.minimum(moved, _moved(window, axis, reach, -d), out=self.buffers[axis])
                self._join(moved, wanted[d], rises[d], axis + 1)


def _moved(framed: Array, axis: int, reach: int, move: int) -> Array:
    """What lies so far along an axis beside each pixel of an image in its frame."""
    part = [slice(None)] * framed.ndim
    part[axis] = slice(reach + move, framed.shape[axis] - reach + move)
    return framed[tuple(part)]
