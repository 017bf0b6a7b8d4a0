"""Coordinates and plain masks, made for a block of rows when it needs them."""

from typing import Any

import numpy as np

from maskexpr.library.shapes import coordinates, drawn
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import Bytes, Method, Place, constant_of, per_pixel, runs
from maskexpr.program.steps import Step

_TURNED = 44


@runs(coordinates.x, coordinates.y, coordinates.z)
def coordinate(step: Step) -> Method:
    assert step.function is not None
    shape, dtype = step.settings["grid"], step.kind.dtype
    axis = len(shape) - 1 - "xyz".index(step.function.name)
    lying = [-1 if a == axis else 1 for a in range(len(shape))]

    def run(given: Any, out: Any, place: Place) -> Any:
        first = place.start if axis == 0 else 0
        out[...] = np.arange(first, first + out.shape[axis], dtype=dtype).reshape(lying)
        return out

    return Method(run, quiet=True, memory=lambda shape: 8.0 * max(shape))


@runs(drawn.empty, drawn.full)
def everywhere(step: Step) -> Method:
    value = step.function is drawn.full.record  # type: ignore[attr-defined]

    def run(given: Any, out: Any, place: Place) -> Any:
        out[...] = value
        return out

    return Method(run, quiet=True)


@takes(drawn.rectangle, drawn.ellipse)
def of_angles(step: Step) -> Bytes | None:
    """Turned ones are drawn by how far each pixel lies along two axes, in floating numbers; None for upright ones."""
    angle = step.operands.get("angle")
    return None if angle is None or constant_of(angle) == 0 else per_pixel(_TURNED)
