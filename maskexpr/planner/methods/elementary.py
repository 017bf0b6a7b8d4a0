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
ROUNDED_ONCE = "rounded once, block by block"  # how a kernel does it, where nothing shorter gives the same
_SQUARE, _ROOT = 2, 0.5  # exponents
_WIDE = np.dtype(np.float64)
_PRODUCTS = (2, 3, 4)  # those of integers that are multiplied as fast as they are looked up
# Those of narrower floats for which float64 holds all but the last product or quotient exactly: so that it is rounded
# once, and then to their type, as the kernel has it.
_EXACT_PRODUCTS = (3, 4, -1, -2)


@runs(meaning.sqrt, *_KERNELS)
def elementary(step: Step) -> Method | None:
    """A function whose result is floating, or a power."""
    work, function = work_type(step), step.function
    exponent = constant_of(step.operands["b"]) if function is _POWER else None
    by_table = None if exponent in _PRODUCTS else tables.by_table(step)
    if by_table or not step.kind.is_array or work.kind == "O":
        return by_table
    if work.kind != "f":
        is_product = exponent in _PRODUCTS
        return Method(_whole_power(work, exponent if is_product else None), cost=1 if is_product else 8, memory=_chunks)
    if function is meaning.sqrt.record:
        return Method(_floating(np.sqrt, work), memory=_bytes_converted(step, work))
    if exponent in (_SQUARE, _ROOT):
        return Method(_floating(symbols.raised, work), cost=1, memory=_bytes_converted(step, work))
    if exponent in _EXACT_PRODUCTS and work.itemsize < _WIDE.itemsize and step.operands["a"].kind.dtype == work:
        return Method(_by_products(exponent), cost=4, memory=lambda shape: 8 * math.prod(shape) + 2 * chunk(shape))
    taken, converted = bytes_for(work, len(step.operands)), _bytes_converted(step, work)
    return Method(
        _floating(_KERNELS[function], work),
        memory=lambda shape: taken(math.prod(shape)) + converted(shape),
        word=ROUNDED_ONCE,
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


def _chunks(shape: tuple[int, ...]) -> float:
    return 2 * chunk(shape)


def _whole_power(work: np.dtype[Any], product_of: int | None) -> Run:
    """Whole powers of integers in a type that holds operands and result, straight into the result's type; those that
    are products of a few factors as such."""

    def run(given: Any, out: Any, place: Place) -> Any:
        a, b = (v if isinstance(v, np.ndarray) else work.type(v) for v in given)
        if product_of is None:
            return np.power(a, b, out=out, dtype=work, casting="unsafe")
        np.multiply(a, a, out=out, dtype=work, casting="unsafe")
        if product_of > _SQUARE:
            np.multiply(out, a if product_of % 2 else out, out=out, dtype=work, casting="unsafe")
        return out

    return run


def _by_products(exponent: int) -> Run:
    def run(given: Any, out: Any, place: Place) -> Any:
        a, power = given[0], place.scratch("products", out.shape, _WIDE)
        if exponent == -1:
            np.divide(1.0, a, out=power, dtype=_WIDE)
        else:
            np.multiply(a, a, out=power, dtype=_WIDE)
            if exponent < 0:
                np.divide(1.0, power, out=power)
            else:
                np.multiply(power, a if exponent % 2 else power, out=power)
        np.copyto(out, power, casting="same_kind")
        return out

    return run
