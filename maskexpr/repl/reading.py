"""What is done with a text that was typed, whoever read it: results to one stream, mistakes to another."""

import functools
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError, MaskError, RunError
from maskexpr.language.parser.grammar import lex
from maskexpr.language.parser.splitting import STATEMENT_WORDS
from maskexpr.repl.commands import COMMANDS, Talk, is_command, names_command, run_command, takes_value

Read = Callable[[], str | None]  # a text, or None at the end; Ctrl-C is a KeyboardInterrupt

_BREAK = re.compile(r"\r\n?|\n")  # what breaks lines in the language, and nothing else


def is_open(text: str) -> bool:
    """Whether a text goes on with another line: in a bracket that does not close. One that ends within quotes is done,
    and wrong."""
    if is_command(text) and not takes_value(text):
        return False
    depth, quoted = 0, False
    for line in _BREAK.split(text):
        found = _line(line)
        depth = found.depth + (0 if found.begins else depth)  # the bracket above was forgotten
        quoted = found.quoted
    return depth > 0 and not quoted


def ends(text: str) -> bool:
    """Whether the last line is an empty one, by which a person ends what is open."""
    before, _, last = text.rpartition("\n")
    return bool(before) and not last.strip()


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line does to the brackets around it: tokens never go on to the next."""

    depth: int
    begins: bool
    quoted: bool


@functools.lru_cache(maxsize=4096)
def _line(text: str) -> _Line:
    tokens = lex(text)
    depth = sum((t.type in ("LPAR", "LSQB")) - (t.type in ("RPAR", "RSQB")) for t in tokens)
    begins = bool(tokens) and tokens[0].type in STATEMENT_WORDS
    return _Line(depth, begins, bool(tokens) and tokens[-1].type == "UNCLOSED_TEXT")


def entries(text: str) -> Iterator[str]:
    """A text of several lines as it is done: each command by itself, the statements between them together."""
    statements: list[str] = []
    lines = _BREAK.split(text)[::-1]
    while lines:
        entry = lines.pop()
        while lines and is_open(entry) and not names_command(lines[-1]):
            entry += "\n" + lines.pop()
        if not is_command(entry):
            statements.append(entry)
            continue
        if statements:
            yield "\n".join(statements)
            statements = []
        yield entry
    if statements:
        yield "\n".join(statements)


class Reader:
    """Does what was typed, and says what came of it."""

    def __init__(self, talk: Talk, out: TextIO, err: TextIO) -> None:
        self.talk, self._out, self._err = talk, out, err

    def do(self, text: str) -> bool:
        """Do a text to its end, or to the first mistake; whether all went well."""
        return all(self._do(entry) for entry in entries(text))

    def _do(self, text: str) -> bool:
        screen = self.talk.screen
        try:
            shown = self._shown(text)
        except MaskError as error:
            self._say(screen.mistakes(str(error), "error"), self._err)
            return False
        except MemoryError:
            self._say(screen.mistakes(str(RunError(messages.SESSION_MEMORY.anywhere())), "error"), self._err)
            return False
        except Exception as error:  # ours: nothing that is typed may end the session
            self._say(screen.mistakes(fault(error), "error"), self._err)
            return False
        self._say(shown, self._out)
        return True

    def _shown(self, text: str) -> str:
        typed = text.strip()
        talk = self.talk
        if not typed:
            return ""
        if typed in (*COMMANDS, "exit") and typed not in talk.session.names:
            typed = f":{typed}"
        shown = run_command(typed, talk) if is_command(typed) else talk.outcomes(talk.session.enter(text))
        warnings = "\n".join(diagnostic.render() for diagnostic in talk.take_warnings())
        self._say(self.talk.screen.mistakes(warnings, "warning"), self._err)
        return shown

    def _say(self, text: str, stream: TextIO) -> None:
        if text:
            self._out.flush()
            stream.write(text + "\n")
            stream.flush()

    def greet(self, title: str) -> None:
        """Say what is loaded, and how to go on."""
        session, screen = self.talk.session, self.talk.screen
        outcomes = [outcome for outcome in map(session.value, session.names) if outcome.value is not None]
        given = [outcome for outcome in outcomes if session.definition(outcome.name).startswith(("input ", "param "))]
        start = ":help says how to begin" if outcomes else ":load im FILE opens an image, :help says more"
        shown = screen.outcomes(session, [*given, *(r for r in outcomes[-1:] if r not in given)])
        more = ":vars lists all names" if len(outcomes) > len(given) + 1 else ""
        self._say("\n".join(filter(None, [f"{title}   {start}, Ctrl-D leaves", more, shown])), self._out)

    def part(self) -> None:
        """Say what was not kept, and how it would have been."""
        talk = self.talk
        definitions = {name: talk.session.definition(name) for name in talk.session.names}
        names = [n for n, text in definitions.items() if text not in talk.written and not text.startswith("input ")]
        if names:
            listed = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
            self._say(f"not kept: {listed}; :script FILE.mask writes the lines that led there", self._out)

    def converse(self, read: Read) -> None:
        """Read and do until the end. Ctrl-C stops what is running and leaves the session as it was before."""
        while not self.talk.over:
            try:
                self._turn(read)
            except EOFError:
                return
            except KeyboardInterrupt:  # a second one, while the first was being told
                continue

    def _turn(self, read: Read) -> None:
        try:
            text = read()
        except KeyboardInterrupt:
            return
        if text is None:
            raise EOFError
        try:
            self.do(text)
        except KeyboardInterrupt:
            self._say("interrupted; the session is as it was before", self._err)


def fault(error: Exception) -> str:
    """A fault of ours in one line, with what it takes to find it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return str(InputError(messages.SESSION_FAULT.anywhere(what=what, where=where)))
