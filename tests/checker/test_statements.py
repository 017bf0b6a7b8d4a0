"""Statements: inputs, params, defs, uses, outputs and asserts, and which names the lines see."""

from typing import Any

import numpy as np
import pytest
from helpers.checking import remarks

import maskexpr
from maskexpr import ProgramError, compile, evaluate


@pytest.mark.parametrize(
    ("text", "code", "about"),
    [
        ("input im: photo\nim", "input-kind-unknown", "photo"),
        ('input im = "http://x/a.png"\nim', "input-scheme", '"http://x/a.png"'),
        ("input im\ninput im\nim", "duplicate", "im"),
        ("param p = 3 in 5..9\np", "param-outside", "3"),
        ("param p = 3 in 9..1\np", "param-interval", "9..1"),
        ("param p = true in 1..2\np", "param-interval", "1..2"),
        ("param p = 3 in 1mm..2mm\np", "param-kind", "1mm..2mm"),
        ("param p = 1mm in 1mm2..2mm2\np", "param-kind", "1mm2..2mm2"),
        ('param p = "a" in "b", "c"\np', "param-choice", '"a"'),
        ("param p = 1\nparam p = 2\np", "duplicate", "p"),
        ("param p = 1\ninput p\np", "duplicate", "p"),
        ("def f(m) = m\ndef f(m) = ~m\nf(m)", "duplicate", "f"),
        ("def f(m, m) = m\nf(m, m)", "duplicate", "m"),
        ('use "a.mask"\n1', "use-not-possible", 'use "a.mask"'),
        ("output a", "output-unknown", "a"),
        ("a = im\noutput b = a\noutput b = a", "duplicate", "b"),
        ("output a = im[m]", "output-kind", "im[m]"),
        ('output a = "text"', "output-kind", '"text"'),
        ("output a = 1mm", "output-kind", "1mm"),
        ("output a = [1, 2mm]", "output-kind", "[1, 2mm]"),
        ("assert im > 3\nim", "kind", "im > 3"),
        ("assert 3\nim", "kind", "3"),
    ],
)
def test_what_a_statement_cannot_say(text: str, code: str, about: str) -> None:
    assert remarks(text) == [(code, about)]


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("a = im\nb = 2\noutput b", ["a"]),
        ("im > 3\nim > 4", ["im > 3"]),
        ("param q = 1\nim", ["q"]),
        ("input fl: image\nim", ["fl"]),
        ("a = im\na = a + 1\noutput a", []),
        ("param q = 1\ndef f(m) = dilate(m, q)", []),  # a library
        ("area(m)\nassert any(m)\nim", ["area(m)"]),
        ("output a = 1\noutput b = 2", []),
    ],
)
def test_what_nothing_uses_is_remarked_on(text: str, unused: list[str]) -> None:
    assert remarks(text) == [("unused", name) for name in unused]


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("im > 3", ("result",)),
        ("a = im > 3", ("a",)),
        ("a = 1\nb = 2\na + b", ("result",)),
        ("output a = 1\n2", ("a",)),
        ("a = 1\nb = 2\noutput b\noutput a", ("b", "a")),
        ("def f(m) = m", ()),
        ("param p = 1", ()),
    ],
)
def test_the_outputs_are_those_declared_else_the_last_line(text: str, outputs: tuple[str, ...]) -> None:
    assert compile(text).outputs == outputs


def test_declarations_hold_for_the_whole_program_and_lines_for_those_after() -> None:
    assert evaluate("a = n + p\nparam p = 2\ninput n: number\na", n=3) == 5
    assert evaluate("a = 1\nb = a\na = 10\nb + a") == 11
    with pytest.raises(maskexpr.InputError, match="a"):
        evaluate("b = a\na = 1\nb")


def test_inputs_are_declared_ones_first_then_by_their_first_use() -> None:
    program = compile('z = late + im\ninput other = "o.png" "the other one"\ninput im: image\nz & other')
    assert [(i.name, i.kind, i.default, i.doc) for i in program.inputs] == [
        ("other", None, "o.png", "the other one"),
        ("im", "image", None, ""),
        ("late", None, None, ""),
    ]


@pytest.mark.parametrize(
    ("text", "info"),
    [
        ("param p = 3", (3, None, None, None, True)),
        ("param p = 3 in 0..9", (3, 0, 9, None, True)),
        ("param p = 0.5 in 0..9", (0.5, 0, 9, None, False)),
        ("param p = true", (True, None, None, None, False)),
        ('param p = "a" in "a", "b"', ("a", None, None, ("a", "b"), False)),
    ],
)
def test_what_is_known_of_a_param(text: str, info: tuple[Any, ...]) -> None:
    (p,) = compile(f"{text}\n1").params
    assert (p.default, p.low, p.high, p.choices, p.whole) == info


def test_types_do_not_depend_on_the_value_of_a_param_but_on_its_interval() -> None:
    program = compile("param p = 3 in 0..300\nim + p")
    kinds = {str(program.kind(im=((2, 2), "uint8"), p=p)) for p in (0, 3, 300)}
    assert kinds == {"image 2x2 uint16"}
    assert str(compile("param p = 3\nim + p").kind(im=((2, 2), "uint8"), p=300)) == "image 2x2 uint16"


# --- use -------------------------------------------------------------------------------------------------------------

FILES = {
    "rims.mask": 'param width = 2 in 1..9\nuse "basics.mask"\ndef rim(m) = grown(m, width) & ~m\nv = 3\n',
    "basics.mask": "def grown(m, n) = dilate(m, n)\n",
    "circle.mask": 'use "circle.mask"\n',
    "wrong.mask": "def f(m) = m +\ndef g(m) = ~m\n",
}


def used(text: str) -> Any:
    return compile(text, resolver=FILES.__getitem__)


def test_defs_of_other_files_come_with_their_params_and_nothing_else() -> None:
    m = np.eye(7, dtype=bool)
    found = used('use "rims.mask"\nrim(m)')(m=m)
    np.testing.assert_array_equal(found, evaluate("dilate(m, 2) & ~m", m=m))
    assert used('use "rims.mask"\ngrown(m, 1)').params == ()  # what that file uses is in sight, its params are its own
    with pytest.raises(maskexpr.InputError, match="v"):
        used('use "rims.mask"\nv')()


@pytest.mark.parametrize(
    ("text", "code", "file"),
    [
        ('use "no.mask"\n1', "use-not-found", "expression"),
        ('use "circle.mask"\n1', "use-cycle", "circle.mask"),
        ('def rim(m) = m\nuse "rims.mask"\nrim(m)', "duplicate", "rims.mask"),
        ('use "wrong.mask"\ng(m)', "ends-early", "wrong.mask"),
    ],
)
def test_uses_that_cannot_be(text: str, code: str, file: str) -> None:
    with pytest.raises(ProgramError) as caught:
        used(text)
    assert [(d.code, d.source.name) for d in caught.value.diagnostics] == [(code, file)]


def test_a_line_that_is_broken_still_brings_its_name() -> None:
    """So that no other line is blamed for it."""
    with pytest.raises(ProgramError) as caught:
        compile("a = im >\nb = a + 1\noutput c = b > a")
    assert len(caught.value.diagnostics) == 1
