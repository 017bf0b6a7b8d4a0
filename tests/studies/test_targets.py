"""Where a study writes: all paths are known, and apart, before anything is run; and what a dry run lists."""

import os
import re
import shutil
import sys

import numpy as np
import pytest
from helpers.command_shell import Shell
from helpers.each import each
from helpers.places import ANKLE, EXAMPLES

import maskexpr
from maskexpr.diagnostics.messages import bytes_text
from maskexpr.files import programs
from maskexpr.files.runs import Pictures
from maskexpr.studies import targets
from maskexpr.studies.cases import cases_of
from maskexpr.studies.listing import listing
from maskexpr.studies.one import perform
from maskexpr.studies.task import Task

PROGRAM = "input im\noutput m = im > 32\noutput n = area(m)\noutput t = measure(m, area)\n"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in ("in/a.png", "in/x/b.png", "in/y/b.png"):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(ANKLE, path)
    (tmp_path / "p.mask").write_text(PROGRAM)
    return tmp_path


@pytest.fixture
def shell(here, capsys):
    return Shell(here, capsys)


def task_of(*outputs, **pictures):
    return Task(programs.load_program("p.mask"), outputs=outputs, pictures=Pictures(**pictures))


def paths(task, im="in/**/*.png", **others):
    return targets.targets_of(task, cases_of({"im": im}), others)


def said(task, im="in/**/*.png", **others):
    with pytest.raises(maskexpr.InputError) as raised:
        paths(task, im, **others)
    return str(raised.value)


@each(
    "outputs, pictures",
    [
        (("o/{im.parent}/{im.stem}-{output}",), {}),
        (("o/{im.parent}/", "n{im.parent}{stem}.csv"), {"overlay": "qc/{im.parent}/{stem}.png"}),
        (("{im.parent}{stem}.{output}.png",), {"hist": "{im.parent}/h/{im.name}", "overlay": "o/{im.parent}/"}),
    ],
)
def test_they_are_what_is_written(here, outputs, pictures):
    """But for endings that pixels decide on."""
    task, found = task_of(*outputs, **pictures), cases_of({"im": "in/**/*.png"})
    for case, known in zip(found, targets.targets_of(task, found), strict=True):
        outcome = perform(task, case)
        assert not outcome.errors
        assert outcome.files.keys() == known.keys()
        for name, path in outcome.files.items():
            assert os.path.isfile(path)
            assert path == known[name] or re.fullmatch(re.escape(known[name]) + r"\.(png|csv)", path)


@each(
    "outputs, pictures, words",
    [
        ((), {}, "b-m is where results of two images go, in/x/b.png and in/y/b.png, and so it is with 1 more"),
        (("o/",), {}, "tell them apart by {im.parent} in the template"),
        (("m.png", "o/{im.parent}/"), {}, "m.png is where results of two images go, in/a.png and in/x/b.png"),
        (("m.png", "o/{im.parent}/"), {}, "by {im.stem}"),
        (("t.csv", "o/{im.parent}/"), {}, "t.csv is where tables of two images go: in/a.png and in/x/b.png"),
        (("t.csv", "o/{im.parent}/"), {}, "write --table t.csv instead"),
        (
            ("o/{im.parent}/",),
            {"overlay": "o/{im.parent}/{stem}-m.png"},
            "o/a-m.png is the target of m and overlay of m; give each its own, by {output}",
        ),
        (("o/{im.parent}/",), {"overlay": "{stem}.png"}, "b.png is where results of two images go: in/x/b.png"),
        (("o/{im.parent}/",), {"hist": "h.png"}, "h.png is where results of two images go"),
        (("in/{im.parent}/{im.name}",), {}, "3 results would be written over what is read"),
        (("in/{im.parent}/{im.name}",), {}, "in/a.png (an input), in/x/b.png (an input)"),
        (("o/{im.parent}/",), {"overlay": "-"}, "results of 3 images cannot all go to standard output"),
        (("{im.stemm}.png",), {}, "there is no {im.stemm}; write {im.stem}"),
        (("{output}.png",), {"overlay": "{k}.png"}, "there is no {k}"),
    ],
)
def test_what_is_refused(here, outputs, pictures, words):
    assert words in said(task_of(*outputs, **pictures))


def test_what_is_of_the_study_is_not_written_over(here):
    shutil.copy(ANKLE, "in/a-m.png")  # maybe of a run before
    assert "1 result would be written over what is read or is the study's own: in/a-m" in said(
        task_of("in/"), "in/*.png"
    )
    assert "a.csv (a table of all images)" in said(
        task_of("{stem}.csv", "{stem}.png"), "in/a.png", **{"a.csv": "a table of all images"}
    )
    (here / "use.mask").write_text("def f(x) = x > 32\n")
    (here / "p.mask").write_text('use "use.mask"\ninput im\noutput m = f(im)\n')
    shutil.copy("use.mask", "p.png")
    task = task_of("{stem}.png")
    os.replace("p.mask", "q.png")
    os.symlink("use.mask", "a.png") if hasattr(os, "symlink") else None
    assert "a.png (the program or a file that it uses)" in said(task, "in/a.png")


@POSIX
def test_links_and_other_names_of_a_file(here):
    os.symlink("in", "on")
    assert "on/a.png (an input)" in said(task_of("on/{stem}.png", "t/{im.parent}/"), "in/*.png")
    os.link("in/a.png", "hard.png")
    assert "hard.png (an input)" in said(task_of("hard.png", "t/"), "in/a.png")
    os.makedirs("o")
    os.symlink("o", "o2")
    assert "is the target of m and overlay of m" in said(task_of("o/m.png", "t/", overlay="o2/m.png"), "in/a.png")


def test_large_and_small_letters(here, monkeypatch):
    shutil.copy(ANKLE, "in/A.png")
    if not os.path.samefile("in/a.png", "in/A.png"):
        assert len(paths(task_of("o/"), "in/*.png")) == 2
    monkeypatch.setattr(targets, "is_caseless", lambda folder: True)
    assert "is where results of two images go, in/A.png and in/a.png" in said(
        task_of("o/", overlay="{im.name}"), "in/[aA].png"
    )


def test_whether_letters_differ_is_tried(tmp_path):
    (tmp_path / "Folder").mkdir()
    assert targets.is_caseless(str(tmp_path / "Folder" / "12")) == (tmp_path / "fOLDER").exists()


def test_what_is_wrong_for_all_images_is_said_once(here):
    (here / "p.mask").write_text("input im\ninput k: image\noutput m = im > k\n")
    assert "no k was given" in said(task_of("o/{im.parent}/"))
    (here / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(maskexpr.FileError, match=r"cannot read bad\.png"):
        targets.targets_of(task_of("o/"), cases_of({"im": "in/**/*.png", "k": "bad.png"}))


def test_broken_images_do_not_hide_the_others(here):
    (here / "in/0.png").write_bytes(b"")
    found = paths(task_of("o/{im.parent}/"))
    assert [path["m"] for path in found] == ["o/0-m", "o/a-m", "o/x/b-m", "o/y/b-m"]
    assert paths(task_of("o/"), "in/0.png") == [{}]


# --- a dry run -------------------------------------------------------------------------------------------------------


def test_what_would_be_done(here, shell):
    (here / "in/x/c.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (here / "p.mask").write_text("input im\ninput k\noutput m = im > k\n")
    code, out, err = shell(
        "run", "p.mask", "im=in/**/*.png", "k=32", "-o", "o/{im.parent}/", "--dry-run", "--jobs", "2"
    )
    assert (code, err) == (0, "")
    cost = maskexpr.compile("input im\ninput k\noutput m = im > k").cost(im=((880, 380), "uint8"), k=32)
    size = os.path.getsize("in/a.png")
    lines = out.splitlines()
    assert lines[:5] == [
        "for each: k = 32",
        "in/a.png",
        f"  im: image 880x380 uint8, {size / 1000:.3g} kB",
        "  m -> o/a-m.*",
        f"  {cost.operations:,.0f} operations, {bytes_text(cost.memory)} of memory",
    ]
    assert "  error: cannot read in/x/c.png: the PNG data is damaged or cut short" in out
    assert lines[-4:] == [
        f"4 images, 1 million pixels, {(3 * size + 8) / 1000:.3g} kB to be read",
        "3 files to be written",
        f"{3 * cost.operations / 1e6:.3g} million operations; up to {bytes_text(cost.memory)} of memory for an image, "
        f"{bytes_text(2 * cost.memory)} for 2 jobs",
        "1 image will fail, as their headers tell",
    ]
    assert not os.path.exists("o")
    assert "leave out --json" in shell("run", "p.mask", "im=in/a.png", "k=32", "--dry-run", "--json")[1]


@each("name, given", [("brain", {"im": "brain.nii.gz"}), ("stars", {"im": "stars.tif"}), ("vote", {})])
def test_costs_are_those_of_the_pixels(name, given):
    path = str(EXAMPLES / f"{name}.mask")
    program = programs.load_program(path)
    given = {input: str(EXAMPLES / file) for input, file in given.items()}
    task = Task(program, folder=EXAMPLES)
    (case,) = cases_of(given)
    lines = [*listing(task, [case])]
    loaded = programs.load_inputs(program, given, {}, [], EXAMPLES)
    bound = program.bind(**loaded.values)
    for info in program.inputs:
        kind = program.bind(**loaded.values)._stages.kinds[info.name]
        if kind.is_array:
            assert any(line.startswith(f"  {info.name}: {kind}, ") for line in lines)
    assert f"{bound.cost().memory / 1e6:.3g} MB of memory" in lines[-1]


# --- one image -------------------------------------------------------------------------------------------------------


def test_templates_of_a_single_run(shell):
    os.makedirs("gt")
    np.save("gt/a.npy", np.ones((880, 380), bool))
    assert shell("eval", "dice(im >= 0, t)", "im=in/a.png", "t=gt/{im.stem}.npy")[:2] == (0, "1.0\n")
    assert shell("eval", "im > 3", "im=in/a.png", "-o", "new/{im.stem}/{im.name}")[1] == "new/a/a.png\n"
    assert shell("run", "p.mask", "im=in/a.png", "-o", "{{x}}/{im.parent}/{im.stem}-{output}")[1].startswith(
        "{x}/a-m.png\n"
    )
    os.makedirs("{stem}")
    assert shell("eval", "im > 3", "im=in/a.png", "-o", "{stem}/")[1] == "{stem}/a-result.png\n"
    assert (
        "there is no t for 1 of 1 images: in/a.png (no gt/a.png)"
        in shell("eval", "t", "im=in/a.png", "t=gt/{im.stem}.png")[2]
    )


def test_eval_is_for_one_image(shell):
    code, out, err = shell("eval", "im > 3", "im=in/**/*.png")
    assert (code, out) == (2, "")
    assert err == (
        "error: eval takes one image, and 3 are given; put the expression into a file, and run that: "
        "maskexpr run FILE.mask 'im=in/**/*.png'\n"
    )
