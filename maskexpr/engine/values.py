"""Values of steps kept by what they mean: a step that means the same as one before is not run again."""

import itertools
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from maskexpr.diagnostics.errors import Diagnostic, LimitError
from maskexpr.engine.run import Engine
from maskexpr.language.limits import Limits
from maskexpr.planner.bounds import over
from maskexpr.planner.costs import cost
from maskexpr.planner.plan import plan
from maskexpr.program import identity
from maskexpr.program.declared import Means
from maskexpr.program.remarks import Remarks
from maskexpr.program.steps import Checked, Domain, Step, in_order

MOST_BYTES = 2**30  # of values kept beyond those that are asked for


_NO_VERSIONS: Mapping[str, object] = MappingProxyType({})


class Meanings:
    """Numbers for what steps mean, across programs that are checked anew, from several threads too.

    Two steps mean the same if they apply the same function with the same settings to steps that mean the same, down to
    constants and inputs.
    """

    def __init__(self) -> None:
        self._numbers: dict[identity.Key, int] = {}
        self._next = itertools.count()

    def of(self, steps: Iterable[Step], versions: Mapping[str, object] = _NO_VERSIONS) -> dict[Step, int]:
        """A number for each of some steps, which stand after their operands, the same for steps that mean the same;
        `versions` tells apart what was given for one input at different times."""
        found: dict[Step, int] = {}
        for step in steps:
            if all(operand in found for operand in step.operands.values()):  # else within a condition on regions
                found[step] = self._number(step, found, versions)
        return found

    def __len__(self) -> int:
        return len(self._numbers)

    def forget(self) -> None:
        """Number everything anew; no number is used again."""
        self._numbers = {}

    def _number(self, step: Step, known: Mapping[Step, int], versions: Mapping[str, object]) -> int:
        version = (versions.get(step.name), identity.of_kind(step.kind)) if step.name else None
        return self._numbers.setdefault(identity.of_step(step, known.__getitem__, version), next(self._next))


def cut(results: Iterable[Step], kept: Mapping[Step, str]) -> dict[Step, Step]:
    """What becomes of some steps, and of those behind them, where inputs of these names stand for those whose values
    are kept."""
    became: dict[Step, Step] = {}
    for result in results:
        for current in in_order(result, lambda s: s in became or s in kept):
            if current not in became:
                became[current] = _cut_off(current, became, kept)
    return became


def _cut_off(step: Step, became: Mapping[Step, Step], kept: Mapping[Step, str]) -> Step:
    if step in kept:
        return Step(step.kind, step.source, step.span, name=kept[step])
    if all(became[o] is o for o in step.operands.values()):
        return step
    return replace(step, operands={n: became[o] for n, o in step.operands.items()})


def kept_name(number: int) -> str:
    """An input for what is kept: no name of a program is like it."""
    return f"kept {number}"


class Values:
    """Keeps the values of steps by what they mean, across programs that are checked anew for each line; each is
    computed within the bounds of a run."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._meanings = Meanings()
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._said: dict[Diagnostic, None] = {}

    def take_said(self) -> list[Diagnostic]:
        """What there was to say of the values that were computed since this was asked last."""
        said, self._said = list(self._said), {}
        return said

    def meanings(self, checked: Checked, versions: Mapping[str, int]) -> dict[Step, int]:
        """A number for each step of a program, the same for steps that mean the same; `versions` tells apart what was
        loaded under one name at different times."""
        return self._meanings.of(checked.steps, versions)

    def known(self, meaning: int) -> bool:
        """Whether the value of a step with this meaning is kept."""
        return meaning in self._kept

    def value(
        self,
        step: Step,
        meanings: Mapping[Step, int],
        given: Mapping[str, Any],
        means: Means,
        finite: Mapping[Step, str] = MappingProxyType({}),
        domain: Domain | None = None,
    ) -> Any:
        """The value of a step: kept, or computed from what is kept of the steps it depends on. `finite` and
        `domain` as `Checked` has them."""
        meaning = meanings[step]
        if meaning in self._kept:
            self._kept.move_to_end(meaning)
            return self._kept[meaning]
        if step.function is None:
            return given[step.name] if step.name else step.kind.constant
        became, values = self._cut(step, meanings)
        remarks = Remarks([s for s in became if meanings[s] not in self._kept], finite, domain)
        for other in remarks.steps:  # what is said of no data asks for numbers of its own
            if other not in became and meanings.get(other, -1) not in self._kept:
                more, kept = self._cut(other, meanings)
                became, values = {**more, **became}, {**kept, **values}
        looked_at = {f"{i}": s for i, s in enumerate(remarks.steps) if s in became}
        outputs = (("value", became[step]), *((name, became[s]) for name, s in looked_at.items()))
        checked = Checked(steps=tuple(all_in_order(output for _, output in outputs)), outputs=outputs)
        planned = plan(checked, means=means)
        inputs = [step.kind for step in planned.rewritten.steps if step.name]
        refused = tuple(over(planned, cost(planned, inputs), self._limits))
        if refused:
            raise LimitError(refused)
        found = Engine(checked, planned).run({**given, **values})
        value = found["value"]
        known = {s: self._kept[meanings[s]] for s in remarks.steps if meanings.get(s, -1) in self._kept}
        known.update({s: found[name] for name, s in looked_at.items()})
        self._said.update(dict.fromkeys(remarks.of(known)))
        arrays = [other for other in (*given.values(), *values.values()) if isinstance(other, np.ndarray)]
        if isinstance(value, np.ndarray) and any(np.may_share_memory(value, other) for other in arrays):
            value = value.copy()
        self._kept[meaning] = value
        return value

    def _cut(self, step: Step, meanings: Mapping[Step, int]) -> tuple[dict[Step, Step], dict[str, Any]]:
        """What becomes of a step, and of those behind it, with what is kept in their place, and the values of that."""
        became = cut([step], {s: kept_name(m) for s, m in meanings.items() if m in self._kept})
        values: dict[str, Any] = {}
        for meaning in {meanings[s] for s in became} & self._kept.keys():
            self._kept.move_to_end(meaning)
            values[kept_name(meaning)] = self._kept[meaning]
        return became, values

    def forget(self, wanted: set[int]) -> None:
        """Let the oldest values go, but not the wanted ones, where all together are large."""
        total = sum(getattr(value, "nbytes", 0) for value in self._kept.values())
        for meaning in [m for m in self._kept if m not in wanted]:
            if total <= MOST_BYTES:
                break
            total -= getattr(self._kept.pop(meaning), "nbytes", 0)


def all_in_order(steps: Iterable[Step]) -> list[Step]:
    """Steps after all they depend on, each once."""
    found: dict[Step, None] = {}
    for step in steps:
        found.update(dict.fromkeys(list(in_order(step, found.__contains__))))
    return list(found)
