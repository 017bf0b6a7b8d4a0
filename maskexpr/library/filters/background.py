"""The background of images, which bright objects stand on."""

import functools
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings, Takes
from maskexpr.functions.gives import SAME_IMAGE
from maskexpr.functions.parameters import Array, Axes, Image, Reach
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import Distance, exact
from maskexpr.kinds.kind import Kind
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import check_window

_HIGHEST = 1e150  # of which the square is still a floating number


def _settle_height(kind: Kind, around: Surroundings) -> Any:
    if kind.constant is not None and not math.isfinite(kind.constant):
        raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=kind.constant, wanted="finite")
    if kind.constant is not None and kind.constant > _HIGHEST:
        raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=f"{kind.constant:g}", wanted=f"at most {_HIGHEST:g}")
    return kind.constant


_Height = Annotated[Any, Takes(frozenset({"number", "none"}), "a number", _settle_height, low=0)]
_DISK = "disk"
Slices = tuple[slice, ...]


def ball_halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    return elements.halo({"n": settings["radius"], "shape": _DISK, "axes": settings["axes"]}, ndim)


def _box(settings: Settings, ndim: int) -> int:
    return math.prod(2 * reach + 1 for reach in ball_halo(settings, ndim))


def _check_ball(settings: Settings, around: Surroundings) -> None:
    if around.ndim is not None:
        check_window(_box(settings, around.ndim), "radius")


@function(gives=SAME_IMAGE, halo=ball_halo, cost=lambda settings, ndim: 3.0 * _box(settings, ndim), memory=32,
         border="outside the image is ignored", check=_check_ball, total=True, transposes=True,
         without_data="ball")  # fmt: skip
def rolling_ball(im: Image, radius: Reach = 100, height: _Height = None, axes: Axes = None) -> Array:
    """The background of an image: how high a ball comes that is rolled along below the landscape of its values.

    `im - rolling_ball(im, 50)` takes away an uneven background below bright objects; the radius is to be larger than
    the largest object's. Where they are dark on a bright background, turn the values round first: with
    `inverted = 255 - im` it is `255 - rolling_ball(inverted, 50)`.

    The ball has the same radius in pixels along the axes and in grey values upwards; each pixel gets the height of the
    ball's top when its centre is there: the least of `im + radius - sqrt(radius^2 - d^2)` over all pixels at a distance
    d of at most the radius. It is never above the image. `height` is another height in grey values: where an image's
    values go from 0 to 1, a ball of 50 is far too steep, and `rolling_ball(im, 50, height=0.2)` an ellipsoid that fits.
    The radius may be a length; where pixels are not as long along all axes the ball is an ellipsoid of so many
    millimetres, as high as its radius has pixels along the axis of most. A volume has a ball of four dimensions;
    `axes="yx"` rolls one along each slice.

    Keeps the image's type; integers cut off the fraction, towards 0. A noisy image is to be smoothed first, as one dark
    pixel holds the ball down: `rolling_ball(gaussian(im, 2), 50)`. nan spreads as far as the ball reaches.

    Border: outside the image is ignored.
    Errors: a negative radius; a length where the spacing is unknown; a ball of more than 2^20 pixels with its corners.
    Source: Sternberg, Biomedical image processing, 1983 (doi:10.1109/MC.1983.1654163); as
    skimage.restoration.rolling_ball, which computes float32 and float16 images in float32, and integers in float64;
    with a height as its ellipsoid_kernel of 2 * radius + 1. ImageJ's "Subtract background" first halves the image or
    more, smooths it, and lets the whole of the ball count where it lies, not only its top.

    >>> evaluate("rolling_ball(im, 2)", im=[[3, 3, 60, 5, 5, 20, 40, 60]])
    array([[ 3,  3,  3,  5,  5,  5,  7, 22]])
    """
    rises = ball(radius, height, axes, im.shape)
    if im.dtype.kind == "f":
        work, found = im.astype(np.float64), np.full(im.shape, np.inf)
        for target, origin, rise in _moved(rises, im.shape):
            np.minimum(found[target], work[origin] + rise, out=found[target])
        return np.asarray((found + 0.0).astype(im.dtype))
    down = _lowest(im, np.floor(rises))
    if im.dtype.kind == "u" or not (down < 0).any():
        return down
    return np.where(down < 0, _lowest(im, np.ceil(rises)), down)


def _moved(rises: Array, shape: tuple[int, ...]) -> Iterator[tuple[Slices, Slices, float]]:
    """Where copies of an image lie that are moved within a ball, and what they came from; with their rise."""
    for move in itertools.product(*(range(1 - n, n) for n in rises.shape)):
        rise = float(rises[tuple(abs(d) for d in move)])
        if rise < np.inf:
            yield *elements.shifted(shape, move), rise


def _lowest(im: Array, rises: Array) -> Array:
    """The least of moved integers, each with its rise, where that is within their type."""
    info, found = np.iinfo(im.dtype), im.copy()
    for target, origin, rise in _moved(rises, im.shape):
        most = int(info.max) - int(rise)
        if most > info.min:  # else it is above all there are
            added = np.array(int(rise) % 2**64, np.uint64).astype(im.dtype)  # modulo what the type holds
            np.minimum(found[target], np.minimum(im[origin], most) + added, out=found[target])
    return found


def ball(radius: Distance, height: Any, axes: tuple[int, ...] | None, shape: tuple[int, ...]) -> Array:
    """How much lower than its top a ball is, by how many pixels it is from there along each axis, to either side; inf
    beyond it. What leaves an image of that shape is cut.

    It is the height less the root of a fraction that is exact, and rounded once.
    """
    ndim = len(shape)
    worked = elements.worked_axes(axes, ndim)
    n = elements.in_pixels(radius, worked)
    steps = n.spacing or (Fraction(1),) * ndim
    top = exact(height) if height is not None else n.radius / min((steps[axis] for axis in worked), default=1)
    reaches = tuple(min(n.reach(axis), shape[axis] - 1) if axis in worked else 0 for axis in range(ndim))
    return _ball(n.radius, top, tuple(steps), reaches)


@functools.lru_cache(16)  # one for all strips of an image
def _ball(radius: Fraction, top: Fraction, steps: tuple[Fraction, ...], reaches: tuple[int, ...]) -> Array:
    scale = math.lcm(radius.denominator, *(step.denominator for step in steps))
    whole = [
        [(int(step * scale) * d) ** 2 for d in range(reach + 1)] for step, reach in zip(steps, reaches, strict=True)
    ]
    most = int(radius * scale) ** 2
    fits = sum(of[-1] for of in whole) < 2**63
    squares = np.asarray(
        functools.reduce(np.add, np.ix_(*(np.array(of, np.int64 if fits else object) for of in whole)))
    )
    different, which = np.unique(squares, return_inverse=True)
    rises = np.full(different.shape, np.inf)
    for i, square in enumerate(int(square) for square in different if square <= most):
        left = Fraction(most - square, most) if most else Fraction(1)
        rises[i] = float(top) - math.sqrt(float(top**2 * left))
    found: Array = rises[which].reshape(squares.shape)
    found.flags.writeable = False
    return found
