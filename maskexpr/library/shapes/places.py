"""Where shapes lie on the grid, and what is said of those that lie beside it."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.record import Settings
from maskexpr.functions.settling import Distance, exact
from maskexpr.kinds.kind import Kind, shape_text


def axis_of(name: str, grid: tuple[int, ...]) -> int:
    """The number of an axis: x is the last one, y the one before, z the one before that."""
    number = len(grid) - 1 - "xyz".index(name)
    if number < 0:
        raise Refused(messages.AXES_MISSING, axis=name, ndim=len(grid))
    return number


def drawn_kind(kinds: Kinds) -> Kind:
    axis_of("y", kinds["grid"].shape or ())
    return like_grid("mask", {"grid": kinds["grid"]}, np.bool_)


DRAWN = Gives(frozenset({"mask"}), drawn_kind)


# --- shapes that miss the image --------------------------------------------------------------------------------------


def missed(shape: tuple[int, ...], ndim: int, what: messages.Mistake = messages.SHAPE_OUTSIDE) -> Refused:
    """What is said of a shape or a place along the last axes that is at no pixel."""
    names = "zyx"[3 - ndim :]
    places = [f"{name} from 0 to {length - 1}" for name, length in zip(names, shape[-ndim:], strict=True)]
    return Refused(what, order=", ".join(names), places=", ".join(places), shape=shape_text(shape))


def holds_pixel(shape: tuple[int, ...], spans: Sequence[tuple[Any, Any]]) -> bool:
    """Whether there is a pixel between a first and a last place along each of the last axes."""
    return all(
        max(0, math.ceil(first)) <= min(length - 1, math.floor(last))
        for (first, last), length in zip(spans, shape[-len(spans) :], strict=True)
    )


def missed_around(axes: str, radii: Sequence[str]) -> Callable[[Settings, tuple[int, ...]], Refused | None]:
    """The remark on a shape around a point, with a radius along each of the last axes."""

    def remark(values: Settings, shape: tuple[int, ...]) -> Refused | None:
        centre, ends = [values[name] for name in axes], [length - 1 for length in shape[-len(axes) :]]
        if not all(abs(place) < math.inf for place in centre):
            return missed(shape, len(axes))
        middles = [exact(place) for place in centre]
        reaches = [in_pixels(values[name], axis) for axis, name in enumerate(radii, -len(axes))]
        if values.get("angle", 0) != 0:
            return None
        if _reaches_pixel(middles, reaches, ends):
            return None
        if all(0 <= middle <= end for middle, end in zip(middles, ends, strict=True)):
            return Refused(messages.SHAPE_BETWEEN)
        return missed(shape, len(axes))

    return remark


def _reaches_pixel(middles: Sequence[Fraction], reaches: Sequence[Fraction], ends: Sequence[int]) -> bool:
    """Whether the nearest pixel of the image lies in an ellipsoid: along each axis by itself none is nearer."""
    terms = Fraction(0)
    for middle, reach, end in zip(middles, reaches, ends, strict=True):
        away = min(max(round(middle), 0), end) - middle
        if away and not reach:
            return False
        terms += (away / reach) ** 2 if away else 0
    return terms <= 1


def in_pixels(radius: Distance, axis: int) -> Fraction:
    return radius.radius / radius.spacing[axis] if radius.spacing else radius.radius
