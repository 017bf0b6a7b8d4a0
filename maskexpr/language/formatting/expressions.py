"""Expressions as documents: brackets from the inside out, and in them the loosest operators first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from maskexpr.language.formatting.documents import (
    Behind,
    Break,
    Document,
    Filled,
    IfBroken,
    LineEnd,
    Text,
    group,
    indented,
    together,
)
from maskexpr.language.formatting.lines import COMMENT, Piece

_CLOSES = {"LPAR": ")", "LSQB": "]"}
_VALUES = {"NAME", "NUMBER", "QUANTITY", "TEXT", "TRUE", "FALSE", "NONE"}
_CONSTANTS = {"NUMBER", "QUANTITY", "MINUS"}
# Loosest first, as in the grammar. The dot of a method is not quite an operator, but breaks like one.
_LEVELS = (
    {"VBAR", "OR"},
    {"CARET", "XOR"},
    {"AMPERSAND", "AND"},
    {"EQUAL", "UNEQUAL", "LESS", "LESSEQUAL", "MORE", "MOREEQUAL", "IN", "NOT"},
    {"PLUS", "MINUS"},
    {"STAR", "SLASH", "FLOOR", "PERCENT"},
    {"POWER"},
    {"DOT"},
)
_LEVEL = {kind: i for i, kinds in enumerate(_LEVELS) for kind in kinds}
_DOT = _LEVEL["DOT"]


@dataclass(frozen=True, slots=True)
class Brackets:
    """What stands in brackets, with these; alone: a group or list, no arguments or subscripts of what is before it."""

    document: Document
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Operator:
    """What joins what stands before it to what stands behind it."""

    text: str
    level: int


Element = Piece | Brackets | Operator


def elements_of(pieces: Iterable[Piece]) -> list[Element]:
    """Pieces with each pair of brackets as one element."""
    open_: list[tuple[Piece, bool, list[Element]]] = []
    found: list[Element] = []
    for piece in pieces:
        if piece.kind in _CLOSES:
            last = next((e for e in reversed(found) if not _is_comment(e)), None)
            open_.append((piece, not _is_value(last), found))
            found = []
        elif piece.kind in ("RPAR", "RSQB"):
            opening, is_alone, outer = open_.pop()
            outer.append(Brackets(_brackets(opening, found, is_alone), is_alone))
            found = outer
        else:
            found.append(piece)
    return found


def expression(elements: Sequence[Element]) -> Document:
    """An expression that does not stand in brackets: it is put into some where it does not fit on its line."""
    found, _ = joined(elements)
    document = _operation(found, in_brackets=True)
    if not _breaks_outside_brackets(found):
        return document
    return group(IfBroken("("), indented(Break(), document), Break(), IfBroken(")"))


def _breaks_outside_brackets(elements: Sequence[Element]) -> bool:
    return any(isinstance(e, Operator) and e.level < _DOT for e in elements) or _is_chain(elements)


def _is_chain(elements: Sequence[Element]) -> bool:
    """Whether methods are called one after another, or on what another call gives: each gets a line of its own."""
    dots = [i for i, e in enumerate(elements) if isinstance(e, Operator) and e.level == _DOT]
    return len(dots) > 1 or any(isinstance(e, Brackets) or _is_comment(e) for e in elements[: sum(dots[:1])])


def _is_comment(element: Element | None) -> bool:
    return isinstance(element, Piece) and element.kind == COMMENT


def _is_value(element: Element | None) -> bool:
    return isinstance(element, Brackets) or (isinstance(element, Piece) and element.kind in _VALUES)


# --- brackets --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Item:
    """An argument, subscript or item of a list, the comments before it, and the one behind it."""

    before: list[str] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    behind: str = ""


@dataclass(slots=True)
class _Content:
    """What stands in brackets: the comment behind the opening one, items, and the comments behind the last."""

    behind_opening: str = ""
    items: list[_Item] = field(default_factory=lambda: [_Item()])
    at_end: list[str] = field(default_factory=list)

    @property
    def has_comments(self) -> bool:
        return bool(self.behind_opening or self.at_end or any(i.before or i.behind for i in self.items))


def _content(elements: Iterable[Element]) -> _Content:
    content = _Content()
    for element in elements:
        item = content.items[-1]
        if isinstance(element, Piece) and element.kind == "COMMA":
            content.items.append(_Item())
        elif isinstance(element, Piece) and element.kind == COMMENT and not item.elements:
            _comment_before(content, element)
        else:
            item.elements.append(element)
    _settle_comments(content)
    return content


def _comment_before(content: _Content, comment: Piece) -> None:
    """A comment that no part of its item stands before: behind the bracket or the item whose line it ends."""
    *earlier, item = content.items
    if comment.own_line or item.before:
        item.before.append(comment.text)
    elif earlier and not earlier[-1].behind:
        earlier[-1].behind = comment.text
    elif not earlier and not content.behind_opening:
        content.behind_opening = comment.text
    else:
        item.before.append(comment.text)


def _settle_comments(content: _Content) -> None:
    """Leave one comment behind each item: others go before the next, or to the end. So do those behind a last comma."""
    for i, item in enumerate(content.items):
        item.elements, found = joined(item.elements)
        later = [comment.text for comment in found]
        if found and not found[0].own_line:
            later += [item.behind] if item.behind else []
            item.behind = later.pop(0)
        following = content.items[i + 1].before if i + 1 < len(content.items) else content.at_end
        following[:0] = later
    if not content.items[-1].elements:
        content.at_end[:0] = content.items.pop().before


def _brackets(opening: Piece, elements: Sequence[Element], is_alone: bool) -> Document:
    begin, end = Text(opening.text), Text(_CLOSES[opening.kind])
    content = _content(elements)
    plain = not content.has_comments
    items = [item.elements for item in content.items]
    if plain and (not items or (len(items) == 1 and _is_bracket_alone(items[0]))):
        return together(begin, *(_item(item) for item in items), end)
    if plain and opening.kind == "LSQB" and not is_alone and all(_is_short(item) for item in items):
        return together(begin, *_separated([_item(item) for item in items], Text(", ")), end)
    if plain and is_alone and len(items) > 1 and all(_is_constant(item) for item in items):
        inside: list[Document] = [Filled(tuple("".join(_text(e) for e in item) for item in items)), IfBroken(",")]
    else:
        inside = [*_on_lines(content, has_commas=opening.kind == "LSQB" or not is_alone)]
    opened = [Behind(content.behind_opening)] if content.behind_opening else []
    body = [indented(Break(), *inside)] if inside else []
    return group(begin, *opened, *body, LineEnd() if content.at_end else Break(), end)


def _on_lines(content: _Content, *, has_commas: bool) -> Iterator[Document]:
    last = len(content.items) - 1
    for i, item in enumerate(content.items):
        for comment in item.before:
            yield from (Text(comment), LineEnd())
        yield _item(item.elements)
        if i < last:
            yield Text(",")
        elif has_commas:
            yield IfBroken(",")
        if item.behind:
            yield Behind(item.behind)
        if i < last:
            yield Break(" ")
    for i, comment in enumerate(content.at_end):
        if i or content.items:
            yield LineEnd()
        yield Text(comment)


def _is_bracket_alone(item: Sequence[Element]) -> bool:
    return len(item) == 1 and isinstance(item[0], Brackets) and item[0].is_alone


def _is_short(item: Sequence[Element]) -> bool:
    return all(isinstance(element, Piece) for element in item)


def _is_constant(item: Sequence[Element]) -> bool:
    return all(isinstance(element, Piece) and element.kind in _CONSTANTS for element in item)


def _text(element: Element) -> str:
    return "" if isinstance(element, Brackets) else element.text


def _separated(documents: Sequence[Document], separator: Document) -> Iterator[Document]:
    for i, document in enumerate(documents):
        if i:
            yield separator
        yield document


def _item(elements: Sequence[Element]) -> Document:
    """An argument, subscript, item or parameter."""
    kinds = [element.kind if isinstance(element, Piece) else "" for element in elements]
    if kinds[1:2] == ["ASSIGN"]:
        return together(Text(f"{_text(elements[0])}="), _operation(elements[2:], in_brackets=False))
    if "COLON" in kinds:
        return _slice(elements, kinds)
    return _operation(elements, in_brackets=True)


def _slice(elements: Sequence[Element], kinds: Sequence[str]) -> Document:
    """`a:b`, and `a + 1 : b` where a bound is computed."""
    blank = " " if any(isinstance(e, Operator) and e.level < _DOT for e in elements) else ""
    parts: list[Document] = []
    start = 0
    for i in [i for i, kind in enumerate(kinds) if kind == "COLON"]:
        if i > start:
            parts += [_operation(elements[start:i], in_brackets=False), Text(blank)]
        start = i + 1
        followed = start < len(kinds) and kinds[start] != "COLON"
        parts.append(Text(f":{blank if followed else ''}"))
    if start < len(kinds):
        parts.append(_operation(elements[start:], in_brackets=False))
    return together(*parts)


# --- operators -------------------------------------------------------------------------------------------------------


def joined(elements: Iterable[Element]) -> tuple[list[Element], list[Piece]]:
    """Elements with operators told from signs, and each comment before the operator that comes next: behind what was
    commented on. And the comments that no operator comes behind."""
    found: list[Element] = []
    held: list[Piece] = []
    previous: Element | None = None
    for element in elements:
        if isinstance(element, Piece) and element.kind == COMMENT:
            if isinstance(previous, Operator):
                found.insert(len(found) - 1, element)
            else:
                held.append(element)
            continue
        if isinstance(element, Piece) and element.kind == "IN" and isinstance(previous, Operator):
            previous = found[-1] = Operator("not in", previous.level)
            continue
        if isinstance(element, Piece) and element.kind in _LEVEL and _is_value(previous):
            element = Operator(element.text, _LEVEL[element.kind])
            found += held
            held = []
        found.append(element)
        previous = element
    return found, held


def _operation(elements: Sequence[Element], *, in_brackets: bool) -> Document:
    """Operands and the loosest operators between them, each at the beginning of a line if not all fit on one: right
    below the first where brackets hold them together, else deeper."""
    levels = [e.level for e in elements if isinstance(e, Operator)]
    if not levels or (min(levels) == _DOT and not _is_chain(elements)):
        return together(*_operand(elements))
    level = min(levels)
    first, *others = _split(elements, level)
    lines: list[Document] = []
    comments, operand = _without_comments(first)
    parts: list[Document] = [_operation(operand, in_brackets=False)]
    for other in others:
        for i, comment in enumerate(comments):
            lines += [LineEnd(), Text(comment.text)] if i or comment.own_line else [Behind(comment.text)]
        operator = _text(other[0])
        lines += [Break(), Text(operator)] if level == _DOT else [Break(" "), Text(f"{operator} ")]
        comments, operand = _without_comments(other[1:])
        lines.append(_operation(operand, in_brackets=False))
    parts.append(together(*lines) if in_brackets else indented(*lines))
    return group(*parts)


def _split(elements: Sequence[Element], level: int) -> Iterator[list[Element]]:
    """The operand before the first operator of a level, and each operator with the operand behind it."""
    part: list[Element] = []
    for element in elements:
        if isinstance(element, Operator) and element.level == level:
            yield part
            part = []
        part.append(element)
    yield part


def _without_comments(elements: list[Element]) -> tuple[list[Piece], list[Element]]:
    """The comments at the end of an operand, and the operand."""
    comments: list[Piece] = []
    while elements and isinstance(elements[-1], Piece) and elements[-1].kind == COMMENT:
        comments.insert(0, elements[-1])
        elements = elements[:-1]
    return comments, elements


def _operand(elements: Sequence[Element]) -> Iterator[Document]:
    """A value with the signs before it, and the brackets and one method behind it."""
    for i, element in enumerate(elements):
        if isinstance(element, Brackets):
            yield element.document
        elif isinstance(element, Piece) and element.kind == "NOT":
            yield Text("not ")
        elif i and element.text in "+-" and element.text == _text(elements[i - 1]):
            yield Text(f" {element.text}")  # `++` is no sign
        else:
            yield Text(element.text)
