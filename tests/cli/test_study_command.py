"""maskexpr run on many images as a person types it: what is printed where, the exit codes, and how it goes on."""

import json
import os
import re
import shutil
from contextlib import nullcontext
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.command_shell import Shell

from maskexpr.cli import progress
from maskexpr.studies import journal, study
from maskexpr.studies.watching import Ended

PROGRAM = 'param t = 100 in 0..255\noutput m = im > t\noutput n = area(m)\nassert n > 0, "nothing is on"\n'
NAMES = ("a b.png", "c.png", "d{e}.png", "f.png")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("maskexpr.studies.workers._FEW", 10)  # no process is started: those have tests of their own
    (tmp_path / "seg.mask").write_text(PROGRAM)
    (tmp_path / "in").mkdir()
    for index, name in enumerate(NAMES):
        image(name, index + 1)
    return Shell(tmp_path, capsys)


def image(name: str, on: int) -> None:
    """So many pixels are on at 100."""
    pixels = np.arange(12, dtype=np.uint8)
    pixels[:on] += 120
    iio.imwrite(Path("in") / name, pixels.reshape(3, 4))


def break_(name: str) -> bytes:
    path = Path("in") / name
    content = path.read_bytes()
    path.write_bytes(content[:50])
    return content


def run(shell: Shell, *arguments: str) -> tuple[int, list[str], str]:
    code, out, err = shell("run", "seg.mask", "im=in/*.png", "-o", "out/", *arguments)
    return code, out.splitlines(), err


def began(folder: Path) -> dict[str, int]:
    """When each file was last written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.png")}


def done_again(shell: Shell, *arguments: str) -> set[str]:
    """The results that a run writes anew."""
    for path in Path("out").glob("*.png"):
        os.utime(path, ns=(0, 0))
    run(shell, "--keep-going", *arguments)
    return {name for name, written in began(Path("out")).items() if written}


# --- what is printed -------------------------------------------------------------------------------------------------


def test_paths_and_numbers_are_on_standard_output_in_the_order_of_the_images(shell: Shell) -> None:
    code, out, err = run(shell)
    assert code == 0
    assert out == [
        *(f"out/{Path(name).stem}-m.png" for name in NAMES),
        "      image  n",
        *(f"{f'in/{name}':>11}  {index + 1}" for index, name in enumerate(NAMES)),
    ]
    assert err.splitlines()[-3:] == ["4 done", "4 files in out", f"journal: out/{journal.NAME}"]
    assert run(shell, "--resume")[1] == out


def test_numbers_go_to_a_table_where_one_is_asked_for(shell: Shell) -> None:
    break_("c.png")
    code, out, err = run(shell, "--table", "n.csv", "--keep-going")
    assert (code, len(out)) == (1, 3)
    assert Path("n.csv").read_text() == (
        "image,n,error,message\n"
        "in/a b.png,1,,\n"
        "in/c.png,,file-broken,cannot read in/c.png: the PNG data is damaged or cut short\n"
        "in/d{e}.png,3,,\n"
        "in/f.png,4,,\n"
    )
    assert "in/c.png: error: cannot read in/c.png: the PNG data is damaged" in err
    assert err.endswith(
        "3 done, 1 failed\n3 files in out\ntable: n.csv\n"
        f"journal: out/{journal.NAME}\nto go on: the same command with --resume\n"
    )


def test_a_failed_assert_is_a_row(shell: Shell) -> None:
    run(shell, "--table", "n.csv", "--keep-going", "-p", "t=200")
    row = Path("n.csv").read_text().splitlines()[1]
    assert row == "in/a b.png,,assert-failed,seg.mask:4:8: nothing is on"


def test_one_document_of_all_images(shell: Shell) -> None:
    break_("c.png")
    code, out, _ = run(shell, "--keep-going", "--json", "--table", "n.csv")
    assert (code, len(out)) == (1, 1)
    document = json.loads(out[0])
    assert [*document] == ["maskexpr", "images", "left", "tables", "journal", "warnings", "errors"]
    assert (document["left"], document["tables"]) == (0, ["n.csv"])
    first, second, *_ = document["images"]
    assert first == {
        "image": "in/a b.png",
        "numbers": {"n": 1},
        "tables": {},
        "files": [{"path": "out/a b-m.png", "holds": "m"}],
        "warnings": [],
        "errors": [],
    }
    assert [error["code"] for error in second["errors"]] == ["file-broken"]
    assert "done already" in json.loads(run(shell, "--keep-going", "--json")[1][0])["warnings"][0]["message"]


def test_it_stops_at_the_first_that_fails(shell: Shell) -> None:
    break_("c.png")
    code, out, err = run(shell, "--table", "n.csv")
    assert (code, out) == (1, ["out/a b-m.png"])
    assert "1 done, 1 failed, 2 not begun" in err
    assert "stopped at in/c.png; --keep-going goes on with the others" in err
    assert len(Path("n.csv").read_text().splitlines()) == 3


def test_one_image_may_be_a_study(shell: Shell) -> None:
    code, out, _ = shell("run", "seg.mask", "im=in/c.png", "--table", "n.csv")
    assert (code, out) == (0, "c-m.png\n")
    assert Path("n.csv").read_text() == "image,n,error,message\nin/c.png,2,,\n"
    assert Path(journal.NAME).exists()


def test_help_names_the_journal(shell: Shell) -> None:
    with pytest.raises(SystemExit):
        shell("run", "--help")
    assert journal.NAME in shell.printed()[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--jobs", "0"], "0 is no number of processes; write 1 or more"),
        (["--resume", "--retry-failed"], "not allowed with"),
    ],
)
def test_flags_that_do_not_fit(shell: Shell, arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(shell, *arguments)
    assert caught.value.code == 2
    assert said in shell.printed()[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--table", ""], "the name after --table is empty"),
        (["--report", ""], "the name after --report is empty"),
        (["--table", "n.xls"], "its ending names no format that holds a table"),
        (["--table", "seg.mask/nix/n.csv"], "cannot write seg.mask/nix/n.csv: seg.mask is no folder"),
        (["--overlay", "{im.stem}.jpg"], ".jpg is lossy and would change pixels; write .png, .tif or .npy"),
        (["--overlay", "{im.stem}.xyz"], "cannot write a b.xyz: its ending names no known format"),
        (["--table", "a.csv", "--table", "b.csv"], "a.csv and b.csv are both for the numbers of all images"),
        (["--retry-failed"], f"there is no out/{journal.NAME}, so it is not known what failed"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_done(shell: Shell, arguments: list[str], said: str) -> None:
    code, out, err = run(shell, *arguments)
    assert (code, out) == (2, [])
    assert said in err
    assert sorted(path.name for path in Path().iterdir()) == ["in", "seg.mask"]


# --- how it goes on --------------------------------------------------------------------------------------------------


def test_only_what_changed_or_failed_is_done_again(shell: Shell) -> None:
    whole = break_("c.png")
    run(shell, "--keep-going")
    everything = {"a b-m.png", "d{e}-m.png", "f-m.png"}
    assert done_again(shell, "--resume") == set()
    Path("in/c.png").write_bytes(whole)
    assert done_again(shell, "--resume") == {"c-m.png"}
    everything.add("c-m.png")
    image("f.png", 9)
    assert done_again(shell, "--resume") == {"f-m.png"}
    Path("out/f-m.png").write_bytes(Path("out/c-m.png").read_bytes())
    Path("out/a b-m.png").unlink()
    assert done_again(shell, "--resume") == {"f-m.png", "a b-m.png"}
    assert done_again(shell, "--resume", "-p", "t=101") == everything
    assert done_again(shell, "--resume", "-p", "t=101") == set()
    Path("seg.mask").write_text(PROGRAM.replace("assert n > 0", "assert n > -1"))
    assert done_again(shell, "--resume", "-p", "t=101") == everything
    assert done_again(shell, "-p", "t=101") == everything


def test_paths_that_follow_from_another_pattern_are_others(shell: Shell) -> None:
    template = ("-o", "out/{im.parent}/{stem}.png", "--resume")
    shell("run", "seg.mask", "im=in/*.png", *template)
    Path("all").mkdir()
    Path("in").rename("all/in")
    (Path.cwd() / "in").symlink_to("all/in")
    code, out, err = shell("run", "seg.mask", "im=in/*.png", *template)
    assert (code, "4 done (4 of them before)" in err) == (0, True)
    code, out, err = shell("run", "seg.mask", "im=**/*.png", *template)
    assert code == 0, err
    assert "out/all/in/c.png" in out or "out/in/c.png" in out


def test_paths_may_be_written_otherwise(shell: Shell) -> None:
    run(shell, "--table", "n.csv")
    again = ("run", "./seg.mask", "im=./in/*.png", "-o", "./out/", "--resume", "--table", "n.csv")
    assert "4 done" in shell(*again)[2]
    code, _, err = shell(*again)
    assert (code, "4 done (4 of them before)" in err) == (0, True)
    assert "./in/c.png,2,," in Path("n.csv").read_text().splitlines()


def test_only_what_failed_is_tried_again(shell: Shell) -> None:
    whole = break_("c.png")
    run(shell, "--keep-going")
    Path("in/c.png").write_bytes(whole)
    Path("out/a b-m.png").unlink()
    image("f.png", 9)
    assert done_again(shell, "--retry-failed", "--table", "n.csv") == {"c-m.png"}
    assert [row.split(",")[1] for row in Path("n.csv").read_text().splitlines()] == ["n", "1", "2", "3", "4"]
    code, _, err = run(shell, "--retry-failed", "-p", "t=101")
    assert code == 2
    assert "is of another program, other params or another version; write --resume instead of --retry-failed" in err


def test_a_run_that_starts_anew_says_what_it_could_have_kept(shell: Shell) -> None:
    run(shell)
    code, _, err = run(shell)
    assert code == 0
    assert err.startswith(
        f"warning: out/{journal.NAME} has 4 of these images done already, and all are done again; "
        "with --resume they stay as they are\n"
    )


def test_what_it_wrote_itself_is_no_image(shell: Shell) -> None:
    for path in Path("in").iterdir():
        path.rename(path.name)
    first = shell("run", "seg.mask", "im=**/*.png", "-o", "out/", "--table", "n.csv")
    assert first[0] == 0
    table = Path("n.csv").read_bytes()
    code, out, err = shell("run", "seg.mask", "im=**/*.png", "-o", "out/", "--table", "n.csv", "--resume")
    assert (code, out) == first[:2]
    assert "warning: 4 files are left out that this program wrote itself, out/a b-m.png first" in err
    assert Path("n.csv").read_bytes() == table


def test_a_damaged_line_is_said_and_its_image_is_done_again(shell: Shell) -> None:
    run(shell)
    path = Path("out") / journal.NAME
    path.write_text(path.read_text().replace('"n": 2', '"n": 7'))
    code, out, err = run(shell, "--resume")
    assert code == 0
    assert f"warning: out/{journal.NAME} is damaged in 1 line, the first of them line 3" in err
    assert "4 done (3 of them before)" in err
    assert any(re.fullmatch(r" *in/c.png +2", line) for line in out)


# --- ended -----------------------------------------------------------------------------------------------------------


class Unwatched:
    """Nobody is told anything."""

    def begins(self, total: int, done_already: int) -> None:
        pass

    def ends(self, ended: Ended) -> None:
        pass


def test_an_interrupt_leaves_what_was_done(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupting(Unwatched):
        def done(self, outcome: object) -> None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(progress, "watching", lambda **_: nullcontext(Interrupting()))
        code, out, err = run(shell, "--table", "n.csv")
    assert (code, out) == (130, ["out/a b-m.png"])
    assert "interrupted: 1 done, 3 not begun" in err
    assert Path("n.csv").read_text() == "image,n,error,message\nin/a b.png,1,,\n"
    assert "4 done (1 of them before)" in run(shell, "--resume")[2]


def test_a_folder_that_vanishes(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    class Removing(Unwatched):
        def done(self, outcome: object) -> None:
            shutil.rmtree("out", ignore_errors=True)

    monkeypatch.setattr(progress, "watching", lambda **_: nullcontext(Removing()))
    code, _, err = run(shell, "--keep-going")
    assert code == 1
    assert "error: the lock on out is gone: out/maskexpr.lock was deleted" in err


def test_the_folder_of_a_table_is_made_once_all_else_is_known_to_be_right(shell: Shell) -> None:
    asked = ["--table", "new/tables/n.csv"]
    assert run(shell, *asked, "--dry-run")[0] == 0
    assert shell("run", "seg.mask", "im=in/*.png", "-o", "out/m.png", *asked)[0] == 2
    assert not Path("new").exists()
    assert run(shell, *asked)[0] == 0
    assert Path("new/tables/n.csv").read_text().startswith("image,n,")


def test_a_long_table_that_would_be_written_over_a_result_is_refused_before_anything_is_done(shell: Shell) -> None:
    (shell.folder / "seg.mask").write_text("output t = measure(im > 9, area)")
    code, out, err = shell("run", "seg.mask", "im=in/*.png", "-o", "{im.stem}-{output}.csv", "--table", "c.csv")
    assert (code, out) == (2, "")
    assert "c-t.csv (a table of all images)" in err


def test_a_dry_run_refuses_what_the_run_would(shell: Shell) -> None:
    code, out, err = run(shell, "--dry-run", "--table", "n.xls")
    assert (code, out) == (2, [])
    assert "its ending names no format that holds a table" in err
    code, out, err = run(shell, "--dry-run", "--table", "out/c-m.png")
    assert (code, out) == (2, [])


def test_a_dry_run_lists_what_is_left_to_do(shell: Shell) -> None:
    break_("c.png")
    run(shell, "--keep-going")
    before = Path("out", journal.NAME).read_bytes()
    for flag in ("--resume", "--retry-failed"):
        code, out, err = run(shell, "--dry-run", flag)
        assert (code, err, out[0], out[-1]) == (0, "", "in/c.png", "3 of 4 images are not done again")
        assert "in/f.png" not in out
    code, out, err = run(shell, "--dry-run")
    assert (code, "in/f.png" in out, "done already" in err) == (0, True, True)
    assert Path("out", journal.NAME).read_bytes() == before


def test_a_param_given_as_it_is_changes_nothing(shell: Shell) -> None:
    run(shell)
    assert "4 done (4 of them before)" in run(shell, "--resume", "-p", "t=100")[2]
    assert "4 done\n" in run(shell, "--resume", "-p", "t=101")[2]


def test_a_number_with_a_name_is_used_in_a_study(shell: Shell) -> None:
    (shell.folder / "seg.mask").write_text("m = im > 9\nn = area(m)\nodd = n in [1, 3]\nk = im < 5\noutput m\n")
    code, out, err = run(shell, "--table", "n.csv")
    assert (code, len(out)) == (0, 4)
    assert Path("n.csv").read_text().startswith("image,n,odd,error,message\n")
    assert [line for line in err.splitlines() if "warning" in line] == [
        "in/a b.png: seg.mask:4:1: warning: k is never used"
    ]


def test_a_table_that_cannot_be_written_in_the_end(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found is in the journal."""
    os.mkdir("tables")
    begins = study._Course._take

    def take(self: study._Course, outcome: object) -> None:
        begins(self, outcome)  # type: ignore[arg-type]
        if os.path.isdir("tables"):
            os.rmdir("tables")

    monkeypatch.setattr(study._Course, "_take", take)
    code, _, err = run(shell, "--table", "tables/n.csv")
    assert code == 1
    assert "error: cannot write tables/n.csv: there is no folder tables" in err
    assert "to go on: the same command with --resume" in err
    os.mkdir("tables")
    monkeypatch.undo()
    os.chdir(shell.folder)
    assert "4 done (4 of them before)" in run(shell, "--table", "tables/n.csv", "--resume")[2]
