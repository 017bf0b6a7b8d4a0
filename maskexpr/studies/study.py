"""A study as it goes: cases done, one after another or by several workers, each outcome put down at once, and tables of
all at the end."""

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError, MaskError
from maskexpr.engine.watching import Tell, nobody
from maskexpr.files import outputs
from maskexpr.files.access import STANDARD, resolved
from maskexpr.files.decoding.naming import shown
from maskexpr.studies import journal as journals
from maskexpr.studies import tables
from maskexpr.studies.case import Case
from maskexpr.studies.locking import Lock, locked
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.standing import Standing
from maskexpr.studies.targets import targets_of
from maskexpr.studies.task import Task
from maskexpr.studies.watching import Ended, Watcher
from maskexpr.studies.workers import performed


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
    keeps_tables
        Whether results that are tables are wanted for something else; if not, and no tables are written, only the
        journal has them.
    pages
        The files that pages of all images may go to.
    """

    task: Task
    cases: Sequence[Case]
    jobs: int = 1
    keep_going: bool = False
    resume: bool = False
    retry_failed: bool = False
    tables: tuple[str, ...] = ()
    keeps_tables: bool = False
    pages: tuple[str, ...] = ()


def run(study: Study, watcher: Watcher, tell: Tell = nobody) -> Ended:
    """Do what is to be done, and write the tables; what is known then. It is ended by an interrupt, too, after what was
    done is put down. What is to be said of the study before it begins is told.

    Raises
    ------
    InputError
        Nothing was done: two results go to one file, another study is at work in the folder, or a table has no place to
        go.
    FileError
        Nothing was done: the journal cannot be read or written.
    """
    check(study)
    folder = folder_of(study)
    path = folder / journals.NAME
    outputs.make_folder(os.fspath(folder))
    for table in study.tables:
        outputs.make_folder_of(table)
    with locked(folder) as lock, closing(_opened(path, study, lock)) as journal:
        tell(tuple(journal.warnings))
        course = _Course(study, watcher, journal)
        course.go(tell)
        ended = course.ended()
    watcher.ends(ended)
    return ended


def check(study: Study) -> None:
    """Refuse what cannot be done, as `run` does; nothing is made."""
    tables.check(study.task.program, study.tables, {path for case in study.cases for path in case.given.values()})
    path, made = folder_of(study) / journals.NAME, tables.files_of(study.task.program, study.tables)
    own = {os.fspath(path): "the journal", **dict.fromkeys(made, "a table of all images")}
    own.update(dict.fromkeys(study.pages, "a page of all images"))
    targets_of(study.task, study.cases, own)
    if study.retry_failed and not os.path.lexists(path):
        raise FileError(messages.JOURNAL_MISSING.anywhere(path=shown(path)))


def to_be_done(study: Study, tell: Tell = nobody) -> list[Case]:
    """The images that `run` would do something to; it refuses the same."""
    check(study)
    journal = journals.Known(folder_of(study) / journals.NAME, study.task)
    tell(tuple(journal.warnings))
    return Kept.of(study, journal, tell).todo


def _opened(path: Path, study: Study, lock: Lock) -> journals.Journal:
    return journals.Journal(path, study.task, lock, tables=bool(study.tables) or study.keeps_tables)


def without_results(study: Study, tell: Tell = nobody) -> Study:
    """A study whose pattern finds what it has written before, without that; it is told."""
    results = journals.results_of(folder_of(study) / journals.NAME, study.task)
    own = [case for case in study.cases if resolved(case.name) in results or _is_page(study, case)]
    if not own or len(own) == len(study.cases):
        return study
    indexes = {case.index for case in own}
    others = [case for case in study.cases if case.index not in indexes]
    tell((messages.STUDY_OF_RESULTS.anywhere(count=len(own), path=shown(own[0].name)),))
    return replace(study, cases=[replace(case, index=index) for index, case in enumerate(others)])


def _is_page(study: Study, case: Case) -> bool:
    """Whether an image is a contact sheet that was written before, and would be now."""
    if case.name not in study.pages:
        return False
    from maskexpr.studies.reports.sheet import is_sheet  # only where pages are made: it draws

    return is_sheet(case.name)


def folder_of(study: Study) -> Path:
    """Where the journal of a study is: the deepest folder that all results of the first template go to or below it, or
    that of the table, or the current one."""
    task = study.task
    for option in (*task.outputs, *study.tables):
        if option != STANDARD:
            return Path(outputs.folder_of(option))
    return Path()


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done before and is kept, by the place of the image, and what is to be done."""

    found: dict[int, Outcome]
    todo: list[Case]

    @classmethod
    def of(cls, study: Study, journal: journals.Known, tell: Tell) -> "Kept":
        """What a journal says of it."""
        before = {case.index: entry for case in study.cases if (entry := journal.entry(case)) is not None}
        if study.retry_failed:
            return cls._all_but_failed(study, journal, before)
        standing = Standing(study.task)
        same = [case for case in study.cases if case.index in before and journal.is_same(case, before[case.index])]
        if not study.resume:
            count = sum(not before[case.index].outcome.is_failed for case in same)
            if count:
                tell((messages.JOURNAL_NOT_USED.anywhere(path=shown(journal.path), count=count),))
            return cls({}, list(study.cases))
        found = {}
        for case in same:
            outcome = before[case.index].outcome
            if standing.holds(case, outcome):
                found[case.index] = replace(outcome, index=case.index, name=case.name)
        return cls(found, [case for case in study.cases if case.index not in found])

    @classmethod
    def _all_but_failed(cls, study: Study, journal: journals.Known, before: Mapping[int, journals.Entry]) -> "Kept":
        if any(entry.task != journal.task for entry in before.values()):
            raise InputError(messages.JOURNAL_OF_OTHER_TASK.anywhere(path=shown(journal.path)))
        names = {case.index: case.name for case in study.cases}
        outcomes = {i: replace(entry.outcome, index=i, name=names[i]) for i, entry in before.items()}
        found = {index: outcome for index, outcome in outcomes.items() if not outcome.is_failed}
        return cls(found, [case for case in study.cases if case.index in outcomes and case.index not in found])


class _Course:
    """A study on its way."""

    def __init__(self, study: Study, watcher: Watcher, journal: journals.Journal) -> None:
        self.study, self.watcher, self.journal = study, watcher, journal
        self.found: dict[int, Outcome] = {}
        self.errors: tuple[Diagnostic, ...] = ()  # of the study itself
        self.is_interrupted = False
        self.todo = list(study.cases)
        self.kept: frozenset[int] = frozenset()  # what was done before
        self.has_begun = False

    def go(self, tell: Tell) -> None:
        """Do what was not done before."""
        try:
            self._keep(tell)
        except KeyboardInterrupt:
            self.is_interrupted = True
            return
        try:
            self.kept = frozenset(self.found)
            self.has_begun = True
            self.watcher.begins(len(self.study.cases), len(self.kept))
            with closing(self._outcomes(tell)) as done:
                for outcome in done:
                    self._take(outcome)
        except KeyboardInterrupt:
            self.is_interrupted = True
        except MaskError as error:  # of the journal: no image raises any
            self.errors += error.diagnostics

    def _keep(self, tell: Tell) -> None:
        """Find what was done before, and what is still to be done."""
        kept = Kept.of(self.study, self.journal, tell)
        self.found, self.todo = kept.found, kept.todo

    def _outcomes(self, tell: Tell) -> Generator[Outcome]:
        study = self.study
        stop = None if study.keep_going else _is_failed
        yield from performed(study.task, self.todo, jobs=study.jobs, stop=stop, tell=tell)

    def _take(self, outcome: Outcome) -> None:
        """What became of one image: it is put down before anybody is told."""
        self.journal.add(self.study.cases[outcome.index], outcome)
        is_kept = self.study.tables or self.study.keeps_tables
        self.found[outcome.index] = outcome if is_kept else replace(outcome, tables={})
        self.watcher.done(outcome)

    def ended(self) -> Ended:
        """Write the tables of what there is."""
        study, written = self.study, list[str]()
        records = [(case, self.found[case.index]) for case in study.cases if case.index in self.found]
        try:
            if self.has_begun:
                written = tables.written(study.task.program, [outcome for _, outcome in records], study.tables)
        except MaskError as error:
            self.errors += error.diagnostics
        path = shown(self.journal.path)
        return Ended(len(study.cases), records, self.kept, tuple(written), path, self.errors, self.is_interrupted)


def _is_failed(outcome: Outcome) -> bool:
    return outcome.is_failed
