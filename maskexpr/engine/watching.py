"""A program whose numbers are looked at in each run: what it gives, and what is to be said of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.program.remarks import remarks_of
from maskexpr.program.steps import Checked, valid_name

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
    valid
        Of outputs that lack data somewhere, the names under which a run gives the masks of where they have it.
    """

    def __init__(self, checked: Checked) -> None:
        self._remarks = remarks_of(checked)
        names = {step: name for name, step in checked.outputs}
        new = [step for step in self._remarks.steps if step not in names]
        own = {f"{_ASIDE}{i}": step for i, step in enumerate(new)}
        names.update({step: name for name, step in own.items()})
        self._own = tuple(own)
        self._looked_at = [names[step] for step in self._remarks.steps]
        self.is_idle = not self._looked_at
        masks = checked.domain.valid if checked.domain else {}
        self.valid = {name: valid_name(name) for name, step in checked.outputs if step in masks}
        found = [(self.valid[name], masks[step]) for name, step in checked.outputs if name in self.valid]
        more = (*own.items(), *found)
        self.checked = replace(checked, outputs=(*checked.outputs, *more)) if more else checked

    def take(self, values: dict[str, Any], tell: Tell) -> dict[str, Any]:
        """The outputs of a run alone; what is to be said of it is told."""
        if self._looked_at and not (self._remarks.of_finite_numbers and _are_finite(values, self._looked_at)):
            found = self._remarks.of(
                {step: values[name] for step, name in zip(self._remarks.steps, self._looked_at, strict=True)}
            )
            if found:
                tell(found)
        for name in self._own:
            del values[name]
        return values


def _are_finite(values: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether numbers are neither infinite nor nan: most are, and there is no more to look at."""
    return all(values[name] - values[name] == 0 for name in names)


def is_aside(name: str) -> bool:
    """Whether an output is none of the program's own."""
    return name.startswith(_ASIDE)
