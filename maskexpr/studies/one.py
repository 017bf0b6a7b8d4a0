"""A task done to one case, in three parts, so that one can be read while another is computed: load, compute, finish."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, MaskError, RunError
from maskexpr.files import outputs
from maskexpr.files.access import Access
from maskexpr.files.decoding.naming import parted
from maskexpr.files.images.replacing import is_no_file
from maskexpr.files.programs import Loaded, digest_of, input_paths, load_inputs
from maskexpr.files.runs import FileRun, bind, run_on_files
from maskexpr.kinds.kind import MEASURES
from maskexpr.program.steps import Checked
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task

_UNUSED = "unused"
_MOST_ITEMS = 16  # of a list whose items are numbers of a case


def perform(task: Task, case: Case) -> Outcome:
    """All three parts, one after another; what is wrong is in the outcome."""
    course = Course(task, case)
    course.load()
    course.compute()
    return course.finish()


class Course:
    """A case on its way through the three parts, each of which may be done by another thread.

    Once something is wrong, or nothing could be read, the parts that follow do nothing.
    """

    def __init__(self, task: Task, case: Case) -> None:
        self._task, self._case = task, case
        self._said: list[Diagnostic] = []
        self._errors: tuple[Diagnostic, ...] = ()
        self._access = Access()
        self._loaded: Loaded | None = None
        self._run: FileRun | None = None
        self._outcome = Outcome(case.index, case.name)
        self._seconds = 0.0

    def load(self) -> None:
        """Read its files."""
        self._do(self._load)

    def compute(self) -> None:
        """Run the program on what was read."""
        self._do(self._compute)

    def finish(self) -> Outcome:
        """Write what is to be written; what became of it all."""
        self._do(self._finish)
        found = Outcome(self._case.index, self._case.name) if self._errors else self._outcome
        if self._errors and self._task.previews:
            self._keep_failed()
        return replace(found, warnings=tuple(self._said), errors=self._errors, seconds=self._seconds)

    def _keep_failed(self) -> None:
        from maskexpr.studies.reports import thumbnails  # only where pages are made: it draws

        with suppress(Exception):  # an image that is wrong somewhere may be so here again
            thumbnails.keep_failed(self._task.previews, self._case, self._task.program, self._loaded)

    def _do(self, part: Callable[[], None]) -> None:
        if self._errors:
            return
        began = time.perf_counter()
        try:
            part()
        except Exception as error:
            self._errors = errors_of(error)
        self._seconds += time.perf_counter() - began

    def _load(self) -> None:
        self._access = Access(self._task.allowed)
        self._loaded = load(self._task, self._case, self._access)
        self._said += self._loaded.warnings

    def _compute(self) -> None:
        assert self._loaded is not None
        self._run = compute(self._task, self._loaded, self._said)

    def _finish(self) -> None:
        assert self._run is not None
        self._outcome = finish(self._task, self._case, self._run, self._access)
        self._said += outputs.lost_in_files({n: r for n, r in self._run.results.items() if n in self._outcome.files})


def errors_of(error: Exception) -> tuple[Diagnostic, ...]:
    """What is to be said of an exception: one of ours says it itself, of others a short text."""
    if isinstance(error, MaskError):
        return error.diagnostics
    if isinstance(error, MemoryError):
        return (messages.NO_MEMORY.anywhere(wanted=messages.asked_for(error)),)
    text = " ".join(str(error).split())[:200]
    return (messages.UNFORESEEN.anywhere(what=f"{type(error).__name__}{': ' if text else ''}{text}"),)


def load(task: Task, case: Case, access: Access) -> Loaded:
    """Read the files of a case."""
    digests = _digests(task, case, access)
    loaded = load_inputs(
        task.program, case.given, task.params, task.spacings, task.folder, access=access, nodata=task.nodata
    )
    loaded.digests.update(digests)
    return loaded


def _digests(task: Task, case: Case, access: Access) -> dict[str, str]:
    """The SHA-256 of the files that will be read, taken before: should one change meanwhile, it has another later. What
    is wrong with them says who reads them."""
    found: dict[str, str] = {}
    with suppress(MaskError):
        for name, path in input_paths(task.program, case.given, task.folder, access).items():
            whole = parted(path)[0]
            if os.path.isdir(whole) or not is_no_file(whole):
                found[name] = digest_of(path)
    return found


def compute(task: Task, loaded: Loaded, said: list[Diagnostic]) -> FileRun:
    """Run the program. A number that has a name and is needed for nothing else does not keep its results back."""
    bound = bind(task.program, loaded)
    said += said_of(bound.checked)
    told: list[Diagnostic] = []
    try:
        run = run_on_files(task.program, bound, loaded, task.pictures, told.extend, named=True)
    except RunError as error:
        told.clear()
        run = run_on_files(task.program, bound, loaded, task.pictures, told.extend)
        told += [replace(found, severity="warning") for found in error.diagnostics]
    said += told
    return run


def said_of(checked: Checked) -> Iterator[Diagnostic]:
    """What is suspicious in a program. That a number is never used is not: it has a name, and so it is a result."""
    named = {name for name, step in checked.bindings if step.kind.name in MEASURES}
    for found in checked.diagnostics:
        if found.code != _UNUSED or found.quoted not in named:
            yield found


def finish(task: Task, case: Case, run: FileRun, access: Access) -> Outcome:
    """Write what is to be written, and sum up."""
    filling = {**run.loaded.names, **case.names}
    paths = outputs.targets(run.results, task.outputs, filling) if task.writes else {}
    pictures = run.pictures(task.pictures, filling)
    paths = {**paths, **pictures.paths}
    outputs.check_targets(paths, access)
    outputs.make_folders(paths.values(), [*task.outputs, *task.pictures.options])
    for name, result in {**run.results, **pictures.made}.items():
        if name in paths:
            run.write(name, result, paths[name])
    drawn = _drawn(run, task) if task.screen is not None else ""
    tables = {n: r.value for n, r in run.results.items() if outputs.is_table(r)}
    written = {path: digest_of(path) for path in paths.values() if not is_no_file(path)}
    if task.previews:
        from maskexpr.studies.reports import thumbnails  # only where pages are made: it draws

        kept = thumbnails.keep(task.previews, case, run, task.pictures.view)
        written[kept] = digest_of(kept)
    read = {**run.loaded.all_digests(), **{path: digest_of(path) for path in access.named}}
    return Outcome(case.index, case.name, _numbers(run), tables, paths, read, written, drawn=drawn)


def _numbers(run: FileRun) -> dict[str, Any]:
    """The numbers of a case by name: outputs first, then what the program assigns; short lists item by item."""
    given = {name: result.value for name, result in run.results.items() if result.kind.name in MEASURES}
    return dict(_flat({**given, **{n: value for n, value in run.named.items() if n not in run.results}}))


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if not isinstance(value, list | tuple):
            yield name, value
        elif len(value) <= _MOST_ITEMS and all(isinstance(item, int | float) for item in value):
            yield from ((f"{name}_{i}", item) for i, item in enumerate(value))


def _drawn(run: FileRun, task: Task) -> str:
    """Each result as the terminal shows it, behind its name where there are several."""
    from maskexpr.display import results

    assert task.screen is not None
    texts = []
    for name, result in run.results.items():
        view = run.view(result, task.pictures.view)
        text = results.drawn(view.value, view.kind, task.screen, view.below, view.mode, valid=view.valid)
        texts.append(f"{name}: {text}" if len(run.results) > 1 else text)
    return "\n".join(texts)
