"""The catalogue as it is printed: all of it on one screen, a subject, one function."""

import pytest
from helpers.each import each

from maskexpr.cli import main
from maskexpr.explain import manual
from maskexpr.library import CATALOGUE, PROPERTIES, SUBJECTS


@pytest.mark.parametrize("width", [79, 100, 119])
def test_all_functions_fit_on_one_screen(width):
    text = manual.overview(width)
    assert len(text.splitlines()) <= (50 if width < 100 else 40)
    assert max(map(len, text.splitlines())) <= width
    for name in (*CATALOGUE, *PROPERTIES, *SUBJECTS):
        assert name in text


def test_every_function_has_a_subject():
    assert {record.group for record in CATALOGUE.values()} == set(SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_listed_line_by_line(subject):
    lines = manual.page(subject, 100).splitlines()
    records = [record for record in CATALOGUE.values() if record.group == subject]
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [r.call.split()[0] for r in records]
    assert max(map(len, lines)) <= 100


def test_properties_are_listed():
    lines = manual.page("properties", 100).splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(PROPERTIES)


def test_a_name_may_be_a_function_and_a_property():
    text = manual.page("area", 100)
    assert "area(m, unit=" in text
    assert "area, a property of regions" in text


@each("record", CATALOGUE.values())
def test_the_first_sentence_says_what_a_function_does(record):
    assert 10 < len(record.summary) < 130


def test_the_command_shows_them(capsys):
    assert main(["functions"]) == 0
    assert "keep_largest" in capsys.readouterr().out
    assert main(["functions", "close"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith('close(m, n=1, shape="diamond", axes=none, border="empty") -> image or labels or mask\n')
    assert ">>> evaluate" in shown
    assert "iterations= for n=" in shown
    assert main(["functions", "solidity"]) == 0
    assert "convex hull" in capsys.readouterr().out
    assert main(["functions", "solidty"]) == 2
    assert "did you mean solidity" in capsys.readouterr().err
