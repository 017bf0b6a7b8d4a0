"""Sessions without prompt_toolkit: with readline in a terminal, and piped."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

from maskexpr.repl.commands import names_command
from maskexpr.repl.completing import Known, completions
from maskexpr.repl.history import kept_file
from maskexpr.repl.reading import Reader, ends, fault, is_open

_PROMPT, _GOES_ON = "> ", "... "
_MOST_LINES = 10_000
_DELIMITERS = " \t\n()[]{},;=<>!~&|^+-*/%\"'."


def start(reader: Reader, typed: str = "") -> None:
    """Converse until the end, with what readline has to offer, where there is one. `typed` came before the prompt."""
    readline = _readline()
    path = kept_file("readline-history") if readline else None
    if readline and path:
        with suppress(OSError):
            readline.read_history_file(path)
        readline.set_history_length(_MOST_LINES)
    known = [Known()]
    if readline:
        _complete(readline, lambda: known[0])
        if typed:
            readline.set_startup_hook(_Once(readline, typed))

    def read() -> str | None:
        known[0] = Known.of(reader.talk.session)
        try:
            text = _text()
        except KeyboardInterrupt:
            print()
            raise
        reader.talk.screen.fit()
        return text

    try:
        reader.converse(read)
    finally:
        if readline and path:
            with suppress(OSError):
                readline.write_history_file(path)


def _text() -> str | None:
    """A line, and those it goes on with; an empty one ends any."""
    try:
        text = _line(_PROMPT)
        while is_open(text) and not ends(text):
            text += "\n" + _line(_GOES_ON)
    except EOFError:
        print()
        return None
    return text


def _line(prompt: str) -> str:
    if sys.stdout.isatty():
        return input(prompt)
    sys.stderr.write(prompt)  # the results go elsewhere
    sys.stderr.flush()
    return input()


def _readline() -> Any:
    try:
        import readline
    except ImportError:  # Windows has none
        return None
    return readline


class _Once:
    """Puts what was typed before there was a prompt into the first line."""

    def __init__(self, readline: Any, typed: str) -> None:
        self._readline, self._typed = readline, typed

    def __call__(self) -> None:
        self._readline.insert_text(self._typed)
        self._readline.set_startup_hook(None)


def _complete(readline: Any, known: Callable[[], Known]) -> None:
    found: list[str] = []

    def complete(word: str, state: int) -> str | None:
        if state == 0:
            found.clear()
            begin, end = readline.get_begidx(), readline.get_endidx()
            text = readline.get_line_buffer()[:end]
            try:
                offered = [c.text[begin - c.start :] for c in completions(text, known()) if c.start <= begin]
            except Exception as error:  # readline would drop it without a word
                print(f"\n{fault(error)}", file=sys.stderr)
                return None
            found.extend(text for text in offered if text.startswith(word))
        return found[state] if state < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(_DELIMITERS)
    if "libedit" in (readline.__doc__ or ""):
        readline.parse_and_bind("bind ^I rl_complete")
    else:
        readline.parse_and_bind("tab: complete")


def run_piped(reader: Reader, lines: TextIO) -> bool:
    """Do what comes through a pipe, statement by statement; whether all went well."""
    well, entry = True, ""
    for line in lines:
        line = line.removeprefix("\ufeff")  # how some editors begin a file
        if entry and names_command(line):  # it does not belong to the bracket that is open above
            well = reader.do(entry) and well
            entry = ""
        entry += line
        if is_open(entry):
            continue
        well = reader.do(entry) and well
        entry = ""
        if reader.talk.over:
            return well
    return (not entry or reader.do(entry)) and well
