"""A program of which only a score is wanted: an expression over its names, and what that needs of it."""

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from maskexpr.api import Program, rewritten
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, MaskError, ProgramError
from maskexpr.diagnostics.source import Source, Span
from maskexpr.inside import declared
from maskexpr.kinds.kind import Kind
from maskexpr.language import nodes
from maskexpr.language.parser import parse

_NONE: Mapping[str, str] = {}
_DECLARABLE = ("mask", "labels")
_MOST_PRODUCT = 3  # inputs that are tried in every way
_UNUSED = "unused"  # what the score does not need is not used here, but in the program
_RESULT = "result"  # the name of a last expression that has no other
_MEASURES = {"mask": "dice({text}, truth)", "labels": "f1({text}, truth)", "truth": "where({text}, 1, 0)"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text that begins at `begin`, and where it was written."""

    begin: int
    source: Source
    start: int


@dataclass(frozen=True, slots=True)
class _Composed:
    """A program text put together of pieces of others."""

    source: Source
    pieces: tuple[_Piece, ...]

    def placed(self, diagnostic: Diagnostic) -> Diagnostic:
        """A mistake where it was written."""
        if diagnostic.source != self.source or diagnostic.span is None:
            return diagnostic
        piece = self.pieces[bisect.bisect_right([p.begin for p in self.pieces], diagnostic.span.start) - 1]
        length = len(piece.source.text)
        start, stop = (min(piece.start + offset - piece.begin, length) for offset in diagnostic.span)
        return replace(diagnostic, source=piece.source, span=Span(start, max(start, stop)))


@dataclass(frozen=True, slots=True)
class Scoring:
    """A program that gives a score, named `name`, and nothing else; mistakes in it are shown where they were written:
    in the program or in the expression, of which `span` is what it says. `taken` are the kinds that
    inputs are taken for."""

    program: Program
    name: str
    expression: Source
    span: Span
    composed: _Composed
    taken: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def pointing_back(self) -> Iterator[None]:
        """What goes wrong in the scored program is raised for the places that a person knows."""
        try:
            yield
        except MaskError as error:
            raise type(error)([self.composed.placed(d) for d in error.diagnostics]) from None

    def said(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Warnings, without those that are only true of the scored program."""
        return [self.composed.placed(d) for d in diagnostics if d.code != _UNUSED]

    @property
    def text(self) -> str:
        """The expression on one line."""
        return self.expression.quote(self.span)

    def check(self, kind: Kind) -> None:
        """Refuse a score that is no number."""
        if kind.name != "number":
            example = _MEASURES.get(kind.name, "mean({text})").format(text=self.text)
            found = messages.SWEEP_NO_NUMBER.at(self.expression, self.span, kind=kind.name, example=example)
            raise ProgramError(found)


def scoring_of(program: Program, expression: str, title: str, kinds: Mapping[str, str] = _NONE) -> Scoring:
    """A program scored by an expression, which messages call by a title; `kinds` are declared of inputs that only the
    expression has."""
    own, goal = declared(program), Source(expression.removeprefix("\ufeff").replace("\r\n", "\n"), title)
    span = _checked(goal, program)
    name = _free_name(program, goal)
    composed = _compose(own.source, goal, _declared(kinds) + f"\noutput {name} = ", program)
    try:
        scored = rewritten(program, composed.source.text)
    except MaskError as error:
        raise type(error)([composed.placed(d) for d in error.diagnostics]) from None
    return Scoring(scored, name, goal, span, composed)


def own_inputs(scoring: Scoring, program: Program) -> list[str]:
    """The inputs that only the expression has."""
    known = {info.name for info in program.inputs}
    return [info.name for info in scoring.program.inputs if info.name not in known]


def variants(scoring: Scoring, program: Program) -> Iterator[Scoring]:
    """The same, and then with its own inputs declared one way or another: files do not say that they hold a mask. What
    makes no sense of itself is left out."""
    yield scoring
    names = own_inputs(scoring, program)
    ways: Iterable[tuple[str | None, ...]] = itertools.product((None, *_DECLARABLE), repeat=len(names))
    for way in ways if len(names) <= _MOST_PRODUCT else ((kind,) * len(names) for kind in _DECLARABLE):
        kinds = {name: kind for name, kind in zip(names, way, strict=True) if kind is not None}
        if kinds:
            with suppress(MaskError):
                again = scoring_of(program, scoring.expression.text, scoring.expression.name, kinds)
                yield replace(again, taken=kinds)


def _declared(kinds: Mapping[str, str]) -> str:
    return "".join(f"\ninput {name}: {kind}" for name, kind in kinds.items())


def _checked(goal: Source, program: Program) -> Span:
    """Where the expression stands in its text, which holds nothing else."""
    parsed = parse(goal, declared(program).limits)
    if parsed.diagnostics:
        raise ProgramError(parsed.diagnostics)
    found = parsed.module.statements
    if len(found) == 1 and isinstance(found[0], nodes.Bare):
        return found[0].span
    wrong = next((node.span for node in found if not isinstance(node, nodes.Bare)), None)
    raise ProgramError(messages.SWEEP_NO_EXPRESSION.at(goal, wrong or Span(0, max(1, len(goal.text.rstrip())))))


def _free_name(program: Program, goal: Source) -> str:
    """A name for the score that nothing else has."""
    taken = declared(program).source.text + goal.text
    return next(n for i in itertools.count(1) if (n := f"score_{i}" if i > 1 else "score") not in taken)


def _compose(own: Source, goal: Source, between: str, program: Program) -> _Composed:
    """The program without its outputs, and the expression as its only one."""
    text, pieces, at = "", list[_Piece](), 0
    for start, stop, instead in _edits(own, program):
        pieces.append(_Piece(len(text), own, at))
        text += own.text[at:start] + instead
        at = stop
    pieces.append(_Piece(len(text), own, at))
    text += own.text[at:] + between
    pieces.append(_Piece(len(text), goal, 0))
    return _Composed(Source(text + goal.text, own.name), tuple(pieces))


def _edits(own: Source, program: Program) -> list[tuple[int, int, str]]:
    """What to write in place of what: outputs become plain names, and a result without a name gets one."""
    statements = parse(own, declared(program).limits).module.statements
    found = []
    for node in statements:
        if isinstance(node, nodes.Output):
            stop = node.span.stop if node.value is None else node.name.span.start
            found.append((node.span.start, stop, ""))
    if not found and isinstance(statements[-1] if statements else None, nodes.Bare):
        start = statements[-1].span.start
        found.append((start, start, f"{_RESULT} = "))
    return found
