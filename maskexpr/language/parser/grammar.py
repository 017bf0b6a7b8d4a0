"""The grammar and its tables: where they come from, where they are kept, and the tokens they make of a text."""

import functools
import hashlib
import itertools
import os
import stat
import sys
from collections.abc import Iterator
from importlib import resources
from typing import Any, cast

import lark

from maskexpr.language.folders import cache_folder
from maskexpr.language.parser.building import Builder

Token = lark.Token


class _KeepSeparators:
    """Lark drops terminals no rule uses; the splitter and the messages need these."""

    always_accept = ("NEWLINE", "SEMICOLON", "FOREIGN", "FOREIGN_WORD", "UNCLOSED_TEXT", "STRAY")

    @staticmethod
    def process(stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        return stream


def grammar_text() -> str:
    """The grammar file, which lies in the package wherever that does: in a folder, a zip file, a bundle."""
    return (resources.files("maskexpr.language") / "maskexpr.lark").read_text("utf-8")


@functools.cache
def tables() -> lark.Lark:
    text = grammar_text()
    return lark.Lark(
        text,
        start="statement",
        parser="lalr",
        lexer="basic",
        keep_all_tokens=True,
        maybe_placeholders=False,
        postlex=cast(Any, _KeepSeparators),  # Lark types it as a PostLex instance; any object with these two will do
        transformer=cast(Any, Builder()),  # Lark types it as a Transformer; it only looks up methods by rule name
        cache=cast(bool, _cache_file(text)),
    )


def _cache_file(text: str) -> str | bool:
    """Where Lark may keep its tables, which are a pickle: a folder only this user can write, else nowhere."""
    base = cache_folder()
    if base is None:
        return False
    folder = base / "maskexpr"
    key = hashlib.sha256(f"{text}{lark.__version__}{sys.version}".encode()).hexdigest()[:16]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = folder.stat()
    except OSError:
        return False
    if hasattr(os, "getuid") and (info.st_uid != os.getuid() or stat.S_IMODE(info.st_mode) & 0o022):
        return False
    return str(folder / f"grammar-{key}.cache") if os.access(folder, os.W_OK) else False


def lex(text: str, most: int | None = None) -> list[lark.Token]:
    """The tokens of a text, or so many from its beginning. Lark's own `lex` would build a second lexer each time; this
    is the parser's."""
    parser = tables().parse_interactive(text, start="statement")
    tokens = parser.lexer_thread.lex(parser.parser_state)  # type: ignore[no-untyped-call]  # Lark leaves it untyped
    return list(itertools.islice(tokens, most))
