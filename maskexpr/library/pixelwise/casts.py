"""Values in another type. What a type cannot hold is refused: nothing wraps, and no fraction is cut off unseen."""

import math
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, Numeric
from maskexpr.functions.record import function
from maskexpr.kinds.kind import ARITHMETIC, Kind, number
from maskexpr.kinds.ranges import Bounds, Range, of_type

_INTEGER = """Values as {name}, in {range}: for a file or a program that wants this type.

A value that does not fit is an error and never wraps: one outside the type's range, one with a fraction, nan or inf.
Make them fit first: `{name}(clip(im, {low}, {high}))`, `{name}(round(im))`. Labels become an image, a number stays a
plain one that is known to fit.

Errors: a mask, for which write `{name}(where(m, 1, 0))`; a colour image; in the run, values that do not fit, with their
count.
Source: numpy.ndarray.astype where all values fit; it wraps those that do not, and cuts off fractions.

>>> evaluate("{name}(round(im))", im=[[0.4, 1.6]])
array([[0, 2]]{shown})"""

_FLOATING = """Values as {name}, each rounded once to the nearest of that type; nan and inf stay what they are.

{digits} A finite value beyond the type is an error and does not become infinite. Labels become an image, a number stays
a plain one, rounded.

Errors: a mask, for which write `{name}(where(m, 1, 0))`; a colour image; in the run, values that do not fit, with their
count.
Source: numpy.ndarray.astype, which makes what is too large infinite.

>>> evaluate("{name}(im)", im=[[1, 2]])
array([[1., 2.]]{shown})"""

_DIGITS = {
    "float32": "Whole numbers are exact up to 16,777,216 in size.",
    "float64": "Whole numbers are exact up to 9,007,199,254,740,992 in size.",
}
_LARGEST = "2.0 ** 127"  # a little less than that of float32, and short


def _refused(name: str, holds: object, count: int, found: dict[str, int], span: tuple[str, str] = ("", "")) -> Refused:
    """So many values that do not fit, in words and with the call that makes them fit: of each fault the number."""
    before, after = "", ""
    if found.get(_FRACTION):
        before, after = "round(", ")"
    if found.get(_OUTSIDE):
        before, after = f"{before}clip(", f", {span[0]}, {span[1]}){after}"
    what = ", ".join(f"{many:,} {fault}" for fault, many in found.items() if many)
    mistake = messages.CAST_NAN if found.get(_NAN) else messages.CAST
    return Refused(
        mistake, "im", type=name, holds=holds, count=count, what=what, before=f"{name}({before}", after=f"{after})"
    )


_NAN, _OUTSIDE, _FRACTION = "nan", "outside", "with a fraction"

# --- to integers -----------------------------------------------------------------------------------------------------


def ends(dtype: np.dtype[Any], given: np.dtype[Any]) -> tuple[Any, Any]:
    """The ends of an integer type, or those nearest to them inside it that a floating type has."""
    low, high = of_type(dtype)
    if given.kind != "f":
        return low, high
    top = given.type(high)
    return given.type(low), top if top < np.inf and int(top) <= high else np.nextafter(top, given.type(0))


def _whole(im: Array, dtype: np.dtype[Any]) -> Array:
    """The array in an integer type."""
    values = im.astype(np.float32) if im.dtype == np.float16 else im  # which has no 2^31
    low, high = ends(dtype, values.dtype)
    if not im.size or (bool(values.min() >= low) and bool(values.max() <= high)):  # no nan among them
        result = values.astype(dtype)
        if values.dtype.kind != "f" or np.array_equal(result, values):
            return result
    outside = (values < low) | (values > high)
    found, misfits = {_OUTSIDE: int(np.count_nonzero(outside))}, outside
    if values.dtype.kind == "f":
        broken = np.rint(values) != values  # nan is none of its neighbours either
        nan = int(np.count_nonzero(np.isnan(values)))
        found |= {_NAN: nan, _FRACTION: int(np.count_nonzero(broken)) - nan}
        misfits = outside | broken
    raise _refused(dtype.name, of_type(dtype), int(np.count_nonzero(misfits)), found, _clipped_to(dtype, im.dtype))


def _clipped_to(dtype: np.dtype[Any], given: np.dtype[Any]) -> tuple[str, str]:
    """Between which numbers an image is to be clipped, as they are in its own type."""
    if given == np.float16 and dtype.itemsize > 2:  # beyond its largest number it has inf alone
        most = int(np.finfo(given).max)
        return str(-most if of_type(dtype).low else 0), str(most)
    low, high = ends(dtype, given)
    return str(int(low)), str(int(high))


def _whole_range(kind: Kind, dtype: np.dtype[Any]) -> Range:
    """Where the values lie in the type, if any can; what is known of floating ones is known of whole ones within."""
    held, known = of_type(dtype), kind.limits
    low = math.ceil(known.low) if known.low > held.low else held.low
    high = math.floor(known.high) if known.high < held.high else held.high
    if low > held.high or high < held.low:
        raise Refused(messages.CAST_NEVER, "im", type=dtype.name, holds=held, range=known, low=held.low, high=held.high)
    return Range(low, max(low, high))


def _integer(name: str) -> Any:
    """Declare the cast to an integer type."""
    dtype = np.dtype(name)

    def rule(kinds: Kinds) -> Kind:
        im = kinds["im"]
        if im.name == "number" and im.is_constant:
            _whole(np.asarray([im.constant], object if im.range else float), dtype)
        values = _whole_range(im, dtype)
        return number(values) if im.name == "number" else like_grid("image", kinds, dtype, values)

    def body(im: Numeric) -> Any:
        if isinstance(im, np.ndarray):
            return _whole(im, dtype)
        return int(_whole(np.asarray([im], object if isinstance(im, int) else float), dtype)[0])

    def holds_all(kinds: Kinds) -> bool:
        held, values = of_type(dtype), kinds["im"].range
        return values is not None and held.low <= values.low and values.high <= held.high

    held = of_type(dtype)
    shown = "" if name == "int64" else f", dtype={name}"
    body.__doc__ = _INTEGER.format(name=name, range=held, low=held.low, high=held.high, shown=shown)
    gives = Gives(ARITHMETIC, rule)
    return function(name=name, gives=gives, halo=0, cost=4, memory=16, total=holds_all, transposes=True)(body)


# --- to floats -------------------------------------------------------------------------------------------------------


def _nearest(im: Array, dtype: np.dtype[Any]) -> Array:
    """The array in a floating type."""
    result = im.astype(dtype)
    if im.dtype.kind == "f" and im.dtype.itemsize > dtype.itemsize:
        beyond = int(np.count_nonzero(np.isinf(result) & np.isfinite(im)))
        if beyond:
            raise _refused(dtype.name, "up to 3.4e38", beyond, {_OUTSIDE: beyond}, (f"-{_LARGEST}", _LARGEST))
    return result


def _floating(name: str) -> Any:
    """Declare the cast to a floating type."""
    dtype = np.dtype(name)

    def rule(kinds: Kinds) -> Kind:
        im = kinds["im"]
        if im.name == "number" and im.is_constant:
            _number(im.constant, dtype)
        return number() if im.name == "number" else like_grid("image", kinds, dtype)

    def body(im: Numeric) -> Any:
        return _nearest(im, dtype) if isinstance(im, np.ndarray) else _number(im, dtype)

    def holds_all(kinds: Kinds) -> bool:
        return dtype.itemsize == 8 or kinds["im"].range is not None

    shown = f", dtype={name}" if name == "float32" else ""
    body.__doc__ = _FLOATING.format(name=name, digits=_DIGITS[name], shown=shown)
    gives = Gives(ARITHMETIC, rule).bounded(_same_bounds)
    return function(name=name, gives=gives, halo=0, cost=1, memory=8, total=holds_all, transposes=True)(body)


def _number(value: float, dtype: np.dtype[Any]) -> float:
    """A plain number, rounded."""
    return float(_nearest(np.asarray([float(value)]), dtype)[0])


def _same_bounds(kinds: Kinds) -> Bounds | None:
    limits = kinds["im"].limits
    try:
        return Bounds(float(limits.low), float(limits.high), limits.nan)
    except OverflowError:
        return None


uint8 = _integer("uint8")
int8 = _integer("int8")
uint16 = _integer("uint16")
int16 = _integer("int16")
uint32 = _integer("uint32")
int32 = _integer("int32")
uint64 = _integer("uint64")
int64 = _integer("int64")
float32 = _floating("float32")
float64 = _floating("float64")
