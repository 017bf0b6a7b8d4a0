"""What functions make of pixels without data, one rule for each word that a record may have for it.

A rule writes steps: of what a function gives, and of where that has data. Masks are off and labels 0 where they have
none, always, so that what takes them finds the outside of the image there.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.checker import measuring
from maskexpr.checker.held import CUT, Held, Writing
from maskexpr.functions.record import WHOLE, Function, Halo
from maskexpr.functions.settling import NAMED_SHAPES, Distance
from maskexpr.kinds.kind import INTENSITIES, SEGMENTATIONS, TRUTH, Kind, mask_of
from maskexpr.library.filters.smoothing import is_counted
from maskexpr.program.steps import Step

Rule = Callable[[Writing], Held]


def rule_of(function: Function) -> Rule:
    """What is done about the operands of a step that lack data."""
    return RULES[function.without_data or _derived(function)]


def is_window(step: Step) -> bool:
    """Whether it lacks data where its window does anywhere."""
    function = step.function
    assert function is not None
    word = function.without_data or _derived(function)
    return word in ("window", "cross") or (word == "counted" and not counts_some(step))


def lacks_of_itself(step: Step) -> bool:
    """Whether pixels of it may be without data although all that it is made of has data: an input that says so, what
    is put on another grid, and windows in which nothing may count."""
    if step.function is None:
        return bool(step.name) and step.kind.is_partial
    return step.function.without_data == "own" or counts_some(step)


def counts_some(step: Step) -> bool:
    """Whether it is a filter of some of a window's pixels, of which there may be none."""
    return bool(step.function and step.function.without_data == "counted" and is_counted(step.settings))


def _derived(function: Function) -> str:
    """The word for a function that has none of its own: by how far it looks, and at what."""
    if "grid" in function.filled_in:
        return "everywhere"
    if function.halo == 0:
        return "pixelwise"
    if not any(parameter.takes.kinds & _MEASURED for parameter in function.parameters):
        return "off"
    return "refused" if function.halo == WHOLE else "window"


_MEASURED = INTENSITIES | {"samples"}


# --- each pixel by itself --------------------------------------------------------------------------------------------


def _pixelwise(at: Writing) -> Held:
    """With data where all operands have it. What may refuse values is shown 1 for those that are none."""
    valid = at.everywhere_all
    if valid is None or not at.step.kind.holds_pixels:
        return Held(at.again())
    changed: dict[str, Step] = {}
    if not at.function.never_refuses({name: o.kind for name, o in at.step.operands.items()}):
        arrays = {n: h.step for n, h in at.operands.items() if h.step.kind.holds_pixels}
        changed = {n: at.filled(o, valid, 1) for n, o in arrays.items() if o.kind.name not in CUT}
    return at.cut(at.again(**changed), valid)


def _everywhere(at: Writing) -> Held:
    return Held(at.again())


def _choice(at: Writing) -> Held:
    """`where`: with data where the condition has it, and what is chosen."""
    condition, a, b = (at.operands[name] for name in ("condition", "a", "b"))
    if not at.step.kind.holds_pixels:
        return Held(at.again())
    chosen: Step | None = None
    if a.valid is not None and b.valid is not None:
        masks = {"condition": condition.step, "a": a.valid, "b": b.valid}
        chosen = at.call("where", masks, kind=a.valid.kind)
    elif a.valid is not None:
        chosen = at.either(at.opposite(condition.step), a.valid)
    elif b.valid is not None:
        chosen = at.either(condition.step, b.valid)
    return at.cut(at.again(), at.both(condition.valid, chosen))


def _part(at: Writing) -> Held:
    """A crop. A single pixel without data is no number."""
    value = at.operands["value"]
    if value.valid is None:
        return Held(at.again())
    subscripts = at.setting("subscripts")
    if at.step.kind.is_array and at.step.kind.name in INTENSITIES and value.step.kind.channels and not _keeps(at):
        truth = at.call("crop", {"value": value.valid}, {"subscripts": subscripts}, TRUTH)
        full = at.everywhere(at.step.kind)
        return Held(at.again(), at.call("&", {"a": full, "b": truth}))
    if at.step.kind.is_array:
        kind = at.step.kind
        mask = mask_of(kind)
        return Held(at.again(), at.call("crop", {"value": value.valid}, {"subscripts": subscripts}, mask))
    if at.step.kind.name == "truth":
        return Held(at.again())
    there = at.call("crop", {"value": value.valid}, {"subscripts": subscripts}, TRUTH)
    return Held(at.call("pixel with data", {"pixel": at.again(), "valid": there}, kind=at.step.kind))


def _taken(at: Writing) -> Held:
    """Samples have data where the pixels have it that they are of."""
    value = at.operands["value"]
    return Held(at.again(), None if value.valid is None else at.samples(value.valid, at.value("mask")))


def _keeps(at: Writing) -> bool:
    """Whether a crop of a colour image leaves axes beside its channels."""
    return at.step.kind.channels > 0


# --- masks and windows -----------------------------------------------------------------------------------------------


def _off(at: Writing) -> Held:
    """Masks are off outside while a function lasts, then it is cut; no pixel loses its data."""
    value = at.again()
    return at.cut(value, at.everywhere_all) if value.kind.holds_pixels else Held(value)


def _window(at: Writing) -> Held:
    """With data where all of the window has it, as far as the image goes: what is reflected lies there too."""
    valid, settings = at.everywhere_all, at.step.settings
    value = at.again()
    if valid is None or not value.kind.holds_pixels:
        return Held(value)
    if "shape" in settings:
        return at.cut(value, _all_around(at, valid, {name: settings[name] for name in ("n", "shape", "axes")}))
    reaches = _reaches(at.function.halo, settings, len(valid.kind.shape or ()))
    if not any(reaches):
        return at.cut(value, valid)
    box = Distance(Fraction(1), tuple(Fraction(1, reach) if reach else Fraction(2) for reach in reaches))
    return at.cut(value, _all_around(at, valid, {"n": box, "shape": "square", "axes": None}))


def _reaches(halo: Halo, settings: Mapping[str, Any], ndim: int) -> tuple[int, ...]:
    """How many pixels a window reaches along each axis; one that has no bounds is no window."""
    if callable(halo):
        return halo(settings, ndim)
    assert halo != WHOLE
    return (int(halo),) * ndim


def _counted(at: Writing) -> Held:
    """A filter that may count some pixels of a window alone: what lacks data does not count then, and the result has
    data where the image has it and the window holds as many as are asked for."""
    within, valid = at.operands.get("within"), at.operands["im"].valid
    if not counts_some(at.step):
        return _window(at)
    counted = at.both(within.step if within is not None else None, valid)
    value = at.again() if counted is None else at.again(within=counted)
    rank = at.setting("rank") or 0
    around = {name: at.setting(name) for name in ("n", "shape", "axes")}
    least, border = -rank if rank < 0 else rank + 1, at.setting("border")
    is_near = around["shape"] in NAMED_SHAPES and border not in (
        "wrap",
        "constant",
    )  # what is reflected is in the window
    if least == 1 and is_near:
        found = None if counted is None else at.call("dilate", {"m": counted}, around)
    else:
        of = at.everywhere(value.kind) if counted is None else counted
        found = at.call("enough in windows", {"m": of}, {**around, "border": border, "least": least})
    return at.cut(value, at.both(found, valid))


def _cross(at: Writing) -> Held:
    """The same of a window that is the pixel and those beside it."""
    valid = at.everywhere_all
    if valid is None:
        return Held(at.again())
    around = {"n": Distance(Fraction(1)), "shape": "diamond", "axes": at.setting("axes")}
    return at.cut(at.again(), _all_around(at, valid, around))


def _all_around(at: Writing, valid: Step, around: Mapping[str, Any]) -> Step:
    """Where a window holds nothing but data. What is reflected or repeated from the border lies in the window too; what
    comes from the other side does not."""
    border = at.setting("border") or "reflect"
    if border == "wrap" or around["shape"] not in NAMED_SHAPES:
        holes = at.call("where", {"condition": valid, "a": at.constant(0), "b": at.constant(1)})
        most = at.call("rank_filter", {"im": holes}, {**around, "rank": -1, "border": border}, holes.kind)
        return at.call("==", {"a": most, "b": at.constant(0)})
    return at.opposite(at.call("dilate", {"m": at.opposite(valid)}, around))


# --- grey morphology -------------------------------------------------------------------------------------------------

_LOW, _HIGH = "dilate", "erode"
_PARTS = {  # how the others are put together: of what, and whether the image is subtracted, or subtracted from
    "dilate": (_LOW,),
    "erode": (_HIGH,),
    "open": (_HIGH, _LOW),
    "close": (_LOW, _HIGH),
    "tophat": (_HIGH, _LOW),
    "blackhat": (_LOW, _HIGH),
    "boundary": (_HIGH,),
}


def _grey(at: Writing) -> Held:
    """Of images: pixels without data hold the value that changes nothing, at each dilation and erosion by itself."""
    name, valid = at.function.name, at.everywhere_all
    if valid is None or at.step.kind.name in SEGMENTATIONS:
        if valid is None or at.setting("border") != "ignore":
            return _off(at)
        return _ignored(at, valid) if at.value("m").kind.name == "mask" else measuring.refused(at)
    if name == "reconstruct":
        return _reconstructed(at, valid)
    image = found = at.value("m")
    settings = {name: at.setting(name) for name in ("n", "shape", "axes")}
    for part in _PARTS[name]:
        found = at.call(part, {"m": at.filled(found, valid, _neutral(found.kind, part))}, settings, found.kind)
        if settings["shape"] not in NAMED_SHAPES:  # a pattern without its centre may hold no pixel with data
            there, other = (1, 0) if part == _LOW else (0, 1)
            ones = {"condition": valid, "a": at.constant(there), "b": at.constant(other)}
            reached = at.call(part, {"m": at.call("where", ones)}, settings)
            valid = at.both(valid, at.call("!=", {"a": reached, "b": at.constant(other)}))
            assert valid is not None
    if name in ("tophat", "blackhat"):
        image = at.call("where", {"condition": valid, "a": image, "b": found}, kind=image.kind)  # 0 in holes
        more, less = (image, found) if name == "tophat" else (found, image)
        found = at.call("-", {"a": more, "b": less}, kind=at.step.kind)
    return Held(found, valid)


def _ignored(at: Writing, valid: Step) -> Held:
    """Of masks, where the outside is ignored: so is what lacks data, which is on when a mask is eroded."""
    m = found = at.value("m")
    settings = {name: at.setting(name) for name in ("n", "shape", "axes")}
    for part in _PARTS[at.function.name]:
        if part == _LOW:
            found = at.call(part, {"m": found}, settings, found.kind)
        else:
            on = at.either(found, at.opposite(valid))
            found = at.call(part, {"m": on}, {**settings, "border": "ignore"}, found.kind)
        found = at.cut(found, valid).step
    if at.function.name in ("tophat", "boundary"):
        found = at.call("&", {"a": m, "b": at.opposite(found)}, kind=at.step.kind)
    elif at.function.name == "blackhat":
        found = at.call("&", {"a": found, "b": at.opposite(m)}, kind=at.step.kind)
    return Held(found, valid)


def _ball(at: Writing) -> Held:
    """Pixels without data hold no ball down."""
    image, valid = at.value("im"), at.everywhere_all
    return Held(
        at.again() if valid is None else at.again(im=at.filled(image, valid, _neutral(image.kind, _HIGH))), valid
    )


def _neutral(kind: Kind, part: str) -> int | float:
    limits = kind.limits  # what stays where there is no data is within them too
    return limits.low if part == _LOW else limits.high


def _reconstructed(at: Writing, valid: Step) -> Held:
    """What lacks data carries nothing on: it is as low as can be in both images."""
    seed, within = at.value("seed"), at.value("within")
    if at.step.kind.range is None:
        dtype = at.step.kind.dtype
        return Held(
            at.again(**{n: at.filled(o, valid, -np.inf, dtype) for n, o in (("seed", seed), ("within", within))}), valid
        )
    low = min(o.kind.range.low for o in (seed, within) if o.kind.range is not None)
    return Held(at.again(seed=at.filled(seed, valid, low), within=at.filled(within, valid, low)), valid)


RULES: Mapping[str, Rule] = {
    "pixelwise": _pixelwise,
    "everywhere": _everywhere,
    "off": _off,
    "window": _window,
    "cross": _cross,
    "grey": _grey,
    "ball": _ball,
    "samples": measuring.samples,
    "within": measuring.within,
    "counted": _counted,
    "range": measuring.ends,
    "both": measuring.both,
    "negatives": measuring.negatives,
    "own": measuring.own,
    "choice": _choice,
    "part": _part,
    "taken": _taken,
    "distance": measuring.distance,
    "holes": measuring.holes,
    "border": measuring.border,
    "levels": measuring.levels,
    "peaks": measuring.peaks,
    "zones": measuring.zones,
    "areas": measuring.areas,
    "flood": measuring.flood,
    "split": measuring.split,
    "measured": measuring.measured,
    "painted": measuring.painted,
    "valid": measuring.valid,
    "fill": measuring.fill,
    "stored": measuring.stored,
    "refused": measuring.refused,
}
