"""Functions of each pixel by itself. Given only numbers they give a number, given samples they give samples."""

from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import BIT_BEYOND_TYPE, BITS_OF_FLOATS, BITS_ORDER, RESULT_TOO_WIDE, WHERE_MIXED
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import (
    FLOATS,
    Gives,
    Kinds,
    bounds_within,
    float_type,
    grid_of,
    like_grid,
    numeric_result,
    pixelwise,
)
from maskexpr.functions.parameters import Array, Condition, Image, Index, Numbers, Numeric, ResultKind, Value, WorkType
from maskexpr.functions.record import Settings, function
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import GIVEN, LOGICAL, TRUTH, Kind
from maskexpr.kinds.ranges import LABEL_NUMBERS, Bounds, Range
from maskexpr.library.operators import compare, compute, narrow


def _where_kind(kinds: Kinds) -> Kind:
    a, b = kinds["a"], kinds["b"]
    names = {a.name, b.name}
    arrays = {"condition": kinds["condition"], "a": a, "b": b}
    grid = grid_of(arrays)
    if names <= LOGICAL:
        return like_grid("mask", arrays, np.bool_) if grid else TRUTH
    if names & LOGICAL:
        raise Refused(WHERE_MIXED, "b", a=a.name, b=b.name)
    if "colour" in names:
        return _where_colour(kinds, a if a.name == "colour" else b)
    result = numeric_result({"a": a, "b": b}, ranges.union)
    if grid and not result.holds_pixels:
        dtype = float_type([]) if result.range is None else ranges.smallest_type(result.range)
        if dtype is None:
            raise Refused(RESULT_TOO_WIDE, range=result.range)
        return like_grid("image", arrays, dtype, result.range)
    if "labels" in names and names <= {"labels", "number"} and _fit_labels(result.range):
        return like_grid("labels", arrays, np.int32, result.range)
    return result


def _fit_labels(values: Range | None) -> bool:
    return values is not None and ranges.union(values, LABEL_NUMBERS) == LABEL_NUMBERS


def _where_colour(kinds: Kinds, colour: Kind) -> Kind:
    a, b = kinds["a"], kinds["b"]
    if {a.name, b.name} == {"colour"} and a.channels != b.channels:
        raise Refused(WHERE_MIXED, "b", a=f"{a.channels}-channel colour", b=f"{b.channels}-channel colour")
    result = numeric_result({"a": a, "b": b}, ranges.union)
    grid = like_grid("colour", kinds, result.dtype, result.range)
    return Kind("colour", grid.shape, grid.dtype, grid.range, colour.channels, grid.spacing, grid.origin)


_WHERE = Gives(GIVEN, _where_kind).bounded(
    lambda kinds: bounds_within(ranges.union, {name: kinds[name] for name in ("a", "b")})
)


@function(gives=_WHERE, halo=0, cost=2, memory=24, total=True, transposes=True)
def where(condition: Condition, a: Value, b: Value, kind: ResultKind) -> Any:
    """`a` where the condition is on, `b` elsewhere.

    `a` and `b` are images, numbers, masks or colour images; a mask chooses per pixel, spread over the channels of a
    colour image, and a truth chooses the whole value. Integers take the smallest type that holds both; floating images
    keep their type. Both `a` and `b` are always computed. nan is a value like others: it stays where it is chosen.

    Errors: a mask and an image as `a` and `b`; colour images of different numbers of channels; images of different
    shapes.
    Source: numpy.where, which finds float64 for uint64 beside int64.

    >>> evaluate("where(im > 3, im, 0)", im=[[1, 4], [5, 2]])
    array([[0, 4],
           [5, 0]], dtype=uint8)
    """
    shape = (*(kind.shape or ()), *([kind.channels] if kind.name == "colour" else []))
    if kind.name == "colour":  # what has no channels is spread over them
        condition, a, b = (
            v[..., np.newaxis] if isinstance(v, np.ndarray) and v.ndim < len(shape) else v for v in (condition, a, b)
        )
    if not kind.holds_pixels:
        chosen = a if condition else b
        return float(chosen) if kind.name == "number" and kind.range is None else chosen
    # In the result's type first: what NumPy finds for uint64 beside int64 is float64.
    result = np.where(condition, *(np.asarray(v).astype(kind.dtype, copy=False) for v in (a, b)))
    return result if kind.is_samples else np.broadcast_to(result, shape).astype(kind.dtype)


def _between_kind(kinds: Kinds) -> Kind:
    return like_grid("mask", kinds, np.bool_) if grid_of(kinds) else TRUTH


_TEST = Gives(LOGICAL, _between_kind)


def _swapped(what: messages.Mistake) -> Callable[[Settings, tuple[int, ...]], Refused | None]:
    """The remark on two numbers of which the first is the larger one."""

    def remark(values: Settings, shape: tuple[int, ...]) -> Refused | None:
        low, high = values.get("low"), values.get("high")
        return Refused(what, low=low, high=high) if low is not None and high is not None and low > high else None

    return remark


@function(gives=_TEST, halo=0, cost=2, memory=2, total=True, transposes=True, compares={"low": ">=", "high": "<="},
          remark=_swapped(messages.BETWEEN_NOTHING))  # fmt: skip
def between(im: Numeric, low: Numeric, high: Numeric) -> Any:
    """Whether low <= im <= high, both ends included.

    The same as the chain `low <= im <= high`. Integers are compared exactly; nan is never between.

    Errors: a mask or a colour image; images of different shapes.
    Source: as SimpleITK.BinaryThreshold and cv2.inRange.

    >>> evaluate("between(im, 2, 4)", im=[[1, 2, 3, 4, 5]])
    array([[False,  True,  True,  True, False]])
    """
    return np.logical_and(compare(">=", im, low), compare("<=", im, high))


def _clip_range(im: Range, low: Range, high: Range) -> Range:
    return ranges.minimum(ranges.maximum(im, low), high)


@function(gives=pixelwise(_clip_range, exact=True), halo=0, cost=2, memory=8, total=True, transposes=True,
          remark=_swapped(messages.CLIP_TO_ONE))  # fmt: skip
def clip(im: Numeric, low: Numeric, high: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Values below `low` become `low`, values above `high` become `high`.

    Integers take the smallest type that holds the result; floating images keep their type; nan stays nan. Where
    low > high the result is `high`, as in NumPy.

    Errors: a mask or a colour image; images of different shapes.
    Source: numpy.clip.

    >>> evaluate("clip(im, 2, 4)", im=[[1, 3, 9]])
    array([[2, 3, 4]], dtype=uint8)
    """
    return compute(lambda x, a, b: min(max(x, a), b), _clip, kind, work, im, low, high)


def _clip(x: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(x, low), high)


@function(gives=pixelwise(ranges.absolute, exact=True), halo=0, cost=1, memory=8, total=True, transposes=True)
def abs_(im: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """The size of each value, without its sign.

    Integers take the smallest type that holds the result: the absolute value of int8 -128 is 128. Floating images keep
    their type; nan stays nan.

    Errors: a mask or a colour image.
    Source: numpy.absolute, which wraps.

    >>> evaluate("abs(im - 3)", im=[[1, 3, 5]])
    array([[2, 0, 2]], dtype=uint8)
    """
    return compute(abs, np.absolute, kind, work, im)


def _sign_range(a: Range) -> Range:
    return Range(max(-1, min(1, a.low)), max(-1, min(1, a.high)))


@function(gives=pixelwise(_sign_range).within(-1, 1), halo=0, cost=1, memory=8, total=True, transposes=True)
def sign(im: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """-1 for negative values, 0 for zero, 1 for positive ones; nan stays nan.

    Integers give int8 or uint8, floating images keep their type.

    Errors: a mask or a colour image.
    Source: numpy.sign.

    >>> evaluate("sign(im - 3)", im=[[1, 3, 5]])
    array([[-1,  0,  1]], dtype=int8)
    """
    return compute(lambda v: (v > 0) - (v < 0), np.sign, kind, work, im)


def _not_negative(kinds: Kinds) -> Bounds:
    return Bounds(0, np.inf, any(kind.limits.nan for kind in kinds.values()))


def _root(kinds: Kinds) -> Bounds:
    limits = kinds["im"].limits
    return Bounds(0, np.inf, limits.nan or limits.low < 0)


def _floating(
    name: str, ufunc: Any, doc: str, operands: int = 1, *, gives: Gives = FLOATS, transposes: bool = False
) -> Any:
    """Declare a function whose result is always floating: float64 for integers, else the image's own type."""

    def one(im: Numeric, kind: ResultKind, work: WorkType) -> Any:
        return compute(ufunc, ufunc, kind, work, im)

    def two(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
        return compute(ufunc, ufunc, kind, work, a, b)

    body = one if operands == 1 else two
    says, example = doc.split("\n\n>>> ")
    shapes = "; images of different shapes" if operands == 2 else ""
    body.__doc__ = (
        f"{says}\n\nIntegers give float64, floating images keep their type.\n\n"
        f"Errors: a mask or a colour image{shapes}.\nSource: numpy.{ufunc.__name__}.\n\n>>> {example}"
    )
    return function(name=name, gives=gives, halo=0, cost=10, memory=16, total=True, transposes=transposes)(body)


sqrt = _floating(
    "sqrt",
    np.sqrt,
    """Square root; nan where the value is negative or nan.

>>> evaluate("sqrt(16)")
4.0""",
    gives=FLOATS.bounded(_root),
    transposes=True,
)
exp = _floating(
    "exp",
    np.exp,
    """e to the power of each value; inf where that is beyond the type, nan stays nan.

>>> evaluate("exp(0)")
1.0""",
    gives=FLOATS.bounded(_not_negative),
)
log = _floating(
    "log",
    np.log,
    """Natural logarithm; -inf at zero, nan where the value is negative or nan.

>>> evaluate("log(1)")
0.0""",
)
log2 = _floating(
    "log2",
    np.log2,
    """Logarithm to base 2; -inf at zero, nan where the value is negative or nan.

>>> evaluate("log2(8)")
3.0""",
)
log10 = _floating(
    "log10",
    np.log10,
    """Logarithm to base 10; -inf at zero, nan where the value is negative or nan.

>>> evaluate("log10(100)")
2.0""",
)
sin = _floating(
    "sin",
    np.sin,
    """Sine of an angle in radians; nan where the angle is infinite or nan.

>>> evaluate("sin(0)")
0.0""",
    gives=FLOATS.within(-1, 1),
)
cos = _floating(
    "cos",
    np.cos,
    """Cosine of an angle in radians; nan where the angle is infinite or nan.

>>> evaluate("cos(0)")
1.0""",
    gives=FLOATS.within(-1, 1),
)
tan = _floating(
    "tan",
    np.tan,
    """Tangent of an angle in radians; nan where the angle is infinite or nan.

>>> evaluate("tan(0)")
0.0""",
)
arctan2 = _floating(
    "arctan2",
    np.arctan2,
    """Angle of the point (b, a) in radians, from -pi to pi: `arctan2(y, x)`.

nan where either is nan.

>>> evaluate("arctan2(0, 1)")
0.0""",
    gives=FLOATS.within(-3.1416, 3.1416),  # pi, whichever way it is rounded
    operands=2,
)
hypot = _floating(
    "hypot",
    np.hypot,
    """Length of the vector (a, b), without overflow on the way.

inf where either is infinite, else nan where either is nan.

>>> evaluate("hypot(3, 4)")
5.0""",
    gives=FLOATS.bounded(_not_negative),
    operands=2,
)


def _rounded_range(a: Range) -> Range:
    return a._replace(low=np.floor(a.low).item(), high=np.ceil(a.high).item())


def _rounding(name: str, ufunc: Any, doc: str) -> Any:
    def body(im: Numeric, kind: ResultKind, work: WorkType) -> Any:
        return compute(lambda v: v, lambda v: v if v.dtype.kind in "iu" else ufunc(v), kind, work, im)

    says, example = doc.split("\n\n>>> ")
    body.__doc__ = (
        f"{says}\n\nIntegers are returned as they are; floating values keep their type; nan stays nan.\n\n"
        f"Errors: a mask or a colour image.\nSource: numpy.{ufunc.__name__}.\n\n>>> {example}"
    )
    given = pixelwise(lambda a: a).bounded(lambda kinds: bounds_within(_rounded_range, kinds))
    return function(name=name, gives=given, halo=0, cost=1, memory=0, total=True, transposes=True)(body)


floor = _rounding(
    "floor",
    np.floor,
    """The largest whole number that is not above each value.

>>> evaluate("floor(2.7)")
2.0""",
)
ceil = _rounding(
    "ceil",
    np.ceil,
    """The smallest whole number that is not below each value.

>>> evaluate("ceil(2.1)")
3.0""",
)
round_ = _rounding(
    "round",
    np.rint,
    """The nearest whole number; halves go to the even one, as in NumPy and Python.

>>> evaluate("round(2.5)")
2.0""",
)


@function(gives=pixelwise(ranges.minimum, exact=True), halo=0, cost=1, memory=16, total=True, transposes=True)
def minimum(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """The smaller of two values, pixel by pixel; nan where either is nan. For the smallest pixel of an image see `min`.

    Integers take the smallest type that holds the result, and are compared exactly; floating images keep their type.

    Errors: a mask or a colour image; images of different shapes.
    Source: numpy.minimum.

    >>> evaluate("minimum(im, 3)", im=[[1, 3, 5]])
    array([[1, 3, 3]], dtype=uint8)
    """
    return compute(min, np.minimum, kind, work, a, b)


@function(gives=pixelwise(ranges.maximum, exact=True), halo=0, cost=1, memory=16, total=True, transposes=True)
def maximum(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """The larger of two values, pixel by pixel; nan where either is nan. For the largest pixel of an image see `max`.

    Integers take the smallest type that holds the result, and are compared exactly; floating images keep their type.

    Errors: a mask or a colour image; images of different shapes.
    Source: numpy.maximum.

    >>> evaluate("maximum(im, 3)", im=[[1, 3, 5]])
    array([[3, 3, 5]], dtype=uint8)
    """
    return compute(max, np.maximum, kind, work, a, b)


@function(gives=_TEST, halo=0, cost=1, memory=0, total=True, transposes=True)
def isnan(im: Numeric) -> Any:
    """Whether each value is nan (not a number); never for integers.

    Errors: a mask or a colour image.
    Source: numpy.isnan.

    >>> evaluate("isnan(im)", im=np.array([1.0, np.nan]))
    array([False,  True])
    """
    return np.isnan(im) if isinstance(im, np.ndarray) else im != im  # NumPy has no integers beyond 64 bits


@function(gives=_TEST, halo=0, cost=1, memory=0, total=True, transposes=True)
def isfinite(im: Numeric) -> Any:
    """Whether each value is neither nan nor infinite; always for integers.

    Errors: a mask or a colour image.
    Source: numpy.isfinite.

    >>> evaluate("isfinite(im)", im=np.array([1.0, np.inf]))
    array([ True, False])
    """
    return np.isfinite(im) if isinstance(im, np.ndarray) else im - im == 0


@function(gives=_TEST, halo=0, cost=4, memory=8, total=True, transposes=True, compares={"values": "in"})
def isin(im: Numeric, values: Numbers) -> Any:
    """Whether each value is one of a list of numbers; `im in [2, 3]` says the same.

    Integers are compared exactly. nan is in no list; an empty list holds nothing.

    Errors: a mask or a colour image; a list that holds other things than numbers known before the run.
    Source: numpy.isin.

    >>> evaluate("isin(im, [1, 5])", im=[[1, 3, 5]])
    array([[ True, False,  True]])
    """
    result: Any = np.zeros(im.shape, bool) if isinstance(im, np.ndarray) else False
    for value in values:
        result = np.logical_or(result, compare("==", im, value))
    return result


def _integers_only(kinds: Kinds, highest: str) -> Kind:
    im, bit_ = kinds["im"], kinds[highest]
    if im.dtype is None or im.dtype.kind not in "iu":
        raise Refused(BITS_OF_FLOATS, "im")
    if bit_.is_constant and bit_.constant >= im.dtype.itemsize * 8:
        raise Refused(BIT_BEYOND_TYPE, highest, bit=bit_.constant, dtype=im.dtype, last=im.dtype.itemsize * 8 - 1)
    return im


def _bit_kind(kinds: Kinds) -> Kind:
    _integers_only(kinds, "n")
    return like_grid("mask", kinds, np.bool_)


@function(gives=Gives(frozenset({"mask"}), _bit_kind), halo=0, cost=2, memory=8, total=True, transposes=True)
def bit(im: Image, n: Index) -> Any:
    """Whether bit `n` of an integer image is set; bit 0 is the lowest.

    `bit(qa, 3)` says the same as `(qa & 8) != 0`. Negative values are read as two's complement.

    Errors: a floating image; a bit beyond the image's type.
    Source: bits numbered as in the quality bands of Landsat, where bit 3 of QA_PIXEL (Collection 2) is cloud.

    >>> evaluate("bit(qa, 3)", qa=[[7, 8, 9]])
    array([[False,  True,  True]])
    """
    return (im >> im.dtype.type(n)) & im.dtype.type(1) != 0


def _bits_kind(kinds: Kinds) -> Kind:
    _integers_only(kinds, "high")
    low, high = kinds["low"].constant, kinds["high"].constant
    if low > high:
        raise Refused(BITS_ORDER, "low", low=low, high=high)
    values = Range(0, 2 ** (high - low + 1) - 1)
    return like_grid("image", kinds, ranges.smallest_type(values), values)


@function(gives=Gives(frozenset({"image"}), _bits_kind), halo=0, cost=3, memory=8, total=True, transposes=True)
def bits(im: Image, low: Index, high: Index, kind: ResultKind) -> Any:
    """The number that bits `low` to `high` of an integer image spell, both included; bit 0 is the lowest.

    For quality bands that keep a small number in a few bits. Negative values are read as two's complement.

    Errors: a floating image; a bit beyond the image's type; low > high.
    Source: bits numbered as in the quality bands of Landsat, where bits 8 to 9 of QA_PIXEL (Collection 2) say how
    likely a cloud is, from 0 to 3.

    >>> evaluate("bits(qa, 2, 3)", qa=[[0b0100, 0b1100, 0b10011]])
    array([[1, 3, 0]], dtype=uint8)
    """
    unsigned = im.view(np.dtype(f"u{im.dtype.itemsize}"))
    values: Array = (unsigned >> unsigned.dtype.type(low)) & unsigned.dtype.type(2 ** (high - low + 1) - 1)
    return narrow(values, kind)
