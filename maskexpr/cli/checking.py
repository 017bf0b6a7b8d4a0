"""maskexpr check: what is wrong with programs."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from maskexpr.cli import shared
from maskexpr.cli.machine import message
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError, ProgramError
from maskexpr.files import programs
from maskexpr.files.access import Access

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands


def add_check(commands: "Commands") -> None:
    command = shared.add(commands, "check", _check_programs, "all errors and warnings of programs, nothing run")
    command.add_argument("files", metavar="FILE.mask", nargs="+")
    shared.add_spacing(command)
    shared.add_access(command)
    command.add_argument("--json", action="store_true", help="print one JSON list, for editors and other tools")


def _check_programs(options: argparse.Namespace) -> int:
    """Show all errors and warnings of programs without running them. Default input files are looked at for their kinds,
    if they are there."""
    found: list[Diagnostic] = []
    for path in options.files:
        found.extend(_diagnostics(path, options.spacing, shared.access(options)))
    failed = any(d.severity == "error" for d in found)
    if options.json:
        import json  # only here: every other start goes without it

        print(json.dumps([message(d) for d in found], indent=2))
    else:
        for diagnostic in found:
            print(diagnostic.render())
        if not failed:
            count = len(options.files)
            print(f"{count} {'program' if count == 1 else 'programs'} without errors")
    return shared.FAILED if failed else shared.OK


def _diagnostics(path: str, spacings: Sequence[str], access: Access) -> tuple[Diagnostic, ...]:
    try:
        program = programs.load_program(path, access)
        try:
            loaded = programs.load_inputs(program, {}, {}, spacings, Path(path).parent, access)
            return program.bind(**loaded.values).warnings
        except (FileError, InputError) as error:
            outside = [d for d in error.diagnostics if d.code == messages.INPUT_OUTSIDE.code]
            return (*program.warnings, *(replace(d, severity="warning") for d in outside))  # a run may be given others
    except ProgramError as error:
        if spacings:
            return error.diagnostics
        # A run will be given what is only missing here.
        without = (messages.SPACING_UNKNOWN.code, "error")
        return tuple(
            replace(d, severity="warning") if (d.code, d.severity) == without else d for d in error.diagnostics
        )
