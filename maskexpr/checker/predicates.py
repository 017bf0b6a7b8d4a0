"""Conditions on regions, such as `area >= 50 & solidity > 0.8` in `keep`: names of properties stand for one number a
region, and all else must be a number."""

from collections.abc import Callable
from dataclasses import replace

from maskexpr.checker.application import Given, worked_axes
from maskexpr.checker.context import Context, RegionsInSight, Scope, Value
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Span
from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import ARITHMETIC, LOGICAL, SCALARS, Kind
from maskexpr.language import nodes
from maskexpr.library.regions.keeping import Predicate
from maskexpr.library.regions.records import PROPERTIES, SIZE, Property
from maskexpr.program.steps import Step, in_order

Check = Callable[[Context, Scope, nodes.Expression], Value]
_SUBJECTS = {"operators", "pixelwise", "measures"}  # their functions do to numbers of regions what they do to pixels
NOT_KNOWN = ARITHMETIC | {"length", "size"}  # what may be compared with anything a property may


def check(c: Context, scope: Scope, node: nodes.Expression, function: Function, given: Given, check_: Check) -> Value:
    """The predicate as a constant; after a mistake, or while the regions are not known, a stand-in."""
    regions = given["m"].kind
    around = Surroundings(regions.ndim, regions.spacing)
    around = replace(around, axes=worked_axes(function, given, around))
    sight = RegionsInSight(regions, around, given["of"].kind if "of" in given else None)
    value = check_(c, replace(scope, regions=sight), node)
    text = scope.source.quote(node.span)
    if not value.kind.may_be(LOGICAL):
        c.report(messages.PREDICATE_KIND, scope, node.span, text=text)
    elif value.kind.is_complete:
        steps = list(in_order(value.step))
        own = _of_regions(c, steps)
        numbers = tuple(s for s in steps if s not in own and _is_used(s, own) and not s.kind.is_constant)
        if _fits(c, scope, node.span, value.step, own, numbers):
            kept = tuple(s for s in steps if s in own or s.kind.is_constant)
            predicate = Kind("predicate", constant=Predicate(text, kept, numbers))
            return Value(Step(predicate, scope.source, node.span), node.span)
    return Value(Step(Kind("unknown", options=frozenset({"predicate"})), scope.source, node.span), node.span)


# --- properties ------------------------------------------------------------------------------------------------------


def is_property(scope: Scope, name: str) -> bool:
    """Whether a name stands for a property of the regions in sight."""
    return scope.regions is not None and name in PROPERTIES


def named(c: Context, scope: Scope, node: nodes.Name) -> Value:
    """The property of that name."""
    sight, known = scope.regions, PROPERTIES[node.text]
    assert sight is not None
    worked = sight.around.worked
    if worked is not None and known.dimensions is not None and len(worked) not in known.dimensions:
        fields = {"name": node.text, "ndim": len(worked)}
        mistake = messages.PROPERTY_OF_VOLUMES if len(worked) < 3 else messages.PROPERTY_OF_PLANES
        c.report(mistake, scope, node.span, **fields)
        return c.unknown(scope, node.span, NOT_KNOWN)
    if known.needs_image and sight.image is None:
        c.report(messages.PROPERTY_OF_IMAGE, scope, node.span, name=node.text)
        return c.unknown(scope, node.span, NOT_KNOWN)
    kind = _kind(known, sight)
    return c.property(node.text, kind, scope, node.span) if kind else c.unknown(scope, node.span, NOT_KNOWN)


def _kind(known: Property, sight: RegionsInSight) -> Kind | None:
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


def part(c: Context, scope: Scope, value: Value, i: int, span: Span) -> Value:
    """One part of a property that has several: `centroid[0]`, a position along the first of the axes worked on."""
    kind = replace(value.kind, name="image", shape=None, power=1)
    if kind.spacing:
        kind = replace(kind, spacing=(kind.spacing[i % len(kind.spacing)],))
    return c.property(f"{value.step.name}[{i}]", kind, scope, span)


# --- what a condition may hold ---------------------------------------------------------------------------------------


def _of_regions(c: Context, steps: list[Step]) -> set[Step]:
    """The steps that depend on a property; `steps` stand after their operands."""
    own = set[Step]()
    for step in steps:
        if c.is_property(step) or not own.isdisjoint(step.operands.values()):
            own.add(step)
    return own


def _is_used(step: Step, own: set[Step]) -> bool:
    return any(step in s.operands.values() for s in own)


def _fits(c: Context, scope: Scope, span: Span, result: Step, own: set[Step], numbers: tuple[Step, ...]) -> bool:
    if result not in own:
        c.report(messages.PREDICATE_NO_PROPERTY, scope, span)
        return False
    fits = True
    for step in own:
        function = step.function
        if function is not None and function.group not in _SUBJECTS:
            c.report(messages.PREDICATE_FUNCTION, scope, _place(scope, step, span), function=function.name)
            fits = False
    for step in numbers:
        if step.kind.name not in SCALARS:
            place = _place(scope, step, span)
            text = step.name or scope.source.quote(place)
            c.report(messages.PREDICATE_OUTER, scope, place, text=text, kind=step.kind.word)
            fits = False
    return fits


def _place(scope: Scope, step: Step, span: Span) -> Span:
    """Where a step was written, if that is within the condition."""
    inside = step.source is scope.source and span.start <= step.span.start and step.span.stop <= span.stop
    return step.span if inside else span
