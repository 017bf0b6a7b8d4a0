"""Numbers measured on masks."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import NUMBER, TRUTH, Gives, Kinds
from maskexpr.functions.parameters import Array, Axes, Mask, MaskOrSamples, Masks, PixelSpacing, Value
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import one_of
from maskexpr.kernels import projections
from maskexpr.kernels.blocks import together
from maskexpr.kernels.outlines import perimeters
from maskexpr.kernels.spans import OfLabels
from maskexpr.kinds.kind import Kind, number
from maskexpr.kinds.ranges import Bounds, Range
from maskexpr.library.measures.along import gives_along, part_of
from maskexpr.library.measures.statistics import pixels, some
from maskexpr.library.operators import COMPARISONS, PLANNED, compare

LengthUnit = Annotated[str, one_of("px", "mm", "um", "cm")]
_AreaUnit = Annotated[str, one_of("px", "mm2", "um2", "cm2", "mm3", "um3", "cm3", "ml")]
_VolumeUnit = Annotated[str, one_of("px", "mm3", "um3", "cm3", "ml")]
_PER_MILLIMETRE = {"mm": Fraction(1), "um": Fraction(1000), "cm": Fraction(1, 10)}
_SAME = {"ml": "cm3"}


def _pixel_size(unit: str, spacing: tuple[Fraction, ...] | None) -> Fraction:
    """The size of a pixel in a physical unit, exactly."""
    if spacing is None:
        raise Refused(messages.SPACING_UNKNOWN, "unit", noun=f"size in {unit}")
    unit = _SAME.get(unit, unit)
    if len(spacing) != int(unit[-1]):
        raise Refused(messages.AREA_UNIT, "unit", unit=unit, ndim=len(spacing))
    return math.prod(pixel_steps(unit[:-1], spacing, len(spacing)), start=Fraction(1))


def pixel_steps(unit: str, spacing: tuple[Fraction, ...] | None, ndim: int) -> list[Fraction]:
    """The length of a pixel along each axis in a unit, exactly."""
    if unit == "px":
        return [Fraction(1)] * ndim
    if spacing is None:
        raise Refused(messages.SPACING_UNKNOWN, "unit", noun=f"distance in {unit}")
    return [step * _PER_MILLIMETRE[unit] for step in spacing]


def _area_kind(kinds: Kinds) -> Kind:
    if "unit" not in kinds or kinds["unit"].constant == "px":
        return number(pixels(kinds["m"]))
    _pixel_size(kinds["unit"].constant, kinds["m"].spacing)
    return number()


_AREA = Gives(frozenset({"number"}), _area_kind).within(0, math.inf)


@function(gives=_AREA, halo=WHOLE, cost=1, memory=0, total=True, transposes=True)
def area(m: MaskOrSamples, unit: _AreaUnit = "px", *, spacing: PixelSpacing) -> int | float:
    """The number of pixels that are on in a mask, or in samples of one such as `m[region]`.

    `unit` "mm2", "um2" or "cm2" gives the area of a plane, "mm3", "um3", "cm3" or "ml" the volume of a stack, by the
    spacing of each axis, as a floating number; "px" counts pixels, a whole number. An empty mask has the area 0.

    Errors: a physical unit where the spacing is unknown, or of another dimension than the mask; samples of an image.
    Source: numpy.count_nonzero, times the product of the spacings.

    >>> evaluate("area(im > 2)", im=[[1, 2, 3], [4, 5, 6]])
    4
    """
    return in_unit(int(np.count_nonzero(m)), unit, spacing)


def in_unit(pixels: int, unit: str, spacing: tuple[Fraction, ...] | None) -> int | float:
    """A number of pixels as an area or volume."""
    return pixels if unit == "px" else float(pixels * _pixel_size(unit, spacing))


def _check_volume(settings: Settings, around: Surroundings) -> None:
    if around.ndim is not None and around.ndim != 3:
        raise Refused(messages.VOLUME_AXES, "m", ndim=around.ndim)


@function(gives=_AREA, halo=WHOLE, cost=1, memory=0, check=_check_volume, total=True, transposes=True)
def volume(m: Mask, unit: _VolumeUnit = "px", *, spacing: PixelSpacing) -> int | float:
    """The volume of a mask of three axes; its voxels that are on, or their size in mm3, um3, cm3 or ml.

    `unit="px"` counts voxels, a whole number; the others multiply by the spacing of each axis, exactly, rounded
    once. An empty mask has the volume 0.

    Errors: a mask of other than 3 axes, for which there is `area`; a physical unit where the spacing is unknown.
    Source: numpy.count_nonzero, times the product of the spacings.

    >>> evaluate('volume(im > 2, "mm3")', im=maskexpr.Image([[[1, 2], [3, 4]]], spacing=["2mm", "0.5mm", "0.5mm"]))
    1.0
    """
    return area(m, unit, spacing=spacing)


_TEST = gives_along("truth", {"mask"}, TRUTH.rule, lambda left, count: left)


@function(gives=_TEST, halo=WHOLE, cost=1, memory=0, total=True, transposes=True, without_data="samples")
def any_(m: MaskOrSamples, *, axes: Axes = None) -> Any:
    """Whether any pixel of a mask, or of samples of one such as `m[region]`, is on; false for no samples.

    Along `axes` a mask of the other axes: `any(m, axes="z")` is the shadow of a mask on a plane.

    Errors: samples of an image; samples along axes.
    Source: numpy.any.

    >>> evaluate("any(im > 2)", im=[[1, 2, 3]])
    True
    """
    some_axes = part_of(axes, m)
    return projections.truths(m, some_axes, np.logical_or) if some_axes else bool(m.any())


@function(gives=_TEST, halo=WHOLE, cost=1, memory=0, total=True, transposes=True, without_data="samples")
def all_(m: MaskOrSamples, *, axes: Axes = None) -> Any:
    """Whether every pixel of a mask, or of samples of one such as `m[region]`, is on; true for no samples.

    Along `axes` a mask of the other axes: `all(m, axes="z")` is on where a mask is on through all of a volume.

    Errors: samples of an image; samples along axes.
    Source: numpy.all.

    >>> evaluate("all(im > 2)", im=[[1, 2, 3]])
    False
    """
    some_axes = part_of(axes, m)
    return projections.truths(m, some_axes, np.logical_and) if some_axes else bool(m.all())


def _shares_kind(left: Kind, count: int) -> Kind:
    return replace(left, name="image", dtype=np.dtype(np.float64))


_SHARE = gives_along("number", {"image"}, NUMBER.rule, _shares_kind).within(0, 1)


@function(gives=_SHARE, halo=WHOLE, cost=1, memory=0, transposes=True, without_data="samples")
def fraction(m: MaskOrSamples, *, axes: Axes = None) -> Any:
    """The share of pixels that are on in a mask, or in samples of one such as `m[region]`, from 0 to 1.

    Along `axes` the shares are an image of the other axes, of type float64.

    Errors: samples of an image; samples along axes; in the run, no samples.
    Source: numpy.mean of the mask, which is nan where there are no samples.

    >>> evaluate("fraction(im > 2)", im=[[1, 2, 3, 4]])
    0.5
    """
    some_axes = part_of(axes, m)
    return projections.share(m, some_axes) if some_axes else int(np.count_nonzero(m)) / some(m, "m").size


# --- pixels that one operation finds ---------------------------------------------------------------------------------

_LOGIC = {"&": np.logical_and, "|": np.logical_or, "^": np.logical_xor}
_Symbol = Annotated[str, one_of(*COMPARISONS, *_LOGIC)]
_BESIDE = Gives(frozenset(), lambda kinds: Kind("unknown"))  # a plan knows what these give


BLOCK = 2**18  # pixels that are found together


def _found(symbol: str, a: Any, b: Any) -> Array:
    return np.asarray(_LOGIC[symbol](a, b) if symbol in _LOGIC else compare(symbol, a, b))


def found_in_blocks(symbol: str, a: Any, b: Any) -> Iterator[Array]:
    """Such pixels in flat blocks, in the order in which they lie in memory."""
    arrays = [value for value in (a, b) if isinstance(value, np.ndarray)]
    for blocks in together(*arrays, most=BLOCK):
        pair = blocks if len(arrays) == 2 else (blocks[0], b) if arrays[0] is a else (a, blocks[0])
        yield _found(symbol, *pair)


@function(name="area of pixels", gives=_BESIDE, halo=WHOLE, cost=2, memory=1, total=True, catalogue=PLANNED)
def area_of_pixels(a: Value, b: Value, symbol: _Symbol) -> int:
    """The number of pixels where a comparison of an image, or `&`, `|` or `^` of two masks, is true."""
    return int(np.count_nonzero(_found(symbol, a, b)))


@function(name="any of pixels", gives=_BESIDE, halo=WHOLE, cost=2, memory=1, total=True, catalogue=PLANNED)
def any_of_pixels(a: Value, b: Value, symbol: _Symbol) -> bool:
    """Whether there is one."""
    return bool(_found(symbol, a, b).any())


@function(name="share of pixels", gives=_BESIDE, halo=WHOLE, cost=2, memory=1, total=True, catalogue=PLANNED)
def share_of_pixels(a: Value, b: Value, symbol: _Symbol) -> float:
    """The share of all."""
    found = _found(symbol, a, b)
    return int(np.count_nonzero(found)) / found.size


# --- perimeter -------------------------------------------------------------------------------------------------------


def _check_perimeter(settings: Settings, around: Surroundings) -> None:
    if around.ndim is None:
        return
    if around.ndim != 2:
        raise Refused(messages.PERIMETER_AXES, "m", ndim=around.ndim)
    steps = pixel_steps(settings["unit"], around.spacing, around.ndim)
    if len(set(steps)) > 1:
        pixel = " x ".join(f"{float(s):g}" for s in around.spacing or ())
        raise Refused(messages.PERIMETER_PIXELS, "unit", unit=settings["unit"], spacing=pixel)


_FLOATING = Gives(frozenset({"number"}), lambda kinds: number()).within(0, math.inf)


@function(gives=_FLOATING, halo=WHOLE, cost=20, memory=32, border="outside the image the mask is empty",
         check=_check_perimeter, total=True)  # fmt: skip
def perimeter(m: Mask, unit: LengthUnit = "px", *, spacing: PixelSpacing) -> float:
    """The length of the contours of a mask of two axes; those of all its regions, and of their holes.

    The contour consists of the pixels that have one of their four neighbours off. It is followed from centre to centre:
    a step along an axis counts 1, one across a corner the root of 2. So a square of n pixels a side has the perimeter
    4 * (n - 1), and a single pixel, or a pair, has none. `unit` "mm", "um" or "cm" multiplies by the size of a
    pixel, where pixels are square. An empty mask has the perimeter 0.

    Border: outside the image the mask is empty, so where the image cuts a region, the cut is contour.
    Errors: a mask of other than 2 axes; a physical unit where the spacing is unknown or not the same along both axes.
    Source: Benkrid & Crookes, Design and FPGA implementation of a perimeter estimator, 2000; as
    skimage.measure.perimeter with its default of 4 neighbours, but for the last bit.

    >>> evaluate("perimeter(im > 0)", im=[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1]])
    8.0
    """
    (length,) = perimeters(OfLabels(m.astype(np.int8)), 1).tolist()
    return float(Fraction(length) * pixel_steps(unit, spacing, m.ndim)[0])


# --- place -----------------------------------------------------------------------------------------------------------


def check_unit(settings: Settings, around: Surroundings) -> None:
    """Refuse a physical unit where the spacing is unknown."""
    if around.ndim is not None:
        pixel_steps(settings["unit"], around.spacing, around.ndim)


def _is_physical(kinds: Kinds) -> bool:
    return "unit" in kinds and kinds["unit"].constant != "px"


def _centroid_kind(kinds: Kinds) -> Kind:
    shape = kinds["m"].shape
    if shape is not None and _is_physical(kinds):
        return Kind("list", (len(shape),))
    return Kind("list") if shape is None else Kind("list", (len(shape),), bounds=Bounds(0, max(shape) - 1))


def _bbox_kind(kinds: Kinds) -> Kind:
    shape = kinds["m"].shape
    if shape is not None and _is_physical(kinds):
        return Kind("list", (2 * len(shape),))
    return Kind("list") if shape is None else Kind("list", (2 * len(shape),), range=Range(0, max(shape)))


def _others(m: Masks, axis: int) -> tuple[int, ...]:
    return tuple(other for other in range(m.ndim) if other != axis)


@function(gives=Gives(frozenset({"list"}), _centroid_kind), halo=WHOLE, cost=4, memory=1, check=check_unit)
def centroid(m: Mask, unit: LengthUnit = "px", *, spacing: PixelSpacing) -> list[float]:
    """The centre of a mask: the mean position of its pixels along each axis.

    A list of numbers in axis order, rows before columns: `centroid(m)[0]` is the one along the first axis. Positions
    count pixels from 0 at the first pixel's centre; with `unit` "mm", "um" or "cm" they are lengths from there along
    each axis, and not places in the world. Each is an exact quotient, rounded once.

    Errors: a physical unit where the spacing is unknown; in the run, an empty mask.
    Source: equals scipy.ndimage.center_of_mass.

    >>> evaluate("centroid(im > 0)", im=[[0, 1, 1, 1], [0, 0, 0, 0]])
    [0.0, 2.0]
    """
    if not m.any():
        raise Refused(messages.MASK_EMPTY, "m", what="centroid")
    profiles = [m.sum(axis=_others(m, axis), dtype=np.int64) for axis in range(m.ndim)]
    places = [Fraction(int(profile @ np.arange(profile.size)), int(profile.sum())) for profile in profiles]
    return [float(place * step) for place, step in zip(places, pixel_steps(unit, spacing, m.ndim), strict=True)]


@function(gives=Gives(frozenset({"list"}), _bbox_kind), halo=WHOLE, cost=2, memory=1, check=check_unit)
def bbox(m: Mask, unit: LengthUnit = "px", *, spacing: PixelSpacing) -> list[Any]:
    """The smallest box that holds a mask; where it starts along each axis, then where it stops.

    A list of whole numbers in axis order: of a plane the first row, the first column, and the row and the column after
    the last. As in slices, the stops are outside the box: a box has bbox(m)[2] - bbox(m)[0] rows.
    With `unit` "mm", "um" or "cm" each of these is multiplied by the spacing of its axis, exactly, rounded once.

    Errors: a physical unit where the spacing is unknown; in the run, an empty mask.
    Source: equals the bbox of skimage.measure.regionprops.

    >>> evaluate("bbox(im > 0)", im=[[0, 1, 1, 1], [0, 0, 0, 0]])
    [0, 1, 1, 4]
    """
    box = [(s.start, s.stop) for s in bounding_box(m)] if m.any() else None
    return box_in_unit(box, unit, spacing)


def box_in_unit(
    box: list[tuple[int, int]] | None, unit: str, spacing: tuple[Fraction, ...] | None
) -> list[int] | list[float]:
    """Where a box starts along each axis, then where it stops; there is none of an empty mask."""
    if box is None:
        raise Refused(messages.MASK_EMPTY, "m", what="bounding box")
    found = [start for start, _ in box] + [stop for _, stop in box]
    if unit == "px":
        return found
    return [float(place * step) for place, step in zip(found, pixel_steps(unit, spacing, len(box)) * 2, strict=True)]


def bounding_box(m: Masks) -> tuple[slice, ...]:
    """The smallest box around the pixels of a mask, of which there is at least one."""
    lines = (np.flatnonzero(m.any(axis=_others(m, axis))).tolist() for axis in range(m.ndim))
    return tuple(slice(on[0], on[-1] + 1) for on in lines)
