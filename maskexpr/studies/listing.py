"""What a study would do, told without doing it: nothing is decoded, run or written."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from maskexpr.diagnostics.errors import MaskError
from maskexpr.diagnostics.messages import bytes_text, count_text, counted
from maskexpr.files import outputs
from maskexpr.files.decoding.naming import shown
from maskexpr.kinds.kind import Kind
from maskexpr.planner.costs import Cost
from maskexpr.studies.case import Case
from maskexpr.studies.headers import file_bytes, look
from maskexpr.studies.targets import targets_of
from maskexpr.studies.task import Task


def listing(task: Task, cases: Sequence[Case], jobs: int = 1) -> Iterator[str]:
    """Lines on each image, its partners, what would be written, and what that takes; and on all of them.

    Sizes and types are those that headers state. The cost of a run is the estimate of its plan: an upper bound of its
    memory, without what decoding takes; where pixels turn out to be without data it takes more.
    """
    totals = _Totals()
    common = {name for name in (cases[0].given if cases else ()) if len({case.given[name] for case in cases}) == 1}
    common = common if len(cases) > 1 else set()
    yield from (f"for each: {name} = {shown(cases[0].given[name])}" for name in sorted(common))
    for case, paths in zip(cases, targets_of(task, cases), strict=True):
        yield shown(case.name)
        yield from (f"  {line}" for line in _lines(task, case, paths, common, totals))
    yield from totals.lines(jobs)


@dataclass(slots=True)
class _Totals:
    """What all cases come to."""

    images: int = 0
    pixels: int = 0
    bytes: int = 0
    files: int = 0
    operations: float = 0
    memory: int = 0
    refused: int = 0

    def add(self, kinds: Mapping[str, Kind], cost: Cost) -> None:
        self.pixels += max((math.prod(kind.shape) for kind in kinds.values() if kind.shape), default=0)
        self.operations += cost.operations
        self.memory = max(self.memory, cost.memory)

    def lines(self, jobs: int) -> Iterator[str]:
        yield f"{counted(self.images, 'image')}, {count_text(self.pixels)} pixels, {bytes_text(self.bytes)} to be read"
        yield f"{counted(self.files, 'file')} to be written"
        memory = f"{bytes_text(self.memory)} of memory for an image"
        memory += f", {bytes_text(self.memory * jobs)} for {jobs} jobs" if jobs > 1 else ""
        yield f"{count_text(self.operations)} operations; up to {memory}"
        if self.refused:
            yield f"{counted(self.refused, 'image')} will fail, as their headers tell"


def _lines(task: Task, case: Case, paths: Mapping[str, str], common: set[str], totals: _Totals) -> Iterator[str]:
    totals.images += 1
    totals.bytes += sum(map(file_bytes, case.given.values()))
    try:
        looked = look(task, case)
        cost = looked.bound.cost()
    except MaskError as error:
        totals.refused += 1
        yield from str(error).splitlines()
        return
    kinds, files = looked.bound.kinds, looked.loaded.paths
    totals.bytes += sum(file_bytes(str(path)) for name, path in files.items() if name not in case.given)
    totals.add({name: kinds[name] for name in files if name in kinds}, cost)
    totals.files += len(paths)
    for name, text in {**{name: str(path) for name, path in files.items()}, **case.given}.items():
        if name in files and name in kinds:
            what = f"{kinds[name]}, {bytes_text(file_bytes(text))}"
            yield f"{name}: {what}" if text == case.name or name in common else f"{name}: {what}, {shown(text)}"
        elif name not in common:
            yield f"{name} = {shown(text)}"
    options = [*task.outputs, *task.pictures.options]
    for name, path in paths.items():
        yield f"{name} -> {shown(path)}{'' if outputs.lacks_no_ending(path, options) else '.*'}"
    yield f"{count_text(cost.operations)} operations, {bytes_text(cost.memory)} of memory"
