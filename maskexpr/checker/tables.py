"""What is written in `measure(m, area, ...)`: properties by their names, which win over all others, and images whose
names become parts of the columns' names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.checker.application import Given
from maskexpr.checker.context import RegionsInSight, Value
from maskexpr.checker.outside import lacks_of_itself
from maskexpr.checker.place import Place
from maskexpr.checker.predicates import argument_of, has_meaning, in_sight, kind_of, kind_of_part, refuse_argument
from maskexpr.checker.shapes import agree
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.foreign_names.properties import FOREIGN_PROPERTIES, worded
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.nearest import known_as, nearest
from maskexpr.functions.arguments import Refused
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import MOST_AXES, NUMERIC_ARRAYS, Column, Kind
from maskexpr.kinds.quantity import MILLIMETRES
from maskexpr.kinds.ranges import LABEL_NUMBERS, Bounds, Range
from maskexpr.kinds.table import LABEL
from maskexpr.language import nodes
from maskexpr.library import PROPERTIES
from maskexpr.library.measures.masks import pixel_steps
from maskexpr.library.regions.measuring import Measurement, Measurements
from maskexpr.library.regions.records import SIZE, Property
from maskexpr.program.steps import Step, in_order

_AXES = ("x", "y", "z", "frame", *(f"axis{i}" for i in range(MOST_AXES)))
_UNITS = ("px", "mm", "um", "cm")
_OPEN = Kind("unknown", options=frozenset({"properties"}))


# --- images ----------------------------------------------------------------------------------------------------------


def images(here: Place, node: nodes.List) -> Value:
    """`of=[dapi, gfp]`: images by their names. No step computes the list: what takes it takes its images."""
    items = [here.value(item) for item in node.items]
    names = tuple(item.text for item in node.items if isinstance(item, nodes.Name))
    open_ = here.alone(Kind("unknown", options=frozenset({"images"}), constant=names))
    for item, written in zip(items, node.items, strict=True):
        there = here.at(written)
        if not isinstance(written, nodes.Name):
            there.report(messages.IMAGES_NAMED, text=there.quote())
            return open_
        if not item.kind.may_be(NUMERIC_ARRAYS):
            there.report(messages.IMAGES_ONLY, text=there.quote(), kind=item.kind.word)
            return open_
    if not items:
        here.report(messages.IMAGES_NONE)
        return open_
    if not all(item.kind.is_complete for item in items):
        return open_
    if not agree(here, {str(i): item for i, item in enumerate(items)}):
        return open_
    twice = next((written for i, written in enumerate(node.items) if here.quote(written) in names[:i]), None)
    if twice is not None:
        here.at(twice).report(messages.IMAGES_TWICE, text=here.quote(twice))
        return open_
    return here.alone(Kind("images", constant=names), {str(i): item.step for i, item in enumerate(items)})


@dataclass(frozen=True, slots=True)
class _Image:
    """An image that properties are measured on, and what it adds to the names of their columns."""

    number: int
    kind: Kind
    suffix: str = ""
    may_lack_data: bool = False


def _images(given: Given) -> list[_Image] | None:
    """The images that a call gives; None where they are not known yet."""
    of = given.get("of")
    if of is None:
        return []
    if of.kind.name == "images":
        names = [f"_{name}" for name in of.kind.constant]
        steps = list(of.step.operands.values())
    else:
        names, steps = [""], [of.step]
    if not all(step.kind.name in NUMERIC_ARRAYS and step.kind.is_complete for step in steps):
        return None
    return [_Image(i, s.kind, n, _may_lack_data(s)) for i, (s, n) in enumerate(zip(steps, names, strict=True))]


def _may_lack_data(image: Step) -> bool:
    """Whether some of its pixels may be without data, so that a region may have no grey value at all."""
    return any(map(lacks_of_itself, in_order(image)))


# --- properties ------------------------------------------------------------------------------------------------------


def properties(here: Place, written: Sequence[nodes.Expression], function: Function, given: Given) -> Value:
    """The properties as a constant; after a mistake, or while the regions are not known, a stand-in."""
    sight = in_sight(function, given)
    asking = _Asking(here, given, sight)
    if not written:
        text = here.quote(given["m"])
        here.report(messages.MEASURE_NOTHING, text="m" if text in PROPERTIES else text)
    for node in written:
        asking.take(node)
    if not asking.fits or not written:
        value = here.alone(_OPEN)
        here.context.steps.open_columns[value.step] = () if asking.is_broken else asking.possible
        return value
    return here.alone(Kind("properties", constant=asking.measurements()))


def note_open(here: Place, table: Value, asked: Value) -> None:
    """What columns a table may have that is not known yet."""
    open_columns = here.context.steps.open_columns
    if table.kind.name == "table" and not table.kind.is_complete:
        open_columns[table.step] = open_columns.get(asked.step, ())


class _Asking:
    """The properties of one call while they are taken in."""

    def __init__(self, here: Place, given: Given, sight: RegionsInSight) -> None:
        self.here, self.given, self.sight = here, given, sight
        self.images = _images(given)
        self.is_broken = False  # by a mistake, and not only open
        self.unit = self._unit()
        self.asked: list[Measurement] = []
        self.fits = self.unit is not None and sight.around.worked is not None and sight.regions.shape is not None
        self._worked = sight.around.worked or ()
        self._steps = self._steps_in_unit() if self.fits else None
        self.texts: list[str] = []
        self._keys, self._positions = self._told_apart() if self.fits else ([], ())
        self._taken = {LABEL}
        self.possible = [LABEL, *_AXES]  # names of columns, before it is known which axes there are

    def _unit(self) -> str | None:
        kind = self.given["unit"].kind if "unit" in self.given else None
        if kind is None:
            return "px"
        return kind.constant if kind.is_constant and kind.constant in _UNITS else None

    def _steps_in_unit(self) -> tuple[Fraction, ...] | None:
        """The length of a pixel along each axis worked on; None for pixels, or after a mistake."""
        around, unit = self.sight.around, self.unit
        if unit is None or unit == "px":
            return None
        try:
            if around.in_time:
                raise Refused(messages.LENGTH_OF_TIME)
            steps = pixel_steps(unit, around.spacing, len(around.axis_names))
        except Refused as refused:
            self.here.at(self.given["unit"]).refuse(refused)
            self.is_broken, self.fits = True, False
            return None
        return tuple(steps[axis] for axis in self._worked)

    def _told_apart(self) -> tuple[list[Column], tuple[int, ...]]:
        """The columns before the properties, and the axes that regions lie apart along."""
        around, shape = self.sight.around, self.sight.regions.shape or ()
        positions = tuple(axis for axis in range(len(shape)) if axis not in (around.worked or ()))
        label = Column(LABEL, Kind("image", dtype=np.dtype(np.int32), range=LABEL_NUMBERS._replace(low=1)))
        places = [
            Column(around.axis_names[axis], Kind("image", dtype=np.dtype(np.int64), range=Range(0, shape[axis] - 1)))
            for axis in positions
        ]
        return [label, *places], positions

    def measurements(self) -> Measurements:
        text = ", ".join(self.texts)
        return Measurements(text, tuple(self._keys), self._positions, tuple(self.asked), self._steps)

    def take(self, node: nodes.Expression) -> None:
        """One property; what is wrong with it is reported."""
        there = self.here.at(node)
        wanted = _wanted(there, node)
        if wanted is None or not self._may_take(there, wanted):
            self.is_broken, self.fits = True, False
            return
        self.texts.append(there.quote())
        self._taken.add(wanted.base)
        self.possible += self._possible(wanted)
        if wanted.known.needs_image:
            self.fits = self.fits and self.images is not None
            for image in self.images or ():
                self._add(wanted, image)
        else:
            self._add(wanted, None)

    def _may_take(self, here: Place, wanted: "_Wanted") -> bool:
        """Report a property that this call cannot have."""
        known, steps = wanted.known, self._steps
        if wanted.base in self._taken:
            here.report(messages.COLUMN_TWICE, name=wanted.base)
            return False
        if steps is not None and known.square and len(set(steps)) > 1:
            spacing = " x ".join(f"{float((self.sight.regions.spacing or ())[axis]):g}" for axis in self._worked)
            here.report(messages.MEASURE_UNEQUAL, property=known.name, spacing=spacing)
            return False
        return has_meaning(here, known, self.sight)

    def _add(self, wanted: "_Wanted", image: _Image | None) -> None:
        sight = replace(self.sight, image=image.kind if image else None)
        kind = kind_of(wanted.known, sight) if self.fits else None
        if kind is None:
            self.fits = False
            return
        if image is not None and image.may_lack_data:
            kind = _with_nan(kind)
        axes = [self.sight.around.axis_names[axis] for axis in self._worked]
        names = [name + (image.suffix if image is not None else "") for name in wanted.names(axes)]
        kinds = [kind_of_part(kind, i) if wanted.known.parts else kind for i in range(len(names))]
        unit = self.unit if self._steps is not None else ""
        power = len(axes) if wanted.known.power == SIZE else wanted.known.power
        columns = tuple(_column(name, one, unit or "", power) for name, one in zip(names, kinds, strict=True))
        self.asked.append(Measurement(wanted.known.name, wanted.argument, columns, image.number if image else None))

    def _possible(self, wanted: "_Wanted") -> list[str]:
        """The names of its columns, whatever the axes are."""
        of = self.given.get("of")
        is_list = of is not None and of.kind.surely({"images"}) and wanted.known.needs_image
        suffixes = [f"_{name}" for name in of.kind.constant] if of is not None and is_list else [""]
        units = [f"_{self.unit}{power}" for power in ("", "2", "3")] if self.unit not in ("px", None) else []
        return [name + suffix + unit for name in wanted.names(_AXES) for suffix in suffixes for unit in ["", *units]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A property with what it is called with, and what its columns are called by that."""

    known: Property
    argument: float | None = None

    @property
    def base(self) -> str:
        return self.known.name if self.argument is None else f"{self.known.name}_{_in_a_name(self.argument)}"

    def names(self, axes: Sequence[str]) -> list[str]:
        """The names of its columns: one for each part, by the axis it is along."""
        base, count = self.base, self.known.parts
        if not count:
            return [base]
        parts = [""] if count == 1 else [str(i) for i in range(count)]
        return [f"{base}_{axis}{'_' if part and len(axis) > 1 else ''}{part}" for part in parts for axis in axes]


def _in_a_name(number: float) -> str:
    """A number as a part of a name: 97_5 is 97.5."""
    return f"{number:.15g}".replace(".", "_").replace("-", "minus")


def _wanted(here: Place, node: nodes.Expression) -> _Wanted | None:
    """The property that is written; None after a mistake."""
    if isinstance(node, nodes.Call) and node.function.text in PROPERTIES:
        known = PROPERTIES[node.function.text]
        if known.argument is not None:
            number = argument_of(here, known, node)
            return None if number is None else _Wanted(known, number)
    if isinstance(node, nodes.Name) and node.text in PROPERTIES:
        known = PROPERTIES[node.text]
        if known.argument is None:
            return _Wanted(known)
        refuse_argument(here, known)
        return None
    mistake, fields = _misfit(here, node)
    here.report(mistake, text=here.quote(), **fields)
    return None


def _misfit(here: Place, node: nodes.Expression) -> tuple[Mistake, dict[str, Any]]:
    if isinstance(node, nodes.Text) and node.value in PROPERTIES:
        return messages.PROPERTY_IN_QUOTES, {"name": node.value}
    if isinstance(node, nodes.List):
        return messages.PROPERTIES_LISTED, {"names": ", ".join(here.quote(item.span) for item in node.items) or "area"}
    if isinstance(node, nodes.Index) and isinstance(node.value, nodes.Name) and node.value.text in PROPERTIES:
        return messages.PROPERTY_PART_MEASURED, {"name": node.value.text}
    if isinstance(node, nodes.Compare | nodes.Chain):
        return messages.PROPERTY_CONDITION, {}
    if not isinstance(node, nodes.Name):
        return messages.PROPERTY_COMPUTED, {}
    name = node.text
    foreign = FOREIGN_PROPERTIES.get(known_as(name, FOREIGN_PROPERTIES))
    if foreign and foreign[0] in PROPERTIES:
        return messages.PROPERTY_UNKNOWN_FOREIGN, {"way": worded(*foreign)}
    near = nearest(name, PROPERTIES)
    if near:
        return messages.PROPERTY_UNKNOWN_NEAR, {"near": near}
    return messages.PROPERTY_UNKNOWN, {}


def _with_nan(kind: Kind) -> Kind:
    """What some regions may not have."""
    low, high, _ = kind.limits
    floating = kind.dtype is not None and kind.dtype.kind == "f"
    return replace(kind, dtype=kind.dtype if floating else np.dtype(np.float64), range=None,
                   bounds=Bounds(low, high, True))  # fmt: skip


def _column(name: str, kind: Kind, unit: str, power: int) -> Column:
    """A column of a property whose values are of this kind, in a unit if they can be in one."""
    kind = replace(kind, name="mask" if kind.name == "mask" else "image", shape=None)
    if not unit or not power:
        return Column(name, kind)
    unit_of_power = unit + (str(power) if power > 1 else "")
    low, _, nan = kind.limits
    bounds = Bounds(0 if low >= 0 else -np.inf, np.inf, nan)
    pixel = (MILLIMETRES[unit],) * power  # the values count these
    kind = replace(kind, dtype=np.dtype(np.float64), range=None, bounds=bounds, spacing=pixel)
    return Column(f"{name}_{unit_of_power}", kind, unit_of_power)
