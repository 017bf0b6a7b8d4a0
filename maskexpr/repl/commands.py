"""The `:commands`: one record each, which help, completion and the session itself read."""

import itertools
import os
import re
import shlex
import textwrap
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.diagnostics.nearest import nearest
from maskexpr.diagnostics.printing import printable
from maskexpr.diagnostics.source import Source
from maskexpr.display.pictures import MODES
from maskexpr.files import programs
from maskexpr.files.access import STANDARD
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images.replacing import is_no_file
from maskexpr.functions.docstrings import doc_of
from maskexpr.kinds.kind import INTENSITIES
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.repl import helping, viewing
from maskexpr.repl.screen import Screen, table
from maskexpr.repl.words import words_of
from maskexpr.session import Outcome, Session

_ALSO = {"exit": "quit", "?": "help"}
_COMMAND = re.compile(r"\s*:\s*(\S*)")


@dataclass(slots=True)
class Talk:
    """A session, how it is shown, whether it is over, and its lines as they were last written to a file."""

    session: Session
    screen: Screen
    over: bool = False
    written: tuple[str, ...] = ()
    _warnings: tuple[Diagnostic, ...] = ()

    def outcomes(self, outcomes: Sequence[Outcome]) -> str:
        """What a change of the session has to show."""
        self._warnings = self.session.warnings
        return self.screen.outcomes(self.session, outcomes)

    def take_warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings of the last change, once."""
        taken, self._warnings = self._warnings, ()
        return taken


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes
    ----------
    arguments
        What is written behind it, what may be left out in brackets.
    help, more
        What it does, in a line; what else there is to say.
    takes
        What each argument is, for completion: a `name` of the session, a `file`, a `program` file, a `topic` of help, a
        `value` of the language that goes on to the end, a text of its own (`text`), one of some words (`on|off`), or
        what `:view` takes (`shown`).
    """

    name: str
    arguments: str
    help: str
    more: str
    example: str
    takes: tuple[str, ...]
    does: Callable[..., str]

    @property
    def usage(self) -> str:
        return f":{self.name} {self.arguments}".rstrip()

    @staticmethod
    def named(word: str) -> "Command | None":
        """The command of a name, which may be cut short where that is plain."""
        word = _ALSO.get(word, word)
        found = [c for c in COMMANDS.values() if c.name.startswith(word)] if word else []
        return COMMANDS.get(word) or (found[0] if len(found) == 1 else None)


COMMANDS: dict[str, Command] = {}
Does = Callable[..., str]


def _command(arguments: str = "", takes: Sequence[str] = (), example: str = "") -> Callable[[Does], Does]:
    """Declare a command; its function's name is its name, and its docstring is its help."""

    def register(does: Does) -> Does:
        name = does.__name__.rstrip("_")
        help, _, more = doc_of(does).partition("\n\n")
        COMMANDS[name] = Command(
            name, arguments, help.removesuffix("."), more, example or f":{name}", tuple(takes), does
        )
        return does

    return register


# --- reading ---------------------------------------------------------------------------------------------------------


def is_command(text: str) -> bool:
    """Whether a text is for the session and not for the language."""
    return text.lstrip().startswith(":")


def names_command(text: str) -> bool:
    """Whether a text begins with a command that there is."""
    return _named(text) is not None


def takes_value(text: str) -> bool:
    """Whether a command line ends in an expression, which may go on over lines."""
    command = _named(text)
    return command is not None and "value" in command.takes


def _named(text: str) -> Command | None:
    match = _COMMAND.match(text)
    return Command.named(match[1]) if match else None


def run_command(text: str, talk: Talk) -> str:
    """Do what a command line says; what it has to show."""
    command = _named(text)
    if command is None:
        raise _unknown(text)
    rest = text[len(_COMMAND.match(text)[0]) :].strip()  # type: ignore[index]  # it matched just now
    parts = words_of(rest)
    words = [part.text for part in parts]
    if command.name == "save" and len(parts) > 1:
        _want_name(rest[: parts[-1].start].strip(), rest[parts[-1].start :], talk.session.names)
    if "value" in command.takes:
        words = rest.split(None, 1)
    words = [_without_brackets(*pair) for pair in itertools.zip_longest(words, command.arguments.split()[: len(words)])]
    needed = len([word for word in command.arguments.split() if not word.startswith("[")])
    if not needed <= len(words) <= len(command.takes):
        if not command.arguments:
            raise InputError(messages.COMMAND_BARE.anywhere(name=command.name))
        raise InputError(messages.COMMAND_ARGUMENTS.anywhere(**_usage(command.name)))
    return command.does(talk, *words)


def _without_brackets(word: str, argument: str | None) -> str:
    """A word typed in the brackets that only say that it may be left out."""
    optional = argument is not None and argument.startswith("[")
    return word[1:-1] if optional and len(word) > 2 and word[0] + word[-1] == "[]" else word


def _unknown(text: str) -> InputError:
    word = (_COMMAND.match(text) or [text, text])[1][:40]
    meant = [f":{name}" for name in COMMANDS if word and name.startswith(word)]
    if meant:
        return InputError(messages.COMMAND_CUT.anywhere(name=word, meant=_listed(meant)))
    near = nearest(word, COMMANDS)
    mistake = messages.COMMAND_UNKNOWN if near else messages.COMMAND_UNKNOWN_FAR
    return InputError(mistake.anywhere(name=shown(word), near=near))


def _want_name(text: str, path: str, names: Collection[str]) -> None:
    """Refuse an expression where a name is meant."""
    match parse(Source(text), Limits()).module.statements:
        case [nodes.Bare(value=value)] if not isinstance(value, nodes.Name | nodes.Number | nodes.Text):
            free = next(n for i in itertools.count(1) if (n := f"m_{i}" if i > 1 else "m") not in names)
            raise InputError(messages.SAVE_NAMELESS.anywhere(text=shown(text), name=free, path=shown(path)))


def _choice(command: str, value: str, choices: Sequence[str]) -> str:
    found = [choice for choice in choices if choice.startswith(value)]
    if len(found) != 1:
        raise InputError(messages.COMMAND_CHOICE.anywhere(name=command, value=shown(value), choices=_listed(choices)))
    return found[0]


def _listed(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]])


def _path(text: str) -> str:
    return os.path.expanduser(text)


# --- help ------------------------------------------------------------------------------------------------------------


@_command("[NAME]", ["topic"], ":help dilate")
def help_(talk: Talk, topic: str = "") -> str:
    """How to begin, or all about a function or name.

    Functions, the subjects they are listed by, statements such as param, commands and the names of the session all have
    a page; :help functions lists the functions.
    """
    width, session = talk.screen.columns, talk.session
    if not topic:
        tour = helping.tour(session, width, talk.screen.painted)
        listed = helping.listed([(command.usage, command.help) for command in COMMANDS.values()], width)
        if (tour + listed).count("\n") + 6 > talk.screen.abilities.lines:  # with a prompt and the bar
            listed = helping.in_short([command.usage for command in COMMANDS.values()], width)
        more = "Tab completes what is typed; :help NAME tells more of a command, a function or a name"
        return "\n".join([tour, listed, "", *textwrap.wrap(more, width)])
    command = Command.named(topic[1:]) if topic.startswith(":") else None
    if command is None and topic in COMMANDS and topic not in session.names:
        command = COMMANDS[topic]
    pages = [helping.entry(command.usage, f"{command.help}. {command.more}", command.example, width)] if command else []
    if topic in session.names:
        pages.append(f"{talk.screen.line(session.value(topic))}\n\n    {_as_written(session.definition(topic))}")
    elif topic in session.functions:
        pages.append(_as_written(session.definition(topic)))
    page = helping.page(topic, width)
    if page:
        pages.append(page)
    if pages:
        return "\n\n".join(pages)
    near = helping.suggestion(topic, [*session.names, *session.functions, *(f":{name}" for name in COMMANDS)])
    mistake = messages.HELP_UNKNOWN if near else messages.HELP_UNKNOWN_FAR
    raise InputError(mistake.anywhere(name=shown(topic), near=near))


# --- values ----------------------------------------------------------------------------------------------------------


@_command("NAME FILE [SPACING]", ["text", "file", "text"], ":load im ankle.png")
def load(talk: Talk, name: str, path: str, spacing: str | None = None) -> str:
    """Load an image, or a number, under a name.

    What was made of an image of that name before is computed again. SPACING is the size of a pixel: 0.5mm, or one for
    each axis, 5mm,0.5mm,0.5mm. A file name with blanks goes in quotes.
    """
    return talk.outcomes(talk.session.load(name, _path(path), spacing))


@_command("[NAME] [FILE]", ["name", "file"], ":save bone bone.png")
def save(talk: Talk, name: str = "", path: str = "") -> str:
    """Write a mask, image or table to a file; alone, list them.

    PNG, TIFF, BMP or .npy, by its ending, never over a file that was loaded; a table or list to .csv, .tsv, .json or
    .parquet. PNG and TIFF files carry the lines that led to them: maskexpr explain FILE shows them.
    """
    if not path:
        return _saved(talk, name)
    outcome = talk.session.save(name, _path(path))
    return f"{shown(path)}  {talk.screen.line(outcome)}"


def _saved(talk: Talk, name: str) -> str:
    """What there is to save, and how."""
    kinds = {n: kind for n, kind in talk.session.names.items() if not name or n == name}
    kinds = {n: kind for n, kind in kinds.items() if kind.is_array or kind.name == "table"}
    if not kinds:
        raise InputError(messages.COMMAND_ARGUMENTS.anywhere(**{**_usage("save"), "arguments": "NAME FILE"}))
    ends = {n: "png" if k.ndim == 2 else "tif" if k.is_array else "csv" for n, k in kinds.items()}
    rows = [(n, talk.screen.words(talk.session.value(n)), f":save {n} {n}.{end}") for n, end in ends.items()]
    return table(rows, talk.screen.columns, fold=talk.screen.abilities.is_terminal)


@_command("", [])
def vars_(talk: Talk) -> str:
    """The names there are, and how they were defined."""
    session = talk.session
    rows = [(n, talk.screen.words(session.value(n)), _one_line(session.definition(n))) for n in session.names]
    rows.extend((name, "function", _one_line(session.definition(name))) for name in session.functions)
    shown = table(rows, talk.screen.columns, fold=talk.screen.abilities.is_terminal)
    return shown or "nothing has a name yet; :load im FILE loads an image"


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def _as_written(text: str) -> str:
    """Some lines of a program, where the name of a file may hold anything."""
    return "\n".join(map(printable, text.split("\n")))


@_command("IMAGE [MASK]", ["name", "name"], ":hist im bone")
def hist(talk: Talk, name: str, part: str = "") -> str:
    """How often values occur, thresholds marked.

    The thresholds are the numbers that the image is compared with so far. With a mask its values stand out. The height
    of a bar is the square root of its count.
    """
    image = talk.session.value(name)
    if image.kind.name not in INTENSITIES | {"labels"}:
        raise InputError(messages.NO_HISTOGRAM.anywhere(name=name, kind=image.kind.name))
    mask = talk.session.value(part) if part else None
    if mask is not None and (mask.kind.name != "mask" or mask.kind.shape != image.kind.shape):
        found = mask.kind if mask.kind.name == "mask" else mask.kind.name
        raise InputError(messages.HISTOGRAM_PART.anywhere(name=part, found=found, image=name))
    return talk.screen.histogram(image, talk.session.thresholds(name), mask)


@_command("[HOW] [NAME] [by] [COLUMN]", ["shown"] * 4, ':view cells by t["area"]')
def view(talk: Talk, *words: str) -> str:
    """Show masks as overlay, contour, mask or side.

    A tint on the image the mask was made from, its contour there, the mask alone, or both side by side. Without a word
    the last result is shown again, as large as the window is now; with a NAME that one. The regions of a mask or labels
    can have the colours of a column of their table: :view cells by t["area"].
    """
    screen, wanted = talk.screen, viewing.asked(talk.session, words)
    if len(wanted.modes) > 1:
        raise InputError(messages.COMMAND_ARGUMENTS.anywhere(**_usage("view")))
    for mode in wanted.modes:
        screen.mode = _choice("view", mode, MODES)
    last = wanted.outcome or (screen.last_regions if wanted.by else screen.last)
    if last is None and wanted.modes and not wanted.by:
        return f"masks are shown as {screen.mode}"
    if last is None:
        raise InputError(messages.NOTHING_TO_SHOW.anywhere())
    return screen.picture(talk.session, last, by=wanted.by)


def _usage(name: str) -> dict[str, str]:
    command = COMMANDS[name]
    return {"name": name, "arguments": command.arguments, "example": command.example}


@_command("NAME VALUE", ["name", "value"], ":set low 40")
def set_(talk: Talk, name: str, value: str) -> str:
    """Change a value, and all that depends on it.

    A number, a param or any expression, in place of what the name was last given; only what depends on it is computed
    again. :undo goes back.
    """
    text = value.strip()
    if re.match(r"=(?!=)", text):  # as one would write it without the command
        text = text[1:].strip()
    outcomes = talk.session.set(name, text)
    if name not in [outcome.name for outcome in outcomes]:
        outcomes = [talk.session.value(name), *outcomes]
    return talk.outcomes(outcomes)


@_command()
def undo(talk: Talk) -> str:
    """Go back to before the last change."""
    return _moved(talk, "undone", talk.session.undo())


@_command()
def redo(talk: Talk) -> str:
    """Take back an undo."""
    return _moved(talk, "done again", talk.session.redo())


def _moved(talk: Talk, how: str, what: str) -> str:
    if not what:
        return "nothing to undo" if how == "undone" else "nothing to redo"
    changed = talk.session.moved()
    lines = [f"{how}: {_one_line(what)}", talk.screen.outcomes(talk.session, changed)]
    return "\n".join(filter(None, lines))


# --- the session -----------------------------------------------------------------------------------------------------


@_command("[NAME]", ["name"], ":explain bone")
def explain(talk: Talk, name: str = "") -> str:
    """The lines that lead to a name, and their plan.

    With kinds and shapes, the defaults and border rules in force, and the passes over the image. Without a name that of
    the last result.
    """
    session = talk.session
    if not name:
        name = talk.screen.last.name if talk.screen.last else ""
        if name not in session.names:
            name = next(reversed(session.names), "")
    if not name:
        raise InputError(messages.NOTHING_TO_SHOW.anywhere())
    session.value(name)  # is there one?
    program = session.program([name])
    return program.explain(**session.given(program))


@_command("on|off", ["on|off"], ":time off")
def time(talk: Talk, word: str) -> str:
    """Show the time that results took, or not."""
    talk.screen.timed = _choice("time", word, ("on", "off")) == "on"
    return ""


@_command("[FILE.mask]", ["program"], ":script leg.mask")
def script(talk: Talk, path: str = "") -> str:
    """Write, or alone print, the lines that led here.

    Only those lines that the masks, labels and images depend on, with the values in force, and numbers as params that
    can be tuned: maskexpr run FILE.mask gives the same again. Never over a file that is not from a session.
    """
    if not talk.session.lines:
        raise InputError(messages.NOTHING_TO_SCRIPT.anywhere())
    if path in ("", STANDARD):
        return talk.session.script(Path()).rstrip("\n")
    target = _path(path)
    if not Path(path).suffix and not is_no_file(target):
        target += ".mask"
    text = talk.session.script(Path(target).parent)
    programs.write_script(text, target)
    outputs = [line.removeprefix("output ") for line in text.splitlines() if line.startswith("output ")]
    talk.written = talk.session.lines
    command = shlex.join(["maskexpr", "run", target, *talk.session.arguments(Path(target).parent)])
    return f"{shown(target)}  gives {', '.join(outputs)}; {shown(command)}"


@_command("FILE.mask", ["program"], ":run leg.mask")
def run(talk: Talk, path: str) -> str:
    """Add the lines of a program file.

    The files of its inputs are loaded, but for those of names that are loaded already.
    """
    return talk.outcomes(talk.session.run(_path(path)))


@_command()
def limits(talk: Talk) -> str:
    """What a program may ask for."""
    bounds = talk.session.limits
    return "\n".join(f"{field.name:<14}{getattr(bounds, field.name):,.15g}" for field in fields(bounds))


@_command()
def quit_(talk: Talk) -> str:
    """Leave; so does Ctrl-D."""
    talk.over = True
    return ""
