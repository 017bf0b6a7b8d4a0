"""Asking a terminal what it can do: questions it answers through its input, as if they were typed.

The last question is one that every terminal answers, so that the answers end with its own and nothing is waited for
long. Bytes that are no answer were typed by a person, and are handed on.
"""

import os
import re
import select
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

if sys.platform != "win32":
    import termios
    import tty

_KITTY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"  # takes a picture of one pixel, and shows nothing
_CELL = "\x1b[16t"
_ATTRIBUTES = "\x1b[c"

_ANSWERS = re.compile(rb"\x1b_G[^\x1b]*\x1b\\|\x1b\[6;(\d+);(\d+)t|\x1b\[\?([\d;]*)c")
_SECONDS = 0.4  # a terminal at the far end of a slow line answers within


@dataclass(frozen=True, slots=True)
class Answer:
    """What a terminal said of itself."""

    kitty: bool = False
    sixel: bool = False
    cell: tuple[int, int] | None = None  # width and height of a character in pixels
    typed: str = ""


def ask_terminal(kitty: bool = True) -> Answer | None:
    """Ask the terminal behind standard input and output; None where that cannot be done.

    The terminal is left as it was. Nothing is asked if something was typed already, or in a job in the background,
    which would be stopped.
    """
    if sys.platform == "win32":
        return None
    try:
        source, target = sys.stdin.fileno(), sys.stdout.fileno()
        before = termios.tcgetattr(source)
        if os.tcgetpgrp(source) != os.getpgrp() or select.select([source], [], [], 0)[0]:
            return None
    except (OSError, ValueError, AttributeError, termios.error):  # no terminal, or a stream that is none
        return None
    try:
        tty.setcbreak(source, termios.TCSADRAIN)
        sys.stdout.flush()
        os.write(target, ((_KITTY if kitty else "") + _CELL + _ATTRIBUTES).encode())
        return understood(_read(source))
    except (OSError, termios.error):
        return None
    finally:
        with suppress(OSError, termios.error):
            termios.tcsetattr(source, termios.TCSADRAIN, before)


def _read(source: int) -> bytes:
    """What comes in until the last answer, or until it is late."""
    found, end = b"", time.monotonic() + _SECONDS
    while (left := end - time.monotonic()) > 0:
        if not select.select([source], [], [], left)[0]:
            break
        part = os.read(source, 1024)
        if not part:
            break
        found += part
        if any(match[3] is not None for match in _ANSWERS.finditer(found)):
            break
    return found


def understood(found: bytes) -> Answer:
    """What the bytes that came in say."""
    kitty, cell, attributes = False, None, set[bytes]()
    for match in _ANSWERS.finditer(found):
        if match[3] is not None:
            attributes |= set(match[3].split(b";")[1:])
        elif match[1] is not None:
            cell = (int(match[2]), int(match[1]))
        else:
            kitty = kitty or match[0].endswith(b";OK\x1b\\")
    typed = re.sub(rb"\x1b[\s\S]*", b"", _ANSWERS.sub(b"", found))  # nor what a late answer began
    return Answer(kitty, b"4" in attributes, cell, typed.decode("utf-8", "ignore"))
