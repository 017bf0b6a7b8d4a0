"""Which steps and values are the same: keys that are equal where the same comes out, bit for bit.

Whoever makes a step once, or keeps a value for later, asks here: the checker, the rewrites, a session, and a program
that keeps what it has checked and planned.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from maskexpr.kinds.kind import NOT_CONSTANT, Kind
from maskexpr.program.steps import Step

Key = tuple[object, ...]


class Composed:
    """A setting that is made of steps itself, as a condition on regions is.

    `steps` stand after their operands, the last of them is the result; those without a function are constants, or what
    the setting is about, by name. `numbers` are steps of the program around it: their values come with the operands of
    the call, in this order, so that they count by their places alone.
    """

    __slots__ = ()
    steps: tuple[Step, ...]
    numbers: tuple[Step, ...]


def of_step(step: Step, of_operand: Callable[[Step], object] = id, version: object = None) -> Key:
    """What a step does: a function with exact settings, applied to operands, of which `of_operand` says which they are.

    By itself that is for steps that are made once, and stay. `version` tells apart what was given for one input at
    different times. The kind follows from the rest in a checked program, but not where a rule put one step for another.
    """
    if step.function is not None:
        operands = tuple([(name, of_operand(operand)) for name, operand in step.operands.items()])
        settings = tuple([(name, of_value(value)) for name, value in step.settings.items()])
        return step.function, operands, settings, of_kind(step.kind)
    if step.name:
        return "input", step.name, version
    if step.kind.is_constant:
        return "constant", of_kind(step.kind)
    return "open", id(step)


def of_value(value: Any) -> object:
    """A constant with its type, other than Python compares them: 0.0 is not -0.0, 1 neither 1.0 nor true, but nan is
    nan."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return kind, value
    if isinstance(value, Composed):
        return _of_composed(value)
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return kind, value.dtype.str, value.shape, value.tobytes()
    return kind, repr(value)


def of_kind(kind: Kind) -> Key:
    """All of a kind that values depend on; not where its shape comes from."""
    values, constant = kind.range, kind.constant
    ends = None if values is None else (values.low, values.high)  # numbers are hashed faster than their record
    known = None if constant is NOT_CONSTANT else of_value(constant)
    return kind.name, kind.shape, kind.dtype, ends, kind.channels, kind.spacing, kind.power, known, kind.grid


def of_inputs(kinds: Mapping[str, Kind], params: Mapping[str, Any]) -> Key:
    """What a program is checked for. The first of several images gives the grid, so that their order counts."""
    inputs = tuple([(name, of_kind(kind), kind.is_partial) for name, kind in kinds.items()])
    return inputs, tuple(sorted((name, of_value(value)) for name, value in params.items()))


def _of_composed(value: Composed) -> Key:
    """Its steps in order, each with its operands by their places in it: as long as the setting, however much of it is
    used several times."""
    places: dict[Step, object] = {step: ("number", i) for i, step in enumerate(value.numbers)}
    found: dict[Key, int] = {}
    for step in value.steps:
        key = of_step(step, places.__getitem__, of_kind(step.kind))
        places[step] = found.setdefault(key, len(found))
    return type(value), *found, places[value.steps[-1]]
