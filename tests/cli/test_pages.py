"""maskexpr run --contact-sheet, --report, --overlay and --show on many images."""

import shutil
from pathlib import Path

import pytest
from helpers.command_shell import Shell
from helpers.places import TESTS

from maskexpr.display import terminal

ANKLE = TESTS.parent / "examples" / "ankle.png"


@pytest.fixture
def run(folder, capsys):
    for name in ("a", "b"):
        shutil.copy(ANKLE, f"{name}.png")
    Path("c.png").write_bytes(b"no image")
    Path("seg.mask").write_text("output m = im > 64\noutput n = area(m)")
    shell = Shell(folder, capsys)
    return lambda *more: shell("run", "seg.mask", "im=?.png", "-o", "out/", "--keep-going", *more)


@pytest.mark.slow
def test_pages_are_the_same_after_a_resume(run):
    pages = ("--contact-sheet", "out/qc.png", "--report", "out/qc.html")
    code, out, err = run(*pages)
    assert code == 1
    assert "contact sheet: out/qc.png" in err
    assert "report: out/qc.html" in err
    assert "qc" not in out
    before = [Path(name).read_bytes() for name in ("out/qc.png", "out/qc.html")]
    for again in (*Path("out/.maskexpr-previews").iterdir(), Path("out/qc.png")):
        again.unlink()
        assert run(*pages, "--resume")[0] == 1
        assert [Path(name).read_bytes() for name in ("out/qc.png", "out/qc.html")] == before


def test_pages_can_be_asked_for_later(run):
    run()
    assert run("--resume", "--report", "qc.html")[0] == 1
    assert Path("qc.html").read_text().count("<figure>") == 2 + 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--report", "a.png"), "write .html"),
        (("--contact-sheet", "qc.jpg"), "write .png"),
        (("--contact-sheet", "a.png"), "it is not overwritten"),
        (("--report", "link.html"), "it is not overwritten"),
        (("--report", "a.png/q.html"), "a.png is no folder"),
    ],
)
def test_pages_that_cannot_be_are_refused_before_anything_runs(run, arguments, reason):
    Path("link.html").symlink_to("seg.mask")
    code, _, err = run(*arguments)
    assert code != 0
    assert reason in err
    assert not Path("out").exists()


def test_each_image_gets_its_pictures(run):
    run("--overlay", "qc/{stem}.png", "--hist", "qc/{stem}-hist.png")
    assert sorted(path.name for path in Path("qc").iterdir()) == ["a-hist.png", "a.png", "b-hist.png", "b.png"]


@pytest.mark.slow
def test_results_are_drawn_with_their_names(run, monkeypatch):
    drawn = terminal.Abilities(columns=60, lines=20, colours=256, protocol="blocks")
    monkeypatch.setattr("maskexpr.display.terminal.abilities", lambda stream: drawn)
    code, out, _ = run("--show", "--jobs", "2")
    assert code == 1
    a, b = out.index("a.png\nm: mask 880x380"), out.index("b.png\nm: mask 880x380")
    assert a < b
    assert out[a:b].count("\x1b[38;5;") > 100
    assert "n: " in out


def test_nothing_is_drawn_where_there_is_no_terminal(run):
    assert "\x1b" not in run("--show")[1]


def test_sheets_beside_the_images_are_no_images(run):
    """A pattern finds them the next time."""
    for _ in range(2):
        code, _, err = run("--contact-sheet", "q.png")
        assert code == 1
        assert "2 done, 1 failed" in err
    assert "q.png" in err
    assert "left out" in err


def test_pages_are_not_written_over_results(run):
    code, _, err = run("--contact-sheet", "out/a-m.png")
    assert code != 0
    assert "a page of all images" in err
    assert not Path("out").exists()
