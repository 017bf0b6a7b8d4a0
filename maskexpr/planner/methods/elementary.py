"""Elementary functions and powers: by a table where an integer image can hold few values, else straight into the
result's block."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.kernels import elementary as kernels
from maskexpr.kernels.elementary.blocks import bytes_for
from maskexpr.library import OPERATORS
from maskexpr.library import operators as symbols
from maskexpr.library.pixelwise import elementary as meaning
from maskexpr.planner.methods import tables
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import Bytes, Method, Place, Run, chunk, constant_of, runs
from maskexpr.program.running import work_type
from maskexpr.program.steps import Step

_POWER = OPERATORS["**"]
_KERNELS: dict[Any, Callable[..., Any]] = {
    meaning.exp.record: kernels.exp,
    meaning.log.record: kernels.log,
    meaning.log2.record: kernels.log2,
    meaning.log10.record: kernels.log10,
    meaning.sin.record: kernels.sin,
    meaning.cos.record: kernels.cos,
    meaning.tan.record: kernels.tan,
    meaning.arctan2.record: kernels.arctan2,
    meaning.hypot.record: kernels.hypot,
    _POWER: symbols.raised,
}
_SQUARE, _ROOT = 2, 0.5  # exponents


@runs(meaning.sqrt, *_KERNELS)
def elementary(step: Step) -> Method | None:
    """A function whose result is floating, or a power."""
    work, function = work_type(step), step.function
    exponent = constant_of(step.operands["b"]) if function is _POWER else None
    by_table = None if exponent == _SQUARE else tables.by_table(step)  # a product is found as fast
    if by_table or not step.kind.is_array or work.kind == "O":
        return by_table
    if work.kind != "f":
        return Method(_whole_power(work, exponent == _SQUARE), cost=1 if exponent == _SQUARE else 8, memory=chunk)
    if function is meaning.sqrt.record:
        return Method(_floating(np.sqrt, work), memory=_bytes_converted(step, work))
    if exponent in (_SQUARE, _ROOT):
        return Method(_floating(symbols.raised, work), cost=1, memory=_bytes_converted(step, work))
    taken, converted = bytes_for(work, len(step.operands)), _bytes_converted(step, work)
    return Method(
        _floating(_KERNELS[function], work),
        memory=lambda shape: taken(math.prod(shape)) + converted(shape),
        word="rounded once, block by block",
    )


@takes(*_KERNELS)
def of_samples(step: Step) -> Bytes | None:
    """Of samples and numbers, which are computed as they are."""
    work = work_type(step)
    if work.kind != "f":
        return None
    exponent = constant_of(step.operands["b"]) if step.function is _POWER else None
    is_simple = exponent in (_SQUARE, _ROOT)  # which NumPy does without buffers of ours
    taken = (lambda size: 0) if is_simple else bytes_for(work, len(step.operands))
    return lambda shape: taken(math.prod(shape)) + (8 * len(step.operands) + 8) * math.prod(shape)


def _floating(kernel: Callable[..., Any], work: np.dtype[Any]) -> Run:
    """The plain function, straight into the result."""

    def run(given: Any, out: Any, place: Place) -> Any:
        return kernel(*(_in_type(v, work, place, f"operand {i}") for i, v in enumerate(given)), out=out)

    return run


def _in_type(value: Any, work: np.dtype[Any], place: Place, name: str) -> Any:
    """An operand in the type of the result, which integers and narrower floating values are not."""
    if not isinstance(value, np.ndarray):
        return work.type(value)
    if value.dtype == work:
        return value
    converted = place.scratch(name, value.shape, work)
    np.copyto(converted, value, casting="unsafe")
    return converted


def _bytes_converted(step: Step, work: np.dtype[Any]) -> Bytes:
    """What operands take that are converted, and a mask of the pixels that are infinite."""
    converted = sum(o.kind.is_array and o.kind.dtype != work for o in step.operands.values())
    return lambda shape: (work.itemsize * converted + 1) * math.prod(shape)


def _whole_power(work: np.dtype[Any], is_square: bool) -> Run:
    """Whole powers of integers in a type that holds operands and result, straight into the result's type."""

    def run(given: Any, out: Any, place: Place) -> Any:
        a, b = (v if isinstance(v, np.ndarray) else work.type(v) for v in given)
        if is_square:
            return np.multiply(a, a, out=out, dtype=work, casting="unsafe")
        return np.power(a, b, out=out, dtype=work, casting="unsafe")

    return run
