"""Numbers measured on masks."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated

import numpy as np

from maskexpr import messages
from maskexpr.arguments import MaskOrSamples, PixelSpacing, one_of
from maskexpr.builtin import WHOLE, Gives, Kinds, Refused, builtin
from maskexpr.kinds import TRUTH, Kind, number
from maskexpr.library.measures.statistics import pixels, some

_Unit = Annotated[str, one_of("px", "mm2", "um2", "mm3", "um3")]
_PER_MILLIMETRE = {"mm": 1, "um": 1000}


def _pixel_size(unit: str, spacing: tuple[Fraction, ...] | None) -> Fraction:
    """The size of a pixel in a physical unit, exactly."""
    if spacing is None:
        raise Refused(messages.SPACING_UNKNOWN, "unit", noun=f"size in {unit}")
    if len(spacing) != int(unit[-1]):
        raise Refused(messages.AREA_UNIT, "unit", unit=unit, ndim=len(spacing))
    return math.prod((s * _PER_MILLIMETRE[unit[:-1]] for s in spacing), start=Fraction(1))


def _of_mask(rule: Callable[[Kinds], Kind], name: str) -> Gives:
    """The result of a measure of a mask or of its samples."""

    def checked(kinds: Kinds) -> Kind:
        m = kinds["m"]
        if m.name == "samples" and m.dtype != np.bool_:
            raise Refused(messages.SAMPLES_OF_IMAGE, "m")
        return rule(kinds)

    return Gives(frozenset({name}), checked)


def _area_kind(kinds: Kinds) -> Kind:
    if "unit" not in kinds or kinds["unit"].constant == "px":
        return number(pixels(kinds["m"]))
    _pixel_size(kinds["unit"].constant, kinds["m"].spacing)
    return number()


@builtin(gives=_of_mask(_area_kind, "number"), halo=WHOLE, cost=1, memory=0)
def area(m: MaskOrSamples, unit: _Unit = "px", *, spacing: PixelSpacing) -> int | float:
    """The number of pixels that are on in a mask, or in samples of one such as `m[region]`.

    `unit` "mm2" or "um2" gives the area of a plane, "mm3" or "um3" the volume of a stack, by the spacing of each axis,
    as a floating number; "px" counts pixels, a whole number. An empty mask has the area 0.

    Errors: a physical unit where the spacing is unknown, or of another dimension than the mask; samples of an image.

    >>> evaluate("area(im > 2)", im=[[1, 2, 3], [4, 5, 6]])
    4
    """
    return in_unit(int(np.count_nonzero(m)), unit, spacing)


def in_unit(pixels: int, unit: str, spacing: tuple[Fraction, ...] | None) -> int | float:
    """A number of pixels as an area or volume."""
    return pixels if unit == "px" else float(pixels * _pixel_size(unit, spacing))


@builtin(gives=_of_mask(lambda kinds: TRUTH, "truth"), halo=WHOLE, cost=1, memory=0)
def any_(m: MaskOrSamples) -> bool:
    """Whether any pixel of a mask, or of samples of one such as `m[region]`, is on; false for no samples.

    Errors: samples of an image.
    Source: numpy.any.

    >>> evaluate("any(im > 2)", im=[[1, 2, 3]])
    True
    """
    return bool(m.any())


@builtin(gives=_of_mask(lambda kinds: TRUTH, "truth"), halo=WHOLE, cost=1, memory=0)
def all_(m: MaskOrSamples) -> bool:
    """Whether every pixel of a mask, or of samples of one such as `m[region]`, is on; true for no samples.

    Errors: samples of an image.
    Source: numpy.all.

    >>> evaluate("all(im > 2)", im=[[1, 2, 3]])
    False
    """
    return bool(m.all())


@builtin(gives=_of_mask(lambda kinds: number(), "number"), halo=WHOLE, cost=1, memory=0)
def fraction(m: MaskOrSamples) -> float:
    """The share of pixels that are on in a mask, or in samples of one such as `m[region]`, from 0 to 1.

    Errors: samples of an image; in the run, no samples.

    >>> evaluate("fraction(im > 2)", im=[[1, 2, 3, 4]])
    0.5
    """
    return int(np.count_nonzero(m)) / some(m, "m").size
