"""A program whose numbers are looked at in each run: what it gives, and what is to be said of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.program.remarks import remarks_of
from maskexpr.program.steps import Checked, Step

_ASIDE = "looked at "  # begins the names of outputs that are for us alone: no name of a program is like it

Tell = Callable[[tuple[Diagnostic, ...]], None]


def nobody(found: tuple[Diagnostic, ...]) -> None:
    """Told of what nobody asked for."""


class Watched:
    """A checked program, as `checked` with what is looked at among its outputs: a plan of it keeps these numbers.

    Attributes
    ----------
    is_idle
        Whether nothing is looked at.
    """

    def __init__(self, checked: Checked) -> None:
        self._remarks = remarks_of(checked)
        names = {step: name for name, step in checked.outputs}
        new = [step for step in self._remarks.steps if step not in names]
        self._own = {f"{_ASIDE}{i}": step for i, step in enumerate(new)}
        self._names = {**names, **{step: name for name, step in self._own.items()}}
        self.is_idle = not self._remarks.steps
        self.checked = replace(checked, outputs=(*checked.outputs, *self._own.items())) if self._own else checked

    def take(self, values: dict[str, Any], tell: Tell) -> dict[str, Any]:
        """The outputs of a run alone; what is to be said of it is told."""
        if not self.is_idle:
            known: Mapping[Step, Any] = {step: values[self._names[step]] for step in self._remarks.steps}
            found = self._remarks.of(known)
            if found:
                tell(found)
        return {name: value for name, value in values.items() if name not in self._own} if self._own else values


def is_aside(name: str) -> bool:
    """Whether an output is none of the program's own."""
    return name.startswith(_ASIDE)
