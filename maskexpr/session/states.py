"""What a session is at one time, and what it shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maskexpr.api import Program
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Checked, Step


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was loaded under a name; `version` tells apart what was loaded under it at different times."""

    image: Any
    path: Path
    notes: tuple[str, ...]
    spacing: str | None
    nodata: str | None
    version: int
    digest: str | None = None  # of what came through a pipe, and cannot be read again
    warned: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A program as far as it was entered, one statement a line, with the files and param values it runs on.

    Attributes
    ----------
    folders
        Where the files of `use` are looked for, beside the current folder.
    spacings, nodata
        The size of a pixel of files that are loaded without one, of all or of those under one name; the number for no
        data likewise.
    what
        The change that led here, as it was written.
    """

    lines: tuple[str, ...] = ()
    opened: Mapping[str, Opened] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    spacings: tuple[str, ...] = ()
    nodata: tuple[str, ...] = ()
    what: str = ""

    @property
    def text(self) -> str:
        """The program."""
        return "\n".join(self.lines)

    def given_to(self, program: Program) -> dict[str, Any]:
        """What a program made of the session's lines runs on, of files and values of params."""
        images = {info.name: self.opened[info.name].image for info in program.inputs if info.name in self.opened}
        return {**images, **{info.name: self.params[info.name] for info in program.params if info.name in self.params}}


@dataclass(frozen=True, slots=True)
class CheckedState:
    """A state that has been checked: what its program means, and what it runs on."""

    state: State
    program: Program
    checked: Checked
    arrays: Mapping[str, Any]
    meanings: Mapping[Step, int]
    bound: dict[str, Step] = field(default_factory=dict)  # the last value of each name that is assigned

    def others_than(self, before: "CheckedState") -> list[tuple[str, Step]]:
        """The names that have another value than before."""
        old = {name: before.meanings.get(step) for name, step in before.bound.items()}
        return [(name, step) for name, step in self.bound.items() if old.get(name, -1) != self.meanings.get(step)]


Wanted = Callable[[CheckedState], Iterable[tuple[str, Step]]]  # what is to be shown


@dataclass(frozen=True, slots=True)
class Outcome:
    """One value to show: `name` is "" for a bare expression, `on` the input that its shape comes from; `seconds` are 0
    if it was there already; `valid` is the mask of where it has data, None for everywhere."""

    name: str
    kind: Kind
    value: Any
    seconds: float = 0.0
    on: str = ""
    valid: Any = None
