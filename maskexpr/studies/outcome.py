"""What became of one image of a study."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.kinds.table import Table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case; workers send it back, and nothing of it is large.

    Attributes
    ----------
    index, name
        Of the case.
    numbers
        What the program calls by a name and is a number or truth: outputs first, then what was found on the way.
    tables
        Its outputs that are tables.
    files
        What was written: paths by what they hold, "nuclei" or "overlay of nuclei".
    inputs, written
        SHA-256 of the files that were read, by input, and of those that were written, by path.
    warnings, errors
        What was said; with an error nothing counts as written.
    seconds
        What it took.
    drawn
        Its results as the terminal shows them, where that is asked for; it is not kept.
    """

    index: int
    name: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0
    drawn: str = ""

    @property
    def is_failed(self) -> bool:
        return bool(self.errors)
