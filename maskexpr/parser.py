"""Text to nodes: lexing, splitting into statements, and an LALR parse of each statement by itself."""

import functools
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any, cast

import lark

from maskexpr import messages, nodes
from maskexpr.errors import Diagnostic
from maskexpr.kinds import MILLIMETRES
from maskexpr.limits import Limits
from maskexpr.source import Source, Span
from maskexpr.syntax_mistakes import forbidden_characters, mistake_at

_OPENING = {"LPAR": "RPAR", "LSQB": "RSQB"}
_CLOSING = {close: open_ for open_, close in _OPENING.items()}
_STATEMENT_WORDS = {"INPUT", "PARAM", "DEF", "USE", "ASSERT", "OUTPUT"}
_SEPARATORS = {"NEWLINE", "SEMICOLON"}
# Longer numbers and larger exponents mean nothing in an image and would make exact arithmetic slow.
_MOST_DIGITS = 40
_LARGEST_EXPONENT = 30


@dataclass(frozen=True, slots=True)
class Parsed:
    """What parsing found: the statements that read well, and what was wrong with the others."""

    module: nodes.Module
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source, limits: Limits) -> Parsed:
    """Parse a program text; mistakes are returned, never raised, so that the checker can add its own."""
    size = len(source.text.encode("utf-8", "surrogatepass"))
    if size > limits.source_bytes:
        too_long = messages.SOURCE_TOO_LONG.at(source, Span(0, 1), size=size, most=limits.source_bytes)
        return Parsed(nodes.Module(()), (too_long,))
    forbidden = tuple(forbidden_characters(source))
    if forbidden:
        return Parsed(nodes.Module(()), forbidden)
    statements: list[nodes.Statement] = []
    diagnostics: list[Diagnostic] = []
    for part in _split(_lex(source.text)):
        try:
            if part.mistake and part.where:
                raise _Unreadable(part.mistake.at(source, _span(part.where), **part.fields))
            statement = _read_statement(part.tokens, source)
            deep = _too_deep(statement, limits.depth)
            if deep:
                raise _Unreadable(messages.TOO_DEEP.at(source, deep.span, most=limits.depth))
            statements.append(statement)
        except _Unreadable as unreadable:
            diagnostics.append(unreadable.diagnostic)
            statements.append(_broken(part.tokens, source))
    return Parsed(nodes.Module(tuple(statements)), tuple(diagnostics))


class _Unreadable(Exception):
    """Carries a diagnostic from where a statement stops making sense to where statements are collected."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


# --- the grammar and its tables --------------------------------------------------------------------------------------


class _KeepSeparators:
    """Lark drops terminals no rule uses; the splitter and the messages need these."""

    always_accept = ("NEWLINE", "SEMICOLON", "FOREIGN", "FOREIGN_WORD", "UNCLOSED_TEXT", "STRAY")

    @staticmethod
    def process(stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        return stream


def grammar_text() -> str:
    """The grammar file: the package's own copy, or `../grammar` in a checkout and an editable install."""
    packaged = resources.files("maskexpr") / "maskexpr.lark"
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parent.parent / "grammar" / "maskexpr.lark").read_text("utf-8")


@functools.cache
def _grammar() -> lark.Lark:
    text = grammar_text()
    return lark.Lark(
        text,
        start="statement",
        parser="lalr",
        lexer="basic",
        keep_all_tokens=True,
        maybe_placeholders=False,
        postlex=cast(Any, _KeepSeparators),  # Lark types it as a PostLex instance; any object with these two will do
        transformer=cast(Any, _Builder()),  # Lark types it as a Transformer; it only looks up methods by rule name
        cache=cast(bool, _cache_file(text)),
    )


def _cache_file(text: str) -> str | bool:
    """Where Lark may keep its tables, which are a pickle: a folder only this user can write, else nowhere."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    folder = base / "maskexpr"
    key = hashlib.sha256(f"{text}{lark.__version__}{sys.version}".encode()).hexdigest()[:16]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = folder.stat()
    except (OSError, RuntimeError):
        return False
    if hasattr(os, "getuid") and (info.st_uid != os.getuid() or stat.S_IMODE(info.st_mode) & 0o022):
        return False
    return str(folder / f"grammar-{key}.cache") if os.access(folder, os.W_OK) else False


def _lex(text: str) -> list[lark.Token]:
    """All tokens of a text. Lark's own `lex` would build a second lexer each time; this is the parser's."""
    parser = _grammar().parse_interactive(text, start="statement")
    return list(parser.lexer_thread.lex(parser.parser_state))  # type: ignore[no-untyped-call]  # Lark leaves it untyped


# --- statements ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
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


def _split(tokens: list[lark.Token]) -> Iterator[_Part]:
    """Cut at line breaks and `;` outside brackets. A bracket that never closes ends at the next line that
    begins a statement, so that it is reported where it stands and does not swallow the file."""
    unclosed = _unclosed(tokens)
    part, opened, skipping = _Part([]), list[int](), False
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
            part, opened, skipping = _Part([]), [], False
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
    if tokens[i].type in _STATEMENT_WORDS:
        return True
    return not surely and tokens[i].type == "NAME" and i + 1 < len(tokens) and tokens[i + 1] == "="


def _read_statement(tokens: list[lark.Token], source: Source) -> nodes.Statement:
    parser = _grammar().parse_interactive(start="statement")
    end = lark.Token.new_borrow_pos("$END", "", tokens[-1])
    end.start_pos = end.end_pos = tokens[-1].end_pos
    result: object = None
    for i, token in enumerate([*tokens, end]):
        try:
            result = parser.feed_token(token)
        except lark.UnexpectedToken:
            mistake, span, found = mistake_at(tokens, i, source)
            raise _Unreadable(mistake.at(source, span, **found)) from None
        except _BadLiteral as bad:
            raise _Unreadable(bad.mistake.at(source, bad.span, text=source.slice(bad.span)[:40])) from None
    return cast(nodes.Statement, result)


def _broken(tokens: list[lark.Token], source: Source) -> nodes.Broken:
    """What a statement that cannot be read would have introduced, so that its uses are not reported as well."""
    span = Span(_span(tokens[0]).start, _span(tokens[-1]).stop)
    word = str(tokens[0]) if tokens[0].type in _STATEMENT_WORDS else ""
    rest = tokens[1:] if word else tokens
    named = bool(rest) and rest[0].type == "NAME" and (bool(word) or (len(rest) > 1 and rest[1] in ("=", ":=", "(")))
    return nodes.Broken(span, word, nodes.Name(_span(rest[0]), str(rest[0])) if named else None)


def _too_deep(statement: nodes.Node, most: int) -> nodes.Node | None:
    """The first node nested deeper than `most`, found without recursion."""
    stack = [(statement, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > most:
            return node
        below: list[tuple[nodes.Node, int]] = []
        for part in (f for f in fields(node) if f.name not in ("operator", "operators", "function", "name")):
            value = getattr(node, part.name)
            children = value if isinstance(value, tuple) and not isinstance(value, Span) else (value,)
            below.extend((child, depth + 1) for child in children if isinstance(child, nodes.Node))
        stack.extend(reversed(below))
    return None


# --- tokens to nodes -------------------------------------------------------------------------------------------------


class _BadLiteral(Exception):
    def __init__(self, mistake: messages.Mistake, span: Span) -> None:
        super().__init__(mistake, span)
        self.mistake, self.span = mistake, span


Part = Any  # a lark.Token, or what a method below returned


def _span(token: lark.Token) -> Span:
    return Span(cast(int, token.start_pos), cast(int, token.end_pos))


def _extent(parts: list[Part]) -> Span:
    first, last = parts[0], parts[-1]
    start = _span(first) if isinstance(first, lark.Token) else first.span
    stop = _span(last) if isinstance(last, lark.Token) else last.span
    return cast(Span, start.to(stop))


def _name(token: lark.Token) -> nodes.Name:
    return nodes.Name(_span(token), str(token))


def _tokens(parts: list[Part], kind: str) -> list[lark.Token]:
    return [p for p in parts if isinstance(p, lark.Token) and p.type == kind]


def _nodes(parts: list[Part]) -> list[Any]:
    return [p for p in parts if isinstance(p, nodes.Node)]


def _unquoted(token: lark.Token) -> nodes.Text:
    value, text, i = "", str(token)[1:-1], 0
    while i < len(text):
        if text[i] == "\\":
            i += 1
            if text[i] not in "\\\"'nt":
                raise _BadLiteral(messages.TEXT_ESCAPE, _span(token))
            value += {"n": "\n", "t": "\t"}.get(text[i], text[i])
        else:
            value += text[i]
        i += 1
    return nodes.Text(_span(token), value)


def _checked_digits(text: str, span: Span) -> str:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > _MOST_DIGITS or (exponent and abs(int(exponent[:6])) > _LARGEST_EXPONENT):
        raise _BadLiteral(messages.NUMBER_TOO_LONG, span)
    return text


def _number(token: lark.Token) -> nodes.Number:
    text, span = str(token), _span(token)
    if text[:2] in ("0x", "0X", "0b", "0B"):
        if len(text) > 2 + 64:
            raise _BadLiteral(messages.NUMBER_TOO_LONG, span)
        return nodes.Number(span, int(text, 0))
    _checked_digits(text, span)
    return nodes.Number(span, float(text) if any(c in text for c in ".eE") else int(text))


def _quantity(token: lark.Token) -> nodes.Number | nodes.Quantity:
    text, span = str(token), _span(token)
    power = int(text[-1]) if text[-1].isdigit() else 1
    text = text.rstrip("23") if power > 1 else text
    digits = text.rstrip("abcdfghijklmnopqrstuvwxyz")
    unit = text[len(digits) :]
    _checked_digits(digits, span)
    if unit == "px":
        return nodes.Number(span, float(digits) if any(c in digits for c in ".eE") else int(digits))
    return nodes.Quantity(span, Fraction(digits) * MILLIMETRES[unit] ** power, power)


class _Builder:
    """One method per rule of the grammar; Lark calls it as soon as the rule is complete, so nothing recurses."""

    def input(self, p: list[Part]) -> nodes.Input:
        names, texts = _tokens(p, "NAME"), _tokens(p, "TEXT")
        has_default = any(isinstance(t, lark.Token) and t == "=" for t in p)
        default = _unquoted(texts[0]) if has_default else None
        doc = texts[1:] if has_default else texts
        kind = _name(names[1]) if len(names) > 1 else None
        return nodes.Input(_extent(p), _name(names[0]), kind, default, _unquoted(doc[0]) if doc else None)

    def param(self, p: list[Part]) -> nodes.Param:
        value, *domain = _nodes(p)
        doc = _tokens(p[4:], "TEXT")
        interval = domain[0] if domain and isinstance(domain[0], _Interval) else None
        choices = domain[0] if domain and isinstance(domain[0], _Choices) else None
        return nodes.Param(
            _extent(p),
            _name(p[1]),
            value,
            interval.bounds if interval else None,
            choices.texts if choices else None,
            _unquoted(doc[0]) if doc else None,
        )

    def def_(self, p: list[Part]) -> nodes.Def:
        name, *parameters = _tokens(p, "NAME")
        return nodes.Def(_extent(p), _name(name), tuple(_name(n) for n in parameters), p[-1])

    def use(self, p: list[Part]) -> nodes.Use:
        return nodes.Use(_extent(p), _unquoted(p[1]))

    def assert_(self, p: list[Part]) -> nodes.Assert:
        return nodes.Assert(_extent(p), p[1], _unquoted(p[3]) if len(p) > 2 else None)

    def output(self, p: list[Part]) -> nodes.Output:
        return nodes.Output(_extent(p), _name(p[1]), p[3] if len(p) > 2 else None)

    def assignment(self, p: list[Part]) -> nodes.Assignment:
        return nodes.Assignment(_extent(p), _name(p[0]), p[2])

    def bare(self, p: list[Part]) -> nodes.Bare:
        return nodes.Bare(_extent(p), p[0])

    def constant(self, p: list[Part]) -> nodes.Constant:
        token, span = p[-1], _extent(p)
        if token.type == "TEXT":
            return _unquoted(token)
        if token.type in ("TRUE", "FALSE"):
            return nodes.Truth(span, token.type == "TRUE")
        node = _number(token) if token.type == "NUMBER" else _quantity(token)
        sign = -1 if len(p) == 2 else 1
        if isinstance(node, nodes.Quantity):
            return nodes.Quantity(span, sign * node.value, node.power)
        return nodes.Number(span, sign * node.value)

    def interval(self, p: list[Part]) -> "_Interval":
        return _Interval(_extent(p), (p[0], p[2]))

    def choices(self, p: list[Part]) -> "_Choices":
        return _Choices(_extent(p), tuple(_unquoted(t) for t in _tokens(p, "TEXT")))

    def chain(self, p: list[Part]) -> nodes.Chain:
        return nodes.Chain(_extent(p), tuple(p[::2]), tuple(nodes.Operator(_span(t), str(t)) for t in p[1::2]))

    def comparator(self, p: list[Part]) -> nodes.Operator:
        return nodes.Operator(_extent(p), " ".join(p))

    def compare(self, p: list[Part]) -> nodes.Compare:
        return nodes.Compare(_extent(p), tuple(p[::2]), tuple(p[1::2]))

    def unary(self, p: list[Part]) -> nodes.Unary:
        return nodes.Unary(_extent(p), nodes.Operator(_span(p[0]), str(p[0])), p[1])

    def power(self, p: list[Part]) -> nodes.Power:
        return nodes.Power(_extent(p), p[0], nodes.Operator(_span(p[1]), str(p[1])), p[2])

    def index(self, p: list[Part]) -> nodes.Index:
        return nodes.Index(_extent(p), p[0], tuple(_nodes(p)[1:]))

    def slice(self, p: list[Part]) -> nodes.Slice:
        bounds: list[nodes.Expression | None] = [None]
        for part in p:
            if isinstance(part, lark.Token):
                bounds.append(None)
            else:
                bounds[-1] = part
        return nodes.Slice(_extent(p), *[*bounds, None][:3])

    def arguments(self, p: list[Part]) -> list[nodes.Expression | nodes.Keyword]:
        return _nodes(p)

    def keyword(self, p: list[Part]) -> nodes.Keyword:
        return nodes.Keyword(_extent(p), _name(p[0]), p[2])

    def call(self, p: list[Part]) -> nodes.Call:
        return nodes.Call(_extent(p), _name(p[0]), tuple(p[2]) if isinstance(p[2], list) else ())

    def method(self, p: list[Part]) -> nodes.Call:
        rest = tuple(p[4]) if isinstance(p[4], list) else ()
        return nodes.Call(_extent(p), _name(p[2]), (p[0], *rest))

    def name(self, p: list[Part]) -> nodes.Name:
        return _name(p[0])

    def number(self, p: list[Part]) -> nodes.Number:
        return _number(p[0])

    def quantity(self, p: list[Part]) -> nodes.Number | nodes.Quantity:
        return _quantity(p[0])

    def text(self, p: list[Part]) -> nodes.Text:
        return _unquoted(p[0])

    def truth(self, p: list[Part]) -> nodes.Truth:
        return nodes.Truth(_span(p[0]), p[0].type == "TRUE")

    def nothing(self, p: list[Part]) -> nodes.Nothing:
        return nodes.Nothing(_span(p[0]))

    def list_(self, p: list[Part]) -> nodes.List:
        return nodes.List(_extent(p), tuple(_nodes(p)))

    def group(self, p: list[Part]) -> nodes.Expression:
        return cast(nodes.Expression, replace(p[1], span=_extent(p)))


@dataclass(frozen=True, slots=True)
class _Interval(nodes.Node):
    bounds: tuple[nodes.Constant, nodes.Constant]


@dataclass(frozen=True, slots=True)
class _Choices(nodes.Node):
    texts: tuple[nodes.Text, ...]
