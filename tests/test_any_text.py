"""Whatever the text is, it gives a value or one of our errors, and looking at it takes time as its length.

MASKEXPR_EXAMPLES sets how many examples each test tries; a soak takes tens of thousands.
"""

import re
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers import conformance
from helpers.counting import calls_made
from helpers.places import EXAMPLES
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.library import CATALOGUE
from maskexpr.testing.strategies import slipped, tokens

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(3)
ARRAYS: list[Any] = [
    RNG.integers(0, 256, (4, 5)).astype(np.uint8),
    RNG.random((4, 5)) < 0.5,
    RNG.normal(size=(4, 5)).astype(np.float32),
    np.array([[np.nan, np.inf, -np.inf, 0.0, 1.0]] * 4),
    RNG.integers(-(2**63), 2**63 - 1, (4, 5)),
    RNG.integers(0, 256, (4, 5, 3)).astype(np.uint8),  # in colour
    RNG.random((2, 4, 5)) < 0.5,
    RNG.integers(0, 3, (2, 4, 5)).astype(np.uint16),
    maskexpr.Image(RNG.integers(0, 5, (4, 5)), spacing=[0.5, 0.3], kind="labels"),
    maskexpr.Image(RNG.random((4, 5)), spacing="0.5mm"),
    np.zeros((1, 1), bool),
    np.full(7, 3, np.int8),
    3,
    0.5,
    True,
]
NAMES = ["im", "m", "n", "a", "b", "c", "x", "y", "z"]


def value_or_our_error(text: str, arrays: list[Any]) -> None:
    """Compile, explain and run; whatever is wrong must be said in a way that can be shown."""
    try:
        program = maskexpr.compile(text)
        program.explain()
        for warning in program.warnings:
            readable(warning, text)
        inputs = {info.name: arrays[i % len(arrays)] for i, info in enumerate(program.inputs)}
        program.explain(**inputs)
        program.cost(**inputs)
        program(**inputs)
    except maskexpr.MaskError as caught:
        error = caught
    else:
        return
    assert error.diagnostics
    assert str(error)
    for diagnostic in error.diagnostics:
        readable(diagnostic, text)


def readable(diagnostic: maskexpr.Diagnostic, text: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", diagnostic.code)
    assert diagnostic.message
    assert "{" not in diagnostic.message.replace("{ ", "").replace("{}", "") or "{" in text
    if diagnostic.span is not None:
        assert 0 <= diagnostic.span.start <= diagnostic.span.stop <= max(len(text), 1)
        *_, caret = [line for line in diagnostic.render().split("\n") if line.strip(" ^…") == "" and "^" in line]
        assert caret.startswith("    ")


given_arrays = st.lists(st.sampled_from(range(len(ARRAYS))), min_size=1, max_size=4).map(
    lambda places: [ARRAYS[i] for i in places]
)

# --- texts without sense ---------------------------------------------------------------------------------------------


@given(tokens(), given_arrays)
@tried(300)
def test_tokens_in_any_order(text: str, arrays: list[Any]) -> None:
    value_or_our_error(text, arrays)


@given(st.text(max_size=60), given_arrays)
@tried(300)
def test_any_characters(text: str, arrays: list[Any]) -> None:
    value_or_our_error(text, arrays)


# --- programs that read well but make no sense -----------------------------------------------------------------------

literals = st.sampled_from(
    [
        *["0", "1", "2", "3", "-1", "255", "0.5", "1e30", "9999999999", "2px", "1mm", "0.5mm", "3mm2", "1mm3"],
        *["true", "false", "none", '"disk"', '"square"', '"111/010"', '"yx"', '"x"', '"px"', '"mm2"'],
        *["[1, 2]", "[]", '["a"]', "[0.5, 1mm]"],
    ]
)
names = st.sampled_from(NAMES)


def bigger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = ["+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "and", "or", "xor"]
    operators += ["<", "<=", ">", ">=", "==", "!=", "in", "not in"]
    slices = st.builds("{}:{}".format, st.sampled_from(["", "1", "-2"]), st.sampled_from(["", "3", "99", "1:-1"]))
    arguments = st.lists(
        parts | st.builds("{}={}".format, st.sampled_from(["n", "shape", "axes", "connectivity", "unit", "k"]), parts),
        max_size=4,
    )
    return st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from(operators), parts),
        st.builds("{} {} {}".format, parts, st.sampled_from(operators), parts),
        st.builds("{}{}".format, st.sampled_from(["-", "~", "not ", "+"]), parts),
        st.builds(lambda f, a: f"{f}({', '.join(a)})", st.sampled_from([*CATALOGUE, "f", "g"]), arguments),
        st.builds(lambda v, a: f"{v}[{', '.join(a)}]", parts, st.lists(parts | slices, min_size=1, max_size=3)),
        st.builds("[{}, {}]".format, parts, parts),
    )


expressions = st.recursive(names | literals, bigger, max_leaves=8)
# First arguments of the right kind, so that a call goes further than its first mistake.
likely = st.builds(
    "{}({}, {})".format,
    st.sampled_from([*CATALOGUE]),
    st.sampled_from(["im", "m", "im > 3", "label(im > 3)", "gray(im)", "im[im > 2]", "x"]),
    st.lists(expressions, min_size=1, max_size=3).map(", ".join),
)
statements = st.one_of(
    expressions,
    likely,
    st.builds("{} = {}".format, names, expressions),
    st.builds("output {} = {}".format, names, expressions),
    st.builds("assert {}".format, expressions),
    st.builds("def {}({}) = {}".format, st.sampled_from("fg"), st.sampled_from(["", "m", "m, n", "a, a"]), expressions),
    st.builds("param {} = {}".format, names, literals),
    st.builds("param {} = {} in {}..{}".format, names, literals, literals, literals),
    st.builds("input {}: {}".format, names, st.sampled_from(["image", "mask", "labels", "colour", "number", "text"])),
)


@given(st.lists(statements, min_size=1, max_size=4).map("\n".join), given_arrays)
@tried(400)
def test_sentences_without_sense(text: str, arrays: list[Any]) -> None:
    value_or_our_error(text, arrays)


@given(likely, given_arrays)
@tried(300)
def test_calls_with_any_arguments(text: str, arrays: list[Any]) -> None:
    value_or_our_error(text, arrays)


# --- programs with a slip --------------------------------------------------------------------------------------------


SENSE = [(case["expression"], case.get("inputs", {})) for _, case in conformance.CASES]
SENSE += [(path.read_text("utf-8"), {}) for path in sorted(EXAMPLES.glob("*.mask"))]


@st.composite
def slips(draw: Callable[..., Any]) -> tuple[str, list[Any]]:
    """A text that made sense before some characters were lost, doubled, swapped or put in; and arrays for it."""
    text, inputs = draw(st.sampled_from(SENSE))
    text = draw(slipped(st.just(text)))
    return text, [conformance.given(value) for value in inputs.values()] or ARRAYS[:1]


@given(slips())
@tried(400)
def test_programs_with_a_slip(made: tuple[str, list[Any]]) -> None:
    value_or_our_error(*made)


# --- depth and length ------------------------------------------------------------------------------------------------

DEEP = {
    "brackets": lambda n: "(" * n + "im" + ")" * n,
    "brackets on lines": lambda n: "(\n" * n + "im" + "\n)" * n,
    "unclosed brackets": lambda n: "(" * n + "im\n" + "a = 1\n" * 3,
    "unopened brackets": lambda n: "im" + ")" * n,
    "lists": lambda n: "[" * n + "1" + "]" * n,
    "tildes": lambda n: "~" * n + "im",
    "signs": lambda n: "- " * n + "im",
    "nots": lambda n: "not " * n + "im",
    "calls": lambda n: "dilate(" * n + "im" + ")" * n,
    "unclosed calls": lambda n: "dilate(" * n,
    "methods": lambda n: "im" + ".dilate()" * n,
    "subscripts": lambda n: "im" + "[0:1]" * n,
    "powers": lambda n: "im" + " ** 1" * n,
    "operators and brackets": lambda n: "(1 + " * n + "im" + ")" * n,
}
LONG = {
    "sum": lambda n: "im" + " + 0" * n,
    "products": lambda n: "im" + " * im" * n,
    "conjunction": lambda n: "im" + " & im" * n,
    "words": lambda n: "m" + " and m" * n,
    "comparisons": lambda n: "0" + " < im" * n,
    "mistaken comparisons": lambda n: "0" + " == im" * n,
    "list": lambda n: "im in [" + "1, " * n + "1]",
    "arguments": lambda n: "dilate(" + "im, " * n + "im)",
    "keywords": lambda n: "dilate(" + "k=im, " * n + "k=im)",
    "subscript": lambda n: "im[" + "1, " * n + "1]",
    "lines": lambda n: "v = im\n" * n + "v",
    "one after another": lambda n: "".join(f"v{i + 1} = v{i} + 0\n" for i in range(n)),
    "outputs": lambda n: "".join(f"output v{i} = {i}\n" for i in range(n)),
    "semicolons": lambda n: "im;" * n,
    "blank lines": lambda n: "\n" * n + "im",
    "comment": lambda n: "im # " + "x" * n,
    "text": lambda n: 'dilate(im, 1, "' + "x" * n + '")',
    "pattern": lambda n: 'dilate(im > 0, 1, "' + "1" * n + '", axes="x")',
    "name": lambda n: "v" * n,
    "number": lambda n: "1" * n,
    "hexadecimal number": lambda n: "0x" + "1" * n,
    "defs": lambda n: "".join(f"def f{i}(m) = m & m\n" for i in range(n)) + "f0(im > 0)",
    "calls of a def": lambda n: "def f(m) = ~m\n" + "v = im > 0\n" + "v = f(v)\n" * n + "v",
    "inputs": lambda n: " + ".join(f"im{i}" for i in range(n)),
    "params": lambda n: "".join(f"param p{i} = {i}\n" for i in range(n)) + "p0",
    "asserts": lambda n: "assert true\n" * n + "im",
    "unknown functions": lambda n: "".join(f"v{i} = dilat{i}(im)\n" for i in range(n)),
    "unknown outputs": lambda n: "".join(f"name{i} = 1\noutput nme{i}\n" for i in range(n)),
    "wrong characters": lambda n: "$" * n,
    "wrong lines": lambda n: "a = = 1\n" * n,
    "wrong kinds": lambda n: "v = (im > 0) + 1\n" * n,
    "closed brackets on lines": lambda n: "(" * n + "\n" * n + "im" + ")" * n,
    "quotes": lambda n: '"' * n,
    "carriage returns": lambda n: "\r" * n + "im",
    "tabs": lambda n: "\t" * n + "$",
}


@pytest.mark.parametrize("n", [30, 99, 100, 101, 3000])
@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_texts_as_deep_as_you_like(text: Callable[[int], str], n: int) -> None:
    value_or_our_error(text(n), ARRAYS[:1])


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_short_texts_of_what_may_be_long(text: Callable[[int], str]) -> None:
    for n in (1, 2, 4):
        value_or_our_error(text(n), ARRAYS[:1])


LARGE = {
    "text": '"' + "x" * 999_990 + '"',
    "escapes": '"' + r"\n" * 499_990 + '"',
    "unclosed text": '"' + "x" * 999_990,
    "pattern": 'hit_or_miss(im, "' + "1" * 999_000 + '")',
    "line breaks": "\n" * 1_000_000,
    "comments": "#\n" * 500_000,
    "blanks": " " * 1_000_000,
    "control characters": "\x01" * 1_000_000,
    "name": "v" * 1_000_000,
    "digits": "1" * 1_000_000,
    "chain": "&".join(["a>1"] * 4_990),
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_texts_as_long_as_they_may_be_take_little_memory(text: str) -> None:
    value_or_our_error("im", ARRAYS[:1])  # what is loaded once
    tracemalloc.start()
    try:
        maskexpr.compile(text)
    except maskexpr.MaskError as error:
        str(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 2**20


def test_little_stack_is_no_crash() -> None:
    """A program near the depth limit, checked from deep inside somebody else's calls."""
    text = "(1 + " * 90 + "im" + ")" * 90

    def deeper(left: int) -> None:
        if left:
            deeper(left - 1)
        else:
            value_or_our_error(text, ARRAYS[:1])

    frames = sys.getrecursionlimit() - 400
    deeper(frames - len(_stack()))


def _stack() -> list[Any]:
    frames, frame = [], sys._getframe()
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


@pytest.mark.parametrize("text", [*DEEP.values(), *LONG.values()], ids=[*DEEP, *LONG])
def test_texts_as_long_as_you_like_take_time_as_their_length(text: Callable[[int], str]) -> None:
    value_or_our_error(text(4), ARRAYS[:1])  # what is loaded once
    few, many = (calls_made(lambda n=n: value_or_our_error(text(n), ARRAYS[:1])) for n in (40, 400))
    assert many < 13 * few + 2000
