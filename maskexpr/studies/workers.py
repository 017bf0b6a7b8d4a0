"""Workers: processes that are started once and do one item after another; one that dies is replaced by a new one."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.engine.watching import Tell, nobody
from maskexpr.studies.case import Case
from maskexpr.studies.crew import Crew, Lost
from maskexpr.studies.one import perform
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.performing import Performing
from maskexpr.studies.sharing import share_for
from maskexpr.studies.task import Task

_FEW = 2  # cases for which no process is started


def performed(
    task: Task,
    cases: Iterable[Case],
    *,
    jobs: int,
    stop: Callable[[Outcome], bool] | None = None,
    tell: Tell = nobody,
) -> Iterator[Outcome]:
    """The outcomes of all cases as they are done, in any order. Closing the iterator ends the workers.

    Parameters
    ----------
    task, cases
        What is done to each.
    jobs
        How many processes do it. One process works apart from this one, too, so that a library that dies of an image
        takes only its worker along; a few cases are done here. Fewer are started where cores or memory do not go as
        far, which is told.
    stop
        Whether nothing more is to be begun after an outcome; what was begun is done.

    Raises
    ------
    RunError
        No worker can be started, or none takes the task.
    """
    if isinstance(cases, Sequence):
        jobs, said = share_for(task, cases, jobs)
        if said:
            tell(said)
    if jobs == 1 and isinstance(cases, Sequence) and len(cases) <= _FEW:
        yield from _here(task, cases, stop)
        return
    with Crew(Performing(task), cases, jobs) as crew:
        for _, case, value in crew.answers():
            outcome = _lost(case, value.error) if isinstance(value, Lost) else value
            if stop is not None and stop(outcome):
                crew.stop()
            yield outcome


def _here(task: Task, cases: Iterable[Case], stop: Callable[[Outcome], bool] | None) -> Iterator[Outcome]:
    for case in cases:
        outcome = perform(task, case)
        yield outcome
        if stop is not None and stop(outcome):
            return


def _lost(case: Case, error: Diagnostic) -> Outcome:
    return Outcome(case.index, case.name, errors=(error,))
