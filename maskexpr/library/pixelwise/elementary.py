"""Elementary functions of numbers, of each pixel by itself."""

from typing import Any

import numpy as np

from maskexpr.functions.gives import (
    FLOATS,
    Gives,
    Kinds,
    bounds_within,
    pixelwise,
)
from maskexpr.functions.parameters import Numeric, ResultKind, WorkType
from maskexpr.functions.record import function
from maskexpr.kernels import elementary
from maskexpr.kinds import ranges
from maskexpr.kinds.ranges import Bounds, Range
from maskexpr.library.operators import PLANNED, compute


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


def _apart(a: Range, b: Range) -> Range:
    return ranges.absolute(ranges.subtract(a, b))


@function(name="absolute difference", gives=pixelwise(_apart, exact=True), halo=0, cost=2, memory=16, catalogue=PLANNED,
          total=True, transposes=True)  # fmt: skip
def absolute_difference(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """`abs(a - b)` of floating values or unsigned integers of one type, which needs no type with a sign."""
    if kind.dtype is not None and kind.dtype.kind == "u":
        return compute(max, np.maximum, kind, work, a, b) - compute(min, np.minimum, kind, work, a, b)
    return abs(compute(lambda x, y: x - y, np.subtract, kind, work, a, b))


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


_SAME_EVERYWHERE = (
    "as {}, but rounded once, to the float nearest to the true value, and so the same on every machine:\n"
    "the last bit of NumPy's changes with the processor and the version."
)


def _floating(
    name: str,
    ufunc: Any,
    doc: str,
    operands: int = 1,
    *,
    cost: float,
    gives: Gives = FLOATS,
    source: str = _SAME_EVERYWHERE,
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
        f"Errors: a mask or a colour image{shapes}.\nSource: {source.format(f'numpy.{name}')}\n\n>>> {example}"
    )
    return function(name=name, gives=gives, halo=0, cost=cost, memory=16, total=True, transposes=True)(body)


sqrt = _floating(
    "sqrt",
    np.sqrt,
    """Square root; nan where the value is negative or nan.

>>> evaluate("sqrt(16)")
4.0""",
    cost=2,
    gives=FLOATS.bounded(_root),
    source="{}.",
)
exp = _floating(
    "exp",
    elementary.exp,
    """e to the power of each value; inf where that is beyond the type, nan stays nan.

>>> evaluate("exp(0)")
1.0""",
    cost=30,
    gives=FLOATS.bounded(_not_negative),
)
log = _floating(
    "log",
    elementary.log,
    """Natural logarithm; -inf at zero, nan where the value is negative or nan.

>>> evaluate("log(1)")
0.0""",
    cost=35,
)
log2 = _floating(
    "log2",
    elementary.log2,
    """Logarithm to base 2; -inf at zero, nan where the value is negative or nan.

>>> evaluate("log2(8)")
3.0""",
    cost=40,
)
log10 = _floating(
    "log10",
    elementary.log10,
    """Logarithm to base 10; -inf at zero, nan where the value is negative or nan.

>>> evaluate("log10(100)")
2.0""",
    cost=40,
)
sin = _floating(
    "sin",
    elementary.sin,
    """Sine of an angle in radians; nan where the angle is infinite or nan.

>>> evaluate("sin(0)")
0.0""",
    cost=50,
    gives=FLOATS.within(-1, 1),
)
cos = _floating(
    "cos",
    elementary.cos,
    """Cosine of an angle in radians; nan where the angle is infinite or nan.

>>> evaluate("cos(0)")
1.0""",
    cost=50,
    gives=FLOATS.within(-1, 1),
)
tan = _floating(
    "tan",
    elementary.tan,
    """Tangent of an angle in radians; nan where the angle is infinite or nan.

>>> evaluate("tan(0)")
0.0""",
    cost=90,
)
arctan2 = _floating(
    "arctan2",
    elementary.arctan2,
    """Angle of the point (b, a) in radians, from -pi to pi: `arctan2(y, x)`.

nan where either is nan.

>>> evaluate("arctan2(0, 1)")
0.0""",
    cost=70,
    gives=FLOATS.within(-3.1416, 3.1416),  # pi, whichever way it is rounded
    operands=2,
)
hypot = _floating(
    "hypot",
    elementary.hypot,
    """Length of the vector (a, b), without overflow on the way.

inf where either is infinite, else nan where either is nan.

>>> evaluate("hypot(3, 4)")
5.0""",
    cost=35,
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
