"""What is done to each image of a study."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskexpr.api import Program
from maskexpr.files.runs import Pictures

if TYPE_CHECKING:
    from maskexpr.display.terminal import Abilities


@dataclass(frozen=True, slots=True)
class Task:
    """A program with all that is the same for each image; it is sent to workers.

    Attributes
    ----------
    program, params
        What is run.
    folder
        Where the default files of its inputs are looked for.
    spacings, nodata, allowed
        As --spacing, --nodata and --allow-read state them.
    outputs
        As -o has them: templates, folders and files.
    writes
        Whether results are written, be it by the names that they have where nothing is said.
    pictures
        What is to be drawn of each.
    previews
        The folder where small pictures of each are put, for contact sheets and reports; none where it is empty.
    screen
        The terminal that results are to be drawn for, if they are.
    """

    program: Program
    params: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    spacings: tuple[str, ...] = ()
    nodata: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    writes: bool = True
    pictures: Pictures = field(default_factory=Pictures)
    previews: str = ""
    screen: "Abilities | None" = None
