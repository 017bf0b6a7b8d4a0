"""A program written down, with those of its params as arguments that it can be written down for."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from maskexpr.diagnostics.errors import ProgramError
from maskexpr.exporting.module import Exported, write
from maskexpr.kinds.quantity import Quantity
from maskexpr.program.steps import Checked, ParamInfo

__all__ = ["Exported", "export"]

_MOST_TRIES = 4


def export(program: Exported) -> str:
    """The text of a Python module that computes the same.

    Params that only one value can be written down for stay fixed: those whose value decides a type or a shape. They are
    found by writing the program down with other values.
    """
    checked = program.check(program.params)
    fixed: frozenset[str] = frozenset()
    for _ in range(len(checked.params) + 1):
        text, unwritten = write(program, checked, fixed)
        if not unwritten:
            break
        fixed |= unwritten
    while True:
        varying = {
            info.name
            for info in checked.params
            if info.name not in fixed and _decides(program, checked, info, fixed, text)
        }
        if not varying:
            return text
        fixed |= varying
        text = write(program, checked, fixed)[0]


def _decides(program: Exported, checked: Checked, info: ParamInfo, fixed: frozenset[str], text: str) -> bool:
    """Whether more than its own value changes in the text with the value of a param."""
    tried = 0
    for value in _others(info, program.params.get(info.name, info.default)):
        try:
            other = program.check({**program.params, info.name: value})
            found, unwritten = write(replace(program, params=program.params), other, fixed)
        except ProgramError:
            continue
        if unwritten or found != text:
            return True
        tried += 1
        if tried == _MOST_TRIES:
            break
    return not tried and not isinstance(info.default, bool) and info.low != info.high


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
