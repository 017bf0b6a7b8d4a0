"""Text to nodes: lexing, splitting into statements, and an LALR parse of each statement by itself."""

import itertools
from dataclasses import dataclass
from typing import NamedTuple, cast

import lark

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.source import Source, Span
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser.building import BadLiteral, name_of
from maskexpr.language.parser.grammar import lex, tables
from maskexpr.language.parser.mistakes import forbidden_characters, mistake_at
from maskexpr.language.parser.splitting import STATEMENT_WORDS, modules_joined, span_of, split

_MOST_FORBIDDEN = 1000  # characters that are named one by one


class Length(NamedTuple):
    """How long a text is, or several together."""

    source_bytes: int = 0
    tokens: int = 0


NOTHING = Length()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What parsing found: the statements that read well, what was wrong with the others, and how long the text is, with
    those that were parsed before."""

    module: nodes.Module
    diagnostics: tuple[Diagnostic, ...]
    length: Length


def parse(source: Source, limits: Limits, before: Length = NOTHING) -> Parsed:
    """Parse a program text; mistakes are returned, never raised, so that the checker can add its own.

    The limits are for all of a program: `before` is the length of its texts that were parsed already.
    """
    size = before.source_bytes + len(source.text.encode("utf-8", "surrogatepass"))
    if size > limits.source_bytes:
        return _too_long(source, messages.SOURCE_TOO_LONG, Length(size, before.tokens), limits.source_bytes)
    forbidden = tuple(itertools.islice(forbidden_characters(source), _MOST_FORBIDDEN))
    if forbidden:
        return Parsed(nodes.Module(()), forbidden, Length(size, before.tokens))
    tokens = lex(source.text, max(0, limits.tokens - before.tokens) + 1)
    length = Length(size, before.tokens + len(tokens))
    if length.tokens > limits.tokens:
        return _too_long(source, messages.TOO_MANY_TOKENS, length, limits.tokens)
    statements, diagnostics = _statements(tokens, source, limits)
    return Parsed(nodes.Module(tuple(statements)), tuple(diagnostics), length)


def _too_long(source: Source, mistake: messages.Mistake, length: Length, most: int) -> Parsed:
    diagnostic = mistake.at(source, Span(0, 1), size=length.source_bytes, most=most)
    return Parsed(nodes.Module(()), (diagnostic,), length)


def _statements(
    tokens: list[lark.Token], source: Source, limits: Limits
) -> tuple[list[nodes.Statement], list[Diagnostic]]:
    statements: list[nodes.Statement] = []
    diagnostics: list[Diagnostic] = []
    for part in split(tokens):
        try:
            if part.mistake and part.where:
                raise _Unreadable(part.mistake.at(source, span_of(part.where), **part.fields))
            statement = _read_statement(modules_joined(part.tokens), source)
            deep = _too_deep(statement, limits.depth)
            if deep:
                raise _Unreadable(messages.TOO_DEEP.at(source, deep.span, most=limits.depth))
            statements.append(statement)
        except _Unreadable as unreadable:
            diagnostics.append(unreadable.diagnostic)
            statements.append(_broken(part.tokens))
    return statements, diagnostics


class _Unreadable(Exception):
    """Carries a diagnostic from where a statement stops making sense to where statements are collected."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


def _read_statement(tokens: list[lark.Token], source: Source) -> nodes.Statement:
    parser = tables().parse_interactive(start="statement")
    end = lark.Token.new_borrow_pos("$END", "", tokens[-1])
    end.start_pos = end.end_pos = tokens[-1].end_pos
    result: object = None
    for i, token in enumerate([*tokens, end]):
        try:
            result = parser.feed_token(token)
        except lark.UnexpectedToken:
            mistake, span, found = mistake_at(tokens, i, source)
            raise _Unreadable(mistake.at(source, span, **found)) from None
        except BadLiteral as bad:
            raise _Unreadable(bad.mistake.at(source, bad.span, text=source.slice(bad.span)[:40])) from None
    return cast(nodes.Statement, result)


def _broken(tokens: list[lark.Token]) -> nodes.Broken:
    """What a statement that cannot be read would have introduced, so that its uses are not reported as well."""
    span = Span(span_of(tokens[0]).start, span_of(tokens[-1]).stop)
    word = str(tokens[0]) if tokens[0].type in STATEMENT_WORDS else ""
    rest = tokens[1:] if word else tokens
    named = bool(rest) and rest[0].type == "NAME" and (bool(word) or (len(rest) > 1 and rest[1] in ("=", ":=", "(")))
    return nodes.Broken(span, word, name_of(rest[0]) if named else None)


def _too_deep(statement: nodes.Node, most: int) -> nodes.Node | None:
    """The first node nested deeper than `most`, found without recursion."""
    stack = [(statement, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > most:
            return node
        below: list[tuple[nodes.Node, int]] = []
        for name in (n for n in node.names if n not in ("operator", "operators", "function", "name")):
            value = getattr(node, name)
            children = value if isinstance(value, tuple) and not isinstance(value, Span) else (value,)
            below.extend((child, depth + 1) for child in children if isinstance(child, nodes.Node))
        stack.extend(reversed(below))
    return None
