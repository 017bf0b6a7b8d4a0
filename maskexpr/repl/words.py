"""The words of a command line."""

import re
from dataclasses import dataclass

_WORD = re.compile(r""""[^"]*"?|'[^']*'?|\S+""")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command line, or a text in quotes; `open` where its last quote is missing."""

    text: str
    start: int
    open: bool = False


def words_of(text: str) -> list[Word]:
    """The words of a command line; what is in quotes is one word."""
    found = []
    for match in _WORD.finditer(text):
        typed = match[0]
        quoted = typed[0] in "\"'"
        closed = quoted and len(typed) > 1 and typed[-1] == typed[0]
        inner = typed[1 : -1 if closed else None] if quoted else typed
        found.append(Word(inner, match.start(), quoted and not closed))
    return found
