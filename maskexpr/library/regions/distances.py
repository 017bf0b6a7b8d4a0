"""Distances from the pixels of a mask."""

from fractions import Fraction
from typing import Annotated

import numpy as np

from maskexpr import messages
from maskexpr.arguments import Array, Mask, PixelSpacing, one_of
from maskexpr.builtin import WHOLE, Gives, Refused, Settings, Surroundings, builtin, like_grid
from maskexpr.lazy import scipy

_Border = Annotated[str, one_of("image", "empty")]
_Unit = Annotated[str, one_of("px", "mm", "um")]
_PER_MILLIMETRE = {"mm": 1, "um": 1000}


def _steps(unit: str, spacing: tuple[Fraction, ...] | None, ndim: int) -> list[float]:
    """The length of a pixel along each axis in a unit."""
    if unit == "px":
        return [1.0] * ndim
    if spacing is None:
        raise Refused(messages.SPACING_UNKNOWN, "unit", noun=f"distance in {unit}")
    return [float(s * _PER_MILLIMETRE[unit]) for s in spacing]


def _check_unit(settings: Settings, around: Surroundings) -> None:
    if around.ndim is not None:
        _steps(settings["unit"], around.spacing, around.ndim)


_DISTANCE = Gives(frozenset({"image"}), lambda kinds: like_grid("image", kinds, np.float64))


@builtin(gives=_DISTANCE, halo=WHOLE, cost=60, memory=lambda settings, ndim: 12.0 * ndim + 8, check=_check_unit,
         border='the image only; border="empty" counts the outside as background')  # fmt: skip
def distance(m: Mask, border: _Border = "image", unit: _Unit = "px", *, spacing: PixelSpacing) -> Array:
    """The Euclidean distance from each pixel of a mask to the nearest pixel that is off; 0 where the mask is off.

    Distances lie between pixel centres, so the outermost pixels of a region are at 1. `unit="px"` counts pixels and
    ignores the spacing; "mm" and "um" use the spacing of each axis. The result is float64.

    Border: only the image is looked at, and the distance is inf where the mask has no background in it;
    `border="empty"` also counts what is outside as off.
    Errors: a physical unit where the spacing is unknown.
    Source: scipy.ndimage.distance_transform_edt, which gives a distance to nowhere for a mask without background.

    >>> evaluate("distance(im > 0)", im=[[1, 1, 1, 0]])
    array([[3., 2., 1., 0.]])
    """
    steps = _steps(unit, spacing, m.ndim)
    if border == "empty":
        inside = (slice(1, -1),) * m.ndim
        return np.ascontiguousarray(scipy.ndimage.distance_transform_edt(np.pad(m, 1), steps)[inside])
    if m.all():
        return np.full(m.shape, np.inf)
    return np.asarray(scipy.ndimage.distance_transform_edt(m, steps))
