"""Programs by what they say: equal where only the telling differs, never where something else is computed."""

import itertools

import numpy as np
import pytest
from helpers.each import each
from helpers.places import TESTS

import maskexpr
from maskexpr.functions import MASK, Mask, function


@function(gives=MASK, halo=0, cost=1, memory=0)
def opposite(m: Mask):
    """All that is off."""
    return ~m


@function(gives=MASK, halo=0, cost=1, memory=0)
def same(m: Mask):
    """What is on."""
    return m


ALIKE = {
    "layout, comments and brackets": (
        "im > 3",
        "im > 3",
        "  im>3 # bright",
        "(im > (3))",
    ),
    "lines by any name": ("a = im > 3; dilate(a, 2)", "body = im > 3\nb2 = dilate(body, 2)\nb2", "dilate(im > 3, 2)"),
    "defs": ("def f(a, n) = dilate(a, n) & a; f(im > 3, 2)", "def g(m, r) = dilate(m, r) & m; g(r=2, m=im > 3)"),
    "a def and what it says": ("def f(a) = a > 3; f(im)", "im > 3"),
    "defs that hide functions": ("def erode(a, n) = dilate(a, n); erode(im > 3, 2)", "dilate(im > 3, 2)"),
    "lines that nobody needs": ("a = im > 9; im > 3", "im > 3"),
    "any order of what is joined": (
        "(im > 3) & (im < 9) & (im != 5)",
        "im != 5 & im < 9 & im > 3",
        "(im < 9) & ((im > 3) & (im != 5))",
    ),
    "a name in brackets": ("m = im > 3; mean(im[m])", "mean(im[im > 3])"),
    "the order of lines": (
        "a = im > 3; b = im < 9; output a; output b",
        "b = im < 9; a = im > 3; output a; output b = im < 9",
    ),
}
OTHERS = {
    "numbers": ("im > 3", "im > 3.0", "im > 4", "im >= 3", "-im > 3"),
    "inputs": (
        "im > 3", "img > 3", "input im: image; im > 3", 'input im "the image"; im > 3', 'input im = "a.png"; im > 3'
    ),
    "the order of inputs": ("(a > 3) & (b > 3)", "(b > 3) & (a > 3)"),
    "outputs": ("output a = im > 3", "output b = im > 3", "im > 3", "output a = im > 3; output n = area(a)"),
    "asserts": ("im > 3", "assert area(im > 3) > 0; im > 3", 'assert area(im > 3) > 0, "none"; im > 3'),
    "params": (
        "param t = 3; im > t", "param t = 4; im > t", "param t = 3 in 0..9; im > t", "param t = 3.0; im > t",
        'param t = 3 "level"; im > t', "param s = 3; im > s", "im > 3", "param t = 3; param u = 4; im > t",
    ),
    "operators in a row": ("a - b - c", "a - (b - c)", "a + b - c"),
    "not in any order": ("im - 3", "3 - im", "im < 3", "3 < im"),
    "names of properties": ("area = 9; keep(im > 3, area > area)", "size = 9; keep(im > 3, area > size)"),
    "names of columns": (
        "t = measure(label(im > 3), area)\narea = 7\nt[area > area]",
        "t = measure(label(im > 3), area)\nsize = 7\nt[area > size]",
    ),
    "names of images that are measured": (
        "a = im; measure(im > 3, mean_intensity, of=[a])", "b = im; measure(im > 3, mean_intensity, of=[b])"
    ),
    "parts that lie elsewhere": ("(im[1:] > 3) & (im[:-1] > 3)", "(im[:-1] > 3) & (im[1:] > 3)"),
    "texts": ('dilate(im > 3, 2, "disk")', 'dilate(im > 3, 2, "square")', "dilate(im > 3, 2)"),
}  # fmt: skip


@each("title", ALIKE)
def test_what_says_the_same_is_equal(title):
    programs = [maskexpr.compile(text) for text in ALIKE[title]]
    for program in programs:
        assert program == programs[0]
        assert hash(program) == hash(programs[0])
        assert program.schema() == programs[0].schema()
    im = np.arange(12).reshape(3, 4)
    first, *others = (program(im=im) for program in programs)
    for other in others:
        np.testing.assert_equal(other, first)


@each("title", OTHERS)
def test_what_says_something_else_is_not(title):
    for first, second in itertools.combinations([maskexpr.compile(text) for text in OTHERS[title]], 2):
        assert first != second, (first, second)


def test_what_the_host_gives_counts():
    def compiled(**given):
        return maskexpr.compile("im > 3", **given)

    own = [
        compiled(),
        compiled(limits=maskexpr.Limits(depth=50)),
        compiled(functions=[opposite]),
        compiled(functions=[opposite, same]),
        compiled(constants={"k": 1}),
        compiled(constants={"k": 1.0}),
        compiled(constants={"k": True}),
        compiled(fast=True),
        compiled(compiled=False),
    ]
    assert len(set(own)) == len(own)
    assert compiled(functions=[same, opposite]) == compiled(functions=[opposite, same])
    # What is not called does not change what is said, nor does what the text is called.
    assert compiled(deny=["dilate"]) == compiled(allow=["area"]) == compiled(name="other") == own[0]


def test_a_constant_is_what_it_is():
    constants = {"k": 3, "j": 4}
    by_name = maskexpr.compile("im > k", constants=constants)
    assert by_name == maskexpr.compile("im > 3", constants=constants)
    assert by_name != maskexpr.compile("im > j", constants=constants)


def test_used_files_count_by_what_is_taken():
    files = {"a.mask": "param r = 2; def rim(m) = dilate(m, r) & ~m", "b.mask": "def edge(m) = dilate(m, 2) & ~m"}
    first = maskexpr.compile('use "a.mask"; rim(im > 3)', resolver=files.__getitem__)
    second = maskexpr.compile('use "b.mask"; edge(im > 3)', resolver=files.__getitem__)
    assert first == second
    files["a.mask"] = files["a.mask"].replace("2", "3")
    assert maskexpr.compile('use "a.mask"; rim(im > 3)', resolver=files.__getitem__) != first


def test_defs_of_defs_are_said_once():
    def chain(first, name):
        lines = [f"def f0({name}) = {name} & ~dilate({name}, 1)"]
        lines += [f"def f{i}({name}) = f{i - 1}(f{i - 1}({name}))" for i in range(1, 6)]
        return maskexpr.compile("\n".join([*lines, f"f5(im > {first})"]))

    assert chain(3, "a") == chain(3, "other") != chain(4, "a")


@pytest.mark.parametrize(
    "text", ["x > 3", "im > x", "full()", "im in [1, 2]", "none_ > 1", "im[0]", "im[0:2, ::2] ** 2"]
)
def test_any_program_has_a_hash(text):
    assert len({maskexpr.compile(text), maskexpr.compile(f"# again\n{text}")}) == 1


@pytest.mark.slow
def test_programs_of_all_functions_differ_and_are_equal_to_themselves_laid_out():
    lines = (TESTS / "machines/expressions.txt").read_text("utf-8").splitlines()
    texts = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    programs = {text: maskexpr.compile(text) for text in texts}
    assert len(set(programs.values())) == len(texts)
    for text, program in programs.items():
        assert maskexpr.compile(maskexpr.format(text)) == program, text


def test_equal_to_no_other_thing():
    assert maskexpr.compile("im > 3") != "im > 3"
    assert maskexpr.compile("im > 3") != None  # noqa: E711  # what a host may well ask
