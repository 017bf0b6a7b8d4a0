"""Which steps and values are one: exact constants, kinds, inputs by version, conditions on regions by what they do."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.settling import Distance
from maskexpr.inside import stages
from maskexpr.kinds.kind import Kind, number
from maskexpr.kinds.quantity import Quantity
from maskexpr.kinds.ranges import Range
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.library.regions.keeping import Predicate
from maskexpr.program import identity
from maskexpr.program.steps import Step

NAN = float("nan")
IMAGE = Kind("image", (4, 5), np.dtype(np.uint8), Range(0, 255), origin="im")
MASK = Kind("mask", (4, 5), np.dtype(bool))


def step(kind: Kind, **more: Any) -> Step:
    return Step(kind, Source(""), Span(0, 1), **more)


# --- values ----------------------------------------------------------------------------------------------------------

DIFFERENT: list[tuple[Any, Any]] = [
    (0.0, -0.0),
    (1, 1.0),
    (1, True),
    (0, False),
    (0, None),
    (0.5, Fraction(1, 2)),
    ("1", 1),
    ("none", None),
    ((1, 2), [1, 2]),
    ((0.0,), (-0.0,)),
    ((1,), (True,)),
    (np.float64(1.0), 1.0),
    (np.float32(1.0), np.float64(1.0)),
    (Quantity(Fraction(1), 1), Quantity(Fraction(1), 2)),
    (Distance(Fraction(2)), Distance(Fraction(2), (Fraction(1), Fraction(1)))),
    (slice(1, 2), slice(1, 2, 1)),
    (np.arange(5000), np.where(np.arange(5000) == 2500, 0, np.arange(5000))),  # as texts they are the same
    (np.zeros(2, np.uint8), np.zeros(2, np.int8)),
    (np.zeros((1, 2)), np.zeros((2, 1))),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_values_that_are_not_the_same(a: Any, b: Any) -> None:
    assert identity.of_value(a) != identity.of_value(b)


@pytest.mark.parametrize(
    "make",
    [
        *(lambda: NAN, lambda: -0.0, lambda: 10**30, lambda: "disk", lambda: None, lambda: True, lambda: (NAN, "a")),
        *(lambda: Fraction(3, 10), lambda: Distance(Fraction(3, 2), (Fraction(1),)), lambda: np.arange(3000)),
    ],
)
def test_values_that_are_the_same(make: Any) -> None:
    a, b = identity.of_value(make()), identity.of_value(make())
    assert a == b
    assert hash(a) == hash(b)


# --- kinds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        *({"name": "labels"}, {"shape": (5, 4)}, {"dtype": np.dtype(np.uint16)}, {"range": Range(0, 9)}),
        *({"channels": 3}, {"spacing": (Fraction(1), Fraction(2))}, {"power": 1}, {"constant": 3}),
    ],
)
def test_all_of_a_kind_counts(change: dict[str, Any]) -> None:
    assert identity.of_kind(replace(IMAGE, **change)) != identity.of_kind(IMAGE)


def test_not_where_a_shape_comes_from() -> None:
    assert identity.of_kind(replace(IMAGE, origin="other")) == identity.of_kind(IMAGE)


def test_constants_of_kinds_are_exact() -> None:
    keys = {identity.of_kind(number(constant=value)) for value in (0, 0.0, -0.0, False, NAN, float("nan"))}
    assert len(keys) == 5


# --- steps -----------------------------------------------------------------------------------------------------------


def test_a_step_is_its_function_settings_operands_and_kind() -> None:
    a, b = step(IMAGE, name="a"), step(IMAGE, name="b")
    one = step(IMAGE, function=OPERATORS["+"], operands={"a": a, "b": b}, settings={"n": 1})
    assert identity.of_step(replace(one, source=Source("elsewhere"), span=Span(3, 4))) == identity.of_step(one)
    others = [
        replace(one, function=OPERATORS["-"]),
        replace(one, operands={"a": b, "b": a}),
        replace(one, operands={"a": a, "b": step(IMAGE, name="b")}),  # made twice: another
        replace(one, settings={"n": 1.0}),
        replace(one, settings={"n": True}),
        replace(one, settings={"m": 1}),
        replace(one, kind=replace(IMAGE, range=Range(0, 9))),  # as a rule may have left it
    ]
    keys = [identity.of_step(s) for s in (one, *others)]
    assert len(set(keys)) == len(keys)


def test_whoever_numbers_the_operands_says_which_are_the_same() -> None:
    a, again = step(IMAGE, name="a"), step(IMAGE, name="a")
    one, other = (step(IMAGE, function=OPERATORS["negate"], operands={"a": operand}) for operand in (a, again))
    assert identity.of_step(one) != identity.of_step(other)
    numbers = {a: 7, again: 7}
    assert identity.of_step(one, numbers.__getitem__) == identity.of_step(other, numbers.__getitem__)


def test_inputs_are_told_apart_by_name_and_version() -> None:
    im = step(IMAGE, name="im")
    assert identity.of_step(im) == identity.of_step(step(MASK, name="im"))
    assert identity.of_step(im) != identity.of_step(step(IMAGE, name="jm"))
    assert identity.of_step(im, version=1) != identity.of_step(im, version=2)


def test_what_is_not_known_is_the_same_as_nothing_else() -> None:
    kind = Kind("unknown", options=frozenset({"mask"}))
    assert identity.of_step(step(kind)) != identity.of_step(step(kind))


def test_functions_of_a_hosts_own_are_not_those_of_the_catalogue() -> None:
    own = replace(CATALOGUE["area"])
    m = step(MASK, name="m")
    keys = {identity.of_step(step(number(), function=f, operands={"m": m})) for f in (own, CATALOGUE["area"])}
    assert len(keys) == 2


# --- what a program is checked for -----------------------------------------------------------------------------------


def test_the_order_of_images_counts_that_of_params_does_not() -> None:
    a, b = replace(IMAGE, spacing=(Fraction(1),) * 2), replace(IMAGE, spacing=(Fraction(2),) * 2)
    assert identity.of_inputs({"a": a, "b": b}, {}) != identity.of_inputs({"b": b, "a": a}, {})
    assert identity.of_inputs({}, {"p": 1, "q": "x"}) == identity.of_inputs({}, {"q": "x", "p": 1})
    assert identity.of_inputs({}, {"p": 0.0}) != identity.of_inputs({}, {"p": -0.0})


def test_an_image_gives_its_grid_whatever_was_given_before() -> None:
    program = maskexpr.compile("area(circle(3mm, 3mm, 1.5mm))")
    fine, coarse = (maskexpr.Image(np.zeros((9, 9)), spacing=s) for s in (1, 2))
    first = program(a=fine, b=fine)
    assert program(a=coarse, b=coarse) != first
    assert program(a=fine, b=np.zeros((9, 9))) == first
    with pytest.raises(maskexpr.ProgramError, match="one grid"):
        program(a=fine, b=coarse)


# --- conditions on regions -------------------------------------------------------------------------------------------


def kept(text: str) -> list[Step]:
    """The steps of a program that choose regions."""
    m = np.eye(6, dtype=bool)
    names = [info.name for info in maskexpr.compile(text).inputs]
    checked = stages(maskexpr.compile(text), dict.fromkeys(names, m)).checked
    return [s for s in checked.steps if s.function is not None and s.function.name == "keep"]


SAME = [
    "a = keep(m, area > 5); b = keep(m, area > 5)",
    "a = keep(m, area > 5); b = keep(m,  area>5 )",
    "t = 5; a = keep(m, area > t); b = keep(m, area > 5)",
    "a = keep(m, area > 2 * count(m)); b = keep(m, area > 2 * count(m))",
    "def f(v) = v * v + v; a = keep(m, f(area) > 1); b = keep(m, area * area + area > 1)",
]
OTHER = [
    "t = 5; a = keep(m, area > t); t = 6; b = keep(m, area > t)",
    "a = keep(m, area > 5); b = keep(m, area >= 5)",
    "a = keep(m, area > 5); b = keep(m, area > 5.0)",
    "a = keep(m, area > 5); b = keep(k, area > 5)",
    "a = keep(m, area > 5); b = keep(m, perimeter > 5)",
    "a = keep(m, centroid[0] > 2); b = keep(m, centroid[1] > 2)",
    "a = keep(m, area > count(m)); b = keep(m, area > count(k))",
    "a = keep(m, area > count(m) + 1); b = keep(m, area > 1 + count(m))",
    "a = keep(m, area - count(m) > count(k)); b = keep(m, area - count(k) > count(m))",
]


@pytest.mark.parametrize("text", SAME)
def test_the_same_condition_is_met_once(text: str) -> None:
    assert len(kept(text)) == 1


@pytest.mark.parametrize("text", OTHER)
def test_other_conditions_are_others(text: str) -> None:
    assert len(kept(text)) == 2


def test_a_condition_is_as_long_as_its_steps() -> None:
    """Each of them is used twice by the next: written out it would be 2^30 times as long."""
    (step,) = kept("def f(v) = v / 2 + v\n" + "keep(m, " + "f(" * 30 + "area" + ")" * 30 + " > 1)")
    (condition,) = (value for value in step.settings.values() if isinstance(value, Predicate))
    assert len(str(identity.of_value(condition))) < 100_000
