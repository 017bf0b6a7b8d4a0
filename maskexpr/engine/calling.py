"""How a program is called with ordinary arrays that look like ones it was called with before: at once."""

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np

from maskexpr.checker.arrays import ends
from maskexpr.checker.given import are_bits
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.engine.prepared import OwnArrays, Prepared, Stages
from maskexpr.engine.wanted import Wanted
from maskexpr.planner.plan import Plan, tasks_of

Given = Mapping[str, Any]
Warn = Callable[[tuple[Diagnostic, ...]], None]

_ARRAY = np.ndarray
_LOOKED_AT = "lLqQ"  # types of integers that may have 64 bits
_EXACT = frozenset((int, bool, str))
_FLOATING = frozenset((float, np.float64, np.float32))


def look(given: Given) -> Any:
    """What tells runs of one engine apart where the inputs are ordinary arrays, and params numbers or texts; None for
    anything else. 64-bit integers are told by the smallest and largest."""
    key: list[Any] = []
    for name, value in given.items():
        kind = type(value)
        if kind is _ARRAY:
            shape, dtype = value.shape, value.dtype
            flags = value.flags
            key += (name, shape, dtype, flags.c_contiguous or flags.f_contiguous * 2)
            if not shape:
                return None
            if dtype.char in _LOOKED_AT and dtype.itemsize == 8 and value.size:
                key += ends(value)
        elif kind in _EXACT or (kind in _FLOATING and value == value and value != 0):  # 0.0 is -0.0 for a dict
            key += (name, kind, value)
        else:
            return None
    return tuple(key)


def are_as_bits(given: Given, names: Iterable[str]) -> bool:
    """Whether each byte of some masks is 0 or 1; others are converted."""
    return all(are_bits(given[name]) for name in names)


def wanted_as_bits(given: Given, plan: Plan) -> tuple[str, ...]:
    """The masks that are to be so, among inputs that are ready: not what is counted and looked at as it is."""
    arrays = {name: value for name, value in given.items() if type(value) is _ARRAY}
    masks = tuple(name for name, value in arrays.items() if value.dtype.kind == "b")
    if not masks or not all(value.flags.c_contiguous for value in arrays.values()):
        return masks
    wanted = {step.name for _, step in plan.rewritten.outputs}
    for task in (task for stage in plan.stages for task in tasks_of(stage)):
        if not task.method.lenient or task.form != "plain":
            wanted.update(operand.name for operand in task.step.operands.values())
    return tuple(name for name in masks if name in wanted)


def looking(labels: Collection[str]) -> Callable[[Given], Any]:
    """How to look where some inputs are declared as labels, which none is below 0 of."""
    return functools.partial(_look_at_labels, tuple(labels)) if labels else look


def _look_at_labels(labels: tuple[str, ...], given: Given) -> Any:
    for name in labels:
        value = given.get(name)
        if type(value) is not _ARRAY or value.dtype.kind != "i" or not value.size or value.min() < 0:
            return None
    return look(given)


def ready(given: Given, bound: Stages, warn: Warn) -> Callable[[Given], Any] | None:
    """How inputs that look the same as these run; None where they need more than that look: their values are looked at,
    or they are not taken as they are, or their results may lack data and are looked at once more."""
    prepared = bound.prepared
    if prepared.watched.valid or any(bound.arrays[n] is not given[n] for n, k in bound.kinds.items() if k.is_array):
        return None
    is_only = len(prepared.checked.outputs) == 1
    at_once = brief(bound, is_only=is_only)
    if at_once is not None:
        return at_once
    is_silent = prepared.watched.is_idle and not prepared.checked.diagnostics
    is_brief = prepared.engine.is_brief(bound.declared.limits.seconds)
    wanted = None if is_brief else Wanted(bound.declared.limits)
    return functools.partial(_run, prepared, warn, wanted, is_silent=is_silent, is_only=is_only)


def brief(bound: Stages, *, is_only: bool) -> Callable[[Given], Any] | None:
    """How arrays as these run at once, of which nothing is to be said, and with results of their own; None for others
    and for what has a deadline near."""
    prepared = bound.prepared
    if prepared.watched.valid or not prepared.watched.is_idle or prepared.checked.diagnostics:
        return None
    engine, flags = prepared.engine, [v.flags for v in bound.arrays.values() if isinstance(v, _ARRAY)]
    if not engine.is_brief(bound.declared.limits.seconds):
        return None
    if all(f.c_contiguous for f in flags):
        return engine.brief_run(is_only=is_only)
    return engine.brief_run_of_turned(is_only=is_only) if all(f.f_contiguous for f in flags) else None


def _run(prepared: Prepared, warn: Warn, wanted: Wanted | None, given: Given, *, is_silent: bool, is_only: bool) -> Any:
    """Run what is ready as long as it may take, giving out what is suspicious in it and what the run finds."""
    if not is_silent:
        warn(prepared.checked.diagnostics)
    if wanted is not None:
        values = wanted.run(lambda: prepared.run(given, warn), prepared.checked)
    else:
        values = prepared.engine.run_here(given) if is_silent else prepared.run(given, warn)
    own = OwnArrays(given.values())
    if is_only:
        return own.take(next(iter(values.values())))
    return {name: own.take(value) for name, value in values.items()}
