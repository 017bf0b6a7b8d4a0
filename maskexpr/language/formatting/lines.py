"""A text as its statements with the comments and blank lines around them, which the parser passes over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from maskexpr.language.parser.grammar import lex

COMMENT = "COMMENT"
_OPENING, _CLOSING = ("LPAR", "LSQB"), ("RPAR", "RSQB")
_ESCAPED_QUOTE = re.compile(r"""\\(["'])|\\.|(["'])""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, number, text, sign or comment; of a comment, whether it has its line for itself."""

    kind: str
    text: str
    own_line: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A statement and the comment behind it, one of which may be missing; whether a blank line stands before it."""

    pieces: tuple[Piece, ...] = ()
    comment: str = ""
    after_blank: bool = False


@dataclass(slots=True)
class _Reader:
    """What was read so far of a text whose brackets match."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    depth: int = 0
    line_begins: bool = True
    statement_ended: bool = False  # by a `;` in this line of text
    after_blank: bool = False

    def take(self, kind: str, text: str) -> None:
        if kind == "NEWLINE":
            self._end_of_line()
        elif kind == "SEMICOLON":
            self._end_of_statement()
            self.statement_ended = bool(self.lines)
        elif kind == COMMENT:
            self._comment(text)
        else:
            self.depth += (kind in _OPENING) - (kind in _CLOSING)
            self.pieces.append(Piece(kind, _quoted(text) if kind == "TEXT" else text))
        self.line_begins = kind == "NEWLINE"

    def _end_of_line(self) -> None:
        if self.depth:
            return
        self._end_of_statement()
        self.after_blank |= self.line_begins
        self.statement_ended = False

    def _end_of_statement(self, comment: str = "") -> None:
        if self.pieces or comment:
            self.lines.append(Line(tuple(self.pieces), comment, self.after_blank and bool(self.lines)))
            self.pieces.clear()
            self.after_blank = False

    def _comment(self, text: str) -> None:
        if self.depth:
            self.pieces.append(Piece(COMMENT, text, self.line_begins))
        elif self.statement_ended and not self.pieces:
            self.lines[-1] = replace(self.lines[-1], comment=text)
        else:
            self._end_of_statement(text)


def lines_of(text: str) -> list[Line]:
    """The statements and comments of a text that the parser reads, in their order."""
    reader = _Reader()
    for kind, found in _with_comments(text):
        reader.take(kind, found)
    reader.take("NEWLINE", "\n")
    return reader.lines


def _with_comments(text: str) -> Iterator[tuple[str, str]]:
    """The tokens of a text and, where they stand, its comments: all that is between tokens beside blanks."""
    end = 0
    for token in lex(text):
        yield from _comment_in(text[end : token.start_pos])
        yield token.type, str(token)
        end = token.end_pos or 0
    yield from _comment_in(text[end:])


def _comment_in(gap: str) -> Iterator[tuple[str, str]]:
    comment = gap.strip(" \t\f")
    if comment:
        yield COMMENT, comment


def _quoted(text: str) -> str:
    """A text in the quotes that take the fewest backslashes, `"` where both take as many."""
    found = [(match[1] or match[2]) for match in _ESCAPED_QUOTE.finditer(text[1:-1])]
    quote = "'" if found.count('"') > found.count("'") else '"'

    def written(match: re.Match[str]) -> str:
        inner = match[1] or match[2]
        return f"\\{quote}" if inner == quote else inner or match[0]

    return quote + _ESCAPED_QUOTE.sub(written, text[1:-1]) + quote
