"""Mistakes as data: what a host gets of them, whatever was typed."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import maskexpr
from maskexpr.diagnostics.errors import MOST_SHOWN, Change, Diagnostic
from maskexpr.diagnostics.source import Source, Span

KEYS = ["severity", "code", "message", "hint", "span", "line", "column", "source", "fix"]


def error_of(program, /, **given):
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile(program, **given)(im=np.zeros((3, 4)))
    return caught.value


def test_a_mistake_as_a_dict():
    error = error_of("param low = 32\n~im > low", name="tissue.mask")
    assert error.to_dict() == {
        "error": "ProgramError",
        "diagnostics": [
            {
                "severity": "error",
                "code": "precedence",
                "message": "~ binds tighter than the comparison and takes masks",
                "hint": "did you mean ~(im > low)?",
                "span": [15, 24],
                "line": 2,
                "column": 1,
                "source": "tissue.mask",
                "fix": "param low = 32\n~(im > low)",
            }
        ],
        "more": 0,
    }
    (found,) = error.diagnostics
    assert (found.line, found.column, found.fix) == (2, 1, "param low = 32\n~(im > low)")


def test_a_mistake_outside_a_program():
    (found,) = error_of("im > low").to_dict()["diagnostics"]
    assert (found["line"], found["fix"]) == (1, None)
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.evaluate("im > 3", im="a\x1b[31m.png")
    error = caught.value.to_dict()
    assert error["error"] == "InputError"
    assert {error["diagnostics"][0][key] for key in ("span", "line", "column", "source", "fix")} == {None}


def test_no_more_are_listed_than_are_shown():
    error = error_of("\n".join(f"nix{i}(im)" for i in range(MOST_SHOWN + 7))).to_dict()
    assert (len(error["diagnostics"]), error["more"]) == (MOST_SHOWN, 7)


def test_a_change_may_be_of_more_than_the_mistake():
    error = error_of("m = im > 3\nn = im < 9\n(m + n) | m")
    assert error.diagnostics[0].quoted == "+"
    assert error.diagnostics[0].fix == "m = im > 3\nn = im < 9\n(m | n) | m"
    # Between other operators it is put into brackets.
    assert error_of("a = im > 3\nb = im < 9\na - b | a").diagnostics[0].fix == "a = im > 3\nb = im < 9\n(a & ~b) | a"


@pytest.mark.parametrize(
    "program",
    [
        "(im > 3 # bright\n) + (im < 9)",  # a comment would be lost
        "~im > " + " + ".join(["100"] * 80),  # what is quoted is shortened
        "def f(m) = m + m\nf(im > 3)",  # right for one call, and for others not
        'dilate(im > 3, 2, "dísk  x") + (im > 3)',
    ],
)
def test_no_fix_is_made_of_what_is_not_as_it_was_written(program):
    assert {found.fix for found in error_of(program).diagnostics} == {None}


def test_the_fix_of_a_mistake_in_a_used_file_is_of_that():
    files = {"lib.mask": "def f(m) = dilat(m, 2)"}
    with pytest.raises(maskexpr.ProgramError) as caught:
        maskexpr.compile('use "lib.mask"; f(im > 3)', resolver=files.__getitem__)
    (found,) = (d for d in caught.value.diagnostics if d.code == "function-unknown")
    assert (found.to_dict()["source"], found.fix) == ("lib.mask", "def f(m) = dilate(m, 2)")


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from('im>3 &|~()[]"\n#=dilate\x1b\x00\u202e\ud800\ttrué²µ,.+-*'), max_size=40),
    st.text(max_size=5),
)
def test_any_mistake_is_json_and_shows_control_characters(text, name):
    found = _error(text, name)
    if found is None:
        return
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for diagnostic in found["diagnostics"]:
        assert list(diagnostic) == KEYS
        for key in ("code", "message", "hint", "source"):
            assert (diagnostic[key] or "").isprintable(), diagnostic


def _error(text, name):
    try:
        maskexpr.compile(text, name=name)(im=np.zeros((2, 2)))
    except maskexpr.MaskError as error:
        return error.to_dict()
    return None


def test_what_is_put_in_place_stands_there():
    found = Diagnostic("kind", "no", "yes", Span(0, 1), Source("abc"), change=Change(Span(1, 2), "X"))
    assert found.fix == "aXc"
    assert Diagnostic("kind", "no", change=Change(Span(1, 2), "X")).fix is None
