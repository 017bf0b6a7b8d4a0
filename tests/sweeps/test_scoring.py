"""A program scored by an expression: what that may name, and mistakes where they were written."""

import numpy as np
import pytest

import maskexpr
from maskexpr.sweeps.scoring import scoring_of

IM = np.array([[1, 5, 6, 9]])
TRUTH = IM > 5
PROGRAM = """# a comment: output none
param low = 2 in 0..9
def near(a, b) = abs(a - b) < 2
body = im > low; output body
output hole = ~body  # the rest
output n = area(hole); assert n < 4, "all is hole"
"""


def score(program: str, expression: str, **given):
    scoring = scoring_of(maskexpr.compile(program, name="p.mask"), expression, "--maximize")
    with scoring.pointing_back():
        bound = scoring.program.bind(**given)
        scoring.check(bound.kinds[scoring.name])
        return bound.run()[scoring.name]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("area(body)", 3),
        ("area(hole) + n", 2),
        ("dice(body, truth)", 0.8),
        ("dice(\n  body,  # what there is\n  truth)", 0.8),
        ("low", 2),
        ("area(near(im, 5))", 2),
        ("mean(im[hole])", 1.0),
        ("area(score > 1) # why not", 3),
    ],
)
def test_a_score_may_name_all_that_the_program_does(expression: str, expected: float) -> None:
    given = {"truth": TRUTH} if "truth" in expression else {"score": IM} if "score" in expression else {}
    assert score(PROGRAM, expression, im=IM, **given) == expected


def test_a_result_without_a_name_has_one() -> None:
    assert score("param t = 3; im > t", "area(result)", im=IM) == 3
    assert score("a = im > 3; a & im < 9", "area(result)", im=IM) == 2
    assert score("m = im > 3", "area(m)", im=IM) == 3


def test_what_is_not_needed_is_not_run() -> None:
    program = "m = im > 3; output m; output bad = mean(im[im > 100])"
    assert score(program, "area(m)", im=IM) == 3
    with pytest.raises(maskexpr.RunError):
        maskexpr.evaluate(program, im=IM)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (
            "dice(bdy, truth)",
            "--maximize:1:6: error: no bdy was given\n    dice(bdy, truth)\n         ^^^\n  did you mean body?",
        ),
        (
            "dice(",
            "--maximize:1:5: error: this ( is never closed\n    dice(\n        ^\n  add the closing bracket",
        ),
        (
            "1 +\n dicce(body, truth)",
            "--maximize:1:3: error: something must follow +\n    1 +\n      ^",
        ),
        (
            "(1 +\n dicce(body, truth))",
            "--maximize:2:2: error: there is no function dicce\n     dicce(body, truth))\n     ^^^^^\n"
            "  did you mean dice?",
        ),
        (
            "a = 3",
            "--maximize:1:1: error: this is no expression\n    a = 3\n    ^^^^^\n  write one: dice(mask, truth), say",
        ),
        ("", "--maximize:1:1: error: this is no expression\n    \n    ^\n  write one: dice(mask, truth), say"),
        (
            "body; hole",
            "--maximize:1:1: error: this is no expression\n    body; hole\n    ^^^^^^^^^^\n"
            "  write one: dice(mask, truth), say",
        ),
        (
            "hole",
            "--maximize:1:1: error: this gives a mask, not a number that could be best\n    hole\n    ^^^^\n"
            "  measure it: dice(hole, truth)",
        ),
        (
            "any(hole)",
            "--maximize:1:1: error: this gives true or false, not a number that could be best\n    any(hole)\n"
            "    ^^^^^^^^^\n  measure it: where(any(hole), 1, 0)",
        ),
        (
            "  im",
            "--maximize:1:3: error: this gives an image, not a number that could be best\n      im\n      ^^\n"
            "  measure it: mean(im)",
        ),
        (
            "mean(im[im > 100])",
            "--maximize:1:6: error: there are no samples to measure\n    mean(im[im > 100])\n         ^^^^^^^^^^^^",
        ),
    ],
)
def test_mistakes_are_shown_in_the_expression(expression: str, text: str) -> None:
    given = {"truth": TRUTH} if "truth" in expression else {}
    with pytest.raises(maskexpr.MaskError) as caught:
        score(PROGRAM, expression, im=IM, **given)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize("before", ["", "# é\n", "output o = im > 1; ", "output o = im > 1\noutput o2 = o; "])
def test_mistakes_are_shown_in_the_program(before: str) -> None:
    program = before + 'assert area(im > 9) > 0, "none"; output m = im > 3; im = im + 1'
    with pytest.raises(maskexpr.RunError) as caught:
        score(program, "area(m)", im=IM)
    with pytest.raises(maskexpr.RunError) as plain:
        maskexpr.compile(program, name="p.mask")(im=IM)
    assert str(caught.value) == str(plain.value)


def test_what_a_library_defines_may_be_named() -> None:
    program = maskexpr.compile('use "lib.mask"; output m = big(im)', resolver=lambda path: "def big(a) = a > 5")
    scoring = scoring_of(program, "area(big(im))", "maximize")
    assert scoring.program(im=IM) == 2
