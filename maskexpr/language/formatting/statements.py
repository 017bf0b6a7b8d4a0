"""Statements, one a line, with what stands between them."""

import itertools
import sys
from collections.abc import Sequence

from maskexpr.language.formatting.documents import Document, Text, fitted, together
from maskexpr.language.formatting.expressions import Element, elements_of, expression
from maskexpr.language.formatting.lines import COMMENT, Line, Piece

WIDTH = 100
_DECLARATIONS = {"INPUT", "PARAM", "USE"}


def laid_out(lines: Sequence[Line]) -> str:
    """The text of a program."""
    return "".join("\n" * line.after_blank + _line(line) + "\n" for line in lines)


def one_line(lines: Sequence[Line]) -> str:
    """An expression on one line without comments, with line breaks in it even where its brackets are not part of it."""
    pieces = (piece for line in lines for piece in line.pieces if piece.kind != COMMENT)
    return fitted(expression(elements_of(pieces)), sys.maxsize)


def _line(line: Line) -> str:
    parts = (_statement(line.pieces) if line.pieces else "", line.comment)
    return "  ".join(part for part in parts if part)


def _statement(pieces: Sequence[Piece]) -> str:
    if pieces[0].kind in _DECLARATIONS:
        return _declaration(pieces)
    elements = elements_of(pieces)
    if pieces[0].kind == "ASSERT":
        comma = _place_of("COMMA", elements)
        message = "".join(f", {e.text}" for e in elements[comma + 1 :] if isinstance(e, Piece))
        return fitted(together(Text("assert "), expression(elements[1:comma])), WIDTH) + message
    equals = _place_of("ASSIGN", elements)
    if pieces[0].kind == "OUTPUT" and equals == len(elements):
        return " ".join(piece.text for piece in pieces)
    if equals == len(elements):
        return fitted(expression(elements), WIDTH)
    return fitted(together(_given(elements[:equals]), Text(" = "), expression(elements[equals + 1 :])), WIDTH)


def _place_of(kind: str, elements: Sequence[Element]) -> int:
    """Where the first sign of a kind stands; behind all others if there is none."""
    places = (i for i, element in enumerate(elements) if isinstance(element, Piece) and element.kind == kind)
    return next(places, len(elements))


def _given(elements: Sequence[Element]) -> Document:
    """What is given a value: a name, an output, or a function with its parameters."""
    *words, last = elements
    if not isinstance(last, Piece):  # the parameters
        *words, name = words
        word = "".join(f"{piece.text} " for piece in words if isinstance(piece, Piece))
        return together(Text(word), expression([name, last]))
    return Text(" ".join(piece.text for piece in elements if isinstance(piece, Piece)))


def _declaration(pieces: Sequence[Piece]) -> str:
    """An input, a param or a `use`, which stands on one line."""
    text = pieces[0].text
    for before, piece in itertools.pairwise(pieces):
        close = piece.kind in ("COLON", "COMMA", "RANGE") or before.kind in ("RANGE", "MINUS")
        text += piece.text if close else f" {piece.text}"
    return text
