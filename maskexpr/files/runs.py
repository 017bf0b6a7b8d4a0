"""A program run on files: its results, what was found on the way, and both written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from maskexpr.api import Program, Result
from maskexpr.engine.prepared import Stages
from maskexpr.engine.watching import Tell, nobody
from maskexpr.files import outputs
from maskexpr.files.programs import Loaded
from maskexpr.inside import stages
from maskexpr.kinds.kind import MEASURES
from maskexpr.program.steps import Checked, Step

if TYPE_CHECKING:
    from maskexpr.display.views import View
    from maskexpr.files.pictures import PictureFiles

OVERLAY_NAMES, HISTOGRAM_NAMES = "{stem}-{output}-overlay", "{stem}-histogram"  # of files in a folder
# What is found on the way: for the record, for a histogram, and because it has a name.
_NUMBER, _COUNTED, _NAMED = "number", "counted", "named"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Which pictures of results are to be written, as -o says it, and how masks are shown in them."""

    overlay: str | None = None
    hist: str | None = None
    view: str | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """Where they are to go, as it was given."""
        return tuple(option for option in (self.overlay, self.hist) if option is not None)

    @property
    def are_wanted(self) -> bool:
        return bool(self.options)


@dataclass(frozen=True, slots=True)
class FileRun:
    """A program that ran on files, and what it found on the way."""

    program: Program
    loaded: Loaded
    bound: Stages
    results: Mapping[str, Result]
    found: Mapping[tuple[str, str], Any]

    @property
    def numbers(self) -> dict[str, Any]:
        """The thresholds and other numbers that were found on the way."""
        return self._found_as(_NUMBER)

    @property
    def named(self) -> dict[str, Any]:
        """The numbers, truths and lists that the program assigns to names, in its order, if they were asked for."""
        return self._found_as(_NAMED)

    def _found_as(self, wanted: str) -> dict[str, Any]:
        return {name: value for (use, name), value in self.found.items() if use == wanted}

    def write(self, name: str, result: Result, path: str) -> None:
        """Write a result or a picture with the record of how it was made."""
        from maskexpr.files import provenance  # only where files are written: it needs JSON

        outputs.write(result, path, provenance.record(self.bound, self.loaded, self.numbers, name), name)

    def view(self, result: Result, mode: str | None = None) -> "View":
        """A result on the image that it was made from."""
        from maskexpr.display import views

        ground = views.ground_of(result.kind, self.loaded.values, self.program.inputs)
        view = views.view_of(result.value, result.kind, ground, mode or "overlay")
        return replace(view, valid=result.valid)

    def pictures(self, wanted: Pictures, filling: Mapping[str, str]) -> "PictureFiles":
        """The pictures that are asked for, and where they go, by values for the names in templates."""
        from maskexpr.files import pictures

        files = pictures.PictureFiles()
        if wanted.overlay is not None:
            views = {n: self.view(result, wanted.view) for n, result in self.results.items() if result.kind.is_array}
            overlays = pictures.overlays(views, wanted.overlay, wanted.view)
            files.add("overlay", overlays, wanted.overlay, filling, OVERLAY_NAMES)
        if wanted.hist is not None:
            (name, image), *marks = ((name, value) for (use, name), value in self.found.items() if use == _COUNTED)
            kind = pictures.counted(self.bound.checked)[name].kind
            parts = [(name, result.value, result.kind) for name, result in self.results.items()]
            plot = pictures.histogram(name, image, kind, dict(marks), parts)
            files.add("hist", {name: plot}, wanted.hist, filling, HISTOGRAM_NAMES)
        return files


def run_on_files(
    program: Program, bound: Stages, loaded: Loaded, wanted: Pictures, tell: Tell = nobody, *, named: bool = False
) -> FileRun:
    """Run a program on what was loaded; what is to be said of the run is told. Numbers that it assigns to names are
    found if they are asked for, whether outputs depend on them or not."""
    results, found = bound.watched(_watched(wanted, named), tell)
    return FileRun(program, loaded, bound, results, found)


def bind(program: Program, loaded: Loaded) -> Stages:
    """A program with what was loaded for it."""
    return stages(program, loaded.values)


def _watched(wanted: Pictures, named: bool) -> Callable[[Checked], dict[tuple[str, str], Step]]:
    """What is found on the way: numbers for the record, and what a histogram shows."""

    def watched(checked: Checked) -> dict[tuple[str, str], Step]:
        steps = {(_NUMBER, name): step for name, step in checked.numbers().items()}
        if named:
            steps.update({(_NAMED, name): step for name, step in checked.bindings if _is_named(name, step)})
        if wanted.hist is not None:
            from maskexpr.files import pictures

            steps.update({(_COUNTED, name): step for name, step in pictures.counted(checked).items()})
        return steps

    return watched


def _is_named(name: str, step: Step) -> bool:
    return bool(name) and step.kind.name in MEASURES
