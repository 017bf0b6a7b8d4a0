"""What a session in the REPL shows: results, mistakes, and what each command does."""

import re
import shutil
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.repl_typing import Typing

import maskexpr
from maskexpr.cli import main
from maskexpr.display.terminal import Abilities
from maskexpr.repl.commands import COMMANDS
from maskexpr.session import Session

# --- expressions -----------------------------------------------------------------------------------------------------


def test_results_are_summed_up_by_name(typing):
    im = iio.imread("leg.png")
    assert typing("bone = im > 64").startswith(f"bone: mask 880x380, 27.9% on ({np.count_nonzero(im > 64):,} pixels)")
    assert typing("area(bone)") == "93181\n"
    assert typing('low = 32; s = "disk"; d = 2mm; n = [1, 2]') == 'low = 32\ns = "disk"\nd = 2mm\nn = [1, 2]\n'
    assert typing("both = [bone, ~bone]") == "both = list of masks\n"
    assert typing("assert area(bone) > 3") == ""
    assert typing("") == typing("   ") == typing("# only a comment") == ""


def test_mistakes_are_shown_as_in_files_and_change_nothing(typing):
    typing("bone = im > 64")
    assert typing.mistake("x = bon > 3") == (
        "session:3:5: error: no bon was given\n    x = bon > 3\n        ^^^\n  did you mean bone?\n"
    )
    assert typing.mistake("y = im > 3; z = dilat(y)").startswith("session:3:17: error: there is no function dilat")
    assert typing.mistake("1 / 0").startswith("session:3:5: error: this divides by zero")


def test_warnings_are_told_once(typing):
    typing("low = 300; m = im > low")
    assert typing.warned.startswith("session:3:5: warning: never true")
    typing("low + 1")
    typing(":vars")
    assert typing.warned == ""


def test_times_are_shown_unless_unwanted(folder):
    typing = Typing(timed=True)
    typing(":load im leg.png")
    line = typing("bone = im > 64")
    assert line.rstrip().endswith(("s", "us", "ms"))
    assert "  " in line
    assert typing("low = 3") == "low = 3\n"  # nothing was computed
    typing(":time off")
    assert typing("tissue = im > 32").rstrip().endswith("largest 169,304")


def test_a_fault_of_ours_is_one_line_and_ends_nothing(typing, monkeypatch):
    monkeypatch.setattr(Session, "enter", lambda self, text: {}["x"])
    text = typing.mistake("im > 3")
    assert text.startswith("error: a fault of maskexpr, not yours: KeyError: 'x' (test_repl.py:")
    assert text.count("\n") == 1

    def greedy(self, text):
        raise MemoryError

    monkeypatch.setattr(Session, "enter", greedy)
    assert typing.mistake("im > 3").startswith("error: there is not enough memory for this")


def test_colours_only_where_there_are_some(folder):
    plain, coloured = Typing(), Typing(Abilities(colours=256, protocol="text"))
    assert "\x1b" not in plain.mistake("1 +") + plain.mistake(":nix")
    text = coloured.mistake("1 + bone")
    assert "\x1b[31msession:1:5: error: no bone was given\x1b[0m" in text
    assert "\x1b[31m        ^^^^\x1b[0m" in text
    assert "\n    1 + bone\n" in text


def test_pictures_fit_the_window_and_lines_are_broken_between_words(folder):
    typing = Typing(Abilities(columns=40, lines=20, protocol="text"))
    typing(":load im leg.png")
    lines = typing("bone = im > 64").splitlines()
    assert max(map(len, lines)) <= 39
    assert len(lines) <= 19
    assert lines[0] == "bone: mask 880x380, 27.9% on (93,181"
    assert any("█" in line for line in lines)
    typing(":vars")


# --- commands --------------------------------------------------------------------------------------------------------


def test_set_shows_what_follows(typing):
    typing("low = 32; bone = im > 64; body = im > low; n = area(body)")
    shown = typing(":set low 40")
    assert [line.split(":")[0].split(" =")[0] for line in shown.splitlines()] == ["low", "n", "body"]
    assert typing(":set low 40") == "low = 40\n"
    assert typing(":set low = 50").startswith("low = 50\n")
    assert typing.mistake(":set lo 3") == "error: there is no lo here; did you mean low?\n"
    assert typing.mistake(":set low dilat(") != ""
    assert typing.mistake(":set im 3").startswith("error: im is an image that was loaded")


def test_set_of_a_param_shows_it_first(typing):
    typing("param low = 32 in 0..255; body = im > low")
    assert typing(":set low 40").splitlines()[0] == "low = 40"
    assert "param low = 40 in 0..255" in typing(":vars")
    assert typing.mistake(":set low 400") == "error: low cannot be 400; it is a whole number in 0..255\n"


def test_undo_and_redo_show_where_one_is(typing):
    typing("low = 32")
    before = typing("body = im > low")
    typing(":set low 40")
    assert typing(":undo") == f"undone: :set low 40\nlow = 32\n{before}"
    assert typing(":redo").startswith("done again: :set low 40\nlow = 40\nbody: ")
    assert typing(":redo") == "nothing to redo\n"
    for _ in range(4):
        typing(":undo")
    assert typing(":undo") == "nothing to undo\n"
    assert typing(":vars") == "nothing has a name yet; :load im FILE loads an image\n"


def test_vars_lists_names_with_their_definitions(typing):
    typing("bone = im > 64; def rim(m, n) = dilate(m, n) & ~m")
    shown = typing(":vars").splitlines()
    assert shown[0] == "im    image 880x380 uint8, values 0 to 115"
    assert shown[1] == '      input im = "leg.png"'
    assert shown[-2:] == ["rim   function", "      def rim(m, n) = dilate(m, n) & ~m"]
    wide = Typing(Abilities(columns=200))
    wide("low = 32; high = low * 2")
    assert wide(":vars").splitlines() == ["low   32  low = 32", "high  64  high = low * 2"]


def test_vars_cuts_nothing_off(folder):
    definition = "bone = dilate(im > 64, 2) & ~(im > 100) & ~(im > 110) & ~(im > 111) & ~(im > 112) | (im > 114)"
    piped, narrow = Typing(), Typing(Abilities(columns=30, protocol="text"))
    for typing in (piped, narrow):
        typing(":load im leg.png")
        typing(definition)
    assert f"      {definition}" in piped(":vars").splitlines()
    shown = narrow(":vars").splitlines()
    assert max(map(len, shown)) < 30
    assert definition in " ".join(line.strip() for line in shown)
    assert 'input im = "leg.png"' in " ".join(line.strip() for line in shown)


def test_hist_marks_thresholds(typing):
    typing("low = 32; bone = im > 64; body = im > low")
    shown = typing(":hist im bone")
    assert "▲ low 32" in shown
    assert "▲ 64" in shown
    assert "in bone" in shown
    assert "\x1b" not in shown
    typing(":hist im")
    assert typing.mistake(":hist low") == "error: low is a number, not an image; name an image, as in :hist im bone\n"
    assert typing.mistake(":hist im low").startswith("error: low is a number, not a mask of the shape of im")
    assert typing(":hist im [bone]") == shown
    typing("s = im[bone]; l = label(bone)")
    assert typing.mistake(":hist im s").startswith("error: s is samples, not a mask of the shape of im; name")
    assert typing.mistake(":hist im l").startswith("error: l is labels, not a mask of the shape of im; name")
    typing("small = im[:40, :40]")
    assert typing.mistake(":hist small bone").startswith("error: bone is a mask 880x380, not a mask of the shape of s")


@pytest.mark.parametrize(("expression", "number"), [("im * 0 + 5.0", "5"), ("im * 0 + 1.0", "1"), ("im * 0", "0")])
def test_hist_of_a_constant_image_has_its_value_at_the_axis(typing, expression, number):
    typing(f"h = {expression}")
    above, below = typing(":hist h").splitlines()[-2:]
    assert (above.split(), below) == ([number], "pixels (square-root scale) by value")


def test_script_and_save_alone_print(typing):
    typing("low = 64")
    typing("bone = im > low")
    assert typing(":script -") == typing(":script")
    assert typing(":script") == 'input im = "leg.png"\nparam low = 64\nbone = im > low\noutput bone\n'
    assert [line.strip() for line in typing(":save").splitlines()[1::2]] == [":save im im.png", ":save bone bone.png"]
    assert typing(":save bone").endswith(":save bone bone.png\n")
    assert typing.mistake(":save low").startswith("error: it is :save NAME FILE")
    assert not Path("bone.png").exists()


def test_view_shows_the_last_result_again(folder):
    typing = Typing(Abilities(columns=60, lines=30, colours=256, protocol="blocks"))
    assert typing.mistake(":view").startswith("\x1b[31merror: there is no result yet")
    assert typing(":view mask") == "masks are shown as mask\n"
    typing(":load im leg.png")
    alone = typing("bone = im > 64")
    assert typing(":view") == alone
    looks = {mode: typing(f":view {mode}") for mode in ("overlay", "contour", "side", "mask")}
    assert len(set(looks.values())) == 4
    assert looks["mask"] == alone
    assert typing(":view c") == looks["contour"]
    text = typing.mistake(":view round")
    assert ":view cannot be round; it is overlay, contour, mask or side" in text


def test_only_one_picture_of_several_results(folder):
    typing = Typing(Abilities(columns=60, lines=30, protocol="text"))
    typing(":load im leg.png")
    shown = typing("a = im > 64; b = im / 2; c = im > 32; n = 3")
    assert [line.split(":")[0] for line in shown.splitlines() if line.startswith(("a:", "b:", "c:"))] == ["a", "b", "c"]
    assert len(shown.splitlines()) <= 29
    assert typing.talk.screen.last.name == "c"


def test_save_writes_what_is_shown(typing):
    typing("bone = im > 64")
    assert typing(":save bone bone.png").startswith("bone.png  bone: mask 880x380")
    np.testing.assert_array_equal(iio.imread("bone.png"), np.where(iio.imread("leg.png") > 64, 255, 0))
    assert typing.mistake(":save bone leg.png") == (
        "error: leg.png is an input, it is not overwritten; write to another file\n"
    )
    assert typing.mistake(":save nix x.png").startswith("error: there is no nix here")
    assert typing.mistake(":save im > 3 'my x.png'") == (
        "error: im > 3 has no name; name it first: m = im > 3, then :save m 'my x.png'\n"
    )
    typing("m = im > 2")
    assert "name it first: m_2 = ~m, then :save m_2 x.png" in typing.mistake(":save ~m x.png")
    assert typing.mistake(":save bone my bone.png").startswith("error: it is :save [NAME] [FILE]")
    typing(":save bone 'my bone.png'")
    assert Path("my bone.png").exists()


def test_a_script_runs_and_gives_the_same(typing, folder):
    typing("low = 32; high = 64; detour = im > 5")
    typing("tissue = dilate(im > low & ~(im > high), 2)")
    typing("detour = tissue & detour")
    typing(":set low 40")
    typing(":save tissue kept.png")
    (folder / "to").mkdir()
    assert typing(":script to/leg").startswith("to/leg.mask  gives detour, tissue; maskexpr run to/leg.mask im=leg.png")
    assert main(["run", "to/leg.mask", "im=leg.png", "-o", "{output}.tif"]) == 0
    np.testing.assert_array_equal(iio.imread("tissue.tif"), iio.imread("kept.png"))
    text = Path("to/leg.mask").read_text("utf-8")
    assert "low = 40" in text
    assert "im > 5" in text
    assert 'input im = "../leg.png"' in text


def test_a_script_has_what_other_files_define(typing, folder):
    (folder / "lib").mkdir()
    Path("lib/rims.mask").write_text("param n = 2 in 1..9\ndef rim(m) = dilate(m, n) & ~m\n", "utf-8")
    Path("lib/leg.mask").write_text('use "rims.mask"\ninput im\noutput r = rim(im > 32)\n', "utf-8")
    typing(":run lib/leg.mask")
    assert typing.session.functions == ("rim",)
    typing(":script leg.mask")
    typing(":save r r.png")
    assert main(["run", "leg.mask", "-o", "again.png"]) == 0
    np.testing.assert_array_equal(iio.imread("again.png"), iio.imread("r.png"))
    typing("n = 3")
    typing(":script leg.mask")
    text = Path("leg.mask").read_text("utf-8")
    assert "param n_2 = 2 in 1..9\ndef rim(m) = dilate(m, n_2) & ~m\n" in text
    assert main(["run", "leg.mask", "-o", "{output}.png"]) == 0
    np.testing.assert_array_equal(iio.imread("r.png"), iio.imread("again.png"))


def test_a_script_is_never_written_over_another_file(typing):
    assert typing.mistake(":script s.png") == "error: s.png is no name for a program; end it in .mask\n"
    typing("bone = im > 64")
    typing(":script s.mask")
    typing("bone = im > 65")
    typing(":script s.mask")
    assert "65" in Path("s.mask").read_text("utf-8")
    Path("own.mask").write_text("# mine\n", "utf-8")
    assert typing.mistake(":script own.mask").startswith("error: own.mask is not from a session, it is not overwritten")
    assert Path("own.mask").read_text("utf-8") == "# mine\n"
    assert typing.mistake(":script no/such/s.mask").startswith("error: cannot write no/such/s.mask: there is no folder")
    Path("folder.mask").mkdir()
    assert typing.mistake(":script folder.mask").startswith("error: cannot read folder.mask: it is a folder")
    assert Typing().mistake(":script s.mask").startswith("error: nothing has a name yet")


def test_run_shows_what_a_program_gives(typing):
    Path("p.mask").write_text("bone = im > 64\noutput bone\noutput n = area(bone)\n", "utf-8")
    shown = typing(":run p.mask").splitlines()
    assert [line.split()[0] for line in shown] == ["n", "bone:"]
    assert typing.mistake(":run no.mask") == "error: cannot read no.mask: there is no such file; check the path\n"


def test_explain_tells_the_way_to_a_name(typing):
    assert typing.mistake(":explain nix").startswith("error: there is no nix here")
    typing("low = 32; bone = im > 64; body = im > low")
    assert "bone = im > 64" in typing(":explain bone")
    assert "body = im > low" in typing(":explain")
    assert "plan" in typing(":explain")
    assert "im: image 880x380 uint8" in typing(":explain im")
    assert Typing().mistake(":explain").startswith("error: there is no result yet")


def test_load_takes_files_numbers_and_spacings(typing):
    assert typing(":load t 3") == "t = 3\n"
    typing(":load im leg.png 0.5mm")
    assert typing("area(im > 64, 'mm2')") == "23295.25\n"
    shutil.copy("leg.png", "my leg.png")
    assert typing(':load two "my leg.png"').startswith("two: image 880x380")
    assert typing.mistake(":load im no.png") == "error: cannot read no.png: there is no such file; check the path\n"
    assert typing.mistake(":load im") == "error: it is :load NAME FILE [SPACING]; such as :load im ankle.png\n"
    assert typing.mistake(":load 3 leg.png").startswith("session:1:7: error")


def test_limits_are_told(typing):
    told = typing(":limits")
    assert "source_bytes  1,000,000" in told
    assert "tokens        20,000" in told


def test_commands_may_be_cut_short_where_that_is_plain(typing):
    assert typing(":va") == typing(":vars")
    assert typing.mistake(":s x y") == "error: :s may be :save, :set or :script; write more of it\n"
    assert typing.mistake(":lod im x") == "error: there is no command :lod; did you mean :load?\n"
    assert typing.mistake(":xyzzy") == "error: there is no command :xyzzy; :help lists them\n"
    assert typing.mistake(":").startswith("error: there is no command :")
    assert typing.mistake(":undo now") == "error: :undo takes nothing behind it; write :undo\n"
    assert typing.mistake(":time soon") == "error: :time cannot be soon; it is on or off\n"
    typing(":q")
    assert typing.talk.over


@pytest.mark.parametrize("word", ["quit", "exit", ":exit"])
def test_words_that_are_meant_as_commands(word):
    typing = Typing()
    typing(word)
    assert typing.talk.over


def test_a_name_of_the_session_is_no_command(typing):
    assert "Tab" not in typing("vars = 3")
    assert typing("vars") == "3\n"


# --- help ------------------------------------------------------------------------------------------------------------


def test_help_can_be_typed_as_it_stands(typing):
    """The tour's lines, one after another, in the session that it is shown in."""
    shown = typing(":help")
    tour = shown.split("\n\n")[0].splitlines()
    column = tour[0].index(":hist")
    typed = [line[column:] for line in tour]
    assert [line.split()[0] for line in typed][:4] == [":hist", "im", "low", "body"]
    for line in typed:
        typing(line)
    assert Path("body.mask").exists()
    assert all(command.usage in shown for command in COMMANDS.values())
    assert typing("help") == shown


def test_help_without_an_image_begins_with_loading_one():
    assert Typing()(":help").splitlines()[0].endswith(":load im FILE")


def test_help_fits_a_window_of_24_lines(folder):
    typing = Typing(Abilities(columns=80, lines=24))
    typing(":load im leg.png")
    assert typing(":help").count("\n") <= 22
    assert COMMANDS["set"].help not in typing(":help")
    typing.talk.screen.abilities = Abilities(columns=80, lines=50)
    assert COMMANDS["set"].help in typing(":help")


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
def test_help_fits_the_window(folder, columns):
    typing = Typing(Abilities(columns=columns))
    typing(":load scan leg.png")
    assert "scan > " in typing(":help")
    if columns > 30:
        assert max(map(len, typing(":help").splitlines())) < columns


def test_help_of_anything_with_a_name(typing):
    typing("area = area(im > 3); def rim(m, n) = dilate(m, n) & ~m")
    shown = typing(":help area")
    assert shown.startswith("area = 298524\n\n    area = area(im > 3)\n\narea(m, unit=")
    assert "a property of regions" in shown
    assert typing(":help rim") == "def rim(m, n) = dilate(m, n) & ~m\n"
    assert ":set low 40" in typing(":help set")
    assert typing(":help :set") == typing(":help set")
    assert "dilate" in typing(":help morphology")
    assert ":help SUBJECT" in typing(":help functions")
    assert "param low = 32 in 0..255" in typing(":help param")
    assert typing.mistake(":help dilat") == "error: there is no help for dilat; did you mean dilate?\n"
    assert typing.mistake(":help xyzzy").startswith("error: there is no help for xyzzy; :help functions")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_and_an_example_that_reads(name):
    command = COMMANDS[name]
    assert command.help
    assert len(f"{command.usage}  {command.help}") < 79
    words = command.example.split()
    assert words[0] == f":{name}"
    needed = [word for word in command.arguments.split() if not word.startswith("[")]
    assert len(needed) <= len(words) - 1 <= len(command.takes)
    assert len(command.takes) == len(command.arguments.split())
    assert command.help in Typing()(f":help :{name}")


# --- tables ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def window(folder):
    typing = Typing(Abilities(columns=60, lines=20, colours=2**24, protocol="blocks"))
    typing(":load im leg.png")
    typing("bone = remove_small(im > 64, 20)")
    typing("t = measure(bone, area, centroid, mean_intensity, of=im)")
    return typing


def plain(text):
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_a_table_is_shown_with_its_rows(window):
    count = int(maskexpr.evaluate("count(m)", m=window.session.value("bone").value))
    shown = window("t")
    first, head, *rows = plain(shown).rstrip("\n").split("\n")
    assert first == f"t: table, {count} rows, 5 columns" if first.startswith("t:") else first.startswith("table, ")
    assert head.split() == ["label", "area", "centroid_y", "centroid_x", "mean_intensity"]
    assert "\x1b[1mlabel" in shown
    assert len(rows) <= 18
    assert max(map(len, plain(shown).splitlines())) < 60
    assert window("count(t)") == f"{count}\n"
    assert window('t["area"]').startswith("[")


def test_tables_in_lists_and_files(window):
    rows = window.session.value("t").value.rows
    assert f"t     table, {rows} rows, 5 columns" in plain(window(":vars"))
    assert ":save t t.csv" in window(":save")
    assert window(":save t t.csv").startswith("t.csv  t: table")
    assert Path("t.csv").read_bytes().startswith(b"label,area,centroid_y,centroid_x,mean_intensity\r\n1,")
    assert "t.png is no file for t, which is a table" in window.mistake(":save t t.png")
    assert "bone.csv is no file for bone, which is a mask" in window.mistake(":save bone bone.csv")
    assert window(":script").rstrip().endswith("output bone\noutput t")
    window('a = t["area"]')
    window(":save a a.json")
    assert Path("a.json").read_text("ascii").startswith('{"a": [')


def test_a_view_of_regions_by_a_column(window):
    by_area = window(':view bone by t["area"]')
    *_, last = plain(by_area).rstrip("\n").split("\n")
    areas = window.session.value("t").value["area"]
    assert last.startswith(f"area  {areas.min()} ")
    assert last.endswith(f" {areas.max()}")
    assert by_area.count("\n") <= 18
    assert window(':view by t["area"]') == by_area
    assert window(':view contour by t["area"]') != by_area
    assert window(":view overlay bone") != by_area
    assert "bone: mask" in plain(window(":view bone"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":view by", 'by needs a column of a table; write :view by t["area"], say'),
        (":view bone by t", 't is no column of a table; write :view bone by t["area"], say'),
        (':view bone by im["area"]', "im is an image, not a table"),
        (':view bone by t["nix"]', "the table has no column nix; it has label, area"),
        (':view bone by nix["area"]', "there is no nix here"),
        (':view im by t["area"]', "regions are coloured by a column, and this is an image"),
        (":view im bone", ":view cannot be bone; it is overlay"),
        (":view mask side", "it is :view [HOW] [NAME] [by] [COLUMN]; such as"),
    ],
)
def test_views_that_cannot_be(window, text, said):
    assert said in plain(window.mistake(text)).replace("\n", " ")
