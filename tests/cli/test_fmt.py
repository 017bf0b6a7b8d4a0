"""maskexpr fmt: files in place, or seen only; those that cannot be read left alone."""

import io
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.command_shell import Shell
from helpers.places import EXAMPLES

TYPED, LAID_OUT = "a=im>3 # sure\n\n\noutput b = ( a )", "a = im > 3  # sure\n\noutput b = (a)\n"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("typed.mask").write_text(TYPED, "utf-8")
    Path("good.mask").write_bytes(LAID_OUT.encode())
    Path("broken.mask").write_text("a=(im", "utf-8")
    return Shell(tmp_path, capsys)


def test_the_examples_are_laid_out(shell: Shell) -> None:
    count = len(list(EXAMPLES.glob("*.mask")))
    assert shell("fmt", "--check", EXAMPLES) == (0, f"0 of {count} programs would change\n", "")


def test_files_are_changed_in_place(shell: Shell) -> None:
    Path("typed.mask").chmod(0o640)
    Path("link.mask").symlink_to("typed.mask")
    good = Path("good.mask").stat()
    assert shell("fmt", "link.mask", "good.mask") == (0, "link.mask\n1 of 2 programs changed\n", "")
    assert Path("typed.mask").read_bytes() == LAID_OUT.encode()
    assert Path("typed.mask").stat().st_mode & 0o777 == 0o640
    assert Path("link.mask").is_symlink()
    assert Path("good.mask").stat().st_mtime_ns == good.st_mtime_ns
    assert shell("fmt", "typed.mask") == (0, "0 of 1 program changed\n", "")


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + LAID_OUT.encode(), LAID_OUT.replace("\n", "\r\n").encode()])
def test_line_ends_and_marks_of_other_systems_go(shell: Shell, data: bytes) -> None:
    Path("theirs.mask").write_bytes(data)
    assert shell("fmt", "--check", "theirs.mask")[0] == 1
    assert shell("fmt", "theirs.mask")[0] == 0
    assert Path("theirs.mask").read_bytes() == LAID_OUT.encode()


def test_check_and_diff_write_nothing(shell: Shell) -> None:
    before = {path.name: path.read_bytes() for path in shell.folder.iterdir()}
    assert shell("fmt", "--check", "typed.mask", "good.mask") == (1, "typed.mask\n1 of 2 programs would change\n", "")
    assert shell("fmt", "--check", "good.mask")[0] == 0
    code, difference, err = shell("fmt", "--diff", "typed.mask", "good.mask")
    assert (code, err) == (0, "")
    assert shell("fmt", "--diff", "--check", "typed.mask", "good.mask") == (1, difference, "")
    assert {path.name: path.read_bytes() for path in shell.folder.iterdir()} == before
    subprocess.run(["patch", "-p0"], input=difference, text=True, check=True, capture_output=True)
    assert Path("typed.mask").read_bytes() == LAID_OUT.encode()


def test_a_file_that_cannot_be_read_is_left_alone_and_the_others_are_not(shell: Shell) -> None:
    code, out, err = shell("fmt", "broken.mask", "typed.mask")
    assert (code, out) == (1, "typed.mask\n1 of 2 programs changed\n")
    assert err.startswith("broken.mask:1:3: error: this ( is never closed\n")
    assert Path("broken.mask").read_text("utf-8") == "a=(im"
    Path("picture.mask").write_bytes(b"\x89PNG\xff")
    code, _, err = shell("fmt", "--check", "missing.mask", "picture.mask", "broken.mask")
    assert code == 2
    assert [line.split(":")[0] for line in err.splitlines() if "error" in line] == ["error", "error", "broken.mask"]
    assert Path("picture.mask").read_bytes() == b"\x89PNG\xff"


def test_folders(shell: Shell) -> None:
    Path("broken.mask").unlink()
    for folder in ("below/deeper", "below/.hidden", "empty"):
        Path(folder).mkdir(parents=True)
        (Path(folder) / "a.txt").write_text(TYPED, "utf-8")
    for path in ("below/deeper/b.mask", "below/.hidden/c.mask", "below/d.mask"):
        Path(path).write_text(TYPED, "utf-8")
    assert shell("fmt", ".") == (
        0,
        "./typed.mask\n./below/d.mask\n./below/deeper/b.mask\n3 of 4 programs changed\n",
        "",
    )
    assert Path("below/.hidden/c.mask").read_text("utf-8") == TYPED
    Path("typed.mask").write_text(TYPED, "utf-8")
    code, _, err = shell("fmt", "typed.mask", "empty")
    assert (code, err) == (2, "error: there is no .mask file in empty or below; name a program file\n")
    assert Path("typed.mask").read_text("utf-8") == TYPED


def test_a_patch_is_of_a_name_with_blanks(shell: Shell) -> None:
    Path("two words.mask").write_text("a=im>3\n")
    difference = shell("fmt", "--diff", "two words.mask")[1]
    subprocess.run(["patch", "-p0"], input=difference, text=True, check=True, capture_output=True)
    assert Path("two words.mask").read_text() == "a = im > 3\n"


def test_a_program_is_alone_on_standard_output(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("other.mask").write_text("a=im>3\n")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"b=im>4")))
    assert shell("fmt", "-", "other.mask") == (0, "b = im > 4\n", "other.mask\n2 of 2 programs changed\n")


def test_standard_input_goes_to_standard_output(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(text: str, *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
        return shell("fmt", *options, "-")

    assert give(TYPED) == (0, LAID_OUT, "")
    assert give(TYPED, "--check") == (1, "", "")
    assert give(LAID_OUT, "--check") == (0, "", "")
    assert give(TYPED, "--diff")[1].startswith("--- -\n+++ -\n")
    code, out, err = give("a=(im")
    assert (code, out) == (1, "")
    assert err.startswith("standard input:1:3: error: ")


def test_what_is_no_file_is_not_replaced(shell: Shell) -> None:
    code, _, err = shell("fmt", "/dev/null")
    assert code == 2
    assert "/dev/null is a device or pipe" in err
