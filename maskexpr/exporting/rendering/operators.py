"""Operators, samples, crops and lists."""

import ast
from typing import Any

import numpy as np

from maskexpr.exporting.forms import Call, cast, form
from maskexpr.exporting.syntax import Code, code, literal
from maskexpr.kinds.kind import LOGICAL, Kind
from maskexpr.program.running import work_type


def has_pixels(call: Call) -> bool:
    return any(step.kind.holds_pixels for step in call.step.operands.values())


def widened(call: Call, *names: str) -> dict[str, Code]:
    """Operands in the type that holds them and the result, as far as NumPy would not find it by itself."""
    work = work_type(call.step)
    parts = {name: call.operands[name] for name in names}
    arrays = [name for name in names if call.holds_pixels(name)]
    for cast_ones in ([], arrays[:1], arrays[1:], arrays):
        found = [work if name in cast_ones else call.dtype_of(name) for name in arrays]
        if _promoted(found, call, names) == work:
            break
    return parts | {name: cast(parts[name], call.dtype_of(name), work) for name in cast_ones}


def _promoted(found: list[Any], call: Call, names: tuple[str, ...]) -> Any:
    """The type that NumPy computes in: plain whole numbers follow arrays, plain fractions make them floating."""
    dtype = np.result_type(*found)
    numbers = [call.kind_of(name) for name in names if not call.holds_pixels(name)]
    if dtype.kind != "f" and any(kind.name == "number" and kind.range is None for kind in numbers):
        return np.dtype(np.float64)
    return dtype


def computed(call: Call, exact: str, array: str, *names: str, number: str = "") -> Code:
    """A template for plain whole numbers, for arrays, and for plain floating ones."""
    if not has_pixels(call):
        return call.write(exact if call.kind.range is not None else (number or exact))
    found = code(array, **widened(call, *names))
    return cast(found, work_type(call.step), call.dtype) if call.dtype != work_type(call.step) else found


@form("+", "-", "*")
def _sums(call: Call) -> Code:
    text = f"a {call.name} b"
    return computed(call, text, text, "a", "b")


@form("/")
def _quotient(call: Call) -> Code:
    if not has_pixels(call):
        divisor = call.kind_of("b")
        safe = (
            divisor.is_constant and not call.step.operands["b"].name
        ) or not divisor.limits.low <= 0 <= divisor.limits.high
        return call.write("a / b" if safe and not divisor.limits.nan else "divide(a, b)")
    kinds = [step.kind for step in call.step.operands.values() if step.kind.holds_pixels]
    small = all(kind.dtype is not None and kind.dtype.kind in "iu" and kind.dtype.itemsize < 8 for kind in kinds)
    if small and call.dtype == np.float64:
        return call.write("a / b")
    return computed(call, "a / b", "a / b", "a", "b")


@form("//", "%")
def _whole_quotient(call: Call) -> Code:
    name = call.name
    ufunc = "np.floor_divide" if name == "//" else "np.remainder"
    if has_pixels(call) and call.kind.range is not None:
        divisor = call.kind_of("b")
        if not divisor.holds_pixels and divisor.is_constant:
            return computed(call, f"a {name} b", f"a {name} b", "a", "b")
        return computed(call, f"a {name} b", f"a {name} nonzero(b)", "a", "b")
    return computed(call, f"a {name} b", f"a {name} b", "a", "b", number=f"float({ufunc}(float(a), b))")


@form("**")
def _power(call: Call) -> Code:
    exponent = call.kind_of("b")
    may_be_half = not exponent.is_constant or exponent.constant == 0.5 or bool(call.step.operands["b"].name)
    if call.kind.range is None and not exponent.holds_pixels and may_be_half:
        return computed(call, "", "raised(a, b)", "a", "b", number="float(raised(float(a), b))")
    return computed(call, "a ** b", "a ** b", "a", "b", number="float(np.power(float(a), b))")


@form("negate")
def _negated(call: Call) -> Code:
    return computed(call, "-a", "-a", "a")


@form("&", "|", "^")
def _logic(call: Call) -> Code:
    symbol = call.name
    names = {step.kind.name for step in call.step.operands.values()}
    if names <= LOGICAL:
        if names == {"truth"}:
            text = {"&": "a and b", "|": "a or b", "^": "a != b"}[symbol]
            return call.write(text)
        return call.write(f"a {symbol} b")
    return computed(call, f"a {symbol} b", f"a {symbol} b", "a", "b")


@form("~")
def _complement(call: Call) -> Code:
    return call.write("not a" if call.kind_of("a").name == "truth" else "~a")


def _is_beyond_floats(kind: Kind) -> bool:
    """Whether an array of whole numbers may hold what floating numbers round."""
    return kind.holds_pixels and kind.range is not None and max(-kind.range.low, kind.range.high) > 2**53


@form("<", "<=", ">", ">=", "==", "!=")
def _comparison(call: Call) -> Code:
    symbol = call.name
    wide = [kind for kind in (call.kind_of("a"), call.kind_of("b")) if _is_beyond_floats(kind)]
    floats = [k for k in (call.kind_of("a"), call.kind_of("b")) if k.name not in LOGICAL and k.range is None]
    if wide and floats:
        return call.write("compare_exactly(symbol, a, b)", symbol=symbol)
    a, b = call.operands["a"], call.operands["b"]
    if call.kind_of("b").holds_pixels and not call.kind_of("a").holds_pixels and isinstance(a, ast.Constant):
        symbol = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(symbol, symbol)
        a, b = b, a
    return code(f"a {symbol} b", a=a, b=b)


@form("samples")
def _samples(call: Call) -> Code:
    return call.write("value[mask]")


@form("crop")
def _crop(call: Call) -> Code:
    subscripts = call.setting("subscripts")
    if len(subscripts) > 1:
        index: Code = ast.Tuple([literal(part) for part in subscripts], ast.Load())
    else:
        index = literal(subscripts[0])
    found: Code = ast.Subscript(call.operands["value"], index, ast.Load())
    if call.kind.name == "number":
        return code("value.item()", value=found)
    return code("bool(value)", value=found) if call.kind.name == "truth" else found


@form("item")
def _item(call: Call) -> Code:
    return call.write("value[i]", i=call.setting("index"))


@form("channels together")
def _channels(call: Call) -> Code:
    return code("np.stack(channels, axis=-1)", channels=ast.List(call.several("channels"), ast.Load()))


@form("column")
def _column(call: Call) -> Code:
    return call.write("table[name]", name=call.setting("column"))
