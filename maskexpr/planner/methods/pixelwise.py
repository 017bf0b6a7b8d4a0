"""Arithmetic, comparisons, logic and choices, pixel by pixel, written straight into the result's block."""

import math
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from maskexpr.kernels import packed
from maskexpr.kernels.choices import choose, lie_between
from maskexpr.kernels.differences import absolute_difference
from maskexpr.kinds.ranges import of_type
from maskexpr.library import OPERATORS
from maskexpr.library.operators import COMPARISONS, SWAPPED, comparable, compare
from maskexpr.library.pixelwise import choices, elementary
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import (
    Bytes,
    Method,
    Place,
    chunk,
    constant_of,
    no_bytes,
    per_pixel,
    runs,
    width_of,
)
from maskexpr.program.running import work_type
from maskexpr.program.steps import Step

_LOGIC = {
    "&": (np.logical_and, np.bitwise_and),
    "|": (np.logical_or, np.bitwise_or),
    "^": (np.logical_xor, np.bitwise_xor),
}
_GIVEN = 2  # bytes of a value before it is converted, where operands are no whole rows
_OF_MASK = per_pixel(2)
_ROUNDED = 32.0  # bytes a pixel where 64-bit integers are compared with floating values: parts of both in both types
_ARITHMETIC: dict[Any, Any] = {
    OPERATORS["+"]: np.add,
    OPERATORS["-"]: np.subtract,
    OPERATORS["*"]: np.multiply,
    OPERATORS["/"]: np.true_divide,
    OPERATORS["negate"]: np.negative,
    elementary.abs_.record: np.absolute,  # type: ignore[attr-defined]
    choices.minimum.record: choices.smaller,  # type: ignore[attr-defined]
    choices.maximum.record: choices.larger,  # type: ignore[attr-defined]
}
_BITWISE = {OPERATORS["&"]: np.bitwise_and, OPERATORS["|"]: np.bitwise_or, OPERATORS["^"]: np.bitwise_xor}
_WHOLE = {choices.smaller: np.minimum, choices.larger: np.maximum}  # of integers, which have one zero


def _is_mask(step: Step) -> bool:
    return step.kind.name == "mask"


# --- comparisons -----------------------------------------------------------------------------------------------------


@runs(*(OPERATORS[symbol] for symbol in COMPARISONS))
def comparison(step: Step) -> Method | None:
    assert step.function is not None
    symbol, a, b = step.function.name, step.operands["a"], step.operands["b"]
    if not step.kind.is_array:
        return None
    if _is_mask(a) and _is_mask(b):
        return _equality(step, symbol)
    if a.kind.is_array and b.kind.is_array:
        return None if _rounds(a, b) or _rounds(b, a) else _compared(symbol, a, b)
    if _is_mask(a) or _is_mask(b):
        return None
    at, other = (0, b) if a.kind.is_array else (1, a)
    symbol = symbol if at == 0 else SWAPPED[symbol]
    dtype = (a if at == 0 else b).kind.dtype
    assert dtype is not None
    known = other.function is None and other.kind.is_constant  # as a plan is made for one value of a number
    return _with_number(symbol, dtype, at, other.kind.constant if known else None)


@takes(*(OPERATORS[symbol] for symbol in COMPARISONS))
def comparison_by_body(step: Step) -> Bytes:
    a, b = step.operands["a"], step.operands["b"]
    rounds = a.kind.holds_pixels and b.kind.holds_pixels and (_rounds(a, b) or _rounds(b, a))
    return per_pixel(_ROUNDED) if rounds else _OF_MASK


def _rounds(a: Step, b: Step) -> bool:
    """Whether NumPy would round a 64-bit integer to compare it."""
    x, y = a.kind.dtype, b.kind.dtype
    assert x is not None
    assert y is not None
    return x.kind == "f" and y.kind in "iu" and y.itemsize == 8


def _compared(symbol: str, a: Step, b: Step) -> Method:
    ufunc, memory = COMPARISONS[symbol], no_bytes if a.kind.dtype == b.kind.dtype else chunk
    return Method(lambda given, out, place: ufunc(given[0], given[1], out=out), quiet=True, memory=memory)


def _with_number(symbol: str, dtype: np.dtype[Any], at: int, constant: Any) -> Method | None:
    ufunc = COMPARISONS[symbol]
    if constant is not None:
        number = comparable(symbol, dtype, constant)
        if number is None:
            return None
        if dtype.kind == "f" or (dtype.kind in "iu" and number in range(of_type(dtype).low, of_type(dtype).high + 1)):
            number = np.array(number, dtype)  # the same value; NumPy need not look at it again
        plain = Method(lambda given, out, place: ufunc(given[at], number, out), quiet=True, memory=no_bytes)
        ends = _ends(symbol, number[()]) if isinstance(number, np.ndarray) else None
        return plain if ends is None else _range(plain, at, ends, dtype)

    def run(given: Any, out: Any, place: Place) -> Any:
        value = comparable(symbol, dtype, given[1 - at])
        if value is None:
            return compare(symbol, given[at], given[1 - at])
        return ufunc(given[at], value, out)

    return Method(run, quiet=dtype.kind in "iu", memory=_OF_MASK)


class _Ends(NamedTuple):
    """Numbers that values lie between, or not; None is no end."""

    low: Any
    high: Any
    is_inside: bool = True


def _ends(symbol: str, number: Any) -> _Ends | None:
    """The values that are so compared with a number of their type; None where there are none."""
    if symbol in ("==", "!="):
        return None if number != number else _Ends(number, number, symbol == "==")
    if symbol == ">=":
        return _Ends(number, None)
    if symbol == "<=":
        return _Ends(None, number)
    beyond = _beyond(number, up=symbol == ">")
    if beyond is None:
        return None
    return _Ends(beyond, None) if symbol == ">" else _Ends(None, beyond)


def _beyond(number: Any, *, up: bool) -> Any:
    """The next number of a type."""
    if number.dtype.kind == "f":
        beyond = np.nextafter(number, number.dtype.type(np.inf if up else -np.inf))
        return None if beyond == number or beyond != beyond else beyond
    values = of_type(number.dtype)
    return None if number == (values.high if up else values.low) else number.dtype.type(int(number) + (1 if up else -1))


def _range(plain: Method, at: int, ends: _Ends, dtype: np.dtype[Any]) -> Method:
    """A comparison that gives bytes, or bits at once."""
    low, high, is_inside = ends

    def on_words(given: Any, out: Any, place: Place) -> Any:
        return packed.pack_between(given[at], low, high, is_inside, out, place.scratch)

    return replace(plain, packed=on_words, packed_memory=per_pixel(1 + dtype.itemsize))


def _equality(step: Step, symbol: str) -> Method:
    width, ufunc = width_of(step), COMPARISONS[symbol]

    def on_words(given: Any, out: Any, place: Place) -> Any:
        np.bitwise_xor(given[0], given[1], out=out)
        return packed.complement(out, width, out) if symbol == "==" else out

    return Method(lambda given, out, place: ufunc(given[0], given[1], out=out), on_words, quiet=True, memory=no_bytes)


@runs(choices.between)
def between(step: Step) -> Method | None:
    """An interval of integers is one subtraction, which wraps, and one comparison."""
    im = step.operands["im"].kind
    low, high = constant_of(step.operands["low"]), constant_of(step.operands["high"])
    if not im.is_array or im.dtype is None:
        return None
    at = list(step.operands).index("im")
    if im.dtype.kind == "f":
        return None if low is None or high is None else _between(at, _Ends(im.dtype.type(low), im.dtype.type(high)), 1)
    values = of_type(im.dtype)
    if not isinstance(low, int) or not isinstance(high, int) or not values.low <= low <= high <= values.high:
        return None
    word = "one subtraction, one comparison" if values.low < low and high < values.high else "one comparison"
    bottom = None if low == values.low else im.dtype.type(low)
    ends = _Ends(bottom, None if bottom is not None and high == values.high else im.dtype.type(high))
    return _range(replace(_between(at, ends, im.dtype.itemsize), word=word), at, ends, im.dtype)


def _between(at: int, ends: _Ends, size: int) -> Method:
    """So many bytes a pixel are worked in."""

    def run(given: Any, out: Any, place: Place) -> Any:
        return lie_between(given[at], ends.low, ends.high, out, place.scratch)

    return Method(run, quiet=True, memory=per_pixel(size))


# --- logic -----------------------------------------------------------------------------------------------------------


@runs(*(OPERATORS[symbol] for symbol in _LOGIC))
def logic(step: Step) -> Method | None:
    assert step.function is not None
    if step.kind.name != "mask":
        return arithmetic(step)  # of bits
    on_bytes, on_words = _LOGIC[step.function.name]

    def plain(given: Any, out: Any, place: Place) -> Any:
        return on_bytes(given[0], given[1], out=out)

    if not all(_is_mask(o) for o in step.operands.values()):
        return Method(plain, quiet=True, memory=no_bytes)
    return Method(plain, lambda given, out, place: on_words(given[0], given[1], out=out), quiet=True, memory=no_bytes)


@runs(OPERATORS["~"])
def complement(step: Step) -> Method | None:
    if step.kind.name != "mask":
        return None
    width = width_of(step)
    return Method(
        lambda given, out, place: np.logical_not(given[0], out=out),
        lambda given, out, place: packed.complement(given[0], width, out),
        quiet=True,
        memory=no_bytes,
    )


# --- arithmetic ------------------------------------------------------------------------------------------------------


@runs(*_ARITHMETIC)
def arithmetic(step: Step) -> Method | None:
    """The operation in a type that holds operands and result, straight into the result's type."""
    if not step.kind.is_array:
        return None
    work, ufunc = work_type(step), {**_ARITHMETIC, **_BITWISE}[step.function]
    if work.kind == "O":
        return None
    if ufunc in _WHOLE and (method := _beyond_end(step, work)):
        return method
    operands = list(step.operands.values())
    numbers = [None if o.kind.is_array else _in_type(constant_of(o), work) for o in operands]
    is_whole = work.kind in "iu"  # so that nothing can be said of it
    ufunc = _WHOLE.get(ufunc, ufunc) if is_whole else ufunc

    def run(given: Any, out: Any, place: Place) -> Any:
        values = [
            v if isinstance(v, np.ndarray) else work.type(v) if number is None else number
            for v, number in zip(given, numbers, strict=True)
        ]
        return ufunc(*values, out=out, dtype=work, casting="unsafe")

    def run_alike(given: Any, out: Any, place: Place) -> Any:
        return ufunc(*[v if number is None else number for v, number in zip(given, numbers, strict=True)], out=out)

    kinds = [o.kind.dtype if number is None else work for o, number in zip(operands, numbers, strict=True)]
    alike = isinstance(ufunc, np.ufunc) and all(kind == work for kind in (step.kind.dtype, *kinds))
    return Method(run_alike if alike else run, quiet=is_whole, memory=_chunk_of(work))


@runs(elementary.absolute_difference)
def difference(step: Step) -> Method | None:
    """With no values of a type with a sign between."""
    dtype = step.kind.dtype
    assert dtype is not None

    def run(given: Any, out: Any, place: Place) -> Any:
        a, b = (v if isinstance(v, np.ndarray) else dtype.type(v) for v in given)
        return absolute_difference(a, b, out, place.scratch)

    is_whole = dtype.kind == "u"
    return Method(run, quiet=is_whole, memory=per_pixel(dtype.itemsize) if is_whole else no_bytes)


def _chunk_of(work: np.dtype[Any]) -> Bytes:
    """What NumPy takes to convert operands to a type, piece by piece."""
    return lambda shape: chunk(shape) * (work.itemsize + _GIVEN) / 8


def _in_type(number: Any, dtype: np.dtype[Any]) -> Any:
    """A number that is known as an array of no axes, which NumPy takes sooner; None for others."""
    return None if number is None else np.array(dtype.type(number))


@runs(choices.clip)
def clip(step: Step) -> Method | None:
    """Straight into the result's block, where that holds what lies on the way too."""
    work = work_type(step)
    if not step.kind.is_array:
        return None
    im, low, high = (step.operands[name] for name in ("im", "low", "high"))
    ends = [_in_type(constant_of(end), work) for end in (low, high)]
    if (im.kind.dtype == work or work.kind in "iu") and ends[0] is not None and ends[1] is not None:
        found = _between_ends(step, list(step.operands).index("im"), *ends)
        if found:
            return found
    if work != step.kind.dtype:
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        x, low, high = (v if isinstance(v, np.ndarray) else work.type(v) for v in given)
        return choices.clipped(x, low, high, out=out, dtype=work, casting="unsafe")

    return Method(run, memory=_chunk_of(work))


def _between_ends(step: Step, at: int, low: Any, high: Any) -> Method | None:
    """NumPy has a loop of its own for that, several times as fast as the larger and the smaller one of values and one
    number; which zero it gives is open."""
    work = low.dtype
    if work.kind in "iu":
        if {work} == {step.kind.dtype, list(step.operands.values())[at].kind.dtype}:
            return Method(lambda given, out, place: np.clip(given[at], low, high, out=out), quiet=True, memory=no_bytes)
        return Method(
            lambda given, out, place: np.clip(given[at], low, high, out=out, dtype=work, casting="unsafe"),
            quiet=True,
            memory=_chunk_of(work),
        )
    if work == np.float16 or np.isnan(low) or np.isnan(high):
        return None
    has_zero = min(low, high) <= 0 <= high

    def run(given: Any, out: Any, place: Place) -> Any:
        np.clip(given[at], low, high, out=out)
        return np.add(out, 0.0, out) if has_zero else out

    return Method(run, memory=no_bytes)


def _beyond_end(step: Step, work: np.dtype[Any]) -> Method | None:
    """The smaller or larger one of pixels and one number; None for other work."""
    operands = list(step.operands.values())
    at = next((i for i, o in enumerate(operands) if o.kind.is_array), 0)
    end = _in_type(constant_of(operands[1 - at]), work) if len(operands) == 2 else None
    if end is None or {operands[at].kind.dtype, step.kind.dtype} != {work}:
        return None
    lowest, highest = of_type(work) if work.kind in "iu" else (-np.inf, np.inf)
    if _ARITHMETIC[step.function] is choices.smaller:
        return _between_ends(step, at, np.array(lowest, work), end)
    return _between_ends(step, at, end, np.array(highest, work))


# --- choice ----------------------------------------------------------------------------------------------------------


@runs(choices.where)
def where(step: Step) -> Method | None:
    """A choice without branches: the bits of one value, with those of the other put in where the mask is on."""
    kind = step.kind
    if not kind.is_array or kind.channels or not _is_mask(step.operands["condition"]):
        return None
    assert kind.dtype is not None
    dtype = kind.dtype
    if any(o.kind.name == "truth" for o in step.operands.values()):
        return None
    bits = np.dtype(f"u{dtype.itemsize}")
    values = [step.operands[name].kind for name in "ab"]
    is_quiet = dtype.kind in "iu" and all(kind.range is not None for kind in values)

    def run(given: Any, out: Any, place: Place) -> Any:
        condition, a, b = given
        first, second = _operand(a, dtype, bits, place, "a"), _operand(b, dtype, bits, place, "b")
        choose(condition, first, second, out if dtype == bits else out.view(bits), place.scratch)
        return out

    def memory(shape: tuple[int, ...]) -> float:
        return 3 * dtype.itemsize * math.prod(shape) + chunk(shape)  # what is chosen, both values in the result's type

    if kind.name != "mask":
        return Method(run, quiet=is_quiet, memory=memory, word="chosen by bits")
    return Method(run, _where_packed, quiet=True, memory=memory)


def _where_packed(given: Any, out: Any, place: Place) -> Any:
    condition, a, b = given
    np.bitwise_xor(a, b, out=out)
    np.bitwise_and(out, condition, out=out)
    return np.bitwise_xor(out, b, out=out)


def _bits(value: Any, dtype: np.dtype[Any], bits: np.dtype[Any]) -> Any:
    """The bits of a number in a type."""
    return np.asarray(value).astype(dtype).view(bits)[()]


def _operand(value: Any, dtype: np.dtype[Any], bits: np.dtype[Any], place: Place, name: str) -> Any:
    if not isinstance(value, np.ndarray):
        return _bits(value, dtype, bits)
    if value.dtype != dtype:
        converted = place.scratch(f"converted {name}", value.shape, dtype)
        np.copyto(converted, value, casting="unsafe")
        value = converted
    return value if value.dtype == bits else value.view(bits)
