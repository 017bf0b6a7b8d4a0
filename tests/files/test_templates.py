"""Templates of paths: names in braces, and nothing else; what is filled in leads nowhere else."""

import os
import string

import pytest
from helpers.each import each
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.files import templates

VALUES = {"stem": "a b", "output": "m", "im.stem": "a{b}", "im.name": "a.nii.gz", "im.parent": "p/q", "k.parent": ""}

# What names of files may hold on every system, and what confuses parsers.
NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="/\\"), min_size=1, max_size=12)
PLAIN = NAMES.filter(lambda name: name not in (".", ".."))


@each(
    "text, path",
    [
        ("{stem}-{output}", "a b-m"),
        ("{im.parent}/{im.stem}.png", "p/q/a{b}.png"),
        ("{k.parent}/x.png", "x.png"),
        ("o/{k.parent}/x.png", "o/x.png"),
        ("/{k.parent}/x.png", "/x.png"),
        ("o//{k.parent}/x", "o//x"),
        ("{{{stem}}}", "{a b}"),
        ("{{stem}}", "{stem}"),
        ("ct/{stem}/", "ct/a b/"),
        ("../{stem}", "../a b"),
        ("", None),
        ("{k.parent}", None),
        ("{k.parent}/", None),
    ],
)
def test_names_are_filled_in(text, path):
    template = templates.parsed(text)
    if path is None:
        with pytest.raises(maskexpr.InputError, match="leads elsewhere"):
            template.filled(VALUES)
    else:
        assert template.filled(VALUES) == path.replace("/", os.sep)


@each(
    "text, said",
    [
        ("{stem!r}", "there is no {stem!r}; write {stem}, and nothing else in braces"),
        ("{stem:>300}", "there is no {stem:>300}; write {stem}"),
        ("{output[0]}", "there is no {output[0]}; write {output}"),
        ("{imm.stem}", "there is no {imm.stem}; write {im.stem}"),
        ("{im.stem.x}", "there is no {im.stem.x}"),
        ("{ stem}", "there is no { stem}; there are {stem}, {output}"),
        ("{x}", "is written {{ or }}"),
        ("{}", "a brace has no partner, or no name between them"),
        ("{stem", "a brace has no partner"),
        ("stem}", "a brace has no partner"),
        ("{a{b}}", "a brace has no partner"),
    ],
)
def test_what_is_no_template(text, said):
    with pytest.raises(maskexpr.InputError) as raised:
        templates.parsed(text).filled(VALUES)
    assert said in str(raised.value)


@given(PLAIN, PLAIN)
def test_any_name_is_filled_in_as_it_is(before, name):
    text = f"{templates.escaped(before)}/{{stem}}"
    assert templates.parsed(text).filled({"stem": name}) == os.path.join(before, name)
    assert templates.parsed(templates.escaped(name)).plain == name


@given(
    st.lists(st.sampled_from(["{a}", "{b}", "/", "x", "..", "."]), max_size=6), st.sampled_from([".", "..", "a", ""])
)
def test_values_lead_nowhere_else(pieces, value):
    """A folder above, or the same, is only where the template itself says so."""
    text = "".join(pieces)
    try:
        path = templates.parsed(text).filled({"a": value, "b": "."})
    except maskexpr.InputError:
        return
    plain = text.replace("{a}", "x").replace("{b}", "x")
    for part in (os.pardir, os.curdir):
        said = 1 if path.startswith(os.path.join(os.curdir, "-")) and part == os.curdir else 0
        assert path.split(os.sep).count(part) <= plain.split("/").count(part) + said


@given(st.text(string.ascii_letters + "{}.!:[]", max_size=12))
def test_it_reads_what_format_strings_of_names_alone_read(text):
    """Python's own parser agrees on what is text and what is a name, where it finds nothing but names."""
    try:
        expected = list(string.Formatter().parse(text))
    except ValueError:
        expected = None
    try:
        found = templates.parsed(text)
    except maskexpr.InputError:
        assert expected is None or any(name == "" or "{" in (form or "") for _, name, form, _ in expected)
        return
    if expected is not None and not any(form or conversion for _, _, form, conversion in expected):
        assert found.plain == "".join(part for part, *_ in expected)
