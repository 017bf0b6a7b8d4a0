"""How a session is held: in a terminal, by what can read lines there, or through a pipe."""

import re
import sys
from collections.abc import Callable

import maskexpr
from maskexpr.diagnostics import messages
from maskexpr.display.terminal import Abilities, abilities
from maskexpr.repl import plain
from maskexpr.repl.commands import Talk
from maskexpr.repl.reading import Reader
from maskexpr.repl.screen import Screen
from maskexpr.session import Session

_PACKAGES = ("prompt_toolkit", "pygments")


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
    start = (_with_prompt_toolkit() if sys.stdout.isatty() else None) or plain.start
    start(reader, typed)
    reader.part()
    return True


def _with_prompt_toolkit() -> Callable[[Reader, str], None] | None:
    """Reads lines with it; None where it is not installed, or cannot be used, and then it is said why."""
    try:
        from maskexpr.repl import prompt
    except Exception as error:  # whatever packages that cannot be used do when they are imported
        absent = isinstance(error, ModuleNotFoundError) and error.name in _PACKAGES
        if not absent:
            why = " ".join(f"{type(error).__name__}: {error}".split())
            print(messages.PROMPT_UNUSABLE.anywhere(why=why).render(), file=sys.stderr)
        return None
    return prompt.start
