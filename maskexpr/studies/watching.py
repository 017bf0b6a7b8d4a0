"""Whoever watches a study as it goes, and what is known when it has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Ended:
    """A study that has ended, at its end or before.

    Attributes
    ----------
    total
        How many images it has.
    records
        Each image that something is known of with what became of it, now or in a run before, in the order of the
        images.
    kept
        The places of those that were done before.
    tables
        The tables that were written.
    journal
        The path of the journal.
    errors
        What stopped the study itself, or kept its tables from being written.
    is_interrupted
        Whether it was ended by whoever started it.
    """

    total: int
    records: Sequence[tuple[Case, Outcome]] = ()
    kept: frozenset[int] = frozenset()
    tables: tuple[str, ...] = ()
    journal: str = ""
    errors: tuple[Diagnostic, ...] = ()
    is_interrupted: bool = False

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for _, outcome in self.records if outcome.is_failed]

    @property
    def done(self) -> int:
        """How many images there are results of, those of before among them."""
        return len(self.records) - len(self.failed)

    @property
    def left(self) -> int:
        """How many images were not come to."""
        return self.total - len(self.records)


class Watcher(Protocol):
    """What is told of a study; all of it by the process that was started, in its main thread."""

    def begins(self, total: int, done_already: int) -> None:
        """There are so many images, of which so many were done before and are not done again."""

    def done(self, outcome: Outcome) -> None:
        """An image is done, or failed; in the order in which that happens. The journal has it."""

    def ends(self, ended: Ended) -> None:
        """Nothing more is done; tables are written."""
