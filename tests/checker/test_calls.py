"""Calls: which function is meant, and which argument goes where."""

import numpy as np
import pytest
from helpers.both_ways import bound
from helpers.checking import INPUTS, kind_of, last_of, remarks

import maskexpr
from maskexpr import evaluate
from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import Mask
from maskexpr.functions.record import function


@pytest.mark.parametrize(
    "text",
    [
        'dilate(m, 2, "square")',
        'dilate(m, 2, shape="square")',
        'dilate(m, shape="square", n=2)',
        'dilate(shape="square", n=2, m=m)',
        'dilate(m, iterations=2, shape="square")',
        'm.dilate(2, "square")',
        'm.dilate(n=2, shape="square")',
    ],
)
def test_arguments_by_place_and_by_name(text: str) -> None:
    step, wanted = last_of(text), last_of('dilate(m, 2, "square", none)')
    assert step.function is wanted.function
    assert dict(step.settings) == dict(wanted.settings)
    assert [o.name for o in step.operands.values()] == ["m"]


@pytest.mark.parametrize(
    ("text", "code", "about"),
    [
        ("dilate()", "argument-missing", "dilate()"),
        ("dilate(n=2)", "argument-missing", "dilate(n=2)"),
        ('dilate(m, 1, "square", none, 3)', "argument-too-many", "3"),
        ("min(im, 3)", "argument-too-many", "3"),
        ("dilate(m, 2, n=3)", "argument-twice", "n=3"),
        ("dilate(m, n=2, iterations=3)", "argument-twice", "iterations=3"),
        ("dilate(m, n=1, 2)", "argument-order", "2"),
        ("dilate(m, nn=3)", "argument-unknown", "nn"),
        ("dilate(m, q=3)", "argument-unknown", "q"),
        ("keep(m, area = 3)", "argument-unknown", "area"),
        ("np.where(m, 1, 2)", "no-modules", "np.where(m, 1, 2)"),
        ("threshold_otsu(im)", "function-unknown", "threshold_otsu(im)"),
        ("dilat(m)", "function-unknown", "dilat"),
        ("im(3)", "function-unknown", "im"),
        ("x(3)", "function-unknown", "x"),
        ("AND(m, k)", "operator-unknown", "AND"),
        ("def f(m) = m\nf()", "argument-missing", "f()"),
        ("def f(m) = m\nf(m, k)", "argument-too-many", "k"),
        ("def f(m) = m\nf(m, n=k)", "argument-unknown", "n"),
        ("def f(m) = m\nf(m, m=k)", "argument-twice", "m=k"),
        ("def f(m) = g(m)\ndef g(m) = ~m\nf(m)", "function-later", "g"),
        ("g(m)\ndef g(m) = m", "function-later", "g"),
        ("def f(m) = f(m)\nf(m)", "function-recursive", "f"),
    ],
)
def test_what_cannot_be_called_is_said_where_it_is(text: str, code: str, about: str) -> None:
    assert remarks(text) == [(code, about)]


def test_mistakes_in_arguments_are_found_although_there_is_no_such_function() -> None:
    text = "dilat((im > 3) + 1, im / 0)"
    assert remarks(text) == [("function-unknown", "dilat"), ("kind", "im > 3"), ("division-by-zero", "0")]


@pytest.mark.parametrize(("written", "meant"), [("dilat", "dilate"), ("keep_largst", "keep_largest"), ("Otsu", "otsu")])
def test_a_name_like_another_is_suggested(written: str, meant: str) -> None:
    with pytest.raises(maskexpr.ProgramError, match=f"did you mean {meant}"):
        maskexpr.compile(f"{written}(im)")


# --- defs ------------------------------------------------------------------------------------------------------------


def test_a_def_is_filled_in_with_its_arguments() -> None:
    assert str(kind_of("def rim(m, n) = dilate(m, n) & ~m\nrim(im > 3, 2)")) == "mask 4x5"
    assert last_of("def f(a, b) = a - b\nf(b=im, a=s)").operands["a"].name == "s"


def test_a_def_sees_its_parameters_and_params_and_earlier_defs_alone() -> None:
    text = "param p = 2\ndef f(a) = a + p\ndef g(a) = f(a) * 2\ng(3)"
    assert last_of(text).kind.constant == 10
    assert remarks("v = 3\ndef f(a) = a + v\nf(im)") == [("name-unknown", "v")]
    assert remarks("def f(a) = a & im\nf(m)") == [("name-unknown", "im")]


def test_a_def_called_twice_with_the_same_values_is_filled_in_once() -> None:
    text = "def f(a) = median_filter(a, 3)\noutput p = f(im)\noutput q = f(im)\noutput r = f(s)"
    p, q, r = (step for _, step in bound(text, {"im": INPUTS["im"], "s": INPUTS["s"]})[0].outputs)
    assert p is q
    assert r is not p


def test_a_mistake_in_a_def_says_where_it_was_called() -> None:
    with pytest.raises(maskexpr.ProgramError, match=r"\(in f, called at expression:2:1\)"):
        maskexpr.compile("def f(a) = a + 1\nf(im > 3)")
    assert remarks("def f(a) = a + 1\nf(im > 3)\nf(m)") == [("kind", "a")]  # once, however often it is called


def test_a_def_may_be_called_like_a_function_and_wins() -> None:
    m = np.array([[True, False, False]])
    assert evaluate("def dilate(m) = ~m\ndilate(m)", m=m).tolist() == [[False, True, True]]
    # Inside itself it is not in sight: the function of the catalogue is meant.
    assert evaluate("def dilate(m) = dilate(m) & m\ndilate(m)", m=m).tolist() == [[True, False, False]]


def test_functions_and_values_have_names_of_their_own() -> None:
    assert evaluate("area = 3\narea(m) + area", m=np.ones((2, 2), bool)) == 7


def test_a_hosts_own_function_goes_before_that_of_the_catalogue() -> None:
    @function(gives=MASK, halo=0, cost=1, memory=0)
    def dilate(m: Mask):  # type: ignore[no-untyped-def]
        return ~m

    program = maskexpr.compile("dilate(m)", functions=[dilate])
    assert program(m=np.array([True, False])).tolist() == [False, True]
