"""A study as it goes: cases done, one after another or by several workers, and their outcomes in order."""

from collections.abc import Iterable, Iterator

from maskexpr.studies.case import Case
from maskexpr.studies.one import perform
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task


def outcomes(task: Task, cases: Iterable[Case], *, keep_going: bool = False) -> Iterator[Outcome]:
    """What became of each case; nothing after the first that failed, unless it is to go on."""
    for case in cases:
        outcome = perform(task, case)
        yield outcome
        if outcome.is_failed and not keep_going:
            return
