"""Conditions on regions, such as `area >= 50 & solidity > 0.8` in `keep`: names of properties stand for one number a
region, and all else must be a number."""

from dataclasses import replace

from maskexpr.checker.application import Given, worked_axes
from maskexpr.checker.context import RegionsInSight, Scope, Value
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import ARITHMETIC, LOGICAL, QUANTITIES, SAMPLES, SCALARS, Kind
from maskexpr.language import nodes
from maskexpr.library.regions.keeping import Predicate
from maskexpr.library.regions.records import PROPERTIES, SIZE, Property
from maskexpr.program.steps import Step, in_order

_SUBJECTS = {"operators", "pixelwise", "measures"}  # their functions do to numbers of regions what they do to pixels
NOT_KNOWN = (ARITHMETIC - SAMPLES) | QUANTITIES  # what may be compared with anything a property may


def condition(here: Place, node: nodes.Expression, function: Function, given: Given) -> Value:
    """The predicate as a constant; after a mistake, or while the regions are not known, a stand-in."""
    scope = replace(here.scope, regions=in_sight(function, given), columns=None)
    value = here.within(scope).value(node)
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
            return here.alone(Kind("predicate", constant=Predicate(text, kept, numbers)))
    return here.alone(Kind("unknown", options=frozenset({"predicate"})))


def in_sight(function: Function, given: Given) -> RegionsInSight:
    """The regions that a call is about."""
    regions = given["m"].kind
    around = Surroundings(regions.ndim, regions.spacing, time=regions.grid.time if regions.grid else None)
    around = replace(around, axes=worked_axes(function, given, around))
    return RegionsInSight(regions, around, given["of"].kind if "of" in given else None)


# --- properties ------------------------------------------------------------------------------------------------------


def is_property(scope: Scope, name: str) -> bool:
    """Whether a name stands for a property of the regions in sight."""
    return scope.regions is not None and name in PROPERTIES


def named(here: Place, name: str) -> Value:
    """The property of that name."""
    sight, known = here.scope.regions, PROPERTIES[name]
    assert sight is not None
    if not has_meaning(here, known, sight):
        return here.unknown(NOT_KNOWN)
    if known.needs_image and sight.image is None:
        here.report(messages.PROPERTY_OF_IMAGE, name=name)
        return here.unknown(NOT_KNOWN)
    kind = kind_of(known, sight)
    return here.property(name, kind) if kind else here.unknown(NOT_KNOWN)


def has_meaning(here: Place, known: Property, sight: RegionsInSight) -> bool:
    """Report a property that the axes worked on do not have."""
    worked = sight.around.worked
    if worked is None or known.dimensions is None or len(worked) in known.dimensions:
        return True
    mistake = messages.PROPERTY_OF_VOLUMES if len(worked) < 3 else messages.PROPERTY_OF_PLANES
    here.report(mistake, name=known.name, ndim=len(worked))
    return False


def kind_of(known: Property, sight: RegionsInSight) -> Kind | None:
    """What a property's values are: an image of no shape, with one number a region instead of one a pixel; a list of
    them where it has parts. None while the regions or the image are not known."""
    regions, worked, image = sight.regions, sight.around.worked, sight.image
    if worked is None or regions.shape is None or (known.needs_image and (image is None or not image.is_complete)):
        return None
    kind = known.gives(regions, image)
    if regions.spacing:
        kind = replace(kind, spacing=tuple(regions.spacing[axis] for axis in worked))
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
