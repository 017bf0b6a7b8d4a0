"""Filters by the order of values in windows, and by how many values there are."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import FLOAT_IMAGE, SAME_IMAGE, Gives, Kinds
from maskexpr.functions.parameters import (
    Array,
    Axes,
    BorderOrIgnored,
    ConstantPercent,
    ElementShape,
    Image,
    MaskOrNone,
    Masks,
    Whole,
    Window,
)
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import NAMED_SHAPES, Distance, exact
from maskexpr.kernels.entropies import entropies
from maskexpr.kernels.ranks import ranked
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Bounds, Range, union
from maskexpr.library import elements
from maskexpr.library.filters.smoothing import (
    BEYOND_OR_IGNORED,
    check_counted,
    is_counted,
    may_lack_pixels,
    window_counts,
    window_size,
)


def _ranked_kind(kinds: Kinds) -> Kind:
    kind = SAME_IMAGE.rule(kinds)
    is_constant = "border" in kinds and kinds["border"].constant == "constant"
    if not is_constant and not may_lack_pixels(kinds):
        return kind
    if kind.range is not None:
        return replace(kind, range=union(kind.range, Range(0, 0)))
    limits = kind.limits
    return replace(kind, bounds=Bounds(min(limits.low, 0), max(limits.high, 0), limits.nan))


_RANKED = Gives(frozenset({"image"}), _ranked_kind)


def _ranks_cost(settings: Settings, ndim: int) -> float:
    return 4.0 * window_size(settings, ndim) * (4 if is_counted(settings) else 1)


def _window_pixels(settings: Settings, ndim: int) -> int:
    window = elements.footprint(settings["n"], settings["shape"], settings["axes"], ndim)
    return int(np.count_nonzero(window))


# --- ranks -----------------------------------------------------------------------------------------------------------


@function(gives=_RANKED, halo=elements.halo, cost=_ranks_cost, memory=36, border=BEYOND_OR_IGNORED, total=True,
         check=check_counted, transposes=True, by_channel=True, without_data="counted")  # fmt: skip
def median_filter(
    im: Image,
    n: Window = 1,
    shape: ElementShape = "square",
    axes: Axes = None,
    border: BorderOrIgnored = "reflect",
    within: MaskOrNone = None,
) -> Array:
    """The median of the pixels in a window around each pixel: removes specks and keeps edges.

    The window holds the pixels within a reach of `n`: a square of 2n + 1 by default, so that n=1 is 3x3; `n`, `shape`
    and `axes` as for `dilate`. A list is a reach of its own for each image axis: n=[3, 5] is 7x11 pixels, by a disk an
    ellipse. A pattern such as "010/111/010" is a window too, and n how often the filter is applied.
    A window of an even number of pixels gives the upper of its two middle values. Keeps the image's type and is exact;
    nan counts as larger than all numbers. Of a colour image each channel is taken by itself.

    With `within` only the pixels of a mask count, wherever the window lies; what is beyond the border counts as the
    pixels do that are reflected there. Where a window holds none, the result is without data: masks made of it are off
    there, and `fill(median_filter(im, 2, within=m), 0)` puts a number there. Pixels without data do not count either.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`; and with
    "ignore" windows end at the border.
    Errors: as for `dilate`; a window of more than 2^20 pixels; a pattern applied more than once where pixels are
    counted, which they are with `within` and with border="ignore".
    Source: equals scipy.ndimage.median_filter, which rounds 64-bit integers to float64 and does not define nan; with
    border="ignore" skimage.filters.rank.median, whose `mask` is `within` and which gives 0 where a window holds none.
    skimage.filters.median repeats the last pixel beyond the border (mode="nearest") unless told otherwise.

    >>> evaluate("median_filter(im)", im=[[1, 1, 1], [1, 9, 2], [2, 2, 2]])
    array([[1, 1, 1],
           [1, 2, 2],
           [2, 2, 2]])
    """
    window = elements.footprint(n, shape, axes, im.ndim)
    if within is not None or border == "ignore":
        return _ranked_within(im, lambda counts: counts // 2, window, border, within)
    return _ranked(im, int(np.count_nonzero(window)) // 2, window, n, shape, border)


def _check_rank(settings: Settings, around: Surroundings) -> None:
    check_counted(settings, around)
    if around.ndim is None:
        return
    size, rank = _window_pixels(settings, around.ndim), int(settings["rank"])
    if not -size <= rank < size:
        raise Refused(messages.RANK_OUTSIDE, "rank", rank=rank, size=size, last=size - 1)


@function(gives=_RANKED, halo=elements.halo, cost=_ranks_cost, memory=36, border=BEYOND_OR_IGNORED, total=True,
         check=_check_rank, transposes=True, by_channel=True, without_data="counted")  # fmt: skip
def rank_filter(
    im: Image,
    rank: Whole,
    n: Window = 1,
    shape: ElementShape = "square",
    axes: Axes = None,
    border: BorderOrIgnored = "reflect",
    within: MaskOrNone = None,
) -> Array:
    """The pixel of a given rank in a window around each pixel; 0 is the smallest, -1 the largest.

    `rank` is a whole number: where the pixels of the window stand in order, from 0 for the smallest on, or from -1 for
    the largest down. `rank_filter(im, 1)` is the second smallest of 3x3 pixels, which one dark speck does not move.
    `n`, `shape` and `axes`, and how windows are meant, as for `median_filter`. Keeps the image's type and is exact; nan
    counts as larger than all numbers. Of a colour image each channel is taken by itself.

    With `within` only the pixels of a mask count, as for `median_filter`. Where a window holds too few for the rank,
    the result is without data; `percentile_filter` goes by how many there are.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`; and with
    "ignore" windows end at the border.
    Errors: a rank that the window does not have; as for `median_filter`.
    Source: equals scipy.ndimage.rank_filter, which rounds 64-bit integers to float64 and does not define nan.

    >>> evaluate("rank_filter(im, -2)", im=[[1, 1, 1], [1, 9, 2], [2, 2, 2]])
    array([[1, 2, 2],
           [2, 2, 2],
           [2, 2, 2]])
    """
    window, rank = elements.footprint(n, shape, axes, im.ndim), int(rank)
    if within is not None or border == "ignore":
        return _ranked_within(
            im, lambda counts: counts + rank if rank < 0 else counts * 0 + rank, window, border, within
        )
    return _ranked(im, rank, window, n, shape, border)


def _rank_at(percent: float, count: int) -> int:
    """Which of so many values has so much of them before it."""
    return min(int(exact(percent) * count // 100), count - 1)


def _of_rank(kind: Kind, settings: Settings) -> str:
    if is_counted(settings) or kind.ndim is None:
        return ""
    rank = _rank_at(settings["percent"], _window_pixels(settings, kind.ndim))
    return f"rank_filter(im, {rank}, n, shape, axes=axes, border=border)"


@function(gives=_RANKED, halo=elements.halo, cost=_ranks_cost, memory=36, border=BEYOND_OR_IGNORED, total=True,
         check=check_counted, transposes=True, by_channel=True, without_data="counted", derived=_of_rank)  # fmt: skip
def percentile_filter(
    im: Image,
    percent: ConstantPercent,
    n: Window = 1,
    shape: ElementShape = "square",
    axes: Axes = None,
    border: BorderOrIgnored = "reflect",
    within: MaskOrNone = None,
) -> Array:
    """The value with a given percentage of the pixels before it, in a window around each pixel.

    `percent` is from 0, the smallest, to 100, the largest; 50 is the median. Of the window's pixels in order the one is
    given that has `percent` of them before it, rounded down: of nine `percentile_filter(im, 20)` gives the second. It
    is one of the image's values, with nothing put between two of them as `percentile` does for a whole image. `n`,
    `shape` and `axes`, and how windows are meant, as for `median_filter`. Keeps the image's type and is exact; nan
    counts as larger than all numbers. Of a colour image each channel is taken by itself. A floor under dark spots is
    `percentile_filter(im, 10, 20)`, which an uneven background is taken off by.

    With `within` only the pixels of a mask count, as for `median_filter`: the percentage is of those that there are.
    Where a window holds none, the result is without data.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`; and with
    "ignore" windows end at the border.
    Errors: a percentage that is not from 0 to 100, or not known before the run; as for `median_filter`.
    Source: equals scipy.ndimage.percentile_filter; with border="ignore" skimage.filters.rank.percentile, whose p0 is a
    hundredth of `percent`. Percentages are exact here, so of 100 pixels 29 percent are 29, where p0=0.29 is a bit less.

    >>> evaluate("percentile_filter(im, 80)", im=[[1, 1, 1], [1, 9, 2], [2, 2, 2]])
    array([[1, 2, 2],
           [2, 2, 2],
           [2, 2, 2]])
    """
    window = elements.footprint(n, shape, axes, im.ndim)
    size = int(np.count_nonzero(window))
    if within is None and border != "ignore":
        return _ranked(im, _rank_at(percent, size), window, n, shape, border)
    ranks = np.array([_rank_at(percent, count) for count in range(size + 1)])
    return _ranked_within(im, ranks.__getitem__, window, border, within)


def _ranked(im: Array, rank: int, window: Masks, n: Distance, shape: str, border: str) -> Array:
    times = 1 if shape in NAMED_SHAPES else int(n.radius)
    return elements.repeated(lambda v: ranked(v, rank, window, border), im, times) if times else im + 0


def _ranked_within(
    im: Array, rank_of: Callable[[Array], Array], window: Masks, border: str, within: Masks | None
) -> Array:
    """The pixel of a rank that follows from how many count in a window; 0 where there is none."""
    counts = window_counts(im.shape, within, window, border)
    rank = rank_of(counts)
    none = im.dtype.type(np.nan if im.dtype.kind == "f" else np.iinfo(im.dtype).max)  # none of the others is behind it
    values = im if within is None else np.where(within, im, none)
    mode = "constant" if border == "ignore" else border
    found = ranked(
        values, np.clip(rank, 0, np.count_nonzero(window) - 1), window, mode, none if border == "ignore" else 0
    )
    found[(rank < 0) | (rank >= counts)] = 0
    return found


# --- entropy ---------------------------------------------------------------------------------------------------------


def _entropy_kind(kinds: Kinds) -> Kind:
    im = kinds["im"]
    if im.dtype is not None and (im.dtype.kind == "f" or im.dtype.itemsize > 2):
        raise Refused(messages.ENTROPY_TYPE, "im", dtype=im.dtype)
    bits = 16 if im.dtype is None else 8 * im.dtype.itemsize
    return replace(FLOAT_IMAGE.rule(kinds), bounds=Bounds(0, bits))


def _check_entropy(settings: Settings, around: Surroundings) -> None:
    check_counted({**settings, "border": "ignore"}, around)


def _entropy_cost(settings: Settings, ndim: int) -> float:
    return 20.0 * window_size(settings, ndim)


@function(gives=Gives(frozenset({"image"}), _entropy_kind), halo=elements.halo, cost=_entropy_cost, memory=60,
         border=BEYOND_OR_IGNORED, check=_check_entropy, total=True, transposes=True, by_channel=True,
         without_data="counted")  # fmt: skip
def entropy(
    im: Image,
    n: Window = 1,
    shape: ElementShape = "square",
    axes: Axes = None,
    border: BorderOrIgnored = "reflect",
    within: MaskOrNone = None,
) -> Array:
    """The entropy of the values in a window around each pixel, in bits: how much texture there is.

    0 where all pixels of the window have one value, and more the more values there are and the more evenly they occur:
    the sum of -p * log2(p) over the values, p being the share of the pixels that have it. 2 bits are four values as
    often each; the most is log2 of the number of pixels, and 8 for images of 8 bits. Shades, not contrast, are
    counted: noise that hardly shows has much of it. `n`, `shape` and `axes`, and how windows are meant, as for
    `median_filter`; n=5, shape="disk" is usual. The result is float64, of integers of 8 or 16 bits, which are counted
    as they are: `entropy(im // 256)` of 16 bits takes fewer shades. Of a colour image each channel is taken by itself.

    With `within` only the pixels of a mask count, as for `median_filter`. Where a window holds none, the result is
    without data.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a. `border` as for `gaussian`; and with
    "ignore" windows end at the border.
    Errors: an image of another type; a pattern applied more than once; as for `dilate`; a window of more than 2^20
    pixels.
    Source: with border="ignore" as skimage.filters.rank.entropy, whose `mask` is `within`, up to rounding: terms
    are added as whole numbers, so results are the same on every machine, and off by less than 1e-12.

    >>> evaluate("entropy(im)", im=np.uint8([[1, 1, 1, 2, 3, 4]])).round(2)
    array([[0.  , 0.  , 0.92, 1.58, 1.58, 0.92]])
    """
    window = elements.footprint(n, shape, axes, im.ndim)
    return entropies(im, window, border, within, border == "ignore")
