"""What is suspicious in a call that fits: warnings, and how it would be written otherwise."""

import re
from collections.abc import Mapping
from typing import Any

from maskexpr.checker import comparisons
from maskexpr.checker.context import Value
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.record import Function
from maskexpr.functions.settling import Distance
from maskexpr.library import OPERATORS
from maskexpr.program.steps import Step

Given = Mapping[str, Value]
_AXES = re.compile(r",?\s*axes\s*=\s*$")
Settings = Mapping[str, Any]


def look_at(here: Place, function: Function, given: Given, result: Value, around: Surroundings) -> None:
    """Warn of what is suspicious in a call; `result` is its value."""
    step = result.step
    for parameter, symbol in function.compares.items():
        _compared(here, symbol, next(iter(given.values())), given.get(parameter))
    if step.function is not function:
        return  # it was computed at once
    if function.spoilt_by and not step.kind.is_array:
        finite = _finite(here, next(iter(given.values())), given.get("axes"))
        if finite:
            here.context.steps.finite.setdefault(step, finite)
    if not _is_chosen(here, given):
        _reach(here, function, step.settings, around)
    _places(here, step, given)


def _compared(here: Place, symbol: str, image: Value, other: Value | None) -> None:
    if other is None or not (image.kind.is_complete and other.kind.is_complete):
        return
    if symbol == "in":
        comparisons.look_among(here.at(other), image, other)
    else:
        comparisons.look_at(here.at(other), symbol, image, other, is_part=True)


# --- statistics of finite values -------------------------------------------------------------------------------------


def _finite(here: Place, values: Value, axes: Value | None) -> str:
    """The call as it would be written of the finite ones of its values, which have no axes, not even all; "" where that
    cannot be said."""
    written, call = values.span, here.span
    if not (call.start <= written.start and written.stop <= call.stop):
        return ""
    source, behind = here.source, call._replace(start=written.stop)
    rest = source.slice(behind)
    if axes is not None and axes.kind.constant is not None:
        if not (written.stop <= axes.span.start and axes.span.stop <= call.stop):
            return ""
        before = _AXES.sub("", source.slice(behind._replace(stop=axes.span.start)))
        rest = before + source.slice(behind._replace(start=axes.span.stop)).lstrip()
    text = source.slice(call._replace(stop=written.start)) + _finite_values(here, values) + rest
    return " ".join(text.split())


def _finite_values(here: Place, values: Value) -> str:
    if values.kind.name != "samples" or values.step.function is not OPERATORS["samples"]:
        text = here.bracketed(values)
        return f"{text}[isfinite({here.quote(values)})]"
    image, mask = (_written(here, step) for step in values.step.operands.values())
    return f"{image}[{mask} & isfinite({image})]"


def _written(here: Place, step: Step) -> str:
    """A value by the name that it has here, or as it was written."""
    name = next((name for name, other in here.scope.values.items() if other is step), step.name)
    return name or here.bracketed(Value(step, step.span))


# --- reaches ---------------------------------------------------------------------------------------------------------


def _is_chosen(here: Place, given: Given) -> bool:
    """Whether the reach has a name, a param's say, and that is 0: no reach is what somebody asked for."""
    n = given.get("n", given.get("sigma"))
    return n is not None and n.kind.is_constant and n.kind.constant == 0 and here.quote(n).isidentifier()


def _reach(here: Place, function: Function, settings: Settings, around: Surroundings) -> None:
    """Warn of a reach that is less than a pixel along all axes."""
    halo, n = function.halo, settings.get("n")
    if around.ndim is None or halo == 0 or (callable(halo) and any(halo(settings, around.ndim))):
        return
    if isinstance(n, Distance):
        if callable(halo) or n.radius:  # none at all may be meant by what looks at the whole image
            _reaches_nothing(here, function, n, around)
        return
    for name in ("sigma", "low") if callable(halo) else ():
        if isinstance(settings.get(name), tuple):
            text = ", ".join(f"{sigma:g}" for sigma in dict.fromkeys(settings[name]))
            here.report(messages.SIGMA_TOO_SMALL, function=function.name, name=name, value=text)


def _reaches_nothing(here: Place, function: Function, n: Distance, around: Surroundings) -> None:
    worked = around.worked or ()
    if any(n.reach(axis) for axis in worked):
        return  # a pattern that holds a single pixel
    least = "1"
    if n.spacing:
        least = f"{float(min(n.spacing[axis] for axis in worked)):g}mm"
    here.report(messages.REACH_NO_PIXEL, function=function.name, value=n, least=least)


# --- places ----------------------------------------------------------------------------------------------------------


def _places(here: Place, step: Step, given: Given) -> None:
    """Warn of numbers of which the function says something, where all of them are known."""
    function = step.function
    numbers = {name: o.kind for name, o in step.operands.items() if not o.kind.holds_pixels}
    if function is None or function.remark is None or not all(kind.is_constant for kind in numbers.values()):
        return
    known = {**step.settings, **{name: kind.constant for name, kind in numbers.items()}}
    said = function.remark(known, step.kind.shape or ())
    if said is not None:
        here.report(said.mistake, function=function.name, **said.fields)
