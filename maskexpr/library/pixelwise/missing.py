"""Where an image has data, and what to take where it has none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings, Takes
from maskexpr.functions.gives import NUMBER, Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, Condition, Mask, Masks, Number, ResultKind
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.nearest import nearest_numbers
from maskexpr.kinds.kind import ARRAYS, LOGICAL, SCALARS, Kind
from maskexpr.library.operators import PLANNED
from maskexpr.library.pixelwise.choices import where

AnyArray = Annotated[Array, Takes(ARRAYS, "an image, a mask or labels")]
_NEAREST = "nearest"


def _settle_value(kind: Kind, around: Surroundings) -> str:
    if kind.constant != _NEAREST:
        raise Refused(messages.CHOICE_UNKNOWN, "value", value=kind.constant, choices=_NEAREST)
    return _NEAREST


Nearest = Annotated[Any, Takes(SCALARS | {"text"}, 'a number or "nearest"', choices=(_NEAREST,))]


@function(gives=Gives(frozenset({"mask"}), lambda kinds: like_grid("mask", kinds, np.bool_)), halo=WHOLE, cost=1,
          memory=0, total=True, without_data="valid")  # fmt: skip
def valid(x: AnyArray) -> Masks:
    """Where an image, a mask or labels have data: a mask of the same shape, on everywhere unless an input says more.

    What is without data is said by a file (its nodata tag, say), by `--nodata`, by a masked array or by
    `maskexpr.Image(nodata=..., valid=...)`. A pixel without data is outside the image: masks are off there, labels 0;
    no statistic counts it; a filter has data where all of its window has. What is computed has data where all that it
    is computed from has it. So `where(valid(a), a, b)` is a mosaic of two images, `fraction(valid(im))` the share that
    has data, and `~valid(im)` what has none. A pixel of a colour image has data if it has all of its channels.

    Errors: a number, or samples.
    Source: numpy.ma.getmaskarray, negated.

    >>> evaluate("valid(im)", im=np.ma.masked_equal([[1, 2, 0]], 0)).data
    array([[ True,  True, False]])
    """
    return np.ones(x.shape[: x.ndim], bool)


def _filled_kind(kinds: Kinds) -> Kind:
    x, value = kinds["x"], kinds["value"]
    if value.name == "text":
        _settle_value(value, Surroundings(None, None))
        return replace(x, is_partial=False)
    if (x.name == "mask") != (value.name in LOGICAL):
        raise Refused(messages.FILL_MIXED, "value", x=x.name, value=value.name)
    rule: Callable[..., Kind] = where.record.gives.rule  # type: ignore[attr-defined]  # a function of the library
    return rule({"condition": like_grid("mask", {"x": x}, np.bool_), "a": x, "b": value})


@function(gives=Gives(ARRAYS, _filled_kind), halo=WHOLE, cost=2, memory=8, total=True, without_data="fill")
def fill(x: AnyArray, value: Nearest, *, kind: ResultKind) -> Any:
    """An image, a mask or labels with values in place of pixels without data: a number, or those of the nearest pixels.

    After `fill(im, 0)` these pixels count like all others. `fill(im, "nearest")` gives each the value of the nearest
    pixel that has data, by the distance between their centres in pixels; of several at one distance the first in scan
    order. That keeps what a filter would lose beside them: `gaussian(fill(im, "nearest"), 2)`. A mask is filled with
    true or false. Integers take the smallest type that holds the image and the number. Where all pixels have data the
    values stay what they are.

    Errors: a number for a mask, or true for an image; a text other than "nearest"; in the run, no pixel with data to
    fill the others by.
    Source: numpy.ma.filled; for the nearest, the indices of scipy.ndimage.distance_transform_edt, whose ties go any
    way.

    >>> evaluate("fill(im, 7)", im=np.ma.masked_equal([[1, 2, 0]], 0)).tolist()
    [[1, 2, 7]]
    >>> evaluate("fill(im, 'nearest')", im=np.ma.masked_equal([[1, 2, 0]], 0)).data
    array([[1, 2, 2]])
    """
    return np.asarray(x.astype(kind.dtype, copy=False))


@function(gives=Gives(ARRAYS, lambda kinds: replace(kinds["x"], is_partial=False)), halo=WHOLE, cost=1, memory=0,
          total=True, without_data="stored")  # fmt: skip
def stored(x: AnyArray) -> Any:
    """The numbers that an image stores, those of pixels without data among them: all of them count.

    `stored(im) == -9999` is on where the file holds that number. What an input declared as a mask or labels stores
    there is taken for off, and 0. Of what is computed it is whatever the computation made of such numbers.

    Errors: a number, or samples.
    Source: numpy.ma.getdata.

    >>> evaluate("stored(im)", im=np.ma.masked_equal([[1, 2, 0]], 0)).data
    array([[1, 2, 0]])
    """
    return x


# --- what stands in steps alone --------------------------------------------------------------------------------------


@function(name="pixel with data", gives=NUMBER, halo=0, cost=0, memory=0, catalogue=PLANNED)
def pixel_with_data(pixel: Number, valid: Condition) -> Any:
    """The value of a single pixel, if it has one."""
    if not valid:
        raise Refused(messages.NO_DATA_PIXEL)
    return pixel


@function(name="fill by nearest", gives=Gives(ARRAYS, lambda kinds: kinds["x"]), halo=WHOLE, cost=50, memory=40,
          catalogue=PLANNED)  # fmt: skip
def fill_by_nearest(x: AnyArray, valid: Mask) -> Array:
    """The value of the nearest pixel of a mask; of several at one distance the first in scan order."""
    if not valid.any():
        raise Refused(messages.NO_DATA_NOWHERE)
    rows = x.reshape(valid.size, -1)
    return np.asarray(rows[nearest(valid)].reshape(x.shape))


def nearest(m: Masks) -> Array:
    """The place, in scan order, of the pixel that is on and nearest to each pixel; of several the first."""
    places = np.where(m, np.arange(1, m.size + 1).reshape(m.shape), 0)
    return nearest_numbers(places, [1] * m.ndim) - 1
