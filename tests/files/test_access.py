"""What a program may name, and what was read is not written over."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from helpers import rasters
from helpers.command_shell import Shell
from helpers.each import each

from maskexpr.diagnostics.errors import FileError, InputError
from maskexpr.files import programs
from maskexpr.files.access import Access
from maskexpr.program.steps import InputInfo
from maskexpr.session import Session

IMAGE = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """In a folder beside another: both have an image and a library, and ours has links to the other's."""
    home, other = tmp_path / "home", tmp_path / "other"
    for folder in (home, other, home / "below"):
        folder.mkdir()
        rasters.write(folder / "a.png", IMAGE, kind="image")
        (folder / "lib.mask").write_text("def f(m) = m & m\n", "utf-8")
    (home / "link.png").symlink_to(other / "a.png")
    (home / "link.mask").symlink_to(other / "lib.mask")
    (home / "within.png").symlink_to("below/a.png")
    (home / "loop.png").symlink_to("loop.png")
    os.mkfifo(home / "pipe")
    monkeypatch.chdir(home)
    return Shell(home, capsys)


@contextmanager
def standard_input(monkeypatch: pytest.MonkeyPatch, stream: BinaryIO) -> Iterator[None]:
    with monkeypatch.context() as patch, io.TextIOWrapper(stream) as text:
        patch.setattr(sys, "stdin", text)
        yield


def programs_of(path: str) -> dict[str, str]:
    """A program that names a file in each way there is."""
    library = path.replace("a.png", "lib.mask").replace(".png", ".mask")
    return {"input": f'input im = "{path}"\narea(im > 3)', "use": f'use "{library}"\nf(1 < 2)'}


@pytest.mark.parametrize("path", ["below", "below/*.png", "b*/*", "./below/"])
def test_a_link_among_the_files_of_a_default_leads_nowhere_else(shell: Shell, path: str) -> None:
    Path("p.mask").write_text(f'input im = "{path}"\narea(im > 3)', "utf-8")
    assert "DICOM" in shell("run", "p.mask")[2]  # all of it may be read, and is no series
    Path("below/other.png").symlink_to(shell.folder.parent / "other" / "a.png")
    assert "links followed" in shell("run", "p.mask")[2]
    assert "DICOM" in shell("run", "p.mask", "--allow-read", "../other")[2]
    assert shell("run", "p.mask", f"im={path}")[0] == 0  # each of them, as the person names them


def test_an_array_of_several_is_named_behind_a_path(shell: Shell) -> None:
    """Links are followed there, too; a file that has a colon in its name is that file."""
    other = shell.folder.parent / "other"
    for folder in (shell.folder, other):
        np.savez(folder / "b.npz", im=IMAGE, more=IMAGE + 1)
    Path("link.npz").symlink_to(other / "b.npz")
    for path, code in {"b.npz:im": 0, "./b.npz:im": 0, "link.npz:im": 2, "../other/b.npz:im": 2}.items():
        Path("p.mask").write_text(f'input im = "{path}"\nsum(im)', "utf-8")
        assert shell("run", "p.mask")[0] == code
        assert shell("run", "p.mask", "--allow-read", "../other")[:2] == (0, "result = 66\n")
        assert shell("eval", "sum(im)", f"im={path}")[:2] == (0, "66\n")
    assert "b.npz is an input" in shell("eval", "im > 3", "im=b.npz:im", "-o", "b.npz")[2]
    Path("p.mask").write_text("input im\nim > 3", "utf-8")
    assert shell("run", "p.mask", "im=b.npz:im")[1] == "b-result.png\n"
    assert shell("show", "b.npz:more")[0] == 0
    session = Session()
    session.load("im", "b.npz:more")
    session.enter("m = im > 3")
    assert 'input im = "b.npz:more"' in session.script(Path())
    rasters.write("b.npz:im.png", IMAGE + 2, kind="image")
    Path("b.npz:im").write_bytes(Path("b.npz:im.png").read_bytes())
    assert shell("eval", "sum(im)", "im=b.npz:im")[:2] == (0, "90\n")
    assert "there is no such file" in shell("eval", "sum(im)", "im=c.npz:im")[2]


@each("path", ["a.png", "./a.png", "below/a.png", "below/../a.png"])
def test_a_program_names_what_is_beside_it_and_below(shell: Shell, path: str) -> None:
    for text in programs_of(path).values():
        Path("p.mask").write_text(text, "utf-8")
        assert shell("run", "p.mask")[0] == 0


@each("path", ["../other/a.png", "{other}/a.png", "link.png", "below/../../other/a.png"])
def test_a_program_names_nothing_else_until_it_may(shell: Shell, path: str) -> None:
    other = shell.folder.parent / "other"
    for way, text in programs_of(path.format(other=other)).items():
        Path("p.mask").write_text(text, "utf-8")
        code, out, err = shell("run", "p.mask")
        assert (code, out) == (2 if way == "input" else 1, "")
        assert err.startswith("p.mask:1:")
        assert "--allow-read" in err
        assert shell("explain", "p.mask")[0] == code
        assert shell("run", "p.mask", "--allow-read", "below")[0] == code
        assert shell("run", "p.mask", "--allow-read", "../other")[0] == 0
        assert shell("run", "p.mask", "--allow-read", "below", "--allow-read", str(other.parent))[0] == 0
        if way == "input":
            assert shell("run", "p.mask", "im=../other/a.png")[0] == 0  # the person may name anything
            assert shell("check", "p.mask")[1].startswith("p.mask:1:7: warning: cannot read ")
            assert shell("eval", text)[0] == 2
            with pytest.raises(FileError, match="names files beside it or below, links followed; load it: :load im "):
                Session().run("p.mask")
            Session(access=Access(["../other"])).run("p.mask")
    assert shell("run", "p.mask", "--allow-read", "nowhere") == (
        *(2, ""),
        "error: there is no folder nowhere; name one behind --allow-read\n",
    )


@each("path", ["-", "pipe", "loop.png", "/dev/zero", "/dev/stdin", "", "no.png", "x" * 5000])
def test_other_defaults_are_one_error_and_no_wait(shell: Shell, path: str) -> None:
    for text in programs_of(path).values():
        Path("p.mask").write_text(text, "utf-8")
        code, out, err = shell("run", "p.mask")
        assert code in (1, 2)
        assert out == ""
        assert "error: cannot " in err
    assert shell("eval", "im > 3", f"im={path or 'pipe'}")[0] == 2 or path in ("-", "/dev/stdin")
    assert shell("run", path or "pipe")[0] == 2 or path in ("-", "/dev/stdin")


def test_standard_input_as_a_default_is_the_persons_to_give(shell: Shell) -> None:
    Path("below/p.mask").write_text('input im = "-"\narea(im > 3)', "utf-8")
    assert "give it yourself: im=-, or" in shell("run", "below/p.mask")[2]


def test_a_nul_in_a_name_is_no_place() -> None:
    with pytest.raises(FileError, match=r"a\\x00b"):
        Access().default(InputInfo("im", default="a\0b"), Path())
    access = Access()
    access.note("a\0b")
    assert access.refusal("c\0d") is None


def test_nothing_is_written_over_what_was_read(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("p.mask").write_text('use "lib.mask"\nparam t = 3\noutput m = f(im > t)', "utf-8")
    for link, to in (("p.png", "p.mask"), ("lib.png", "lib.mask"), ("image.png", "a.png")):
        Path(link).symlink_to(to)
    os.link("a.png", "hard.png")
    before = {path: Path(path).read_bytes() for path in ("p.mask", "lib.mask", "a.png")}
    for target in ("p.png", "lib.png"):
        code, _, err = shell("run", "p.mask", "im=a.png", "-o", target)
        assert (code, err) == (
            2,
            f"error: {target} is the program or a file that it uses, it is not overwritten; write to another file\n",
        )
    for target in ("a.png", "image.png", "hard.png", "below/../a.png"):
        assert "is an input, it is not overwritten" in shell("run", "p.mask", "im=a.png", "-o", target)[2]
        assert "is an input" in shell("show", "a.png", "--hist", target)[2]
        with standard_input(monkeypatch, open("a.png", "rb")):
            assert "is an input" in shell("run", "p.mask", "im=-", "-o", target)[2]
    with standard_input(monkeypatch, open("p.mask", "rb")):
        assert "is the program" in shell("run", "-", "im=a.png", "-o", "p.png")[2]
    session = Session()
    session.load("im", "a.png")
    session.run("p.mask")
    for target in ("a.png", "hard.png", "p.png", "lib.png"):
        with pytest.raises(InputError, match="it is not overwritten"):
            session.save("m", target)
    assert {path: Path(path).read_bytes() for path in before} == before
    assert shell("run", "p.mask", "im=a.png", "-o", "m.png")[0] == 0
    assert shell("run", "p.mask", "im=a.png", "-o", "m.png")[0] == 0  # what was written may be again


def test_standard_input_is_read_once(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    image = Path("a.png").read_bytes()
    for command, given in (
        (("eval", "im + m", "im=-", "m=-"), image),
        (("eval", "-", "m=-"), b"m > 3"),
        (("show", "-", "-"), image),
    ):
        with standard_input(monkeypatch, io.BytesIO(given)):
            code, _, err = shell(*command)
        assert code == 2
        assert err.startswith("error: standard input is read for ")


def test_what_comes_through_a_pipe_is_hashed_as_it_comes(shell: Shell) -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, Path("a.png").read_bytes())
    os.close(write_end)
    program = programs.compile_expression("im > 3", Access())
    loaded = programs.load_inputs(program, {"im": f"/dev/fd/{read_end}"}, {}, [], Path())
    os.close(read_end)
    assert loaded.digest("im") == programs.Loaded({}, {"im": Path("a.png")}).digest("im")
    assert loaded.file_name("im") == "-"


@each(
    "template",
    [
        *("{stem.__class__}.png", "{stem!r}.png", "{stem:>300}.png", "{output[0]}.png", "{}.png", "{0}.png"),
        *("{name}.png", "{stem", "{stem:{output}}.png"),
    ],
)
def test_a_template_has_names_only(shell: Shell, template: str) -> None:
    code, out, err = shell("eval", "im > 3", "im=a.png", "-o", template)
    assert (code, out) == (2, "")
    assert "is not a template: " in err


def test_braces_in_a_template_are_doubled(shell: Shell) -> None:
    assert shell("eval", "im > 3", "im=a.png", "-o", "{{x}}{stem}.png")[1] == "{x}a.png\n"


def test_a_script_of_images_elsewhere_says_how_it_is_run(shell: Shell) -> None:
    session = Session()
    session.load("im", "../other/a.png")
    session.load("near", "a.png")
    session.enter("m = im > 3; n = near > 3")
    assert session.arguments(Path()) == ["im=../other/a.png"]
    assert session.arguments(Path(), ["n"]) == []
    programs.write_script(session.script(Path()), "s.mask")
    assert shell("run", "s.mask")[0] == 2
    assert shell("run", "s.mask", *session.arguments(Path()))[0] == 0


@each("path", ["/dev/stdout", "/dev/null", "/dev/none.mask", "pipe"])
def test_a_script_is_a_file(shell: Shell, path: str) -> None:
    with pytest.raises(FileError, match="is a device or pipe, no file for a program; write to a file"):
        programs.write_script("1\n", path)
    assert not os.path.exists("/dev/none.mask")
