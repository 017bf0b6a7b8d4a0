"""Why a statement does not parse: from the token the parser stopped at to the mistake a person made."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

import lark

from maskexpr.diagnostics import fslmaths, messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.mending import is_simple
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.nearest import nearest
from maskexpr.diagnostics.source import Source, Span
from maskexpr.language.parser.splitting import span_of

Found = tuple[Mistake, Span, dict[str, object]]
Tokens = Sequence[lark.Token]

# Bidirectional controls can make a program read differently from what it says; other controls cannot be seen at all,
# or steer terminals; lone surrogates are what is left of bytes that are no text.
_FORBIDDEN = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

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
    "->": ">",
    "~=": "!=",
    ".*": "*",
    "./": "/",
    ".^": "**",
}
_UNIT = re.compile(r"px|(?:nm|um|mm|cm)[23]?|m[23]")  # m alone is rather a mask
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
    "，": ",",
    "（": "(",
    "）": ")",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "…": "..",
    "\u00a0": "a blank",
    "\u3000": "a blank",
}
_UNSURE = {'"', "'", "(", ")", ".."}  # there is another end, and dots may stand for what was left out
_OTHER_LANGUAGES = {
    "if": messages.NO_IF,
    "elif": messages.NO_IF,
    "else": messages.NO_IF,
    "for": messages.NO_LOOPS,
    "while": messages.NO_LOOPS,
    "import": messages.NO_IMPORT,
    "from": messages.NO_IMPORT,
    "lambda": messages.NO_LAMBDA,
    "is": messages.NO_IS,
    "return": messages.NO_SUCH_STATEMENT,
    "class": messages.NO_SUCH_STATEMENT,
    "with": messages.NO_SUCH_STATEMENT,
    "try": messages.NO_SUCH_STATEMENT,
    **dict.fromkeys(("del", "global", "nonlocal", "yield", "async", "raise", "function"), messages.NO_SUCH_STATEMENT),
}
# Letters that do not come apart into an ASCII letter and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "đ": "d", "ł": "l", "Ł": "L", "μ": "u"}
)
_STRAYS = {"\\": messages.BACKSLASH, "{": messages.BRACES, "}": messages.BRACES, "?": messages.QUESTION_MARK}
_NUMBER_LIKE = re.compile(r"0[xXbBoO]\w*|[0-9.]+_\w*|[0-9.]+[eE][0-9]*")
_VALUES = {"NAME", "NUMBER", "QUANTITY", "TEXT", "TRUE", "FALSE", "NONE", "RPAR", "RSQB"}
_OPENING = {"LPAR", "LSQB"}
_STARTS_VALUE = _VALUES - {"RPAR", "RSQB"} | _OPENING
_RESERVED = {"INPUT", "PARAM", "DEF", "USE", "ASSERT", "OUTPUT"}
_RESERVED |= {"TRUE", "FALSE", "NONE", "OR", "XOR", "AND", "NOT", "IN"}
_COMMAND_LINES = {"fslmaths", "mrcalc", "mrthreshold", "maskfilter", "c3d", "ImageMath", "magick", "convert"}
_OF_ARRAYS = {"shape", "size", "dtype", "ndim", "T", "nbytes"}
_DECLARING = {"let", "var", "const", "set"}
_WORDS = {"and", "or", "xor", "not", "in"}
_FORMS = {
    "ASSERT": messages.ASSERT_FORM,
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
        half = "\ud800" <= match.group() <= "\udfff"
        mistake = messages.CHARACTER_HALF if half else messages.CHARACTER_FORBIDDEN
        yield mistake.at(source, Span(*match.span()), point=point)


def mistake_at(tokens: Tokens, i: int, source: Source) -> Found:
    """The mistake behind a parse that stopped at token `i`; `i == len(tokens)` is the end of the statement."""
    if str(tokens[0]) in _COMMAND_LINES and len(tokens) > 1 and tokens[1].type not in ("ASSIGN", "LPAR"):
        return _command_line(tokens, source)
    if i == len(tokens):
        return _at_end(tokens)
    if tokens[i].type in ("FOREIGN", "FOREIGN_WORD", "UNCLOSED_TEXT", "STRAY"):
        return _unknown_token(tokens, i, source)
    for look in (_number, _other_language, _attribute, _line_form):
        found = look(tokens, i)
        if found:
            return found
    if tokens[i].type == "ASSIGN":
        return _assignment(tokens, i, source)
    return _missing_between(tokens, i) or _misplaced(tokens, i)


def _adjacent(left: lark.Token, right: lark.Token) -> bool:
    return left.end_pos == right.start_pos


def _at_end(tokens: Tokens) -> Found:
    last, span = tokens[-1], span_of(tokens[-1])
    if str(last) in _OTHER_LANGUAGES:
        return _OTHER_LANGUAGES[str(last)], span, {"word": str(last)}
    found = _attribute(tokens, len(tokens))
    if found:
        return found
    if last.type == "DOT" and len(tokens) >= 2 and tokens[-2].type == "NUMBER":
        return _dot_behind(tokens[-2], last)
    form = _FORMS.get(tokens[0].type)
    if form and not _inside_expression(tokens, len(tokens)):
        return replace(form, cause=messages.ENDS_EARLY.cause), span, {"last": str(last)}
    return messages.ENDS_EARLY, span, {"last": str(last)}


def _command_line(tokens: Tokens, source: Source) -> Found:
    """A line for another program, pasted where an expression is meant."""
    span = span_of(tokens[0]).to(span_of(tokens[-1]))
    program, *words = source.slice(span).split()
    meant = fslmaths.command_line(words) if program == "fslmaths" else ""
    mistake = messages.COMMAND_LINE_MEANT if meant else messages.COMMAND_LINE
    return mistake, span, {"program": program, "meant": meant}


# --- tokens that no rule takes ---------------------------------------------------------------------------------------


def _unknown_token(tokens: Tokens, i: int, source: Source) -> Found:
    token = tokens[i]
    text, span = str(token), span_of(token)
    if token.type == "UNCLOSED_TEXT":
        return messages.TEXT_UNCLOSED, span, {"quote": text[0]}
    if token.type == "FOREIGN_WORD":
        return _foreign_word(text, span)
    if (
        text == "!"
        and i
        and tokens[i - 1].type == "ASSIGN"
        and _adjacent(tokens[i - 1], token)
        and _is_apart(tokens, i)
    ):
        return messages.OPERATOR_FOREIGN, span_of(tokens[i - 1]).to(span), {"found": "=!", "meant": "!="}
    if text in ("->", "=>") and tokens[0].type == "DEF" and not _inside_expression(tokens, i):
        return messages.OPERATOR_FOREIGN, span, {"found": text, "meant": "="}
    if text in _FOREIGN:
        return messages.OPERATOR_FOREIGN, span, {"found": text, "meant": _FOREIGN[text]}
    if text in ("<<", ">>"):
        return messages.SHIFT, span, {"found": text}
    if token.type == "FOREIGN":
        name = str(tokens[0]) if i == 1 and tokens[0].type == "NAME" else "name"
        value = "1" if text == "++" else _value_behind(tokens, i, source)
        whole = span_of(tokens[0]).to(span_of(tokens[-1])) if name != "name" else None
        return (
            messages.ASSIGN_AUGMENTED,
            span,
            {"found": text, "name": name, "operator": text[:-1], "value": value, "whole": whole},
        )
    if text in _LOOKALIKES:
        meant = _LOOKALIKES[text]
        instead = "" if meant in _UNSURE else " " if meant == "a blank" else meant
        return messages.CHARACTER_LOOKALIKE, span, {"found": text, "meant": meant, "instead": instead}
    if text in _STRAYS:
        return _STRAYS[text], span, {"found": text}
    visible = text.isprintable() and not unicodedata.combining(text)
    return messages.CHARACTER_UNKNOWN, span, {"found": text if visible else f"U+{ord(text):04X}"}


def _is_apart(tokens: Tokens, i: int) -> bool:
    """Whether there is a blank behind a token, and something else then."""
    return i + 1 < len(tokens) and not _adjacent(tokens[i], tokens[i + 1])


def _value_behind(tokens: Tokens, i: int, source: Source) -> str:
    """What stands right of a token, in brackets where an operator before it would tear it apart."""
    if i + 1 == len(tokens):
        return "value"
    text = source.quote(span_of(tokens[i + 1]).to(span_of(tokens[-1])))
    return text if is_simple(text) else f"({text})"


def _foreign_word(text: str, span: Span) -> Found:
    start = span.start + next(k for k, c in enumerate(text) if not c.isascii())
    place = Span(start, start + 1)
    power = re.fullmatch("([A-Za-z_][A-Za-z_0-9]*)([²³])", text)
    if power:
        plain = f"{power[1]} ** {unicodedata.digit(power[2])}"
    else:
        letters = unicodedata.normalize("NFKD", text).translate(_LETTERS)
        plain = "".join(c for c in letters if not unicodedata.combining(c))
    if not plain.isascii():
        return messages.NAME_NOT_ASCII_FAR, place, {"name": text}
    return messages.NAME_NOT_ASCII, place, {"name": text, "plain": plain}


# --- what is meant by tokens in the wrong place ----------------------------------------------------------------------


def _dot_behind(number: lark.Token, dot: lark.Token) -> Found:
    """A number with a dot behind it, which is one too many where it is more than digits."""
    span = span_of(number).to(span_of(dot))
    if number.isdecimal():
        return messages.NUMBER_DOT, span, {"digits": str(number)}
    return messages.NUMBER_FORM, span, {"text": f"{number}."}


def _number(tokens: Tokens, i: int) -> Found | None:
    """Numbers that other languages write so, and numbers with letters behind."""
    token, before = tokens[i], tokens[i - 1] if i else None
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    is_fraction = token.type == "DOT" and following is not None and following.type in ("NUMBER", "QUANTITY")
    if is_fraction and following is not None and (before is None or before.type not in _VALUES | {"DOT"}):
        span = span_of(token).to(span_of(following))
        end = tokens[i + 2] if i + 2 < len(tokens) else following
        if "." in following:
            return messages.NUMBER_FORM, span, {"text": f".{following}"}
        if end.type == "DOT" and _adjacent(following, end) and (i + 3 == len(tokens) or tokens[i + 3].type != "NAME"):
            return messages.NUMBER_FORM, span.to(span_of(end)), {"text": f".{following}."}
        return messages.NUMBER_DOT_FIRST, span, {"digits": str(following)}
    if before is None:
        return None
    span, text = span_of(before).to(span_of(token)), f"{before}{token}"
    if before.type == "DOT" and i >= 2 and tokens[i - 2].type == "NUMBER":
        whole = span_of(tokens[i - 2])
        if token.type == "NUMBER" and _adjacent(before, token):
            return messages.NUMBER_FORM, whole.to(span), {"text": f"{tokens[i - 2]}{text}"}
        return _dot_behind(tokens[i - 2], before)
    if before.type not in ("NUMBER", "QUANTITY") or not _adjacent(before, token):
        return None
    if token.type in ("NUMBER", "QUANTITY") or (token.type == "NAME" and _NUMBER_LIKE.fullmatch(text)):
        return messages.NUMBER_FORM, span, {"text": text}
    return (messages.UNIT_UNKNOWN, span, {"unit": str(token)}) if token.type == "NAME" else None


def _other_language(tokens: Tokens, i: int) -> Found | None:
    word, before = str(tokens[i]), tokens[i - 1] if i else None
    if word in _OTHER_LANGUAGES and (before is None or before.type in _VALUES):
        return _OTHER_LANGUAGES[word], span_of(tokens[i]), {"word": word}
    if before is not None and str(before) in _OTHER_LANGUAGES:
        return _OTHER_LANGUAGES[str(before)], span_of(before), {"word": str(before)}
    return None


def _attribute(tokens: Tokens, i: int) -> Found | None:
    """`.name` before token i without the brackets of a call."""
    if i < 2 or tokens[i - 2].type != "DOT" or tokens[i - 1].type != "NAME":
        return None
    name, span = str(tokens[i - 1]), span_of(tokens[i - 2]).to(span_of(tokens[i - 1]))
    return messages.NO_ATTRIBUTES_OF_ARRAYS if name in _OF_ARRAYS else messages.NO_ATTRIBUTES, span, {"name": name}


def _line_form(tokens: Tokens, i: int) -> Found | None:
    """What does not fit into the fixed part of an `input`, `param`... line, and reserved words used as names."""
    token, following = tokens[i], tokens[i + 1] if i + 1 < len(tokens) else None
    if token.type == "ASSIGN" and i == 1 and tokens[0].type in _RESERVED:
        return messages.NAME_RESERVED, span_of(tokens[0]), {"name": str(tokens[0])}
    form = _FORMS.get(tokens[0].type)
    if form and i and not _inside_expression(tokens, i):
        if token.type in _RESERVED and i == 1:
            return messages.NAME_RESERVED, span_of(token), {"name": str(token)}
        form = messages.DEF_COLON if tokens[0].type == "DEF" and token.type == "COLON" else form
        return form, span_of(token), {"found": str(token)}
    if token.type in _RESERVED and following is not None and following.type == "ASSIGN":
        return messages.NAME_RESERVED, span_of(token), {"name": str(token)}
    return None


def _inside_expression(tokens: Tokens, i: int) -> bool:
    """Whether token i stands in the expression of an `output`, `def` or `assert`, not in the line's fixed part."""
    if tokens[0].type == "ASSERT":
        return i == len(tokens) or (tokens[i].type != "TEXT" and tokens[i - 1].type != "COMMA")
    return tokens[0].type in ("OUTPUT", "DEF") and any(k < i for k in _top_level_assignments(tokens))


def _assignment(tokens: Tokens, i: int, source: Source) -> Found:
    span, left = span_of(tokens[i]), tokens[:i]
    if left and left[-1].type not in _VALUES:
        return messages.VALUE_MISSING_BEFORE, span, {"found": "="}
    if left and left[0].type == "NAME" and _top_level_assignments(tokens)[:1] == [i]:
        name = str(left[0])
        if left[1].type == "LSQB" and left[-1].type == "RSQB":
            subscripts = left[2:-1]
            chooses = not any(t.type in ("COLON", "COMMA") for t in subscripts) and len(subscripts) > 1
            inside = source.slice(Span(span_of(left[1]).stop, span_of(left[-1]).start))
            behind = tokens[i + 1 :]
            value = source.quote(span_of(behind[0]).to(span_of(behind[-1]))) if behind else "value"
            fields: dict[str, object] = {"name": name, "mask": inside if chooses else "mask", "value": value}
            if chooses and behind:
                fields["whole"] = span_of(tokens[0]).to(span_of(tokens[-1]))
            return messages.ASSIGN_TO_PART, span, fields
        if left[1].type == "LPAR" and left[-1].type == "RPAR":
            return messages.ASSIGN_TO_CALL, span, {"name": name}
    return messages.COMPARE_WITH_ASSIGN, span, {"instead": "" if _is_in_call(left) else "=="}


def _is_in_call(before: Sequence[lark.Token]) -> bool:
    """Whether what follows these tokens stands between the brackets of a call, where a name may be given a value."""
    depth = 0
    for token, behind in zip(reversed(before), reversed(before[:-1]), strict=False):
        depth += (token.type in ("RPAR", "RSQB")) - (token.type in _OPENING)
        if depth < 0:
            return token.type == "LPAR" and behind.type == "NAME"
    return False


def _top_level_assignments(tokens: Tokens) -> list[int]:
    """Where `=` stands outside brackets."""
    found, depth = [], 0
    for i, token in enumerate(tokens):
        depth += (token.type in _OPENING) - (token.type in ("RPAR", "RSQB"))
        if token.type == "ASSIGN" and depth == 0:
            found.append(i)
    return found


def _open_bracket(tokens: Tokens, i: int) -> int | None:
    """The bracket that token i stands in."""
    depth = 0
    for k in range(i - 1, -1, -1):
        depth += (tokens[k].type in ("RPAR", "RSQB")) - (tokens[k].type in _OPENING)
        if depth < 0:
            return k
    return None


def _missing_between(tokens: Tokens, i: int) -> Found | None:
    """Two values side by side."""
    token, before = tokens[i], tokens[i - 1] if i else None
    if before is None or before.type not in _VALUES or token.type not in _STARTS_VALUE:
        return None
    span = span_of(before).to(span_of(token))
    if i == 1 and before.type == "NAME" and token.type in ("NAME", "TEXT") and not _adjacent(before, token):
        near = nearest(str(before), [word.lower() for word in _FORMS])
        if near:
            return messages.STATEMENT_MISSPELT, span_of(before), {"word": str(before), "near": near}
        if str(before) in _DECLARING:
            return messages.DECLARATION, span_of(before), {"word": str(before), "name": str(token)}
    for word in (token, before):
        if word.type == "NAME" and word.lower() in _WORDS:
            return messages.OPERATOR_FOREIGN, span_of(word), {"found": str(word), "meant": word.lower()}
    if before.type in ("RPAR", "RSQB") and token.type == "LPAR":
        return messages.CALL_OF_VALUE, span_of(token), {}
    is_keyword = i + 1 < len(tokens) and tokens[i + 1].type == "ASSIGN"
    if before.type == "NUMBER" and token.type in ("NAME", "LPAR") and not is_keyword:
        mistake = messages.UNIT_APART if _UNIT.fullmatch(token) else messages.MULTIPLY_MISSING
        return mistake, span, {"left": str(before), "right": str(token)}
    if before.type == "NAME" and token.type == "TEXT" and _adjacent(before, token):
        return messages.TEXT_PREFIX, span, {}
    mistake = messages.OPERATOR_MISSING if _open_bracket(tokens, i) is None else messages.COMMA_MISSING
    return mistake, span, {"left": str(before), "right": str(token)}


def _misplaced(tokens: Tokens, i: int) -> Found:
    token, before = tokens[i], tokens[i - 1] if i else None
    kind, span = token.type, span_of(token)
    bracket = _open_bracket(tokens, i)
    if before is None and kind in ("FLOOR", "PERCENT", "SLASH"):
        return messages.COMMENT_FOREIGN, span, {"found": str(token)}
    found = _range(tokens, i, bracket) if kind == "RANGE" else None
    if found is not None:
        return found
    if kind == "COLON":
        in_slice = bracket is not None and tokens[bracket].type == "LSQB"
        return messages.SLICE_PARTS if in_slice else messages.COLON_OUTSIDE, span, {}
    if kind == "COMMA" and before is not None and before.type in _VALUES:
        return _comma_mistake(tokens, i, bracket), span, {}
    if before is not None and before.type == "NOT" and i >= 2 and tokens[i - 2].type in _VALUES:
        return messages.NOT_BETWEEN, span_of(before), {}
    if kind == "NOT" and before is not None:
        return messages.NOT_BEHIND, span, {"before": str(before)}
    if kind in _RESERVED - {"AND", "OR", "XOR", "NOT", "IN"}:
        return messages.NAME_RESERVED, span, {"name": str(token)}
    if kind in ("RPAR", "RSQB", "COMMA"):
        return messages.VALUE_MISSING_BEFORE, span, {"found": str(token)}
    if before is None:
        return messages.STATEMENT_START, span, {"found": str(token)}
    return messages.TOKEN_UNEXPECTED, span, {"found": str(token), "before": str(before)}


def _range(tokens: Tokens, i: int, bracket: int | None) -> Found | None:
    """Two dots that stand in no param line."""
    span, around = span_of(tokens[i]), tokens[max(0, i - 1) : i + 2 : 2]
    if bracket is not None and tokens[bracket].type == "LSQB":
        return messages.ELLIPSIS, span, {}
    if len(around) == 2 and all(token.type == "NUMBER" for token in around):
        return messages.RANGE_IN_EXPRESSION, span, {"low": str(around[0]), "high": str(around[1])}
    return None


def _comma_mistake(tokens: Tokens, i: int, bracket: int | None) -> Mistake:
    if bracket is not None:
        return messages.COMMA_IN_BRACKETS
    first = next(iter(_top_level_assignments(tokens)), 0)
    names = all(t.type == ("COMMA" if k % 2 else "NAME") for k, t in enumerate(tokens[:first]))
    return messages.ASSIGN_TO_MANY if i < first and names else messages.COMMA_OUTSIDE
