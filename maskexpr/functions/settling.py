"""How arguments that are constants are settled: what a body receives for what was written."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings, Takes
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.quantity import Quantity

# --- places ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Along:
    """Turns a length from the centre of the first pixel along an axis into a number of pixels."""

    axis: str

    def __call__(self, kind: Kind, around: Surroundings) -> Fraction:
        axis = -1 - "xyz".index(self.axis)
        if around.ndim is None or around.ndim < -axis:
            return Fraction(0)
        if around.spacing is None:
            raise Refused(messages.SPACING_UNKNOWN, noun="length")
        return Fraction(kind.constant) / around.spacing[axis]


# --- lengths, axes, numbers, texts -----------------------------------------------------------------------------------


def exact(value: float | Fraction) -> Fraction:
    """A number as it was written: 0.1 is a tenth, not the nearest binary fraction."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance in pixels, or in millimetres where `spacing` holds the millimetres per pixel of each axis."""

    radius: Fraction
    spacing: tuple[Fraction, ...] | None = None
    reaches: tuple[Fraction, ...] = ()  # in pixels, where there is one for each axis, of which the spacing comes

    def reach(self, axis: int) -> int:
        """How many whole pixels it reaches along an axis."""
        return int(self.radius // (self.spacing[axis] if self.spacing else 1))

    def __str__(self) -> str:
        if self.reaches:
            return "[" + ", ".join(f"{float(reach):g}" for reach in self.reaches) + "]"
        return f"{float(self.radius):g}" + ("mm" if self.spacing else "")


def settle_distance(kind: Kind, around: Surroundings) -> Distance:
    if kind.name == "number":
        return Distance(exact(kind.constant))
    if kind.constant < 0:
        raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=f"{float(kind.constant):g}mm", wanted="at least 0")
    if around.spacing is None and around.ndim is not None:
        raise Refused(messages.SPACING_UNKNOWN, noun="length")
    _refuse_time(around)
    return Distance(kind.constant, around.spacing)


def _refuse_time(around: Surroundings) -> None:
    if around.in_time:
        raise Refused(messages.LENGTH_OF_TIME)


def settle_distance_or_none(kind: Kind, around: Surroundings) -> Distance | None:
    return None if kind.constant is None else settle_distance(kind, around)


def settle_window(kind: Kind, around: Surroundings) -> Distance:
    """A reach, or a list of one per axis: as a distance of 1 in pixels that are so much shorter than 1."""
    if kind.name != "list":
        return settle_distance(kind, around)
    values = _per_axis(kind, around)
    if any(value > 2**31 for value in values):
        raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=f"{float(max(values)):g}", wanted="at most 2147483648")
    reaches = tuple(exact(value) for value in values)
    return Distance(Fraction(1), tuple(1 / reach if reach else Fraction(2) for reach in reaches), reaches)


def _per_axis(kind: Kind, around: Surroundings) -> list[Any]:
    """The numbers of a list of one per axis, the lengths in it in pixels of their axes."""
    values = _sigmas_of(kind, around)
    _check_widths(values)
    if around.ndim is not None and len(values) != around.ndim:
        raise Refused(messages.ARGUMENT_LIST_LENGTH, count=len(values), wanted=around.ndim)
    return values


def _check_widths(values: list[Any]) -> None:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
            raise Refused(messages.ARGUMENT_LIST_OF_NUMBERS)
        if value < 0 or not math.isfinite(float(value)):
            raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=f"{float(value):g}", wanted="at least 0")


MOST_ORDER = 8
"""Of a derivative: beyond there is nothing to see but noise."""


def settle_orders(kind: Kind, around: Surroundings) -> int | tuple[int, ...]:
    """Which derivative: of all axes, or a list of one per axis."""
    if kind.name == "number":
        return int(kind.constant)
    values = _per_axis(kind, around)
    for value in values:
        if value > MOST_ORDER or value != value // 1:
            raise Refused(messages.ORDER_UNKNOWN, value=f"{float(value):g}", most=MOST_ORDER)
    return tuple(int(value) for value in values)


MOST_OF_KERNEL = 2**12
"""Numbers: so many operations are done at each pixel."""


def settle_kernel(kind: Kind, around: Surroundings) -> Any:
    """Numbers in lists within lists, all of one length at each depth."""
    worked = around.worked
    sizes = kernel_shape(kind.constant)
    if math.prod(sizes) > MOST_OF_KERNEL:
        raise Refused(messages.KERNEL_TOO_LARGE, size=math.prod(sizes), most=MOST_OF_KERNEL)
    if worked is not None and len(sizes) != len(worked):
        few = len(sizes) < len(worked)
        mistake = messages.KERNEL_DIMENSION_FEW if few else messages.KERNEL_DIMENSION_MANY
        raise Refused(mistake, kernel=len(sizes), axes=len(worked), letters="zyx"[-min(len(sizes), 3) :])
    return kind.constant


def kernel_shape(kernel: Any) -> tuple[int, ...]:
    """The shape of numbers in nested lists."""
    if not isinstance(kernel, tuple):
        if isinstance(kernel, bool) or not isinstance(kernel, int | float) or not math.isfinite(kernel):
            raise Refused(messages.KERNEL_OF_NUMBERS)
        return ()
    if not kernel:
        raise Refused(messages.KERNEL_EMPTY)
    shapes = {kernel_shape(part) for part in kernel}
    if len(shapes) > 1:
        raise Refused(messages.KERNEL_RAGGED)
    return (len(kernel), *shapes.pop())


def settle_sigma(kind: Kind, around: Surroundings) -> tuple[float, ...]:
    values = _sigmas_of(kind, around) if kind.name == "list" else [kind.constant]
    _check_widths(values)
    if kind.name == "length":
        if around.spacing is None:
            if around.ndim is None:
                return ()
            raise Refused(messages.SPACING_UNKNOWN, noun="length")
        _refuse_time(around)
        return tuple(float(kind.constant / s) for s in around.spacing)
    if kind.name == "list" and around.ndim is not None and len(values) != around.ndim:
        raise Refused(messages.ARGUMENT_LIST_LENGTH, count=len(values), wanted=around.ndim)
    return tuple(float(v) for v in values) * (around.ndim or 1 if kind.name == "number" else 1)


def settle_sigma_or_none(kind: Kind, around: Surroundings) -> tuple[float, ...] | None:
    return None if kind.constant is None else settle_sigma(kind, around)


def _sigmas_of(kind: Kind, around: Surroundings) -> list[Any]:
    """The numbers of a list, the lengths in it in pixels of their axes."""
    values = list(kind.constant)
    if around.ndim is not None and len(values) == around.ndim:
        for axis, value in enumerate(values):
            if isinstance(value, Quantity):
                if around.spacing is None:
                    raise Refused(messages.SPACING_UNKNOWN, noun="length")
                if axis == around.time:
                    raise Refused(messages.LENGTH_OF_TIME)
                values[axis] = value.value / around.spacing[axis]
    return [0 if isinstance(value, Quantity) else value for value in values]


def settle_axes(kind: Kind, around: Surroundings) -> tuple[int, ...] | None:
    """Axes by name ("yx") or number, as sorted non-negative axis numbers; none means all.

    "t" is one where an input names it; x, y and z are the last ones beside it.
    """
    if kind.constant is None:
        return None
    names, ndim = kind.constant, around.ndim
    if isinstance(names, str):
        return _named_axes(names, around)
    values = names if isinstance(names, tuple) else (names,)
    if not values or any(isinstance(v, bool) or not isinstance(v, int) for v in values):
        raise Refused(messages.AXES_UNKNOWN, axes=names)
    if ndim is None:
        return ()
    if any(not -ndim <= v < ndim for v in values):
        raise Refused(messages.AXES_MISSING, axis=next(v for v in values if not -ndim <= v < ndim), ndim=ndim)
    settled = {v % ndim for v in values}
    if len(settled) < len(values):
        raise Refused(messages.AXES_UNKNOWN, axes=list(values))
    return tuple(sorted(settled))


def _named_axes(names: str, around: Surroundings) -> tuple[int, ...]:
    ndim, time = around.ndim, around.time
    if not names or set(names) - set("xyzt") or len(set(names)) < len(names):
        raise Refused(messages.AXES_UNKNOWN, axes=names)
    if ndim is None:
        return ()
    if "t" in names and time is None:
        raise Refused(messages.AXES_NO_TIME, ndim=ndim)
    space = [axis for axis in range(ndim) if axis != time][::-1]
    missing = next((c for c in "xyz"[len(space) :] if c in names), None)
    if missing:
        raise Refused(messages.AXES_MISSING, axis=missing, ndim=ndim)
    return tuple(sorted(time if c == "t" and time is not None else space["xyz".index(c)] for c in names))


def settle_axis(kind: Kind, around: Surroundings) -> int | None:
    """One axis by name or number; none where it is left out, or not known yet."""
    axes = settle_axes(kind, around)
    if axes and len(axes) > 1:
        raise Refused(messages.AXIS_ONE, axes=kind.constant)
    return axes[0] if axes else None


_NAMED_CONNECTIVITIES = {4: (2, 1), 8: (2, 2), 6: (3, 1), 18: (3, 2), 26: (3, 3)}


def settle_connectivity(kind: Kind, around: Surroundings) -> int:
    value, ndim = kind.constant, None if around.worked is None else len(around.worked)
    if isinstance(value, int) and not isinstance(value, bool):
        if ndim is None and (value in _NAMED_CONNECTIVITIES or value >= 1):
            return value
        if ndim is not None and 1 <= value <= ndim:
            return value
        named = _NAMED_CONNECTIVITIES.get(value)
        if named and named[0] == ndim:
            return named[1]
    raise Refused(messages.CONNECTIVITY_UNKNOWN, value=value, ndim=ndim or "n", wanted=_connectivities(ndim))


def _connectivities(ndim: int | None) -> str:
    numbers = {None: "1, 2 or 3", 1: "1", 2: "1 or 2 (4 or 8)", 3: "1, 2 or 3 (6, 18 or 26)"}
    return numbers.get(ndim) or f"1 to {ndim}"


def settle_size(kind: Kind, around: Surroundings) -> Fraction:
    """The number of pixels a size stands for: mm2 in a plane and mm3 in a volume are divided by the size of a pixel."""
    worked = around.worked
    if worked is None:
        return Fraction(0)
    if kind.power != len(worked):
        raise Refused(messages.SIZE_POWER, power=kind.power, ndim=len(worked))
    if around.spacing is None:
        raise Refused(messages.SPACING_UNKNOWN, noun="area" if kind.power == 2 else "volume")
    _refuse_time(around)
    return Fraction(kind.constant) / math.prod(around.spacing[axis] for axis in worked)


_MEASURES = {
    1: ("a length", "lengths", "a length in mm"),
    2: ("an area", "areas", "a size in mm2"),
    3: ("a volume", "volumes", "a size in mm3"),
}


def measured_in_pixels(quantity: Kind, measured: Kind) -> Fraction:
    """The number of pixels that a length or size stands for beside one that is measured in pixels of this spacing."""
    steps = measured.spacing
    if quantity.power != measured.power:
        found, wanted = (_MEASURES[power] for power in (quantity.power, measured.power))
        raise Refused(messages.PROPERTY_POWER, found=found[0], wanted=wanted[1], unit=wanted[2])
    if steps is None:
        raise Refused(messages.SPACING_UNKNOWN, noun=quantity.word)
    if measured.power == 1 and len(set(steps)) > 1:
        raise Refused(messages.PROPERTY_LENGTH, spacing=" x ".join(f"{float(s):g}" for s in steps))
    return Fraction(quantity.constant) / math.prod(steps[: measured.power])


@dataclass(frozen=True, slots=True)
class _OneOf:
    """Settles a text that must be one of a few."""

    choices: tuple[str, ...]

    def __call__(self, kind: Kind, around: Surroundings) -> str:
        if kind.constant not in self.choices:
            raise Refused(messages.CHOICE_UNKNOWN, value=kind.constant, choices=", ".join(self.choices))
        return str(kind.constant)


def one_of(*choices: str) -> Takes:
    """An argument that is one of a few texts."""
    return Takes(frozenset({"text"}), "a text", _OneOf(choices), choices=choices)


NAMED_SHAPES = ("diamond", "square", "disk")


MOST_OF_PATTERN = 4096
"""Characters: a pattern takes its size squared in bytes, and in operations what it holds at each pixel."""


def _refuse_large(pattern: str) -> None:
    if len(pattern) > MOST_OF_PATTERN:
        raise Refused(messages.PATTERN_TOO_LARGE, size=len(pattern), most=MOST_OF_PATTERN)


def settle_shape(kind: Kind, around: Surroundings) -> str:
    """A named shape, or a pattern: rows of 0 and 1 parted by `/`, planes by `//`."""
    value = str(kind.constant)
    if value in NAMED_SHAPES:
        return value
    _refuse_large(value)
    if not value or set(value) - set("01/"):
        raise Refused(messages.SHAPE_UNKNOWN, value=value)
    if "1" not in value:
        raise Refused(messages.PATTERN_EMPTY, value=value)
    _refuse_ragged(value)
    return value


def _refuse_ragged(pattern: str) -> None:
    planes = [plane.split("/") for plane in pattern.split("//")]
    if len({(len(rows), len(row)) for rows in planes for row in rows}) > 1 or not planes[0][0]:
        raise Refused(messages.PATTERN_RAGGED, value=pattern)


def settle_hits(kind: Kind, around: Surroundings) -> str:
    """A pattern of what is to be on, off or either: rows of 1, 0 and `.` parted by `/`, planes by `//`."""
    value = str(kind.constant)
    _refuse_large(value)
    if not value or set(value) - set("01./"):
        raise Refused(messages.HITS_UNKNOWN, value=value)
    if not set(value) & set("01"):
        raise Refused(messages.HITS_EMPTY, value=value)
    _refuse_ragged(value)
    return value


def as_constant(kind: Kind, around: Surroundings) -> Any:
    return kind.constant


def settle_whole(kind: Kind, around: Surroundings) -> int:
    """A whole number, which may be written with a dot; its bounds are known to hold."""
    return int(kind.constant)


def settle_channel(kind: Kind, around: Surroundings) -> int | str:
    return str(kind.constant) if kind.name == "text" else int(kind.constant)


def settle_numbers(kind: Kind, around: Surroundings) -> tuple[int | float, ...]:
    if any(isinstance(v, Quantity) for v in kind.constant):
        raise Refused(messages.LIST_OF_LENGTHS)
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in kind.constant):
        raise Refused(messages.LIST_OF_TEXTS)
    return tuple(kind.constant)


def default_of(value: Any, takes: Takes, around: Surroundings) -> Any:
    """What the body receives for a default written as the language writes it."""
    if takes.settle is None or value is None:
        return value
    name = "text" if isinstance(value, str) else "list" if isinstance(value, tuple) else "number"
    return takes.settle(replace(Kind(name), constant=value), around)
