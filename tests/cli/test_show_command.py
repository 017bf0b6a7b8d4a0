"""Pictures from the command line: `show`, `--show`, `--overlay` and `--hist`."""

import io
import os
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.command_shell import Shell
from helpers.places import DATA, EXAMPLES
from scipy import ndimage

import maskexpr
from maskexpr.display import pictures, results
from maskexpr.display.pictures import colours
from maskexpr.display.terminal import Abilities
from maskexpr.files import images
from maskexpr.kinds.kind import Kind

pytestmark = pytest.mark.slow

TISSUE = "dilate((im > 32) & ~(im > 64), 2)"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    for path in (*(EXAMPLES / name for name in ("ankle.png", "coins.png", "ihc.png")), DATA / "brain.tif"):
        shutil.copy(path, tmp_path)
    return Shell(tmp_path, capsys)


def outline(mask: np.ndarray) -> np.ndarray:
    """Where a region of a mask ends, at the image's border too."""
    return mask & ~ndimage.binary_erosion(mask)


def changed(picture: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Where a picture is not that of the image alone."""
    return (picture != maskexpr.view(image).raster()).any(axis=-1)


# --- overlays --------------------------------------------------------------------------------------------------------


def test_an_overlay_is_the_image_with_the_outline_of_the_mask(shell: Shell) -> None:
    code, out, err = shell("eval", TISSUE, "im=ankle.png", "--overlay", "o.png")
    im = iio.imread("ankle.png")
    mask = maskexpr.evaluate(TISSUE, im=im)
    assert (code, err) == (0, "")
    assert out == f"{maskexpr.view(mask)}\no.png\n"
    picture = iio.imread("o.png")
    assert picture.shape == (880, 380, 3)
    np.testing.assert_array_equal(changed(picture, im), outline(mask))
    assert (picture[outline(mask)] == colours.TINT).all()


def test_an_overlay_on_a_colour_image(shell: Shell) -> None:
    assert shell("eval", "saturation(im) > 0.3", "im=ihc.png", "--overlay", "o.png")[0] == 0
    im = iio.imread("ihc.png")
    mask = maskexpr.evaluate("saturation(im) > 0.3", im=im)
    np.testing.assert_array_equal(changed(iio.imread("o.png"), im), outline(mask))


def test_an_overlay_of_a_stack_is_one_of_a_plane_in_its_middle(shell: Shell) -> None:
    assert shell("eval", "keep_largest(im > otsu(im))", "im=brain.tif", "--overlay", "o.png")[0] == 0
    im = images.read("brain.tif").array
    mask = maskexpr.evaluate("keep_largest(im > otsu(im))", im=im)
    picture = iio.imread("o.png")
    found = [z for z in range(len(im)) if np.array_equal(changed(picture, im[z]), outline(mask[z]))]
    assert len(found) == 1
    assert mask[found[0]].any()


def test_each_label_has_a_colour_in_an_overlay(shell: Shell) -> None:
    expression = "label(remove_small(fill_holes(im > 130), 200))"
    assert shell("eval", expression, "im=coins.png", "--overlay", "o.png")[0] == 0
    labels = maskexpr.evaluate(expression, im=iio.imread("coins.png"))
    assert labels.max() > 10
    picture = iio.imread("o.png")
    for number in range(1, labels.max() + 1):
        wanted = colours.LABELS[(number - 1) % len(colours.LABELS)]
        assert (picture[outline(labels == number)] == wanted).all()


def test_an_overlay_as_a_tint(shell: Shell) -> None:
    iio.imwrite("im.png", np.array([[0, 255, 0], [255, 0, 255]], np.uint8))
    assert shell("eval", "im > 9", "im=im.png", "--overlay", "o.png", "--view", "overlay")[0] == 0
    tinted = tuple((255 * (256 - 115) + tint * 115) >> 8 for tint in colours.TINT)
    off = (0, 0, 0)
    np.testing.assert_array_equal(iio.imread("o.png"), [[off, tinted, off], [tinted, off, tinted]])


def test_an_overlay_beside_the_image(shell: Shell) -> None:
    assert shell("eval", "im > 130", "im=coins.png", "--overlay", "o.png", "--view", "side")[0] == 0
    im = iio.imread("coins.png")
    picture = iio.imread("o.png")
    assert not changed(picture[:, :384], im).any()
    np.testing.assert_array_equal((picture[:, -384:] == colours.ON).all(axis=-1), im > 130)


def test_overlays_of_several_masks(shell: Shell) -> None:
    Path("two.mask").write_text('input im = "coins.png"\noutput a = im > 99\noutput b = im > 130\noutput n = area(b)')
    code, out, err = shell("run", "two.mask", "-o", "made/", "--overlay", "made/")
    assert (code, err) == (0, "")
    paths = ["made/coins-a.png", "made/coins-b.png", "made/coins-a-overlay.png", "made/coins-b-overlay.png"]
    assert out.splitlines() == [*paths[:2], f"n = {np.count_nonzero(iio.imread('coins.png') > 130)}", *paths[2:]]
    assert sorted(p.name for p in Path("made").iterdir()) == sorted(Path(p).name for p in paths)
    assert shell("run", "two.mask", "-o", "made/", "--overlay", "{output}-of-{stem}.tif")[0] == 0
    assert iio.imread("a-of-coins.tif").shape == (303, 384, 3)
    code, out, err = shell("run", "two.mask", "-o", "made/", "--overlay", "one.png")
    assert (code, out) == (2, "")
    assert err == "error: one.png is one file for 2 results; write a folder/, or a template such as '{output}.png'\n"


def test_pictures_say_how_they_were_made(shell: Shell) -> None:
    code, _, _ = shell("eval", "im > otsu(im)", "im=coins.png", "--overlay", "o.png", "--hist", "h.png")
    assert code == 0
    for path, what in (("o.png", "overlay of result"), ("h.png", "histogram of im")):
        code, out, _ = shell("explain", path)
        assert code == 0
        assert out.startswith(f"{what} of expression, made by maskexpr")
        assert "otsu(im) = " in out


def test_a_picture_on_standard_output_is_alone_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "maskexpr", "eval", "im > 130", f"im={EXAMPLES / 'coins.png'}", "--overlay", "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert iio.imread(io.BytesIO(done.stdout)).shape == (303, 384, 3)
    assert done.stderr.startswith(b"mask 303x384, ")
    done = subprocess.run([*command, "-o", str(tmp_path / "m.png")], capture_output=True, check=True, timeout=60)
    assert iio.imread(io.BytesIO(done.stdout)).shape == (303, 384, 3)
    assert done.stderr.decode() == f"{tmp_path / 'm.png'}\n"


# --- histograms ------------------------------------------------------------------------------------------------------


def plotted(shell: Shell, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[object, ...]:
    """What `--hist` hands to the plot, and its file is written."""
    from maskexpr.display import pictures

    seen: list[tuple[object, ...]] = []
    draw = pictures.histogram

    def histogram(values: np.ndarray, marks: object, part: object, *more: object, names: object) -> np.ndarray:
        seen.append((values, marks, part, names))
        return draw(values, marks, part, *more, names=names)  # type: ignore[arg-type]

    monkeypatch.setattr(pictures, "histogram", histogram)
    code, out, err = shell(*arguments, "--hist", "h.png")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "h.png"
    assert iio.imread("h.png").shape == (400, 800, 3)
    return seen[0]


def test_a_histogram_marks_what_the_image_is_compared_with(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "t = otsu(im); param low = 20 in 0..99; output m = low < im <= t & im < 2 * t"
    values, marks, part, names = plotted(shell, monkeypatch, "eval", program, "im=coins.png", "-p", "low=30")
    im = iio.imread("coins.png")
    t = maskexpr.evaluate("otsu(im)", im=im)
    np.testing.assert_array_equal(values, im)
    assert marks == {"low": 30, "t": t, "2 * t": 2 * t}
    np.testing.assert_array_equal(part, im[maskexpr.compile(program)(im=im, low=30)])
    assert names == ("im", "within m")


def test_a_histogram_of_what_was_made_of_a_colour_image(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    expression = "saturation(im) > otsu(saturation(im))"
    values, marks, _, names = plotted(shell, monkeypatch, "eval", expression, "im=ihc.png")
    im = iio.imread("ihc.png")
    np.testing.assert_array_equal(values, maskexpr.evaluate("saturation(im)", im=im))
    assert marks == {"otsu(saturation(im))": maskexpr.evaluate("otsu(saturation(im))", im=im)}
    assert names == ("saturation(im)", "within result")


def test_a_histogram_of_an_image_that_is_compared_with_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    values, marks, part, _ = plotted(shell, monkeypatch, "eval", "mean(gray(im))", "im=ihc.png")
    np.testing.assert_array_equal(values, maskexpr.evaluate("gray(im)", im=iio.imread("ihc.png")))
    assert (marks, part) == ({}, None)


def test_a_histogram_of_files(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    im = iio.imread("coins.png")
    iio.imwrite("m.png", np.where(im > 130, np.uint8(255), np.uint8(0)))
    values, marks, part, names = plotted(shell, monkeypatch, "show", "coins.png", "m.png")
    np.testing.assert_array_equal(values, im)
    np.testing.assert_array_equal(part, im[im > 130])
    assert (marks, names) == ({}, ("coins", "within m"))


# --- show ------------------------------------------------------------------------------------------------------------


def test_show_sums_up_into_a_pipe(shell: Shell) -> None:
    im = iio.imread("coins.png")
    iio.imwrite("m.png", np.where(im > 130, np.uint8(255), np.uint8(0)))
    np.save("labels.npy", maskexpr.evaluate("label(im > 130)", im=im))
    count = maskexpr.evaluate("count(im > 130)", im=im)
    mask = f"{maskexpr.view(im > 130)}\n"
    for files, text in [
        (("coins.png",), "image 303x384 uint8, values 1 to 252\n"),
        (("ihc.png",), "colour 256x384x3 uint8, values 0 to 255\n"),
        (("brain.tif", "--plane", "30"), "image 63x77x65 uint8, values 0 to 237\n"),
        (("m.png",), mask),
        (("coins.png", "m.png", "--view", "side"), mask),
        (("labels.npy",), f"labels 303x384, {count} labels\n"),
        (("coins.png", "labels.npy"), f"labels 303x384, {count} labels\n"),
    ]:
        assert shell("show", *files) == (0, text, "")


def test_show_writes_an_overlay_of_files(shell: Shell) -> None:
    im = iio.imread("coins.png")
    mask = ndimage.binary_opening(im > 130)
    iio.imwrite("m.png", np.where(mask, np.uint8(255), np.uint8(0)))
    assert shell("show", "coins.png", "m.png", "--overlay", "made/")[:2] == (
        0,
        f"{maskexpr.view(mask)}\nmade/m-overlay.png\n",
    )
    np.testing.assert_array_equal(changed(iio.imread("made/m-overlay.png"), im), outline(mask))


def test_show_reads_standard_input() -> None:
    with open(EXAMPLES / "coins.png", "rb") as stream:
        done = subprocess.run([sys.executable, "-m", "maskexpr", "show", "-"], stdin=stream, capture_output=True)
    assert (done.stdout, done.stderr) == (b"image 303x384 uint8, values 1 to 252\n", b"")


def test_a_plane_of_a_stack_is_chosen(shell: Shell) -> None:
    im = images.read("brain.tif").array
    np.save("m.npy", im > 100)
    assert shell("show", "brain.tif", "m.npy", "--plane", "20", "--overlay", "o.png")[0] == 0
    np.testing.assert_array_equal(changed(iio.imread("o.png"), im[20]), outline(im[20] > 100))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "none.png"), "cannot read none.png: there is no such file; check the path"),
        (
            ("show", "coins.png", "ankle.png"),
            "ankle.png (880x380) cannot be shown on coins.png (303x384); give the image that it came from",
        ),
        (
            ("show", "coins.png", "ihc.png"),
            "ihc.png is a colour image, neither a mask nor labels; "
            "name a file of 0 and 255, or of whole numbers from 0 on",
        ),
        (
            ("show", "coins.png", "real.npy"),
            "real.npy is an image of float64, neither a mask nor labels; "
            "name a file of 0 and 255, or of whole numbers from 0 on",
        ),
        (
            ("show", "coins.png", "negative.npy"),
            "negative.npy is an image of values from -2 on, neither a mask nor labels; "
            "name a file of 0 and 255, or of whole numbers from 0 on",
        ),
        (("show", "coins.png", "--view", "best"), "there is no view 'best'; it is one of overlay, contour, mask, side"),
        (("eval", "1", "--view", "best"), "there is no view 'best'; it is one of overlay, contour, mask, side"),
        (("show", "brain.tif", "--plane", "63"), "there is no plane 63; the last one is 62"),
        (
            ("show", "coins.png", "--plane", "0"),
            "there are no planes to choose from: this is one; leave out the plane",
        ),
        (
            ("show", "brain.tif", "--spacing", "3mm,3mm"),
            "the spacing of brain.tif is 3mm, 3mm; give one positive number, or one per axis",
        ),
        (
            ("show", "coins.png", "--overlay", "o.png"),
            "there is no mask to draw for o.png; name an image and its mask: show IMAGE MASK",
        ),
        (
            ("show", "coins.png", "--hist", "coins.png"),
            "coins.png is an input, it is not overwritten; write to another file",
        ),
        (
            ("eval", "mean(im)", "im=coins.png", "--overlay", "o.png"),
            "there is no mask to draw for o.png; leave out --overlay",
        ),
        (
            ("eval", "(im > 3)[9:20]", "im=coins.png", "--overlay", "o.png"),
            "result (mask 11x384) has no image of its shape to be drawn on; leave out --overlay; -o writes it",
        ),
        (
            ("eval", "im > 3", "im=coins.png", "--overlay", "coins.png"),
            "coins.png is an input, it is not overwritten; write to another file",
        ),
        (
            ("eval", "im > 3", "im=coins.png", "--overlay", ""),
            "the name after --overlay is empty; write a file, a folder/ or a template",
        ),
        (
            ("eval", "im > 3", "im=coins.png", "--overlay", "o.png", "-o", "o.png"),
            "o.png is the target of result and overlay of result; give each its own, by {output} in a template",
        ),
        (("eval", "1 + 1", "--hist", "h.png"), "no image is given whose values could be counted; leave out --hist"),
    ],
)
def test_what_cannot_be_shown(shell: Shell, arguments: tuple[str, ...], message: str) -> None:
    np.save("real.npy", np.arange(303 * 384.0).reshape(303, 384))
    np.save("negative.npy", np.arange(303 * 384).reshape(303, 384) - 2)
    before = sorted(shell.folder.iterdir())
    assert shell(*arguments) == (2, "", f"error: {message}\n")
    assert sorted(shell.folder.iterdir()) == before


# --- in a terminal ---------------------------------------------------------------------------------------------------


def in_terminal(*commands: tuple[str, ...], lines: int = 20, columns: int = 60) -> list[list[str]]:
    """The lines that each of some commands prints in a terminal, one after the other in one process."""
    pexpect = pytest.importorskip("pexpect")
    own = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
    environ = {**own, "MASKEXPR_PICTURES": "blocks", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    code = f"from maskexpr.cli import main\nfor command in {commands}: assert main(command) == 0; print({END!r})"
    child = pexpect.spawn(sys.executable, ["-c", code], env=environ, dimensions=(lines, columns), encoding="utf-8")
    child.expect(pexpect.EOF, timeout=120)
    child.close()
    assert child.exitstatus == 0, child.before
    return [part.splitlines() for part in str(child.before).replace("\r\n", "\n").split(f"{END}\n")[:-1]]


END = "-- the next command --"
DRAWN = [
    (("eval", "im > 130", "im=coins.png"), ["mask 303x384, "], True),
    (("eval", "im + 1", "im=coins.png"), ["image 303x384 uint16, "], False),
    (("eval", "im + 1", "im=coins.png", "--show"), ["image 303x384 uint16, "], True),
    (("eval", "label(im > 130)", "im=coins.png", "--show", "-o", "n.tif"), ["n.tif", "labels 303x384, "], True),
    (("eval", "mean(im)", "im=coins.png", "--show"), ["96.8"], False),
    (("show", "ihc.png"), ["colour 256x384x3 uint8, "], True),
    (("show", "brain.tif", "--plane", "20"), ["image 63x77x65 uint8, "], True),
]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_pictures_in_a_terminal(shell: Shell) -> None:
    for (command, titles, drawn), lines in zip(DRAWN, in_terminal(*(c for c, _, _ in DRAWN)), strict=True):
        for title in titles:
            assert lines.pop(0).startswith(title), command
        assert bool(lines) == drawn, command
        if drawn:
            assert 10 < len(lines) <= 19, command
            assert "\x1b[" in lines[5], command


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_run_shows_results_after_their_paths_if_asked(shell: Shell) -> None:
    Path("two.mask").write_text('input im = "coins.png"\noutput a = im > 99\noutput n = area(a)')
    plain, shown = in_terminal(("run", "two.mask"), ("run", "two.mask", "--show"))
    assert plain[0].startswith("coins-a.png  mask 303x384, ")
    assert len(plain) == 2
    assert shown[0] == "coins-a.png"
    assert shown[1] == plain[0].removeprefix("coins-a.png  ")
    assert shown[-1] == plain[-1]
    assert len(shown) > 12


def test_pixels_are_drawn_as_high_as_they_are() -> None:
    window = Abilities(columns=60, lines=40, colours=2**24, protocol="blocks")
    kind = Kind("mask", (4, 4), np.dtype(bool), spacing=(Fraction(3), Fraction(1)))
    _, *lines = results.drawn(np.eye(4, dtype=bool), kind, window).splitlines()
    widths = {len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines}
    assert [3 * width for width in widths] == [2 * len(lines)]


def test_no_codes_go_into_a_pipe(shell: Shell) -> None:
    for arguments in (
        ("eval", "im > 130", "im=coins.png", "--show"),
        ("eval", "label(im > 130)", "im=coins.png", "--show", "--view", "contour"),
        ("show", "coins.png"),
    ):
        code, out, err = shell(*arguments)
        assert (code, err) == (0, "")
        assert out.count("\n") == 1
        assert "\x1b" not in out


# --- masks saved as colours ------------------------------------------------------------------------------------------


def test_a_mask_file_in_colours_is_a_mask_if_its_channels_are_equal(shell: Shell, tmp_path: Path) -> None:
    mask = iio.imread("coins.png") > 110
    iio.imwrite("rgb.png", np.dstack([np.where(mask, 255, 0).astype(np.uint8)] * 3))
    assert shell("show", "coins.png", "rgb.png")[1].startswith(f"mask 303x384, {mask.mean():.1%} on")
    (tmp_path / "area.mask").write_text("input m: mask\narea(m)\n")
    assert shell("run", "area.mask", "m=rgb.png")[1] == f"result = {mask.sum()}\n"
    code, _, err = shell("run", "area.mask", "m=ihc.png")
    assert (code, "its channels differ; declare it colour, and compare one: red(m) > 0" in err) == (2, True)


# --- regions in the colours of a column ------------------------------------------------------------------------------


def test_show_by_a_property_or_a_column(shell: Shell) -> None:
    program = (
        "m = remove_small(im > otsu(im), 500); output m; output t = measure(m, area, centroid, mean_intensity, of=im)"
    )
    assert shell("eval", program, "im=coins.png", "-o", "out/")[0] == 0
    table = maskexpr.evaluate(
        "measure(remove_small(im > otsu(im), 500), area, mean_intensity, of=im)", im=iio.imread("coins.png")
    )
    show = ("show", "coins.png", "out/coins-m.png", "--overlay", "over.png", "--by")
    summary = f"labels 303x384, {table.rows} labels, coloured by "
    for by in ("area", "mean_intensity"):
        code, out, err = shell(*show, by)
        assert (code, err) == (0, "")
        assert out.startswith(f"{summary}{by} from {results.by_text(_colouring(table, by)).split(' from ')[1]}\n")
    first = iio.imread("over.png")
    assert first.shape[1:] == (384, 3)
    assert first.shape[0] > 303
    assert shell(*show, "out/coins-t.csv:mean_intensity")[1].startswith(f"{summary}mean_intensity")
    np.testing.assert_array_equal(iio.imread("over.png"), first)


def _colouring(table: maskexpr.Table, column: str) -> pictures.Colouring:
    return pictures.Colouring(table["label"], table[column], column)


@pytest.mark.parametrize(
    ("by", "code", "said"),
    [
        ("nix", 1, "nix is no property of regions"),
        (
            "centroid",
            2,
            "centroid has the columns centroid_y, centroid_x; name one property of one number, or a column",
        ),
        ("nix.csv:area", 2, "cannot read nix.csv: there is no such file"),
        ("t.csv:nix", 2, "the table has no column nix; it has label, area"),
        ("t.csv:area", 2, "the table has a region 99999, which is not among those that are shown"),
    ],
)
def test_show_by_what_is_not_there(shell: Shell, by: str, code: int, said: str) -> None:
    maskexpr.write("m.png", iio.imread("coins.png") > 107)
    Path("t.csv").write_text("label,area\n99999,3\n")
    found, out, err = shell("show", "coins.png", "m.png", "--by", by)
    assert (found, out) == (code, "")
    assert said in err


def test_show_by_needs_regions(shell: Shell) -> None:
    said = "there are no regions to colour by area; name an image and its mask or labels: show IMAGE MASK --by area"
    assert shell("show", "coins.png", "--by", "area") == (2, "", f"error: {said}\n")
