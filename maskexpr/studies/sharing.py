"""How the machine is shared among workers: its cores, and its memory."""

import heapq
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, MaskError
from maskexpr.files.memory import available
from maskexpr.files.runs import bind
from maskexpr.kernels.threads import cores
from maskexpr.processes.cores import threads_of_each
from maskexpr.studies.case import Case
from maskexpr.studies.headers import file_bytes, load_blank
from maskexpr.studies.task import Task

_OF_A_PROCESS = 150e6  # bytes of a worker with all libraries, before it reads anything
_LOOKED_AT = 4  # of the cases with the largest files
_MANY_TIMES = 6  # what a program takes, where its estimate does not tell: times its images


class Share(NamedTuple):
    """How many workers there are to be, and what is to be said of that."""

    jobs: int
    said: tuple[Diagnostic, ...] = ()


def share_for(task: Task, cases: Sequence[Case], jobs: int) -> Share:
    """No more workers than there are cores and cases for, nor than the memory holds at a time; one at least."""
    said: list[Diagnostic] = []
    if jobs > cores():
        said.append(messages.JOBS_CORES.anywhere(jobs=jobs, cores=cores()))
    able = max(1, min(jobs, cores(), len(cases)))
    free = available()
    if free is None:
        return Share(able, tuple(said))
    needed, name = max(((_needed(task, case, able), case.name) for case in _largest(cases)), default=(0, ""))
    fitting = int(free // (needed + _OF_A_PROCESS))
    fields = {"needed": _size_text(needed), "free": _size_text(free)}
    if fitting < 1:
        said.append(messages.MEMORY_SHORT.anywhere(name=name, **fields))
    if fitting < able:
        if able > 1:
            started = max(1, fitting)
            said.append(messages.JOBS_MEMORY.anywhere(jobs=able, started=started, **fields))
        able = max(1, fitting)
    return Share(able, tuple(said))


def _largest(cases: Sequence[Case]) -> list[Case]:
    """Some of the cases whose files are the largest."""
    return heapq.nlargest(_LOOKED_AT, cases, key=lambda case: sum(map(file_bytes, case.given.values())))


def _needed(task: Task, case: Case, jobs: int) -> int:
    """The bytes that a worker takes for a case; 0 where that is not known before it is read."""
    try:
        loaded = load_blank(task, case)
    except (MaskError, MemoryError):
        return 0
    read = sum(_bytes_of(value) for value in loaded.values.values())
    try:
        taken = bind(task.program, loaded).cost().memory
    except MaskError:
        return _MANY_TIMES * read
    overlaps = threads_of_each(jobs) > 1
    return taken + (2 * read if overlaps else 0)  # one that is read, one that is written meanwhile


def _bytes_of(value: object) -> int:
    array = getattr(value, "array", value)
    return array.nbytes if isinstance(array, np.ndarray) else 0


def _size_text(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, size / 1e6):.0f} MB"
