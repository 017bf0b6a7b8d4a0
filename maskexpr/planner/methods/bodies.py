"""How what has no method runs: by its plain body from `library`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.functions.record import WHOLE, Function
from maskexpr.planner.methods.method import Bytes, Method, Place, per_pixel
from maskexpr.program.running import body_of, work_type
from maskexpr.program.steps import Step

# Bytes a pixel of Python's own integers: three arrays of pointers, and the numbers.
_OF_PYTHON = per_pixel(3 * 8 + 2 * 40)

Taker = Callable[[Step], Bytes | None]
_TAKERS: dict[Function, Taker] = {}


def takes(*functions: Any) -> Callable[[Taker], Taker]:
    """Declare the bytes that the bodies of some functions take where they depend on more than their records can say;
    None leaves a case to the record."""

    def register(taker: Taker) -> Taker:
        for function in functions:
            _TAKERS[function if isinstance(function, Function) else function.record] = taker
        return taker

    return register


def by_body(step: Step) -> Method:
    """How such a step runs: on blocks of rows if its function says how far it looks, else on whole arrays."""
    names, local = tuple(step.operands), _is_local(step)
    of_all = body_of(step, quietly=False)

    def run(given: Any, out: Any, place: Place) -> Any:
        part = _of_rows(step, given) if local else step
        result = (of_all if part is step else body_of(part, quietly=False))(dict(zip(names, given, strict=True)))
        if local and any(np.may_share_memory(result, v) for v in given if isinstance(v, np.ndarray)):
            return result.copy()  # the operand's memory will be used again
        return result

    return Method(run, whole=not local, fresh=True, memory=_memory(step), word="plain body")


def _memory(step: Step) -> Bytes | None:
    function = step.function
    assert function is not None
    if step.kind.holds_pixels and "work" in function.filled_in and work_type(step).kind == "O":
        return _OF_PYTHON
    taker = _TAKERS.get(function)
    return taker(step) if taker else None


def _of_rows(step: Step, given: Any) -> Step:
    """The step as it is for the rows of a block: a body may look at the shape of its result."""
    shape = step.kind.shape
    rows = next(len(v) for v in given if isinstance(v, np.ndarray))
    if not shape or rows == shape[0]:
        return step
    return replace(step, kind=replace(step.kind, shape=(rows, *shape[1:])))


def _is_local(step: Step) -> bool:
    """Whether the body gives the rows of a block from the same rows, and those within its halo, of its operands."""
    function = step.function
    assert function is not None
    arrays = [o.kind for o in step.operands.values() if o.kind.is_array]
    return (
        function.parts != "whole"
        and function.looks(step.settings, len(step.kind.shape or (0,))) != WHOLE
        and bool(step.kind.is_array and step.kind.shape and arrays)
        and all(k.shape == step.kind.shape for k in arrays)
    )
