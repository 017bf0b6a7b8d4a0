"""maskexpr eval and run: programs run on files."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from maskexpr.api import Program, Result, stages
from maskexpr.cli import shared
from maskexpr.cli.machine import HELP, Document, add_json, document_of
from maskexpr.display.results import summary
from maskexpr.engine.prepared import Stages
from maskexpr.files import outputs, programs
from maskexpr.files.access import STANDARD, Access
from maskexpr.files.decoding.naming import shown
from maskexpr.kinds import tabulated
from maskexpr.program.steps import Checked, Step

if TYPE_CHECKING:
    from maskexpr.cli.drawing import PictureFiles
    from maskexpr.cli.shared import Commands
    from maskexpr.display.views import View

_RAW = argparse.RawDescriptionHelpFormatter
_NUMBER, _COUNTED = "number", "counted"  # what is found on the way: for the record, for a histogram


def add_eval(commands: "Commands") -> None:
    epilog = f"{HELP}\n{shared.EXAMPLES}"
    command = shared.add(commands, "eval", _eval, "run one expression", epilog=epilog, formatter_class=_RAW)
    command.add_argument("expression", metavar="EXPR", help="an expression or short program; - reads standard input")
    shared.add_inputs(command)
    written = "write the result: a file, a folder/, or -; a table or numbers to .csv, .tsv, .json or .parquet"
    _add_output(command, written)
    add_json(command)
    _add_pictures(command)


def add_run(commands: "Commands") -> None:
    command = shared.add(commands, "run", _run, "run a program file", epilog=HELP, formatter_class=_RAW)
    command.add_argument("file", metavar="FILE.mask", help="a program; - reads standard input")
    shared.add_inputs(command)
    out = (
        "where results go: a folder/, a template such as 'out/{stem}-{output}.tif', a file named after a result or the "
        "only one that fits its ending, or -; may be given again for others: -o cells.csv -o nuclei.png"
    )
    _add_output(command, out)
    add_json(command)
    _add_pictures(command)


def _add_output(command: argparse.ArgumentParser, help: str) -> None:
    command.add_argument("-o", "--output", metavar="OUT", action=shared.Append, default=[], help=help)


def _add_pictures(command: argparse.ArgumentParser) -> None:
    command.add_argument("--show", action="store_true", help="draw each result, if this is a terminal")
    overlay = "write each mask outlined on its image: a file if there is one mask, else a folder/ or template as for -o"
    command.add_argument("--overlay", metavar="OUT.png", help=overlay)
    shared.add_view(command)
    hist = "write a plot of how often values occur in the image and within the mask, thresholds marked"
    command.add_argument("--hist", metavar="OUT.png", help=hist)


def _eval(options: argparse.Namespace) -> int:
    """Run one expression. A number or table is printed; an image is summed up, a mask also drawn if this is a
    terminal; -o writes them to a file instead. An expression that begins with a minus needs brackets or a -- before
    it."""
    access = shared.access(options)
    program = programs.compile_expression(options.expression, access, fast=options.fast)
    return _run_program(program, options, Path(), access, write=bool(options.output))


def _run(options: argparse.Namespace) -> int:
    """Run a program file. Each mask and image is written to {stem}-{output}.png in the current folder, {stem} being the
    name of the first input file (.tif or .npy where PNG cannot hold it), each table to {stem}-{output}.csv, or where -o
    says, and its path is printed; numbers are printed. No input is ever overwritten."""
    access = shared.access(options)
    program = programs.load_program(options.file, access, fast=options.fast)
    folder = Path() if options.file == STANDARD else Path(options.file).parent
    return _run_program(program, options, folder, access, Path(options.file).stem, write=True)


def _run_program(
    program: Program, options: argparse.Namespace, folder: Path, access: Access, stem: str = "", *, write: bool
) -> int:
    """Run a program on files; write its results or print them, and write the pictures of them that are asked for. All
    paths are checked before anything is written."""
    if not program.outputs:
        program()  # there is nothing to run: say so before anything is said of inputs
    if options.view is not None:
        from maskexpr.display import views  # only where something is drawn: it takes long to import

        views.check_mode(options.view)
    loaded = shared.load(program, options, folder, access)
    bound = stages(program, loaded.values)
    shared.warn(bound.checked.diagnostics, options)
    results, found = bound.watched(
        lambda checked: _watched(checked, options), lambda said: shared.warn([*said], options)
    )
    run = _Run(program, options, loaded, bound, results, found)

    stem = loaded.stem or stem
    paths = outputs.targets(results, options.output, stem) if write else {}
    pictures: dict[str, Result] = {}
    if options.overlay is not None or options.hist is not None:
        wanted = run.pictures(stem)
        pictures, paths = wanted.made, {**paths, **wanted.paths}
    outputs.check_targets(paths, access)
    document = document_of(options)
    if document is not None:
        document.refuse_beside(paths.values())
    for option in (*options.output, options.overlay, options.hist):
        outputs.make_folder(option)

    if document is None:
        run.show(pictures, paths, write)
    else:
        run.fill(document, pictures, paths)
    shared.warn(outputs.lost_in_files({n: result for n, result in results.items() if n in paths}), options)
    if document is not None:
        document.print()
    return shared.OK


def _watched(checked: Checked, options: argparse.Namespace) -> dict[tuple[str, str], Step]:
    """What is found on the way: numbers for the record, and what a histogram shows."""
    watched = {(_NUMBER, name): step for name, step in checked.numbers().items()}
    if options.hist is not None:
        from maskexpr.cli import drawing

        watched.update({(_COUNTED, name): step for name, step in drawing.counted(checked).items()})
    return watched


@dataclass(frozen=True, slots=True)
class _Run:
    """A program that ran on files, and what it found on the way."""

    program: Program
    options: argparse.Namespace
    loaded: programs.Loaded
    bound: Stages
    results: Mapping[str, Result]
    found: Mapping[tuple[str, str], Any]

    @property
    def numbers(self) -> dict[str, Any]:
        """The thresholds and other numbers that were found on the way."""
        return {name: value for (use, name), value in self.found.items() if use == _NUMBER}

    def show(self, pictures: Mapping[str, Result], paths: Mapping[str, str], write: bool) -> None:
        """Write what has a path, and tell a person of it and of the rest. A file on standard output is alone there."""
        stream = sys.stderr if STANDARD in paths.values() else sys.stdout
        for name, result in self.results.items():
            text = self.text(name, result, paths.get(name), write, stream)
            if name in paths:
                self.write(name, result, paths[name])
            if text:
                print(text, file=stream)
        for name, picture in pictures.items():
            self.write(name, picture, paths[name])
            if paths[name] != STANDARD:
                print(shown(paths[name]), file=stream)

    def fill(self, document: Document, pictures: Mapping[str, Result], paths: Mapping[str, str]) -> None:
        """Write what has a path, and fill in a document of all results."""
        document.add_numbers(self.numbers)
        for name, result in self.results.items():
            document.add(name, result)
        for name, result in {**self.results, **pictures}.items():
            if name in paths:
                self.write(name, result, paths[name])
                document.add_file(paths[name], name)

    def write(self, name: str, result: Result, path: str) -> None:
        """Write a result or a picture with the record of how it was made."""
        from maskexpr.files import provenance  # only where files are written: it needs JSON

        outputs.write(result, path, provenance.record(self.bound, self.loaded, self.numbers, name), name)

    def text(self, name: str, result: Result, path: str | None, write: bool, stream: TextIO) -> str:
        """What a person is told of a result: the file it goes to, and what it is, in a terminal drawn where that is
        asked for. Tables are printed where they are not written, into a pipe as a whole."""
        is_table, in_terminal = outputs.is_table(result), stream.isatty()
        drawn = self.options.show or (not write and (is_table or result.kind.name == "mask"))
        drawn = drawn and in_terminal and stream is sys.stdout and (is_table or outputs.is_array(result))
        if path == STANDARD or (path is not None and not in_terminal):  # to sum up takes time, too
            return "" if path == STANDARD else shown(path)
        text = self.drawn(result) if drawn else summary(result.value, result.kind, result.valid)
        if path is not None:
            return shown(path) + ("\n" if drawn else "  ") + text
        title = f"{name} = " if write else f"{name}: " if len(self.results) > 1 else ""
        if is_table and not drawn:
            rows = tabulated.text_of(result.value, result.value.units, tabulated.Room())
            return f"{title}{text}\n{rows}" if title else rows
        return title + text

    def drawn(self, result: Result) -> str:
        """A result as a terminal shows it."""
        from maskexpr.cli import drawing

        return drawing.in_terminal(self._view(result))

    def _view(self, result: Result) -> "View":
        from maskexpr.display import views

        ground = views.ground_of(result.kind, self.loaded.values, self.program.inputs)
        view = views.view_of(result.value, result.kind, ground, self.options.view or "overlay")
        return replace(view, valid=result.valid)

    def pictures(self, stem: str) -> "PictureFiles":
        """The pictures that are asked for."""
        from maskexpr.cli import drawing

        options, wanted = self.options, drawing.PictureFiles()
        if options.overlay is not None:
            views = {name: self._view(result) for name, result in self.results.items() if outputs.is_array(result)}
            overlays = drawing.overlays(views, options.overlay, options.view)
            wanted.add("overlay", overlays, options.overlay, stem, "{stem}-{output}-overlay")
        if options.hist is not None:
            (name, image), *marks = ((name, value) for (use, name), value in self.found.items() if use == _COUNTED)
            kind = drawing.counted(self.bound.checked)[name].kind
            parts = [(name, result.value, result.kind) for name, result in self.results.items()]
            plot = drawing.histogram(name, image, kind, dict(marks), parts)
            wanted.add("hist", {name: plot}, options.hist, stem, "{stem}-histogram")
        return wanted
