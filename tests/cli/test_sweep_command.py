"""`maskexpr sweep` as a person types it: what is printed and written, and what is refused before anything runs."""

import csv
import io
import json
import os
import re
import shlex
import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.command_shell import Shell
from helpers.places import ANKLE, EXAMPLES

import maskexpr
from maskexpr.cli.sweeping import _HELP

SEG = """\
# limbs
param low=32 in 0..255   # above air
param high = 64 in 0..255
output m = im>low & im<high
"""
SCORE = "dice(m, truth)"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seg.mask").write_text(SEG, "utf-8")
    (tmp_path / "scans").mkdir()
    (tmp_path / "truth").mkdir()
    ankle = iio.imread(ANKLE)
    for i in range(4):
        part = ankle[i * 100 : i * 100 + 120, 20:360]
        iio.imwrite(f"scans/s {i}.png", part)
        iio.imwrite(f"truth/s {i}.png", np.uint8(255) * ((part > 28 + i) & (part < 68 - 2 * i)))
    return Shell(tmp_path, capsys)


ONE = ("sweep", "seg.mask", "im=scans/s 0.png", "truth=truth/s 0.png")
ALL = ("sweep", "seg.mask", "im=scans/*.png", "truth=truth/{im.stem}.png")


def test_one_image(shell: Shell) -> None:
    code, out, err = shell(*ONE, "-p", "low=20..40:4", "-p", "high=60..72:4", "--maximize", SCORE)
    assert (code, err) == (0, "24 runs: 6 of low x 4 of high\n")
    heading, best, today, gain = out.splitlines()
    assert heading == "dice(m, truth), truth as a mask, highest of 24 runs: 6 of low x 4 of high"
    assert best == "best      low=28 high=68  1"
    said = today.removeprefix("defaults  low=32 high=64  ")
    assert float(gain.removeprefix("better than the defaults by ")) == pytest.approx(1 - float(said), rel=1e-4)
    im, truth = iio.imread("scans/s 0.png"), iio.imread("truth/s 0.png") > 0
    m = (im > 32) & (im < 64)
    assert float(said) == pytest.approx(2 * (m & truth).sum() / (m.sum() + truth.sum()), rel=1e-5)


def test_many_images_with_all_that_can_be_written(shell: Shell) -> None:
    wanted = ("--table", "all.csv", "--plot", "p.png", "--write", "best.mask", "--folds", "2")
    code, out, err = shell(*ALL, "-p", "low=24..36:2", "-p", "high=58..70:4", "--maximize", SCORE, *wanted)
    assert (code, err) == (0, "28 runs: 7 of low x 4 of high, on each of 4 images\n")
    assert out.splitlines()[-3:] == ["p.png", "all.csv", "best.mask"]
    assert re.search(r"^best      low=\d+ high=\d+  mean \S+  median \S+  worst \S+ \(scans/s \d.png\)$", out, re.M)
    assert re.search(r"^2 folds: mean \S+ on images that were held back, ", out, re.M)
    with open("all.csv", newline="", encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    assert len(rows) == 112
    means = {}
    for row in rows:
        means.setdefault((row["low"], row["high"]), []).append(float(row["score"]))
    low, high = max(means, key=lambda key: sum(means[key]))
    assert f"best      low={low} high={high} " in out
    text = Path("best.mask").read_text("utf-8")
    assert text == (
        f"# From a sweep of maskexpr: {SCORE} is {sum(means[low, high]) / 4:.6g} with low={low} high={high}.\n"
        f"# limbs\nparam low = {low} in 0..255  # above air\nparam high = {high} in 0..255\n"
        "output m = im > low & im < high\n"
    )
    assert iio.imread("p.png").shape[2] == 3
    assert shell("fmt", "--check", "best.mask")[0] == 0
    # What a sweep wrote, another may write again; its first line does not grow.
    again = ("sweep", "best.mask", *ALL[2:], "-p", "low=30..32", "--maximize", SCORE, "--write")
    assert shell(*again, "next.mask")[0] == 0
    assert shell(*again, "next.mask")[0] == 0
    assert Path("next.mask").read_text("utf-8").count("# From a sweep") == 1


def test_a_document(shell: Shell) -> None:
    asked = ("-p", "low=28..36:4", "--maximize", SCORE, "--folds", "2", "--json", "--table", "t.csv")
    code, out, err = shell(*ALL, *asked)
    assert (code, err) == (0, "")
    document = json.loads(out)
    found = document["sweep"]
    assert found["images"] == [f"scans/s {i}.png" for i in range(4)]
    assert (found["runs"], found["highest"], found["goal"]) == (3, True, SCORE)
    assert found["best"]["score"] == max(found["profiles"]["low"])
    assert found["defaults"]["params"] == {"low": "32"}
    assert [len(fold["images"]) for fold in found["folds"]] == [2, 2]
    assert document["files"] == [{"path": "t.csv", "holds": "table"}]
    code, out, err = shell(*ALL, "-p", "low=28..36:4", "--maximize", "dice(m, truht)", "--json")
    assert (code, err) == (2, "")
    document = json.loads(out)
    assert (document["sweep"], document["errors"][0]["code"]) == (None, "input-unknown")


def test_nothing_good_is_said_with_the_table_of_it(shell: Shell) -> None:
    code, out, err = shell(*ONE[:3], "-p", "low=250..252", "--maximize", "mean(im[m])", "--table", "t.csv")
    assert code == 1
    assert out.splitlines()[-1] == "no values have a finite score"
    assert "--maximize:1:6: error: no values have a finite score: there are no samples to measure\n" in err
    assert Path("t.csv").read_text("utf-8").split() == ["low,score", "250,", "251,", "252,"]


def test_results_alone_on_standard_output(shell: Shell) -> None:
    few = ("-p", "low=28..36:4", "--maximize", SCORE)
    code, out, err = shell(*ONE, *few, "--table", "-")
    assert code == 0
    assert out.startswith("low,score\n") or out.startswith("low,score\r\n")
    assert "best      low=28" in err
    code, out, _ = shell(*ONE, *few, "--write", "-")
    assert (code, out.splitlines()[2]) == (0, "param low = 28 in 0..255  # above air")


def test_folders_are_made_for_what_is_written(shell: Shell) -> None:
    named = [f"new/{name}" for name in ("a/p.png", "b/t.csv", "c/best.mask")]
    asked = [text for pair in zip(("--plot", "--table", "--write"), named, strict=True) for text in pair]
    assert shell(*ONE, "-p", "low=28..36:4", "--maximize", SCORE, *asked)[0] == 0
    assert all(Path(name).exists() for name in named)


def test_images_that_can_be_read_once_alone(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """What kind a truth is taken for shows only as the image is looked at again."""

    def swept(piped: str, *given: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(piped).read_bytes()), "utf-8"))
        return shell("sweep", "seg.mask", *given, "-p", "low=20..40:4", "--maximize", SCORE)

    wanted = swept("seg.mask", *ONE[2:])
    assert wanted[0] == 0
    assert swept("scans/s 0.png", "im=-", ONE[3]) == wanted
    assert swept("truth/s 0.png", ONE[2], "truth=-") == wanted
    twice = "error: standard input is read for im and for truth; name a file for one of them\n"
    assert swept("truth/s 0.png", "im=-", "truth=-")[2].endswith(twice)
    assert swept(os.devnull, ONE[2], "truth=-")[2].endswith(
        "cannot read standard input: the file is empty (0 bytes); copy or download it again\n"
    )


def test_broken_images(shell: Shell) -> None:
    few = ("-p", "low=28..36:4", "--maximize", SCORE, "--table", "t.csv")
    Path("scans/s 0.png").write_bytes(Path("scans/s 0.png").read_bytes()[:900])
    broken = "error: cannot read scans/s 0.png: the PNG data is damaged or cut short; copy or download it again\n"
    code, out, err = shell(*ALL, *few)
    assert (code, out, err) == (2, "", f"3 runs, on each of 4 images\n{broken}")
    assert not Path("t.csv").exists()
    code, out, err = shell(*ALL, *few, "--keep-going", "--folds", "4")
    assert (code, err.count(broken)) == (1, 1)
    assert "highest of 3 runs on 3 images\n" in out
    assert "\n3 folds: mean " in out
    assert Path("t.csv").read_text("utf-8").count("s 0.png") == 0
    code, out, _ = shell(*ALL, *few, "--keep-going", "--json")
    document = json.loads(out)
    assert (code, len(document["sweep"]["images"]), document["errors"][0]["code"]) == (1, 3, "file-broken")


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="pipes have no names here")
def test_pipes_of_a_shell(shell: Shell) -> None:
    read, write = os.pipe()
    try:
        os.write(write, Path("truth/s 0.png").read_bytes())
        os.close(write)
        found = shell(*ONE[:3], f"truth=/dev/fd/{read}", "-p", "low=20..40:4", "--maximize", SCORE)
    finally:
        os.close(read)
    assert found == shell(*ONE, "-p", "low=20..40:4", "--maximize", SCORE)


@pytest.mark.parametrize("given", [ONE, ALL])
def test_a_truth_of_another_shape(shell: Shell, given: tuple[str, ...]) -> None:
    iio.imwrite("truth/s 0.png", np.uint8(255) * (iio.imread("scans/s 0.png")[:50, :60] > 30))
    code, _, err = shell(*given, "-p", "low=20..40:4", "--maximize", SCORE)
    assert code == 1
    assert "m (from im, s 0.png) is 120x340 and truth (s 0.png) is 50x60" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--write", "seg.mask"], "seg.mask is the program itself; write to another file, such as seg-best.mask"),
        (["--write", "./seg.mask"], "./seg.mask is the program itself; write to another file, such as seg-best.mask"),
        (["--write", "other.mask"], "other.mask is not from a sweep, it is not overwritten; write to another file"),
        (["--write", "best.txt"], "best.txt is no name for a program; end it in .mask"),
        (["--table", "t.xyz"], "cannot write t.xyz: its ending names no format that holds a table"),
        (["--plot", "p.csv"], "cannot write p.csv: its ending names no known format"),
        (["--plot", "scans/s 0.png"], "scans/s 0.png is an input, it is not overwritten; write to another file"),
        (["--plot", "seg.mask/p.png"], "cannot write seg.mask/p.png: seg.mask is no folder"),
        (["--plot", "a.png", "--table", "a.png"], "a.png is the target of --plot and --table; name a file for each"),
        (["--plot", ""], "the name after --plot is empty"),
        (["--table", "-", "--json"], ""),
        (["--folds", "2"], "there is one image, none to hold back from tuning"),
        (["-p", "high=0..255"], "these are 65,536 runs on 1 image, more than 10,000 in all"),
        (["-p", "high=50..60", "--most-runs", "9"], "these are 2,816 runs on 1 image, more than 9 in all"),
        (["-p", "m=3"], "the program has no param m; it has low, high"),
        (["--minimize", "1"], "the score cannot be the most and the least; delete one of the two"),
    ],
)
def test_what_is_refused_before_anything_runs(shell: Shell, arguments: list[str], message: str) -> None:
    (shell.folder / "other.mask").write_text("im > 3", "utf-8")
    before = {path: path.read_bytes() for path in shell.folder.rglob("*.*")}
    code, _, err = shell(*ONE, "-p", "low=0..255", "--maximize", SCORE, *arguments)
    assert code == 2
    assert err.startswith(f"error: {message}" if message else "")
    assert {path: path.read_bytes() for path in shell.folder.rglob("*.*")} == before


def test_what_is_not_asked_for_well(shell: Shell) -> None:
    code, _, err = shell(*ONE, "-p", "low=0..9")
    assert (code, err) == (2, "error: nothing says which mask is best; write --maximize 'dice(m, truth)', say\n")
    code, _, err = shell(*ONE, "--maximize", SCORE)
    assert (code, err) == (2, "error: no param is swept; give one several values: -p low=0..255:20\n")
    for option in ("--samples", "--folds", "--seed", "--most-runs", "--jobs"):
        with pytest.raises(SystemExit):
            shell(*ONE, "-p", "low=0..9", "--maximize", SCORE, option, "-3")
        assert "argument" in shell.printed()[1]


def test_a_program_that_names_files_stays_beside_them(shell: Shell) -> None:
    (shell.folder / "lib.mask").write_text("def above(im, t) = im > t", "utf-8")
    (shell.folder / "with.mask").write_text(
        'use "lib.mask"; param low = 9 in 0..99; output m = above(im, low)', "utf-8"
    )
    asked = ("sweep", "with.mask", *ONE[2:], "-p", "low=20..40:10", "--maximize", SCORE, "--write")
    code, _, err = shell(*asked, "scans/best.mask")
    assert code == 2
    assert err == "error: the program names lib.mask, which lies beside it; write into its folder: best.mask\n"
    code, _, _ = shell(*asked, "best.mask")
    assert code == 0
    assert shell("run", "best.mask", "im=scans/s 0.png", "-o", "m.png")[0] == 0


def test_a_terminal_is_drawn_to(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKEXPR_PICTURES", "text")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    code, out, _ = shell(*ONE, "-p", "low=20..40:4", "--maximize", SCORE)
    assert code == 0
    assert "best low=28" in out.split("dice(m, truth), truth as a mask, highest of 6 runs")[0]


@pytest.mark.slow
def test_the_examples_of_the_help_run(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    os.symlink(EXAMPLES, "examples")
    first, second = re.findall(r"^  maskexpr (sweep examples/[^\\\n]*(?:\\\n.*)?)$", _HELP, re.MULTILINE)
    for line in (first, second):
        code, out, err = shell(*shlex.split(line.replace("\\\n", " ")))
        assert (code, "error" in err) == (0, False)
        assert "best      " in out
    assert maskexpr.read("sweep.png").array.shape[2] == 3
