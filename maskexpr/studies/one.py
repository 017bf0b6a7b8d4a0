"""A task done to one case, in three parts, so that one can be read while another is computed: load, compute, finish."""

import time
from dataclasses import replace

from maskexpr.diagnostics.errors import Diagnostic, MaskError
from maskexpr.files import outputs
from maskexpr.files.access import Access
from maskexpr.files.programs import Loaded, load_inputs
from maskexpr.files.runs import FileRun, bind, run_on_files
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task


def perform(task: Task, case: Case) -> Outcome:
    """All three parts, one after another; what is wrong is in the outcome."""
    began, said = time.perf_counter(), list[Diagnostic]()
    try:
        access = Access(task.allowed)
        loaded = load(task, case, access)
        said += loaded.warnings
        outcome = finish(task, case, compute(task, loaded, said), access)
    except MaskError as error:
        outcome = Outcome(case.index, case.name, errors=tuple(error.diagnostics))
    return replace(outcome, warnings=tuple(said), seconds=time.perf_counter() - began)


def load(task: Task, case: Case, access: Access) -> Loaded:
    """Read the files of a case."""
    return load_inputs(task.program, case.given, task.params, task.spacings, task.folder, access, task.nodata)


def compute(task: Task, loaded: Loaded, said: list[Diagnostic]) -> FileRun:
    """Run the program."""
    bound = bind(task.program, loaded)
    said += bound.checked.diagnostics
    return run_on_files(task.program, bound, loaded, task.pictures, said.extend)


def finish(task: Task, case: Case, run: FileRun, access: Access) -> Outcome:
    """Write what is to be written, and sum up."""
    stem = run.loaded.stem
    paths = outputs.targets(run.results, task.outputs, stem) if task.writes else {}
    pictures = run.pictures(task.pictures, stem)
    paths = {**paths, **pictures.paths}
    outputs.check_targets(paths, access)
    for name, result in {**run.results, **pictures.made}.items():
        if name in paths:
            run.write(name, result, paths[name])
    if task.previews:
        from maskexpr.studies.reports import thumbnails  # only where pages are made

        thumbnails.keep(task.previews, case, run, task.pictures.view)
    drawn = _drawn(run, task) if task.screen is not None else ""
    numbers = {n: r.value for n, r in run.results.items() if r.kind.name in ("number", "truth")}
    tables = {n: r.value for n, r in run.results.items() if outputs.is_table(r)}
    return Outcome(case.index, case.name, numbers, tables, paths, drawn=drawn)


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
