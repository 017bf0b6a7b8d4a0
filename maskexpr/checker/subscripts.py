"""`value[...]`: samples of an image or of samples, a part of an image, or one item of a list."""

import math
from dataclasses import replace
from typing import Any

from maskexpr.checker import columns, predicates
from maskexpr.checker.context import Selection, Value
from maskexpr.checker.place import Place
from maskexpr.checker.shapes import agree
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import Mistake
from maskexpr.kinds.kind import ARRAYS, GIVEN, SAMPLED, SAMPLES, SCALARS, TRUTH, Kind, number, quantity, text, unknown
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.library import OPERATORS

Subscripts = list[Value | nodes.Slice]
_TAKES_SAMPLES = frozenset({"mask", "mask samples"})


class _BadSubscript(Exception):
    """Ends a crop whose mistake was reported."""


def index(here: Place, node: nodes.Index) -> Value:
    """Samples where the subscript is a mask or samples of one, else an item of a list or a crop."""
    value = here.value(node.value)
    if value.kind.options == predicates.NOT_KNOWN or value.kind.name == "list":
        return _part(here, value, node)
    if value.kind.name == "table":
        return columns.subscript(here, value, node)
    if not value.kind.may_be(ARRAYS | SAMPLES):
        # What is wrong with an item of a list that is not known yet can be said only when it is.
        if not (isinstance(node.value, nodes.Index) and _is_open(value)):
            here.at(node.value).report(messages.INDEX_KIND, kind=value.kind.word)
        return here.unknown()
    there = columns.within(here, value)
    subscripts: Subscripts = [s if isinstance(s, nodes.Slice) else there.value(s) for s in node.subscripts]
    if there is not here and len(subscripts) == 1 and _is_text(subscripts[0]):
        return here.unknown(SAMPLES)
    masks = [s for s in subscripts if isinstance(s, Value) and s.kind.surely(_TAKES_SAMPLES)]
    if masks and len(subscripts) > 1:
        fields = {"text": here.quote(node.value), "mask": here.quote(masks[0])}
        here.at(masks[0]).report(messages.INDEX_MASK_WITH_OTHERS, **fields)
        return here.unknown()
    if masks:
        return _samples(here, value, masks[0], node)
    if isinstance(subscripts[0], Value) and subscripts[0].kind.name == "unknown" and len(subscripts) == 1:
        return here.unknown(SAMPLES if value.kind.surely(SAMPLES) else GIVEN | SAMPLES | _table(value))
    if value.kind.surely(SAMPLES):
        text = here.bracketed(node.value)
        mask = text if value.kind.name == "mask samples" else f"{text} > 0"
        here.report(messages.INDEX_SAMPLES, text=text, mask=mask)
        return here.unknown()
    return _crop(here, value, subscripts, node)


def _is_text(subscript: Value | nodes.Slice) -> bool:
    return isinstance(subscript, Value) and subscript.kind.name == "text"


def _table(value: Value) -> frozenset[str]:
    """What rows of a value are where it may turn out to be a table."""
    return frozenset({"table"}) if value.kind.may_be({"table"}) else frozenset()


def _part(here: Place, value: Value, node: nodes.Index) -> Value:
    """An item of a list, or of a property of regions that are not known yet."""
    for part in node.subscripts:  # which may be the only place that names an input
        if not isinstance(part, nodes.Slice):
            here.value(part)
    return _item(here, value, node) if value.kind.name == "list" else here.unknown(value.kind.options)


def _is_open(value: Value) -> bool:
    """Whether a value depends on an input that is not given yet."""
    return value.step.function is None and not value.step.name and not value.kind.is_constant


def _samples(here: Place, value: Value, mask: Value, node: nodes.Index) -> Value:
    kind = value.kind
    if kind.name == "colour":
        mistake, fields = here.context.of_colour(messages.INDEX_COLOUR, value)
        fields |= {"text": here.quote(node.value), "mask": f"[{here.quote(node.subscripts[0])}]"}
        here.at(node.value).report(mistake, **fields)
        return here.unknown()
    operands = {"value": value, "mask": mask}
    selections = here.context.steps.selections
    if not agree(here, operands) or not kind.is_complete or not mask.kind.is_complete:
        names = frozenset(SAMPLED[n] for n in SAMPLED if kind.may_be({n, SAMPLED[n]}))
        found = columns.OPEN if kind.is_of_rows else unknown(names | _table(value))
        taken = here.alone(found, {name: operand.step for name, operand in operands.items()})
    else:
        most = math.prod(mask.kind.shape) if mask.kind.shape is not None else mask.kind.most
        samples = replace(kind, name=SAMPLED.get(kind.name, kind.name), shape=None, most=most, grid=None)
        taken = here.apply(OPERATORS["samples"], operands, samples)
    # In a `def` a mask may be called what is no name outside.
    text = here.quote(mask) if here.scope.inside is None else mask.step.source.quote(mask.step.span)
    selections[taken.step] = Selection(mask.step, text)
    return taken


def _item(here: Place, value: Value, node: nodes.Index) -> Value:
    """One number of a list: `centroid(m)[0]`."""
    kind, part = value.kind, node.subscripts[0]
    if kind.is_constant:
        kind = replace(kind, shape=(len(kind.constant),))
    if kind.shape is None and _is_open(value):
        return here.unknown(frozenset({"number"}))
    if kind.shape is None:
        here.report(messages.ITEM_UNKNOWN, text=here.quote(node.value))
        return here.unknown()
    if len(node.subscripts) > 1 or isinstance(part, nodes.Slice):
        here.report(messages.ITEM_ONE, text=here.quote(node.value))
        return here.unknown()
    try:
        i = _position(here.at(part), here.value(part), messages.ITEM_OUTSIDE, 0, kind.shape[0])
    except _BadSubscript:
        return here.unknown()
    if i is None:
        return here.unknown(frozenset({"number", "text"}))
    i %= kind.shape[0]
    if here.context.steps.is_property(value.step):
        return predicates.part(here, value, i)
    if kind.is_constant:
        return here.constant(_kind_of_item(kind.constant[i]))
    return here.apply(
        OPERATORS["item"], {"value": value}, replace(number(kind.range), bounds=kind.bounds), {"index": i}
    )


def _kind_of_item(item: Any) -> Kind:
    if isinstance(item, Quantity):
        return quantity(item.value, item.power)
    return text(item) if isinstance(item, str) else number(constant=item)


# --- crops -----------------------------------------------------------------------------------------------------------


def _crop(here: Place, value: Value, subscripts: Subscripts, node: nodes.Index) -> Value:
    kind, written = value.kind, here.quote(node.value)
    if kind.shape is None and kind.is_complete:
        here.report(messages.INDEX_OF_PROPERTY, text=written)
        return here.unknown()
    if kind.ndim is not None and len(subscripts) > kind.ndim:
        mistake = messages.INDEX_CHANNEL if kind.name == "colour" else messages.INDEX_TOO_MANY
        here.report(mistake, count=len(subscripts), ndim=kind.ndim, text=written)
        return here.unknown()
    parts: list[slice | int | None] = []
    for axis, (subscript, part) in enumerate(zip(subscripts, node.subscripts, strict=True)):
        length = kind.shape[axis] if kind.shape is not None else None
        try:
            if isinstance(subscript, Value):
                parts.append(_position(here.at(part), subscript, messages.INDEX_OUTSIDE, axis, length))
            else:
                parts.append(_slice(here.at(part), subscript, axis, length))
        except _BadSubscript:
            return here.unknown()
    if kind.shape is None or not kind.is_complete or None in parts:
        return here.unknown(_crop_options(kind, subscripts))
    return here.apply(OPERATORS["crop"], {"value": value}, _cropped(kind, parts), {"subscripts": tuple(parts)})


def _crop_options(kind: Kind, subscripts: Subscripts) -> frozenset[str]:
    """What a crop may be while the image is not known: a single pixel too, unless there are slices or axes left."""
    names = frozenset(n for n in ARRAYS if kind.may_be({n}))
    is_part = any(isinstance(s, nodes.Slice) for s in subscripts) or (kind.ndim or 0) > len(subscripts)
    if is_part:
        return names
    pixels = {"truth"} if names == {"mask"} else SCALARS if "mask" in names else {"number"}
    return names | pixels | ({"image"} if "colour" in names else frozenset())


def _position(here: Place, value: Value, outside: Mistake, axis: int, length: int | None) -> int | None:
    """A subscript that picks one; `outside` says what is wrong where the axis has no such position."""
    i = _whole(here, value, messages.INDEX_NOT_WHOLE)
    if i is not None and length is not None and not -length <= i < length:
        here.report(outside, index=i, axis=axis, length=length, last=length - 1)
        raise _BadSubscript
    return i


def _slice(here: Place, node: nodes.Slice, axis: int, length: int | None) -> slice | None:
    bounds: list[int | None] = []
    known = True
    for part in (node.start, node.stop, node.step):
        bound = None if part is None else _whole(here.at(part), here.value(part), messages.INDEX_BOUND)
        known = known and (part is None or bound is not None)
        bounds.append(bound)
    if bounds[2] == 0:
        here.report(messages.INDEX_STEP_ZERO)
        raise _BadSubscript
    if not known or length is None:
        return None
    whole = range(*slice(*bounds).indices(length))
    if not whole:
        here.report(messages.INDEX_EMPTY, axis=axis, length=length)
        raise _BadSubscript
    return slice(*bounds)


def _whole(here: Place, value: Value, wrong: Mistake) -> int | None:
    """A subscript that is known before the run; None while it depends on an input that was not given."""
    kind = value.kind
    if not kind.may_be({"number"}):
        here.report(wrong, kind=kind.word)
        raise _BadSubscript
    if not kind.is_constant:
        if kind.name == "number":
            here.report(messages.NOT_CONSTANT, what="a subscript")
            raise _BadSubscript
        return None
    if isinstance(kind.constant, float) and kind.constant % 1 != 0:
        here.report(wrong, kind="fraction")
        raise _BadSubscript
    return int(kind.constant)


def _cropped(kind: Kind, parts: list[Any]) -> Kind:
    assert kind.shape is not None
    wholes = [*parts, *[slice(None)] * (len(kind.shape) - len(parts))]
    taken = [
        range(*part.indices(length)) if isinstance(part, slice) else range(part % length, part % length + 1)
        for part, length in zip(wholes, kind.shape, strict=True)
    ]
    kept = [axis for axis, part in enumerate(wholes) if isinstance(part, slice)]
    shape = [len(taken[axis]) for axis in kept]
    spacing = [kind.spacing[axis] * abs(taken[axis].step) for axis in kept] if kind.spacing else []
    if not shape and kind.name == "colour":
        return replace(kind, name="image", shape=(kind.channels,), channels=0, spacing=None, grid=None)
    if not shape:
        return TRUTH if kind.name == "mask" else number(kind.range)
    grid = kind.grid and kind.grid.cropped([part.start for part in taken], [part.step for part in taken], kept)
    return replace(kind, shape=tuple(shape), spacing=tuple(spacing) or None, grid=grid)
