"""What is known of a case before it is read: how large its files are, and what their headers say of the kinds of its
inputs and results, and of what a run would take."""

import os
from dataclasses import dataclass

from maskexpr.diagnostics.errors import MaskError
from maskexpr.engine.prepared import Stages
from maskexpr.files import images
from maskexpr.files.access import Access
from maskexpr.files.decoding.naming import parted
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
    loaded = load_blank(task, case)
    return Looked(loaded, bind(task.program, loaded))


def load_blank(task: Task, case: Case) -> Loaded:
    """The inputs of a case as their headers state them; a `MaskError` where that cannot be."""
    access = Access(task.allowed)
    return load_inputs(
        task.program, case.given, task.params, task.spacings, task.folder, access, task.nodata, blank=True
    )


def file_bytes(text: str) -> int:
    """The bytes of a file, or of all those that a text stands for; 0 of a number, and of what is not there."""
    try:
        return sum(os.path.getsize(file) for file in images.files_of(parted(text)[0]))
    except (OSError, ValueError, MaskError):
        return 0
