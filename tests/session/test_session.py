"""A session: statements one after another, values computed once, and the program that is left of it."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.places import DATA, EXAMPLES
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr import MaskError
from maskexpr.cli import main as cli
from maskexpr.engine.run import Engine
from maskexpr.files import images
from maskexpr.session import Session
from maskexpr.session.scripts import script, statements


@pytest.fixture
def session(folder):
    s = Session()
    s.load("im", "leg.png")
    return s


@pytest.fixture
def leg(folder):
    return iio.imread("leg.png")


def names(results):
    return [result.name for result in results]


@pytest.fixture
def runs(monkeypatch):
    """The outputs that the engine was asked for, one after another."""
    asked = []
    run = Engine.run

    def noted(self, inputs, *outs):
        asked.append(self._checked.outputs[0][1].function.name)
        return run(self, inputs)

    monkeypatch.setattr(Engine, "run", noted)
    return asked


# --- entering --------------------------------------------------------------------------------------------------------


def test_values_are_those_of_the_program(session, leg):
    session.enter("low = 32; body = im > low")
    session.enter("bone = im > otsu(im, within=body)")
    (result,) = session.enter("tissue = dilate(body & ~bone, 2)")
    expected = maskexpr.evaluate("body = im > 32; bone = im > otsu(im, within=body); dilate(body & ~bone, 2)", im=leg)
    np.testing.assert_array_equal(result.value, expected)
    assert (result.name, str(result.kind), result.on) == ("tissue", "mask 880x380", "im")
    assert list(session.names) == ["im", "low", "body", "bone", "tissue"]
    assert session.definition("tissue") == "tissue = dilate(body & ~bone, 2)"


def test_types_follow_from_ranges_as_in_a_file(session, leg):
    """A value that is computed in steps has the type that the whole program gives it."""
    session.enter("param k = 3 in 0..4")
    session.enter("a = im // 16")
    session.enter("b = a - 20")
    (result,) = session.enter("c = b * k")
    whole = maskexpr.compile("param k = 3 in 0..4; a = im // 16; b = a - 20; b * k")(im=leg)
    np.testing.assert_array_equal(result.value, whole, strict=True)


def test_a_bare_expression_is_looked_at_and_gone(session, leg):
    (result,) = session.enter("area(im > 32)")
    assert (result.name, result.value) == ("", np.count_nonzero(leg > 32))
    assert session.lines == ('input im = "leg.png"',)
    assert session.undo() == ":load im leg.png"


def test_several_statements_and_lines(session):
    assert names(session.enter("a = im > 3\nb = (a &\n  im < 9); area(b)")) == ["a", "b", ""]
    assert names(session.enter("def both(m, n) = m & n\nparam p = 2")) == []
    assert names(session.enter("c = dilate(both(a, b), p)")) == ["c"]
    assert session.functions == ("both",)


def test_a_value_is_computed_once(session, runs):
    session.enter("smooth = gaussian(im, 1)")
    session.enter("m = smooth > 30")
    session.enter("n = smooth > 40")
    session.enter("again = gaussian(im, 1)")
    session.value("smooth")
    assert runs == ["gaussian", ">", ">"]


def test_a_mistake_changes_nothing(session):
    session.enter("a = im > 3")
    before = session.lines
    for text in (
        "b = a + 1",
        "b = = 1",
        "x1 = foo",
        "assert area(a) < 0",
        "a = im[900]",
        'input b = "no.png"',
        "(((",
        "a = ü",
    ):
        with pytest.raises(MaskError) as caught:
            session.enter(text)
        assert session.lines == before
        assert str(caught.value)
    assert list(session.names) == ["im", "a"]
    assert session.undo() == "a = im > 3"


def test_a_mistake_is_shown_in_what_was_typed(session):
    session.enter("a = im > 3; b = im > 4")
    with pytest.raises(MaskError) as caught:
        session.enter("c = a & b; d = c + im")
    assert "    c = a & b; d = c + im\n                   ^" in str(caught.value)


def test_what_is_missing_is_to_be_loaded(session):
    with pytest.raises(MaskError, match=r":load atlas FILE"):
        session.enter("im + atlas")
    with pytest.raises(MaskError, match=r"did you mean im\?"):
        session.enter("imm > 3")


def test_warnings_are_those_of_the_last_line(session):
    session.enter("a = im > 300")
    assert [w.code for w in session.warnings] == ["never-true"] or "never" in session.warnings[0].message
    session.enter("b = im > 30")
    assert session.warnings == ()


def test_warnings_of_a_run(folder):
    """A number that is nan is shown as it is; where it meets pixels, that is said, of what it is computed from."""
    np.save("holed.npy", np.array([[1, np.nan, 3], [4, 5, 6]]))
    session = Session()
    session.load("im", "holed.npy")
    for line, blamed in {
        "t = mean(im)": [],
        "m = im > t": ["mean(im)"],
        "n = area(m)": [],
        "k = im > percentile(im, 90)": ["percentile(im, 90)"],
        "k | m": [],
        "im - t": ["mean(im)"],
    }.items():
        session.enter(line)
        assert [w.code for w in session.warnings] == ["not-finite"] * len(blamed), line
        assert [w.message.split(" is nan")[0] for w in session.warnings] == blamed


def test_outputs_are_assignments_that_may_be_made_again(session, leg):
    session.enter("output a = im > 3")
    session.enter("output a = im > 5")
    session.enter("output a")
    np.testing.assert_array_equal(session.value("a").value, leg > 5)


def test_an_interrupted_line_leaves_the_session_as_it_was(session, monkeypatch):
    def interrupted(self, inputs):
        raise KeyboardInterrupt

    session.enter("a = im > 3")
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            session.enter("b = dilate(a)")
    assert list(session.names) == ["im", "a"]
    assert names(session.enter("b = dilate(a)")) == ["b"]


# --- changing --------------------------------------------------------------------------------------------------------


def test_set_runs_again_only_what_depends_on_it(session, leg, runs):
    session.enter("low = 32")
    session.enter("smooth = gaussian(im, 1)")
    session.enter("body = smooth > low")
    session.enter("other = im > 3")
    runs.clear()
    results = session.set("low", "40")
    assert names(results) == ["low", "body"]
    assert runs == [">"]
    np.testing.assert_array_equal(results[1].value, maskexpr.evaluate("gaussian(im, 1) > 40", im=leg))
    assert names(session.set("low", "40")) == []


def test_set_of_params_holds_them_to_their_interval(session, leg):
    session.enter('param low = 32 in 0..255 "a threshold"; param shape = "disk" in "disk", "square"; param r = 1mm')
    session.enter("m = dilate(im > low, 2, shape)")
    np.testing.assert_array_equal(
        session.set("low", "64")[0].value, maskexpr.evaluate('dilate(im > 64, 2, "disk")', im=leg)
    )
    session.set("shape", "square")
    session.set("r", "2.5mm")
    with pytest.raises(MaskError, match="low cannot be 300"):
        session.set("low", "300")
    np.testing.assert_array_equal(session.value("m").value, maskexpr.evaluate('dilate(im > 64, 2, "square")', im=leg))
    assert session.value("low").value == 64
    assert str(session.value("r").value) == "2.5mm"


def test_set_takes_any_expression_and_the_last_of_several_lines(session, leg):
    session.enter("a = im > 3; b = dilate(a); a = im > 5; c = dilate(a)")
    assert names(session.set("a", "im > 30 & im < 90")) == ["a", "c"]
    np.testing.assert_array_equal(session.value("b").value, maskexpr.evaluate("dilate(im > 3)", im=leg))
    with pytest.raises(MaskError, match="there is no aa here"):
        session.set("aa", "3")
    with pytest.raises(MaskError):
        session.set("a", "im + (")


def test_load_again_runs_what_depends_on_it(session):
    session.enter("m = im > 100; n = 3")
    shutil.copy(EXAMPLES / "coins.png", "coins.png")
    assert names(session.load("im", "coins.png")) == ["im", "m"]
    np.testing.assert_array_equal(session.value("m").value, iio.imread("coins.png") > 100)
    session.undo()
    assert session.value("m").value.shape == (880, 380)


def test_load_that_does_not_fit_is_refused(session):
    shutil.copy(EXAMPLES / "coins.png", "coins.png")
    session.enter("m = im > 100")
    session.load("other", "leg.png")
    session.enter("d = im - other")
    with pytest.raises(MaskError, match="880x380"):
        session.load("im", "coins.png")
    with pytest.raises(MaskError):
        session.load("3x", "coins.png")
    with pytest.raises(MaskError, match=r"nothing\.png"):
        session.load("k", "nothing.png")
    assert session.value("im").value.shape == (880, 380)


def test_a_number_is_loaded_as_a_param(session, leg):
    session.load("t", "32")
    session.enter("m = im > t")
    np.testing.assert_array_equal(session.set("t", "50")[-1].value, leg > 50)
    assert str(session.load("reach", "2.5mm")[0].value) == "2.5mm"


def test_undo_and_redo(session, leg):
    session.enter("low = 32")
    session.enter("m = im > low")
    session.set("low", "40")
    assert session.undo() == ":set low 40"
    np.testing.assert_array_equal(session.value("m").value, leg > 32)
    assert session.undo() == "m = im > low"
    assert list(session.names) == ["im", "low"]
    assert session.redo() == "m = im > low"
    assert session.redo() == ":set low 40"
    assert session.redo() == ""
    np.testing.assert_array_equal(session.value("m").value, leg > 40)
    session.undo()
    session.enter("n = im > 3")
    assert session.redo() == ""
    while session.undo():
        pass
    assert list(session.names) == []


# --- files -----------------------------------------------------------------------------------------------------------


def test_run_takes_in_a_file(session, leg):
    results = session.run(str(EXAMPLES / "tissue.mask"))
    assert names(results) == ["limb", "bone", "soft", "tissue", "core", "leg", "bones_only", "share"]
    np.testing.assert_array_equal(session.value("limb").value, leg > 32)
    assert names(session.set("high", "80")) == ["bone", "soft", "tissue", "core", "bones_only", "share"]
    session.run(str(EXAMPLES / "tissue.mask"))  # once more


def test_run_loads_the_files_beside_the_program_and_finds_what_it_uses(folder):
    s = Session()
    results = s.run(str(EXAMPLES / "nuclei.mask"))
    assert (results[-1].name, results[-1].value) == ("n", 51)
    assert "im" in s.names


def test_run_of_a_wrong_file_says_where(session, folder):
    (folder / "bad.mask").write_text("a = im > 3\nb = a + 1\n")
    with pytest.raises(MaskError, match=r"bad\.mask:2:5|session:3:5"):
        session.run("bad.mask")
    assert list(session.names) == ["im"]


def test_run_takes_numbers_that_were_given(session, folder, leg):
    (folder / "t.mask").write_text("input im: image\ninput t: number\nm = im > t\n")
    session.load("t", "50")
    np.testing.assert_array_equal(session.run("t.mask")[-1].value, leg > 50)


def test_moved_is_what_an_undo_changed(session):
    session.enter("low = 32; m = im > low; n = im > 3")
    session.set("low", "40")
    session.undo()
    assert names(session.moved()) == ["low", "m"]
    session.redo()
    assert names(session.moved()) == ["low", "m"]


def test_a_script_is_the_way_without_the_detours(session):
    session.enter("wrong = im > 250; body = im > 20")
    session.enter("area(body)")
    session.enter("param low = 32 in 0..255")
    session.enter("def rim(m, n) = dilate(m, n) & ~erode(m, n)")
    session.enter("def idle(m) = ~m")
    session.enter("body = im > low")
    session.enter("bone = im > 64; soft = body & ~bone")
    session.set("low", "36")
    text = session.script(Path(), ["soft"])
    assert text == (
        'input im = "leg.png"\n'
        "param low = 36 in 0..255\n"
        "body = im > low\n"
        "bone = im > 64\n"
        "soft = body & ~bone\n"
        "output soft\n"
    )
    assert "def rim" in session.script(Path(), ["soft"]) or "rim" not in session.script(Path(), ["soft"])
    session.enter("edge = rim(soft, 1)")
    assert "def rim" in session.script(Path(), ["edge"])
    assert "idle" not in session.script(Path())


def test_a_script_is_for_the_folder_it_lies_in(session, folder):
    session.enter("m = im > 3")
    assert 'input im = "../leg.png"' in session.script(folder / "programs")


@pytest.mark.parametrize("spacing", [None, "0.5mm"])
def test_a_script_gives_the_same_masks(folder, spacing):
    s = Session(spacings=[spacing] if spacing else [])
    s.load("im", "leg.png")
    s.enter('low = 32; shape = "disk"; reach = 1mm' if spacing else 'low = 32; shape = "disk"; reach = 2')
    s.enter("body = im > low; body = fill_holes(body)")
    s.enter("rim = boundary(body, reach, shape); parts = label(rim)")
    s.set("low", "40")
    Path("s.mask").write_text(s.script(Path()), "utf-8")
    program = maskexpr.compile(Path("s.mask").read_text("utf-8"))
    results = program(im=maskexpr.Image(iio.imread("leg.png"), spacing=spacing))
    for name in ("body", "rim", "parts"):
        np.testing.assert_array_equal(results[name], s.value(name).value)
    assert ("# Run it with --spacing=0.5mm\n" in Path("s.mask").read_text("utf-8")) == (spacing is not None)


def test_a_script_says_which_sizes_its_images_need(folder):
    for path in (EXAMPLES / "coins.png", DATA / "brain.tif"):
        shutil.copy(path, path.name)
    s = Session()
    s.load("leg", "leg.png", "0.5mm")
    s.load("coins", "coins.png")
    s.load("brain", "brain.tif", "3mm,1mm,1mm")
    s.enter("a = dilate(leg > 30, 1mm)")
    s.enter("b = coins > 100")
    assert s.arguments(Path(), ["a"]) == ["--spacing=0.5mm"]
    assert s.arguments(Path(), ["b"]) == []
    assert "brain" not in s.script(Path())
    s.enter("c = dilate(brain > 50, 3mm)")
    assert s.arguments(Path()) == ["--spacing=leg=0.5mm", "--spacing=brain=3mm,1mm,1mm"]
    Path("s.mask").write_text(s.script(Path()), "utf-8")
    assert cli(["run", "s.mask", *s.arguments(Path()), "-o", "out/"]) == 0
    np.testing.assert_array_equal(iio.imread("out/leg-c.tif") > 0, s.value("c").value)
    np.testing.assert_array_equal(iio.imread("out/leg-a.png") > 0, s.value("a").value)


def test_defs_and_params_are_replaced(session, leg):
    session.enter("param low = 3 in 0..10; def grown(m) = dilate(m)")
    session.enter("a = grown(im > low); b = im > 3")
    session.set("low", "9")
    assert names(session.enter("param low = 40 in 0..90")) == ["a"]
    assert names(session.enter("def grown(m) = dilate(m, 3)")) == ["a"]
    np.testing.assert_array_equal(session.value("a").value, maskexpr.evaluate("dilate(im > 40, 3)", im=leg))
    with pytest.raises(MaskError):
        session.enter("def grown(m) = dilate(mm)")
    assert session.definition("grown") == "def grown(m) = dilate(m, 3)"


def test_undo_ends_where_the_session_begins(session):
    session.begin()
    session.enter("a = im > 3")
    assert session.undo() == "a = im > 3"
    assert session.undo() == ""
    assert list(session.names) == ["im"]


def test_save_writes_with_the_record_of_what_led_there(session, leg):
    session.enter("wrong = im > 3; low = 32; m = im > low")
    session.save("m", "m.png")
    np.testing.assert_array_equal(iio.imread("m.png"), np.where(leg > 32, 255, 0))
    record = json.loads(images.read_text("m.png"))
    assert record["program"] == 'input im = "leg.png"\nlow = 32\nm = im > low\noutput m\n'
    assert record["inputs"]["im"]["file"] == "leg.png"
    with pytest.raises(MaskError, match="over"):
        session.save("im", "leg.png")
    with pytest.raises(MaskError, match="is a number"):
        session.save("low", "low.png")
    with pytest.raises(MaskError, match="there is no n"):
        session.save("n", "n.png")


def test_thresholds_are_what_an_image_is_compared_with(session):
    session.enter("low = 32; smooth = gaussian(im, 1); a = im > low & im < 90; b = im > otsu(im); c = smooth > 55.5")
    found = session.thresholds("im")
    assert set(found) == {"low", "90", "otsu(im)"}
    assert found["low"] == 32
    assert session.thresholds("smooth") == {"55.5": 55.5}
    with pytest.raises(MaskError, match="there is no"):
        session.thresholds("imm")


# --- any session -----------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(
    ["im > 40", "im > t", "a & b", "a | ~c", "dilate(a)", "keep(b, area > 9)", "im < otsu(im)", "erode(c, 2)"]
)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.builds("{} = {}".format, NAMES, VALUES)),
        st.tuples(st.just("enter"), VALUES),
        st.tuples(st.just("set"), NAMES, VALUES),
        st.tuples(st.just("set"), st.just("t"), st.sampled_from(["10", "50", "90", "im"])),
        st.tuples(st.sampled_from(["undo", "redo"])),
    ),
    max_size=14,
)


@pytest.mark.slow
@given(ACTIONS)
@tried(50)
def test_whatever_is_done_the_script_gives_what_the_session_has(tmp_path_factory, actions):
    im = iio.imread(EXAMPLES / "ankle.png")[::8, ::8]
    folder = tmp_path_factory.getbasetemp()
    iio.imwrite(folder / "small.png", im)
    s = Session()
    s.load("im", str(folder / "small.png"))
    s.enter("t = 40; a = im > 30; b = im > 60; c = a & ~b")
    for method, *arguments in actions:
        try:
            getattr(s, method)(*arguments)
        except MaskError:
            continue
    if not {"a", "b", "c"} <= set(s.names):
        return
    results = maskexpr.compile(s.script(folder, ["a", "b", "c"]))(im=im)
    for name, value in results.items():
        np.testing.assert_array_equal(value, s.value(name).value)


# --- numbers that were tuned -----------------------------------------------------------------------------------------


def test_a_number_that_is_given_anew_says_what_keeps_the_old_one(session, leg):
    """What was made of it before stays; what the warning says does change both."""
    session.enter("low = 40")
    session.enter("body = im > low")
    session.enter("low = 50")
    (warning,) = session.warnings
    assert str(warning.message) == "body: made of low 40, and not changed by this"
    assert warning.hint == "to change both write :undo, then :set low 50"
    np.testing.assert_array_equal(session.value("body").value, leg > 40)
    session.undo()
    session.set("low", "50")
    np.testing.assert_array_equal(session.value("body").value, leg > 50)


@pytest.mark.parametrize("lines", ["n = 2", "m = im > n|n = 1", "m = im > n|n = n + 1", "m = im > n|n = 2; m = im > n"])
def test_nothing_is_said_where_nothing_keeps_another(session, lines):
    for line in ["n = 1", *lines.split("|")]:
        session.enter(line)
    assert session.warnings == ()


def test_numbers_of_a_script_are_params(session, leg):
    """But for those that are outputs, or given twice; the result is the same."""
    session.enter("low = 40; reach = 2px; shift = -3")
    session.enter("body = dilate(im + shift > low, reach)")
    text = session.script(Path())
    assert "param low = 40\nparam reach = 2px\nparam shift = -3\n" in text
    program = maskexpr.compile(text)
    np.testing.assert_array_equal(program(im=leg), session.value("body").value)
    np.testing.assert_array_equal(program(im=leg, low=60), maskexpr.evaluate("dilate(im - 3 > 60, 2)", im=leg))
    session.enter("n = 1; a = im > n; n = 9; b = im > n")
    text = session.script(Path(), ["a", "b"])
    assert "param" not in text
    assert session.script(Path(), ["low"]) == "low = 40\noutput low\n"


def test_a_length_without_a_spacing_is_loaded_with_one(session):
    with pytest.raises(MaskError) as caught:
        session.enter("dilate(im > 3, 2mm)")
    assert caught.value.hint == "give it: :load im leg.png 0.5mm"
    session.load("im", "leg.png", "0.5mm")
    session.enter("dilate(im > 3, 2mm)")


def test_what_came_through_a_pipe_is_recorded_as_it_came(folder):
    read_end, write_end = os.pipe()
    os.write(write_end, Path("leg.png").read_bytes())
    os.close(write_end)
    s = Session()
    s.load("im", f"/dev/fd/{read_end}")
    os.close(read_end)
    s.enter("m = im > 3")
    s.save("m", "m.png")
    digest = hashlib.sha256(Path("leg.png").read_bytes()).hexdigest()
    assert json.loads(images.read_text("m.png"))["inputs"]["im"]["sha256"] == digest


def test_a_name_that_no_program_can_have(folder):
    shutil.copy("leg.png", "a\x1b.png")
    with pytest.raises(maskexpr.InputError, match="cannot be written in a program"):
        Session().load("im", "a\x1b.png")


def test_validity_follows_values_from_line_to_line(tmp_path):
    """As in a program of the same lines; what is said of a filter is said once."""
    im = np.arange(120, dtype=np.uint8).reshape(10, 12)
    iio.imwrite(tmp_path / "a.png", im)
    session = Session(nodata=["im=41"])
    session.load("im", str(tmp_path / "a.png"))
    valid = im != 41
    (m,) = session.enter("m = ~(im > 60)")
    assert np.array_equal(m.value, ~(im > 60) & valid)
    assert np.array_equal(m.valid, valid)
    (mean,) = session.enter("mean(im)")
    assert mean.value == im[valid].mean()
    (smooth,) = session.enter("g = gaussian(im, 0.5)")
    assert [d.message for d in session.warnings] == [
        "gaussian leaves 24 pixels without data, whose window holds some that have none"
    ]
    assert np.count_nonzero(~smooth.valid) == 25
    session.enter("g + 1")
    assert session.warnings == ()
    assert list(session.names) == ["im", "m", "g"]
    session.save("m", str(tmp_path / "m.png"))
    assert session.arguments(tmp_path) == ["--nodata=41"]


def test_a_script_is_laid_out_as_fmt_does_it() -> None:
    text = script(statements(["limb=im>low", "low  = 3", "leg=( limb&~ k )"]), ["leg"], {}, {})
    assert text == "limb = im > low\nleg = (limb & ~k)\noutput leg\n"
    assert maskexpr.format(text) == text
