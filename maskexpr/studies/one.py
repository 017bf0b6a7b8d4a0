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
    filling = {**run.loaded.names, **case.names}
    paths = outputs.targets(run.results, task.outputs, filling) if task.writes else {}
    pictures = run.pictures(task.pictures, filling)
    paths = {**paths, **pictures.paths}
    outputs.check_targets(paths, access)
    outputs.make_folders(paths.values(), [*task.outputs, *task.pictures.options])
    for name, result in {**run.results, **pictures.made}.items():
        if name in paths:
            run.write(name, result, paths[name])
    numbers = {n: r.value for n, r in run.results.items() if r.kind.name in ("number", "truth")}
    tables = {n: r.value for n, r in run.results.items() if outputs.is_table(r)}
    return Outcome(case.index, case.name, numbers, tables, paths)
