"""Which images a study has. Oracles: glob of the standard library, pydicom."""

import glob
import os
import sys

import nibabel
import numpy as np
import PIL.Image
import pydicom
import pytest
import SimpleITK
from helpers.each import each
from hypothesis import given
from hypothesis import strategies as st
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

import maskexpr
from maskexpr.files import images
from maskexpr.studies import cases
from maskexpr.studies.patterns import Folders

ODD = ["a b", "{1}", "{{x}}", "[y]", "50%", "a,b", "-d", "ä日本", "*", "q?", "'x\"", "$HOME", "~", "1", "#"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*paths):
    """Small pictures."""
    for path in paths:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        PIL.Image.fromarray(np.zeros((2, 3), np.uint8)).save(path, "PNG")


def names(**given):
    return [case.name for case in cases.cases_of(given)]


def given_as(name, **given):
    return [case.given[name] for case in cases.cases_of(given)]


def said(**given):
    with pytest.raises(maskexpr.MaskError) as raised:
        cases.found(given)
    return str(raised.value)


# --- patterns --------------------------------------------------------------------------------------------------------


@each("pattern", ["*.png", "**/*.png", "*/*.png", "a/**/*.png", "a/[12].png", "a/[!1].png", "?/?.png", "./a/*", ".h/*"])
def test_patterns_are_those_of_glob(here, pattern):
    put("x.png", "a/1.png", "a/2.png", "a/b/3.png", "a/b/c/4.png", ".h/5.png", "a/.6.png", "B/7.png")
    expected = sorted(path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path))
    assert [file.path for file in Folders().matching(pattern)] == expected


@given(st.lists(st.text("ab*?[]!-.", min_size=1, max_size=4), max_size=6, unique=True), st.text("ab*?[]!-", max_size=5))
@POSIX
def test_any_pattern_is_that_of_glob(tmp_path_factory, found, pattern):
    folder = tmp_path_factory.mktemp("p")
    for name in found:
        if name not in (".", ".."):
            (folder / name).touch()
    whole = os.path.join(folder, pattern)
    if not glob.has_magic(pattern) or os.path.lexists(whole):
        return
    expected = sorted(path for path in glob.glob(whole) if os.path.isfile(path))
    assert [file.path for file in Folders().matching(whole)] == expected


@POSIX
def test_folders_that_are_links_are_gone_through_but_not_in_circles(here):
    put("a/1.png", "other/2.png")
    os.symlink("..", "a/back")
    os.symlink("../other", "a/on")
    os.symlink("nowhere", "a/3.png")
    assert names(im="a/**/*.png") == ["a/1.png", "a/3.png", "a/on/2.png"]  # that 3.png is broken is to be said


def test_cases_are_in_the_order_of_their_paths(here):
    put("b.png", "a-b.png", "a/c.png", "B.png", "10.png", "9.png")
    assert names(im="**/*.png") == sorted(names(im="**/*.png"))
    assert [case.index for case in cases.cases_of({"im": "**/*.png"})] == [*range(6)]


def test_what_templates_may_name(here):
    put("s/x/y/b.v2.png", "s/a.png")
    first, second = cases.cases_of({"im": "s/**/*.png"})
    assert first.names == {"stem": "a", "im.stem": "a", "im.name": "a.png", "im.parent": ""}
    named = {"stem": "b.v2", "im.stem": "b.v2", "im.name": "b.v2.png", "im.parent": os.path.join("x", "y")}
    assert second.names == named
    (single,) = cases.cases_of({"im": "s/x/y/b.v2.png", "t": "3"})
    assert single.names == {**named, "im.parent": ""}


@POSIX
def test_names_that_confuse(here):
    put(*(f"in/{name}.png" for name in ODD), *(f"gt/{name}-t.png" for name in ODD))
    found = cases.found({"im": "in/*.p?g", "t": "gt/{im.stem}-t.png"})
    assert sorted(case.names["im.stem"] for case in found.cases) == sorted(ODD)
    for case in found.cases:
        assert case.given["t"] == f"gt/{case.names['im.stem']}-t.png"
        assert images.read(case.given["im"]).array.shape == (2, 3)
    for name in ODD:  # each by its very name is that file, and no pattern or template
        single = cases.found({"im": f"in/{name}.png", "t": "gt/{im.stem}*.png"})
        assert not single.are_many
        assert single.cases[0].given == {"im": f"in/{name}.png", "t": f"gt/{name}-t.png"}
    put("in/-", "[f]{o}/1.png", "[f]{o}/2.png")
    assert given_as("im", im="[f]{o}/*.png") == ["[f]{o}/1.png", "[f]{o}/2.png"]
    os.chdir("in")
    assert "./-" in given_as("im", im="*")  # - alone is standard input


def test_a_file_that_is_called_as_a_template_is_told_of(here):
    put("in/a.png", "in/b.png", "gt/a.png", "gt/b.png", "gt/{im.stem}.png", "gt/{v2}.png")
    asked = {"im": "in/*.png", "t": "gt/{im.stem}.png"}
    assert given_as("t", **asked) == ["gt/{im.stem}.png"] * 2
    (note,) = cases.found(asked).notes
    assert note.message == "there is a file gt/{im.stem}.png by that very name: it is t for all images"
    assert not cases.found({**asked, "t": "gt/{v2}.png"}).notes
    os.remove("gt/{im.stem}.png")
    assert given_as("t", **asked) == ["gt/a.png", "gt/b.png"]
    assert not cases.found(asked).notes


# --- folders ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_the_images_in_it(here):
    put("in/a.png", "in/b.JPG", "in/noending", "in/.hidden.png", "in/below/c.png", "in/.maskexpr-1.tmp")
    for name in ("t.csv", "p.mask", "maskexpr-journal.jsonl", "maskexpr.lock", "maskexpr.lock.ab", "report.html"):
        (here / "in" / name).write_text("x")
    (here / "in/broken.png").write_bytes(b"")
    (here / "in/readme.txt").write_text("no image")
    found = cases.found({"im": "in"})
    assert [case.name for case in found.cases] == ["in/a.png", "in/b.JPG", "in/broken.png", "in/noending"]
    (note,) = found.notes
    assert note.render() == "warning: for im 1 file is passed over, being no image: in/readme.txt"
    assert names(im="in/") == names(im="in") == names(im="in/*")
    assert names(im="in/*.txt") == ["in/readme.txt"]  # it asks for these, and each fails by itself
    assert names(im="*/") == names(im="in/*")
    assert "in/below/c.png" in names(im="in/**")


def test_samples_belong_to_the_header_beside_them(here):
    os.mkdir("in")
    nibabel.Nifti1Pair(np.zeros((2, 3, 4), np.uint8), np.eye(4)).to_filename("in/a.img")
    SimpleITK.WriteImage(SimpleITK.Image(3, 2, SimpleITK.sitkUInt8), "in/b.mhd")
    (here / "in/c.raw").write_bytes(bytes(9))
    found = cases.found({"im": "in"})
    assert [case.name for case in found.cases] == ["in/a.hdr", "in/b.mhd"]
    assert found.notes[0].render().endswith(": in/c.raw")


@each(
    "text, words",
    [
        ("nope/*.png", "cannot read nope/*.png: no file has such a name"),
        ("in/*.jpg", "no file has such a name"),
        ("empty", "no image is in empty: there is no file in it; name images by a pattern: 'empty/**/*.png'"),
        ("words", "no image is in words: none of its 2 files is one; name images by a pattern: 'words/**/*.png'"),
    ],
)
def test_nothing_found(here, text, words):
    put("in/a.png", "words/below/a.png")
    os.makedirs("empty", exist_ok=True)
    for name in ("a.txt", "b.txt"):
        (here / "words" / name).write_text("x")
    assert words in said(im=text)


# --- partners --------------------------------------------------------------------------------------------------------


def test_partners_by_templates_and_names(here):
    put("in/a.png", "in/b.png", "gt/a.png", "gt/b.png", "at/a_1.png", "at/b_x.png", "one.png")
    assert given_as("t", im="in/*.png", t="gt/{im.stem}.png") == ["gt/a.png", "gt/b.png"]
    assert given_as("t", im="in/*.png", t="at/{im.stem}_?.png") == ["at/a_1.png", "at/b_x.png"]
    assert given_as("t", im="in/*.png", t="gt/*.png") == ["gt/a.png", "gt/b.png"]
    assert given_as("t", im="in", t="gt") == ["gt/a.png", "gt/b.png"]
    assert given_as("k", im="in/*.png", t="gt/{im.stem}.png", k="at/{t.stem}_*.png") == ["at/a_1.png", "at/b_x.png"]
    assert given_as("k", k="at/{t.stem}_*.png", t="gt/{im.stem}.png", im="in/*.png") == ["at/a_1.png", "at/b_x.png"]
    case = cases.cases_of({"im": "in/*.png", "t": "one.png", "n": "-3.5"})[1]
    assert case.given == {"im": "in/b.png", "t": "one.png", "n": "-3.5"}
    assert case.names["t.stem"] == "one"
    assert not cases.found({"im": "in/a.png", "t": "gt/{im.stem}.png"}).are_many
    assert given_as("t", im="in/a.png", t="gt/{im.stem}.png") == ["gt/a.png"]


def test_an_array_of_each_file(here):
    for name in ("a", "b"):
        np.savez(f"{name}.npz", im=np.zeros((2, 2)), truth=np.ones((2, 2)))
    assert given_as("im", im="*.npz:im") == ["a.npz:im", "b.npz:im"]
    assert given_as("t", im="*.npz:im", t="{im.stem}.npz:truth") == ["a.npz:truth", "b.npz:truth"]


def test_names_that_occur_in_several_folders(here):
    put("in/x/a.png", "in/y/a.png", "gt/x/a.png", "gt/y/a.png")
    assert given_as("t", im="in/**/*.png", t="gt/**/*.png") == ["gt/x/a.png", "gt/y/a.png"]
    put("in/x/a.tif")
    text = said(im="in/**/*", t="gt/**/*.png")
    assert "images of im are called alike" in text
    assert "in/x/a.png, in/x/a.tif" in text
    assert "'.../{im.parent}/{im.stem}.png'" in text


def test_partners_that_are_missing(here):
    put(*(f"in/{number}.png" for number in range(9)), "gt/0.png", "gt/x.png", "gt/0_1.png", "gt/0_2.png")
    text = said(im="in/*.png", t="gt/{im.stem}.png")
    assert "there is no t for 8 of 9 images: in/1.png (no gt/1.png), in/2.png" in text
    assert text.count("(no ") == 6
    assert "in/6.png (no gt/6.png) and 2 more; put them there" in text
    text = said(im="in/0.png", t="gt/{im.stem}_*.png")
    assert "several files for the t of 1 of 1 images: in/0.png (gt/0_1.png, gt/0_2.png)" in text
    text = said(im="in/[0-2].png", t="gt/?.png")
    assert "there is no t for 2 of 3 images of im, which are matched by their names: in/1.png, in/2.png" in text
    assert "there is no im for 1 of 2 images of t, which are matched by their names: gt/x.png" in text
    assert "say by a template where it is: t='.../{im.stem}.png'" in text


@each(
    "given, words",
    [
        ({"t": "-"}, "standard input is one image and cannot be t for each of many"),
        ({"t": "gone.png"}, "cannot read gone.png: there is no such file"),
        ({"t": "{imm.stem}.png"}, "there is no {imm.stem}; write {im.stem}"),
        ({"t": "{k.stem}.png", "k": "{t.stem}.png"}, "there is no {k.stem}"),
        ({"t": "{t.stem}.png"}, "there is no {t.stem}"),
        ({"t": "{im.stem"}, "a brace has no partner"),
    ],
)
def test_what_cannot_be_a_partner(here, given, words):
    put("in/a.png", "in/b.png")
    assert words in said(im="in/*.png", **given)


# --- series ----------------------------------------------------------------------------------------------------------


def slices(folder, count=3, series=None, prefix="s"):
    """A real slice, as several of a series at their places; without a series each is of its own."""
    os.makedirs(folder, exist_ok=True)
    source = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    for number in range(count):
        source.SeriesInstanceUID = series or generate_uid()
        source.SOPInstanceUID = generate_uid()
        source.ImagePositionPatient = [0, 0, 5.0 * number]
        source.InstanceNumber = number
        source.save_as(os.path.join(folder, f"{prefix}{number}.dcm"))


def test_files_of_one_series_are_one_image(here):
    slices("ct", series=generate_uid())
    (here / "ct/readme.txt").write_text("x")
    for text in ("ct", "ct/", "ct/*.dcm", "ct/*"):
        found = cases.found({"im": text})
        assert not found.are_many
        assert found.cases[0].given == {"im": text}
        assert found.cases[0].names["im.stem"] == "ct"
    put("in/a.png", "in/b.png")
    assert given_as("ct", im="in/*.png", ct="ct/*.dcm") == ["ct/*.dcm"] * 2
    assert given_as("ct", im="ct/s0.dcm", ct="{im.parent}ct/*.dcm") == ["ct/*.dcm"]


def test_a_folder_of_a_series_each_is_an_image_each(here):
    for name in ("p1", "p[2]", "p 3"):
        slices(f"all/{name}/ct", series=generate_uid())
    for text in ("all/*/ct/*.dcm", "all/*/ct/", "all/**/*.dcm", "all/**"):
        found = cases.found({"im": text})
        assert found.are_many
        assert [case.name for case in found.cases] == ["all/p 3/ct", "all/p1/ct", "all/p[2]/ct"]
        assert [case.names["im.parent"] for case in found.cases] == ["p 3", "p1", "p[2]"]
        assert {case.names["stem"] for case in found.cases} == {"ct"}
        assert all(images.read(case.given["im"]).array.shape == (3, 128, 128) for case in found.cases)


def test_a_real_medium():
    """Four series, each in a folder, and the list of all."""
    folder = os.path.dirname(get_testdata_file("DICOMDIR", download=False))
    found = cases.found({"im": f"{folder}/77654033/**"})
    series = {}
    for path in glob.glob(f"{folder}/77654033/**", recursive=True):
        if os.path.isfile(path):
            series.setdefault(pydicom.dcmread(path).SeriesInstanceUID, []).append(path)
    assert len(found.cases) == len(series) == 4
    assert [len(images.files_of(case.given["im"])) for case in found.cases] == sorted(map(len, series.values()))
    found = cases.found({"im": f"{folder}/**"})
    assert os.path.join(folder, "DICOMDIR") in found.notes[0].render()
    assert not any(os.path.basename(case.name) == "DICOMDIR" for case in found.cases)


def test_series_in_one_folder(here):
    slices("own", 4)
    assert names(im="own/*.dcm") == [f"own/s{number}.dcm" for number in range(4)]
    slices("two", series=generate_uid(), prefix="a")
    slices("two", series=generate_uid(), prefix="b")
    assert given_as("im", im="two/*.dcm") == ["two/a*", "two/b*"]
    slices("mixed", series=generate_uid(), prefix="x1")
    slices("mixed", series=generate_uid(), prefix="x")
    (single,) = given_as("im", im="mixed/*.dcm")
    with pytest.raises(maskexpr.FileError, match="it holds 2 series"):
        images.read(single)


def test_a_broken_slice_is_a_broken_series_and_a_broken_image_one_of_many(here):
    slices("ct", 4, series=generate_uid())
    slices("own", 4)
    for folder in ("ct", "own"):
        path = here / folder / "s1.dcm"
        path.write_bytes(path.read_bytes()[:200])
    assert not cases.found({"im": "ct/*.dcm"}).are_many
    assert len(names(im="own/*.dcm")) == 4
