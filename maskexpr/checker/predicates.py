"""Conditions on regions, such as `area >= 50 & solidity > 0.8` in `keep`: names of properties stand for one number a
region, and all else must be a number."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from maskexpr.checker.application import Given, worked_axes
from maskexpr.checker.context import RegionsInSight, Scope, Value
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import ARITHMETIC, LOGICAL, QUANTITIES, SAMPLES, SCALARS, Kind
from maskexpr.kinds.ranges import Bounds
from maskexpr.language import nodes
from maskexpr.library.regions.keeping import Predicate, name_of, written
from maskexpr.library.regions.records import PROPERTIES, SIZE, Property
from maskexpr.program.steps import Step, in_order

_SUBJECTS = {"operators", "pixelwise", "measures"}  # their functions do to numbers of regions what they do to pixels
NOT_KNOWN = (ARITHMETIC - SAMPLES) | QUANTITIES  # what may be compared with anything a property may


def condition(here: Place, node: nodes.Expression, function: Function, given: Given) -> Value:
    """The predicate as a constant; after a mistake, or while the regions are not known, a stand-in."""
    sight = in_sight(function, given)
    value = here.within(replace(here.scope, regions=sight, columns=None)).value(node)
    text = here.quote()
    if not value.kind.may_be(LOGICAL):
        here.report(messages.PREDICATE_KIND, text=text)
    elif value.kind.is_complete:
        steps = list(in_order(value.step))
        own = _of_regions(here, steps)
        used = {operand for step in own for operand in step.operands.values()}
        numbers = tuple(s for s in steps if s not in own and s in used and not s.kind.is_constant)
        if _fits(here, value.step, own, numbers):
            kept = tuple(s for s in steps if s in own or s.kind.is_constant)
            return here.alone(Kind("predicate", constant=Predicate(text, kept, numbers, _spacing(sight))))
    return here.alone(Kind("unknown", options=frozenset({"predicate"})))


def in_sight(function: Function, given: Given) -> RegionsInSight:
    """The regions that a call is about."""
    regions = given["m"].kind
    around = Surroundings(regions.ndim, regions.spacing, time=regions.grid.time if regions.grid else None)
    around = replace(around, axes=worked_axes(function, given, around))
    beside = frozenset(name for name, value in given.items() if value.kind.name != "none")
    return RegionsInSight(regions, around, given["of"].kind if "of" in given else None, beside)


# --- properties ------------------------------------------------------------------------------------------------------


def is_property(scope: Scope, name: str) -> bool:
    """Whether a name stands for a property of the regions in sight."""
    return scope.regions is not None and name in PROPERTIES


def is_called(scope: Scope, name: str) -> bool:
    """Whether a name stands for a property of the regions in sight that is called with a number."""
    return is_property(scope, name) and PROPERTIES[name].argument is not None


def named(here: Place, name: str) -> Value:
    """The property of that name."""
    if PROPERTIES[name].argument is not None:
        refuse_argument(here, PROPERTIES[name])
        return here.unknown(NOT_KNOWN)
    return _measured(here, PROPERTIES[name], None)


def called(here: Place, node: nodes.Call) -> Value:
    """A property that is called with a number known before the run: `percentile_intensity(90)`."""
    known = PROPERTIES[node.function.text]
    number = argument_of(here, known, node)
    return here.unknown(NOT_KNOWN) if number is None else _measured(here, known, number)


def argument_of(here: Place, known: Property, node: nodes.Call) -> float | None:
    """The number that a property is called with; none after a mistake, or while it is not known."""
    assert known.argument is not None
    low, high = known.argument
    values = [here.value(a.value if isinstance(a, nodes.Keyword) else a) for a in node.arguments]
    if len(values) == 1 and values[0].kind.name == "number" and values[0].kind.is_constant:
        number: float = values[0].kind.constant
        if low <= number <= high and not isinstance(node.arguments[0], nodes.Keyword):
            return number
    if all(value.kind.name == "number" or value.kind.is_complete for value in values):
        refuse_argument(here, known)
    return None


def refuse_argument(here: Place, known: Property) -> None:
    low, high = known.argument or (0, 0)
    here.report(messages.PROPERTY_ARGUMENT, name=known.name, low=f"{low:g}", high=f"{high:g}")


_MISSING = {
    "of": messages.PROPERTY_OF_IMAGE,
    "to": messages.PROPERTY_TO_MASK,
    "parent": messages.PROPERTY_OF_PARENT,
}


def _measured(here: Place, known: Property, argument: float | None) -> Value:
    sight = here.scope.regions
    assert sight is not None
    kind = kind_of(known, sight) if has_meaning(here, known, sight) else None
    return here.property(written(known.name, argument), kind) if kind else _unknown(here, known)


def has_meaning(here: Place, known: Property, sight: RegionsInSight) -> bool:
    """Report a property that the axes worked on do not have, or that is measured on what is not given."""
    worked = sight.around.worked
    if worked is not None and known.dimensions is not None and len(worked) not in known.dimensions:
        mistake = messages.PROPERTY_OF_VOLUMES if len(worked) < min(known.dimensions) else messages.PROPERTY_OF_PLANES
        here.report(mistake, name=known.name, ndim=len(worked), way=_in_planes(known.name, len(worked)))
        return False
    if known.needs and known.needs not in sight.given:
        here.report(_MISSING[known.needs], name=known.name)
        return False
    return True


def _in_planes(name: str, ndim: int) -> str:
    """What to write for a property of volumes where there are no more axes than these."""
    meant = {"surface_area": "perimeter", "max_diameter": "feret_max", "sphericity": "circularity"}.get(name)
    return f"write {meant}" if meant and ndim == 2 else "write area for their number of pixels"


def _unknown(here: Place, known: Property) -> Value:
    is_truth = known.gives(Kind("mask"), None).name == "mask"
    return here.unknown(LOGICAL - SAMPLES if is_truth else NOT_KNOWN)


def _spacing(sight: RegionsInSight) -> tuple[Fraction, ...] | None:
    spacing, worked = sight.regions.spacing, sight.around.worked
    return tuple(spacing[axis] for axis in worked) if spacing and worked else None


def kind_of(known: Property, sight: RegionsInSight) -> Kind | None:
    """What a property's values are: an image of no shape, with one number a region instead of one a pixel; a list of
    them where it has parts. None while the regions or the image are not known."""
    regions, worked, image = sight.regions, sight.around.worked, sight.image
    if worked is None or regions.shape is None or (known.needs_image and (image is None or not image.is_complete)):
        return None
    kind = known.gives(regions, image)
    kind = replace(kind, spacing=_spacing(sight))
    if known.parts:
        return replace(kind, name="list", shape=(known.parts * len(worked),))
    sized = known.power == SIZE and len(worked) <= 3  # there is no unit for more
    return replace(kind, power=len(worked) if sized else max(0, known.power))


def part(here: Place, value: Value, i: int) -> Value:
    """One part of a property that has several: `centroid[0]`, a position along the first of the axes worked on."""
    return here.property(f"{value.step.name}[{i}]", kind_of_part(value.kind, i))


def kind_of_part(kind: Kind, i: int) -> Kind:
    """What one part of a property with such a list is."""
    kind = replace(kind, name="image", shape=None, power=1)
    return replace(kind, spacing=(kind.spacing[i % len(kind.spacing)],)) if kind.spacing else kind


def in_units(here: Place, value: Value, other: Value) -> Value:
    """A property that is compared with a length or size for which no number of pixels stands, as these are longer along
    one axis than along another: in millimetres, if it can be measured so."""
    kind, spacing = value.kind, value.kind.spacing
    if not (spacing and kind.name == "image" and other.kind.surely(QUANTITIES) and other.kind.power == kind.power):
        return value
    if not here.context.steps.is_property(value.step) or len(set(spacing)) == 1 or kind.power == len(spacing):
        return value
    if PROPERTIES[name_of(value.step.name)].square:
        return value
    known = replace(kind, spacing=(Fraction(1),) * len(spacing), range=None, bounds=Bounds(0, math.inf))
    return here.property(f"{value.step.name} in mm", replace(known, dtype=np.dtype(np.float64)))


# --- what a condition may hold ---------------------------------------------------------------------------------------


def _of_regions(here: Place, steps: list[Step]) -> set[Step]:
    """The steps that depend on a property; `steps` stand after their operands."""
    own = set[Step]()
    for step in steps:
        if here.context.steps.is_property(step) or not own.isdisjoint(step.operands.values()):
            own.add(step)
    return own


def _fits(here: Place, result: Step, own: set[Step], numbers: tuple[Step, ...]) -> bool:
    if result not in own:
        here.report(messages.PREDICATE_NO_PROPERTY)
        return False
    fits = True
    for step in own:
        function = step.function
        if function is not None and function.group not in _SUBJECTS:
            _written(here, step).report(messages.PREDICATE_FUNCTION, function=function.name)
            fits = False
    for step in numbers:
        if step.kind.name not in SCALARS:
            there = _written(here, step)
            text = step.name or there.quote()
            there.report(messages.PREDICATE_OUTER, text=text, kind=step.kind.word)
            fits = False
    return fits


def _written(here: Place, step: Step) -> Place:
    """Where a step was written, if that is within the condition."""
    start, stop = here.span
    inside = step.source is here.source and start <= step.span.start and step.span.stop <= stop
    return here.at(step) if inside else here
