"""Equalization of the histogram by tiles: contrast that follows the neighbourhood."""

import itertools
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings, Takes
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, Axes, Image, MaskOrNone, Masks
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import of_type

_MOST_TILES = 128  # along an axis
_BLOCK = 2**15  # pixels that are mapped at a time


def _settle_tiles(kind: Kind, around: Surroundings) -> tuple[int, int]:
    """The numbers of tiles down and across; one number is both."""
    values = kind.constant if kind.name == "list" else (kind.constant,) * 2
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        raise Refused(messages.ARGUMENT_LIST_OF_NUMBERS)
    if len(values) != 2:
        raise Refused(messages.ARGUMENT_LIST_LENGTH, count=len(values), wanted=2)
    for value in values:
        if value != value // 1:
            raise Refused(messages.ARGUMENT_NOT_WHOLE, value=f"{value:g}")
        if not 1 <= value <= _MOST_TILES:
            raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=f"{value:g}", wanted=f"from 1 to {_MOST_TILES}")
    return int(values[0]), int(values[1])


_Clip = Annotated[float, Takes(frozenset({"number"}), "a number", low=0)]
_Tiles = Annotated[Any, Takes(frozenset({"number", "list"}), "a whole number, or a list of two", _settle_tiles)]


def _same_bits(kinds: Kinds) -> Kind:
    im = kinds["im"]
    if im.dtype not in (np.uint8, np.uint16):
        raise Refused(messages.CLAHE_TYPE, "im", dtype=im.dtype)
    return like_grid("image", kinds, im.dtype, of_type(im.dtype))


def _check_planes(settings: Settings, around: Surroundings) -> None:
    if around.ndim == 1:
        raise Refused(messages.CLAHE_LINE)
    if settings["axes"] and len(settings["axes"]) != 2:
        raise Refused(messages.CLAHE_AXES, "axes", count=len(settings["axes"]))


@function(gives=Gives(frozenset({"image"}), _same_bits), halo=WHOLE, cost=60, memory=40, check=_check_planes,
         without_data="within", aliases={"clip_limit": "clip", "grid": "tiles"})  # fmt: skip
def clahe(im: Image, clip: _Clip = 40, tiles: _Tiles = 8, axes: Axes = None, within: MaskOrNone = None) -> Array:
    """Contrast-limited adaptive histogram equalization (CLAHE): contrast made even all over an image.

    The image is cut into `tiles` by `tiles` tiles, or into as many down and across as a list says (`tiles=[4, 8]`). In
    each, values are mapped to their share of pixels at or below, as `equalize` does for the whole image, and a pixel
    gets what the maps of the four tiles around it give, in a straight line between their centres. `clip` holds noise
    down: no value counts for more than `clip` times the mean count of all values, and what is cut off is dealt out to
    all of them; 1 changes little, 2 to 4 is usual, and 0 cuts nothing off.

    The image has 8 or 16 bits without a sign, and keeps its type, the whole of which is used; floating images are
    brought there first: `clahe(uint16(round(rescale(im, 0, 65535))))`. It is done plane by plane, in the last two axes
    or those named. `within` limits the pixels that are counted to a mask; a tile without any goes by all of its
    plane, and a plane without any becomes 0.

    Border: where tiles do not fit, the image is continued by reflection: a b c d | c b a.
    Errors: an image of another type, or of one axis; a negative clip; tiles that are not whole numbers from 1 to 128;
    in the run, no pixels in `within`.
    Source: Zuiderveld, Contrast limited adaptive histogram equalization, 1994 (Graphics Gems IV); equals OpenCV's
    createCLAHE(clip, (across, down)).apply(im), whose names for these numbers, clip_limit and grid, are taken too.
    skimage.exposure.equalize_adapthist has a tile for each eighth of the image, another clip (its 0.01 is 2.56 of 8
    bits), and floats as results.

    >>> evaluate("clahe(im, 4, 1)", im=np.uint8([[90, 91], [92, 93]]))
    array([[ 64, 128],
           [191, 255]], dtype=uint8)
    """
    counted = np.ones(im.shape, bool) if within is None else within
    if not counted.any():
        raise Refused(messages.EQUALIZE_EMPTY, "within")
    plane = axes if axes is not None else (im.ndim - 2, im.ndim - 1)
    result, rest = np.empty_like(im), [axis for axis in range(im.ndim) if axis not in plane]
    for place in itertools.product(*(range(im.shape[axis]) for axis in rest)):
        index: list[Any] = [slice(None)] * im.ndim
        for axis, i in zip(rest, place, strict=True):
            index[axis] = i
        chosen = tuple(index)
        result[chosen] = _equalized(im[chosen], counted[chosen] if within is not None else None, float(clip), tiles)
    return result


def _equalized(im: Array, within: Masks | None, clip: float, tiles: tuple[int, int]) -> Array:
    rows, columns = _reflected(im.shape, tiles)
    size = rows.size // tiles[0], columns.size // tiles[1]
    every = _map(im.ravel() if within is None else im[within], clip) if within is not None and within.any() else None

    def maps(row: int) -> Array:
        """The maps of a row of tiles."""
        lines = rows[row * size[0] : (row + 1) * size[0]]
        found = []
        for i in range(tiles[1]):
            place = np.ix_(lines, columns[i * size[1] : (i + 1) * size[1]])
            counted = im[place].ravel() if within is None else im[place][within[place]]
            found.append(_map(counted, clip) if counted.size or every is None else every)
        return np.array(found)

    above, below, share_below = _between(im.shape[0], size[0], tiles[0])
    left, right, share_right = _between(im.shape[1], size[1], tiles[1])
    result, levels = np.empty_like(im), 2 ** (8 * im.dtype.itemsize)
    known: dict[int, Array] = {}
    for pair in dict.fromkeys(zip(above.tolist(), below.tolist(), strict=True)):
        known = {row: known[row] if row in known else maps(row) for row in pair}  # two rows of maps at a time
        lines = np.flatnonzero((above == pair[0]) & (below == pair[1]))
        for part in np.array_split(lines, max(1, lines.size * im.shape[1] // _BLOCK)):
            values, share = im[part], share_below[part, np.newaxis]
            first, second = left * levels + values, right * levels + values
            upper, lower = (
                known[row].take(first) * (1 - share_right) + known[row].take(second) * share_right for row in pair
            )
            result[part] = np.rint(upper * (1 - share) + lower * share)
    return result


def _reflected(shape: tuple[int, ...], tiles: tuple[int, int]) -> list[Array]:
    """The pixels along each axis, with those by which the image is continued where tiles do not fit along one of
    them."""
    fits = all(n % count == 0 for n, count in zip(shape, tiles, strict=True))
    found = []
    for n, count in zip(shape, tiles, strict=True):
        places = np.arange(n if fits else n + count - n % count)
        places %= max(2 * (n - 1), 1)
        found.append(np.minimum(places, 2 * (n - 1) - places) if n > 1 else places * 0)
    return found


def _map(counted: Array, clip: float) -> Array:
    """What each value of a type becomes by the values that are counted; in float32, as all that follows."""
    levels = 2 ** (8 * counted.dtype.itemsize)
    counts = np.bincount(counted, minlength=levels)
    if clip > 0:
        _clip(counts, max(int(min(clip * counted.size / levels, counted.size)), 1))
    shares = np.cumsum(counts).astype(np.float32) * (np.float32(levels - 1) / np.float32(max(counted.size, 1)))
    return np.asarray(np.rint(shares).clip(0, levels - 1).astype(np.float32))


def _clip(counts: Array, most: int) -> None:
    """Cut counts off, and deal out what is cut off: to all of them alike, and what is left to some at equal steps."""
    beyond = int((counts - most).clip(0).sum())
    np.minimum(counts, most, out=counts)
    each, left = divmod(beyond, counts.size)
    counts += each
    if left:
        step = max(counts.size // left, 1)
        counts[: left * step : step][:left] += 1


def _between(length: int, size: int, count: int) -> tuple[Array, Array, Array]:
    """The tiles before and after each pixel by their centres, and the share of the one after."""
    place = np.arange(length).astype(np.float32) * (np.float32(1) / np.float32(size)) - np.float32(0.5)
    before = np.floor(place)
    share = place - before
    first = before.astype(np.intp)
    return np.maximum(first, 0), np.minimum(first + 1, count - 1), share
