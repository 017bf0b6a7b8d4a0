"""From what a caller gives to arrays the steps can use, and the kinds the checker needs."""

import contextlib
import itertools
import operator
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeGuard

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import MOST_SHOWN, Diagnostic, InputError
from maskexpr.diagnostics.foreign_names import FOREIGN_PROPERTIES, FOREIGN_VALUES
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.nearest import nearest
from maskexpr.diagnostics.source import Source
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import ARRAYS, BINARY_OR_GREY, INTENSITIES, NUMERIC_ARRAYS, TRUTH, Kind, number, shape_text
from maskexpr.kinds.quantity import MILLIMETRES, Quantity
from maskexpr.kinds.ranges import MOST_BITS, Range, of_type
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.library import PROPERTIES
from maskexpr.program.steps import Checked, InputInfo, ParamInfo

_LITERALS = ("true", "false", "none")
_KINDS = tuple(ARRAYS)  # to look through: what a caller gives may not be hashable
_WAYS_OUT = {
    "mask": "make one with a comparison: declare it image and write {name} > 0",
    "image": "declare it {found}, or leave the kind out",
    "colour": "a colour image has a last axis of 3 or 4 channels",
    "labels": "labels are whole numbers from 0 on; declare it image and convert",
    "number": "give one plain number",
}


@dataclass(frozen=True, eq=False)
class Image:
    """An array that says more than its numbers do.

    Parameters
    ----------
    array : array_like
    spacing : number, text such as "0.5mm", or a sequence of them, optional
        The size of a pixel: one for all axes or one per axis, in axis order; plain numbers are millimetres. A colour
        image's channels have none.
    kind : {"image", "mask", "colour", "labels"}, optional
        What the array is, where its shape and type do not say it.

    >>> volume = maskexpr.Image(np.zeros((4, 5, 3)), spacing=[2, 0.5, 0.5], kind="image")
    >>> evaluate("area(m, 'mm3')", m=maskexpr.Image(np.ones((2, 2, 2), bool), spacing="0.5mm"))
    1.0
    """

    array: Any
    spacing: Any = None
    kind: str | None = None


def bind(
    checked: Checked, source: Source, catalogue: Mapping[str, Function], given: Mapping[str, Any], *, run: bool
) -> tuple[dict[str, Any], dict[str, Kind], dict[str, Any]]:
    """Sort what was given into arrays, their kinds, and params; every mistake is reported at once.

    To `run` takes pixels; to check, a (shape, dtype) will do.
    """
    infos = {i.name: i for i in checked.inputs}
    params = {p.name: p for p in checked.params}
    missing = {i.name: i for i in checked.inputs if i.name not in given}
    found: list[Diagnostic] = []
    arrays: dict[str, Any] = {}
    kinds: dict[str, Kind] = {}
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            if name in params:
                values[name] = param_value(params[name], value)
            elif name in infos or checked.uses_grid:
                arrays[name], kinds[name] = _input(infos.get(name) or InputInfo(name), value, run)
            else:
                found.append(_unknown(name, [*infos, *params], missing))
        except _Unfit as unfit:
            found.append(unfit.diagnostic)
    for info in missing.values():
        found.append(_missing(info, checked, source, catalogue, suggest=len(found) < MOST_SHOWN))
    if found:
        raise InputError(found)
    return arrays, kinds, values


def taken(value: Any, name: str, kind: str | None = None) -> tuple[Any, Kind]:
    """A value as a program with an input of that name, and maybe of a declared kind, would take it; and its kind."""
    try:
        return _input(InputInfo(name, kind), value, run=True)
    except _Unfit as unfit:
        raise InputError(unfit.diagnostic) from None


class _Unfit(Exception):
    def __init__(self, mistake: Mistake, **fields: object) -> None:
        super().__init__(mistake)
        self.diagnostic = mistake.anywhere(**fields)


def _unknown(name: str, known: Iterable[str], missing: dict[str, InputInfo]) -> Diagnostic:
    """A name that the program does not have; one that is like a missing input stands for it."""
    near = nearest(name, missing)
    if near:
        del missing[near]
        return messages.INPUT_UNKNOWN_NEAR.anywhere(name=name, near=near)
    return messages.INPUT_UNKNOWN.anywhere(name=name, names=", ".join(known) or "none")


def _missing(
    info: InputInfo, checked: Checked, source: Source, catalogue: Mapping[str, Function], *, suggest: bool
) -> Diagnostic:
    place = (info.source or source, info.span)
    if info.name in catalogue:
        return messages.INPUT_MISSING_FUNCTION.at(*place, name=info.name)
    declared = (*(p.name for p in checked.params), *(i.name for i in checked.inputs))
    known = itertools.chain(checked.assigned, declared, PROPERTIES if info.in_condition else ())
    near = FOREIGN_VALUES.get(info.name) or (FOREIGN_PROPERTIES.get(info.name, "") if info.in_condition else "")
    if not near and suggest:
        lowered = info.name.lower()
        near = lowered if lowered in _LITERALS else nearest(info.name, (n for n in known if n != info.name))
    mistake = messages.INPUT_MISSING_PROPERTY if info.in_condition else messages.INPUT_MISSING
    if near:
        mistake = messages.INPUT_MISSING_NEAR
    if info.name in checked.assigned:
        mistake = messages.INPUT_LATER
    return mistake.at(*place, name=info.name, near=near)


# --- params ----------------------------------------------------------------------------------------------------------


def param_value(info: ParamInfo, value: Any) -> Any:
    """A value for a param, checked against its declaration."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(info.default, Quantity) and isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = literal(value)
    wanted = _wanted(info)
    if _is_endless(value):
        found = f"a number of {value.bit_length()} bits"
        raise _Unfit(messages.PARAM_VALUE, name=info.name, value=found, wanted=wanted)
    if isinstance(info.default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if info.whole and isinstance(value, float) and value.is_integer():
        value = int(value)
    fits = type(value) is type(info.default) or (_is_number(value) and _is_number(info.default) and not info.whole)
    if isinstance(value, Quantity) and isinstance(info.default, Quantity):
        fits = value.power == info.default.power
    if fits and info.low is not None:
        fits = info.low <= value <= info.high
    if fits and info.choices is not None:
        fits = value in info.choices
    if not fits or value != value:
        found = str(value) if isinstance(value, Quantity) else repr(value)
        raise _Unfit(messages.PARAM_VALUE, name=info.name, value=found, wanted=wanted)
    return value


def parameter(info: ParamInfo, written: str) -> Any:
    """A value for a param as it is written on a command line: a number, true, false, a length, or a bare text."""
    value: Any = written
    if not isinstance(info.default, str):
        try:
            value = literal(written)
        except ValueError:
            raise InputError(
                messages.PARAM_VALUE.anywhere(name=info.name, value=written, wanted=_wanted(info))
            ) from None
    try:
        return param_value(info, value)
    except _Unfit as unfit:
        raise InputError(unfit.diagnostic) from None


def literal(written: str) -> Any:
    """A number, truth or quantity as the language writes it; ValueError if the text is none of these."""
    parsed = parse(Source(f"param value = {written}"), Limits()).module.statements
    if len(parsed) != 1 or not isinstance(parsed[0], nodes.Param):
        raise ValueError(written)
    node = parsed[0].value
    return Quantity(node.value, node.power) if isinstance(node, nodes.Quantity) else node.value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_endless(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and value.bit_length() > MOST_BITS


def _wanted(info: ParamInfo) -> str:
    if info.choices is not None:
        return "one of " + ", ".join(info.choices)
    what = {bool: "true or false", str: "a text"}.get(type(info.default), "a number")
    if isinstance(info.default, Quantity):
        what = "a length such as 2mm" if info.default.power == 1 else f"a size such as 2mm{info.default.power}"
    elif info.whole:
        what = "a whole number"
    return what if info.low is None else f"{what} in {info.low}..{info.high}"


# --- arrays ----------------------------------------------------------------------------------------------------------


def _input(info: InputInfo, value: Any, run: bool) -> tuple[Any, Kind]:
    """One input: the array in native byte order, and its kind."""
    name, declared = info.name, info.kind
    image = value if isinstance(value, Image) else Image(value)
    if image.kind is not None and image.kind not in _KINDS:
        raise _Unfit(messages.IMAGE_KIND_UNKNOWN, kind=image.kind)
    if _is_signature(image.array):
        if run:
            raise _Unfit(messages.INPUT_NOT_ARRAY, name=name, found="it is a shape and a type, without pixels")
        array, measured = None, False
        shape, dtype = _signature(name, *image.array)
    else:
        array = _array(name, image.array)
        if array.ndim == 0:
            return _scalar(info, array)
        shape, dtype, measured = array.shape, array.dtype, True
    _check_type(name, shape, dtype)
    kind = image.kind or _kind_name(shape, dtype, declared)
    if dtype.kind == "b" and kind in INTENSITIES:
        way_out = _WAYS_OUT["image"].format(name=name, found="mask")
        raise _Unfit(messages.INPUT_KIND, name=name, wanted=kind, found="mask", way_out=way_out)
    if declared is not None and not _may_become(kind, declared, shape):
        way_out = _WAYS_OUT[declared].format(name=name, found=kind)
        raise _Unfit(messages.INPUT_KIND, name=name, wanted=declared, found=kind, way_out=way_out)
    return _as_kind(info, declared or kind, array, shape, dtype, image.spacing, measured)


def _is_signature(value: Any) -> bool:
    """Whether this is a (shape, dtype) and not an array."""
    if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], tuple | list)):
        return False
    return isinstance(value[1], str | type | np.dtype)


def _signature(name: str, shape: Any, dtype: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        return tuple(operator.index(n) for n in shape), np.dtype(dtype)
    except (TypeError, ValueError):
        raise _Unfit(messages.INPUT_NOT_ARRAY, name=name, found=f"{(shape, dtype)} is no shape and type") from None


def _array(name: str, value: Any) -> np.ndarray[Any, Any]:
    # Touching np.ma would import it, and nobody has a masked array without having done so.
    if "numpy.ma" in sys.modules and isinstance(value, np.ma.MaskedArray):
        raise _Unfit(messages.INPUT_MASKED_ARRAY, name=name)
    if isinstance(value, str | bytes | dict | set) or value is None:
        raise _Unfit(messages.INPUT_NOT_ARRAY, name=name, found=f"it is a {type(value).__name__}")
    try:
        array = np.asarray(value)
    except ValueError:
        raise _Unfit(messages.INPUT_RAGGED, name=name) from None
    except (TypeError, OverflowError):
        raise _Unfit(messages.INPUT_NOT_ARRAY, name=name, found=f"it is a {type(value).__name__}") from None
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _check_type(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise _Unfit(messages.INPUT_NOT_ARRAY, name=name, found=f"its type is {dtype}")
    if not shape or min(shape) <= 0:
        raise _Unfit(messages.INPUT_NO_PIXELS, name=name, shape=shape_text(shape))


def _scalar(info: InputInfo, array: np.ndarray[Any, Any]) -> tuple[Any, Kind]:
    value = array.item()
    if not isinstance(value, bool | int | float):
        raise _Unfit(messages.INPUT_NOT_ARRAY, name=info.name, found=f"it is a {type(value).__name__}")
    if _is_endless(value):
        raise _Unfit(messages.INPUT_NOT_ARRAY, name=info.name, found=f"it is a number of {value.bit_length()} bits")
    if info.kind not in (None, "number"):
        way_out = f"give an array with at least one axis, or declare {info.name}: number"
        raise _Unfit(messages.INPUT_KIND, name=info.name, wanted=info.kind, found="number", way_out=way_out)
    if isinstance(value, bool) and info.kind == "number":
        way_out = _WAYS_OUT["number"]
        raise _Unfit(messages.INPUT_KIND, name=info.name, wanted="number", found="truth", way_out=way_out)
    if isinstance(value, bool):
        return value, TRUTH.with_constant(value)
    return value, number(constant=value)


def _kind_name(shape: tuple[int, ...], dtype: np.dtype[Any], declared: str | None) -> str:
    """What an array is by itself: colour if it is 3-D, of a type cameras use, with 3 or 4 in its last axis."""
    if dtype.kind == "b":
        return "mask"
    looks_coloured = (
        len(shape) == 3 and shape[-1] in (3, 4) and (dtype.kind == "f" or dtype.name in ("uint8", "uint16"))
    )
    return "colour" if looks_coloured and declared not in ARRAYS - {"colour"} else "image"


def _may_become(kind: str, declared: str, shape: tuple[int, ...]) -> bool:
    if declared == "colour":
        return len(shape) >= 3 and shape[-1] in (3, 4) and kind in INTENSITIES
    allowed = {"image": NUMERIC_ARRAYS, "labels": NUMERIC_ARRAYS, "mask": BINARY_OR_GREY}
    return kind in allowed.get(declared, set())


def _as_kind(
    info: InputInfo,
    kind: str,
    array: np.ndarray[Any, Any] | None,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    spacing: Any,
    measured: bool,
) -> tuple[Any, Kind]:
    name = info.name
    channels = 0
    if kind == "colour":
        if len(shape) < 2 or shape[-1] not in (3, 4):
            way_out = _WAYS_OUT["colour"]
            raise _Unfit(messages.INPUT_KIND, name=name, wanted="colour", found="image", way_out=way_out)
        shape, channels = shape[:-1], shape[-1]
    if kind == "mask" and dtype.kind != "b":
        array, dtype = _as_mask(name, array), np.dtype(bool)
    values = _range(array, dtype, measured) if dtype.kind in "iu" else None
    if kind == "labels":
        array, dtype, values = _as_labels(name, array, dtype, values)
    return array, Kind(kind, shape, dtype, values, channels, _spacing(name, spacing, len(shape), channels), name)


def _range(array: np.ndarray[Any, Any] | None, dtype: np.dtype[Any], measured: bool) -> Range:
    """All values of the type; for 64-bit types those that are there, as sums of them would fit no type."""
    if dtype.itemsize < 8:
        return of_type(dtype)
    if array is None or not measured:
        return Range(-(2**31), 2**31 - 1) if dtype.kind == "i" else Range(0, 2**32 - 1)
    return Range(int(array.min()), int(array.max()))


def _as_mask(name: str, array: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any] | None:
    """A two-valued image, as masks are kept in files: off is 0."""
    if array is None:
        return None
    on: np.ndarray[Any, Any] = array != 0
    if on.any() and np.any(array[on] != array[on].flat[0]):
        raise _Unfit(messages.INPUT_MASK_VALUES, name=name)
    return on


def _as_labels(
    name: str, array: np.ndarray[Any, Any] | None, dtype: np.dtype[Any], values: Range | None
) -> tuple[np.ndarray[Any, Any] | None, np.dtype[Any], Range]:
    if values is None:
        raise _Unfit(messages.INPUT_LABELS, name=name, found=f"{dtype} values")
    if array is not None:
        low, high = int(array.min()), int(array.max())
        if low < 0 or high > 2**31 - 1:
            raise _Unfit(messages.INPUT_LABELS, name=name, found=f"values from {low} to {high}")
        array = array.astype(np.int32, copy=False)
    return array, np.dtype(np.int32), Range(0, 2**31 - 1)


# --- spacing ---------------------------------------------------------------------------------------------------------


def _spacing(name: str, spacing: Any, ndim: int, channels: int) -> tuple[Fraction, ...] | None:
    if spacing is None:
        return None
    try:
        parts = [spacing] if isinstance(spacing, str | int | float | np.generic | Fraction) else list(spacing)
        steps = tuple(_millimetres(p) for p in (parts * ndim if len(parts) == 1 else parts))
    except (ValueError, TypeError, KeyError, ZeroDivisionError, OverflowError):
        steps = ()
    if len(steps) != ndim or any(s <= 0 for s in steps):
        found = ", ".join(str(p) for p in spacing) if isinstance(spacing, list | tuple) else spacing
        if channels and len(steps) == ndim + 1:
            raise _Unfit(messages.INPUT_SPACING_COLOUR, name=name, found=found, channels=channels)
        raise _Unfit(messages.INPUT_SPACING, name=name, found=found)
    return steps


def _millimetres(value: Any) -> Fraction:
    """A plain number is millimetres, exactly as it was written."""
    if isinstance(value, str):
        text = value.strip()
        unit = text.lstrip("0123456789.+-eE ").strip()
        digits = text.removesuffix(unit).strip()
        # As a float first: the fraction of an endless exponent would take for ever.
        return (
            Fraction(digits) * MILLIMETRES[unit or "mm"]
            if len(text) < 40 and _is_length(float(digits))
            else Fraction(0)
        )
    if isinstance(value, Fraction):
        return value
    return Fraction(repr(float(value))) if _is_length(float(value)) else Fraction(0)


def _is_length(value: float) -> bool:
    """Whether something can be so many units long, the Earth and the atom included; neither inf nor nan."""
    return 1e-30 < value < 1e30
