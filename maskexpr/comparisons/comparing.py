"""Pairs of masks or label images compared: a program of the measures is run on each pair, as in any study."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from maskexpr.api import Program
from maskexpr.comparisons.asked import Asked, Part, placeless, program_by_class, program_of, program_of_numbers
from maskexpr.comparisons.measures import LABELS, MASK, Measure
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.kinds.table import LABEL
from maskexpr.studies.outcome import Outcome

Perform = Callable[[Program], Iterator[Outcome]]
"""Runs a program on all pairs; outcomes come as they are done, in any order."""

_MOST_CLASSES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a pair, or of one class in it.

    Attributes
    ----------
    index
        Which pair it is, from 0.
    number
        The class; None where all is compared at once.
    values
        By the names of measures; none where the pair failed.
    sizes
        How many pixels of each of the two are on, or how many objects there are.
    errors
        Why it failed.
    """

    index: int
    number: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    sizes: tuple[int, int] = (0, 0)
    errors: tuple[Diagnostic, ...] = ()

    @property
    def is_failed(self) -> bool:
        return bool(self.errors)


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison.

    Attributes
    ----------
    asked, kind, measures
        What was compared, "mask" or "labels", and by what.
    rows
        In the order of the pairs, one for each; by class one for each number that occurs in it.
    warnings
        What was said of pairs, each time.
    is_seen
        Whether they are taken for label images as that is what was seen in some.
    """

    asked: Asked
    kind: str
    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]
    warnings: tuple[Diagnostic, ...]
    is_seen: bool = False

    @property
    def failed(self) -> tuple[Row, ...]:
        """The pairs that could not be compared."""
        return tuple(row for row in self.rows if row.is_failed)


def compared(asked: Asked, perform: Perform) -> Compared:
    """Compare all pairs.

    Unless a kind is asked for, files are taken for masks until one has several values beside 0: then all hold labels,
    of which some may well have a single object, and what was done so far is done again. Where none turns out to have
    several labels, as the one is no label image either, the others are masks after all.
    """
    if asked.by_class:
        return _by_class(asked, perform)
    if asked.kind is not None:
        return _at_once(asked, asked.kind, perform)
    try:
        return _at_once(asked, MASK, perform)
    except _SeveralValuesError:
        found = _at_once(replace(asked, kind=LABELS), LABELS, perform)
    if any(max(row.sizes) > 1 for row in found.rows):
        return replace(found, is_seen=True)
    return _at_once(replace(asked, kind=MASK), MASK, perform)


class _SeveralValuesError(Exception):
    """What was taken for a mask has several values beside 0."""


def _at_once(asked: Asked, kind: str, perform: Perform) -> Compared:
    """All pairs as of one kind; unless it is asked for, it is an exception that they turn out to be of the other."""
    program, part = program_of(asked, kind)
    rows, said = list[Row](), list[Diagnostic]()
    for outcome in perform(program):
        if asked.kind is None and _has_several_values(asked, outcome):
            raise _SeveralValuesError
        rows += _rows(asked, kind, outcome, [part])
        said += map(placeless, outcome.warnings)
    return _ordered(asked, kind, rows, said)


def _by_class(asked: Asked, perform: Perform) -> Compared:
    """All pairs class by class: which numbers there are is found out first."""
    program, tables = program_of_numbers(asked)
    occurring, failed = dict[int, set[int]](), dict[int, Row]()
    for outcome in perform(program):
        if outcome.is_failed:
            failed[outcome.index] = _failed(asked, LABELS, outcome)
        else:
            occurring[outcome.index] = {int(n) for name in tables for n in outcome.tables[name][LABEL]}
    numbers = sorted(set[int]().union(*occurring.values()))
    if len(numbers) > _MOST_CLASSES:
        raise InputError(messages.COMPARE_MANY_CLASSES.anywhere(count=f"{len(numbers):,}", most=_MOST_CLASSES))
    rows, said = list[Row](), list[Diagnostic]()
    if numbers:
        program, parts = program_by_class(asked, tuple(numbers))
        for outcome in perform(program):
            if outcome.index in occurring:
                there = [part for part in parts if part.number in occurring[outcome.index]]
                rows += _rows(asked, LABELS, outcome, there)
                said += map(placeless, outcome.warnings)
    return _ordered(asked, LABELS, [*rows, *failed.values()], said)


def _rows(asked: Asked, kind: str, outcome: Outcome, parts: Iterable[Part]) -> list[Row]:
    """What an outcome says of a pair; an error holds for it as a whole."""
    if outcome.is_failed:
        return [_failed(asked, kind, outcome)]
    measures = asked.measures_of(MASK if asked.by_class else kind)
    found = []
    for part in parts:
        values = {m.name: outcome.numbers[output] for m, output in zip(measures, part.outputs, strict=True)}
        own, others = (int(outcome.numbers[name]) for name in part.sizes)
        found.append(Row(outcome.index, part.number, values, (own, others)))
    return found


def _ordered(asked: Asked, kind: str, rows: Sequence[Row], said: Sequence[Diagnostic]) -> Compared:
    measures = asked.measures_of(MASK if asked.by_class else kind)
    in_order = sorted(rows, key=lambda row: (row.index, row.number or 0))
    return Compared(asked, kind, measures, tuple(in_order), tuple(said))


# --- what is said of a pair ------------------------------------------------------------------------------------------


def _has_several_values(asked: Asked, outcome: Outcome) -> bool:
    """Whether one of a pair is no mask, as it has several values beside 0; colours may be those of a palette."""
    several = (messages.INPUT_MASK_VALUES, messages.INPUT_MASK_COLOUR)
    mistakes = {mistake.anywhere(name=name).message for mistake in several for name in asked.names}
    return not mistakes.isdisjoint(error.message for error in outcome.errors)


def _is_colour(asked: Asked, error: Diagnostic) -> bool:
    """Whether one of a pair has colours where there are to be masks or labels."""
    fields = {"wanted": LABELS, "found": "colour", "way_out": ""}
    mistakes = [messages.INPUT_MASK_COLOUR.anywhere(name=name) for name in asked.names]
    mistakes += [messages.INPUT_KIND.anywhere(name=name, **fields) for name in asked.names]
    return error.message in {mistake.message for mistake in mistakes}


def _failed(asked: Asked, kind: str, outcome: Outcome) -> Row:
    """A pair that could not be compared, and why; what every measure says in its own words counts once."""
    reasons: dict[str, Diagnostic] = {}
    for error in outcome.errors:
        reasons.setdefault(error.code, _of_kind(asked, kind, placeless(error)))
    return Row(outcome.index, errors=tuple(reasons.values()))


def _of_kind(asked: Asked, kind: str, error: Diagnostic) -> Diagnostic:
    """A file of another kind is compared as that."""
    if error.code != messages.INPUT_KIND.code:
        return error
    if _is_colour(asked, error):
        return messages.COMPARE_COLOUR.anywhere(found=error.message)
    mistake = messages.COMPARE_NO_MASK if kind == MASK else messages.COMPARE_NO_LABELS
    return mistake.anywhere(found=error.message)
