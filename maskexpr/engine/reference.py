"""The plain evaluation: each step by its body, one after another. The oracle of every faster way to run."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import RunError
from maskexpr.functions.arguments import Refused
from maskexpr.kernels.stopping import note, pause
from maskexpr.program.liveness import ended, last_uses
from maskexpr.program.remarks import filled_in
from maskexpr.program.running import run_body
from maskexpr.program.steps import Checked, Domain, Step, in_order


def run(checked: Checked, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a checked program for these inputs; what the pixels make impossible is a RunError."""
    steps = checked.needed()
    done_with = ended(last_uses(([step] for step in steps), (step for _, step in checked.outputs)))
    values: dict[Step, Any] = {}
    for i, step in enumerate(steps):
        note(step)
        pause()
        values[step] = _value(step, inputs, values, checked.domain)
        for other in done_with.get(i, ()):
            del values[other]
    return {name: values[step] for name, step in checked.outputs}


def _value(step: Step, inputs: Mapping[str, Any], values: Mapping[Step, Any], domain: Domain | None) -> Any:
    if step.function is None:
        return _in_order(inputs[step.name]) if step.name else step.kind.constant
    operands = {name: values[operand] for name, operand in step.operands.items()}
    try:
        return run_body(step, operands)
    except Refused as refused:
        blamed = step.operands.get(refused.argument)
        if domain is not None and refused.mistake in _OF_NO_PIXELS and _is_of_data(blamed, domain):
            measured, image = next(iter(step.operands.values())), filled_in(step)
            texts = {"text": measured.source.quote(measured.span), "image": image.source.quote(image.span)}
            raise RunError(messages.NO_DATA_AT_ALL.at(measured.source, measured.span, **texts)) from None
        if refused.mistake is messages.NO_SAMPLES and blamed is not None and blamed.kind.is_of_rows:
            *_, table = (s for s in in_order(blamed) if s.kind.name == "table")
            text = table.source.quote(table.span)
            raise RunError(messages.NO_ROWS.at(blamed.source, blamed.span, text=text)) from None
        fields = {"name": refused.argument, "text": _argument(step, blamed), **refused.fields}
        place = blamed if blamed is not None and blamed.source is step.source and _within(blamed, step) else step
        raise RunError(refused.mistake.at(place.source, place.span, **fields)) from None
    except MemoryError as error:
        wanted = messages.asked_for(error)
        raise RunError(messages.OUT_OF_MEMORY.at(step.source, step.span, wanted=wanted)) from None


_OF_NO_PIXELS = (messages.NO_SAMPLES, messages.WITHIN_EMPTY, messages.EQUALIZE_EMPTY)


def _is_of_data(chosen: Step | None, domain: Domain) -> bool:
    """Whether what chose pixels is where there is data, and no mask that anybody wrote."""
    if chosen is not None and chosen.function is not None and chosen.function.name == "samples":
        return chosen not in domain.written.steps
    return chosen in domain.valid.values()


def _argument(step: Step, blamed: Step | None) -> str:
    """What is written for an argument where the function is called: an expression, or a name for one."""
    if blamed is not None and blamed.span != step.span and blamed.source is step.source and _within(blamed, step):
        return blamed.source.quote(blamed.span)
    text, name = step.source.quote(step.span), step.function.name if step.function else ""
    if len(step.operands) == 1 and text.startswith(f"{name}(") and text.endswith(")"):
        return text[len(name) + 1 : -1]
    called = re.fullmatch(r"(\w+)\.\w+\(\)", text)
    return called.group(1) if called else "im"


def _in_order(value: Any) -> Any:
    """An array row by row, so that no sum and no vectorised function depends on how it lay in memory."""
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value


def _within(part: Step, whole: Step) -> bool:
    """Whether an operand was written where it is used, and not on an earlier line."""
    return whole.span.start <= part.span.start and part.span.stop <= whole.span.stop
