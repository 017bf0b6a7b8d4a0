"""Filters with a kernel of one's own."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import Gives, Kinds, float_type, like_grid
from maskexpr.functions.parameters import Array, Axes, Border, Image, Kernel, ResultKind
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import kernel_shape
from maskexpr.kernels import borders
from maskexpr.kernels.stopping import pause
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Range, smallest_type
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import BEYOND


def numbers_of(kernel: Any) -> Iterator[int | float]:
    """The numbers in nested lists, in scan order."""
    if isinstance(kernel, tuple):
        for part in kernel:
            yield from numbers_of(part)
    else:
        yield kernel


def _sums(kinds: Kinds) -> Kind:
    """Integers where all there is are such, in a type that holds what can come out."""
    im, numbers = kinds["im"], list(numbers_of(kinds["kernel"].constant))
    if im.range is None or not all(isinstance(number, int) for number in numbers):
        return like_grid("image", {"im": im}, float_type([im]))
    low, high = im.range
    if "border" in kinds and kinds["border"].constant == "constant":
        low, high = min(low, 0), max(high, 0)
    rising, falling = sum(n for n in numbers if n > 0), sum(n for n in numbers if n < 0)
    values = Range(int(rising * low + falling * high), int(rising * high + falling * low))
    dtype = smallest_type(values)
    if dtype is None:
        raise Refused(messages.RESULT_TOO_WIDE, range=values)
    return like_grid("image", {"im": im}, dtype, values)


def _sizes(settings: Settings, ndim: int) -> tuple[int, ...]:
    """The kernel's size along each axis, 1 along those that are not worked on."""
    sizes = [1] * ndim
    for axis, size in zip(elements.worked_axes(settings["axes"], ndim), kernel_shape(settings["kernel"]), strict=True):
        sizes[axis] = size
    return tuple(sizes)


def _halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    return tuple(size // 2 for size in _sizes(settings, ndim))


def _cost(settings: Settings, ndim: int) -> float:
    return 2.0 * math.prod(_sizes(settings, ndim))


@function(
    gives=Gives(frozenset({"image"}), _sums),
    halo=_halo,
    cost=_cost,
    memory=56,
    border=BEYOND,
    total=True,
    by_channel=True,
)
def correlate(im: Image, kernel: Kernel, axes: Axes = None, border: Border = "reflect", *, kind: ResultKind) -> Array:
    """The sum of the pixels around each pixel, each times the number of a kernel that lies over it.

    The kernel is a list of numbers for an image of one axis, a list of rows for a plane, a list of planes for a volume:
    `correlate(im, [[0, 1, 0], [1, -4, 1], [0, 1, 0]])`. Its middle, of an even number the upper of the two, lies over
    the pixel: number `size // 2` along each axis. `axes` names those it lies along (`axes="yx"` slice by slice,
    `correlate(im, [1, 2, 1], axes="x")`). It is not turned: for a convolution write it turned by half a turn.

    Of an image of integers and a kernel of whole numbers the sums are exact, in the smallest type of integers that
    holds all that can come out. Else they are computed in float64, in scan order of the kernel, and floating images
    keep their type. What is times 0 is left out, so nan and inf spread over the kernel where it is not 0. Of a
    colour image each channel is taken by itself.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`.
    Errors: rows of different lengths; a kernel of another number of axes than are worked on, or of more than 4,096
    numbers; integers that no type can hold.
    Source: as scipy.ndimage.correlate, which leaves out numbers below 2.2e-16 in size too, and gives integers in the
    image's own type, where they wrap; scipy.ndimage.convolve turns the kernel, cv2.filter2D does not.

    >>> evaluate("correlate(im, [[-1, 0, 1]])", im=np.uint8([[0, 10, 30, 60]]))
    array([[10, 30, 50, 30]], dtype=int16)
    """
    sizes = _sizes({"kernel": kernel, "axes": axes}, im.ndim)
    padded = borders.extended(im, [size // 2 for size in sizes], border)
    exact = kind.range is not None  # added modulo 2^64: the sums fit, whatever is on the way to them
    values = padded.astype(np.uint64 if exact else np.float64)
    total: Array = np.zeros(im.shape, values.dtype)
    for place, number in zip(itertools.product(*map(range, sizes)), numbers_of(kernel), strict=True):
        pause()
        if number:
            part = values[tuple(slice(p, p + n) for p, n in zip(place, im.shape, strict=True))]
            total = total + part * (np.uint64(number % 2**64) if exact else float(number))
    return total.astype(kind.dtype, copy=False)
