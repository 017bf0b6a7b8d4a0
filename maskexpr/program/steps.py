"""A checked program as steps: every operation is a function applied to earlier steps, so nothing here recurses."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import MEASURES, Kind
from maskexpr.program.asked import InputInfo as InputInfo
from maskexpr.program.asked import ParamInfo as ParamInfo


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One value of the program: an input, a constant, or a function applied to earlier steps.

    Attributes
    ----------
    function
        None for an input (`name` is set) and for a constant (`kind.constant` is set).
    operands
        Arguments that are values, by parameter name.
    settings
        Arguments that are known before the run, as the body receives them.
    source, span
        Where the value was written first; for run-time errors and `explain`.
    """

    kind: Kind
    source: Source
    span: Span
    function: Function | None = None
    operands: Mapping[str, "Step"] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


def valid_name(name: str) -> str:
    """The input that says where another has data: no name of a program is like it."""
    return f"valid({name})"


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """Where the values of a program have data, if that is not everywhere.

    Attributes
    ----------
    written
        The program without the steps that this takes.
    valid
        Of values that lack some of it, the mask of where they have it.
    lost
        Of what filters give, how many pixels had data before, and have it after.
    measured
        Of numbers, whether any pixel that they were measured on has data.
    """

    written: "Checked"
    valid: Mapping[Step, Step]
    lost: Mapping[Step, tuple[Step, Step]]
    measured: Mapping[Step, Step]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checker hands on.

    `steps` stand in an order in which operands come before their use. `bindings` follow the program's lines: the name a
    line gives, "" for an assert or a bare expression, and its step. `values` are those given for params. `uses_grid`
    says that coordinates or drawn shapes take the shape of the images that are given, named in the program or not.
    `finite` is how statistics are written that leave out what is not finite. `domain` is set where some pixels are
    without data: what that means is among the steps. `visits` counts what was looked at to fill in defs, which says
    together with the length of the text how long the check took.
    """

    steps: tuple[Step, ...] = ()
    outputs: tuple[tuple[str, Step], ...] = ()
    asserts: tuple[Step, ...] = ()
    bindings: tuple[tuple[str, Step], ...] = ()
    inputs: tuple[InputInfo, ...] = ()
    params: tuple[ParamInfo, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()
    uses_grid: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    finite: Mapping[Step, str] = field(default_factory=dict)
    domain: Domain | None = None
    visits: int = 0

    def needed(self) -> list[Step]:
        """The steps that outputs and asserts depend on, in order."""
        wanted = {id(s) for _, s in self.outputs} | {id(s) for s in self.asserts}
        kept = []
        for step in reversed(self.steps):
            if id(step) in wanted:
                kept.append(step)
                wanted.update(id(s) for s in step.operands.values())
        return kept[::-1]

    def numbers(self) -> dict[str, Step]:
        """The numbers that are found in the pixels on the way to outputs and asserts, by what the program calls them: a
        name it assigns, or the text of a threshold."""
        needed = self.needed()
        found = [s for s in needed if s.function is not None and s.kind.name in MEASURES]
        names = {step: name for name, step in self.bindings if name}
        numbers: dict[str, Step] = {}
        for step in found:
            if step in names:
                numbers[names[step]] = step
            elif step.function is not None and step.function.group == "thresholds":
                text = _written(step)
                alike = sum(name.partition(" #")[0] == text for name in numbers)  # a def called several times
                numbers[f"{text} #{alike + 1}" if alike else text] = step
        return numbers

    def compared(self) -> list[tuple[Step, str, Step]]:
        """Each image with a number that it is compared with, by its name where it has one, else by how it is written;
        not those of conditions on regions."""
        found, steps = [], set(self.steps)
        names = {step: name for name, step in self.bindings if name}
        for step in self.steps:
            operands = list(step.operands.values())
            if step.function is None or not _has_order(step.function) or not steps.issuperset(operands):
                continue
            images = [operand for operand in operands if operand.kind.name == "image"]
            numbers = [operand for operand in operands if operand.kind.name == "number"]
            for image, number in itertools.product(images, numbers):
                text = _written(number)
                found.append((image, names.get(number) or text, number))
        return found


def _has_order(function: Function) -> bool:
    return bool(function.compares) and function.name not in ("==", "!=")


def in_order(result: Step, is_leaf: Callable[[Step], bool] = lambda step: False) -> Iterator[Step]:
    """A step after all it depends on, without recursion; not beyond leaves."""
    seen, stack = set[Step](), [(result, False)]
    while stack:
        step, ready = stack.pop()
        if ready:
            yield step
        elif step not in seen:
            seen.add(step)
            stack.append((step, True))
            if not is_leaf(step):
                stack.extend((operand, False) for operand in step.operands.values())


def _written(step: Step) -> str:
    """What a program calls a step that has no name."""
    from maskexpr.language.formatting import on_one_line  # only here: most starts go without it

    return on_one_line(step.source, step.span)
