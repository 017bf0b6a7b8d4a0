"""One layout for each program: what it looks like, and that it is the same program however it was typed."""

import functools
import random
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from helpers import conformance
from helpers.every_result import programs as machine_programs
from helpers.places import EXAMPLES, TESTS
from helpers.random_masks import mask_programs
from helpers.random_programs import Program
from helpers.random_programs import programs as number_programs
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.diagnostics.source import Source, Span
from maskexpr.inside import stages
from maskexpr.language.formatting import on_one_line, statements
from maskexpr.language.formatting.lines import lines_of
from maskexpr.language.parser.grammar import lex
from maskexpr.program.identity import of_step, of_value

LAYOUTS = [
    case.split("\n---\n")
    for case in (TESTS / "language" / "formatting" / "layouts.txt").read_text("utf-8").split("\n=====\n")
]


@pytest.mark.parametrize(("typed", "laid_out"), LAYOUTS)
def test_what_it_looks_like(typed: str, laid_out: str) -> None:
    assert maskexpr.format(typed) == laid_out.rstrip("\n") + "\n"


# --- the same program ------------------------------------------------------------------------------------------------


@functools.cache
def readable_texts() -> list[str]:
    found = [case["expression"] for _, case in conformance.CASES]
    found += [text for _, case in conformance.CASES for text in case.get("files", {}).values()]
    found += machine_programs()
    found += [path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.mask"))]
    found += re.findall(r"```python\n(input .*?)```", (EXAMPLES.parent / "README.md").read_text("utf-8"), re.DOTALL)
    found += [laid_out for _, laid_out in LAYOUTS]
    return [text for text in found if is_readable(text)]


def is_readable(text: str) -> bool:
    try:
        maskexpr.format(text)
    except maskexpr.ProgramError:
        return False
    return True


def test_the_texts_are_many_and_few_cannot_be_read() -> None:
    assert len(readable_texts()) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("width", [100, 20, 1])
def test_formatting_changes_no_program(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps, kinds, docs and messages, as far as they do not say where something stands; and no comment is lost."""
    monkeypatch.setattr(statements, "WIDTH", width)
    for text in readable_texts():
        expect_same_program(text)


def expect_same_program(text: str) -> str:
    formatted = maskexpr.format(text)
    assert maskexpr.format(formatted) == formatted
    assert "\r" not in re.sub(r'"[^"\n]*"', "", formatted)
    assert not re.search(r"[ \t]\n|\n\n\n|^\n|\n\n$", formatted)
    assert formatted.endswith("\n") or not formatted
    assert Counter(comments_of(text)) == Counter(comments_of(formatted))
    assert means(text) == means(formatted)
    return formatted


def comments_of(text: str) -> list[str]:
    lines = lines_of(text)
    return [p.text for line in lines for p in line.pieces if p.kind == "COMMENT"] + [line.comment for line in lines]


def means(text: str) -> object:
    """What a program says of itself, or what is wrong with it; that the nodes are the same is seen to in each run."""
    try:
        program = maskexpr.compile(text)
    except maskexpr.ProgramError as error:
        return [d.code for d in error.diagnostics]
    declared = [replace(info, source=None, span=None, meant=None) for info in program.inputs]
    params = [replace(info, source=None, span=None) for info in program.params]
    return program.outputs, declared, params, [d.code for d in program.warnings]


@pytest.mark.slow
@given(number_programs() | mask_programs())
@tried(60)
def test_formatted_programs_give_the_same(made: Program | tuple[str, dict[str, Any]]) -> None:
    text, values = (made.text, {**made.inputs, **made.given}) if isinstance(made, Program) else made
    formatted = expect_same_program(text)
    assert found(formatted, values) == found(text, values)


def found(text: str, values: dict[str, Any]) -> object:
    """The steps, and the results to the last bit, or what is wrong."""
    try:
        steps = stages(maskexpr.compile(text), values).checked.steps
        results = maskexpr.compile(text)(**values)
    except maskexpr.MaskError as error:
        return [d.code for d in error.diagnostics]
    places = {step: i for i, step in enumerate(steps)}
    made = [of_step(step, places.get) for step in steps]
    return made, [of_value(value) for value in (results.values() if isinstance(results, dict) else [results])]


# --- however it was typed --------------------------------------------------------------------------------------------


@given(st.deferred(lambda: st.sampled_from(readable_texts())), st.integers(0, 2**32), st.sampled_from([100, 30]))
@tried(150)
def test_the_layout_does_not_depend_on_how_it_was_typed(text: str, seed: int, width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statements, "WIDTH", width)
        bare = re.sub(r"\n\n+", "\n", maskexpr.format(without_comments(text)))
        assert maskexpr.format(typed_anew(bare, random.Random(seed), [])) == bare
        commented = typed_anew(bare, random.Random(seed), ["# a", "#b ", "#", "#!c"])
        assert not any(comments_of(without_comments(expect_same_program(commented))))


def without_comments(text: str) -> str:
    """The same program with a blank for each comment."""
    tokens, end, parts = lex(text), 0, list[str]()
    for token in tokens:
        parts += [" " if "#" in text[end : token.start_pos] else text[end : token.start_pos], str(token)]
        end = token.end_pos or 0
    return "".join(parts)


def typed_anew(text: str, rng: random.Random, comments: list[str]) -> str:
    """A text with other blanks and line breaks between its tokens, with a `;` here and there, and with comments."""
    parts, depth, end = [], 0, 0
    for token in lex(text):
        gaps = [" ", " ", "  ", "\t"] if token.start_pos and token.start_pos > end else [""]
        breaks = ["\n", "\r\n", "\r", "\n\n", *(f"{c}\n" for c in comments), *(f"\n  {c}\r\n" for c in comments)]
        if depth:
            gaps += [gap + end_of_line for gap in gaps[:1] for end_of_line in breaks]
        depth += (token in ("(", "[")) - (token in (")", "]"))
        parts.append(rng.choice(gaps))
        if token.type == "NEWLINE" and not depth:
            parts.append(rng.choice(["\n", "\r\n", "\r", *(["; "] if not comments else breaks)]))
        elif token.type != "NEWLINE":
            parts.append(str(token))
        end = token.end_pos or 0
    return "".join(parts)


def test_an_expression_in_a_line_of_something_else() -> None:
    """As explain shows it."""
    text = "output t = (\n    m  # the mask\n    # and not\n    & ~ k\n) & 'a'!=\"b\""
    program = maskexpr.compile("output m = (\n    im>otsu( im,  # all of it\n    )\n    # and not\n    & k )")
    assert "  m = im > otsu(im) & k\n" in program.explain()
    span = Span(text.index("("), len(text))
    assert on_one_line(Source(text), span) == '(m & ~k) & "a" != "b"'


# --- what is refused, and what is long -------------------------------------------------------------------------------


def test_what_cannot_be_read_is_an_error_of_ours() -> None:
    with pytest.raises(maskexpr.ProgramError, match=r"here:2:1: error: .*\n    \( = 2\n"):
        maskexpr.format("a = 1\n( = 2", name="here")


@pytest.mark.parametrize("text", ["", "\n\n", "# alone", "\n # alone\n\n\n", "a;;\n;b;"])
def test_texts_with_little_in_them(text: str) -> None:
    formatted = maskexpr.format(text)
    assert maskexpr.format(formatted) == formatted
    assert formatted.split() == text.replace(";", " ").split()


@pytest.mark.parametrize("depth", [1, 50, 9_000])
def test_brackets_as_deep_as_you_like(depth: int) -> None:
    text = "(" * depth + "m & " + "k" * 100 + ")" * depth
    assert maskexpr.format(text).replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_a_layout_that_is_too_long_a_program_is_refused() -> None:
    """With what it takes to break lines there are more tokens than a program may have."""
    text = " & ".join(["m > 1"] * 4_999)
    assert maskexpr.compile(text)
    with pytest.raises(maskexpr.ProgramError, match="more than 20,000 words"):
        maskexpr.format(text)
