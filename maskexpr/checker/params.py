"""The value of a param: from what a caller gives, or a text says, to the constant that a program sees."""

import contextlib
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Source
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import TRUTH, Kind, number, quantity, text
from maskexpr.kinds.quantity import Quantity
from maskexpr.kinds.ranges import MOST_BITS, Bounds, Range
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.program.steps import ParamInfo


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A number for a param that is told when the program runs, from an interval: the param is an input by its name."""

    low: int | float
    high: int | float


_LONGEST = 60  # of a value in a message


def param_kind(info: ParamInfo, value: Any) -> Kind:
    """The kind of a parameter: a constant with the range of its whole interval, so that types do not depend on it."""
    if isinstance(value, Unsettled):
        if info.whole:
            return number(_interval(info, value.low, value.high))
        return replace(number(), bounds=Bounds(value.low, value.high))
    if isinstance(value, Quantity):
        return quantity(value.value, value.power)
    if isinstance(value, bool):
        return TRUTH.with_constant(value)
    if isinstance(value, str):
        return text(value)
    if not info.whole:
        return number(constant=float(value))
    return number(_interval(info, value, value), value)


def constant_kind(value: Any) -> Kind:
    """The kind of a constant of the host's: as if the value stood in the program."""
    if isinstance(value, bool):
        return TRUTH.with_constant(value)
    return text(value) if isinstance(value, str) else number(constant=value)


def _interval(info: ParamInfo, low: Any, high: Any) -> Range:
    return Range(low, high) if info.low is None else Range(info.low, info.high)


def param_value(info: ParamInfo, value: Any) -> Any:
    """A value for a param, checked against its declaration."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    value = plain(value)
    if isinstance(info.default, Quantity) and isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = literal(value)
    if info.kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):
            value = float(value)
    if info.whole and isinstance(value, float) and value.is_integer():
        value = int(value)
    if is_endless(value):
        raise Refused(messages.PARAM_VALUE, value=f"a number of {value.bit_length()} bits", wanted=_wanted(info))
    if not _fits(info, value):
        found = str(value) if isinstance(value, Quantity) else shown(value)
        raise Refused(messages.PARAM_VALUE, value=found, wanted=_wanted(info))
    return value


def written_value(info: ParamInfo, written: str) -> Any:
    """A value for a param as it is written on a command line: a number, true, false, a length, or a bare text."""
    value: Any = written
    if not isinstance(info.default, str):
        try:
            value = literal(written)
        except ValueError:
            raise Refused(messages.PARAM_VALUE, value=written or "''", wanted=_wanted(info)) from None
    return param_value(info, value)


def literal(written: str) -> Any:
    """A number, truth or quantity as the language writes it; ValueError if the text is none of these."""
    parsed = parse(Source(f"param value = {written}"), Limits()).module.statements
    if len(parsed) != 1 or not isinstance(parsed[0], nodes.Param):
        raise ValueError(written)
    return constant(parsed[0].value)


def constant(node: nodes.Constant) -> Any:
    """The value that a constant is written for."""
    return Quantity(node.value, node.power) if isinstance(node, nodes.Quantity) else node.value


def plain(value: Any) -> Any:
    """A number or a text as such, without what a class made of it does when it is compared, hashed or shown."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__int__(value)
    return float.__float__(value) if isinstance(value, float) else value


def is_endless(value: Any) -> TypeGuard[int]:
    """Whether a number is so long that to compute with it could take for ever."""
    return isinstance(value, int) and value.bit_length() > MOST_BITS


def shown(value: Any) -> str:
    """What a caller gave, on a line of a message: an array would fill a page, and a list may be nested without end."""
    try:
        line = " ".join(repr(value).split())
    except Exception:  # what an object of somebody else's does then is its own affair
        return f"what is a {type(value).__name__}"
    return line if len(line) <= _LONGEST else line[:_LONGEST] + " ..."


def _fits(info: ParamInfo, value: Any) -> bool:
    """Whether a value is what the declaration asks for; nan never is."""
    default = info.default
    fits = type(value) is type(default) or (_is_number(value) and _is_number(default) and not info.whole)
    if isinstance(value, Quantity) and isinstance(default, Quantity):
        fits = value.power == default.power
    if fits and info.low is not None:
        fits = info.low <= value <= info.high
    if fits and info.choices is not None:
        fits = value in info.choices
    return bool(fits and value == value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wanted(info: ParamInfo) -> str:
    if info.choices is not None:
        return "one of " + ", ".join(info.choices)
    what = {bool: "true or false", str: "a text"}.get(type(info.default), "a number")
    if isinstance(info.default, Quantity):
        what = "a length such as 2mm" if info.default.power == 1 else f"a size such as 2mm{info.default.power}"
    elif info.whole:
        what = "a whole number"
    return what if info.low is None else f"{what} in {info.low}..{info.high}"
