"""The array of an input: from what a caller gives to an array the steps can use, and the kind that it is."""

import math
import operator
import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.checker import given, lazy
from maskexpr.checker.image import Image, grid_of, turns_of
from maskexpr.checker.missing import emptied, number_of, valid_of
from maskexpr.checker.params import is_endless, plain, shown
from maskexpr.containers import Given
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.grid import rounded
from maskexpr.kinds.kind import (
    ARRAYS,
    BINARY_OR_GREY,
    INTENSITIES,
    MOST_AXES,
    NUMERIC_ARRAYS,
    SEGMENTATIONS,
    TRUTH,
    Kind,
    number,
    shape_text,
)
from maskexpr.kinds.quantity import MILLIMETRES
from maskexpr.kinds.ranges import LABEL_NUMBERS, Range, of_type
from maskexpr.program.steps import InputInfo

_KINDS = tuple(ARRAYS)  # to look through: what a caller gives may not be hashable
_WAYS_OUT = {
    "mask": "make one with a comparison: declare it image and write {name} > 0",
    "image": "declare it {found}, or leave the kind out",
    "colour": "a colour image has a last axis of 3 or 4 channels",
    "labels": "labels are whole numbers from 0 on; declare it image and convert",
    "number": "give one plain number",
    "scalar": "give an array with at least one axis, or declare {name}: number",
}


@dataclass(frozen=True, slots=True)
class _Pixels:
    """An array, or, where it is None, the shape and type of one."""

    array: np.ndarray[Any, Any] | None
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def input_value(info: InputInfo, value: Any, *, run: bool) -> tuple[Any, Kind, Any]:
    """One input: the array in native byte order, its kind, and where it has data, None for everywhere. To check, a
    (shape, dtype) will do, without an array."""
    image = value if isinstance(value, Image) else Image(value)
    if image.kind is not None and image.kind not in _KINDS:
        raise Refused(messages.IMAGE_KIND_UNKNOWN, kind=image.kind)
    try:
        if not image.compute:
            for said in (image.spacing, image.origin, image.direction, image.nodata):
                lazy.refuse(said)
        return _value_of(info, image, run=run)
    except MemoryError as error:
        raise Refused(messages.INPUT_NO_MEMORY, wanted=messages.asked_for(error)) from None


def _value_of(info: InputInfo, image: Image, *, run: bool) -> tuple[Any, Kind, Any]:
    found = Given(np.empty(0))
    if not _is_signature(image.array):
        found = given.taken(image.array, info.kind, compute=image.compute is True)
        image, array = _completed(image, found, info.kind), found.array
        if array.ndim == 0:
            return _scalar(info, found)
        pixels = _Pixels(array, array.shape, array.dtype)
    elif run:
        raise Refused(messages.INPUT_NOT_ARRAY, found="it is a shape and a type, without pixels")
    else:
        pixels = _signature(*image.array)
    _check_type(pixels)
    order = _order(image, found, len(pixels.shape))
    if order is not None:
        pixels = _turned(pixels, order)
    kind = image.kind or _stated_kind(image.axes, info.kind, pixels.dtype) or _kind_name(pixels, info.kind)
    if pixels.dtype.kind == "b" and kind in INTENSITIES:
        raise _other_kind(info, kind, "mask", "image")
    own = found.order if order is None else order
    valid = valid_of(image, found.left_out, pixels.array, (kind, info.kind), own)
    if valid is not None and (info.kind or kind) in SEGMENTATIONS:
        pixels = replace(pixels, array=emptied(pixels.array, valid))
    if kind == "colour" and info.kind == "mask":
        kind, pixels = "image", _one_channel(pixels)
    if info.kind is not None and not _may_become(kind, info.kind, pixels.shape):
        raise _other_kind(info, info.kind, kind)
    array, taken = _as_kind(info, info.kind or kind, pixels, _in_order(image.spacing, image.axes, order))
    whole = range(len(taken.shape or ()))
    if image.source:
        taken = replace(taken, origin=f"{info.name}, {image.source}")
    grid = grid_of(image, order[: len(whole)] if order else tuple(whole), taken.spacing)
    return array, replace(taken, grid=grid, is_partial=valid is not None, nodata=number_of(image.nodata)), valid


def _order(image: Image, found: Given, ndim: int) -> tuple[int, ...] | None:
    """In which order to take the axes, by what a caller says of an array that says nothing of them itself."""
    order = turns_of(image.axes, ndim)
    if order is not None and found.grid is not None:
        raise Refused(messages.IMAGE_AXES_STATED, axes=", ".join(found.grid.axes))
    return order


def _turned(pixels: _Pixels, order: tuple[int, ...]) -> _Pixels:
    array = None if pixels.array is None else pixels.array.transpose(order)
    return replace(pixels, array=array, shape=tuple(pixels.shape[axis] for axis in order))


def _in_order(spacing: Any, axes: str | None, order: tuple[int, ...] | None) -> Any:
    """The sizes of a pixel along axes that were taken in another order; channels have none."""
    if order is None or axes is None or not isinstance(spacing, list | tuple | np.ndarray) or len(spacing) == 1:
        return spacing
    sized = [axis for axis in range(len(axes)) if axes[axis] != "c"]
    if len(spacing) != len(sized):
        return spacing
    size_of = dict(zip(sized, spacing, strict=True))
    return [size_of[axis] for axis in order if axis in size_of]


def _completed(image: Image, found: Given, declared: str | None) -> Image:
    """An image with what its array stated about itself, where the caller did not."""
    stated = found.grid and replace(found.grid, spacing=found.spacing)
    return replace(
        image,
        spacing=found.spacing if image.spacing is None else image.spacing,
        kind=image.kind or (found.kind if declared is None else None),
        grid=stated if image.grid is None else image.grid,
        valid=found.valid if image.valid is None and image.nodata is None else image.valid,
        nodata=found.nodata if image.nodata is None and image.valid is None else image.nodata,
    )


def _other_kind(info: InputInfo, wanted: str, found: str, way_out: str = "") -> Refused:
    """Of another kind than it has to be, with the way out for that kind or another."""
    text = _WAYS_OUT[way_out or wanted].format(name=info.name, found=found)
    return Refused(messages.INPUT_KIND, wanted=wanted, found=found, way_out=text)


# --- what is given ---------------------------------------------------------------------------------------------------


def _is_signature(value: Any) -> bool:
    """Whether this is a (shape, dtype) and not an array."""
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str | type | np.dtype)


def _signature(shape: Any, dtype: Any) -> _Pixels:
    try:
        pixels = _Pixels(None, tuple(operator.index(n) for n in shape), np.dtype(dtype))
    except Exception:
        raise Refused(messages.INPUT_NOT_ARRAY, found=f"{shown((shape, dtype))} is no shape and type") from None
    if math.prod(pixels.shape) * pixels.dtype.itemsize > sys.maxsize:
        raise Refused(messages.INPUT_NOT_ARRAY, found=f"no array can have the shape {shown(pixels.shape)}")
    return pixels


def _check_type(pixels: _Pixels) -> None:
    shape, dtype = pixels.shape, pixels.dtype
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise Refused(messages.INPUT_NOT_ARRAY, found=f"its type is {dtype}")
    if not shape or min(shape) <= 0:
        raise Refused(messages.INPUT_NO_PIXELS, shape=shape_text(shape) or "()")


def _scalar(info: InputInfo, found: Given) -> tuple[Any, Kind, None]:
    if found.left_out is not None:
        raise Refused(messages.INPUT_LEFT_OUT)
    value = plain(found.array.item())
    if not isinstance(value, bool | int | float):
        raise Refused(messages.INPUT_NOT_ARRAY, found=f"it is a {type(value).__name__}")
    if is_endless(value):
        raise Refused(messages.INPUT_NOT_ARRAY, found=f"it is a number of {value.bit_length()} bits")
    if info.kind not in (None, "number"):
        raise _other_kind(info, info.kind, "number", "scalar")
    if not isinstance(value, bool):
        return value, number(constant=value), None
    if info.kind == "number":
        raise _other_kind(info, "number", "truth")
    return value, TRUTH.with_constant(value), None


def _stated_kind(axes: str | None, declared: str | None, dtype: np.dtype[Any]) -> str | None:
    """Colour or not, where the axes are named; a mask is known by its type."""
    if axes is None or declared is not None or dtype.kind == "b":
        return None
    return "colour" if "c" in axes else "image"


# --- what kind it is -------------------------------------------------------------------------------------------------


def _kind_name(pixels: _Pixels, declared: str | None) -> str:
    """What an array is by itself: colour if it is 3-D, of a type cameras use, with 3 or 4 in its last axis."""
    shape, dtype = pixels.shape, pixels.dtype
    if dtype.kind == "b":
        return "mask"
    looks_coloured = (
        len(shape) == 3 and shape[-1] in (3, 4) and (dtype.kind == "f" or dtype.name in ("uint8", "uint16"))
    )
    return "colour" if looks_coloured and declared not in ARRAYS - {"colour"} else "image"


def _may_become(kind: str, declared: str, shape: tuple[int, ...]) -> bool:
    if declared == "colour":
        return len(shape) >= 3 and (kind == "colour" or (kind == "image" and shape[-1] in (3, 4)))
    allowed = {"image": NUMERIC_ARRAYS, "labels": NUMERIC_ARRAYS, "mask": BINARY_OR_GREY}
    return kind in allowed.get(declared, set())


def _as_kind(info: InputInfo, kind: str, pixels: _Pixels, spacing: Any) -> tuple[Any, Kind]:
    shape, channels = pixels.shape, 0
    if kind == "colour":
        if len(shape) < 2 or (len(shape) == 2 and shape[-1] not in (3, 4)):
            raise _other_kind(info, "colour", "image")
        shape, channels = shape[:-1], shape[-1]
    if len(shape) > MOST_AXES:
        raise Refused(messages.INPUT_TOO_MANY_AXES, ndim=len(shape), most=MOST_AXES)
    if kind == "mask" and pixels.dtype.kind != "b":
        pixels = _as_mask(pixels)
    if kind == "labels":
        pixels = _as_labels(pixels)
    values = LABEL_NUMBERS if kind == "labels" else _range(pixels)
    steps = _spacing(spacing, len(shape), channels)
    return pixels.array, Kind(kind, shape, pixels.dtype, values, channels, steps, info.name)


def _range(pixels: _Pixels) -> Range | None:
    """All values of an integer type; for 64-bit types those that are there, as sums of them would fit no type."""
    array, dtype = pixels.array, pixels.dtype
    if dtype.kind not in "iu":
        return None
    if dtype.itemsize < 8:
        return of_type(dtype)
    if array is None:
        return Range(-(2**31), 2**31 - 1) if dtype.kind == "i" else Range(0, 2**32 - 1)
    return Range(*ends(array))


def ends(array: np.ndarray[Any, Any]) -> tuple[int, int]:
    """The smallest and the largest value, each pixel looked at once however often a view repeats it."""
    once = array[tuple(slice(None) if stride else slice(1) for stride in array.strides)]
    return int(once.min()), int(once.max())


def _one_channel(pixels: _Pixels) -> _Pixels:
    """A grey image that a file holds as colours: its channels are equal."""
    array, count = pixels.array, pixels.shape[-1]
    others = 3 if count in (3, 4) else count  # a fourth one is alpha
    if array is not None:
        if any(np.any(array[..., i] != array[..., 0]) for i in range(1, others)):
            raise Refused(messages.INPUT_MASK_COLOUR)
        array = array[..., 0]
    return replace(pixels, array=array, shape=pixels.shape[:-1])


def _as_mask(pixels: _Pixels) -> _Pixels:
    """A two-valued image, as masks are kept in files: off is 0."""
    array, on = pixels.array, None
    if array is not None:
        on = np.not_equal(array, 0)
        counted = np.count_nonzero(on)
        # The other value is at one end, if there is one; no nan is equal to any.
        if counted and np.count_nonzero(array == (array.max() or array.min())) != counted:
            raise Refused(messages.INPUT_MASK_VALUES)
    return replace(pixels, array=on, dtype=np.dtype(bool))


def _as_labels(pixels: _Pixels) -> _Pixels:
    """Whole numbers, of whatever type: volumes of labels are often kept as floats."""
    array, dtype = pixels.array, pixels.dtype
    if dtype.kind not in "iuf":
        raise Refused(messages.INPUT_LABELS, found=f"{dtype} values")
    if array is not None:
        if dtype.kind == "f" and not (np.isfinite(array).all() and np.array_equal(array, np.trunc(array))):
            raise Refused(messages.INPUT_LABELS, found=f"{dtype} values that are not whole")
        low, high = ends(array)
        if low < LABEL_NUMBERS.low or high > LABEL_NUMBERS.high:
            raise Refused(messages.INPUT_LABELS, found=f"values from {low} to {high}")
        array = array.astype(np.int32, copy=False)
    return replace(pixels, array=array, dtype=np.dtype(np.int32))


# --- spacing ---------------------------------------------------------------------------------------------------------


def _spacing(spacing: Any, ndim: int, channels: int) -> tuple[Fraction, ...] | None:
    if spacing is None:
        return None
    try:
        parts = [spacing] if isinstance(spacing, str | int | float | np.generic | Fraction) else list(spacing)
        steps = tuple(_millimetres(p) for p in (parts * ndim if len(parts) == 1 else parts))
    except Exception:  # of texts that are no lengths, and of objects that raise whatever they are asked
        steps = ()
    if len(steps) != ndim or any(s <= 0 for s in steps):
        found = ", ".join(str(p) for p in spacing) if isinstance(spacing, list | tuple) else spacing
        if channels and len(steps) == ndim + 1:
            raise Refused(messages.INPUT_SPACING_COLOUR, found=found, channels=channels)
        raise Refused(messages.INPUT_SPACING, found=found)
    return steps


def _millimetres(value: Any) -> Fraction:
    """A plain number is millimetres; six digits of it are certain, and more would be compared as if they were."""
    if isinstance(value, str):
        text = value.strip()
        unit = text.lstrip("0123456789.+-eE ").strip()
        digits = text.removesuffix(unit).strip()
        # As a float first: the fraction of an endless exponent would take for ever.
        return (
            rounded(float(digits)) * MILLIMETRES[unit or "mm"]
            if len(text) < 40 and _is_length(float(digits))
            else Fraction(0)
        )
    if isinstance(value, Fraction):
        return value
    return rounded(float(value)) if _is_length(float(value)) else Fraction(0)


def _is_length(value: float) -> bool:
    """Whether something can be so many units long, the Earth and the atom included; neither inf nor nan."""
    return 1e-30 < value < 1e30
