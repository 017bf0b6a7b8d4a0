"""Lines along edges."""

from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, Axes, Image, MaskOrNone, Masks, Number, Sigma
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kernels import slopes, smooth
from maskexpr.kinds.kind import NOT_CONSTANT, Kind
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import check_sigma, gaussian_cost, reaches, sigmas
from maskexpr.library.lazy import scipy

_LEAST = 2.0**-52  # what scikit-image adds to shares of a window, so that none is 0


def _check(settings: Settings, around: Surroundings) -> None:
    check_sigma(settings, around)
    if around.ndim is None:
        return
    count = len(elements.worked_axes(settings["axes"], around.ndim))
    if count != 2:
        way = 'name two: axes="yx" works slice by slice' if around.ndim > 2 else "give it rows and columns"
        raise Refused(messages.PLANE_ONLY, "axes" if settings["axes"] else "", axes=count, way=way)


def _check_levels(low: Any, high: Any) -> None:
    if not low <= high:
        raise Refused(messages.HYSTERESIS_ORDER, "low", low=low, high=high)


def _kind(kinds: Kinds) -> Kind:
    low, high = kinds["low"].constant, kinds["high"].constant
    if low is not NOT_CONSTANT and high is not NOT_CONSTANT:
        _check_levels(low, high)
    return like_grid("mask", {"im": kinds["im"]}, np.bool_)


@function(gives=Gives(frozenset({"mask"}), _kind), halo=WHOLE,
         cost=lambda settings, ndim: 120.0 + 2 * gaussian_cost(settings, ndim), memory=160,
         border="outside the image nothing counts, and pixels on its border are off", check=_check,
         without_data="within")  # fmt: skip
def canny(im: Image, sigma: Sigma, low: Number, high: Number, within: MaskOrNone = None, axes: Axes = None) -> Masks:
    """Canny's edges: lines one pixel wide along the edges of a plane.

    The image is smoothed by a Gaussian of `sigma`, which is as for `gaussian`. Pixels are kept where the gradient is
    the largest along its own direction, and at least `low`; of the lines that these form, joined by sides and corners,
    those that hold a gradient of at least `high`. It is the size of that by Sobel's kernels with weights up to 2, on
    the image's own scale: 5.66 times what `sobel` gives, and 8 where there is a slope of 1 a pixel. 25.5 and 51 are
    usual for 8 bits, a tenth and a fifth of the range; lower numbers give more lines. `within` limits all to a mask:
    what is outside it counts for nothing, and pixels that touch it are off. `axes="yx"` works slice by slice. nan and
    inf spread over the kernel, and are on no line.

    Border: outside the image nothing counts, and pixels on its border are off.
    Errors: low > high; an image of another number of axes than two, where no two are named; as for `gaussian`.
    Source: Canny, A computational approach to edge detection, 1986 (doi:10.1109/TPAMI.1986.4767851). As
    skimage.feature.canny with thresholds of the same scale; where two neighbours have the same gradient but for its
    last bits, either may be on. cv2.Canny does not smooth, and by default adds up the sizes along both axes.

    >>> evaluate("canny(im, 0.5, 10, 20)", im=np.uint8([[0, 0, 0, 9, 9, 9]] * 4)).astype(int)
    array([[0, 0, 0, 0, 0, 0],
           [0, 0, 1, 1, 0, 0],
           [0, 0, 1, 1, 0, 0],
           [0, 0, 0, 0, 0, 0]])
    """
    _check_levels(low, high)
    per_axis = sigmas({"sigma": sigma, "axes": axes}, im.ndim)
    values = (im if within is None else np.where(within, im, 0)).astype(np.float64)
    values = smooth.gaussian(values, per_axis, np.float64, mode="constant")
    np.divide(values, _shares(im.shape, within, per_axis), out=values)
    worked = elements.worked_axes(axes, im.ndim)
    planes = np.moveaxis(values, worked, (-2, -1)).reshape(-1, *(im.shape[a] for a in worked))
    inside = np.broadcast_to(True, im.shape) if within is None else within
    masks = np.moveaxis(inside, worked, (-2, -1)).reshape(planes.shape)
    found = np.stack([_lines(*both, float(low), float(high)) for both in zip(planes, masks, strict=True)])
    rest = [n for a, n in enumerate(im.shape) if a not in worked]
    return np.ascontiguousarray(np.moveaxis(found.reshape(*rest, *planes.shape[1:]), (-2, -1), worked))


def _shares(shape: tuple[int, ...], within: MaskOrNone, per_axis: tuple[float, ...]) -> Array:
    """The part of each window's weights that counts."""
    if within is not None:
        return smooth.gaussian(within.astype(np.float64), per_axis, np.float64, mode="constant") + _LEAST
    # Where all of an image counts, pixels that windows do not reach beyond it from are alike: one is enough of them.
    few = [min(n, 2 * reach + 1) for n, reach in zip(shape, reaches(per_axis), strict=True)]
    found = smooth.gaussian(np.ones(few), per_axis, np.float64, mode="constant") + _LEAST
    for axis, (n, kept) in enumerate(zip(shape, few, strict=True)):
        found = np.repeat(found, [n - kept + 1 if place == kept // 2 else 1 for place in range(kept)], axis)
    return found


def _lines(plane: Array, inside: Masks, low: float, high: float) -> Masks:
    """The lines of a smoothed plane."""
    down, right = (slopes.edges(plane, axis, np.float64) for axis in (0, 1))
    for slope in (down, right):
        np.multiply(slope, 4, out=slope)
    strength = down * down
    strength += right * right
    np.sqrt(strength, out=strength)
    enough = strength >= low
    if low <= 0:
        enough &= strength > 0
    enough &= _untouched(inside)
    candidates = np.nonzero(enough)
    lines = np.zeros(plane.shape, bool)
    lines[candidates] = _are_highest(strength, down[candidates], right[candidates], *candidates)
    labels, count = scipy.ndimage.label(lines, np.ones((3, 3)))
    kept = np.zeros(count + 1, bool)
    kept[labels[lines & (strength >= high)]] = True
    return np.asarray(kept[labels])


def _untouched(inside: Masks) -> Masks:
    """Where a mask holds all pixels around; none of those on the border of the image."""
    found = np.zeros(inside.shape, bool)
    if inside.strides == (0, 0):  # one pixel stands for all
        found[1:-1, 1:-1] = inside[:1, :1]
        return found
    rows = inside[:-2] & inside[1:-1] & inside[2:]
    found[1:-1, 1:-1] = rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]
    return found


def _are_highest(strength: Array, down: Array, right: Array, y: Array, x: Array) -> Masks:
    """Whether pixels that are not on the border are at least as strong as both places so far along the gradient that
    they lie between two neighbours, one beside the pixel and one across a corner."""
    slant = np.where((down > 0) == (right > 0), 1, -1)
    steep, flat = np.abs(down), np.abs(right)
    vertical = (steep > flat) | ((steep == flat) & (slant < 0))
    share = np.where(vertical, flat, steep) / np.where(vertical, steep, flat)
    here, highest = strength[y, x], np.ones(len(y), bool)
    for side in (1, -1):
        beside = strength[y + np.where(vertical, side * slant, 0), x + np.where(vertical, 0, side)]
        across = strength[y + side * slant, x + side]
        highest &= across * share + beside * (1.0 - share) <= here
    return highest
