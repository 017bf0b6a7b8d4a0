"""A place in a program that is checked: what is said and made there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.checker.context import Context, Scope
from maskexpr.checker.expressions import RULES
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import Kind, number
from maskexpr.kinds.ranges import Range
from maskexpr.language.limits import Limits
from maskexpr.language.nodes import Bare, Expression
from maskexpr.language.parser import parse
from maskexpr.library import CATALOGUE, OPERATORS

IMAGE = Kind("image", (4, 5), np.dtype(np.uint8), Range(0, 255), origin="im")


def start(text: str, limits: Limits | None = None, signature: Mapping[str, Kind] | None = None) -> Place:
    context = Context(CATALOGUE, limits or Limits(), signature, RULES)
    return Place(context, Scope({}, {}, Source(text)), Span(0, len(text)))


def expression(here: Place) -> Expression:
    (statement,) = parse(here.source, Limits()).module.statements
    assert isinstance(statement, Bare)
    return statement.value


def said(here: Place) -> list[tuple[str, Any]]:
    return [(d.code, d.span) for d in here.context.diagnostics.values()]


def test_a_mistake_is_reported_where_it_is_and_once() -> None:
    here = start("im > 3")
    there = here.at(Span(0, 2))
    there.report(messages.NOT_CONSTANT, what="a reach")
    here.at(there).report(messages.NOT_CONSTANT, what="something else")
    here.report(messages.NOT_CONSTANT, what="a reach")
    assert [d.span for d in here.context.diagnostics.values()] == [Span(0, 2), Span(0, 6)]
    assert there.quote() == here.quote(there) == "im"
    assert str(here.at(Span(3, 4))) == "expression:1:4"


def test_the_same_span_of_another_text_is_another_place() -> None:
    here = start("im > 3")
    other = here.within(Scope({}, {}, Source("a + bc", "lib.mask")))
    for place in (here, other):
        place.report(messages.NOT_CONSTANT, what="a reach")
    assert [d.source.name for d in here.context.diagnostics.values() if d.source] == ["expression", "lib.mask"]
    assert other.quote() == "a + bc"


def test_a_mistake_within_a_call_says_which() -> None:
    here = start("f(2)")
    here.context.calls.append(("f", "expression:1:1"))
    here.report(messages.NOT_CONSTANT, what="a reach")
    here.report(messages.UNUSED_NAME, name="a")
    texts = [d.message.endswith(" (in f, called at expression:1:1)") for d in here.context.diagnostics.values()]
    assert texts == [True, False]  # a warning does not need it


def test_what_is_refused_is_said_at_the_argument_to_blame() -> None:
    here = start("dilate(m, n)")
    arguments = {"n": here.at(Span(10, 11)).unknown()}
    here.refuse(Refused(messages.NOT_CONSTANT, "n", what="n"), arguments)
    here.refuse(Refused(messages.ARGUMENT_NOT_WHOLE, value=1.5), arguments)
    assert [span for _, span in said(here)] == [Span(10, 11), here.span]


def test_the_same_is_made_once_and_used_where_it_stands() -> None:
    here = start("(im > 3) & (im > 3)", signature={"im": IMAGE})
    here.value(expression(here))
    assert [s.function.name if s.function else s.name for s in here.context.steps.made] == ["", "im", ">", "&"]
    left, right = here.at(Span(1, 2)).constant(number(constant=7)), here.at(Span(3, 4)).constant(number(constant=7))
    assert left.step is right.step
    assert (left.span, right.span) == (Span(1, 2), Span(3, 4))


def test_constants_are_folded_with_their_kind() -> None:
    here = start("2 + 3")
    value = here.value(expression(here))
    assert value.kind.constant == 5
    assert value.step.function is None


def test_what_cannot_be_folded_is_a_mistake_and_a_stand_in() -> None:
    def refusing(im: Any, **_: Any) -> Any:
        raise Refused(messages.ARGUMENT_NOT_WHOLE, "im", value=im)

    here = start("sqrt(2)")
    operand = here.at(Span(5, 6)).constant(number(constant=2))
    value = here.apply(replace(CATALOGUE["sqrt"], body=refusing), {"im": operand}, number())
    assert value.kind.name == "unknown"
    assert [span for _, span in said(here)] == [operand.span]


def test_a_stand_in_is_no_step() -> None:
    here = start("im")
    assert here.unknown().kind.name == "unknown"
    assert here.unknown(frozenset({"mask"})).kind == Kind("mask")
    assert here.context.steps.made == []


def test_an_assert_is_never_folded() -> None:
    here = start("assert true")
    condition = here.constant(Kind("truth", constant=False))
    value = here.apply(OPERATORS["assert"], {"condition": condition}, Kind("truth"), {"message": "", "text": "false"})
    assert value.step.function is OPERATORS["assert"]


def test_an_input_is_noted_where_it_is_met_first() -> None:
    here = start("im + im + a")
    here.value(expression(here))
    assert [(i.name, i.span, i.in_condition) for i in here.context.inputs.values()] == [
        ("im", Span(0, 2), False),
        ("a", Span(10, 11), False),
    ]


def test_an_expression_nested_too_deep_is_said_once() -> None:
    here = start("-(-(im)) + -(-(im))", Limits(depth=2))
    here.value(expression(here))
    assert [code for code, _ in said(here)] == [messages.DEFS_TOO_DEEP.code]
    assert here.context.depth == 0
