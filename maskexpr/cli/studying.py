"""maskexpr run on many images: when a run is a study, what is asked of it, and what is printed of it where.

Standard output has what a program that reads it wants, in the order of the images, however many jobs there are: the
paths of what was written, unless it is a terminal, and the numbers, unless they go to a table. What a person wants to
see as it goes, and what to do next, is on standard error.
"""

import argparse
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import maskexpr
from maskexpr.api import Program
from maskexpr.cli import machine, shared
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, MaskError
from maskexpr.engine.watching import Tell
from maskexpr.files.decoding.naming import shown
from maskexpr.files.runs import Pictures
from maskexpr.kinds import tabulated

if TYPE_CHECKING:
    from maskexpr.display.terminal import Abilities
    from maskexpr.studies.cases import Found
    from maskexpr.studies.outcome import Outcome
    from maskexpr.studies.study import Study
    from maskexpr.studies.watching import Ended

_FLAGS = ("jobs", "resume", "retry_failed", "keep_going", "table", "dry_run", "contact_sheet", "report")


def add_flags(command: argparse.ArgumentParser) -> None:
    """What a study is asked for."""
    group = command.add_argument_group(
        "many images",
        "im='scans/**/*.png' runs the program on each. What is done is put down at once in the folder of the results, "
        "in maskexpr-journal.jsonl: from there --resume goes on, whatever ended a run. Exit code 1: an image failed.",
    )
    group.add_argument("--jobs", metavar="N", type=count, help="so many processes work; 1 where it is not said")
    table = (
        "write a table with a row an image: its named numbers, and why it failed; .csv, .tsv, .json or .parquet; may "
        "be given again for results that are tables, named after them: --table areas.csv --table cells.csv"
    )
    group.add_argument("--table", metavar="FILE", action=shared.Append, default=[], help=table)
    group.add_argument("--keep-going", action="store_true", help="go on with the other images where one fails")
    again = group.add_mutually_exclusive_group()
    resume = "go on with what was begun before: images that are done, and have not changed since, stay as they are"
    again.add_argument("--resume", action="store_true", help=resume)
    again.add_argument("--retry-failed", action="store_true", help="do those images again that failed, and no others")
    group.add_argument("--dry-run", action="store_true", help="list what would be done, and do nothing")
    sheet = "put the pictures of all images on pages to look through: OUT.png, or OUT-1.png, OUT-2.png... of many"
    group.add_argument("--contact-sheet", metavar="OUT.png", help=sheet)
    report = "write a page to open in a browser: a row an image, what failed and outliers first"
    group.add_argument("--report", metavar="OUT.html", help=report)


def count(text: str) -> int:
    """How many processes there are to be."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes; write 1 or more")
    return int(text)


def found(program: Program, options: argparse.Namespace) -> "Found":
    """The images that are given: many, or one."""
    from maskexpr.studies import cases

    if not program.outputs:
        program()  # there is nothing to run: say so before anything is said of inputs
    return cases.found(shared.asked(program, options)[0])


def as_given(found: "Found") -> list[str]:
    """A single image and its partners, as they are written where no pattern or template is."""
    return [f"{name}={text}" for name, text in found.cases[0].given.items()]


def is_study(options: argparse.Namespace, found: "Found") -> bool:
    """Whether a run is one of many images: by what is given for them, or by what only a study has."""
    return found.are_many or any(getattr(options, flag) for flag in _FLAGS)


def run(program: Program, options: argparse.Namespace, folder: Path, found: "Found") -> int:
    """Run a program on many images."""
    from maskexpr.cli import pages, progress
    from maskexpr.studies import study

    pages.check(options)
    shared.warn(found.notes, options)

    def tell(said: tuple[Diagnostic, ...]) -> None:
        shared.warn(said, options)

    asked = study.without_results(_asked(program, options, folder, found), tell)
    pages.check_places(asked)
    if options.dry_run:
        if machine.document_of(options) is not None:
            raise InputError(messages.DRY_RUN_JSON.anywhere())
        return _list(asked, tell)
    document = machine.document_of(options)
    drawing = sys.stdout if asked.task.screen is not None else None
    with _terminated(), progress.watching(drawing=drawing, jobs=asked.jobs) as watcher:
        ended = study.run(asked, watcher, tell)
    made: list[str] = []
    try:
        made = pages.write(ended, asked.task, shared.asked(program, options)[0], options)
    except MaskError as error:
        ended = replace(ended, errors=(*ended.errors, *error.diagnostics))
    if document is None:
        _print(program, ended, options, made)
    else:
        _print_document(ended, document)
    if ended.is_interrupted:
        return shared.INTERRUPTED
    return shared.FAILED if ended.failed or ended.errors else shared.OK


@contextmanager
def _terminated() -> Iterator[None]:
    """What ends a process politely ends a study as an interrupt does: with workers, lock and tables in order."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    changed = [number for number, handler in before.items() if handler == signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        changed = []
    for number in changed:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, before[number])


def _list(asked: "Study", tell: Tell) -> int:
    """Say what would be done."""
    from maskexpr.studies import study
    from maskexpr.studies.listing import listing

    todo = study.to_be_done(asked, tell)
    for line in listing(asked.task, todo, asked.jobs):
        print(line)
    if len(todo) < len(asked.cases):
        print(f"{len(asked.cases) - len(todo)} of {len(asked.cases)} images are not done again")
    return shared.OK


def _asked(program: Program, options: argparse.Namespace, folder: Path, found: "Found") -> "Study":
    from maskexpr.cli import pages
    from maskexpr.studies.study import Study
    from maskexpr.studies.task import Task

    task = Task(
        program,
        shared.asked(program, options)[1],
        folder,
        tuple(options.spacing),
        tuple(options.nodata),
        tuple(options.allow_read),
        tuple(options.output),
        pictures=Pictures(options.overlay, options.hist, options.view),
        screen=_screen() if options.show and machine.document_of(options) is None else None,
    )
    asked = Study(
        task,
        found.cases,
        options.jobs or 1,
        options.keep_going,
        options.resume,
        options.retry_failed,
        tuple(options.table),
        machine.document_of(options) is not None,
    )
    return pages.with_previews(asked, options)


def _screen() -> "Abilities | None":
    """The terminal behind standard output; None where it is something else."""
    from maskexpr.display import terminal

    abilities = terminal.abilities(sys.stdout)
    return abilities if abilities.is_terminal else None


# --- printed ---------------------------------------------------------------------------------------------------------


def _print(program: Program, ended: "Ended", options: argparse.Namespace, pages: list[str]) -> None:
    """What was written and found, in the order of the images; then, for a person, how it went."""
    if not sys.stdout.isatty():
        for _, outcome in ended.records:
            for path in outcome.files.values():
                print(shown(path))
    if not options.table and any(outcome.numbers for _, outcome in ended.records):
        print(_numbers(program, ended))
    for line in [*_closing(ended, options), *pages]:
        print(line, file=sys.stderr)


def _numbers(program: Program, ended: "Ended") -> str:
    """The numbers of all images as a table, shortened to what a terminal shows."""
    from maskexpr.studies import tables

    table = tables.of_images(program, [outcome for _, outcome in ended.records])
    left_out = {tables.MESSAGE} if ended.failed else {tables.MESSAGE, tables.ERROR}
    room = tabulated.Room(*shutil.get_terminal_size()) if sys.stdout.isatty() else tabulated.Room()
    columns = {name: values for name, values in table.items() if name not in left_out}
    return tabulated.text_of(columns, table.units, room)


def _closing(ended: "Ended", options: argparse.Namespace) -> list[str]:
    failed = ended.failed
    lines = [str(MaskError(ended.errors))] if ended.errors else []
    counts = [f"{ended.done} done" + (f" ({len(ended.kept)} of them before)" if ended.kept else "")]
    counts += [f"{len(failed)} failed"] if failed else []
    counts += [f"{ended.left} not begun"] if ended.left else []
    lines.append(("interrupted: " if ended.is_interrupted else "") + ", ".join(counts))
    files = [path for _, outcome in ended.records for path in outcome.files.values()]
    if files:
        folder = os.path.dirname(files[0]) if len(files) == 1 else os.path.commonpath(map(os.path.dirname, files))
        lines.append(f"{len(files)} {'file' if len(files) == 1 else 'files'} in {shown(folder or os.curdir)}")
    lines += [f"table: {shown(path)}" for path in ended.tables]
    lines += [f"journal: {shown(ended.journal)}"] if ended.journal else []
    if ended.left and failed and not options.keep_going and not ended.is_interrupted:
        lines.append(f"stopped at {shown(failed[-1].name)}; --keep-going goes on with the others")
    if failed or ended.left or ended.errors:
        lines.append("to go on: the same command with --resume")
    return lines


def _print_document(ended: "Ended", document: machine.Document) -> None:
    """One document of all images, for other programs."""
    import json

    content = {
        "maskexpr": maskexpr.__version__,
        "images": [_entry(outcome) for _, outcome in ended.records],
        "left": ended.left,
        "tables": list(ended.tables),
        "journal": ended.journal,
        "warnings": document.warnings,
        "errors": [machine.message(error) for error in ended.errors],
    }
    json.dump(content, sys.stdout, allow_nan=False)
    sys.stdout.write("\n")


def _entry(outcome: "Outcome") -> dict[str, Any]:
    return {
        "image": outcome.name,
        "numbers": {name: machine.plain(value) for name, value in outcome.numbers.items()},
        "tables": {name: machine.table(value) for name, value in outcome.tables.items()},
        "files": [{"path": path, "holds": name} for name, path in outcome.files.items()],
        "warnings": [machine.message(warning) for warning in outcome.warnings],
        "errors": [machine.message(error) for error in outcome.errors],
    }
