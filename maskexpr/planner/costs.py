"""Upper estimates of a program's time and memory, from the estimates of its functions."""

import math
from dataclasses import dataclass

from maskexpr.functions.record import Estimate
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Checked, Step


@dataclass(frozen=True, slots=True)
class Cost:
    """Estimated elementary operations of a run, and the most bytes it holds at once, inputs included."""

    operations: float
    memory: int


def estimate(checked: Checked) -> Cost:
    """Add up the operations; follow the values through the run for the memory."""
    steps = checked.needed()
    last_use = {id(operand): i for i, step in enumerate(steps) for operand in step.operands.values()}
    kept = {id(step) for _, step in checked.outputs} | {id(s) for s in steps if s.name}
    operations, peak = 0.0, 0
    held = sum(size(s.kind) for s in steps if s.name)
    for i, step in enumerate(steps):
        if step.function is None:
            continue
        operations += most_pixels(step) * operations_per_pixel(step)
        held += size(step.kind)
        peak = max(peak, held + int(most_pixels(step) * _value(step.function.memory, step)))
        dropped = {id(o): o for o in step.operands.values() if last_use[id(o)] == i and id(o) not in kept}
        held -= sum(size(o.kind) for o in dropped.values() if o.function is not None)
    return Cost(operations, max(peak, held))


def operations_per_pixel(step: Step) -> float:
    """Estimated elementary operations of a step's plain body, for each of its `most_pixels`."""
    return 0.0 if step.function is None else _value(step.function.cost, step)


def most_pixels(step: Step) -> int:
    """The pixels of the largest among a step's operands and its result."""
    return max([_pixels(step.kind), *(_pixels(o.kind) for o in step.operands.values())])


def _pixels(kind: Kind) -> int:
    return math.prod(kind.shape) if kind.shape is not None else 1


def _value(given: Estimate, step: Step) -> float:
    if not callable(given):
        return float(given)
    ndim = max((o.kind.ndim or 0 for o in step.operands.values()), default=0)
    return given(step.settings, ndim)


def size(kind: Kind) -> int:
    """Bytes of a value."""
    itemsize = kind.dtype.itemsize if kind.dtype is not None and kind.is_array else 8
    return _pixels(kind) * max(1, kind.channels) * itemsize
