"""Coordinates and plain masks, made for a block of rows when it needs them."""

import math
from typing import Any

import numpy as np

from maskexpr.kernels.ellipses import draw, fits
from maskexpr.library.shapes import coordinates, drawn
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import Bytes, Method, Place, constant_of, no_bytes, per_pixel, runs
from maskexpr.program.steps import Step

_TURNED = 44
_OF_ROW = 200  # bytes, of its ends


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


# --- drawn shapes ----------------------------------------------------------------------------------------------------


@runs(drawn.rectangle)
def rectangle(step: Step) -> Method | None:
    """Two slices of an upright one."""
    angle = step.operands.get("angle")
    if angle is not None and constant_of(angle) != 0:
        return None
    names, (height, width) = list(step.operands), step.settings["grid"][-2:]
    places = [names.index(name) for name in ("y0", "y1", "x0", "x1")]

    def run(given: Any, out: Any, place: Place) -> Any:
        y0, y1, x0, x1 = (given[at] for at in places)
        top = place.start if out.ndim == 2 else 0
        rows, columns = _span(y0, y1, height, top), _span(x0, x1, width)
        out.fill(False)
        out[..., rows, columns] = True
        return out

    return Method(run, quiet=True, memory=no_bytes)


def _span(first: Any, stop: Any, length: int, start: int = 0) -> slice:
    """The pixels of an axis from a place to before another, in a block that starts at one."""
    if not (first == first and stop == stop):
        return slice(0)
    low, high = (math.ceil(min(max(end, 0), length)) for end in (first, stop))
    return slice(max(low - start, 0), max(high - start, 0))


@runs(drawn.circle, drawn.ellipse)
def ellipse(step: Step) -> Method | None:
    """Row by row, where the whole numbers of the plain body fit into 64 bits."""
    angle = step.operands.get("angle")
    centre = [constant_of(step.operands[name]) for name in "yx"]
    if (angle is not None and constant_of(angle) != 0) or any(c is None or not math.isfinite(c) for c in centre):
        return None
    radii = [step.settings[name if name in step.settings else "radius"] for name in ("ry", "rx")]
    axes, left = drawn.in_whole_numbers(centre, radii)
    grid = step.settings["grid"]
    if not fits(axes, left, grid[-2:]):
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        if out.ndim == 2:
            return draw(out, place.start, axes, left)
        plane = draw(place.scratch("a plane", grid[-2:], np.dtype(bool)), 0, axes, left)
        np.copyto(out, plane)
        return out

    plane = 0 if len(grid) == 2 else math.prod(grid[-2:])
    return Method(run, quiet=True, memory=lambda shape: plane + _OF_ROW * max(shape[0], grid[-2]), word="row by row")
