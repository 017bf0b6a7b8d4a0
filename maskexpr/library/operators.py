"""What the operators mean. They are declared like functions; the checker gives them kinds, as they mix kinds freely."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import (
    FLOATS,
    TRUTHS,
    Gives,
    Kinds,
    numeric_result,
    pixelwise,
    rounded_once,
)
from maskexpr.functions.parameters import (
    Array,
    ColumnName,
    Condition,
    Index,
    Items,
    Message,
    Numeric,
    ResultKind,
    Subscripts,
    TableOfRegions,
    Value,
    WorkType,
)
from maskexpr.functions.record import WHOLE, Body, Function, function
from maskexpr.kernels import elementary
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import ARITHMETIC, LOGICAL, Kind
from maskexpr.kinds.ranges import Range
from maskexpr.kinds.table import Table

OPERATORS: dict[str, Function] = {}
PLANNED: dict[str, Function] = {}  # what stands in plans alone

_BESIDE = Gives(frozenset(), lambda kinds: Kind("unknown"))  # the checker knows what these give


def _logic(symbol: str) -> Gives:
    """Of masks and truths such; of integers their bits."""

    def range_of(a: Range, b: Range) -> Range:
        return ranges.bitwise(a, b, both=symbol == "&")

    def rule(kinds: Kinds) -> Kind:
        logical = all(kind.name in LOGICAL for kind in kinds.values())
        return TRUTHS.rule(kinds) if logical else numeric_result(kinds, range_of)

    return Gives(LOGICAL | ARITHMETIC, rule)


def widen(value: Any, work: np.dtype[Any]) -> Any:
    """An array in a type that holds operands and result, so that nothing wraps; plain numbers follow by themselves."""
    return value.astype(work, copy=False) if isinstance(value, np.ndarray) else value


def narrow(value: Any, kind: Kind) -> Any:
    """A result in the type the checker promised."""
    return value.astype(kind.dtype, copy=False) if isinstance(value, np.ndarray) else value


def compute(exact: Callable[..., Any], ufunc: Callable[..., Any], kind: Kind, work: np.dtype[Any], *values: Any) -> Any:
    """Python's exact integers among numbers, IEEE floats among floating numbers, `ufunc` where there is an array."""
    if any(isinstance(v, np.ndarray) for v in values):
        return narrow(ufunc(*(_scalar(widen(v, work), work) for v in values)), kind)
    if kind.range is not None:
        return exact(*values)
    return ufunc(*(np.float64(v) for v in values))


def _scalar(value: Any, work: np.dtype[Any]) -> Any:
    """A plain number in the working type, so that NumPy never widens an image for it."""
    if isinstance(value, np.ndarray):
        return value
    return np.array(value, work) if work.kind == "O" else work.type(value)


def _nonzero(divisor: Any, kind: Kind) -> Any:
    """Integer division has no infinity to answer with."""
    if kind.range is not None and np.any(np.equal(divisor, 0)):
        raise Refused(messages.DIVISION_BY_ZERO, "b")
    return divisor


def _pixelwise(
    symbol: str,
    gives: Gives,
    *,
    cost: float = 1,
    total: bool | Callable[[Kinds], bool] = True,
    transposes: bool = True,
    compares: Mapping[str, str] | None = None,
) -> Callable[[Body], Body]:
    """Declare an operator on each pixel by itself."""
    return function(
        name=symbol,
        gives=gives,
        halo=0,
        cost=cost,
        memory=16,  # both operands in a type that holds them and the result
        total=total,
        transposes=transposes,
        compares=compares,
        catalogue=OPERATORS,
    )


def _divides(kinds: Kinds) -> bool:
    """Whether a division has an answer for any pixels: it is floating, or the divisor is never 0."""
    if any(kind.range is None for kind in kinds.values()):
        return True
    divisor = kinds["b"]
    if divisor.is_constant:
        return bool(divisor.constant != 0)
    return divisor.range is not None and not divisor.range.low <= 0 <= divisor.range.high


@_pixelwise("+", pixelwise(ranges.add, rounded=True))
def add(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Sum; integers take the smallest type that holds every possible sum."""
    return compute(operator.add, np.add, kind, work, a, b)


@_pixelwise("-", pixelwise(ranges.subtract, rounded=True))
def subtract(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Difference; negative values are kept, whatever the images' types."""
    return compute(operator.sub, np.subtract, kind, work, a, b)


@_pixelwise("*", pixelwise(ranges.multiply, rounded=True))
def multiply(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Product."""
    return compute(operator.mul, np.multiply, kind, work, a, b)


@_pixelwise("/", rounded_once(FLOATS, ranges.divide))
def divide(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Quotient, always floating: inf or nan where the divisor is zero."""
    return compute(operator.truediv, np.true_divide, kind, work, a, b)


@_pixelwise("//", pixelwise(ranges.floor_divide), cost=2, total=_divides)
def floor_divide(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Quotient rounded down, as in Python; an error where an integer divisor is zero."""
    return compute(operator.floordiv, np.floor_divide, kind, work, a, _nonzero(b, kind))


@_pixelwise("%", pixelwise(ranges.modulo), cost=2, total=_divides)
def remainder(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Remainder with the divisor's sign, as in Python; an error where an integer divisor is zero."""
    return compute(operator.mod, np.remainder, kind, work, a, _nonzero(b, kind))


@_pixelwise("**", pixelwise(ranges.power), cost=80)
def power(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Power; whole for whole exponents that cannot be negative, else floating.

    Whole powers are exact. Floating ones are rounded once, and so the same on every machine. nan, zeros and infinities
    are as in C: `x ** 0` and `1 ** x` are 1 even of nan, `x ** 0.5` is inf of -inf and 0 of -0.0, where `sqrt` gives
    nan and -0.0.
    """
    return compute(operator.pow, raised, kind, work, a, b)


def raised(a: Any, b: Any, out: Any = None) -> Any:
    """`a ** b` of values of one type, exactly of integers; into `out`, which may be one of them."""
    if a.dtype.kind != "f":
        return np.power(a, b, out=out)
    if b.ndim or b not in (2, 0.5):
        return elementary.power(a, b, out)
    return np.square(a, out=out) if b == 2 else _rooted(a, out)  # the same bits, sooner


def _rooted(a: Any, out: Any = None) -> Any:
    """`a ** 0.5`: the square root, but for -0.0 and -inf, which give 0 and inf."""
    endless = a == -np.inf
    found = np.sqrt(np.add(a, 0.0, out=out), out=out)
    if not endless.any():
        return found
    if not isinstance(found, np.ndarray):
        return found.dtype.type(np.inf)
    np.copyto(found, np.inf, where=endless)
    return found


@_pixelwise("negate", pixelwise(ranges.negate, exact=True))
def negate(a: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """The value with its sign turned."""
    return compute(operator.neg, np.negative, kind, work, a)


@_pixelwise("&", _logic("&"))
def conjunction(a: Value, b: Value, kind: ResultKind, work: WorkType) -> Any:
    """Both: of masks and truths; the bits set in both for integers."""
    return compute(operator.and_, np.bitwise_and, kind, work, a, b) if kind.range else np.logical_and(a, b)


@_pixelwise("|", _logic("|"))
def disjunction(a: Value, b: Value, kind: ResultKind, work: WorkType) -> Any:
    """Either or both: of masks and truths; the bits set in either for integers."""
    return compute(operator.or_, np.bitwise_or, kind, work, a, b) if kind.range else np.logical_or(a, b)


@_pixelwise("^", _logic("^"))
def exclusive(a: Value, b: Value, kind: ResultKind, work: WorkType) -> Any:
    """One but not both: of masks and truths; the bits that differ for integers."""
    return compute(operator.xor, np.bitwise_xor, kind, work, a, b) if kind.range else np.logical_xor(a, b)


@_pixelwise("~", TRUTHS)
def complement(a: Condition) -> Any:
    """Not: on where the mask is off, inside the image."""
    return np.logical_not(a)


def _comparison(symbol: str, doc: str) -> Callable[..., Any]:
    def body(a: Value, b: Value) -> Any:
        return compare(symbol, a, b)

    body.__doc__ = doc
    return _pixelwise(symbol, TRUTHS, compares={"b": symbol})(body)


@function(name="item", gives=_BESIDE, halo=WHOLE, cost=0, memory=0, catalogue=OPERATORS)
def item(value: Items, index: Index) -> Any:
    """One number of a list, counted from 0."""
    return value[index]


less = _comparison("<", "Less than; false where either is nan.")
less_equal = _comparison("<=", "Less than or equal; false where either is nan.")
more = _comparison(">", "More than; false where either is nan.")
more_equal = _comparison(">=", "More than or equal; false where either is nan.")
equal = _comparison("==", "Equal; false where either is nan. Masks and truths may be compared too.")
unequal = _comparison("!=", "Not equal; true where either is nan. Masks and truths may be compared too.")

SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_PYTHON = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def compare(symbol: str, a: Any, b: Any) -> Any:
    """Compare values, exactly where integers meet: with numbers beyond their type, and with fractions."""
    a_array, b_array = isinstance(a, np.ndarray), isinstance(b, np.ndarray)
    if not a_array and not b_array:
        return _PYTHON[symbol](a, b)
    if a_array and b_array:
        return _compare_arrays(symbol, a, b)
    if b_array:
        return _compare_number(SWAPPED[symbol], b, a)
    return _compare_number(symbol, a, b)


def comparable(symbol: str, dtype: np.dtype[Any], value: Any) -> Any:
    """The number that NumPy compares exactly with an array of this type in place of `value`; None if there is none.

    NumPy compares integer arrays with Python integers exactly, so a fraction is moved to the integer beside it.
    """
    if dtype.kind == "f":
        return dtype.type(value)
    if dtype.kind not in "iu" or not isinstance(value, float):
        return value
    if not np.isfinite(value) or (symbol in ("==", "!=") and value != value // 1):
        return None
    return int(np.floor(value) if symbol in (">", "<=") else np.ceil(value))


def _compare_number(symbol: str, array: Array, value: Any) -> Any:
    number = comparable(symbol, array.dtype, value)
    if number is None:  # no integer is inf, nan or a fraction, so all of them compare alike
        alike = symbol == "!=" if np.isfinite(value) else COMPARISONS[symbol](np.float64(0), value)
        return np.full(array.shape, alike, bool)
    return COMPARISONS[symbol](array, number)


def _compare_arrays(symbol: str, a: Array, b: Array) -> Any:
    """Exact also where a 64-bit integer meets a float, which NumPy would round first."""
    if a.dtype.kind == "f" and b.dtype.kind in "iu" and b.dtype.itemsize == 8:
        return _compare_arrays(SWAPPED[symbol], b, a)
    if b.dtype.kind == "f" and a.dtype.kind in "iu" and a.dtype.itemsize == 8:
        return _compare_wide(symbol, a, b)
    return COMPARISONS[symbol](a, b)


def _compare_wide(symbol: str, integers: Array, floats: Array) -> Any:
    """Split each float into the integer below it and the rest; out of the integers' range the sign decides."""
    floor = np.floor(floats.astype(np.float64))
    info = np.iinfo(integers.dtype)
    above, below = floor >= float(info.max), floor < float(info.min)
    whole = np.where(above | below | np.isnan(floor), 0, floor).astype(integers.dtype)
    fraction = floats > floor
    less = (integers < whole) | ((integers == whole) & fraction)
    equal = (integers == whole) & ~fraction
    less, equal = (less & ~below) | above, equal & ~above & ~below
    valid = ~np.isnan(floor)
    results = {
        "<": less & valid,
        "<=": (less | equal) & valid,
        ">": ~(less | equal) & valid,
        ">=": ~less & valid,
        "==": equal & valid,
        "!=": ~(equal & valid),
    }
    return results[symbol]


@function(name="samples", gives=_BESIDE, halo=WHOLE, cost=2, memory=8, catalogue=OPERATORS, total=True,
          without_data="taken")  # fmt: skip
def samples(value: Value, mask: Condition) -> Array:
    """The values where the mask is on, in scan order; those of samples where others of the same pixels are on."""
    return np.asarray(value[mask])


@function(name="samples in place", gives=_BESIDE, halo=WHOLE, cost=2, memory=0, catalogue=PLANNED, total=True)
def samples_in_place(value: Value, mask: Condition) -> Array:
    """The same for what asks for no order: a plan leaves them where they lie."""
    return np.asarray(value[mask])


@function(name="samples in any order", gives=_BESIDE, halo=WHOLE, cost=2, memory=8, catalogue=PLANNED, total=True)
def samples_in_any_order(value: Value, mask: Condition) -> Array:
    """The same for what goes through them more than once."""
    return np.asarray(value[mask])


@function(
    name="crop", gives=_BESIDE, halo=WHOLE, cost=1, memory=0, catalogue=OPERATORS, total=True, without_data="part"
)
def crop(value: Value, subscripts: Subscripts) -> Any:
    """A part of an image: slices keep an axis, numbers drop it."""
    return value[subscripts]


@function(name="column", gives=_BESIDE, halo=WHOLE, cost=1, memory=0, catalogue=OPERATORS, total=True)
def column(table: TableOfRegions, column: ColumnName) -> Array:
    """A column of a table."""
    return np.array(table[column])


@function(name="rows", gives=_BESIDE, halo=WHOLE, cost=2, memory=0, catalogue=OPERATORS, total=True)
def rows(table: TableOfRegions, chosen: Condition) -> Table:
    """The rows of a table for which a condition holds."""
    return table.chosen(chosen)


@function(name="assert", gives=_BESIDE, halo=0, cost=0, memory=0, catalogue=OPERATORS, transposes=True)
def assert_(condition: Condition, message: Message, text: Message) -> bool:
    """Stop the run with a message where the condition is false."""
    if not condition:
        raise Refused(messages.ASSERT_FAILED_SAYING if message else messages.ASSERT_FAILED, message=message, text=text)
    return True
