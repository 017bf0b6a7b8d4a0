"""Channels of colour images, and what is found from how they compare."""

import numpy as np

from maskexpr.exporting.forms import Call, cast, form
from maskexpr.exporting.rendering.elements import called
from maskexpr.exporting.syntax import Code, code


def _plane(call: Call, i: int) -> Code:
    return code("im[..., i]", im=call.operands["im"], i=i)


@form("red", "green", "blue")
def _one(call: Call) -> Code:
    return _plane(call, ("red", "green", "blue").index(call.name))


@form("channel", "band")
def _channel(call: Call) -> Code:
    wanted, first = call.setting("i"), 1 if call.name == "band" else 0
    names = call.kind_of("im").channel_names
    return _plane(call, names.index(wanted) if isinstance(wanted, str) else int(wanted) - first)


@form("alpha")
def _alpha(call: Call) -> Code:
    names = [name.lower() for name in call.kind_of("im").channel_names]
    return _plane(call, names.index("alpha") if "alpha" in names else 3)


@form("value")
def _value(call: Call) -> Code:
    return call.write("im[..., :3].max(axis=-1)")


@form("gray", "hue", "saturation")
def _from_all(call: Call) -> Code:
    return cast(called(call.name, call.operands["im"]), np.float64, call.dtype)


@form("lightness", "lab_a", "lab_b", "luma", "cb", "cr", "haematoxylin", "eosin", "dab")
def _of_shares(call: Call) -> Code:
    return cast(called(call.name, call.operands["im"], white=call.operands.get("white")), np.float64, call.dtype)
