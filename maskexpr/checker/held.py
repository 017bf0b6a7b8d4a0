"""A value with the mask of where it has data, and the steps that rules write of such."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from maskexpr.functions.record import Function
from maskexpr.kinds.kind import SAMPLED, TRUTH, Kind, mask_of, number
from maskexpr.kinds.ranges import Range, of_type, smallest_type, union
from maskexpr.library import CATALOGUE, OPERATORS, PLANNED
from maskexpr.program.steps import Step

_NONE: Mapping[str, Any] = MappingProxyType({})
CUT = frozenset({"mask", "mask samples"})
"""What is off where there is no data."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A value, and the mask of where it has data: of an array of its shape, of samples such samples; None where that is
    everywhere."""

    step: Step
    valid: Step | None = None


class Writing:
    """One step that is written anew, `operands` being what became of its own; `place` takes a new step in."""

    def __init__(self, step: Step, operands: Mapping[str, Held], place: Callable[[Step], Step]) -> None:
        self.step, self.operands = step, operands
        self._place = place
        self.everywhere_all = self.both(*(held.valid for held in operands.values()))

    @property
    def function(self) -> Function:
        assert self.step.function is not None
        return self.step.function

    def setting(self, name: str) -> Any:
        return self.step.settings.get(name)

    def value(self, name: str) -> Step:
        return self.operands[name].step

    # --- the step itself ---

    def again(self, **changed: Step) -> Step:
        """The step applied to what became of its operands, some changed or added."""
        return self.set(_NONE, **changed)

    def set(self, new: Mapping[str, Any], /, **changed: Step) -> Step:
        """The same with some of its settings changed."""
        given = {**{name: held.step for name, held in self.operands.items()}, **changed}
        settings = {**{name: value for name, value in self.step.settings.items() if name not in changed}, **new}
        return self._place(replace(self.step, operands=in_order(self.function, given), settings=settings))

    def instead(self, name: str, **added: Step) -> Step:
        """The same by another function, which takes more."""
        given = {**{name: held.step for name, held in self.operands.items()}, **added}
        function = PLANNED[name]
        settings = {name: value for name, value in self.step.settings.items() if name not in added}
        return self._place(replace(self.step, function=function, operands=in_order(function, given), settings=settings))

    # --- new ones ---

    def call(
        self,
        name: str,
        operands: Mapping[str, Step] = _NONE,
        settings: Mapping[str, Any] = _NONE,
        kind: Kind | None = None,
        at: Step | None = None,
    ) -> Step:
        """A function of the library applied; what it gives is as its record says, unless a kind is laid down. It stands
        in the text where this step does, or another one."""
        function = CATALOGUE.get(name) or OPERATORS.get(name) or PLANNED[name]
        if kind is None:
            kind = function.gives.rule({n: operand.kind for n, operand in operands.items()})
        known = {"spacing": None} if "spacing" in function.filled_in else {}
        at = at or self.step
        step = Step(kind, at.source, at.span, function, dict(operands), {**known, **settings})
        for parameter in function.parameters:
            if parameter.name not in step.operands and parameter.name not in step.settings:
                step.settings[parameter.name] = parameter.default  # type: ignore[index]  # a dict, as made above
        return self._place(step)

    def constant(self, value: Any) -> Step:
        kind = TRUTH.with_constant(value) if isinstance(value, bool) else number(constant=value)
        return self._place(Step(kind, self.step.source, self.step.span))

    def opposite(self, mask: Step) -> Step:
        return self.call("~", {"a": mask})

    def both(self, *masks: Step | None) -> Step | None:
        """Where all masks are on, those that are everywhere left out."""
        found: Step | None = None
        for mask in dict.fromkeys(masks):
            if mask is not None:
                found = mask if found is None else self.call("&", {"a": found, "b": mask})
        return found

    def either(self, a: Step, b: Step) -> Step:
        return self.call("|", {"a": a, "b": b})

    def cut(self, value: Step, valid: Step | None) -> Held:
        """A value with the mask of its data, off where it has none."""
        if valid is None:
            return Held(value)
        if value.kind.name in CUT:
            value = self.call("&", {"a": value, "b": valid}, kind=value.kind)
        elif value.kind.name == "labels":
            value = self.filled(value, valid, 0)
        return Held(value, valid)

    def filled(self, value: Step, valid: Step, number: float | Step, dtype: Any = None) -> Step:
        """A value with a number in the place of its pixels without data, of its own type or another."""
        other = number if isinstance(number, Step) else self.constant(number)
        kind = replace(value.kind, bounds=None, is_partial=False)
        if dtype is not None:
            kind = replace(kind, dtype=dtype, range=None)
        elif kind.range is not None and isinstance(number, int):
            values = union(kind.range, Range(number, number))
            holds = kind.dtype is not None and union(values, of_type(kind.dtype)) == of_type(kind.dtype)
            kind = replace(kind, range=values, dtype=kind.dtype if holds else smallest_type(values))
        # It stands where the value does: what refuses it quotes that.
        return self.call("where", {"condition": valid, "a": value, "b": other}, kind=kind, at=value)

    def samples(self, value: Step, mask: Step) -> Step:
        """The values where a mask is on."""
        kind = value.kind
        most = math.prod(kind.shape) if kind.shape is not None else kind.most
        taken = replace(kind, name=SAMPLED.get(kind.name, kind.name), shape=None, most=most, grid=None)
        return self.call("samples", {"value": value, "mask": mask}, kind=replace(taken, is_partial=False), at=value)

    def everywhere(self, kind: Kind) -> Step:
        """A mask that is on everywhere."""
        mask = mask_of(kind)
        return self.call("full", settings={"grid": kind.shape}, kind=mask)


def in_order(function: Function, given: Mapping[str, Step]) -> dict[str, Step]:
    """Operands in the order of their parameters; parts of lists keep theirs."""
    names = [parameter.name for parameter in function.parameters]
    order = {name: i for i, name in enumerate(names)}
    return dict(sorted(given.items(), key=lambda item: order.get(item[0].partition("[")[0], len(names))))
