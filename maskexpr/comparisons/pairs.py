"""The pairs of a comparison: files found as those of any study, and what performs a program on all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from maskexpr.api import Program
from maskexpr.comparisons.comparing import Perform
from maskexpr.studies import workers
from maskexpr.studies.case import Case
from maskexpr.studies.cases import Found, found
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.tables import named
from maskexpr.studies.task import Task


def pairs_of(names: tuple[str, str], a: str, b: str) -> Found:
    """Two files, or those that patterns, folders and templates stand for."""
    return found(dict(zip(names, (a, b), strict=True)))


def names_of(cases: Sequence[Case], names: tuple[str, str]) -> list[tuple[str, str]]:
    """What the two of each pair are called in tables: their paths."""
    own, others = names
    return [(named(case.given[own]), named(case.given[others])) for case in cases]


def on_files(task: Task, cases: Sequence[Case], jobs: int = 1) -> Perform:
    """Programs are run as a task is, for each pair."""

    def performed(program: Program) -> Iterator[Outcome]:
        yield from workers.performed(replace(task, program=program, writes=False), cases, jobs=jobs)

    return performed
