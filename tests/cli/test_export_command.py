"""maskexpr export: a program as a module of Python, printed or in a file of its own."""

from pathlib import Path

import pytest
from helpers.command_shell import Shell
from helpers.places import ANKLE, EXAMPLES


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)


def test_a_program_is_printed(shell: Shell) -> None:
    """With its own files as inputs, and params as they are given as defaults."""
    code, out, err = shell("export", EXAMPLES / "tissue.mask", "-p", "low=40")
    assert (code, err) == (0, "")
    assert out.startswith("# Exported by maskexpr from tissue.mask\n")
    assert "def tissue(im, *, low=40, high=64, reach=2):" in out


def test_an_expression_is_printed(shell: Shell) -> None:
    code, out, err = shell("export", "dilate((im > 32) & ~(im > 64), 2)", f"im={ANKLE}")
    assert (code, err) == (0, "")
    assert "    return ndimage.binary_dilation((im > 32) & ~(im > 64), iterations=2)\n" in out


def test_a_file_is_written_and_written_anew(shell: Shell) -> None:
    for low in (30, 40):
        assert shell("export", EXAMPLES / "tissue.mask", "-p", f"low={low}", "-o", "tissue.py") == (0, "", "")
        assert f"low={low}" in Path("tissue.py").read_text("utf-8")


def test_other_files_are_left_alone(shell: Shell) -> None:
    """Whatever is no exported program, and what does not end in .py."""
    Path("mine.py").write_text("print('mine')\n", "utf-8")
    code, _, err = shell("export", "im > 3", f"im={ANKLE}", "-o", "mine.py")
    assert code == 2
    assert "cannot write mine.py: there is a file that maskexpr did not export" in err
    assert Path("mine.py").read_text("utf-8") == "print('mine')\n"
    code, _, err = shell("export", "im > 3", f"im={ANKLE}", "-o", "mine.txt")
    assert code == 2
    assert "it does not end in .py" in err
    assert "write mine.txt.py, say" in err
    assert not Path("mine.txt").exists()


def test_inputs_without_a_file_are_asked_for(shell: Shell) -> None:
    code, _, err = shell("export", "im > other", f"im={ANKLE}")
    assert code == 2
    assert "the type and the number of axes of other" in err


def test_mistakes_are_told(shell: Shell) -> None:
    code, _, err = shell("export", "dilat(im > 3)", f"im={ANKLE}")
    assert code == 1
    assert "did you mean dilate?" in err
