"""maskexpr eval and run: programs run on files."""

import argparse
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from maskexpr.api import Program, Result
from maskexpr.cli import shared, studying
from maskexpr.cli.machine import HELP, Document, add_json, document_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.display.results import summary
from maskexpr.files import outputs, programs, runs
from maskexpr.files.access import STANDARD, Access
from maskexpr.files.decoding.naming import shown
from maskexpr.kinds import tabulated

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands

_RAW = argparse.RawDescriptionHelpFormatter


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
        "only one that fits its ending, or -; may be given again for others: -o cells.csv -o nuclei.png; templates "
        "may have {output}, {stem}, and of each input {im.stem}, {im.name} and {im.parent}"
    )
    _add_output(command, out)
    add_json(command)
    _add_pictures(command)
    studying.add_flags(command)


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
    program = programs.compile_expression(options.expression, access, fast=options.fast, limits=shared.limits(options))
    found = studying.found(program, options)
    if found.are_many:
        given = " ".join(map(shlex.quote, options.given))
        raise InputError(messages.EVAL_OF_MANY.anywhere(count=len(found.cases), given=given))
    options.given = studying.as_given(found)
    return _run_program(program, options, Path(), access, write=bool(options.output))


def _run(options: argparse.Namespace) -> int:
    """Run a program file. Each mask and image is written to {stem}-{output}.png in the current folder, {stem} being the
    name of the first input file (.tif or .npy where PNG cannot hold it), each table to {stem}-{output}.csv, or where -o
    says, and its path is printed; numbers are printed. No input is ever overwritten.

    Many images: a folder stands for the images in it, a pattern for the files that match (`*`, `?`, `[...]`, and `**`
    for any folders), one after another in the order of their paths as texts. Other inputs are one file or number for
    all, a template (`truth='gt/{im.stem}.png'`, `{im.parent}` being the folder below the fixed part of the pattern), or
    patterns, matched by stem. Files of one DICOM series in a folder are one image. What is there by the very name that
    is given is no pattern and no template."""
    access = shared.access(options)
    program = programs.load_program(options.file, access, fast=options.fast, limits=shared.limits(options))
    folder = Path() if options.file == STANDARD else Path(options.file).parent
    found = studying.found(program, options)
    if studying.is_study(options, found):
        return studying.run(program, options, folder, found)
    options.given = studying.as_given(found)
    return _run_program(program, options, folder, access, Path(options.file).stem, write=True)


def _run_program(
    program: Program, options: argparse.Namespace, folder: Path, access: Access, stem: str = "", *, write: bool
) -> int:
    """Run a program on files; write its results or print them, and write the pictures of them that are asked for. All
    paths are checked before anything is written."""
    if options.view is not None:
        from maskexpr.display import views  # only where something is drawn: it takes long to import

        views.check_mode(options.view)
    loaded = shared.load(program, options, folder, access)
    bound = runs.bind(program, loaded)
    shared.warn(bound.checked.diagnostics, options)
    wanted = runs.Pictures(options.overlay, options.hist, options.view)
    ran = runs.run_on_files(program, bound, loaded, wanted, lambda said: shared.warn([*said], options))
    run, results = _Shown(ran, options), ran.results

    filling = {**loaded.names, "stem": loaded.stem or stem}
    paths = outputs.targets(results, options.output, filling) if write else {}
    pictures: dict[str, Result] = {}
    if wanted.are_wanted:
        made = ran.pictures(wanted, filling)
        pictures, paths = made.made, {**paths, **made.paths}
    outputs.check_targets(paths, access)
    document = document_of(options)
    if document is not None:
        document.refuse_beside(paths.values())
    outputs.make_folders(paths.values(), [*options.output, *wanted.options])

    if document is None:
        run.show(pictures, paths, write)
    else:
        run.fill(document, pictures, paths)
    shared.warn(outputs.lost_in_files({n: result for n, result in results.items() if n in paths}), options)
    if document is not None:
        document.print()
    return shared.OK


@dataclass(frozen=True, slots=True)
class _Shown:
    """A program that ran on files, as it is shown to a person or a program."""

    ran: runs.FileRun
    options: argparse.Namespace

    def show(self, pictures: Mapping[str, Result], paths: Mapping[str, str], write: bool) -> None:
        """Write what has a path, and tell a person of it and of the rest. A file on standard output is alone there."""
        stream = sys.stderr if STANDARD in paths.values() else sys.stdout
        for name, result in self.ran.results.items():
            text = self.text(name, result, paths.get(name), write, stream)
            if name in paths:
                self.ran.write(name, result, paths[name])
            if text:
                print(text, file=stream)
        for name, picture in pictures.items():
            self.ran.write(name, picture, paths[name])
            if paths[name] != STANDARD:
                print(shown(paths[name]), file=stream)

    def fill(self, document: Document, pictures: Mapping[str, Result], paths: Mapping[str, str]) -> None:
        """Write what has a path, and fill in a document of all results."""
        document.add_numbers(self.ran.numbers)
        for name, result in self.ran.results.items():
            document.add(name, result)
        for name, result in {**self.ran.results, **pictures}.items():
            if name in paths:
                self.ran.write(name, result, paths[name])
                document.add_file(paths[name], name)

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
        title = f"{name} = " if write else f"{name}: " if len(self.ran.results) > 1 else ""
        if is_table and not drawn:
            rows = tabulated.text_of(result.value, result.value.units, tabulated.Room())
            return f"{title}{text}\n{rows}" if title else rows
        return title + text

    def drawn(self, result: Result) -> str:
        """A result as a terminal shows it."""
        from maskexpr.cli import drawing

        return drawing.in_terminal(self.ran.view(result, self.options.view))
