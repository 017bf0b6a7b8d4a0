"""What helps at the prompt: what is read as one text, completion, signatures, colours, history."""

import os
import stat

import pytest
from helpers.each import each
from helpers.places import EXAMPLES
from helpers.repl_typing import Typing
from hypothesis import given
from hypothesis import strategies as st

from maskexpr.library import CATALOGUE
from maskexpr.repl import history
from maskexpr.repl.completing import Known, completions, signature
from maskexpr.repl.reading import ends, entries, is_open
from maskexpr.session import Session

# --- what is one text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("dilate(im", True),
        ("dilate(im,\n  n=2", True),
        ("dilate(im,\n  n=2)", False),
        ("[1, (2", True),
        ("a[1:", True),
        ("f(a]", False),
        (")", False),
        ("f('(", False),
        ("'(", False),
        ("# f(", False),
        ("f( # (", True),
        ("f(\noutput x", False),
        ("a = 1 +", False),
        ("", False),
        (":load im (x", False),
        (":set low max(a,", True),
    ],
)
def test_an_open_bracket_goes_on(text, open_):
    assert is_open(text) == open_


def test_an_empty_line_ends_what_is_open():
    assert ends("f(\n")
    assert ends("f(\n  a,\n  ")
    assert not ends("f(\n\n a")
    assert not ends("")


def test_a_text_of_several_lines_is_taken_apart_at_commands():
    text = "a = 1\nb = f(\n  1,\n\n  2)\n:vars\n:set a max(1,\n 2)\nc = (\n:undo\n\nd"
    assert list(entries(text)) == [
        "a = 1\nb = f(\n  1,\n\n  2)",
        ":vars",
        ":set a max(1,\n 2)",
        "c = (",
        ":undo",
        "\nd",
    ]
    assert list(entries("")) == [""]


def test_a_pasted_program_is_done_whole(typing):
    assert typing("bone = im > 64\n\nn = area(\n  bone)\n:time off\nn").splitlines()[-1] == "93181"
    assert typing.session.lines[-1] == "n = area(\n  bone)"


@given(st.text(alphabet=st.sampled_from("ab1 ()[],.=:#'\"\n&|~<>-é\\;\t\x1b"), max_size=30))
def test_whatever_is_typed_nothing_but_mistakes_comes_of_it(text):
    typing = Typing()
    well = typing.reader.do(text)
    assert "a fault of maskexpr" not in typing.warned
    assert well in (True, False)
    assert is_open(text) in (True, False)


# --- completion ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known():
    session = Session()
    session.load("im", str(EXAMPLES / "ankle.png"))
    session.enter(
        "low = 32; body = im > low; cells = measure(body, area, extent); def rim(m, n) = dilate(m, n) & ~erode(m, n)"
    )
    return Known.of(session)


def offered(text, known):
    """The whole texts that completing makes."""
    return [text[: c.start] + c.text for c in completions(text, known)]


@each(
    "text, first",
    [
        ("bod", ["body"]),
        ("x = keep_l", ["x = keep_largest("]),
        ("ri", ["rim("]),
        ("dilate(body, ", ["dilate(body, n=", "dilate(body, shape=", "dilate(body, axes=", "dilate(body, im"]),
        ("dilate(body, n=2, ", ['dilate(body, n=2, "diamond"']),
        ("dilate(body, shape=", [f'dilate(body, shape="{s}"' for s in ("diamond", "square", "disk")]),
        ('dilate(body, shape="d', ['dilate(body, shape="diamond', 'dilate(body, shape="disk']),
        ("body.dilate(sh", ["body.dilate(shape="]),
        ("body.dil", ["body.dilate("]),
        ("keep(body, soli", ["keep(body, solidity"]),
        ("keep(body, area > 3 & (mean_in", ["keep(body, area > 3 & (mean_intensity"]),
        ("keep(body, area > 3, o", ["keep(body, area > 3, of="]),
        ("measure(body, area, soli", ["measure(body, area, solidity"]),
        ("cells[ex", ["cells[extent"]),
        ('cells["', [f'cells["{c}' for c in ("label", "area", "extent")]),
        ("im > 3 a", ["im > 3 and "]),
        ("labels n", ["labels not in "]),
        ("as", ["assert "]),
        ("input m: ma", ["input m: mask"]),
        ("a = 1; bod", ["a = 1; body"]),
        ("f(\n  bod", ["f(\n  body"]),
        (":sc", [":script "]),
        (":va", [":vars"]),
        (":set lo", [":set low"]),
        (":set low otsu(i", [":set low otsu(im"]),
        (":help dila", [":help dilate"]),
        (":view c", [":view contour"]),
        (":time o", [":time on", ":time off"]),
        (":hist i", [":hist im"]),
        (":save b", [":save body"]),
    ],
)
def test_completions(text, first, known):
    assert offered(text, known)[: len(first)] == first


@pytest.mark.parametrize(
    "text",
    ["# bod", "3", "32.5", "2m", "def ", "param lo", "input bo", '"bod', ":nix x", ":save body b.png x", "x" * 30_000],
)
def test_nothing_is_offered_where_nothing_fits(text, known):
    assert offered(text, known) == []


def test_keywords_that_are_given_are_not_offered_again(known):
    assert "n=" not in [c.text for c in completions("dilate(body, n=2, ", known)]
    assert "shape=" in [c.text for c in completions("dilate(body, n=2, ", known)]
    assert not {"m=", "n="} & {c.text for c in completions("dilate(body, 2, ", known)}


def test_functions_are_offered_with_how_they_are_called_and_what_they_do(known):
    found = {c.text: c for c in completions("dila", known)}["dilate("]
    assert (found.listed, found.says) == (CATALOGUE["dilate"].call, CATALOGUE["dilate"].summary)
    names = {c.text: c.says for c in completions("bod", known)}
    assert names == {"body": "mask 880x380"}


def test_files_are_offered_where_they_are_meant(folder, known):
    (folder / "data").mkdir()
    for name in ("p.mask", ".hidden.mask", "my leg.png", "data/q.mask"):
        (folder / name).touch()
    assert offered(":load im ", known) == [
        ":load im data/",
        ":load im leg.png",
        ':load im "my leg.png"',
        ":load im p.mask",
    ]
    assert offered(':load im "my', known) == [':load im "my leg.png"']
    assert offered(":load im data/", known) == [":load im data/q.mask"]
    assert offered(":run ", known) == [":run data/", ":run p.mask"]
    assert offered(":run .h", known) == [":run .hidden.mask"]
    assert offered('use "p', known) == ['use "p.mask']
    assert offered('input im = "le', known) == ['input im = "leg.png']
    assert offered('input im: image = "data/q', known) == ['input im: image = "data/q.mask']
    assert offered(":run no/such/", known) == []
    assert offered(f":run {folder}/p", known) == [f":run {folder}/p.mask"]


@pytest.mark.parametrize(
    ("text", "before", "argument"),
    [
        ("dilate(", "dilate(", "m"),
        ("dilate(body, ", "dilate(m, ", "n=1"),
        ("dilate(body, shape=", "dilate(m, n=1, ", 'shape="diamond"'),
        ("area(dilate(body, 2), ", "area(m, ", 'unit="px"'),
        ("dilate((body", "dilate(", "m"),
        ("body.dilate(", "dilate(m, ", "n=1"),
        ("rim(body, ", "rim(m, n)", ""),
        ("dilate(a, b, c, d, e", 'dilate(m, n=1, shape="diamond", axes=none', ""),
    ],
)
def test_the_signature_of_the_call_at_the_cursor(text, before, argument, known):
    found = signature(text, known)
    assert (found.before, found.argument) == (before, argument)


def test_no_signature_outside_of_calls(known):
    assert [signature(t, known) for t in ("", "im", "dilate(body)", "nix(a", ":set low otsu(", "# dilate(")] == [
        None
    ] * 6


@given(st.text(max_size=40) | st.text(alphabet="abimkeep()[]=,.:'\"# \n>&1", max_size=40))
def test_help_at_the_cursor_never_fails(text):
    known = Known()
    assert all(0 <= c.start <= len(text) for c in completions(text, known))
    signature(text, known)


# --- colours ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lexer():
    pytest.importorskip("pygments")
    from maskexpr.repl.highlighting import MaskLexer

    return MaskLexer()


def looks(lexer, text):
    return [
        (str(kind).removeprefix("Token."), piece)
        for _, kind, piece in lexer.get_tokens_unprocessed(text)
        if piece.strip()
    ]


def test_tokens_are_those_of_the_grammar(lexer):
    assert looks(lexer, 'output m = dilate(im, 2px) and not "x" # why') == [
        ("Keyword", "output"),
        ("Name", "m"),
        ("Operator", "="),
        ("Name.Function", "dilate"),
        ("Punctuation", "("),
        ("Name", "im"),
        ("Punctuation", ","),
        ("Literal.Number", "2px"),
        ("Punctuation", ")"),
        ("Operator.Word", "and"),
        ("Operator.Word", "not"),
        ("Literal.String", '"x"'),
        ("Comment", "# why"),
    ]
    assert looks(lexer, "true && é 'x") == [
        ("Keyword.Constant", "true"),
        ("Error", "&&"),
        ("Error", "é"),
        ("Literal.String", "'x"),
    ]


def test_commands_have_the_colours_of_their_value(lexer):
    assert looks(lexer, ":load im a(1).png") == [("Name.Builtin", ":load"), ("Text", " im a(1).png")]
    assert looks(lexer, ":set low max(3)")[:3] == [
        ("Name.Builtin", ":set"),
        ("Text", " low "),
        ("Name.Function", "max"),
    ]


@given(st.text(max_size=60) | st.text(alphabet="ab1:set '\"#\n()é\x00", max_size=40))
def test_each_character_has_one_look(text):
    pytest.importorskip("pygments")
    from maskexpr.repl.highlighting import MaskLexer

    pieces = list(MaskLexer().get_tokens_unprocessed(text))
    assert "".join(piece for _, _, piece in pieces) == text
    at = 0
    for start, _, piece in pieces:
        assert start == at
        at += len(piece)


# --- history ---------------------------------------------------------------------------------------------------------


def test_history_is_kept_where_only_its_owner_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = history.kept_file("history")
    assert path == tmp_path / "state" / "maskexpr" / "history"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_history_does_not_grow_for_ever(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = history.kept_file("history")
    path.write_text("".join(f"line {i}\n" for i in range(200_000)))
    lines = history.kept_file("history").read_text().splitlines()
    assert lines[-1] == "line 199999"
    assert lines[0].startswith("line ")
    assert path.stat().st_size <= 2**19


def test_without_a_place_there_is_no_history(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert history.kept_file("history") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "maskexpr").mkdir()
    os.mkfifo(tmp_path / "maskexpr" / "history")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert history.kept_file("history") is None
