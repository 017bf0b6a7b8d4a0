"""What a request for a program may hold, as JSON Schema."""

import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from maskexpr.diagnostics.printing import printable
from maskexpr.kinds.patterns import between
from maskexpr.kinds.quantity import MILLIMETRES, Quantity
from maskexpr.kinds.ranges import MOST_BITS
from maskexpr.program.steps import InputInfo, ParamInfo

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_MOST = 2**MOST_BITS - 1
_PARTS: int = 10**15  # of a unit, of which the end of an interval is a number: longer texts are no numbers

Schema = dict[str, Any]


def schema(inputs: Iterable[InputInfo], params: Iterable[ParamInfo]) -> Schema:
    """A request: an object with all inputs, and those params that are not to be what they are by default."""
    inputs, params = tuple(inputs), tuple(params)
    return {
        "$schema": DRAFT,
        "type": "object",
        "properties": {**{i.name: _input(i) for i in inputs}, **{p.name: _param(p) for p in params}},
        "required": [i.name for i in inputs],
        "additionalProperties": False,
    }


# --- inputs ----------------------------------------------------------------------------------------------------------


def _input(info: InputInfo) -> Schema:
    """An array is named by a text, of which the host knows what it stands for; a number or truth stands for itself."""
    ways: list[Schema] = []
    if info.takes_arrays:
        ways.append({"type": "string", "minLength": 1})
    if "number" in info.takes:
        ways.append({"type": "number", "minimum": -_MOST, "maximum": _MOST})
    if "truth" in info.takes:
        ways.append({"type": "boolean"})
    about: Schema = {"role": "input", "takes": list(info.takes)}
    if info.takes_arrays:
        about["axes"] = "the last ones are (z), y, x" + ("; colours behind them" if "colour" in info.takes else "")
    if info.default is not None:
        about["default_file"] = printable(info.default)
    return {**(ways[0] if len(ways) == 1 else {"anyOf": ways}), **_described(info.doc), "x-maskexpr": about}


# --- params ----------------------------------------------------------------------------------------------------------


def _param(info: ParamInfo) -> Schema:
    about: Schema = {"role": "param", "kind": info.kind}
    if info.step is not None:
        about["step"] = int(info.step) if info.whole else float(info.step)
    if isinstance(info.default, Quantity):
        about["unit"] = info.unit
        if info.low is not None:
            about |= {"minimum": float(info.low.value), "maximum": float(info.high.value)}
    return {**_values(info), **_described(info.doc), "x-maskexpr": about}


def _values(info: ParamInfo) -> Schema:
    """What may be given for a param, and what is taken if nothing is."""
    default = info.default
    if isinstance(default, Quantity):
        return {"type": "string", "pattern": _quantities(info, default.power), "default": default.text}
    if isinstance(default, bool):
        return {"type": "boolean", "default": default}
    if isinstance(default, str):
        return {"type": "string", **({"enum": list(info.choices)} if info.choices else {}), "default": default}
    most = _MOST if info.whole else sys.float_info.max
    low, high = (-most, most) if info.low is None else (info.low, info.high)
    return {"type": "integer" if info.whole else "number", "minimum": low, "maximum": high, "default": default}


def _quantities(info: ParamInfo, power: int) -> str:
    """A pattern of the lengths or sizes that a param takes, in any unit: `2mm`, `250um`."""
    found = []
    for name, per in MILLIMETRES.items():
        low, high = (None if end is None else end.value / per**power for end in (info.low, info.high))
        if all(end is None or _ends(end) for end in (low, high)):
            found.append(between(low, high) + name + (str(power) if power > 1 else ""))
    return f"^(?:{'|'.join(found)})$"


def _ends(number: Fraction) -> bool:
    """Whether a number has few decimals."""
    return (number * _PARTS).denominator == 1


def _described(doc: str) -> Mapping[str, str]:
    return {"description": printable(doc)} if doc else {}
