"""Why a statement does not parse: from the token the parser stopped at to the mistake a person made."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import lark

from maskexpr import messages
from maskexpr.errors import Diagnostic
from maskexpr.messages import Mistake
from maskexpr.source import Source, Span

Found = tuple[Mistake, Span, dict[str, object]]

# Bidirectional controls can make a program read differently from what it says; other controls cannot be seen at all.
_FORBIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0e-\x1f\x7f]")

_FOREIGN = {
    "&&": "&",
    "||": "|",
    "!": "~",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    ":=": "=",
}
_LOOKALIKES = {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "∧": "&",
    "∨": "|",
    "⊕": "^",
    "¬": "~",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "…": "..",
    "\u00a0": "a blank",
    "\u3000": "a blank",
    "，": ",",
    "（": "(",
    "）": ")",
}
_OTHER_LANGUAGES = {"if", "else", "for", "while", "lambda", "import", "from", "return", "class", "with", "try", "is"}
_VALUES = {"NAME", "NUMBER", "QUANTITY", "TEXT", "TRUE", "FALSE", "NONE", "RPAR", "RSQB"}
_STARTS_VALUE = _VALUES - {"RPAR", "RSQB"} | {"LPAR", "LSQB"}
_RESERVED = {"INPUT", "PARAM", "DEF", "USE", "ASSERT", "OUTPUT", "TRUE", "FALSE", "NONE", "OR", "XOR", "AND", "NOT", "IN"}
_FORMS = {
    "INPUT": messages.INPUT_FORM,
    "PARAM": messages.PARAM_FORM,
    "DEF": messages.DEF_FORM,
    "USE": messages.USE_FORM,
    "OUTPUT": messages.OUTPUT_FORM,
}


def forbidden_characters(source: Source) -> Iterator[Diagnostic]:
    """Refuse characters that hide what a program says, wherever they stand, comments and texts included."""
    for match in _FORBIDDEN.finditer(source.text):
        point = f"U+{ord(match.group()):04X}"
        yield messages.CHARACTER_FORBIDDEN.at(source, Span(*match.span()), point=point)


def mistake_at(tokens: Sequence[lark.Token], i: int) -> Found:
    """The mistake behind a parse that stopped at token `i`; `i == len(tokens)` is the end of the statement."""
    before = tokens[i - 1] if i else None
    if i == len(tokens):
        return _at_end(tokens)
    token, span = tokens[i], _span(tokens[i])
    kind = token.type
    value_before = before is not None and before.type in _VALUES
    adjacent = before is not None and before.end_pos == token.start_pos
    if kind in ("FOREIGN", "FOREIGN_WORD", "UNCLOSED_TEXT", "STRAY"):
        return _unknown_token(token)
    if value_before and kind == "NAME" and adjacent and before is not None and before.type in ("NUMBER", "QUANTITY"):
        return messages.UNIT_UNKNOWN, _span(before).to(span), {"unit": str(token)}
    if str(token) in _OTHER_LANGUAGES and (value_before or i == 0):
        return _other_language(str(token), span)
    if before is not None and str(before) in _OTHER_LANGUAGES:
        return _other_language(str(before), _span(before))
    if kind == "ASSIGN":
        return _misplaced_assignment(tokens, i)
    if before is not None and before.type == "DOT" and i >= 2 and tokens[i - 2].type == "NUMBER":
        return messages.NUMBER_DOT, _span(tokens[i - 2]).to(_span(before)), {"digits": str(tokens[i - 2])}
    if kind == "DOT" and i + 1 < len(tokens) and tokens[i + 1].type == "NUMBER" and not value_before:
        return messages.NUMBER_DOT_FIRST, span.to(_span(tokens[i + 1])), {"digits": str(tokens[i + 1])}
    if i >= 2 and tokens[i - 2].type == "DOT" and before is not None and before.type == "NAME":
        return messages.NO_ATTRIBUTES, _span(tokens[i - 2]).to(_span(before)), {"name": str(before)}
    form = _FORMS.get(tokens[0].type)
    if form and not _inside_expression(tokens, i):
        if kind in _RESERVED and before is tokens[0]:
            return messages.NAME_RESERVED, span, {"name": str(token)}
        return form, span, {"found": str(token)}
    if kind in _RESERVED and i + 1 < len(tokens) and tokens[i + 1].type == "ASSIGN":
        return messages.NAME_RESERVED, span, {"name": str(token)}
    if kind == "COLON":
        return messages.COLON_OUTSIDE, span, {}
    if value_before and kind in _STARTS_VALUE:
        assert before is not None
        if before.type in ("RPAR", "RSQB") and kind == "LPAR":
            return messages.CALL_OF_VALUE, span, {}
        if before.type == "NUMBER" and kind in ("NAME", "LPAR"):
            return messages.MULTIPLY_MISSING, _span(before).to(span), {}
        if before.type == "NAME" and kind in ("TEXT",) and adjacent:
            return messages.TEXT_PREFIX, _span(before).to(span), {}
        return messages.OPERATOR_MISSING, _span(before).to(span), {"left": str(before), "right": str(token)}
    if kind in ("AND", "OR", "XOR", "NOT") and value_before:
        return messages.WORD_MISPLACED, span, {"word": str(token)}
    if kind in _RESERVED - {"AND", "OR", "XOR", "NOT", "IN"}:
        return messages.NAME_RESERVED, span, {"name": str(token)}
    if kind in ("RPAR", "RSQB", "COMMA"):
        return messages.VALUE_MISSING_BEFORE, span, {"found": str(token)}
    if before is None:
        return messages.STATEMENT_START, span, {"found": str(token)}
    return messages.TOKEN_UNEXPECTED, span, {"found": str(token), "before": str(before)}


def _span(token: lark.Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _at_end(tokens: Sequence[lark.Token]) -> Found:
    last, span = tokens[-1], _span(tokens[-1])
    if str(last) in _OTHER_LANGUAGES:
        return _other_language(str(last), span)
    if len(tokens) >= 2 and tokens[-2].type == "DOT" and last.type == "NAME":
        return messages.NO_ATTRIBUTES, _span(tokens[-2]).to(span), {"name": str(last)}
    if last.type == "DOT" and len(tokens) >= 2 and tokens[-2].type == "NUMBER":
        return messages.NUMBER_DOT, _span(tokens[-2]).to(span), {"digits": str(tokens[-2])}
    form = _FORMS.get(tokens[0].type)
    if form and not _inside_expression(tokens, len(tokens)):
        return form, span, {"found": "the end of the line"}
    return messages.ENDS_EARLY, span, {"last": str(last)}


def _unknown_token(token: lark.Token) -> Found:
    text, span = str(token), _span(token)
    if token.type == "UNCLOSED_TEXT":
        return messages.TEXT_UNCLOSED, span, {"quote": text[0]}
    if token.type == "FOREIGN":
        if text in _FOREIGN:
            return messages.OPERATOR_FOREIGN, span, {"found": text, "meant": _FOREIGN[text]}
        if text == "->":
            return messages.ARROW, span, {}
        return messages.ASSIGN_AUGMENTED, span, {"found": text, "operator": text[:-1]}
    if token.type == "FOREIGN_WORD":
        bad = next(c for c in text if not c.isascii())
        start = span.start + text.index(bad)
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or "a name in ASCII"
        return messages.NAME_NOT_ASCII, Span(start, start + 1), {"name": text, "plain": plain}
    if text in _LOOKALIKES:
        return messages.CHARACTER_LOOKALIKE, span, {"found": text, "meant": _LOOKALIKES[text]}
    if text == "\\":
        return messages.BACKSLASH, span, {}
    if text in "{}":
        return messages.BRACES, span, {"found": text}
    if text == "?":
        return messages.QUESTION_MARK, span, {}
    shown = text if text.isprintable() else f"U+{ord(text):04X}"
    return messages.CHARACTER_UNKNOWN, span, {"found": shown}


def _other_language(word: str, span: Span) -> Found:
    mistake = {
        "if": messages.NO_IF,
        "else": messages.NO_IF,
        "for": messages.NO_LOOPS,
        "while": messages.NO_LOOPS,
        "import": messages.NO_IMPORT,
        "from": messages.NO_IMPORT,
        "lambda": messages.NO_LAMBDA,
        "is": messages.NO_IS,
    }.get(word, messages.NO_SUCH_STATEMENT)
    return mistake, span, {"word": word}


def _misplaced_assignment(tokens: Sequence[lark.Token], i: int) -> Found:
    span = _span(tokens[i])
    if tokens[0].type in _RESERVED and i == 1:
        return messages.NAME_RESERVED, _span(tokens[0]), {"name": str(tokens[0])}
    left = tokens[:i]
    if _top_level_assignments(tokens)[:1] == [i] and tokens[0].type == "NAME":
        if left[-1].type == "RSQB":
            return messages.ASSIGN_TO_PART, span, {"name": str(tokens[0])}
        if len(left) > 1 and left[1].type == "LPAR" and left[-1].type == "RPAR":
            return messages.ASSIGN_TO_CALL, span, {"name": str(tokens[0])}
        if all(t.type == ("COMMA" if k % 2 else "NAME") for k, t in enumerate(left)):
            return messages.ASSIGN_TO_MANY, span, {}
    return messages.COMPARE_WITH_ASSIGN, span, {}


def _top_level_assignments(tokens: Sequence[lark.Token]) -> list[int]:
    """Where `=` stands outside brackets."""
    found, depth = [], 0
    for i, token in enumerate(tokens):
        depth += (token.type in ("LPAR", "LSQB")) - (token.type in ("RPAR", "RSQB"))
        if token.type == "ASSIGN" and depth == 0:
            found.append(i)
    return found


def _inside_expression(tokens: Sequence[lark.Token], i: int) -> bool:
    """Whether token i stands in the expression of an `output` or `def`, past the fixed part of the statement."""
    return tokens[0].type in ("OUTPUT", "DEF") and any(k < i for k in _top_level_assignments(tokens))
