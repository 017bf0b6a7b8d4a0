"""maskexpr errors: every code, and one with all that it says."""

import json
from pathlib import Path

import pytest
from helpers.command_shell import Shell

import maskexpr


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def test_all_codes_are_listed(shell: Shell) -> None:
    code, out, _ = shell("errors")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(maskexpr.error_codes())
    assert max(map(len, out.splitlines())) < 120


def test_one_with_its_example(shell: Shell) -> None:
    code, out, _ = shell("errors", "precedence")
    assert code == 0
    assert out.startswith("precedence: error\n\n    ~im > 64\n\nexpression:1:1: error: ~ binds tighter")
    assert "  {operator} takes masks and binds looser than {comparison}; did you mean {suggestion}?" in out
    assert "  with im: 4x5 uint8\n" in shell("errors", "cast")[1]


def test_those_of_files_have_no_example(shell: Shell) -> None:
    code, out, _ = shell("errors", "file-too-large")
    assert code == 0
    assert out.startswith("file-too-large: error\n\nIt says\n\n")


def test_as_data(shell: Shell) -> None:
    found = json.loads(shell("errors", "--json")[1])
    assert [entry["code"] for entry in found] == list(maskexpr.error_codes())
    assert found[0].keys() == {"code", "severities", "wordings", "example"}
    (one,) = json.loads(shell("errors", "--json", "no-if")[1])
    assert one["example"]["program"] == "if im > 3: 0"


def test_a_code_that_is_none(shell: Shell) -> None:
    code, _, err = shell("errors", "precedense")
    assert (code, err) == (2, "error: there is no code precedense of errors; did you mean precedence?\n")
    assert "maskexpr errors lists them" in shell("errors", "q" * 20)[2]


def test_control_characters_of_examples_are_not_printed(shell: Shell) -> None:
    for code in ("character-forbidden", "no-result", "backslash"):
        assert shell("errors", code)[1].replace("\n", "").isprintable()
