"""What an opening or a closing changes: details that are smaller than the structuring element."""

import numpy as np

from maskexpr.functions.gives import Gives, Kinds, like_grid, numeric_result
from maskexpr.functions.parameters import Array, Axes, ElementShape, MaskOrImage, Reach, ResultKind
from maskexpr.functions.record import Settings, function
from maskexpr.kinds.kind import BINARY_OR_GREY, Kind
from maskexpr.kinds.ranges import Range
from maskexpr.library import elements
from maskexpr.library.morphology.elementary import ALIASES, BORDER, Outside, close, keeps_empty, like_image, open_


def _residue_kind(kinds: Kinds) -> Kind:
    """A mask of a mask; of an image the difference of two values of its kind, which is not negative."""
    if kinds["m"].name == "mask":
        return like_grid("mask", kinds, np.bool_)
    return numeric_result({"m": like_image(kinds)}, lambda values: Range(0, values.high - values.low))


_RESIDUE = Gives(BINARY_OR_GREY, _residue_kind)


def _what_opens(kind: Kind, settings: Settings) -> str:
    opened = "open(m, n, shape, axes, border)"
    return f"m & ~{opened}" if kind.name == "mask" else f"m - {opened}"


def _what_closes(kind: Kind, settings: Settings) -> str:
    closed = "close(m, n, shape, axes, border)"
    return f"{closed} & ~m" if kind.name == "mask" else f"{closed} - m"


def _difference(more: Array, less: Array, kind: Kind) -> Array:
    if more.dtype == bool:
        return more & ~less
    # Of integers the difference fits the result's type, and so is right there even if an operand does not fit it.
    return np.asarray(np.subtract(more, less, dtype=kind.dtype, casting="unsafe"))


@function(gives=_RESIDUE, halo=elements.twice_halo, cost=lambda s, d: 2 * elements.cost(s, d) + 1, memory=44,
         border=BORDER, aliases=ALIASES, check=elements.check_element, transposes=True, keeps_empty=True,
         derived=_what_opens, without_data="grey")  # fmt: skip
def tophat(
    m: MaskOrImage,
    n: Reach = 1,
    shape: ElementShape = "diamond",
    axes: Axes = None,
    border: Outside = "empty",
    *,
    kind: ResultKind,
) -> Array:
    """What `open` removes: specks and spurs, narrow bright details.

    `m & ~open(m, n)` of a mask, `im - open(im, n)` of an image; arguments as for `dilate`. The difference is never
    negative: integers take the smallest unsigned type that holds it, floating images keep their type. nan spreads as
    for `open`, and where both values are infinite the result is nan.

    Border: as for `open`: a mask is empty outside the image, which `border="ignore"` leaves out; grey images ignore it
    always.
    Errors: as for `open`.
    Source: Serra, Image Analysis and Mathematical Morphology, 1982; of images, with a named shape, it equals
    scipy.ndimage.white_tophat and skimage.morphology.white_tophat, which wrap where a difference leaves the type. Of
    masks scikit-image's is the one with `border="ignore"`.

    >>> evaluate("tophat(im)", im=[[3, 3, 9, 3, 3, 3, 8, 8, 8, 8]])
    array([[0, 0, 6, 0, 0, 0, 0, 0, 0, 0]], dtype=uint8)
    """
    return _difference(m, open_(m, n, shape, axes, border), kind)


@function(gives=_RESIDUE, halo=elements.twice_halo, cost=lambda s, d: 2 * elements.cost(s, d) + 1, memory=44,
         border=BORDER, aliases=ALIASES, check=elements.check_element, transposes=True, keeps_empty=keeps_empty,
         derived=_what_closes, without_data="grey")  # fmt: skip
def blackhat(
    m: MaskOrImage,
    n: Reach = 1,
    shape: ElementShape = "diamond",
    axes: Axes = None,
    border: Outside = "empty",
    *,
    kind: ResultKind,
) -> Array:
    """What `close` fills: small holes and gaps, narrow dark details.

    `close(m, n) & ~m` of a mask, `close(im, n) - im` of an image; types and nan as for `tophat`, arguments as for
    `dilate`.

    Border: as for `close`: a mask lies on a plane that goes on, empty, outside the image, or with `border="ignore"`
    ends at the image; grey images ignore the outside always.
    Errors: as for `close`.
    Source: Serra, Image Analysis and Mathematical Morphology, 1982; of images, with a named shape, it equals
    scipy.ndimage.black_tophat and skimage.morphology.black_tophat, which wrap where a difference leaves the type. Of
    masks scikit-image's is the one with `border="ignore"`.

    >>> evaluate("blackhat(im)", im=[[7, 7, 1, 7, 7, 7, 2, 2, 2, 2]])
    array([[0, 0, 6, 0, 0, 0, 0, 0, 0, 0]], dtype=uint8)
    """
    return _difference(close(m, n, shape, axes, border), m, kind)
