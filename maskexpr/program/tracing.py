"""Constants of a program that depend on its params, for who writes it down with params of its own."""

from collections.abc import Mapping
from dataclasses import replace

from maskexpr.kinds.kind import QUANTITIES
from maskexpr.program.steps import Step

TRACED = "traced"
"""The setting that holds where other settings come from."""


QUANTITY = "quantity"
"""The operand of a constant number of pixels that holds the length or size that it stands for."""


class Traces(dict[str, Step]):
    """Of which step each setting was settled, by parameter; a setting itself, told apart by these steps."""

    def __repr__(self) -> str:
        return f"Traces({', '.join(f'{name}: {id(step)}' for name, step in self.items())})"


def is_traced(step: Step) -> bool:
    """Whether this is a constant that depends on a param, or on the size of pixels: a length or size."""
    depends = step.name or step.function is not None or step.operands or step.kind.name in QUANTITIES
    return step.kind.is_constant and bool(depends)


def traces_of(step: Step) -> Mapping[str, Step]:
    """Which settings of a step depend on params, and how."""
    found = step.settings.get(TRACED)
    return found if isinstance(found, Traces) else {}


def without_trace(step: Step) -> Step:
    """The same as a body can run it."""
    if TRACED not in step.settings:
        return step
    return replace(step, settings={name: value for name, value in step.settings.items() if name != TRACED})
