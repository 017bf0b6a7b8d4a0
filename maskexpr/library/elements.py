"""Structuring elements: which offsets belong to a shape of a given reach, chosen once in exact arithmetic."""

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.parameters import Array, Masks
from maskexpr.functions.record import Settings
from maskexpr.functions.settling import NAMED_SHAPES, Distance
from maskexpr.kernels.stopping import pause

Move = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """A structuring element as a mask around its centre (at `size // 2` per axis), to be applied `times` over."""

    footprint: Masks
    times: int

    @property
    def holds_centre(self) -> bool:
        return bool(self.footprint[tuple(n // 2 for n in self.footprint.shape)])

    def reach(self) -> tuple[int, ...]:
        """How far it reaches along each axis, to either side."""
        return tuple(max(n // 2, n - 1 - n // 2) * self.times for n in self.footprint.shape)


def worked_axes(axes: tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    return tuple(range(ndim)) if axes is None else axes


def per_block(m: Array, axes: tuple[int, ...] | None, f: Callable[[Array], Array]) -> Array:
    """Apply f, which keeps shape and type, along the worked axes, for each position along the others."""
    worked = worked_axes(axes, m.ndim)
    if len(worked) == m.ndim:
        return f(m)
    result = np.empty_like(m)
    rest = [a for a in range(m.ndim) if a not in worked]
    for place in np.ndindex(*(m.shape[a] for a in rest)):
        index: list[Any] = [slice(None)] * m.ndim
        for axis, i in zip(rest, place, strict=True):
            index[axis] = i
        result[tuple(index)] = f(m[tuple(index)])
    return result


def slices(shape: tuple[int, ...], axes: tuple[int, ...] | None) -> Iterator[tuple[slice, ...]]:
    """The parts of an array that are worked on by themselves: all along the worked axes, one pixel along the others."""
    worked = worked_axes(axes, len(shape))
    parts = [[slice(None)] if a in worked else [slice(i, i + 1) for i in range(n)] for a, n in enumerate(shape)]
    return itertools.product(*parts)


def in_pixels(n: Distance, worked: tuple[int, ...]) -> Distance:
    """The same reach counted in pixels, where they are equally long along all worked axes."""
    steps = {n.spacing[axis] for axis in worked} if n.spacing else set()
    return Distance(n.radius / steps.pop()) if len(steps) == 1 else n


def repeated(f: Callable[[Array], Array], value: Array, times: int) -> Array:
    """f applied so many times over. What comes back to an earlier value goes round in circles, which need not be walked
    (Brent's cycle finding), so a huge count ends too."""
    earlier, steps, until = value, 0, 1
    for done in range(1, times + 1):
        pause()
        value, steps = f(value), steps + 1
        if done < times and np.array_equal(value, earlier, equal_nan=True):
            return repeated(f, value, (times - done) % steps)
        if steps == until:
            earlier, steps, until = value, 0, 2 * until
    return value


def element(
    n: Distance, shape: str, axes: tuple[int, ...] | None, ndim: int, extent: tuple[int, ...] | None = None
) -> Element:
    """The element of reach `n`, one pixel wide along axes that are not worked on.

    Diamonds and squares are their unit element applied n times, unless the spacing stretches them; a pattern is applied
    n times; any other shape is applied once. A reach beyond `extent`, the image's size, cannot change the result of one
    dilation or erosion, and is cut.
    """
    worked = worked_axes(axes, ndim)
    if shape not in NAMED_SHAPES:
        pattern = pattern_array(shape)
        sizes = [1] * ndim
        for axis, size in zip(worked, pattern.shape, strict=True):
            sizes[axis] = size
        return Element(pattern.reshape(sizes), int(n.radius))
    n = in_pixels(n, worked)
    if shape != "disk" and n.spacing is None:
        most = int(n.radius) if extent is None else min(int(n.radius), sum(extent[a] for a in worked))
        return Element(footprint(Distance(Fraction(1)), shape, axes, ndim), most)
    return Element(footprint(n, shape, axes, ndim, extent), 1)


def footprint(
    n: Distance, shape: str, axes: tuple[int, ...] | None, ndim: int, extent: tuple[int, ...] | None = None
) -> Masks:
    """The offsets within reach `n` as one mask of odd size per axis; see `element`."""
    if shape not in NAMED_SHAPES:
        return element(n, shape, axes, ndim).footprint
    distances, most = distances_of(n, shape, axes, ndim, extent)
    return np.asarray(distances <= most, dtype=bool)


def distances_of(
    n: Distance, shape: str, axes: tuple[int, ...] | None, ndim: int, extent: tuple[int, ...] | None = None
) -> tuple[Array, int]:
    """How far each offset of a box around reach `n` is from its centre as a named shape measures, in whole numbers, of
    a disk their squares; and how far it may be."""
    worked = worked_axes(axes, ndim)
    scale = _denominator(n)
    radius, power = int(n.radius * scale), 2 if shape == "disk" else 1
    lengths = []
    for axis in range(ndim):
        reach = n.reach(axis) if axis in worked else 0
        if extent is not None:
            reach = min(reach, extent[axis] - 1)
        step = int((n.spacing[axis] if n.spacing else 1) * scale)
        lengths.append(_scaled(reach, step, radius) ** power)
    combine = np.maximum if shape == "square" else np.add
    return np.asarray(functools.reduce(combine, np.ix_(*lengths))), radius**power


def _denominator(n: Distance) -> int:
    """A factor that makes the radius and every spacing whole."""
    return math.lcm(n.radius.denominator, *(s.denominator for s in n.spacing or ()))


def scaled_squares(n: Distance, worked: tuple[int, ...]) -> tuple[list[int], int]:
    """The lengths of a pixel along the worked axes in whole numbers, and the square of the reach in these."""
    scale = _denominator(n)
    return [int((n.spacing[a] if n.spacing else 1) * scale) for a in worked], int(n.radius * scale) ** 2


def _scaled(reach: int, step: int, radius: int) -> Any:
    """Distances along one axis, in whole units; Python integers where their squares would not fit 64 bits."""
    exact = max(radius, step, reach * step) > 2**30
    offsets = np.abs(np.arange(-reach, reach + 1))
    return (offsets.astype(object) if exact else offsets.astype(np.int64)) * step


def pattern_array(text: str) -> Masks:
    """A pattern such as "010/111/010" as an array: one axis without `/`, two with, three with planes parted by `//`."""
    planes = [[[c == "1" for c in row] for row in plane.split("/")] for plane in text.split("//")]
    pattern = np.array(planes, dtype=bool)
    if "//" in text:
        return pattern
    return np.asarray(pattern[0] if "/" in text else pattern[0, 0])


def mirrored(pattern: str) -> str:
    """The pattern with each offset in the opposite direction, around the same centre."""
    held = pattern_array(pattern)
    odd = np.pad(held, [(0, 1 - n % 2) for n in held.shape])[(slice(None, None, -1),) * held.ndim]
    planes = odd.reshape((1,) * (3 - odd.ndim) + odd.shape).astype(int).astype(str)
    return "//".join("/".join("".join(row) for row in plane) for plane in planes)


def check_element(settings: Settings, around: Surroundings) -> None:
    """Refuse what a single argument cannot know: a pattern of the wrong dimension or with a reach that is no count."""
    shape, n = settings["shape"], settings["n"]
    if shape in NAMED_SHAPES or around.ndim is None:
        return
    if n.spacing is not None or n.radius.denominator != 1:
        raise Refused(messages.PATTERN_ITERATIONS, "n")
    pattern, worked = pattern_array(shape), worked_axes(settings["axes"], around.ndim)
    if pattern.ndim != len(worked):
        raise misfit("shape", pattern.ndim, len(worked))


def misfit(argument: str, pattern: int, worked: int) -> Refused:
    """A pattern of another number of axes than are worked on."""
    fields = {"pattern": pattern, "axes": worked}
    if pattern < worked:
        return Refused(messages.PATTERN_DIMENSION, argument, named="zyx"[-pattern:], **fields)
    return Refused(messages.PATTERN_DIMENSION_MORE, argument, example="111" if worked == 1 else "010/111/010", **fields)


def halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    """How far one application of the element of these settings looks around a pixel."""
    n, shape, axes = settings["n"], settings["shape"], settings["axes"]
    if shape in NAMED_SHAPES:
        return tuple(n.reach(a) if a in worked_axes(axes, ndim) else 0 for a in range(ndim))
    return element(n, shape, axes, ndim).reach()


def twice_halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    """The same for a dilation and an erosion, one after the other."""
    return tuple(2 * reach for reach in halo(settings, ndim))


def cost(settings: Settings, ndim: int) -> float:
    """Operations per pixel of a plain evaluation: the element's size, each time it is applied."""
    reach = halo(settings, ndim)
    if settings["shape"] == "disk" or settings["n"].spacing is not None:
        return math.prod(2.0 * r + 1 for r in reach)
    return 3.0**ndim * max(1, *reach)


def offsets(mask: Masks) -> list[tuple[int, ...]]:
    """The offsets of a footprint from its centre."""
    centre = [n // 2 for n in mask.shape]
    return [tuple(int(i) - c for i, c in zip(index, centre, strict=True)) for index in np.argwhere(mask)]


def neighbours_of(mask: Masks) -> list[tuple[int, ...]]:
    """The offsets of a footprint without its centre."""
    return [offset for offset in offsets(mask) if any(offset)]


def shifted(shape: tuple[int, ...], offset: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Where a copy of an array moved by `offset` overlaps it: the place in the result, the place in the original."""
    target = tuple(slice(max(0, d), n + min(0, d)) for n, d in zip(shape, offset, strict=True))
    origin = tuple(slice(max(0, -d), n + min(0, -d)) for n, d in zip(shape, offset, strict=True))
    return target, origin


def moved(values: Array, offset: Move, fill: Any = 0) -> Array:
    """A copy moved by an offset, with `fill` where nothing comes to."""
    result = np.full_like(values, fill)
    if overlaps(values.shape, offset):
        target, origin = shifted(values.shape, offset)
        result[target] = values[origin]
    return result


def overlaps(shape: tuple[int, ...], offset: tuple[int, ...]) -> bool:
    return all(abs(d) < n for n, d in zip(shape, offset, strict=True))
