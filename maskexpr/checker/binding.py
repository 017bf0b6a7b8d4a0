"""What a caller gives, bound to the inputs and params of a program: arrays that the steps can use, the kinds that the
checker needs, values of params."""

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from maskexpr.checker import given as given_arrays
from maskexpr.checker.arrays import input_value
from maskexpr.checker.image import Image, turned_back
from maskexpr.checker.params import literal, param_value, written_value
from maskexpr.containers import Made, library_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import MOST_SHOWN, Diagnostic, InputError
from maskexpr.diagnostics.foreign_names.properties import FOREIGN_PROPERTIES, FOREIGN_VALUES, USUAL, worded
from maskexpr.diagnostics.nearest import known_as, nearest
from maskexpr.diagnostics.source import Source
from maskexpr.functions.arguments import Refused
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import Kind
from maskexpr.library import PROPERTIES
from maskexpr.program.steps import Checked, InputInfo, ParamInfo, valid_name

__all__ = [
    "Image",
    "bind",
    "giver",
    "is_masked",
    "literal",
    "param_value",
    "parameter",
    "parameter_value",
    "params",
    "taken",
]

_LITERALS = ("true", "false", "none")


def bind(
    checked: Checked, source: Source, catalogue: Mapping[str, Function], given: Mapping[str, Any], *, run: bool
) -> tuple[dict[str, Any], dict[str, Kind], dict[str, Any]]:
    """Sort what was given into arrays, their kinds, and params; every mistake is reported at once. Beside the array of
    an input that lacks data somewhere stands the mask of where it has it.

    To `run` takes pixels; to check, a (shape, dtype) will do.
    """
    infos = {i.name: i for i in checked.inputs}
    params = {p.name: p for p in checked.params}
    missing = {i.name: i for i in checked.inputs if i.name not in given}
    found: list[Diagnostic] = []
    arrays: dict[str, Any] = {}
    kinds: dict[str, Kind] = {}
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            if name in params:
                values[name] = param_value(params[name], value)
            elif name in infos or checked.uses_grid:
                arrays[name], kinds[name], valid = input_value(infos.get(name) or InputInfo(name), value, run=run)
                if valid is not None:
                    arrays[valid_name(name)] = valid
            else:
                found.append(_unknown(name, [*infos, *params], missing))
        except Refused as refused:
            found.append(_about(name, refused))
    for info in missing.values():
        found.append(_missing(info, checked, source, catalogue, suggest=len(found) < MOST_SHOWN))
    if found:
        raise InputError(found)
    return arrays, kinds, values


def params(checked: Checked, inputs: Iterable[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of params of a program that is bound to its inputs; every mistake is reported at once."""
    infos = {p.name: p for p in checked.params}
    values: dict[str, Any] = {}
    found: list[Diagnostic] = []
    for name, value in given.items():
        if name in infos:
            try:
                values[name] = param_value(infos[name], value)
            except Refused as refused:
                found.append(_about(name, refused))
        elif name in inputs:
            found.append(messages.INPUT_NO_PARAM.anywhere(name=name))
        else:
            found.append(_unknown(name, infos, {}))
    if found:
        raise InputError(found)
    return values


def is_masked(value: Any) -> bool:
    """Whether a masked array is given."""
    return given_arrays.is_masked(value.array if isinstance(value, Image) else value)


def giver(given: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Callable[[Made], Any] | None:
    """What gives results back as the first input that has a grid is: as an image of its library, or with their axes in
    its order; None where they are plain arrays. It gives None for what cannot be so."""
    for name, kind in kinds.items():
        if kind.grid is None:
            continue
        value = given[name]
        axes = value.axes if isinstance(value, Image) else None
        held = value.array if isinstance(value, Image) else value
        library = None if type(held) is np.ndarray else library_of(held)
        if library is not None:
            return functools.partial(library.given_back, held)
        return None if axes is None else functools.partial(turned_back, axes)
    return None


def taken(value: Any, name: str, kind: str | None = None) -> tuple[Any, Kind]:
    """A value as a program with an input of that name, and maybe of a declared kind, would take it; and its kind."""
    try:
        return input_value(InputInfo(name, kind), value, run=True)[:2]
    except Refused as refused:
        raise InputError(_about(name, refused)) from None


def valid(value: Any, name: str, kind: str | None = None) -> Any:
    """Where a value has data, as `taken` would have it; None for everywhere."""
    try:
        return input_value(InputInfo(name, kind), value, run=True)[2]
    except Refused as refused:
        raise InputError(_about(name, refused)) from None


def parameter(info: ParamInfo, written: str) -> Any:
    """A value for a param as it is written on a command line: a number, true, false, a length, or a bare text."""
    try:
        return written_value(info, written)
    except Refused as refused:
        raise InputError(_about(info.name, refused)) from None


def parameter_value(info: ParamInfo, value: Any) -> Any:
    """A value for a param as a caller gives it, checked against its declaration."""
    try:
        return param_value(info, value)
    except Refused as refused:
        raise InputError(_about(info.name, refused)) from None


def _about(name: str, refused: Refused) -> Diagnostic:
    """What is wrong with the value that was given by a name."""
    return refused.mistake.anywhere(**{"name": name, **refused.fields})


def _unknown(name: str, known: Iterable[str], missing: dict[str, InputInfo]) -> Diagnostic:
    """A name that the program does not have; one that is like a missing input stands for it."""
    near = nearest(name, missing)
    if near:
        del missing[near]
        return messages.INPUT_UNKNOWN_NEAR.anywhere(name=name, near=near)
    return messages.INPUT_UNKNOWN.anywhere(name=name, names=", ".join(known) or "none")


def _missing(
    info: InputInfo, checked: Checked, source: Source, catalogue: Mapping[str, Function], *, suggest: bool
) -> Diagnostic:
    place = (info.source or source, info.span)
    if info.meant is not None:
        return info.meant
    declared = (*(p.name for p in checked.params), *(i.name for i in checked.inputs))
    known = itertools.chain(checked.assigned, declared, PROPERTIES if info.in_condition else ())
    foreign = FOREIGN_PROPERTIES.get(known_as(info.name, FOREIGN_PROPERTIES)) if info.in_condition else None
    if foreign:
        way = worded(*foreign)
        return messages.INPUT_MISSING_PROPERTY_FOREIGN.at(*place, name=info.name, way=way)
    if info.name in catalogue:
        return messages.INPUT_MISSING_FUNCTION.at(*place, name=info.name)
    if info.name in PROPERTIES:
        return messages.INPUT_IS_PROPERTY.at(*place, name=info.name, usual=USUAL.get(info.name, "> 1"))
    near = FOREIGN_VALUES.get(info.name, "")
    if not near and suggest:
        lowered = info.name.lower()
        near = lowered if lowered in _LITERALS else nearest(info.name, (n for n in known if n != info.name))
    mistake = messages.INPUT_MISSING_PROPERTY if info.in_condition else messages.INPUT_MISSING
    if near:
        mistake = messages.INPUT_MISSING_NEAR
    if info.name in checked.assigned:
        mistake = messages.INPUT_LATER
    return mistake.at(*place, name=info.name, near=near, instead=near if near.isidentifier() else "")
