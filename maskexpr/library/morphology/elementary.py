"""Dilation, erosion and what is built from them, of masks and of grey images.

A mask lies on an infinite plane that is empty outside the image; grey morphology ignores the outside.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics.messages import REACH_TOO_LARGE
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import MASK, SAME, SAME_PIXELS, Gives, Kinds
from maskexpr.functions.parameters import (
    Array,
    Axes,
    ElementShape,
    MaskLabelsOrImage,
    MaskOrLabels,
    Masks,
    Reach,
    ResultKind,
)
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import NAMED_SHAPES, Distance, one_of
from maskexpr.kernels.distances import squares_to_off
from maskexpr.kernels.stopping import pause
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import of_type
from maskexpr.library import elements
from maskexpr.library.elements import Element
from maskexpr.library.lazy import scipy
from maskexpr.library.morphology import labelled
from maskexpr.library.numbering import grown_each

# Above this many offsets a distance transform is cheaper than trying each.
_LARGE_FOOTPRINT = 500
_EMPTY, _IGNORED = "outside the image is empty", "outside the image is ignored"
BORDER = {"mask": _EMPTY, "labels": _EMPTY, "image": _IGNORED, "ignore": _IGNORED}
Outside = Annotated[str, one_of("empty", "ignore")]
ALIASES = {"iterations": "n"}
_GREY = Kind("image")  # what is worked on where no checker says: no labels


def _dilated(m: Masks, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Masks:
    if shape == "disk" and _is_large(n, axes, m.shape):
        return elements.per_block(m, axes, lambda block: _within_distance(block, n, axes, m.ndim))
    if _is_stretched(n, shape, axes, m.ndim):
        return _along_each_axis(_dilated, m, n, shape, axes)
    return _applied(scipy.ndimage.binary_dilation, m, elements.element(n, shape, axes, m.ndim, m.shape))


def _eroded(m: Masks, n: Distance, shape: str, axes: tuple[int, ...] | None, border: str = "empty") -> Masks:
    """Where the outside is ignored nothing is eaten from there, as if all of it were on."""
    on = border == "ignore"
    if shape == "disk" and _is_large(n, axes, m.shape):
        if on:
            return ~_dilated(~m, n, shape, axes)
        pad = [1 if a in elements.worked_axes(axes, m.ndim) else 0 for a in range(m.ndim)]
        return ~_cropped(_dilated(~_padded(m, pad), n, shape, axes), pad)
    if _is_stretched(n, shape, axes, m.ndim):
        return _along_each_axis(functools.partial(_eroded, border=border), m, n, shape, axes)
    extent = tuple(s + 1 for s in m.shape)
    erosion = functools.partial(scipy.ndimage.binary_erosion, border_value=on)
    return _applied(erosion, m, elements.element(n, shape, axes, m.ndim, extent))


def _applied(operation: Any, m: Masks, e: Element) -> Masks:
    if not e.times:
        return m.copy()
    if e.holds_centre:  # then a result only grows, or only shrinks, and SciPy stops when it no longer does
        return np.asarray(operation(m, e.footprint, iterations=e.times))
    return elements.repeated(lambda before: operation(before, e.footprint), m, e.times)


def _is_stretched(n: Distance, shape: str, axes: tuple[int, ...] | None, ndim: int) -> bool:
    """Whether this is a square that is longer along some axes than along others."""
    return shape == "square" and elements.in_pixels(n, elements.worked_axes(axes, ndim)).spacing is not None


def _along_each_axis(operation: Any, m: Masks, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Masks:
    """A square is a line along each axis."""
    for axis in elements.worked_axes(axes, m.ndim):
        m = operation(m, n, shape, (axis,))
    return m


def _is_large(n: Distance, axes: tuple[int, ...] | None, shape: tuple[int, ...]) -> bool:
    sizes = (2 * min(n.reach(a), shape[a]) + 1 for a in elements.worked_axes(axes, len(shape)))
    return math.prod(sizes) > _LARGE_FOOTPRINT


def _within_distance(m: Masks, n: Distance, axes: tuple[int, ...] | None, ndim: int) -> Masks:
    """Where the nearest on pixel is at most n away, measured exactly from the offset to it."""
    if not m.any():
        return np.zeros_like(m)
    steps, most = elements.scaled_squares(n, elements.worked_axes(axes, ndim))
    return np.asarray(squares_to_off(~m, steps) <= most, dtype=bool)


def _padded(m: Array, pad: list[int]) -> Array:
    return np.pad(m, [(p, p) for p in pad])


def _cropped(m: Array, pad: list[int]) -> Array:
    return m[tuple(slice(p, size - p) for p, size in zip(pad, m.shape, strict=True))]


def grey_extreme(im: Array, n: Distance, shape: str, axes: tuple[int, ...] | None, ufunc: Any) -> Array:
    """The extreme of the pixels under the element, those outside left out; a maximum is taken under its reflection, so
    that dilation stamps the element as it does for masks."""
    sign = 1 if ufunc is np.maximum else -1
    result = im.copy()
    for part in _parts(n, shape, axes, im):
        moves = [tuple(sign * d for d in offset) for offset in elements.offsets(part.footprint)]
        moves = [move for move in moves if elements.overlaps(im.shape, move)]
        result = elements.repeated(functools.partial(_extreme, moves, ufunc), result, part.times)
    return np.asarray(result + 0)  # -0.0 becomes 0.0: which of two zeros NumPy takes depends on their order


def _extreme(moves: list[tuple[int, ...]], ufunc: Any, before: Array) -> Array:
    """The extreme of copies of an image that are moved; without any copy the one that every value beats."""
    lowest = ufunc is np.maximum
    result = np.full_like(before, _lowest(before.dtype) if lowest else _highest(before.dtype))
    for move in moves:
        pause()
        target, origin = elements.shifted(before.shape, move)
        ufunc(result[target], before[origin], out=result[target])
    return result


def _parts(n: Distance, shape: str, axes: tuple[int, ...] | None, im: Array) -> list[Element]:
    """An element as a sequence of smaller ones: a square is a line along each axis."""
    if shape != "square":
        return [elements.element(n, shape, axes, im.ndim, im.shape)]
    lines = [elements.footprint(n, shape, (a,), im.ndim, im.shape) for a in elements.worked_axes(axes, im.ndim)]
    return [Element(line, 1) for line in lines]


def like_image(kinds: Kinds) -> Kind:
    """The kind of extremes of an image: its own, but where the element leaves its centre out, it may find no pixel
    inside the image, which gives the type's lowest or highest value."""
    kind, shape = SAME.rule(kinds), kinds.get("shape")
    if (
        kind.name == "labels"
        or kind.range is None
        or kind.dtype is None
        or shape is None
        or shape.constant in NAMED_SHAPES
    ):
        return kind
    holds_centre = Element(elements.pattern_array(shape.constant), 1).holds_centre
    return kind if holds_centre else replace(kind, range=of_type(kind.dtype))


_SAME = Gives(SAME_PIXELS.names, like_image)


def _lowest(dtype: np.dtype[Any]) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _highest(dtype: np.dtype[Any]) -> Any:
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max


def _holds_its_centre(settings: Settings) -> bool:
    """Unlike a pattern, a named shape does."""
    return settings["shape"] in NAMED_SHAPES


def keeps_empty(settings: Settings) -> bool:
    """An element without its centre may find no pixel inside the image: then nothing is off that it meets."""
    return settings["border"] == "empty" or _holds_its_centre(settings)


# --- the outside ignored ---------------------------------------------------------------------------------------------
# Then an erosion is the dilation of what is off, which is empty outside.


def _ignoring(words: Callable[[str], str]) -> Callable[[Kind, Settings], str]:
    """An expression for masks by the pattern that undoes a dilation's, where the outside is ignored."""

    def derived(kind: Kind, settings: Settings) -> str:
        if kind.name != "mask" or settings["border"] != "ignore":
            return ""
        shape = settings["shape"]
        return words("shape" if shape in NAMED_SHAPES else f'"{elements.mirrored(shape)}"')

    return derived


@function(gives=_SAME, halo=elements.halo, cost=elements.cost, memory=36, border=BORDER, aliases=ALIASES,
         check=elements.check_element, total=True, transposes=True, keeps_empty=True,
         extensive=_holds_its_centre, without_data="grey")  # fmt: skip
def dilate(
    m: MaskLabelsOrImage, n: Reach = 1, shape: ElementShape = "diamond", axes: Axes = None, *, kind: ResultKind = _GREY
) -> Any:
    """Grow a mask or labels by a reach of n, or take the largest grey value within that reach.

    `n` is a number of pixels or a length (then the element is an ellipsoid, or scaled per axis, where the spacing is
    anisotropic); 0 changes nothing. `shape` is "diamond" (city-block distance), "square" (chessboard), "disk"
    (Euclidean, a ball in 3-D), or a pattern of 0 and 1 such as "010/111/010" that is stamped n times, cropped to the
    image each time; planes of a 3-D pattern are parted by `//`. `axes` limits the work to some axes: `axes="yx"` works
    slice by slice.

    Labels grow into the background alone: a pixel that several of them reach goes to the nearest, as the shape
    measures (with a pattern, to what the fewest stamps reach), and of several as near to the lowest number. Their own
    pixels stay, whatever the pattern.

    Border: nothing comes in from outside: a mask is empty there, grey images ignore it. These keep their type; nan
    spreads; a pattern that meets no pixel of the image gives the lowest value of the type (`erode` the highest).
    Errors: a negative reach; a length without spacing; a pattern of another dimension than the axes, or of more than
    4096 characters.
    Source: Serra, Image Analysis and Mathematical Morphology, 1982; equals scipy.ndimage.binary_dilation, whose
    `iterations` is accepted as a name for n, and of images, with a named shape, scipy.ndimage.grey_dilation. Of labels
    a disk grows as skimage.segmentation.expand_labels does, which leaves ties to the order of its transform.

    >>> evaluate("dilate(m, 1)", m=np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], bool)).astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """
    if kind.name == "labels":
        return labelled.dilated(m, n, shape, axes)
    return _dilated(m, n, shape, axes) if m.dtype == bool else grey_extreme(m, n, shape, axes, np.maximum)


@function(gives=_SAME, halo=elements.halo, cost=elements.cost, memory=36, border=BORDER, aliases=ALIASES,
         check=elements.check_element, total=True, transposes=True, keeps_empty=keeps_empty,
         derived=_ignoring(lambda mirrored: f"~dilate(~m, n, {mirrored}, axes)"), without_data="grey")  # fmt: skip
def erode(
    m: MaskLabelsOrImage,
    n: Reach = 1,
    shape: ElementShape = "diamond",
    axes: Axes = None,
    border: Outside = "empty",
    *,
    kind: ResultKind = _GREY,
) -> Any:
    """Shrink a mask or labels by a reach of n, or take the smallest grey value within that reach.

    Arguments as for `dilate`. Of labels each is eroded by itself: its neighbours are outside of it, as the background
    is, so that labels that touch come apart.

    Border: masks and labels are empty outside the image, so they are eaten from the border too; with `border="ignore"`
    the outside does not count, and they are eaten only from what else is in the image. Grey images always ignore the
    outside, keep their type, and nan spreads.
    Errors: as for `dilate`.
    Source: Serra, Image Analysis and Mathematical Morphology, 1982; equals scipy.ndimage.binary_erosion, and of images,
    with a named shape, scipy.ndimage.grey_erosion. `border="ignore"` is as OpenCV (cv2.erode), scikit-image, mahotas
    and DIPlib have it, and as binary_erosion with border_value=1; of a pattern that is not symmetric, as scikit-image.

    >>> evaluate("erode(m)", m=np.ones((3, 4), bool)).astype(int)
    array([[0, 0, 0, 0],
           [0, 1, 1, 0],
           [0, 0, 0, 0]])
    """
    if kind.name == "labels":
        return labelled.eroded(m, n, shape, axes, border)
    return _eroded(m, n, shape, axes, border) if m.dtype == bool else grey_extreme(m, n, shape, axes, np.minimum)


def room(extent: tuple[int, ...], n: Distance, shape: str, axes: tuple[int, ...] | None) -> tuple[Distance, list[int]]:
    """A reach that does the same on an image of this extent, and how far it looks along each axis: the room that two
    operations need around the image. Refused where that is too much for memory."""
    worked = elements.worked_axes(axes, len(extent))
    n = elements.in_pixels(n, worked)
    if shape in ("diamond", "square") and n.spacing is None:
        # A reach beyond the image's size sees the same half-planes whatever it is.
        n = replace(n, radius=min(n.radius, Fraction(sum(extent[a] for a in worked) + 1)))
    pad = list(elements.halo({"n": n, "shape": shape, "axes": axes}, len(extent)))
    size = math.prod(s + 2 * p for s, p in zip(extent, pad, strict=True))
    if size > max(2**28, 4 * math.prod(extent)):
        raise Refused(REACH_TOO_LARGE, "n", pixels=f"{size:.3g}")
    return n, pad


def _on_the_plane(first: Any, second: Any, m: Array, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Array:
    """Two operations with room around the image, so that what leaves it between them is not lost."""
    n, pad = room(m.shape, n, shape, axes)
    return np.ascontiguousarray(_cropped(second(first(_padded(m, pad), n, shape, axes), n, shape, axes), pad))


@function(gives=_SAME, name="open", halo=elements.twice_halo, cost=lambda s, d: 2 * elements.cost(s, d), memory=44,
         border=BORDER, aliases=ALIASES, check=elements.check_element, transposes=True, keeps_empty=keeps_empty,
         derived=_ignoring(lambda mirrored: f"dilate(~dilate(~m, n, {mirrored}, axes), n, shape, axes)"),
         without_data="grey")  # fmt: skip
def open_(
    m: MaskLabelsOrImage,
    n: Reach = 1,
    shape: ElementShape = "diamond",
    axes: Axes = None,
    border: Outside = "empty",
    *,
    kind: ResultKind = _GREY,
) -> Any:
    """Remove what the element does not fit into: specks, spurs and thin bridges. Erosion, then dilation.

    Arguments as for `dilate`. The result is never larger than `m`; of labels each is opened by itself. nan in an image
    spreads by twice the reach.

    Border: a mask is empty outside the image, so the element has to fit inside; with `border="ignore"` only what lies
    in the image counts, so that at the border a part of the element is enough. Grey images always ignore the outside.
    Errors: as for `dilate`; with a pattern, a reach so large that the room around the image does not fit in memory.
    Source: Serra, Image Analysis and Mathematical Morphology, 1982; with a named shape equals
    scipy.ndimage.binary_opening, and of images grey_opening. `border="ignore"` is as OpenCV (cv2.morphologyEx with
    MORPH_OPEN), scikit-image, mahotas and DIPlib have it; of a pattern that is not symmetric, as scikit-image.

    >>> evaluate("area(open(m))", m=np.pad(np.ones((3, 3), bool), 2) | np.eye(7, dtype=bool))
    5
    """
    if kind.name == "labels":
        if border == "ignore":
            return labelled.stamped(labelled.eroded(m, n, shape, axes, border), n, shape, axes)
        return _on_the_plane(labelled.eroded, labelled.stamped, m, n, shape, axes)
    if m.dtype != bool:
        return grey_extreme(grey_extreme(m, n, shape, axes, np.minimum), n, shape, axes, np.maximum)
    if shape in NAMED_SHAPES or border == "ignore":  # named shapes hold their centre: nothing leaves the image between
        return _dilated(_eroded(m, n, shape, axes, border), n, shape, axes)
    return _on_the_plane(_eroded, _dilated, m, n, shape, axes)


@function(gives=_SAME, halo=elements.twice_halo, cost=lambda s, d: 2 * elements.cost(s, d), memory=44,
         border=BORDER, aliases=ALIASES, check=elements.check_element, transposes=True, keeps_empty=keeps_empty,
         derived=_ignoring(lambda mirrored: f"~dilate(~dilate(m, n, shape, axes), n, {mirrored}, axes)"),
         extensive=True, without_data="grey")  # fmt: skip
def close(
    m: MaskLabelsOrImage,
    n: Reach = 1,
    shape: ElementShape = "diamond",
    axes: Axes = None,
    border: Outside = "empty",
    *,
    kind: ResultKind = _GREY,
) -> Any:
    """Fill what the element does not fit into: small holes, gaps and narrow bays. Dilation, then erosion.

    Arguments as for `dilate`. The result is never smaller than `m`. nan in an image spreads by twice the reach. Of
    labels each is closed by itself: pixels of another stay with it, and a pixel of the background that several fill
    goes to the lowest number.

    Border: a mask lies on a plane that goes on, empty, outside the image, so what touches the border is not eaten
    there, and a gap between a mask and the border is not filled; with `border="ignore"` such gaps are filled, as the
    outside does not count. Grey images always ignore the outside.
    Errors: as for `dilate`; a reach so large that the room around the image does not fit in memory.
    Source: Serra, Image Analysis and Mathematical Morphology, 1982; equals scipy.ndimage.binary_closing of a mask
    padded by n (without, that one eats from the border), and of images, with a named shape, grey_closing.
    `border="ignore"` is as OpenCV (cv2.morphologyEx with MORPH_CLOSE), scikit-image, mahotas and DIPlib have it; of a
    pattern that is not symmetric, as scikit-image.

    >>> evaluate("all(close(m))", m=np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool))
    True
    """
    if kind.name == "labels":
        # What is closed stays within its box, as half of the plane does, but for gaps to the border that are filled.
        around = [0] * m.ndim
        if border == "ignore":
            reaches = elements.twice_halo({"n": n, "shape": shape, "axes": axes}, m.ndim)
            around = [1 + reach for reach in reaches] if shape in NAMED_SHAPES else [*m.shape]
        return grown_each(m, axes, lambda own: _closed(own, n, shape, axes, border), around)
    if m.dtype != bool:
        return grey_extreme(grey_extreme(m, n, shape, axes, np.maximum), n, shape, axes, np.minimum)
    return _closed(m, n, shape, axes, border)


def _closed(m: Masks, n: Distance, shape: str, axes: tuple[int, ...] | None, border: str) -> Masks:
    if border == "ignore":
        return _eroded(_dilated(m, n, shape, axes), n, shape, axes, border)
    return _on_the_plane(_dilated, _eroded, m, n, shape, axes)


@function(gives=MASK, halo=elements.halo, cost=elements.cost, memory=36, border=BORDER, aliases=ALIASES,
         check=elements.check_element, total=True, transposes=True, keeps_empty=True,
         derived="m & ~erode(m, n, shape, axes, border)", without_data="grey")  # fmt: skip
def boundary(
    m: MaskOrLabels, n: Reach = 1, shape: ElementShape = "diamond", axes: Axes = None, border: Outside = "empty"
) -> Any:
    """The pixels of a mask within n of what is off: `m & ~erode(m, n)`; of labels those within n of another number.

    Arguments as for `dilate`. Of labels it is `(m > 0) & (erode(m, n) == 0)`, a mask: where two of them touch, the
    pixels on both sides belong to it, and the background never does.

    Border: a mask is empty outside the image, so its pixels at the border belong to the boundary; with
    `border="ignore"` a pixel belongs to it only if one in the image is off within n.
    Errors: as for `dilate`.
    Source: `m & ~scipy.ndimage.binary_erosion(m)`; with n=1 and `border="ignore"`
    skimage.segmentation.find_boundaries(m, mode="inner"), of masks and of labels.

    >>> evaluate("boundary(m)", m=np.ones((3, 4), bool)).astype(int)
    array([[1, 1, 1, 1],
           [1, 0, 0, 1],
           [1, 1, 1, 1]])
    """
    if m.dtype != bool:
        return (m > 0) & (labelled.eroded(m, n, shape, axes, border) == 0)
    return m & ~_eroded(m, n, shape, axes, border)
