"""A study as it goes: cases done, one after another or by several workers, each outcome put down at once, and tables of
all at the end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from maskexpr.studies.case import Case
from maskexpr.studies.one import perform
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task
from maskexpr.studies.watching import Ended, Watcher


@dataclass(frozen=True, slots=True)
class Study:
    """What is to be done to which images, and how.

    Attributes
    ----------
    task, cases
        What, and to which.
    jobs
        How many processes work.
    keep_going
        Whether it goes on when an image fails.
    resume, retry_failed
        Whether what was done before is kept: all that holds still, or all but what failed.
    tables
        The files of tables that are to be written, as --table names them.
    """

    task: Task
    cases: Sequence[Case]
    jobs: int = 1
    keep_going: bool = False
    resume: bool = False
    retry_failed: bool = False
    tables: tuple[str, ...] = ()


def run(study: Study, watcher: Watcher) -> Ended:
    """Do what is to be done; what is known then."""
    found: dict[int, Outcome] = {}
    is_interrupted = False
    watcher.begins(len(study.cases), 0)
    try:
        for outcome in outcomes(study.task, study.cases, keep_going=study.keep_going):
            found[outcome.index] = outcome
            watcher.done(outcome)
    except KeyboardInterrupt:
        is_interrupted = True
    records = [(case, found[case.index]) for case in study.cases if case.index in found]
    ended = Ended(len(study.cases), records, is_interrupted=is_interrupted)
    watcher.ends(ended)
    return ended


def outcomes(task: Task, cases: Iterable[Case], *, keep_going: bool = False) -> Iterator[Outcome]:
    """What became of each case; nothing after the first that failed, unless it is to go on."""
    for case in cases:
        outcome = perform(task, case)
        yield outcome
        if outcome.is_failed and not keep_going:
            return
