"""Statements are split before they are parsed, so that one mistake does not hide the next."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import lark

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Span

STATEMENT_WORDS = {"INPUT", "PARAM", "DEF", "USE", "ASSERT", "OUTPUT"}
_OPENING = {"LPAR": "RPAR", "LSQB": "RSQB"}
_CLOSING = {close: open_ for open_, close in _OPENING.items()}
_SEPARATORS = {"NEWLINE", "SEMICOLON"}


def span_of(token: lark.Token) -> Span:
    """Where a token stands."""
    return Span(token.start_pos or 0, token.end_pos or 0)


@dataclass(slots=True)
class Part:
    """The tokens of one statement, and the bracket mistake that ended it, if any."""

    tokens: list[lark.Token]
    mistake: messages.Mistake | None = None
    where: lark.Token | None = None
    fields: dict[str, object] = field(default_factory=dict)

    def blame(self, mistake: messages.Mistake, token: lark.Token, **fields: object) -> None:
        if self.mistake is None:
            self.mistake, self.where, self.fields = mistake, token, fields

    def blame_unclosed(self, bracket: lark.Token) -> None:
        """An unclosed bracket; a text without its end may have swallowed the bracket that closes it."""
        if self.mistake is not None:
            return
        text = next((t for t in self.tokens if t.type == "UNCLOSED_TEXT"), None)
        if text is None:
            self.blame(messages.BRACKET_UNCLOSED, bracket, bracket=str(bracket))
        else:
            self.blame(messages.TEXT_UNCLOSED, text, quote=text[0])


def split(tokens: list[lark.Token]) -> Iterator[Part]:
    """Cut at line breaks and `;` outside brackets. A bracket that never closes ends at the next line that
    begins a statement, so that it is reported where it stands and does not swallow the file."""
    unclosed = _unclosed(tokens)
    part, opened, skipping = Part([]), list[int](), False
    for i, token in enumerate(tokens):
        kind = token.type
        if kind == "NEWLINE" and opened and not skipping:
            swallowed = part.tokens[-1].type == "UNCLOSED_TEXT"
            lost = (
                swallowed
                or _begins_statement(tokens, i + 1, surely=True)
                or (opened[0] in unclosed and _begins_statement(tokens, i + 1, surely=False))
            )
            if not lost:
                continue
            part.blame_unclosed(tokens[opened[-1]])
        if kind in _SEPARATORS:
            if kind == "NEWLINE" and part.tokens and part.tokens[-1] == "\\":
                continue
            if kind == "SEMICOLON" and opened:
                part.blame_unclosed(tokens[opened[-1]])
                skipping = True
                continue
            if part.tokens:
                yield part
            part, opened, skipping = Part([]), [], False
            continue
        part.tokens.append(token)
        if kind in _OPENING:
            opened.append(i)
        elif kind in _CLOSING and not skipping:
            if not opened:
                part.blame(messages.BRACKET_UNOPENED, token, bracket=str(token))
                continue
            begun = tokens[opened.pop()]
            if begun.type != _CLOSING[kind]:
                part.blame(messages.BRACKET_MISMATCH, token, close=str(token), open=str(begun))
    if opened:
        part.blame_unclosed(tokens[opened[-1]])
    if part.tokens:
        yield part


def _unclosed(tokens: list[lark.Token]) -> set[int]:
    opened: list[int] = []
    for i, token in enumerate(tokens):
        if token.type in _OPENING:
            opened.append(i)
        elif token.type in _CLOSING and opened:
            opened.pop()
    return set(opened)


def _begins_statement(tokens: list[lark.Token], i: int, *, surely: bool) -> bool:
    """Whether a statement begins at token i; `NAME =` may also be a keyword argument on a line of its own."""
    if i >= len(tokens):
        return False
    if tokens[i].type in STATEMENT_WORDS:
        return True
    return not surely and tokens[i].type == "NAME" and i + 1 < len(tokens) and tokens[i + 1] == "="
