"""A program written down, with those of its params as arguments that it can be written down for."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from maskexpr.diagnostics.errors import ProgramError
from maskexpr.exporting.module import Exported, write
from maskexpr.kinds.quantity import Quantity
from maskexpr.program.steps import ParamInfo

__all__ = ["Exported", "export"]

_MOST_TRIES = 4


def export(program: Exported) -> str:
    """The text of a Python module that computes the same.

    Params, and inputs that are numbers, of which only one value can be written down stay fixed: those that decide a
    type or a shape. They are found by writing the program down with other values.
    """
    checked, numbers = program.check(program.params, {}), _numbers(program)
    fixed: frozenset[str] = frozenset()
    while True:
        text, unwritten = write(program, checked, fixed)
        told = [info for info in numbers if info.name not in fixed]
        if not unwritten and _none_decides(program, told, fixed, text):
            return text
        unwritten |= {info.name for info in told if _decides(program, info, fixed, text)}
        if not unwritten:
            return text
        fixed |= unwritten


def _none_decides(program: Exported, told: list[ParamInfo], fixed: frozenset[str], text: str) -> bool:
    """Whether the text stays what it is when all values change together: sooner seen than of each by itself."""
    others = {info.name: _others(info, program.params.get(info.name, info.default)) for info in told}
    for i in range(_MOST_TRIES):
        values = {name: found[i % len(found)] for name, found in others.items() if found}
        inputs = {name: value for name, value in values.items() if name in program.kinds}
        params = {name: value for name, value in values.items() if name not in inputs}
        try:
            found, unwritten = write(program, program.check({**program.params, **params}, inputs), fixed)
        except ProgramError:
            return False
        if unwritten or found != text:
            return False
    return True


def _numbers(program: Exported) -> list[ParamInfo]:
    """The params, and the inputs that are one value, which any other may take the place of."""
    checked = program.check(program.params, {})
    kinds = {name: kind for name, kind in program.kinds.items() if kind.is_constant}
    return [*checked.params, *(ParamInfo(name, kind.constant) for name, kind in kinds.items())]


def _decides(program: Exported, info: ParamInfo, fixed: frozenset[str], text: str) -> bool:
    """Whether more than its own value changes in the text with a value."""
    tried, is_input = 0, info.name in program.kinds
    for value in _others(info, program.params.get(info.name, info.default)):
        try:
            if is_input:
                other = program.check(program.params, {info.name: value})
            else:
                other = program.check({**program.params, info.name: value}, {})
            found, unwritten = write(program, other, fixed)
        except ProgramError:
            continue
        if unwritten or found != text:
            return True
        tried += 1
        if tried == _MOST_TRIES:
            break
    return not tried and not isinstance(info.default, bool) and (info.low is None or info.low != info.high)


def _others(info: ParamInfo, value: Any) -> list[Any]:
    """Other values of a param."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return [choice for choice in info.choices or () if choice != value]
    found: list[Any]
    if isinstance(value, Quantity):
        found = [replace(value, value=value.value * factor) for factor in (2, 3, Fraction(1, 2))]
        found = [info.low, info.high, *found] if info.low is not None else found
    elif info.whole:
        found = [value + 1, 0, 1, value - 1, 2 * value + 1000, 10**5, -(10**5), 10**9]
        found = [info.low, info.high, (info.low + info.high) // 2, *found] if info.low is not None else found
    else:
        found = [value * 1.5 + 0.25, 0.5, 1.0, 0.0, 2.0 * value + 1000.5, -1.5]
        found = [info.low, info.high, (info.low + info.high) / 2, *found] if info.low is not None else found
    inside = [v for v in found if v != value and (info.low is None or info.low <= v <= info.high)]
    return inside if info.low is None else inside[:_MOST_TRIES]
