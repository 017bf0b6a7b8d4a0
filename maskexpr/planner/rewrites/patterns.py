"""How rules recognise steps, and how they make new ones in the place of another."""

from collections.abc import Mapping
from dataclasses import replace

from maskexpr.functions.record import Function
from maskexpr.kinds.kind import Kind, number
from maskexpr.library import CATALOGUE, OPERATORS, PLANNED
from maskexpr.program.steps import Step

AND, OR, XOR, NOT = (OPERATORS[symbol] for symbol in "&|^~")
SAMPLES, SAMPLES_IN_PLACE = OPERATORS["samples"], PLANNED["samples in place"]
SAMPLES_IN_ANY_ORDER = PLANNED["samples in any order"]
BETWEEN, ISIN, WHERE = (CATALOGUE[name] for name in ("between", "isin", "where"))
SUM, MEAN, STD, MIN, MAX, MEDIAN, PERCENTILE = (
    CATALOGUE[name] for name in ("sum", "mean", "std", "min", "max", "median", "percentile")
)
COUNT, LABEL = CATALOGUE["count"], CATALOGUE["label"]
VOTE, VOTES = CATALOGUE["vote"], PLANNED["votes"]
ABS, ABSOLUTE_DIFFERENCE = CATALOGUE["abs"], PLANNED["absolute difference"]
_EMPTY, _FULL = CATALOGUE["empty"], CATALOGUE["full"]


def is_known(step: Step, value: bool) -> bool:
    """Whether a step is the mask, or the truth, that is on everywhere (`value`) or nowhere."""
    if step.kind.name == "truth":
        return step.kind.is_constant and step.kind.constant is value
    return step.function is (_FULL if value else _EMPTY)


def same_kind(a: Kind, b: Kind) -> bool:
    """Whether one value may stand for another; which input the shape came from only matters to the checker."""
    return replace(a, origin="") == replace(b, origin="")


def known_mask(step: Step, value: bool) -> Step:
    """The mask that is on everywhere or nowhere, in the place of a step that gives a mask."""
    function = _FULL if value else _EMPTY
    return Step(step.kind, step.source, step.span, function, {}, {"grid": step.kind.shape})


def applied(function: Function, operands: Mapping[str, Step], step: Step) -> Step:
    """A function of other operands, in the place of a step of the same kind."""
    return Step(step.kind, step.source, step.span, function, operands)


def whole_number(value: int, step: Step) -> Step:
    """A constant, written where a step is."""
    return Step(number(constant=value), step.source, step.span)
