"""How much of white each channel of a colour image is: what absorption and the colour of things are reckoned from."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics.messages import ARGUMENT_OUT_OF_RANGE, WHITE_UNKNOWN
from maskexpr.functions.arguments import Refused, Takes
from maskexpr.functions.gives import Gives, Kinds
from maskexpr.functions.parameters import Array
from maskexpr.kinds.kind import NOT_CONSTANT, Kind
from maskexpr.library.colour.channels import FLOATING

White = Annotated[Any, Takes(frozenset({"number", "none"}), "a number")]
_SURELY_ANOTHER_SCALE = 2  # what was sharpened or enlarged may pass 1; 0..255 does not end below this
_FEW = 2  # bytes of an integer whose values are looked up


def _floating_kind(kinds: Kinds) -> Kind:
    kind = FLOATING.rule(kinds)
    white = kinds["white"].constant if "white" in kinds else None
    if white not in (None, NOT_CONSTANT):
        _check_white(white)
    im = kinds["im"]
    if "white" not in kinds and im.range is None and _SURELY_ANOTHER_SCALE <= im.limits.high < np.inf:
        raise Refused(WHITE_UNKNOWN, "im", value=float(im.limits.high))
    return kind


SHARED = Gives(frozenset({"image"}), _floating_kind)


def is_total(kinds: Kinds) -> bool:
    """Whether white is known: a floating image may be on any scale."""
    return kinds["im"].range is not None and "white" not in kinds


def _check_white(white: Any) -> float:
    if not 0 < float(white) < np.inf:
        raise Refused(ARGUMENT_OUT_OF_RANGE, "white", value=f"{float(white):g}", wanted="more than 0, and finite")
    return float(white)


def of_shares(im: Array, white: Any, f: Callable[[Array], Array]) -> list[Array]:
    """What a function of each value gives for the shares of white that red, green and blue are, as float64.

    White is the largest number of an integer type, and 1 of floats, unless it is given. Where there are more pixels
    than values of their type, the function is asked for each value once.
    """
    if white is not None:
        white = _check_white(white)
    elif im.dtype.kind == "f":
        white = 1.0
        above = im[..., :3] >= _SURELY_ANOTHER_SCALE
        if above.any():
            raise Refused(WHITE_UNKNOWN, "im", value=float(im[..., :3][above].max()))
    else:
        white = float(np.iinfo(im.dtype).max)
    planes = [im[..., i] for i in range(3)]
    if im.dtype.kind in "iu" and im.dtype.itemsize <= _FEW and 3 * planes[0].size > 2 ** (8 * im.dtype.itemsize):
        every = np.arange(2 ** (8 * im.dtype.itemsize)).astype(im.dtype)  # from 0, the negative ones at the end
        table = f(every.astype(np.float64) / white)
        return [table[plane] for plane in planes]
    return [f(plane.astype(np.float64) / white) for plane in planes]


def weighed(channels: list[Array], weights: tuple[float, float, float]) -> Array:
    """The sum of three channels, each times its weight, from red to blue."""
    red, green, blue = (channel * weight for channel, weight in zip(channels, weights, strict=True))
    red += green
    red += blue
    return red
