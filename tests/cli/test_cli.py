"""The commands as a person types them: what is printed where, the exit codes, and files left whole."""

import errno
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from helpers.command_shell import Shell
from helpers.places import ANKLE

import maskexpr
from maskexpr.cli import main


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "im.png").write_bytes(ANKLE.read_bytes())
    return Shell(tmp_path, capsys)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, "utf-8")


# --- what holds for all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("-p t=70 -p t=80", "t"),
        ("im=im.png", "im"),
        ("--spacing 1mm --spacing 2mm", "--spacing"),
        ("--spacing im=1mm --spacing im=1mm", "--spacing im="),
        ("-o a.png -o a.png", "-o a.png"),
        ("-o a.png --output a.png", "--output a.png"),
        ("--overlay a.png --overlay b.png", "--overlay"),
        ("--hist a.png --hist b.png", "--hist"),
        ("--view side --view mask", "--view"),
    ],
)
def test_what_counts_once_is_given_once(shell: Shell, given: str, name: str) -> None:
    write(shell.folder, "p.mask", "param t = 3\noutput m = im > t")
    commands = [["run", "p.mask", "im=im.png"]]
    if "-p" in given or given.startswith(("im", "--spacing 1mm")):
        commands.append(["repl", "p.mask", "im=im.png"])
    for command in commands:
        try:
            code, _, err = shell(*command, *given.split())
        except SystemExit as left:  # as for all that argparse says
            code, err = int(left.code or 0), shell.printed()[1]
        assert code == 2
        assert f"error: {name} is given twice" in err
    assert not [path for path in shell.folder.iterdir() if path.name not in ("p.mask", "im.png")]


ODD = "\x1b[31m\u202e\x9b"


def test_what_is_not_ours_is_shown_as_it_can_be(shell: Shell) -> None:
    """Names of files, and whatever else was typed."""
    write(shell.folder, f"{ODD}.mask", "param t = 3\noutput m = im > t")
    write(shell.folder, f"wrong{ODD}.mask", "im >")
    (shell.folder / f"{ODD}.png").write_bytes(ANKLE.read_bytes())
    commands = [
        ("run", f"{ODD}.mask", f"im={ODD}.png"),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "-o", f"{ODD}/"),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "-o", f"a{ODD}.webp"),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "-o", f"a.{ODD}"),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "--hist", f"h{ODD}.png", "--overlay", f"o{ODD}.png"),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "-p", f"t={ODD}"),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "-p", ODD),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "--spacing", ODD),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "--spacing", f"{ODD}=1mm"),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "--allow-read", ODD),
        ("run", f"{ODD}.mask", f"im={ODD}.png", "--view", ODD),
        ("run", f"{ODD}.mask", f"im={ODD}.png", f"--{ODD}"),
        ("check", f"{ODD}.mask", f"wrong{ODD}.mask", f"none{ODD}.mask"),
        ("explain", f"{ODD}.mask", f"im={ODD}.png"),
        ("explain", f"{ODD}-m.png"),
        ("show", f"{ODD}.png", f"{ODD}-m.png", "--hist", f"h{ODD}.png"),
        ("functions", ODD),
        ("eval", f"{ODD}.mask"),
        (ODD,),
    ]
    for command in commands:
        try:
            _, out, err = shell(*command)
        except SystemExit:
            out, err = shell.printed()
        for printed in (out, err):
            assert all(c.isprintable() or c == "\n" for c in printed), command
        assert out + err


def test_what_the_system_refuses_is_told_apart(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(error: OSError) -> str:
        def fails(*arguments: object, **more: object) -> None:
            raise error

        monkeypatch.setattr("maskexpr.files.outputs.targets", fails)
        code, out, err = shell("run", "p.mask", "im=im.png")
        assert (code, out) == (2, "")
        return err

    write(shell.folder, "p.mask", "im > 3")
    named = refused(PermissionError(errno.EACCES, "Permission denied", "a\x1bb"))
    assert named == "error: cannot use a\\x1bb: permission denied; check the path and its permissions\n"
    assert refused(OSError(errno.EMFILE, "Too many open files")).startswith(
        "error: the system refused what this needs: too many open files; "
    )
    assert refused(FileNotFoundError(errno.ENOENT, "No such file")).startswith("error: the system refused")


# --- eval ------------------------------------------------------------------------------------------------------------


def test_a_number_is_printed(shell: Shell) -> None:
    im = iio.imread(ANKLE)
    assert shell("eval", "area(im > 32)", "im=im.png") == (0, f"{np.count_nonzero(im > 32)}\n", "")


def test_a_mask_is_summed_up(shell: Shell) -> None:
    assert shell("eval", "im > 32", "im=im.png") == (
        0,
        "mask 880x380, 51.0% on (170,706 pixels), 4 regions, largest 169,304\n",
        "",
    )


def test_a_number_can_be_given_for_a_name(shell: Shell) -> None:
    assert shell("eval", "a + b", "a=1", "b=0.5") == (0, "1.5\n", "")
    assert shell("eval", "a or b", "a=true", "b=false") == (0, "true\n", "")


def test_several_outputs_are_named(shell: Shell) -> None:
    assert shell("eval", "output a = 1; output b = 2") == (0, "a: 1\nb: 2\n", "")


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "npy"])
def test_a_mask_is_written(shell: Shell, suffix: str) -> None:
    code, out, err = shell("eval", "im > 32", "im=im.png", "-o", f"m.{suffix}")
    assert (code, out, err) == (0, f"m.{suffix}\n", "")
    stored = np.load("m.npy") if suffix == "npy" else iio.imread(f"m.{suffix}")
    np.testing.assert_array_equal(stored, np.where(iio.imread(ANKLE) > 32, 1 if suffix == "npy" else 255, 0))


def test_params_are_set(shell: Shell) -> None:
    program = 'param t = 32 in 0..255; param r = 1mm in 0mm..9mm; param s = "disk" in "disk", "square"; area(im > t)'
    code, out, _ = shell("eval", program, "im=im.png", "-p", "t=64", "-p", "r=2.5mm", "-p", "s=square")
    assert (code, out) == (0, "93181\n")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("t=256", "t cannot be 256; it is a whole number in 0..255"),
        ("t=1.5", "t cannot be 1.5; it is a whole number in 0..255"),
        ("t=im", "t cannot be im; it is a whole number in 0..255"),
        ("s=round", "s cannot be 'round'; it is one of disk, square"),
        ("r=2", "r cannot be 2; it is a length such as 2mm in 0mm..9mm"),
        ("u=2", "the program has no param u; it has t, r, s"),
        ("t", "t is not name=value; write -p low=32, say"),
    ],
)
def test_params_that_do_not_fit(shell: Shell, given: str, message: str) -> None:
    program = 'param t = 32 in 0..255; param r = 1mm in 0mm..9mm; param s = "disk" in "disk", "square"; 1'
    assert shell("eval", program, "-p", given) == (2, "", f"error: {message}\n")


def test_spacing_makes_lengths_known(shell: Shell) -> None:
    _, in_pixels, _ = shell("eval", "area(dilate(im > 32, 4))", "im=im.png")
    assert shell("eval", "area(dilate(im > 32, 2mm))", "im=im.png", "--spacing", "0.5mm") == (0, in_pixels, "")
    code, _, err = shell("eval", "area(dilate(im > 32, 2mm))", "im=im.png", "--spacing", "1mm,2mm,3mm")
    assert code == 2
    assert "spacing of im" in err
    assert "Traceback" not in err


def test_pixels_without_data_are_stated_counted_and_written(shell: Shell) -> None:
    """For all inputs, for one, or for none; a number that is none is refused."""
    im = np.arange(120, dtype=np.uint8).reshape(10, 12)
    iio.imwrite(shell.folder / "a.png", im)
    code, out, err = shell("eval", "im > 60", "im=a.png", "--nodata", "7")
    assert (code, err) == (0, "")
    assert out == "mask 10x12, 49.6% on (59 pixels), 1 region, 1 pixel without data\n"
    code, _, err = shell("eval", "im > 60", "im=a.png", "--nodata", "im=7", "-o", "m.png")
    assert "result is off at 1 pixel without data, and the file does not say which" in err
    assert "no data is 7" in shell("explain", "m.png")[1]
    (shell.folder / "two.mask").write_text(
        "input im\noutput a = im > 60\noutput b = label(im > 60)\noutput c = im + 0.5\n"
    )
    err = shell("run", "two.mask", "im=a.png", "--nodata", "7", "-o", "out/")[2]
    assert err.count("\n") == 1  # of all that were written, once
    assert "a and b are off, or 0, where they lack data, at up to 1 pixel each, and the files do not say where" in err
    extra = [(42113, "s", 2, "0", True)]
    tifffile.imwrite(shell.folder / "m.tif", np.where(im > 60, 255, 0).astype(np.uint8), extratags=extra)
    assert shell("eval", "area(valid(m))", "m=m.tif")[1] == "59\n"
    for kind in ("mask", "labels"):  # whose background is 0
        (shell.folder / "m.mask").write_text(f"input m: {kind}\narea(valid(m))\n")
        assert "120\n" in shell("run", "m.mask", "m=m.tif")[1]
    for text in ("-3.4e38", "-inf", "-1e3", "-7"):
        assert shell("eval", "mean(im)", "im=a.png", "--nodata", text) == (0, "59.5\n", "")
    shell("eval", "im * 1.0", "im=a.png", "--nodata", "nan", "--nodata", "im=7", "-o", "o.npy")
    assert np.array_equal(np.load(shell.folder / "o.npy"), im)
    assert shell("eval", "mean(im)", "im=a.png", "--nodata", "none")[1] == "59.5\n"
    for text, said in (
        ("x", "--nodata x is no number"),
        ("true", "--nodata true is no number"),
        ("k=3", "no input or param k"),
    ):
        code, _, err = shell("eval", "im > 60", "im=a.png", "--nodata", text)
        assert code == 2
        assert said in err


def test_warnings_go_to_stderr(shell: Shell) -> None:
    code, out, err = shell("eval", "area(im > 300)", "im=im.png")
    assert (code, out) == (0, "0\n")
    assert err.startswith("expression:1:6: warning: never true: im is uint8, 0..255\n")


def test_warnings_of_a_run_go_to_stderr(shell: Shell, tmp_path: Path) -> None:
    np.save(tmp_path / "holed.npy", np.array([[1, np.nan, 3], [4, 5, 6]]))
    write(tmp_path, "p.mask", "output m = im > mean(im)\noutput n = area(m)\n")
    for arguments in (["eval", "area(im > mean(im))"], ["run", "p.mask"]):
        code, out, err = shell(*arguments, "im=holed.npy")
        assert code == 0
        assert "warning" not in out
        assert err.count("warning: mean(im) is nan: im is not finite everywhere\n") == 1
        assert err.endswith("write mean(im[isfinite(im)])\n")


def test_mistakes_exit_with_1_and_missing_inputs_with_2(shell: Shell) -> None:
    assert shell("eval", "im >", "im=im.png")[0] == 1
    assert shell("eval", "otsu(im, within=im > 300)", "im=im.png")[0] == 1
    assert shell("eval", "assert 1 > 2; 1")[0] == 1
    assert shell("eval", "im > 3")[0] == 2
    assert shell("eval", "im > 3", "im")[0] == 2
    assert shell("eval", "1", "im=im.png")[0] == 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: None, "cannot read bad.png: there is no such file; check the path"),
        (
            lambda p: p.mkdir(),
            "no image is in bad.png: there is no file in it; name images by a pattern: 'bad.png/**/*.png' for those in "
            "folders below",
        ),
        (lambda p: p.touch(), "cannot read bad.png: the file is empty (0 bytes); copy or download it again"),
        (
            lambda p: p.write_bytes(ANKLE.read_bytes()[:9000]),
            "cannot read bad.png: the PNG data is damaged or cut short; copy or download it again",
        ),
    ],
)
def test_files_that_cannot_be_read(shell: Shell, make: object, message: str) -> None:
    make(shell.folder / "bad.png")  # type: ignore[operator]
    assert shell("eval", "im > 32", "im=bad.png") == (2, "", f"error: {message}\n")


def test_an_input_is_never_overwritten(shell: Shell) -> None:
    (shell.folder / "link.png").symlink_to("im.png")
    (shell.folder / "hard.png").hardlink_to(shell.folder / "im.png")
    for name in ("im.png", "./im.png", "link.png", "hard.png", str(shell.folder / "im.png")):
        code, out, err = shell("eval", "im > 32", "im=im.png", "-o", name)
        assert (code, out) == (2, "")
        assert "is an input, it is not overwritten" in err
    assert (shell.folder / "im.png").read_bytes() == ANKLE.read_bytes()


def test_outputs_that_cannot_be_written_leave_nothing(shell: Shell) -> None:
    before = sorted(shell.folder.iterdir())
    for target in ("no/such/m.png", "m.jpg", "m.xyz", "{nothing}.png", "{output", "."):
        code, out, err = shell("eval", "im > 32; im > 64" if target == "." else "im > 32", "im=im.png", "-o", target)
        if target == ".":
            continue
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
    (shell.folder / "im-result.png").unlink()
    assert sorted(shell.folder.iterdir()) == before


def test_names_that_are_mixed_up(shell: Shell) -> None:
    for arguments, message in [
        (("im > 3", "im", "=", "im.png"), "im is not name=FILE; write im=ankle.png, say, without blanks around ="),
        (("im > 3", "im=im.png", "im=3"), "im is given twice; delete one of the two"),
        (("im > t", "im=im.png", "-p", "t=3"), "t is an input, not a param; write t=3 without -p"),
        (("param t = 3; t", "t=4"), "t is a param, not an input; write -p t=4"),
        (("im > 3", "im=im.png", "-o", ""), "the name after -o is empty; write a file, a folder/ or a template"),
    ]:
        assert shell("eval", *arguments) == (2, "", f"error: {message}\n")


def test_nothing_to_run(shell: Shell) -> None:
    for text in ("", "# only a comment", "param t = 3"):
        code, out, err = shell("eval", text, "im=im.png")
        assert (code, out) == (1, "")
        assert "the program has no result" in err


def test_a_number_has_no_file(shell: Shell) -> None:
    code, out, err = shell("eval", "1 + 1", "-o", "two.png")
    assert (code, out) == (2, "")
    assert "no mask or image to write to two.png" in err


# --- run -------------------------------------------------------------------------------------------------------------

PROGRAM = """
input im = "im.png"
param low = 32 in 0..255
output limb = im > low
output wide = im * 300
output real = im / 2
output n = area(limb)
"""


def test_results_are_named_after_input_and_output(shell: Shell) -> None:
    (shell.folder / "programs").mkdir()
    write(shell.folder / "programs", "all.mask", PROGRAM)
    (shell.folder / "im.png").rename(shell.folder / "programs" / "im.png")
    code, out, err = shell("run", "programs/all.mask")
    assert (code, err) == (0, "")
    assert out == "im-limb.png\nim-wide.tif\nim-real.tif\nn = 170706\n" or out.splitlines()[0] == "im-limb.png"
    im = iio.imread(ANKLE)
    paths = out.splitlines()
    np.testing.assert_array_equal(iio.imread(paths[0]), np.where(im > 32, 255, 0))
    for path, want in ((paths[1], im * np.uint32(300)), (paths[2], im / 2)):
        stored = np.load(path) if path.endswith(".npy") else iio.imread(path)
        np.testing.assert_array_equal(stored, want)


@pytest.mark.parametrize(
    ("target", "paths"),
    [
        ("new/", ["new/im-a.png", "new/im-b.png"]),
        (".", ["./im-a.png", "./im-b.png"]),
        ("{output}_{stem}.tif", ["a_im.tif", "b_im.tif"]),
        ("{output}", ["a.png", "b.png"]),
    ],
)
def test_where_results_go(shell: Shell, target: str, paths: list[str]) -> None:
    write(shell.folder, "two.mask", "output a = im > 32\noutput b = im > 64")
    assert shell("run", "two.mask", "im=im.png", "-o", target) == (0, "\n".join([*paths, ""]), "")
    assert all(Path(p).is_file() for p in paths)


def test_a_program_file_has_a_histogram_as_an_expression_has(shell: Shell) -> None:
    write(shell.folder, "p.mask", 'input im = "im.png"\noutput m = im > 32')
    assert shell("run", "p.mask", "--hist", "h.png") == (0, "im-m.png\nh.png\n", "")
    assert shell("eval", "im > 32", "im=im.png", "--hist", "e.png")[0] == 0
    assert iio.imread("h.png").shape == iio.imread("e.png").shape


def test_two_results_do_not_fit_one_file(shell: Shell) -> None:
    write(shell.folder, "two.mask", "output a = im > 32\noutput b = im > 64")
    for target in ("one.png", "{stem}.png"):
        code, out, _ = shell("run", "two.mask", "im=im.png", "-o", target)
        assert (code, out) == (2, "")
    assert not (shell.folder / "one.png").exists()


def test_use_finds_files_beside_the_program(shell: Shell) -> None:
    (shell.folder / "sub").mkdir()
    write(shell.folder / "sub", "lib.mask", "def rim(m, n) = dilate(m, n) & ~m")
    write(shell.folder / "sub", "main.mask", 'use "lib.mask"\narea(rim(im > 32, 2))')
    code, out, err = shell("run", "sub/main.mask", "im=im.png")
    assert (code, err) == (0, "")
    assert out == f"result = {maskexpr.evaluate('area(dilate(im > 32, 2) & ~(im > 32))', im=iio.imread(ANKLE))}\n"


@pytest.mark.parametrize("path", ["../outside.mask", "/etc/hostname", "."])
def test_use_stays_in_the_folder_of_the_program(shell: Shell, path: str) -> None:
    (shell.folder / "sub").mkdir()
    write(shell.folder, "outside.mask", "def f(m) = m")
    write(shell.folder / "sub", "main.mask", f'use "{path}"\nf(1)')
    code, out, err = shell("run", "sub/main.mask")
    assert (code, out) == (1, "")
    assert f"cannot use {path}: " in err


def test_a_program_and_an_expression_are_not_mixed_up(shell: Shell) -> None:
    write(shell.folder, "p.mask", "1 + 1")
    assert shell("eval", "p.mask") == (2, "", "error: p.mask is a file, not an expression; write maskexpr run p.mask\n")
    code, _, err = shell("run", "im > 32")
    assert (code, err) == (
        2,
        "error: cannot read im > 32: there is no such file; to run an expression write maskexpr eval '...'\n",
    )


def test_a_program_that_is_no_text(shell: Shell) -> None:
    (shell.folder / "bad.mask").write_bytes(b"\xff\xfe\x00")
    for name in ("bad.mask", "missing.mask", ".", "a\0b"):
        code, out, err = shell("run", name)
        assert (code, out) == (2, "")
        assert err.startswith("error: cannot read")
        assert err.count("\n") == 1


# --- check, explain, functions ---------------------------------------------------------------------------------------


def test_check_shows_all_mistakes_of_all_files(shell: Shell) -> None:
    write(shell.folder, "bad.mask", "a = dilat(im)\nb = (im\noutput c = a")
    write(shell.folder, "good.mask", "im > 3")
    code, out, _ = shell("check", "bad.mask", "good.mask")
    assert code == 1
    assert [line for line in out.splitlines() if "error" in line] == [
        "bad.mask:1:5: error: there is no function dilat",
        "bad.mask:2:5: error: this ( is never closed",
    ]
    assert shell("check", "good.mask") == (0, "1 program without errors\n", "")


def test_check_looks_at_default_inputs(shell: Shell) -> None:
    write(shell.folder, "warn.mask", 'input im = "im.png"\nim > 300')
    code, out, _ = shell("check", "warn.mask")
    assert code == 0
    assert "never true: im is uint8, 0..255" in out


def test_check_for_machines(shell: Shell) -> None:
    write(shell.folder, "bad.mask", "1\n  dilat(im)")
    code, out, _ = shell("check", "--json", "bad.mask")
    assert code == 1
    found = json.loads(out)[-1]
    assert found == {
        "severity": "error",
        "code": "function-unknown",
        "message": "there is no function dilat",
        "hint": "did you mean dilate?",
        "file": "bad.mask",
        "line": 2,
        "column": 3,
        "span": [4, 9],
        "source": "bad.mask",
        "fix": "1\n  dilate(im)",
        "end_line": 2,
        "end_column": 8,
    }


def test_explain_says_what_is_in_force(shell: Shell) -> None:
    code, out, err = shell("explain", "dilate(gaussian(im, 2) > 32)", "im=im.png")
    assert (code, err) == (0, "")
    assert "im: image 880x380 uint8, 0..255 (im.png)" in out
    assert 'dilate: n=1, shape="diamond", axes=none; outside the image is empty' in out
    assert "result: mask 880x380" in out


def test_explain_says_what_was_done_to_a_file(shell: Shell) -> None:
    rgba = np.zeros((4, 5, 4), np.uint8)
    rgba[..., 3] = 255
    iio.imwrite(shell.folder / "alpha.png", rgba)
    code, out, _ = shell("explain", "gray(im)", "im=alpha.png")
    assert code == 0
    assert "im: colour 4x5x3 uint8" in out
    assert "alpha" in out.splitlines()[1]


def test_explain_without_inputs(shell: Shell) -> None:
    code, out, _ = shell("explain", "dilate(im > 32)")
    assert code == 0
    assert "im: any kind" in out
    assert out.endswith("plan\n  give the inputs to see it: im=...\n")


def test_explain_of_a_picture_that_is_not_there(shell: Shell) -> None:
    missing = "error: cannot read missing.png: there is no such file; check the path\n"
    assert shell("explain", "missing.png") == (2, "", missing)
    code, out, _ = shell("explain", "im > 3 # as in missing.png")
    assert (code, out.splitlines()[0]) == (0, "inputs")


def test_explain_shows_the_plan(shell: Shell) -> None:
    write(shell.folder, "a.mask", 'input im = "im.png"\nparam t = 3 in 0..9\narea(im > t)')
    code, out, err = shell("explain", "a.mask", "-p", "t=5")
    assert (code, err) == (0, "")
    assert "plan " in out
    assert " = area(im > 5) " in out
    assert "measured" not in out


def test_explain_with_times(shell: Shell) -> None:
    code, out, err = shell("explain", "--time", "area(dilate(im, 2mm) > t)", "im=im.png", "t=3", "--spacing", "1mm")
    assert (code, err) == (0, "")
    assert re.search(r"\n    dilate\(im, n=2mm\) .* \d+(\.\d\d)? (us|ms|s)   ", out)
    assert "for the whole run, the best of" in out


def test_times_need_all_inputs(shell: Shell) -> None:
    for given in ((), ("a=im.png",)):
        code, out, err = shell("explain", "a + b > 3", *given, "--time")
        assert (code, out) == (2, "")
        name = "b" if given else "a"
        assert err == f"error: --time runs the program, but no {name} was given; give it: {name}=FILE or {name}=32\n"
    code, out, err = shell("explain", "assert area(im > 300) > 0; im > 3", "im=im.png", "--time")
    assert (code, out) == (1, "")
    assert "error: not true: area(im > 300) > 0" in err


def test_functions(shell: Shell) -> None:
    code, out, _ = shell("functions")
    assert code == 0
    assert "morphology   dilate, erode" in out
    code, out, _ = shell("functions", "shapes")
    assert code == 0
    assert "x  " in out
    assert "empty()  " in out
    code, out, _ = shell("functions", "dilate")
    assert code == 0
    assert out.startswith('dilate(m, n=1, shape="diamond", axes=none) -> image or labels or mask\n')
    assert ">>> evaluate(" in out
    assert shell("functions", "dilat") == (2, "", "error: there is no function dilat; did you mean dilate?\n")


# --- the process -----------------------------------------------------------------------------------------------------


def process(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "maskexpr", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert process("--version").stdout.decode() == f"maskexpr {maskexpr.__version__}\n"
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    assert "commands" in capsys.readouterr().out


@pytest.mark.slow
def test_standard_input_and_output() -> None:
    done = process("eval", "im > 32", "im=-", "-o", "-", stdin=ANKLE.read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    np.testing.assert_array_equal(iio.imread(io.BytesIO(done.stdout)), np.where(iio.imread(ANKLE) > 32, 255, 0))


def test_programs_from_standard_input(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(*arguments: str, stdin: bytes) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        return shell(*arguments)

    assert given("eval", "-", stdin=b"1 + 1") == (0, "2\n", "")
    assert given("run", "-", "im=im.png", stdin=b"area(im > 32)") == (0, "result = 170706\n", "")
    no_text = "error: cannot read standard input: it is not a text in UTF-8; name a program file\n"
    assert given("eval", "-", stdin=ANKLE.read_bytes()) == (2, "", no_text)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_standard_output() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-m", "maskexpr", "functions"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: cannot write to standard output: ")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_work_goes_on_where_nobody_can_be_told(tmp_path: Path) -> None:
    """Standard error may be a log on a full disk, or a terminal that was closed meanwhile."""
    iio.imwrite(tmp_path / "a.png", np.eye(9, dtype=np.uint8))
    iio.imwrite(tmp_path / "b.png", np.eye(9, dtype=np.uint8))
    (tmp_path / "seg.mask").write_text("im > 300")
    given = [sys.executable, "-m", "maskexpr", "run", "seg.mask", "im=?.png", "--table", "t.csv"]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(given, cwd=tmp_path, stdout=subprocess.PIPE, stderr=full, check=False)
    assert ended.returncode == 0
    assert (tmp_path / "t.csv").read_text().count("png") == 2
    with open("/dev/full", "wb") as full:
        assert subprocess.run([*given[:5], "im=c.png"], cwd=tmp_path, stderr=full, check=False).returncode == 2


def test_closed_streams_are_no_error() -> None:
    script = f"{sys.executable} -m maskexpr eval '1 + 1' >&- 2>&-"
    assert subprocess.run(script, shell=True, timeout=60, check=False).returncode == 0


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error() -> None:
    script = f"{sys.executable} -m maskexpr functions | head -n 1"
    done = subprocess.run(script, shell=True, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""


def test_a_spacing_may_be_for_one_input(shell: Shell) -> None:
    program = 'area(a > 32, "mm2") + area(b > 32, "um2")'
    code, out, _ = shell("eval", program, "a=im.png", "b=im.png", "--spacing", "a=2mm", "--spacing", "1um")
    assert (code, float(out)) == (0, 170_706 * 4 + 170_706)
    code, _, err = shell("eval", "area(im > 32, 'mm2')", "im=im.png", "--spacing", "in=2mm")
    assert (code, err) == (2, "error: the program has no input or param in; it has im\n")
