"""What several commands share: exit codes, and the inputs, params and spacing that a program runs on."""

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from maskexpr.api import Program
from maskexpr.checker.binding import parameter
from maskexpr.cli.machine import document_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.diagnostics.printing import printable
from maskexpr.files import programs
from maskexpr.files.access import Access
from maskexpr.functions.docstrings import doc_of
from maskexpr.language.limits import Limits, bounds, bounds_of_runs

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
Command = Callable[[argparse.Namespace], int]

SPACING = "the size of a pixel: 0.5mm, or one per axis in axis order: 5mm,0.5mm,0.5mm; im=0.5mm for one input alone"
NODATA = "the value of pixels without data, whatever the file says: -9999, nan, or none; im=0 for one input alone"
_GIVEN = "an input: a file (im=ankle.png), - for standard input, or a number (t=32)"
_PARAM = "a value for a param"

EXAMPLES = """\
examples:
  maskexpr repl im=ankle.png
  maskexpr eval 'im > 32' im=ankle.png
  maskexpr eval 'area(dilate(im > t, 2))' im=ankle.png t=64
  maskexpr eval 'dilate((im > 32) & ~(im > 64), 2)' im=ankle.png -o tissue.png
  maskexpr run examples/tissue.mask -p low=30 -o masks/
  maskexpr run examples/tissue.mask im='scans/**/*.png' -o masks/ --table areas.csv --keep-going --jobs 2
  maskexpr sweep examples/nodule.mask -p reach=5mm..15mm:1mm --maximize 'dice(nodule, truth)'
  maskexpr show ankle.png tissue.png --overlay picture.png
  maskexpr explain examples/tissue.mask
  maskexpr functions dilate

exit codes: 0 ok, 1 the program is wrong, or it or an image failed, 2 wrong usage or an unreadable file, 130 interrupted
"""


class Parser(argparse.ArgumentParser):
    """Options that take a value are given once, if they are not made to be collected, and what was typed is shown as
    what can be printed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        for name in (None, "store"):
            self.register("action", name, _Once)

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


class _Once(argparse._StoreAction):
    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        given = vars(namespace).setdefault("options_given", set())
        if option is not None and self.dest in given:
            parser.error(f"{option} is given twice")
        given.add(self.dest)
        super().__call__(parser, namespace, values, option)


class Append(argparse.Action):
    """Collects what may be given again, each value once."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        given = getattr(namespace, self.dest)
        if values in given:
            parser.error(f"{option} {values} is given twice")
        setattr(namespace, self.dest, [*given, values])


def add(commands: "Commands", name: str, command: Command, help: str, **more: Any) -> argparse.ArgumentParser:
    """A parser for a command, which says in its docstring what it does, and returns its exit code."""
    parser = commands.add_parser(name, help=help, description=doc_of(command), **more)
    parser.set_defaults(command=command)
    return parser


def add_inputs(command: argparse.ArgumentParser, param: str = _PARAM) -> None:
    """What a program runs on."""
    command.add_argument("given", metavar="name=FILE", nargs="*", help=_GIVEN)
    add_settings(command, param)


def add_settings(command: argparse.ArgumentParser, param: str = _PARAM) -> None:
    """What holds for all inputs and steps."""
    command.add_argument("-p", "--param", metavar="name=value", action="append", default=[], help=param)
    add_spacing(command)
    add_nodata(command)
    add_access(command)
    fast = "let OpenCV, where it is installed, compute gaussians and distances: faster, but the last bits may differ"
    command.add_argument("--fast", action="store_true", help=fast)
    add_limits(command)


def add_limits(command: argparse.ArgumentParser) -> None:
    limit = (
        f"what a program and a run of it may take: seconds=60, memory=2e9 (bytes), none for no bound; one of "
        f"{', '.join(bounds())}; may be given again"
    )
    command.add_argument("--limit", metavar="NAME=VALUE", action="append", default=[], help=limit)


def limits(options: argparse.Namespace) -> Limits:
    """The bounds that are asked for, the others as they are by default."""
    given: dict[str, Any] = {}
    for text in options.limit:
        name, separator, value = text.partition("=")
        if not separator or not value:
            raise InputError(messages.LIMIT_FORM.anywhere(text=text, names=", ".join(bounds())))
        if name not in bounds():
            raise InputError(messages.LIMIT_NAME.anywhere(name=name, names=", ".join(bounds())))
        if name in given:
            raise InputError(messages.GIVEN_TWICE.anywhere(name=f"--limit {name}"))
        given[name] = _bound(name, value)
    return replace(Limits(), **given)


def _bound(name: str, text: str) -> Any:
    """The value of a bound as it is written."""
    of_runs = name in bounds_of_runs()
    try:
        number = math.inf if text == "none" else float(text)
        value: Any = number if of_runs else int(number)
        if value != number:
            raise ValueError(text)
        replace(Limits(), **{name: value})  # whether it is one
    except (ValueError, OverflowError):
        wanted = "a number above 0, or none" if of_runs else "a whole number from 1 on"
        raise InputError(messages.LIMIT_VALUE.anywhere(name=name, value=text, wanted=wanted)) from None
    return value


def add_access(command: argparse.ArgumentParser) -> None:
    allowed = "let the program name files in a folder, or below it, that is not its own; may be given again"
    command.add_argument("--allow-read", metavar="DIR", action="append", default=[], help=allowed)


def access(options: argparse.Namespace) -> Access:
    """What the command may read of what programs name."""
    return Access(options.allow_read)


def add_spacing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--spacing", metavar="SIZE", action="append", default=[], help=SPACING)


def add_nodata(command: argparse.ArgumentParser) -> None:
    command.add_argument("--nodata", metavar="VALUE", action="append", default=[], help=NODATA)


def add_view(command: argparse.ArgumentParser) -> None:
    modes = "how a mask is shown: as a tint on its image (overlay), as its contour, alone (mask), or beside it (side)"
    command.add_argument("--view", metavar="MODE", help=modes)


def load(program: Program, options: argparse.Namespace, folder: Path, access: Access) -> programs.Loaded:
    """The inputs and params that were given, after warnings of what is in the files."""
    given, params = asked(program, options)
    loaded = programs.load_inputs(program, given, params, options.spacing, folder, access, options.nodata)
    warn(loaded.warnings, options)
    return loaded


def asked(program: Program, options: argparse.Namespace) -> tuple[dict[str, str], dict[str, Any]]:
    """What is given for the inputs, and the params, both checked as far as that can be without opening a file."""
    given, texts = as_written(program, options)
    return given, {info.name: parameter(info, texts[info.name]) for info in program.params if info.name in texts}


def as_written(program: Program, options: argparse.Namespace) -> tuple[dict[str, str], dict[str, str]]:
    """What is written for the inputs and for the params, which are ones that the program has."""
    given = named_once(options.given, messages.GIVEN_FORM)
    infos = {info.name: info for info in program.params}
    for name in given:
        if name in infos:
            raise InputError(messages.GIVEN_IS_PARAM.anywhere(name=name, value=given[name]))
    params = {}
    for name, value in named_once(options.param, messages.PARAM_FORM_GIVEN).items():
        if any(info.name == name for info in program.inputs):
            raise InputError(messages.PARAM_IS_INPUT.anywhere(name=name, value=value))
        if name not in infos:
            raise InputError(messages.PARAM_UNKNOWN.anywhere(name=name, names=", ".join(infos) or "none"))
        params[name] = value
    for texts, flag in ((options.spacing, "--spacing"), (options.nodata, "--nodata")):
        check_spacings(texts, {*given, *(info.name for info in program.inputs)}, flag)
    return given, params


def check_spacings(spacings: Sequence[str], names: Iterable[str], flag: str = "--spacing") -> None:
    """Refuse the size of a pixel of an input that is not there, or two of one; its number for no data likewise."""
    names, sized = list(names), set[str]()
    for text in spacings:
        name = text.partition("=")[0] if "=" in text else ""
        if name and name not in names:
            raise InputError(messages.INPUT_UNKNOWN.anywhere(name=name, names=", ".join(names) or "none"))
        if name in sized:
            raise InputError(messages.GIVEN_TWICE.anywhere(name=f"{flag} {name}=".removesuffix(" =")))
        sized.add(name)


def named_once(texts: Iterable[str], mistake: messages.Mistake) -> dict[str, str]:
    """Names and what is given for them, each once."""
    found: dict[str, str] = {}
    for text in texts:
        name, value = named(text, mistake)
        if name in found:
            raise InputError(messages.GIVEN_TWICE.anywhere(name=name))
        found[name] = value
    return found


def named(text: str, mistake: messages.Mistake) -> tuple[str, str]:
    """A name and what is given for it."""
    name, separator, value = text.partition("=")
    if not separator or not name.isidentifier() or not value:
        raise InputError(mistake.anywhere(text=text))
    return name, value


def warn(diagnostics: Sequence[Diagnostic], options: argparse.Namespace) -> None:
    """Say what is suspicious, in the document where one is asked for."""
    document = document_of(options)
    if document is not None:
        document.say(diagnostics)
        return
    for diagnostic in diagnostics:
        print(diagnostic.render(), file=sys.stderr)
