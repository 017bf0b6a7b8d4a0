"""Thresholds, of a whole image and of the surroundings of each pixel."""

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, cast, form
from maskexpr.exporting.rendering.elements import called, connectivity
from maskexpr.exporting.rendering.filters import box, mean_of_windows, mode
from maskexpr.exporting.syntax import Code, code, literal


@form("otsu", "yen", "isodata", "mean_threshold", "li", "triangle", "valley")
def _threshold(call: Call) -> Code:
    return called(call.name, call.operands["im"], within=call.operands.get("within"))


@form("multiotsu", "multiotsu_thresholds")
def _classes(call: Call) -> Code:
    classes = call.number("classes")
    return called(call.name, call.operands["im"], classes, within=call.operands.get("within"))


@form("hysteresis")
def _hysteresis(call: Call) -> Code:
    im, low, high = (call.operands[name] for name in ("im", "low", "high"))
    return called("hysteresis", im, low, high, connectivity(call))


@form("hysteresis within")
def _hysteresis_within(call: Call) -> Code:
    found = [call.operands[name] for name in ("im", "low", "high")]
    return called("hysteresis", *found, connectivity(call), call.operands["within"])


@form("local_mean")
def _local_mean(call: Call) -> Code:
    return mean_of_windows(call, box(call))


@form("niblack", "sauvola")
def _by_deviation(call: Call) -> Code:
    r = None
    if call.name == "sauvola":
        r = call.operands.get("r")
        if r is None:
            info = np.iinfo(call.dtype_of("im"))
            r = literal((int(info.max) - int(info.min)) / 2)
    found = called(call.name, call.operands["im"], box(call), call.operands["k"], r, mode=mode(call))
    return cast(found, np.float64, call.dtype)


__all__ = ["NoForm", "code"]
