"""What the checker finds in a program: kinds of its results, and its remarks by code and the text they are about."""

from typing import Any

import numpy as np

import maskexpr
from helpers.both_ways import bound, compiled
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Step

INPUTS: dict[str, Any] = {
    "im": ((4, 5), "uint8"),
    "s": ((4, 5), "int16"),
    "fl": ((4, 5), "float32"),
    "m": ((4, 5), "bool"),
    "k": ((4, 5), "bool"),
    "small": ((2, 3), "uint8"),
    "st": ((6, 4, 5), "uint8"),
    "c": ((4, 5, 3), "uint8"),
    "sp": maskexpr.Image(np.zeros((4, 5), np.uint8), spacing=[2, 0.5]),
    "half": maskexpr.Image(np.zeros((4, 5), np.uint8), spacing=0.5),
    "lb": maskexpr.Image(np.zeros((4, 5), np.int32), kind="labels"),
}


def given(text: str) -> dict[str, Any]:
    """What a program names of the inputs above."""
    return {info.name: INPUTS[info.name] for info in compiled(text).inputs if info.name in INPUTS}


def remarks(text: str, **more: Any) -> list[tuple[str, str]]:
    """The code of each error, or of each warning where there is none, and the part of the text that it is about."""
    try:
        found = bound(text, {**given(text), **more})[0].diagnostics
    except maskexpr.MaskError as error:
        found = error.diagnostics
    return [(d.code, text[d.span.start : d.span.stop] if d.span else "") for d in found]


def kind_of(text: str, **more: Any) -> Kind:
    """The kind of the last result."""
    return last_of(text, **more).kind


def last_of(text: str, **more: Any) -> Step:
    """The step of the last result."""
    return bound(text, {**given(text), **more})[0].outputs[-1][1]
