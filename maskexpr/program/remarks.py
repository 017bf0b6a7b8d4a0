"""What is said of a run that could not be said before it: of numbers that the pixels tell.

They are warnings. They follow from the program as it was written and from the values of its steps, so that neither the
plan nor the way a run is cut changes them. Another kind of them is a `Remark` that looks at the steps of its own: at
numbers of the program, or at some that nothing else needs, such as a count of pixels.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.kinds.kind import ARITHMETIC, SCALARS
from maskexpr.program.steps import Checked, Step, in_order

Values = Mapping[Step, Any]
Says = Callable[[Values], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True, eq=False)
class Remark:
    """What may be said of a run: `says` looks at the values of `steps`, as far as they are known."""

    steps: tuple[Step, ...]
    says: Says


class Remarks:
    """All that may be said of a run of some steps, which stand after their operands.

    `steps` are those whose values `of` is to be given.
    """

    def __init__(self, run: Iterable[Step], finite: Mapping[Step, str]) -> None:
        run = list(run)
        self._all = [*_of_numbers(run, finite), *_of_places(run)]
        self.steps = tuple(dict.fromkeys(step for remark in self._all for step in remark.steps))

    def of(self, values: Values) -> tuple[Diagnostic, ...]:
        """What is to be said, each thing once."""
        return tuple(dict.fromkeys(found for remark in self._all for found in remark.says(values)))


def remarks_of(checked: Checked) -> Remarks:
    """All that may be said of a run of a program."""
    return Remarks(checked.needed(), checked.finite)


# --- numbers that are nan --------------------------------------------------------------------------------------------


def _of_numbers(run: list[Step], finite: Mapping[Step, str]) -> Iterator[Remark]:
    """Numbers that meet pixels and are not finite: no comparison with nan is true, and what is computed with it is
    nan."""
    meetings = [(step, numbers) for step in run if (numbers := _met(step))]
    if not meetings:
        return
    behind = _upstream(number for _, numbers in meetings for number in numbers)
    looked_at = [step for step in behind if step.function is not None and step.function.spoilt_by]
    looked_at += [number for _, numbers in meetings for number in numbers]

    def says(values: Values) -> Iterator[Diagnostic]:
        for step, numbers in meetings:
            for number in numbers:
                yield from _spoilt(step, number, values, finite)

    yield Remark(tuple(looked_at), says)


def _met(step: Step) -> list[Step]:
    """The numbers that a step takes to pixels, or compares, and that may not be finite."""
    function, operands = step.function, step.operands.values()
    if function is None or not (function.compares or step.kind.holds_pixels):
        return []
    if function.compares and len(set(operands)) == 1:
        return []  # `t == t` looks for nan
    return [o for o in operands if o.kind.name == "number" and not o.kind.is_constant and not o.kind.limits.is_finite]


def _upstream(steps: Iterable[Step]) -> list[Step]:
    """The steps that numbers are computed from, but for pixels; each once, in no order that counts."""
    found: dict[Step, None] = {}
    stack = list(steps)
    while stack:
        step = stack.pop()
        if step not in found and step.kind.name in SCALARS:
            found[step] = None
            stack.extend(step.operands.values())
    return list(found)


def _spoilt(step: Step, number: Step, values: Values, finite: Mapping[Step, str]) -> Iterator[Diagnostic]:
    value = values.get(number)
    if not isinstance(value, float) or math.isfinite(value):
        return
    behind = list(in_order(number, lambda s: s.kind.name not in SCALARS))
    causes = [(cause, values.get(cause, value)) for cause in behind if _is_cause(cause, values.get(cause, value))]
    for cause, found in causes:
        assert cause.function is not None
        image = next(iter(cause.operands.values()))
        fields = {"text": cause.source.quote(cause.span), "image": image.source.quote(image.span)}
        way_out = finite.get(cause) or messages.FINITE_ALONE.format(function=cause.function.name)
        yield messages.NOT_FINITE.at(cause.source, cause.span, value=found, finite=way_out, **fields)
    assert step.function is not None
    if not causes and step.function.compares and math.isnan(value):
        yield messages.NUMBER_IS_NAN.at(number.source, number.span, text=number.source.quote(number.span))


def _is_cause(step: Step, value: Any) -> bool:
    """Whether a statistic is what it is because its values are not all finite."""
    if step.function is None or not step.function.spoilt_by or not isinstance(value, float):
        return False
    return math.isnan(value) or (math.isinf(value) and step.function.spoilt_by == "inf")


# --- numbers that are places -----------------------------------------------------------------------------------------


def _of_places(run: list[Step]) -> Iterator[Remark]:
    """What functions say of the numbers they are given."""
    for step in run:
        numbers = [o for o in step.operands.values() if o.kind.name in ARITHMETIC and not o.kind.holds_pixels]
        if step.function is None or step.function.remark is None or all(o.kind.is_constant for o in numbers):
            continue
        yield Remark(tuple(o for o in numbers if not o.kind.is_constant), _says_of(step))


def _says_of(step: Step) -> Says:
    function = step.function
    assert function is not None
    remark = function.remark
    assert remark is not None

    def says(values: Values) -> Iterator[Diagnostic]:
        known = {name: o.kind.constant if o.kind.is_constant else values.get(o) for name, o in step.operands.items()}
        numbers = {name: known[name] for name, o in step.operands.items() if not o.kind.holds_pixels}
        if None in numbers.values():
            return
        said = remark({**step.settings, **numbers}, step.kind.shape or ())
        if said is not None:
            yield said.mistake.at(step.source, step.span, function=function.name, **said.fields)

    return says
