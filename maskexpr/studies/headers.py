"""What the headers of files say of a case: the kinds of its inputs and results, and what a run would take."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maskexpr.api import Image, stages
from maskexpr.engine.prepared import Stages
from maskexpr.files import images
from maskexpr.files.access import Access
from maskexpr.files.decoding.naming import parted
from maskexpr.files.images import Source
from maskexpr.files.programs import nodata_number, plain_value, spacing_for
from maskexpr.studies.case import Case
from maskexpr.studies.task import Task


@dataclass(frozen=True, slots=True)
class Looked:
    """A case whose files were looked at and not decoded: what they will give, by input, and the program bound to it."""

    sources: Mapping[str, Source]
    bound: Stages


def look(task: Task, case: Case) -> Looked:
    """Look at the headers of the files of a case; a `MaskError` where that cannot be, or the program has none of it."""
    sources, values = dict[str, Source](), dict[str, Any](task.params)
    infos = {info.name: info for info in task.program.inputs}
    for name, path in files_of(task, case).items():
        file, part = parted(path)
        kind = infos[name].kind if name in infos else None
        sources[name] = images.look(file, kind=kind, part=part)
        values[name] = _signature(sources[name], spacing_for(name, task.spacings), spacing_for(name, task.nodata))
    for name, text in case.given.items():
        if name not in sources:
            values[name] = plain_value(text)
    return Looked(sources, stages(task.program, values))


def files_of(task: Task, case: Case) -> dict[str, str]:
    """The files of a case, by input: those that are given, and the default files of other inputs."""
    access = Access(task.allowed)
    found = {name: text for name, text in case.given.items() if plain_value(text) is None or os.path.exists(text)}
    for info in task.program.inputs:
        if info.name not in case.given and info.default is not None:
            found[info.name] = os.fspath(access.default(info, task.folder))
    return found


def _signature(source: Source, spacing: str | None, nodata: str | None) -> Image:
    """What `programs.as_image` makes of a file, without its pixels."""
    kind = None
    if source.colour is not None and source.dtype != bool:
        kind = "colour" if source.colour else "image"
    given: Any = spacing.split(",") if spacing else source.spacing
    number = nodata_number(nodata) if nodata is not None else None
    return Image((source.shape, source.dtype), given, kind, grid=source.grid, nodata=number)
