"""One step by its method alone, without a plan around it."""

from typing import Any

import numpy as np

from helpers.both_ways import bound, expect_bits
from maskexpr.kernels import packed
from maskexpr.kernels.scratch import Scratch
from maskexpr.planner.methods import method_of
from maskexpr.planner.methods.method import Form, Method, Place, form_shape, form_type
from maskexpr.program.running import run_body
from maskexpr.program.steps import Step


def last_step(text: str, values: dict[str, Any]) -> tuple[Step, dict[Step, Any]]:
    """The step that a program ends with, and the values of its operands."""
    checked, arrays = bound(text, values)
    found: dict[Step, Any] = {}
    last = checked.outputs[0][1]
    for step in checked.needed():
        if step.function is None:
            found[step] = arrays[step.name] if step.name else step.kind.constant
        elif step is not last:
            found[step] = run_body(step, {name: found[operand] for name, operand in step.operands.items()})
    return last, {operand: found[operand] for operand in last.operands.values()}


def method(text: str, **values: Any) -> Method:
    """How the last step of a program is run."""
    return method_of(last_step(text, values)[0])


def expect_body(text: str, *forms: Form, **values: Any) -> None:
    """The method gives what the body gives, in each of the forms it has, whatever was in the memory it writes to."""
    step, operands = last_step(text, values)
    made = method_of(step)
    assert [form for form in ("plain", "packed") if getattr(made, form) is not None] == [*forms], text
    wanted = run_body(step, {name: operands[operand] for name, operand in step.operands.items()})
    for form in forms:
        given = [_in_form(operands[operand], form) for operand in step.operands.values()]
        before = [np.copy(value) for value in given]
        out = None if made.whole else np.full(form_shape(step.kind, form), 1).astype(form_type(step.kind, form))
        found = made.run(form)(given, out, Place(Scratch()))
        for value, old in zip(given, before, strict=True):
            np.testing.assert_array_equal(value, old, text)
        if form == "packed" and step.kind.name == "mask":
            plain = packed.unpack(found, step.kind.shape[-1])
            np.testing.assert_array_equal(found, packed.pack(plain), "bits behind the end of a row")
            found = plain
        expect_bits(found, wanted, f"{text}, {form}")


def _in_form(value: Any, form: Form) -> Any:
    is_mask = isinstance(value, np.ndarray) and value.dtype == bool
    return packed.pack(value) if is_mask and form == "packed" else value
