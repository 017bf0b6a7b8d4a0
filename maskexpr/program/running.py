"""One step by its plain body: what every faster way to run it must equal."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from maskexpr.functions.arguments import Refused, part_name
from maskexpr.functions.record import Function
from maskexpr.kinds.ranges import smallest_type, union
from maskexpr.program.steps import Step


def run_body(step: Step, values: Mapping[str, Any]) -> Any:
    """Apply a step's function to its operands' values; a number comes back as a plain Python one.

    Raises whatever the body raises; `Refused` is its word for a fault of the pixels.
    """
    return body_of(step)(values)


def body_of(step: Step, *, quietly: bool = True) -> Callable[[Mapping[str, Any]], Any]:
    """The same for many values: what follows from the step alone is looked up once. What floating point warns of is
    kept quiet, or else that is seen to by the caller."""
    function = step.function
    assert function is not None
    settings = dict(step.settings)
    if "kind" in function.filled_in:
        settings["kind"] = step.kind
    if "colours" in function.filled_in:
        settings["colours"] = step.operands["im"].kind
    if "work" in function.filled_in:
        settings["work"] = work_type(step)

    bounded = [p for p in function.parameters if p.takes.is_bounded and p.name in step.operands]
    several = _several(function)

    def run(values: Mapping[str, Any]) -> Any:
        for parameter in bounded:
            try:
                parameter.takes.check_number(values[parameter.name])
            except Refused as refused:
                raise Refused(refused.mistake, parameter.name, **refused.fields) from None
        arguments = {**(_gathered(several, values) if several else values), **settings}
        if function.is_of_host:
            return _of_host(step, arguments)
        if not quietly:
            return _plain(step, function.body(**arguments))
        with np.errstate(all="ignore"):
            return _plain(step, function.body(**arguments))

    return run


def _plain(step: Step, result: Any) -> Any:
    if step.kind.name == "truth":
        return bool(result)
    if step.kind.name == "number" and isinstance(result, np.generic):
        return result.item()
    return result


def _of_host(step: Step, arguments: Mapping[str, Any]) -> Any:
    """The same for a function that is not ours: it is given what it cannot write to, and held to what it declares."""
    assert step.function is not None
    with np.errstate(all="ignore"):
        result = step.function.body(**{name: _read_only(value) for name, value in arguments.items()})
    kind = step.kind
    if kind.is_array:
        shape = (*(kind.shape or ()), *([kind.channels] if kind.channels else []))
        fits = isinstance(result, np.ndarray) and result.shape == shape and result.dtype == kind.dtype
    elif kind.is_samples:
        fits = isinstance(result, np.ndarray) and result.ndim == 1 and result.dtype == kind.dtype
    else:
        fits = kind.name not in ("number", "truth") or isinstance(result, int | float | np.number | np.bool_)
    if not fits:
        found = f"{result.dtype} of shape {result.shape}" if isinstance(result, np.ndarray) else type(result).__name__
        raise TypeError(f"{step.function.name} is declared to give {kind}, and gives {found}")
    return _plain(step, result)


def _read_only(value: Any) -> Any:
    if isinstance(value, list):
        return [_read_only(item) for item in value]
    if not isinstance(value, np.ndarray):
        return value
    view = value.view()
    view.flags.writeable = False
    return view


def _several(function: Function) -> list[str]:
    """The parameters that take lists of operands."""
    several = [p.name for p in function.parameters if p.takes.several]
    return several + [name for name in ("numbers",) if name in function.filled_in]


def _gathered(several: Iterable[str], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Operands by parameter, those of a list together again."""
    gathered = {name: value for name, value in values.items() if "[" not in name}
    for name in several:
        parts = itertools.takewhile(values.__contains__, (part_name(name, i) for i in itertools.count()))
        gathered[name] = [values[part] for part in parts]
    return gathered


def work_type(step: Step) -> np.dtype[Any]:
    """A type that holds every operand and the result; Python integers where no integer type holds them all."""
    values = step.kind.range
    if values is None:
        dtype = step.kind.dtype
        return np.dtype(np.float64) if dtype is None else dtype
    ranges = [o.kind.range for o in step.operands.values() if o.kind.range is not None]
    return smallest_type(union(values, *ranges)) or np.dtype(object)
