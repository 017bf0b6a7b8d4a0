"""Which commands there are, and what they exit with. Each command is in the file of its subject."""

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO, cast

# First, from a shallow stack: at the far end of a chain of imports NumPy's took two to four times as long (measured),
# as if its many small calls crossed the end of a block of the interpreter's stack each time.
import numpy  # noqa: F401

import maskexpr
from maskexpr.cli.machine import document_of
from maskexpr.cli.shared import EXAMPLES, FAILED, INTERRUPTED, USAGE, Parser
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError, MaskError
from maskexpr.files.decoding.naming import reason, shown

# Files report their own errors, so that these are of standard output, where it has no buffer.
_OF_WRITING = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}

# By the module that has each: what was not asked for need not be imported.
_COMMANDS = {
    "repl": "conversing",
    "eval": "running",
    "run": "running",
    "sweep": "sweeping",
    "compare": "comparing",
    "show": "showing",
    "check": "checking",
    "fmt": "formatting",
    "explain": "explaining",
    "export": "exporting",
    "functions": "explaining",
    "errors": "codes",
    "warm": "warming",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    _open_streams()
    options = _options(list(sys.argv[1:] if arguments is None else arguments))
    try:
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except (InputError, FileError) as error:
        _complain(error, options)
        return USAGE
    except MaskError as error:
        _complain(error, options)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, `| head` say; keep Python from complaining again as it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        _complain(FileError(_refused(error)), options)
        return USAGE


def _refused(error: OSError) -> Diagnostic:
    """What the system refused, and nobody told: a file that it names, standard output, or it does not say."""
    if error.filename is not None:
        return messages.FILE_UNUSABLE.anywhere(path=shown(error.filename), reason=reason(error))
    if not _stdout_takes_more() or error.errno in _OF_WRITING:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again as it closes it
        return messages.STDOUT_REFUSED.anywhere(reason=reason(error))
    return messages.SYSTEM_REFUSED.anywhere(reason=reason(error))


def _stdout_takes_more() -> bool:
    """Whether what is still to be written can be: it stays in the buffer where it could not."""
    try:
        sys.stdout.flush()
    except OSError:
        return False
    return True


def _open_streams() -> None:
    """Something to write to, whatever is written: a process may be started with its streams closed, and then there is
    nobody to tell."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - the same
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not isinstance(sys.stderr, _Told):
        sys.stderr = cast(TextIO, _Told(sys.stderr))


class _Told:
    """Standard error for whoever still reads it. What cannot be told, as its disk is full or its terminal gone, is
    left out: a night's work does not end for that."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _options(given: list[str]) -> argparse.Namespace:
    """What was asked for; leaves with usage where it is no command."""
    if given and "=" in given[0] and not given[0].startswith("-"):
        given.insert(0, "repl")  # maskexpr im=ankle.png: a session, as maskexpr alone is
    given = _joined(given)
    parser = _parser(given[0] if given else "repl")
    options, rest = parser.parse_known_args(given)
    if rest and hasattr(options, "given") and not any(r.startswith("-") for r in rest):
        options.given += rest  # inputs behind an option, where argparse does not look for them
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options if options.command is not None else parser.parse_args(["repl"])


def _joined(given: Sequence[str]) -> list[str]:
    """`--nodata -3.4e38` as one word: argparse takes -3 for a number, and this or -inf for an option."""
    words: list[str] = []
    for text in given:
        if words and words[-1] == "--nodata" and text.startswith("-") and _is_number(text):
            words[-1] += f"={text}"
        else:
            words.append(text)
    return words


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _complain(error: MaskError, options: argparse.Namespace) -> None:
    """Say what is wrong: in the document where one is asked for and can still be printed."""
    document = document_of(options)
    if document is None or error.code == messages.STDOUT_REFUSED.code:
        print(error, file=sys.stderr)
        return
    document.say(error.diagnostics)
    document.print()


def _parser(asked: str) -> argparse.ArgumentParser:
    """Of the command that is asked for; of all where that is none of them, for help and to say which there are."""
    parser = Parser(
        prog="maskexpr",
        description="A small language for image masks.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"maskexpr {maskexpr.__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name in [asked] if asked in _COMMANDS else _COMMANDS:
        module = importlib.import_module(f"maskexpr.cli.{_COMMANDS[name]}")
        getattr(module, f"add_{name}")(commands)
    return parser
