"""maskexpr fmt: programs in their one layout."""

import argparse
import difflib
import functools
import re
import sys
from typing import TYPE_CHECKING, TextIO

from maskexpr.cli import shared
from maskexpr.diagnostics.errors import FileError, ProgramError
from maskexpr.files import programs
from maskexpr.files.access import STANDARD, Access
from maskexpr.files.decoding.naming import shown
from maskexpr.language.formatting import format

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands


def add_fmt(commands: "Commands") -> None:
    command = shared.add(commands, "fmt", _format_programs, "give programs their one layout, in place")
    files = "a program; a folder for all .mask files in it and below; - for standard input to standard output"
    command.add_argument("files", metavar="FILE.mask", nargs="+", help=files)
    command.add_argument("--check", action="store_true", help="write nothing; exit with 1 if anything would change")
    command.add_argument("--diff", action="store_true", help="write nothing; print what would change")


def _format_programs(options: argparse.Namespace) -> int:
    """Lay programs out in the one way there is: spaces, lines, brackets over several lines, quotes. They mean the same
    as before, and comments stay. Files that change are named; one that cannot be read is left alone."""
    paths = [path for given in options.files for path in _files(given)]
    access, code, changed = Access(), shared.OK, 0
    for path in paths:
        try:
            before, after = _formatted(path, options, access)
        except (ProgramError, FileError) as error:
            print(error, file=sys.stderr)
            code = max(code, shared.FAILED if isinstance(error, ProgramError) else shared.USAGE)
            continue
        changed += before != after
        _report(path, before, after, options)
    if not options.diff and options.files != [STANDARD]:
        does = "would change" if options.check else "changed"
        print(f"{changed} of {len(paths)} {'program' if len(paths) == 1 else 'programs'} {does}", file=_told(options))
    return max(code, shared.FAILED) if options.check and changed else code


def _files(path: str) -> list[str]:
    return [path] if path == STANDARD else programs.program_files(path)


def _formatted(path: str, options: argparse.Namespace, access: Access) -> tuple[str, str]:
    """The text of a program before and after, which is written if that is wanted."""
    dry = options.check or options.diff
    if path != STANDARD:
        return programs.rewrite(path, functools.partial(format, name=path), dry=dry)
    before = programs.standard_text(access)
    after = format(before, name="standard input")
    if not dry:
        sys.stdout.buffer.write(after.encode())
        sys.stdout.buffer.flush()
    return before, after


def _report(path: str, before: str, after: str, options: argparse.Namespace) -> None:
    if options.diff:
        print(_difference(before, after, shown(path)), end="")
    elif before != after and path != STANDARD:
        print(shown(path), file=_told(options))


def _told(options: argparse.Namespace) -> TextIO:
    """Where a person is told of files: a program on standard output is alone there."""
    return sys.stderr if STANDARD in options.files else sys.stdout


def _difference(before: str, after: str, name: str) -> str:
    """What the command `patch` takes."""
    name += "\t" if " " in name else ""  # so that it does not end at its first blank
    lines = difflib.unified_diff(_lines(before), _lines(after), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)
