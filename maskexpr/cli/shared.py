"""What several commands share: exit codes, and the inputs, params and spacing that a program runs on."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskexpr.api import Program
from maskexpr.checker.binding import parameter
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.files import programs
from maskexpr.functions.docstrings import doc_of

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
Command = Callable[[argparse.Namespace], int]

SPACING = "the size of a pixel: 0.5mm, or one per axis in axis order: 5mm,0.5mm,0.5mm; im=0.5mm for one input alone"
_GIVEN = "an input: a file (im=ankle.png), - for standard input, or a number (t=32)"


EXAMPLES = """\
examples:
  maskexpr repl im=ankle.png
  maskexpr eval 'im > 32' im=ankle.png
  maskexpr eval 'area(dilate(im > t, 2))' im=ankle.png t=64
  maskexpr eval 'dilate((im > 32) & ~(im > 64), 2)' im=ankle.png -o tissue.png
  maskexpr run examples/tissue.mask -p low=30 -o masks/
  maskexpr show ankle.png tissue.png --overlay picture.png
  maskexpr explain examples/tissue.mask
  maskexpr functions dilate

exit codes: 0 ok, 1 the program is wrong or failed, 2 wrong usage or an unreadable file, 130 interrupted
"""


def add(commands: "Commands", name: str, command: Command, help: str, **more: Any) -> argparse.ArgumentParser:
    """A parser for a command, which says in its docstring what it does, and returns its exit code."""
    parser = commands.add_parser(name, help=help, description=doc_of(command), **more)
    parser.set_defaults(command=command)
    return parser


def add_inputs(command: argparse.ArgumentParser) -> None:
    """What a program runs on."""
    command.add_argument("given", metavar="name=FILE", nargs="*", help=_GIVEN)
    add_settings(command)


def add_settings(command: argparse.ArgumentParser) -> None:
    """What holds for all inputs and steps."""
    command.add_argument("-p", "--param", metavar="name=value", action="append", default=[], help="a value for a param")
    add_spacing(command)
    fast = "let OpenCV, where it is installed, compute gaussians and distances: faster, but the last bits may differ"
    command.add_argument("--fast", action="store_true", help=fast)


def add_spacing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--spacing", metavar="SIZE", action="append", default=[], help=SPACING)


def add_view(command: argparse.ArgumentParser) -> None:
    modes = "how a mask is shown: as a tint on its image (overlay), as its contour, alone (mask), or beside it (side)"
    command.add_argument("--view", metavar="MODE", help=modes)


def load(program: Program, options: argparse.Namespace, folder: Path) -> programs.Loaded:
    """The inputs and params that were given."""
    given: dict[str, str] = {}
    for text in options.given:
        name, value = named(text, messages.GIVEN_FORM)
        if name in given:
            raise InputError(messages.GIVEN_TWICE.anywhere(name=name))
        given[name] = value
    infos = {info.name: info for info in program.params}
    for name in given:
        if name in infos:
            raise InputError(messages.GIVEN_IS_PARAM.anywhere(name=name, value=given[name]))
    params = {}
    for text in options.param:
        name, value = named(text, messages.PARAM_FORM_GIVEN)
        if any(info.name == name for info in program.inputs):
            raise InputError(messages.PARAM_IS_INPUT.anywhere(name=name, value=value))
        if name not in infos:
            raise InputError(messages.PARAM_UNKNOWN.anywhere(name=name, names=", ".join(infos) or "none"))
        params[name] = parameter(infos[name], value)
    check_spacings(options.spacing, {*given, *(info.name for info in program.inputs)})
    return programs.load_inputs(program, given, params, options.spacing, folder)


def check_spacings(spacings: Sequence[str], names: Iterable[str]) -> None:
    """Refuse the size of a pixel of an input that is not there."""
    names = list(names)
    for text in spacings:
        name, separator, _ = text.partition("=")
        if separator and name not in names:
            raise InputError(messages.INPUT_UNKNOWN.anywhere(name=name, names=", ".join(names) or "none"))


def named(text: str, mistake: messages.Mistake) -> tuple[str, str]:
    """A name and what is given for it."""
    name, separator, value = text.partition("=")
    if not separator or not name.isidentifier() or not value:
        raise InputError(mistake.anywhere(text=text))
    return name, value


def warn(diagnostics: Sequence[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        print(diagnostic.render(), file=sys.stderr)
