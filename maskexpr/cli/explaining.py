"""maskexpr explain and functions: what a program does, how a picture was made, what the language has."""

import argparse
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from maskexpr import explain
from maskexpr.cli import shared
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.explain import manual
from maskexpr.files import images, programs, tables
from maskexpr.files.access import STANDARD
from maskexpr.files.decoding.naming import shown
from maskexpr.inside import stages

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands


def add_explain(commands: "Commands") -> None:
    command = shared.add(commands, "explain", _explain, "kinds, defaults in force, and the plan")
    command.add_argument("program", metavar="EXPR/FILE", help="an expression, a program file, or a picture made here")
    shared.add_inputs(command)
    command.add_argument("--time", action="store_true", help="run it a few times: how long each step takes")


def add_functions(commands: "Commands") -> None:
    command = shared.add(commands, "functions", _functions, "the functions of the language")
    command.add_argument(
        "name", metavar="NAME", nargs="?", help="a function, with all it says and an example, or a subject"
    )


def _explain(options: argparse.Namespace) -> int:
    """Show what a program does: the kinds and shapes of its values, the defaults and border rules in force, what was
    done to the input files on the way in, and the plan by which it runs: its passes over the image, each with its
    steps and their estimated cost, with --time also measured. Inputs without a file are left open. Of a PNG, TIFF,
    NIfTI or Parquet file that maskexpr wrote: the program, the params, the thresholds and the inputs that it was made
    from."""
    text, folder = options.program, Path()
    ending = images.ending_of(text)
    if tables.is_of_tables(ending) and os.path.isfile(text):
        print(_described(text))
        return shared.OK
    if images.is_ending(ending) and (os.path.isfile(text) or "#" not in text):  # no expression ends so
        print(_described(text))
        return shared.OK
    access = shared.access(options)
    if text.endswith(".mask") or (text != STANDARD and len(text) < 256 and os.path.isfile(text)):
        program = programs.load_program(text, access, fast=options.fast, limits=shared.limits(options))
        folder = Path(text).parent
    else:
        program = programs.compile_expression(text, access, fast=options.fast, limits=shared.limits(options))
    loaded = shared.load(program, options, folder, access)
    missing = [info.name for info in program.inputs if info.name not in loaded.values]
    if missing and options.time:
        raise InputError(messages.TIME_NEEDS_INPUTS.anywhere(name=missing[0]))
    if missing and not loaded.values:
        print(program.explain())
        return shared.OK
    bound = stages(program, loaded.values)
    times = bound.times() if options.time else None
    print(explain.describe(bound.checked, loaded.notes, bound.plan, times))
    shared.warn(bound.checked.diagnostics, options)
    return shared.OK


def _described(path: str) -> str:
    """What a file says of how it was made."""
    from maskexpr.files import provenance  # only here and where files are written: it needs JSON

    is_table = tables.is_of_tables(images.ending_of(path))
    text = tables.read_text(path) if is_table else images.read_text(path)
    described = provenance.described(text) if text is not None else None
    if described is None:
        raise InputError(messages.FILE_WITHOUT_RECORD.anywhere(path=shown(path)))
    return described


def _functions(options: argparse.Namespace) -> int:
    """List the functions of the language by subject, show a subject's line by line, or one with all it says."""
    width = max(40, shutil.get_terminal_size((120, 24)).columns - 1)
    if options.name is None:
        print(manual.overview(width))
        return shared.OK
    page = manual.page(options.name, width)
    if page is None:
        near = manual.suggestion(options.name)
        mistake = messages.FUNCTION_UNKNOWN if near else messages.FUNCTION_UNKNOWN_FAR
        raise InputError(mistake.anywhere(name=options.name, near=near))
    print(page)
    return shared.OK
