"""Steps made once, remarks made once, and an end to programs that would grow without one."""

import numpy as np
import pytest
from helpers.both_ways import bound
from helpers.checking import given, last_of, remarks

import maskexpr
from maskexpr import Limits, ProgramError


def steps_of(text: str) -> list[str]:
    """The functions of a program's steps, sorted."""
    found = bound(text, given(text))[0].steps
    return sorted(step.function.name for step in found if step.function is not None)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("output a = dilate(m); output b = dilate(m)", ["dilate"]),
        ("output a = dilate(m, 1); output b = dilate(m)", ["dilate"]),  # with the default written out
        ("output a = im > 3; output b = im > 3; output c = im > 4", [">", ">"]),
        ("d = m; output a = dilate(m); output b = dilate(d)", ["dilate"]),
        ("output a = dilate(m, 2); output b = dilate(m, 2.0)", ["dilate"]),
        ("output a = dilate(m, 2); output b = erode(m, 2)", ["dilate", "erode"]),
        ("output a = m & k; output b = k & m", ["&", "&"]),  # in another order it is another step
        ("def f(v) = dilate(v); output a = f(m); output b = f(m); output c = dilate(m)", ["dilate"]),
    ],
)
def test_what_does_the_same_to_the_same_is_made_once(text: str, steps: list[str]) -> None:
    assert steps_of(text) == steps


@pytest.mark.parametrize(
    ("one", "other"), [("0.0", "-0.0"), ("1", "1.0"), ("exp(1000)", "-exp(1000)"), ("7", "7.5"), ("true", "1 < 0")]
)
def test_constants_that_are_equal_or_alike_are_kept_apart(one: str, other: str) -> None:
    text = f"output a = where(any(m), {one}, {one}); output b = where(any(m), {other}, {other})"
    (_, a), (_, b) = bound(text, given(text))[0].outputs
    assert repr(a.operands["a"].kind.constant) != repr(b.operands["a"].kind.constant)


def test_numbers_are_worked_out_and_leave_no_steps() -> None:
    assert steps_of("dilate(im > 3 * 4 + 2, 2 + 3)") == [">", "dilate"]
    assert last_of("1 + 2 * 3").function is None


def test_a_mistake_is_told_once_however_often_a_def_is_called() -> None:
    text = "def f(a) = a + true\n" + "".join(f"v{i} = f({i})\n" for i in range(20)) + "v0"
    assert [code for code, _ in remarks(text)].count("kind") == 1


def test_a_mistake_leaves_a_stand_in_that_fits_everywhere() -> None:
    """So that it is told alone, not with all that follows from it."""
    assert remarks("a = dilat(im)\nb = a > 3\nc = dilate(b, 2)\nd = a + 1\nwhere(c, d, 0)") == [
        ("function-unknown", "dilat")
    ]


@pytest.mark.parametrize("nodes", [1, 10, 100])
def test_no_more_steps_than_the_limit(nodes: int) -> None:
    text = "im" + " + 1" * 200
    with pytest.raises(ProgramError, match=f"more than {nodes} steps"):
        maskexpr.compile(text, limits=Limits(nodes=nodes)).bind(im=((4, 5), "uint8"))
    assert maskexpr.compile(text).kind(im=((4, 5), "uint8")).shape == (4, 5)


def test_defs_are_not_looked_at_without_end() -> None:
    """Each calls the one before twice, with other values: nothing is made once for all."""
    defs = "".join(f"def f{i}(m) = f{i - 1}(dilate(m, {i})) & f{i - 1}(erode(m, {i}))\n" for i in range(1, 40))
    with pytest.raises(ProgramError, match="steps once its defs are filled in"):
        maskexpr.compile(f"def f0(m) = ~m\n{defs}f39(im > 3)", limits=Limits(nodes=500))


def test_what_defs_work_out_counts_although_it_leaves_no_steps() -> None:
    """Each call looks at 101 expressions and applies 99 functions to numbers."""
    text = f"def f(a) = {' + '.join(['1.5'] * 100)}\n" + "\n".join(f"v{i} = f({i})" for i in range(100))
    assert maskexpr.compile(text, limits=Limits(nodes=10_000)).outputs == ("v99",)
    with pytest.raises(ProgramError, match="steps once its defs are filled in"):
        maskexpr.compile(text, limits=Limits(nodes=9_000))


def test_warnings_do_not_depend_on_how_often_a_program_is_checked() -> None:
    program = maskexpr.compile("im > 300")
    im = np.zeros((4, 5), np.uint8)
    first = program.bind(im=im).warnings
    assert [d.code for d in first] == ["never-true"]
    assert program.bind(im=im).warnings == first
