"""Shapes that are turned by an angle in degrees, counter-clockwise as an image is shown: x to the right, y down."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.functions.parameters import Array
from maskexpr.functions.settling import Distance
from maskexpr.kernels.elementary import sin

_NEAR = 2.0**-40  # what counts as on the edge, of the radius: so much is lost by rounding, and more


def quarters(angle: Any) -> int | None:
    """How many quarter turns an angle is; None where it is no whole number of them."""
    return int(angle // 90) % 4 if abs(angle) < math.inf and angle % 90 == 0 else None


def directions(angle: Any) -> tuple[float, float]:
    """The sine and the cosine of an angle in degrees, those of 30 degrees and the like without an error."""
    return _sine(angle % 360), _sine((angle + 90) % 360)


def _sine(degrees: Any) -> float:
    value = float(sin(np.float64(float(degrees) * math.pi / 180)))
    halves = round(2 * value) / 2
    return halves if abs(value - halves) < 1e-15 else value


def turned_plane(
    shape: tuple[int, ...], centre: Sequence[Any], angle: Any, steps: Sequence[float] = (1.0, 1.0)
) -> tuple[Array, Array]:
    """How far each pixel of a plane lies from a centre along the two turned axes, y and x, where pixels have such
    lengths."""
    sine, cosine = directions(angle)
    down, right = (
        (np.arange(size, dtype=np.float64) - float(middle)) * step
        for size, middle, step in zip(shape[-2:], centre, steps, strict=True)
    )
    down = down[:, np.newaxis]
    return right * sine + down * cosine, right * cosine - down * sine


def ellipse(shape: tuple[int, ...], centre: Sequence[Any], radii: Sequence[Distance], angle: Any) -> Array:
    """The pixels of a plane in a turned ellipse. Radii that are both lengths are measured, and turned, in lengths."""
    spacing = radii[0].spacing
    if spacing is not None and radii[1].spacing is not None:
        steps, reaches = [float(s) for s in spacing[-2:]], [float(r.radius) for r in radii]
    else:
        steps = [1.0, 1.0]
        reaches = [float(r.radius / (r.spacing[a] if r.spacing else 1)) for a, r in zip((-2, -1), radii, strict=True)]
    down, right = turned_plane(shape, centre, angle, steps)
    # Without a division: a radius of 0 leaves a line.
    reach_y, reach_x = (reach + _NEAR * max(reaches) for reach in reaches)
    if not max(reaches):
        return (np.abs(down) <= 0) & (np.abs(right) <= 0)
    return (down / reach_y) ** 2 + (right / reach_x) ** 2 <= 1


def rectangle(shape: tuple[int, ...], centre: Sequence[Any], sides: Sequence[float], angle: Any) -> Array:
    """The pixels of a plane whose centres lie in a turned rectangle, its edge left out."""
    down, right = turned_plane(shape, centre, angle)
    half_y, half_x = (side / 2 - _NEAR * max(sides) for side in sides)
    return (np.abs(down) < half_y) & (np.abs(right) < half_x)
