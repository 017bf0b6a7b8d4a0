"""How a session is held: in a terminal, by what can read lines there, or through a pipe."""

import importlib.util
import re
import sys

import maskexpr
from maskexpr.display.terminal import Abilities, abilities
from maskexpr.repl import plain
from maskexpr.repl.commands import Talk
from maskexpr.repl.reading import Reader
from maskexpr.repl.screen import Screen
from maskexpr.session import Session


def converse(session: Session) -> bool:
    """Go on with a session until its end; whether each line went well, where they came through a pipe.

    In a terminal prompt_toolkit reads the lines where it is installed, else readline.
    """
    if sys.stdin is None:  # it was closed
        return True
    if not sys.stdin.isatty():
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")
        talk = Talk(session, Screen(Abilities(unicode=abilities(sys.stdout, ask=None).unicode), timed=False))
        return plain.run_piped(Reader(talk, sys.stdout, sys.stderr), sys.stdin)
    found = abilities(sys.stdout)
    talk = Talk(session, Screen(found), written=session.lines)
    reader = Reader(talk, sys.stdout, sys.stderr)
    reader.greet(f"maskexpr {maskexpr.__version__}")
    *lines, typed = re.split("[\r\n]", found.typed)  # while the terminal was asked
    for line in lines:
        print(f"> {line}")
        reader.do(line)
    if sys.stdout.isatty() and all(map(importlib.util.find_spec, ("prompt_toolkit", "pygments"))):
        from maskexpr.repl import prompt

        prompt.start(reader, typed)
    else:
        plain.start(reader, typed)
    reader.part()
    return True
