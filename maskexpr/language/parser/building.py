"""From tokens to nodes, rule by rule."""

import re
from fractions import Fraction
from typing import Any, cast

import lark

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Span
from maskexpr.kinds.quantity import MILLIMETRES
from maskexpr.language import nodes
from maskexpr.language.parser.splitting import span_of

# Longer numbers and larger exponents mean nothing in an image and would make exact arithmetic slow.
_MOST_DIGITS = 40
_LARGEST_EXPONENT = 30
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


class BadLiteral(Exception):
    def __init__(self, mistake: messages.Mistake, span: Span) -> None:
        super().__init__(mistake, span)
        self.mistake, self.span = mistake, span


Part = Any  # a lark.Token, or what a method below returned


def _extent(parts: list[Part]) -> Span:
    first, last = parts[0], parts[-1]
    start = span_of(first) if isinstance(first, lark.Token) else first.span
    stop = span_of(last) if isinstance(last, lark.Token) else last.span
    return cast(Span, start.to(stop))


def name_of(token: lark.Token) -> nodes.Name:
    return nodes.Name(span_of(token), str(token))


def _tokens(parts: list[Part], kind: str) -> list[lark.Token]:
    return [p for p in parts if isinstance(p, lark.Token) and p.type == kind]


def _nodes(parts: list[Part]) -> list[Any]:
    return [p for p in parts if isinstance(p, nodes.Node)]


def _unquoted(token: lark.Token) -> nodes.Text:
    def meant(escape: re.Match[str]) -> str:
        if escape[1] not in _ESCAPED:
            raise BadLiteral(messages.TEXT_ESCAPE, span_of(token))
        return _ESCAPED[escape[1]]

    return nodes.Text(span_of(token), _ESCAPE.sub(meant, str(token)[1:-1]))


def _checked_digits(text: str, span: Span) -> str:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > _MOST_DIGITS or (exponent and abs(int(exponent[:6])) > _LARGEST_EXPONENT):
        raise BadLiteral(messages.NUMBER_TOO_LONG, span)
    return text


def _number(token: lark.Token) -> nodes.Number:
    text, span = str(token), span_of(token)
    if text[:2] in ("0x", "0X", "0b", "0B"):
        if len(text) > 2 + 64:
            raise BadLiteral(messages.NUMBER_TOO_LONG, span)
        return nodes.Number(span, int(text, 0))
    _checked_digits(text, span)
    return nodes.Number(span, float(text) if any(c in text for c in ".eE") else int(text))


def _quantity(token: lark.Token) -> nodes.Number | nodes.Quantity:
    text, span = str(token), span_of(token)
    power = int(text[-1]) if text[-1].isdigit() else 1
    text = text.rstrip("23") if power > 1 else text
    digits = text.rstrip("abcdfghijklmnopqrstuvwxyz")
    unit = text[len(digits) :]
    _checked_digits(digits, span)
    if unit == "px":
        return nodes.Number(span, float(digits) if any(c in digits for c in ".eE") else int(digits))
    return nodes.Quantity(span, Fraction(digits) * MILLIMETRES[unit] ** power, power)


class Builder:
    """One method per rule of the grammar; Lark calls it as soon as the rule is complete, so nothing recurses."""

    def input(self, p: list[Part]) -> nodes.Input:
        names, texts = _tokens(p, "NAME"), _tokens(p, "TEXT")
        has_default = any(isinstance(t, lark.Token) and t == "=" for t in p)
        default = _unquoted(texts[0]) if has_default else None
        doc = texts[1:] if has_default else texts
        kind = name_of(names[1]) if len(names) > 1 else None
        return nodes.Input(_extent(p), name_of(names[0]), kind, default, _unquoted(doc[0]) if doc else None)

    def param(self, p: list[Part]) -> nodes.Param:
        value, *domain = _nodes(p)
        doc = _tokens(p[4:], "TEXT")
        interval = domain[0] if domain and isinstance(domain[0], _Interval) else None
        choices = domain[0] if domain and isinstance(domain[0], _Choices) else None
        return nodes.Param(
            _extent(p),
            name_of(p[1]),
            value,
            interval.bounds if interval else None,
            choices.texts if choices else None,
            _unquoted(doc[0]) if doc else None,
        )

    def def_(self, p: list[Part]) -> nodes.Def:
        name, *parameters = _tokens(p, "NAME")
        return nodes.Def(_extent(p), name_of(name), tuple(name_of(n) for n in parameters), p[-1])

    def use(self, p: list[Part]) -> nodes.Use:
        return nodes.Use(_extent(p), _unquoted(p[1]))

    def assert_(self, p: list[Part]) -> nodes.Assert:
        return nodes.Assert(_extent(p), p[1], _unquoted(p[3]) if len(p) > 2 else None)

    def output(self, p: list[Part]) -> nodes.Output:
        return nodes.Output(_extent(p), name_of(p[1]), p[3] if len(p) > 2 else None)

    def assignment(self, p: list[Part]) -> nodes.Assignment:
        return nodes.Assignment(_extent(p), name_of(p[0]), p[2])

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
        return nodes.Chain(_extent(p), tuple(p[::2]), tuple(nodes.Operator(span_of(t), str(t)) for t in p[1::2]))

    def comparator(self, p: list[Part]) -> nodes.Operator:
        return nodes.Operator(_extent(p), " ".join(p))

    def compare(self, p: list[Part]) -> nodes.Compare:
        return nodes.Compare(_extent(p), tuple(p[::2]), tuple(p[1::2]))

    def unary(self, p: list[Part]) -> nodes.Unary:
        return nodes.Unary(_extent(p), nodes.Operator(span_of(p[0]), str(p[0])), p[1])

    def power(self, p: list[Part]) -> nodes.Power:
        return nodes.Power(_extent(p), p[0], nodes.Operator(span_of(p[1]), str(p[1])), p[2])

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
        return nodes.Keyword(_extent(p), name_of(p[0]), p[2])

    def call(self, p: list[Part]) -> nodes.Call:
        return nodes.Call(_extent(p), name_of(p[0]), tuple(p[2]) if isinstance(p[2], list) else ())

    def method(self, p: list[Part]) -> nodes.Call:
        rest = tuple(p[4]) if isinstance(p[4], list) else ()
        return nodes.Call(_extent(p), name_of(p[2]), (p[0], *rest))

    def name(self, p: list[Part]) -> nodes.Name:
        return name_of(p[0])

    def number(self, p: list[Part]) -> nodes.Number:
        return _number(p[0])

    def quantity(self, p: list[Part]) -> nodes.Number | nodes.Quantity:
        return _quantity(p[0])

    def text(self, p: list[Part]) -> nodes.Text:
        return _unquoted(p[0])

    def truth(self, p: list[Part]) -> nodes.Truth:
        return nodes.Truth(span_of(p[0]), p[0].type == "TRUE")

    def nothing(self, p: list[Part]) -> nodes.Nothing:
        return nodes.Nothing(span_of(p[0]))

    def list_(self, p: list[Part]) -> nodes.List:
        return nodes.List(_extent(p), tuple(_nodes(p)))

    def group(self, p: list[Part]) -> nodes.Expression:
        return cast(nodes.Expression, p[1].with_span(_extent(p)))


class _Interval(nodes.Node):
    bounds: tuple[nodes.Constant, nodes.Constant]


class _Choices(nodes.Node):
    texts: tuple[nodes.Text, ...]
