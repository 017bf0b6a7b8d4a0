"""What the headers of files say of a case: the kinds of its inputs and results, and what a run would take."""

from dataclasses import dataclass

from maskexpr.engine.prepared import Stages
from maskexpr.files.access import Access
from maskexpr.files.programs import Loaded, load_inputs
from maskexpr.files.runs import bind
from maskexpr.studies.case import Case
from maskexpr.studies.task import Task


@dataclass(frozen=True, slots=True)
class Looked:
    """A case whose files were looked at and not decoded: zeros stand for their pixels."""

    loaded: Loaded
    bound: Stages


def look(task: Task, case: Case) -> Looked:
    """Look at the headers of the files of a case; a `MaskError` where that cannot be, or the program takes them not."""
    access = Access(task.allowed)
    loaded = load_inputs(
        task.program, case.given, task.params, task.spacings, task.folder, access, task.nodata, blank=True
    )
    return Looked(loaded, bind(task.program, loaded))
