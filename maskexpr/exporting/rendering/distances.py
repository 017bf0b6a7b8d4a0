"""Distances, and what is nearest."""

import ast
import math
from fractions import Fraction

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, form
from maskexpr.exporting.rendering.elements import called, spacing_code, worked_of
from maskexpr.exporting.rendering.regions import per_slice
from maskexpr.exporting.syntax import Code, code, literal

_FACTORS = {"px": Fraction(1), "mm": Fraction(1), "um": Fraction(1000), "cm": Fraction(1, 10)}


def steps(call: Call) -> Code | None:
    """The lengths of a pixel in the unit of a call, None for pixels."""
    unit = call.setting("unit")
    if unit == "px":
        return None
    if unit != "mm":
        raise NoForm(f"in {unit}")
    return spacing_code(call, call.setting("spacing"), worked_of(call))


@form("distance", "signed_distance")
def _distance(call: Call) -> Code:
    metric, border = call.setting("metric"), call.setting("border") or "image"
    if metric != "euclidean" and call.setting("unit") != "px":
        raise NoForm("in a unit by steps")
    more = {
        "spacing": steps(call),
        "border": None if border == "image" else literal(border),
        "metric": None if metric == "euclidean" else literal({"city-block": "taxicab"}.get(metric, metric)),
    }
    if len(worked_of(call)) == call.ndim:
        return called(call.name, call.operands["m"], **more)
    return per_slice(call, called(call.name, code("part"), **more))


@form("nearest")
def _nearest(call: Call) -> Code:
    if len(worked_of(call)) < call.ndim:
        raise NoForm("slice by slice")
    return called("nearest_label", call.operands["labels"], spacing=steps(call), within=call.operands.get("within"))


@form("fill by nearest")
def _fill(call: Call) -> Code:
    return called("fill_by_nearest", call.operands["x"], call.operands["valid"])


__all__ = ["ast", "math", "np"]
