"""Arguments sorted into values and settings, what is filled in for those left out, and what comes of a call."""

import re
from fractions import Fraction

import numpy as np
import pytest
from helpers.checking import kind_of, last_of, remarks

import maskexpr
from maskexpr import compile, evaluate
from maskexpr.functions.settling import Distance


def test_what_depends_on_pixels_is_an_operand_and_all_else_a_setting() -> None:
    step = last_of('remove_small(m, otsu(im), axes="y")')
    assert set(step.operands) == {"m", "size"}
    assert dict(step.settings) == {"connectivity": 1, "axes": (0,)}
    step = last_of("remove_small(m, 5)")
    assert step.operands["size"].kind.constant == 5


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("dilate(m)", {"n": Distance(Fraction(1)), "shape": "diamond", "axes": None}),
        ("gaussian(im, 2)", {"axes": None}),
        ("label(m)", {"connectivity": 1, "axes": None}),
        ("median_filter(im)", {"n": Distance(Fraction(1)), "shape": "square", "axes": None}),
    ],
)
def test_defaults_are_filled_in(text: str, settings: dict[str, object]) -> None:
    found = last_of(text).settings
    assert {name: found[name] for name in settings} == settings


@pytest.mark.parametrize(
    ("written", "worked"),
    [('"x"', (1,)), ('"yx"', (0, 1)), ('"xy"', (0, 1)), ("0", (0,)), ("[-1]", (1,)), ("none", None)],
)
def test_axes_are_settled_for_the_arrays_of_the_call(written: str, worked: tuple[int, ...] | None) -> None:
    assert last_of(f"dilate(m, 1, axes={written})").settings["axes"] == worked


def test_names_of_connectivity_follow_the_axes_worked_on() -> None:
    assert last_of("label(st > 3, 26)").settings["connectivity"] == 3
    assert last_of('label(st > 3, 8, axes="yx")').settings["connectivity"] == 2
    assert remarks('label(st > 3, 26, axes="yx")') == [("connectivity", "26")]


def test_lengths_are_pixels_by_the_spacing_of_the_call() -> None:
    n = last_of("dilate(sp > 3, 3mm)").settings["n"]
    assert (n.reach(0), n.reach(1)) == (1, 6)
    assert last_of("remove_small(half > 3, 2mm2)").operands["size"].kind.constant == 8
    assert remarks("dilate(m, 2mm)") == [("spacing", "2mm")]


def test_what_no_one_writes_is_filled_in() -> None:
    assert last_of("im + x").operands["b"].settings["grid"] == (4, 5)
    assert last_of("area(half > 3)").settings["spacing"] == (Fraction(1, 2), Fraction(1, 2))
    assert last_of("area(m)").settings["spacing"] is None


def test_coordinates_need_one_grid() -> None:
    with pytest.raises(maskexpr.ProgramError) as caught:
        evaluate("x > 3")
    assert caught.value.code == "grid"
    assert remarks("output a = x > im; output b = small") == [("grid", "x")]
    assert str(compile("x > 3").kind(im=((4, 5), "uint8"))) == "mask 4x5"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("dilate(im, 2)", "image 4x5 uint8"),
        ("dilate(m, 2)", "mask 4x5"),
        ("otsu(im)", "number"),
        ("mean(im[m])", "number"),
        ("gray(c)", "image 4x5 float64"),
        ("keep_largest(lb)", "labels 4x5"),
        ("label(m)", "labels 4x5"),
        ("where(m, im, 300)", "image 4x5 uint16"),
        ("where(m, lb, 7)", "labels 4x5"),
        ("where(m, c, 0)", "colour 4x5x3 uint8"),
        ("gaussian(im, 2)", "image 4x5 float64"),
        ("gaussian(fl, 2)", "image 4x5 float32"),
        ("vote([m, k])", "image 4x5 float64"),
        ("bbox(m)", "list of 4"),
        ("clip(im, 10, 20) - 10", "image 4x5 uint8"),
    ],
)
def test_kinds_of_results(text: str, kind: str) -> None:
    assert str(kind_of(text)) == kind


@pytest.mark.parametrize(
    ("text", "code", "about"),
    [
        ("dilate(3)", "argument-kind", "3"),
        ('dilate("a")', "argument-kind", '"a"'),
        ("dilate(c)", "colour", "c"),
        ('dilate(m, "square")', "argument-kind", '"square"'),
        ("dilate(m, 1, 2)", "argument-kind", "2"),
        ("dilate(m, shape=square)", "argument-kind", "square"),
        ("dilate(m, -1)", "argument-range", "-1"),
        ("dilate(m, area(k))", "not-constant", "area(k)"),
        ('dilate(m, 1, axes="q")', "axes", '"q"'),
        ("otsu(m)", "argument-kind", "m"),
        ("otsu(im, within=im)", "argument-kind", "im"),
        ("otsu(im[m])", "kind", "im[m]"),
        ("mean(m)", "argument-kind", "m"),
        ("gray(im)", "argument-kind", "im"),
        ("label(im / 2)", "kind", "im / 2"),
        ("dice(label(m), m)", "kind", "label(m)"),
        ("keep_largest(im)", "argument-kind", "im"),
        ("where(im, 1, 0)", "argument-kind", "im"),
        ("vote(m)", "kind", "m"),
        ("vote([])", "kind", "[]"),
        ("gaussian(im, 1mm2)", "argument-kind", "1mm2"),
    ],
)
def test_what_does_not_fit_is_said_of_the_argument(text: str, code: str, about: str) -> None:
    assert remarks(text) == [(code, about)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('dilate(m, "square")', 'shape="square"'),  # a text for another parameter
        ("dilate(m, shape=square)", '"square"'),  # quotes
        ("otsu(im[m])", "otsu(im, within=m)"),
        ("mean(m)", "fraction(m)"),
        ("keep_largest(im)", "im >"),
    ],
)
def test_what_was_meant_is_suggested(text: str, hint: str) -> None:
    arrays = {"im": np.zeros((4, 5), np.uint8), "m": np.ones((4, 5), bool)}
    with pytest.raises(maskexpr.ProgramError) as caught:
        evaluate(text, **{name: array for name, array in arrays.items() if re.search(rf"\b{name}\b", text)})
    assert hint in str(caught.value)


def test_a_declared_number_is_known_before_the_run_as_a_free_one_is() -> None:
    m = np.zeros((1, 7), bool)
    m[0, 3] = True
    for text in ("dilate(m, n + 1)", "input n: number\ndilate(m, n + 1)", "param n = 1\ndilate(m, n + 1)"):
        assert evaluate(f"input m: mask\n{text}", m=m, n=1).tolist() == [[False, True, True, True, True, True, False]]
    with pytest.raises(maskexpr.ProgramError, match="known before the run"):
        compile("input m: mask\ndilate(m, area(m))")
