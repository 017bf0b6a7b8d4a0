"""What is measured, or found as a whole, in images of which some pixels lack data: statistics, thresholds, regions; and
what the language says of such pixels itself."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.checker.held import Held, Writing, in_order
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, part_name
from maskexpr.functions.settling import Distance
from maskexpr.kinds.kind import mask_of, number
from maskexpr.library import PLANNED, elements
from maskexpr.program.steps import Step

# --- statistics ------------------------------------------------------------------------------------------------------


def samples(at: Writing) -> Held:
    """A statistic is one of the pixels that have data; along axes, of those of each line; lines of none have none."""
    first = next(iter(at.operands))
    value, valid = at.operands[first].step, at.operands[first].valid
    if valid is None:
        return Held(at.again())
    if not at.step.kind.is_array:  # along all axes, if any are named: samples have none
        settings = {"axes": None} if "axes" in at.step.settings else {}
        return Held(at.set(settings, **{first: at.samples(value, valid)}))
    found = at.instead(f"{at.function.name} of lines", valid=valid)
    kind = found.kind
    mask = mask_of(kind)
    return at.cut(found, at.call("any", {"m": valid}, {"axes": at.setting("axes")}, mask))


def within(at: Writing) -> Held:
    """Thresholds, and what is made by one: found within the pixels that have data."""
    valid = at.operands["im"].valid
    if valid is None:
        return Held(at.again())
    limited = at.operands.get("within")
    within = at.both(limited.step if limited is not None else None, valid)
    assert within is not None
    value = at.again(within=within)
    return at.cut(value, valid) if value.kind.is_array else Held(value)


def ends(at: Writing) -> Held:
    """`normalize`: the ends that are not given are those of the pixels that have data."""
    image = at.operands["im"]
    if image.valid is None:
        return Held(at.again())
    counted: Step | None = image.valid
    if image.step.kind.range is None:
        counted = at.both(image.valid, at.call("isfinite", {"im": image.step}))
    assert counted is not None
    taken = at.samples(image.step, counted)
    ends = {}
    for name, function in (("low", "min"), ("high", "max")):
        if name not in at.operands:
            ends[name] = at.call(function, {"im": taken}, {"axes": None}, number(image.step.kind.range))
    return Held(at.again(**ends), image.valid)


def both(at: Writing) -> Held:
    """Two masks, or labels, are compared where both have data."""
    (a, one), (b, other) = list(at.operands.items())[:2]
    return Held(at.again(**{a: at.cut(one.step, other.valid).step, b: at.cut(other.step, one.valid).step}))


def negatives(at: Writing) -> Held:
    """What is off in two masks counts where both have data, too."""
    valid = at.everywhere_all
    return Held(at.again() if valid is None else at.instead(f"{at.function.name} within", within=valid))


# --- regions ---------------------------------------------------------------------------------------------------------


def distance(at: Writing) -> Held:
    """What lacks data is no background, as the outside is none; signed, on neither side."""
    m, valid = at.operands["m"].step, at.operands["m"].valid
    if valid is None or at.setting("border") == "empty":
        return Held(at.again(), valid)
    out = at.opposite(valid)
    if at.function.name == "distance":
        return Held(at.again(m=at.either(m, out)), valid)
    settings = {name: at.setting(name) for name in ("unit", "axes", "metric", "spacing")}
    settings["border"] = "image"
    inner = at.call("distance", {"m": at.either(m, out)}, settings, at.step.kind)
    outer = at.call("distance", {"m": at.opposite(m)}, settings, at.step.kind)
    sides = {"condition": m, "a": inner, "b": at.call("negate", {"a": outer}, kind=at.step.kind)}
    return Held(at.call("where", sides, kind=at.step.kind), valid)


def holes(at: Writing) -> Held:
    """Background that touches what lacks data is no hole."""
    m, valid = at.operands["m"].step, at.operands["m"].valid
    if valid is None:
        return Held(at.again())
    on = at.call(">", {"a": m, "b": at.constant(0)}) if m.kind.name == "labels" else m
    open_ = at.call("reconstruct", {"seed": at.opposite(valid), "within": at.opposite(on)}, _joining(at))
    return at.cut(at.cut(at.again(), at.opposite(open_)).step, valid)


def border(at: Writing) -> Held:
    """Regions that touch what lacks data touch the border; so do those in its margin."""
    m, valid = at.operands["m"].step, at.operands["m"].valid
    if "within" in at.operands:
        return at.cut(at.again(), at.everywhere_all)
    if valid is None:
        return Held(at.again())
    out = at.opposite(valid)
    if any(elements.halo(square := _square(at), m.kind.ndim or 0)):
        out = at.call("dilate", {"m": out}, square)
    if m.kind.name == "labels":
        near = at.call(
            "dilate", {"m": out}, {"n": Distance(Fraction(1)), "shape": "diamond", "axes": at.setting("axes")}
        )
        return Held(at.instead("clear_border and mask", touching=near), valid)
    touching = at.call("reconstruct", {"seed": out, "within": at.either(m, out)}, _joining(at))
    return Held(at.call("&", {"a": at.again(), "b": at.opposite(touching)}), valid)


def _square(at: Writing) -> Mapping[str, Any]:
    return {"n": at.setting("margin"), "shape": "square", "axes": at.setting("axes")}


def _joining(at: Writing) -> Mapping[str, Any]:
    return {"connectivity": at.setting("connectivity"), "axes": at.setting("axes")}


def levels(at: Writing) -> Held:
    """`hysteresis`: regions join through pixels that have data."""
    valid = at.everywhere_all
    return Held(at.again() if valid is None else at.instead("hysteresis within", within=valid), valid)


def peaks(at: Writing) -> Held:
    """There are no values where there is no data."""
    image, valid = at.operands["im"], at.everywhere_all
    if image.valid is None:
        return at.cut(at.again(), valid)
    kind, limited = image.step.kind, at.operands.get("within")
    im = at.filled(image.step, image.valid, np.nan if kind.range is None else kind.range.high)
    if limited is not None and limited.step.kind.name == "labels":
        within: Step | None = at.cut(limited.step, image.valid).step
    else:
        within = at.both(limited.step if limited is not None else None, image.valid)
    assert within is not None
    return at.cut(at.again(im=im, within=within), valid)


def zones(at: Writing) -> Held:
    """`label`: what lacks data is background."""
    m, valid = at.operands["m"].step, at.operands["m"].valid
    if valid is None or m.kind.name != "image":
        return at.cut(at.again(), valid)
    return at.cut(at.again(m=at.filled(m, valid, 0)), valid)


def areas(at: Writing) -> Held:
    """`area_open`, `area_close`: what lacks data connects nothing. Of a mask that is what is not looked at anyway, or
    what is on there."""
    m, valid = at.operands["m"].step, at.operands["m"].valid
    if valid is None:
        return Held(at.again())
    if m.kind.name == "image":
        return Held(at.instead(f"{at.function.name} within", within=valid), valid)
    closes = at.function.name == "area_close"
    return at.cut(at.again(m=at.either(m, at.opposite(valid))) if closes else at.again(), valid)


def flood(at: Writing) -> Held:
    """No water where there is no data."""
    valid = at.everywhere_all
    if valid is None:
        return Held(at.again())
    limited, markers = at.operands.get("within"), at.operands.get("markers")
    within = at.both(limited.step if limited is not None else None, valid)
    assert within is not None
    if markers is None:  # the minima among pixels that have data
        return Held(at.instead("watershed of data", within=within, data=valid), valid)
    changed = {"within": within}
    if markers.valid is not None and markers.step.kind.name == "image":  # which may hold any number there
        changed["markers"] = at.filled(markers.step, markers.valid, 0)
    return Held(at.again(**changed), valid)


def split(at: Writing) -> Held:
    """An object that a lack of data cuts is not narrower there: of `split`, and of `medial_axis`."""
    valid = at.operands["m"].valid
    return Held(at.again() if valid is None else at.instead(f"{at.function.name} within", within=valid), valid)


def painted(at: Writing) -> Held:
    """Labels are 0 where there is no data, so that nothing is painted there."""
    return at.cut(at.again(), at.operands["labels"].valid)


def measured(at: Writing) -> Held:
    """`keep` and `measure`: grey values are measured where there are some; and regions that touch what lacks data touch
    the border."""
    valid, is_table = at.operands["m"].valid, at.step.kind.name == "table"
    images = [held for name, held in at.operands.items() if name.partition("[")[0] == "of"]
    added: dict[str, Step] = {}
    if any(image.valid is not None for image in images):
        masks = [image.valid or at.everywhere(image.step.kind) for image in images]
        added = {part_name("measured", i) if is_table else "measured": mask for i, mask in enumerate(masks)}
    if valid is not None and "touches_border" in _measured_by(at):
        added["data"] = valid
    value = at.instead(f"{at.function.name} by measured", **added) if added else at.again()
    return Held(value, None if is_table else valid)


def _measured_by(at: Writing) -> set[str]:
    """The names of the properties that a step goes by."""
    predicate, properties = at.setting("predicate"), at.setting("properties")
    return predicate.measured if predicate is not None else {one.name for one in properties.asked}


# --- no data in the language -----------------------------------------------------------------------------------------


def valid(at: Writing) -> Held:
    valid = at.operands["x"].valid
    return Held(at.everywhere(at.step.kind) if valid is None else valid)


def fill(at: Writing) -> Held:
    """Other values there: a number, or those of the nearest pixels."""
    x = at.operands["x"]
    if x.valid is None:
        return Held(at.again())
    if at.value("value").kind.name == "text":
        return Held(at.call("fill by nearest", {"x": x.step, "valid": x.valid}, kind=at.step.kind))
    choice = {"condition": x.valid, "a": x.step, "b": at.value("value")}
    return Held(at.call("where", choice, kind=at.step.kind))


def stored(at: Writing) -> Held:
    """Another value than that which lacks data, of the same numbers."""
    x = at.operands["x"]
    return Held(x.step if x.valid is None else at.again())


def own(at: Writing) -> Held:
    """What has a function beside it that says where it has data."""
    first = next(iter(at.operands.values()))
    kind = at.step.kind
    mask = mask_of(kind)
    name = f"valid of {at.function.name}"
    operands = {name: held.step for name, held in at.operands.items()}
    settings = dict(at.step.settings)
    if first.valid is None:
        settings["valid"] = None
    else:
        operands["valid"] = first.valid
    return at.cut(at.again(), at.call(name, in_order(PLANNED[name], operands), settings, mask))


def refused(at: Writing) -> Held:
    """What looks at all of an image, and does not say what it makes of pixels without data."""
    if at.everywhere_all is None:
        return Held(at.again())
    text = next(name for name, held in at.operands.items() if held.valid is not None)
    operand = at.step.operands[text]
    raise Refused(
        messages.NO_DATA_UNKNOWN, function=at.function.name, text=operand.name or operand.source.quote(operand.span)
    )
