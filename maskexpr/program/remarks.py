"""What is said of a run that could not be said before it: of numbers that the pixels tell.

They are warnings. They follow from the program as it was written and from the values of its steps, so that neither the
plan nor the way a run is cut changes them. Another kind of them is a `Remark` that looks at the steps of its own: at
numbers of the program, or at some that nothing else needs, such as a count of pixels.
"""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.kinds.kind import SCALARS
from maskexpr.program.steps import Checked, Domain, Step, in_order

Values = Mapping[Step, Any]
Says = Callable[[Values], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True, eq=False)
class Remark:
    """What may be said of a run: `says` looks at the values of `steps`, as far as they are known."""

    steps: tuple[Step, ...]
    says: Says


class Remarks:
    """All that may be said of a run of some steps, which stand after their operands.

    `steps` are those whose values `of` is to be given. `of_finite_numbers` says that there is nothing to be said if all
    of these are finite.
    """

    def __init__(self, run: Iterable[Step], finite: Mapping[Step, str], domain: Domain | None = None) -> None:
        run = list(run)
        others = [*_of_places(run), *(_of_lost(run, domain) if domain else ())]
        if domain:
            others += _of_measured(run, domain)
        self.of_finite_numbers = not others
        self._all = [*_of_numbers(run, finite), *others]
        self.steps = tuple(dict.fromkeys(step for remark in self._all for step in remark.steps))

    def of(self, values: Values) -> tuple[Diagnostic, ...]:
        """What is to be said, each thing once."""
        return tuple(dict.fromkeys(found for remark in self._all for found in remark.says(values)))


def remarks_of(checked: Checked) -> Remarks:
    """All that may be said of a run of a program."""
    return Remarks(checked.needed(), checked.finite, checked.domain)


# --- numbers that are nan --------------------------------------------------------------------------------------------


def _of_numbers(run: list[Step], finite: Mapping[Step, str]) -> Iterator[Remark]:
    """Numbers that meet pixels and are not finite: no comparison with nan is true, and what is computed with it is
    nan."""
    meetings = [(step, number) for step in run for number in _met(step)]
    if not meetings:
        return
    numbers = [number for _, number in meetings]
    causes = [step for step in _upstream(numbers) if step.function is not None and step.function.spoilt_by]
    yield Remark((*causes, *numbers), functools.partial(_of_meetings, meetings, finite))


def _of_meetings(meetings: list[tuple[Step, Step]], finite: Mapping[Step, str], values: Values) -> Iterator[Diagnostic]:
    """What made the numbers what they are, once for all of them; else that they are nan."""
    spoilt = [(step, number) for step, number in meetings if not _is_finite(values.get(number))]
    explained = set[Step]()
    for cause in _upstream(number for _, number in spoilt):
        if _is_cause(cause, values):
            explained.add(cause)
            yield _not_finite(cause, values, finite)
        elif not explained.isdisjoint(cause.operands.values()):
            explained.add(cause)
    for step, number in spoilt:
        if number not in explained and step.function is not None and step.function.compares:
            text = number.source.quote(number.span)
            if math.isnan(values[number]):
                yield messages.NUMBER_IS_NAN.at(number.source, number.span, text=text)


def _met(step: Step) -> list[Step]:
    """The numbers that a step takes to pixels, or compares, and that may not be finite."""
    function, operands = step.function, step.operands.values()
    if function is None or not (function.compares or step.kind.holds_pixels):
        return []
    if function.compares and len(set(operands)) == 1:
        return []  # `t == t` looks for nan
    return [o for o in operands if o.kind.name == "number" and not o.kind.is_constant and not o.kind.limits.is_finite]


def _upstream(numbers: Iterable[Step]) -> list[Step]:
    """The numbers and what they are computed from, but for pixels; each once, after its operands."""
    found: dict[Step, None] = {}
    for number in numbers:
        new = in_order(number, lambda step: step in found or step.kind.name not in SCALARS)
        found.update(dict.fromkeys([step for step in new if step.kind.name in SCALARS]))
    return list(found)


def _is_finite(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _is_cause(step: Step, values: Values) -> bool:
    """Whether a statistic is what it is because its values are not all finite; one whose value is not known may be."""
    if step.function is None or not step.function.spoilt_by or step.kind.limits.is_finite:
        return False
    value = values.get(step, math.nan)
    return not _is_finite(value) and (math.isnan(value) or step.function.spoilt_by == "inf")


def _not_finite(step: Step, values: Values, finite: Mapping[Step, str]) -> Diagnostic:
    assert step.function is not None
    image = next(iter(step.operands.values()))
    way_out = finite.get(step) or messages.FINITE_ALONE.format(function=step.function.name)
    fields = {"text": step.source.quote(step.span), "image": image.source.quote(image.span)}
    value = values.get(step, math.nan)
    mistake = messages.NOT_FINITE if math.isnan(value) else messages.NOT_FINITE_OR_LARGE
    return mistake.at(step.source, step.span, value=value, finite=way_out, **fields)


# --- numbers that are places -----------------------------------------------------------------------------------------


def _of_places(run: list[Step]) -> Iterator[Remark]:
    """What functions say of the numbers they are given, where the pixels tell some of these."""
    for step in run:
        if step.function is not None and step.function.remark is not None:
            told = [o for o in step.operands.values() if o.kind.name == "number" and not o.kind.is_constant]
            if told:
                yield Remark(tuple(told), functools.partial(_of_place, step))


def _of_place(step: Step, values: Values) -> Iterator[Diagnostic]:
    function = step.function
    assert function is not None
    assert function.remark is not None
    numbers = {name: o for name, o in step.operands.items() if o.kind.name == "number"}
    known = {name: o.kind.constant if o.kind.is_constant else values.get(o) for name, o in numbers.items()}
    said = function.remark({**step.settings, **known}, step.kind.shape or ()) if None not in known.values() else None
    if said is not None:
        yield said.mistake.at(step.source, step.span, function=function.name, **said.fields)


# --- no data ---------------------------------------------------------------------------------------------------------


def _of_lost(run: list[Step], domain: Domain) -> Iterator[Remark]:
    """Pixels that have no data any more after a filter."""
    for step in run:
        if step in domain.lost:
            yield Remark(domain.lost[step], functools.partial(_of_filter, step, *domain.lost[step]))


def _of_filter(step: Step, before: Step, after: Step, values: Values) -> Iterator[Diagnostic]:
    count = values.get(before, 0) - values.get(after, 0)
    if count > 0 and step.function is not None:
        image = next(iter(step.operands.values()))
        fields = {"function": step.function.name, "image": image.source.quote(image.span), "count": count}
        yield messages.NO_DATA_LOST.at(step.source, step.span, **fields)


def _of_measured(run: list[Step], domain: Domain) -> Iterator[Remark]:
    """Numbers that are compared, and were measured where there is no data."""
    compared = [s for step in run if step.function is not None and step.function.compares for s in _numbers_of(step)]
    for number in _upstream(compared):
        if number in domain.measured:
            looked_at = (domain.measured[number], number)
            yield Remark(looked_at, functools.partial(_of_nothing, number, domain.measured[number]))


def filled_in(measured: Step) -> Step:
    """What `fill` takes of a step that measures something: samples are filled where they are taken from."""
    image = next(iter(measured.operands.values()))
    while image.kind.is_samples and image.operands:
        image = next(iter(image.operands.values()))
    return image


def _numbers_of(step: Step) -> list[Step]:
    return [operand for operand in step.operands.values() if operand.kind.name in SCALARS]


def _of_nothing(number: Step, has_data: Step, values: Values) -> Iterator[Diagnostic]:
    if values.get(has_data, True) is False and number in values:
        image = filled_in(number)
        other = "false" if image.kind.name in ("mask", "mask samples") else "0"
        fields = {"text": number.source.quote(number.span), "image": image.source.quote(image.span), "other": other}
        yield messages.NO_DATA_MEASURED.at(number.source, number.span, value=values[number], **fields)
