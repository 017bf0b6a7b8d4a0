"""What a terminal can do, from what the environment, the system and the terminal itself say of it."""

import os
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TextIO

from maskexpr.display.terminal.asking import Answer, ask_terminal

if sys.platform != "win32":
    import fcntl
    import termios

PROTOCOLS = ("kitty", "iterm", "sixel", "blocks", "text", "none")
VARIABLE = "MASKEXPR_PICTURES"  # picks one of them, in a terminal
MILLIONS = 2**24

_CELL = (8, 16)  # where no size is told
_SMALLEST_CELL, _LARGEST_CELL = 3, 200
_KITTIES = ("xterm-kitty", "xterm-ghostty", "ghostty")
# WezTerm knows both; its own pictures and its cursor are surest with iTerm2's.
_ITERMS = ("iTerm.app", "WezTerm")
_MILLIONS_BY_TERM = (*_KITTIES, "alacritty", "foot", "wezterm", "contour")
_MILLIONS_BY_PROGRAM = (*_ITERMS, "vscode", "ghostty", "WarpTerminal", "Hyper", "mintty")
_SIXTEEN_BY_TERM = ("xterm", "screen", "tmux", "rxvt", "linux", "vte", "ansi", "cygwin", "konsole", "putty", "st")
# Those that would print a question, or have no pictures to tell of.
_NEVER_ASKED_TERMS = ("linux", "dumb", "vt52", "cons25", "emacs", "eterm")
_NEVER_ASKED_PROGRAMS = ("Apple_Terminal",)

Asking = Callable[[bool], Answer | None]


@dataclass(frozen=True, slots=True)
class Abilities:
    """Of a terminal. The protocol is the best way it has to show a picture; "none" means that no escape code may be
    written, nor any picture: a file or a pipe. `typed` is what a person typed while the terminal was asked."""

    columns: int = 80
    lines: int = 24
    cell: tuple[int, int] = _CELL  # width and height of a character in pixels
    colours: int = 0  # 0, 16, 256 or 2**24
    protocol: str = "none"
    unicode: bool = True
    typed: str = ""

    @property
    def is_terminal(self) -> bool:
        return self.protocol != "none"


def abilities(
    stream: TextIO | None = None, environ: Mapping[str, str] | None = None, ask: Asking | None = ask_terminal
) -> Abilities:
    """What the terminal behind a stream can do.

    `ask` asks the terminal, given whether it may be asked about kitty's protocol; None asks nothing. It is only called
    where the environment does not settle the matter, and both standard input and the stream are terminals.
    """
    stream = sys.stdout if stream is None else stream
    environ = os.environ if environ is None else environ
    found = Abilities(unicode=_is_unicode(stream))
    if not _is_terminal(stream):
        return found
    found = resized(found, stream, environ)
    chosen = environ.get(VARIABLE, "").lower()
    if chosen in PROTOCOLS:
        least = 256 if chosen == "blocks" else 0
        colours = 0 if chosen in ("text", "none") else max(_colours(environ), least)
        return replace(found, protocol=chosen, colours=colours)
    colours = 0 if environ.get("NO_COLOR") else _colours(environ)
    if not colours:
        return replace(found, protocol="text")
    protocol = _told(environ)
    if protocol is None and ask is not None and _may_be_asked(environ):
        answer = ask(not _is_multiplexed(environ))
        if answer is not None:
            cell = answer.cell if found.cell == _CELL and _is_plausible(answer.cell) else found.cell
            found = replace(found, typed=answer.typed, cell=cell or found.cell)
            protocol = "kitty" if answer.kitty else "sixel" if answer.sixel else None
    if protocol is None:
        protocol = "blocks" if found.unicode and colours >= 256 else "text"
    return replace(found, protocol=protocol, colours=colours)


def resized(found: Abilities, stream: TextIO | None = None, environ: Mapping[str, str] | None = None) -> Abilities:
    """The same with the present size of the window."""
    environ = os.environ if environ is None else environ
    columns, lines, width, height = _window(sys.stdout if stream is None else stream)
    cell = (width // columns, height // lines) if columns and lines else None
    columns = _whole(environ.get("COLUMNS")) or columns or 80
    lines = _whole(environ.get("LINES")) or lines or 24
    return replace(found, columns=columns, lines=lines, cell=cell if cell and _is_plausible(cell) else found.cell)


def _window(stream: TextIO) -> tuple[int, int, int, int]:
    """Columns, lines, and width and height in pixels; 0 for what is not known."""
    try:
        if sys.platform == "win32":
            return (*os.get_terminal_size(stream.fileno()), 0, 0)
        lines, columns, width, height = struct.unpack("4H", fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, bytes(8)))
        return columns, lines, width, height
    except (OSError, ValueError):  # no terminal, or a stream without a number
        return 0, 0, 0, 0


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _is_plausible(cell: tuple[int, int] | None) -> bool:
    return cell is not None and all(_SMALLEST_CELL <= size <= _LARGEST_CELL for size in cell)


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # none, or closed
        return False


def _is_unicode(stream: Any) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")


def _colours(environ: Mapping[str, str]) -> int:
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if term == "dumb":
        return 0
    if os.name == "nt" and not term:
        speaks = environ.get("WT_SESSION") or environ.get("ANSICON") or environ.get("ConEmuANSI") == "ON"
        return MILLIONS if speaks or program in _MILLIONS_BY_PROGRAM else 0
    inside_screen = term.startswith("screen") and "TMUX" not in environ
    if not inside_screen:  # what is around it may have more, but it does not pass them on
        if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct"):
            return MILLIONS
        if "TMUX" in environ:  # whatever it calls itself
            return 256
    if term.startswith(_MILLIONS_BY_TERM) or program in _MILLIONS_BY_PROGRAM:
        return MILLIONS
    if "256color" in term:
        return 256
    return 16 if term.startswith(_SIXTEEN_BY_TERM) else 0


def _is_multiplexed(environ: Mapping[str, str]) -> bool:
    """Whether tmux or screen lies between; what the environment says of the terminal around them does not hold."""
    return "TMUX" in environ or "STY" in environ or environ.get("TERM", "").startswith(("tmux", "screen"))


def _told(environ: Mapping[str, str]) -> str | None:
    """The protocol that the environment tells of."""
    if _is_multiplexed(environ):
        return None
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if program in _ITERMS or environ.get("LC_TERMINAL") == "iTerm2":
        return "iterm"
    if "KITTY_WINDOW_ID" in environ or term in _KITTIES or program == "ghostty":
        return "kitty"
    return None


def _may_be_asked(environ: Mapping[str, str]) -> bool:
    term = environ.get("TERM", "")
    if os.name == "nt" or not term or term.startswith(_NEVER_ASKED_TERMS) or "STY" in environ:
        return False
    return environ.get("TERM_PROGRAM") not in _NEVER_ASKED_PROGRAMS and _is_terminal(sys.stdin)
