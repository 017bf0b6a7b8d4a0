"""maskexpr repl: a session, with what it starts from."""

import argparse
import sys
from typing import TYPE_CHECKING

from maskexpr.cli import shared
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands
    from maskexpr.session import Session


def add_repl(commands: "Commands") -> None:
    command = shared.add(commands, "repl", _repl, "try and tune masks in a session; maskexpr alone does the same")
    given = "what to start from: an input (im=ankle.png), a number (t=32), a program"
    command.add_argument("given", metavar="name=FILE/FILE.mask", nargs="*", help=given)
    shared.add_settings(command)


def _repl(options: argparse.Namespace) -> int:
    """Enter expressions one after another and see what they give: masks as pictures, numbers, the time they took.
    Change a number with :set and only what depends on it is computed again; :help says how to begin. Lines may also
    come through a pipe; then the results are printed without pictures, and the exit code is 1 if a line failed."""
    from maskexpr import repl  # only here: every other start goes without it
    from maskexpr.session import Session

    session = Session(
        spacings=options.spacing,
        nodata=options.nodata,
        fast=options.fast,
        limits=shared.limits(options),
        access=shared.access(options),
    )
    _fill(session, options)
    session.begin()
    well = repl.converse(session)
    return shared.OK if well else shared.FAILED


def _fill(session: "Session", options: argparse.Namespace) -> None:
    """Load what was given, then run the programs on it."""
    programs = [text for text in options.given if text.endswith(".mask") and "=" not in text]
    others = [text for text in options.given if text not in programs]
    for text in others:
        if "=" not in text:
            raise InputError(messages.SESSION_INPUT.anywhere(text=text))
    given = shared.named_once(others, messages.GIVEN_FORM)
    for name, value in given.items():
        session.load(name, value)
    shared.check_spacings(options.spacing, session.names)
    shared.check_spacings(options.nodata, session.names, "--nodata")
    numbers = {name: session.definition(name) for name in given}
    for path in programs:
        session.run(path)
    for name, text in numbers.items():
        if session.definition(name) != text and text.startswith("param "):  # the program has one of its own
            raise InputError(messages.GIVEN_IS_PARAM.anywhere(name=name, value=text.partition(" = ")[2]))
    for diagnostic in session.warnings if programs else ():
        print(diagnostic.render(), file=sys.stderr)
    for name, value in shared.named_once(options.param, messages.PARAM_FORM_GIVEN).items():
        session.set(name, value)
