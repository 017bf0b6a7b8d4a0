"""maskexpr export: a program as a function of NumPy and SciPy."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from maskexpr.cli import shared
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.files import programs
from maskexpr.files.access import STANDARD

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands


def add_export(commands: "Commands") -> None:
    command = shared.add(commands, "export", _export, "a program as a function of NumPy and SciPy")
    command.add_argument("program", metavar="EXPR/FILE", help="an expression or a program file")
    shared.add_inputs(command)
    command.add_argument("-o", "--output", metavar="OUT.py", help="a file to write the text to")


def _export(options: argparse.Namespace) -> int:
    """Write a program down as a function of NumPy and SciPy that computes the same, without maskexpr. The types and
    axes of the inputs decide how it is written; their files, as for `run`, are opened for that alone. Params become
    keyword arguments, with what is given by -p as their defaults."""
    text, folder = options.program, Path()
    access = shared.access(options)
    if text.endswith(".mask") or (text != STANDARD and len(text) < 256 and os.path.isfile(text)):
        program, folder = programs.load_program(text, access), Path(text).parent
    else:
        program = programs.compile_expression(text, access)
    loaded = shared.load(program, options, folder, access)
    missing = next((info.name for info in program.inputs if info.name not in loaded.values), None)
    if missing is not None:
        raise InputError(messages.EXPORT_NEEDS_INPUTS.anywhere(name=missing))
    written = program.to_python(**loaded.values)
    if options.output is None:
        print(written, end="")
    else:
        programs.write_export(written, options.output)
    return shared.OK
