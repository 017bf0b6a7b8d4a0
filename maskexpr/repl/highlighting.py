"""Colours for a text as it is typed: the grammar's own tokens, named as Pygments names them."""

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Text, Whitespace

from maskexpr.language.parser.grammar import lex
from maskexpr.repl.commands import is_command, takes_value
from maskexpr.repl.completing import LONGEST
from maskexpr.repl.words import words_of

# All others are operators.
_TOKENS = {
    "NAME": Name,
    "NUMBER": Number,
    "QUANTITY": Number,
    "TEXT": String,
    "UNCLOSED_TEXT": String,
    "TRUE": Keyword.Constant,
    "FALSE": Keyword.Constant,
    "NONE": Keyword.Constant,
    **dict.fromkeys(("INPUT", "PARAM", "DEF", "USE", "ASSERT", "OUTPUT"), Keyword),
    **dict.fromkeys(("AND", "OR", "XOR", "NOT", "IN"), Operator.Word),
    **dict.fromkeys(("LPAR", "RPAR", "LSQB", "RSQB", "COMMA", "COLON", "DOT", "SEMICOLON"), Punctuation),
    **dict.fromkeys(("FOREIGN", "FOREIGN_WORD", "STRAY"), Error),
    "NEWLINE": Whitespace,
}
_STYLE = {
    "pygments.keyword": "bold",
    "pygments.operator.word": "bold",
    "pygments.name.function": "ansicyan",
    "pygments.literal.number": "ansimagenta",
    "pygments.literal.string": "ansigreen",
    "pygments.comment": "ansibrightblack",
    "pygments.error": "ansired underline",
    "pygments.name.builtin": "bold",
    "auto-suggestion": "ansibrightblack",
    "prompt": "bold",
    "completion-menu": "fg:default bg:default",
    "completion-menu.completion.current": "noinherit reverse",
    "completion-menu.meta.completion": "ansibrightblack bg:default",
    "completion-menu.meta.completion.current": "noinherit bold",
    "bottom-toolbar": "noreverse ansibrightblack",
    "bottom-toolbar.now": "noreverse bold",
}
# Where no colours are wanted.
_PLAIN_STYLE = {
    "auto-suggestion": "noinherit underline",
    "completion-menu": "noinherit",
    "completion-menu.completion": "noinherit",
    "completion-menu.completion.current": "noinherit reverse",
    "completion-menu.meta.completion": "noinherit",
    "completion-menu.meta.completion.current": "noinherit reverse",
    "bottom-toolbar": "noinherit",
    "bottom-toolbar.now": "noinherit underline",
}


class MaskLexer(Lexer):  # type: ignore[misc]  # Pygments has no types
    """The language, and the commands of a session, for Pygments."""

    name = "maskexpr"
    aliases = ("maskexpr", "mask")
    filenames = ("*.mask",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Each piece of the text once, in order, whatever it is; longer ones than can be read at a key as they are."""
        if len(text) > LONGEST:
            yield 0, Text, text
            return
        start = 0
        if is_command(text):
            parts = words_of(text)
            end = parts[0].start + len(parts[0].text)
            has_value = takes_value(text) and len(parts) > 2
            start = parts[2].start if has_value else len(text)
            yield 0, Name.Builtin, text[:end]
            yield end, Text, text[end:start]
        yield from self._placed(text, start)

    def _placed(self, text: str, start: int) -> Iterator[tuple[int, Any, str]]:
        tokens = lex(text[start:])
        at = start
        for i, token in enumerate(tokens):
            begin, end = start + (token.start_pos or 0), start + (token.end_pos or 0)
            if begin > at:
                yield from _between(text[at:begin], at)
            kind = _TOKENS.get(token.type, Operator)
            if token.type == "NAME" and i + 1 < len(tokens) and tokens[i + 1].type == "LPAR":
                kind = Name.Function
            yield begin, kind, text[begin:end]
            at = end
        if at < len(text):
            yield from _between(text[at:], at)


def _between(text: str, at: int) -> Iterator[tuple[int, Any, str]]:
    """Blanks, and a comment behind them."""
    blank, mark, comment = text.partition("#")
    if blank:
        yield at, Whitespace, blank
    if mark:
        yield at + len(blank), Comment, mark + comment


def style(*, coloured: bool = True) -> dict[str, str]:
    """Named colours, which every terminal shows as suits its ground; or only what tells a choice or a suggestion."""
    return dict(_STYLE if coloured else _PLAIN_STYLE)
