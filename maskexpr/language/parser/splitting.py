"""Statements are split before they are parsed, so that one mistake does not hide the next."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import lark

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.foreign_names import MAYBE_MODULES, MODULES
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
    splitter = _Splitter(tokens)
    for i, token in enumerate(tokens):
        if token.type not in _SEPARATORS:
            splitter.take(i, token)
        elif splitter.ends_at(i, token):
            yield from splitter.cut()
    if splitter.opened:
        splitter.part.blame_unclosed(tokens[splitter.opened[-1]])
    yield from splitter.cut()


class _Splitter:
    """The statement that is being collected, and the brackets open in it."""

    def __init__(self, tokens: list[lark.Token]) -> None:
        self.tokens = tokens
        self.unclosed = _unclosed(tokens)
        self.part = Part([])
        self.opened: list[int] = []
        self.skipping = False  # what stands behind a `;` in brackets

    def cut(self) -> Iterator[Part]:
        if self.part.tokens:
            yield self.part
        self.part, self.opened, self.skipping = Part([]), [], False

    def take(self, i: int, token: lark.Token) -> None:
        """A token of the statement."""
        self.part.tokens.append(token)
        if token.type in _OPENING:
            self.opened.append(i)
        elif token.type in _CLOSING and not self.skipping:
            self._close(token)

    def _close(self, token: lark.Token) -> None:
        if not self.opened:
            self.part.blame(messages.BRACKET_UNOPENED, token, bracket=str(token))
            return
        begun = self.tokens[self.opened.pop()]
        if begun.type != _CLOSING[token.type]:
            self.part.blame(messages.BRACKET_MISMATCH, token, close=str(token), open=str(begun))

    def ends_at(self, i: int, token: lark.Token) -> bool:
        """Whether a line break or a `;` ends the statement."""
        if token.type == "SEMICOLON":
            if self.opened:
                self.part.blame_unclosed(self.tokens[self.opened[-1]])
                self.skipping = True
            return not self.opened
        if self.opened and not self.skipping:
            if not self._is_lost(i):
                return False
            self.part.blame_unclosed(self.tokens[self.opened[-1]])
        return not (self.part.tokens and self.part.tokens[-1] == "\\")

    def _is_lost(self, i: int) -> bool:
        """Whether an open bracket will not be closed on the lines behind token i, as far as one can tell."""
        return (
            self.part.tokens[-1].type == "UNCLOSED_TEXT"
            or _begins_statement(self.tokens, i + 1, surely=True)
            or (self.opened[0] in self.unclosed and _begins_statement(self.tokens, i + 1, surely=False))
        )


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


def modules_joined(tokens: list[lark.Token]) -> list[lark.Token]:
    """The tokens of a statement, in which `skimage.measure` before `.label(` is one name, and so is `np.pi`.

    No name of the language has a dot in it, so that the checker knows them for what they are.
    """
    joined: list[lark.Token] = []
    i = 0
    while i < len(tokens):
        stop = _end_of_module(tokens, i)
        if stop > i:
            text = "".join(map(str, tokens[i : stop + 1]))
            token = lark.Token.new_borrow_pos("NAME", text, tokens[i])
            token.end_pos = tokens[stop].end_pos
            joined.append(token)
        else:
            joined.append(tokens[i])
        i = stop + 1
    return joined


def _end_of_module(tokens: list[lark.Token], i: int) -> int:
    """The last token of the dotted name of a module, or of a value in it, that begins at token i; i if none does."""
    if tokens[i].type != "NAME" or (i and tokens[i - 1].type == "DOT"):
        return i
    stop = i
    while stop + 2 < len(tokens) and tokens[stop + 1].type == "DOT" and tokens[stop + 2].type == "NAME":
        stop += 2
    called = stop + 1 < len(tokens) and tokens[stop + 1].type == "LPAR"
    stop -= 2 if called and stop > i else 0
    known = tokens[i] in MODULES or (tokens[i] in MAYBE_MODULES and stop > i)
    return stop if known else i
