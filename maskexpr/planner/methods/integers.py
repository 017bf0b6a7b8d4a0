"""What only whole numbers have, quotients without fractions and bits, written straight into the result's block."""

from typing import Any

import numpy as np

from maskexpr.library import OPERATORS
from maskexpr.library.pixelwise import flags
from maskexpr.planner.methods.method import Bytes, Method, Place, chunk, constant_of, no_bytes, per_pixel, runs
from maskexpr.program.running import work_type
from maskexpr.program.steps import Step

_DIVISIONS: dict[Any, Any] = {OPERATORS["//"]: np.floor_divide, OPERATORS["%"]: np.remainder}


@runs(*_DIVISIONS)
def division(step: Step) -> Method | None:
    """Where no divisor can be 0, which the plain body looks for; NumPy is several times as fast where it is one number
    in the type of the pixels."""
    function, work = step.function, work_type(step)
    assert function is not None
    kinds = {name: operand.kind for name, operand in step.operands.items()}
    if not step.kind.is_array or work.kind == "O" or not function.never_refuses(kinds):
        return None
    ufunc = _DIVISIONS[function]
    divisor = constant_of(step.operands["b"])
    number = None if divisor is None else np.array(divisor, work)

    def run(given: Any, out: Any, place: Place) -> Any:
        a, b = (v if isinstance(v, np.ndarray) else work.type(v) for v in given)
        return ufunc(a, b if number is None else number, out=out, dtype=work, casting="unsafe")

    def run_alike(given: Any, out: Any, place: Place) -> Any:
        return ufunc(given[0], number, out)

    is_alike = number is not None and {step.kind.dtype, kinds["a"].dtype} == {work}
    return Method(run_alike if is_alike else run, quiet=work.kind in "iu", memory=_converted(work))


def _converted(work: np.dtype[Any]) -> Bytes:
    return lambda shape: 2 * chunk(shape) * work.itemsize / 8


@runs(flags.bit)
def bit(step: Step) -> Method | None:
    """The bit alone is left, and compared with 0."""
    dtype = step.operands["im"].kind.dtype
    if not step.kind.is_array or dtype is None:
        return None
    unsigned = np.dtype(f"u{dtype.itemsize}")
    alone, none = np.array(1 << step.settings["n"], unsigned), np.array(0, unsigned)

    def run(given: Any, out: Any, place: Place) -> Any:
        im = given[0].view(unsigned)
        left = out.view(unsigned) if unsigned.itemsize == 1 else place.scratch("bits", out.shape, unsigned)
        np.bitwise_and(im, alone, left)
        return np.not_equal(left, none, out)

    memory = no_bytes if unsigned.itemsize == 1 else per_pixel(unsigned.itemsize)
    return Method(run, quiet=True, memory=memory)


@runs(flags.bits)
def bits(step: Step) -> Method | None:
    """Moved down, and those above taken off."""
    dtype, low, high = step.operands["im"].kind.dtype, step.settings["low"], step.settings["high"]
    if not step.kind.is_array or dtype is None:
        return None
    unsigned, kept = np.dtype(f"u{dtype.itemsize}"), step.kind.dtype
    down, below = np.array(low, unsigned), np.array(2 ** (high - low + 1) - 1, unsigned)

    def run(given: Any, out: Any, place: Place) -> Any:
        moved = out if kept == unsigned else place.scratch("bits", out.shape, unsigned)
        np.right_shift(given[0].view(unsigned), down, moved)
        return np.bitwise_and(moved, below, out, casting="unsafe")

    memory: Bytes = no_bytes if kept == unsigned else lambda shape: per_pixel(unsigned.itemsize)(shape) + chunk(shape)
    return Method(run, quiet=True, memory=memory)
