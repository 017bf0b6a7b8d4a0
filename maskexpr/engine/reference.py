"""The plain evaluation: each step by its body, one after another. The oracle of every faster way to run."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import RunError
from maskexpr.functions.arguments import Refused
from maskexpr.program.running import run_body
from maskexpr.program.steps import Checked, Step


def run(checked: Checked, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a checked program for these inputs; what the pixels make impossible is a RunError."""
    steps = checked.needed()
    last_use = {id(operand): i for i, step in enumerate(steps) for operand in step.operands.values()}
    last_use.update({id(step): len(steps) for _, step in checked.outputs})
    values: dict[int, Any] = {}
    for i, step in enumerate(steps):
        values[id(step)] = _value(step, inputs, values)
        for operand in step.operands.values():
            if last_use[id(operand)] == i:
                values.pop(id(operand), None)
    return {name: values[id(step)] for name, step in checked.outputs}


def _value(step: Step, inputs: Mapping[str, Any], values: Mapping[int, Any]) -> Any:
    if step.function is None:
        return _in_order(inputs[step.name]) if step.name else step.kind.constant
    operands = {name: values[id(operand)] for name, operand in step.operands.items()}
    try:
        return run_body(step, operands)
    except Refused as refused:
        blamed = step.operands.get(refused.argument)
        fields = {"name": refused.argument, **refused.fields}
        place = blamed if blamed is not None and blamed.source is step.source and _within(blamed, step) else step
        raise RunError(refused.mistake.at(place.source, place.span, **fields)) from None
    except MemoryError:
        raise RunError(messages.OUT_OF_MEMORY.at(step.source, step.span)) from None


def _in_order(value: Any) -> Any:
    """An array row by row, so that no sum and no vectorised function depends on how it lay in memory."""
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value


def _within(part: Step, whole: Step) -> bool:
    """Whether an operand was written where it is used, and not on an earlier line."""
    return whole.span.start <= part.span.start and part.span.stop <= whole.span.stop
