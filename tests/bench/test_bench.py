"""The benchmarks run, and every peer that is installed gives our answer. Nothing is timed here."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import calling
import catalogue
import catalogue.command
import catalogue.contest
import catalogue.worker
import growth
import measuring
import numpy as np
import peers
import pytest
import reading
import studying
import sweeping
import table
import timing
import works
from images import Images

import maskexpr

IMAGES = Images(quick=True)
main = runpy.run_path(str(Path(__file__).parent), run_name="bench")["main"]


@pytest.mark.slow
@pytest.mark.parametrize("work", works.WORKS, ids=lambda work: work.name)
def test_peers_agree(work):
    result = timing.measure(work, IMAGES, 1, shortest=0)
    assert [peer.problem for peer in result.peers if peer.problem] == []
    lines = table.work_lines(result)
    assert lines.startswith(work.name)
    assert all(peer.library in lines for peer in result.peers)


@pytest.mark.slow
def test_the_command_prints_and_writes_what_it_measured(tmp_path, capsys):
    out = tmp_path / "out.json"
    assert main(["--quick", "--rounds", "2", "--only", "small", "memory where", "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "NumPy" in printed
    assert "memory where" in printed
    found = json.loads(out.read_text())
    assert [len(row["seconds"]) for row in found["works"]] == [2]
    assert len(found["memory"]) == 1


def test_another_answer_is_told_and_not_timed(monkeypatch, capsys):
    wrong = works.Peer("NumPy", (lambda im: lambda: im > 33,), 1)
    row = works.Work("wrong", "im > 32", lambda images: {"im": images.small}, (wrong,))
    monkeypatch.setattr(works, "WORKS", (row,))
    assert main(["--quick", "--only", "wrong"]) == 1
    assert "!!! DISAGREES" in capsys.readouterr().out


def test_a_peer_that_fails_does_not_end_the_run(monkeypatch, capsys):
    row = works.Work("odd", "im > 32", lambda images: {"im": images.small}, (works.Peer("NumPy", (lambda: None,)),))
    monkeypatch.setattr(works, "WORKS", (row,))
    assert main(["--quick", "--only", "odd"]) == 1
    assert "!!! FAILED: TypeError" in capsys.readouterr().out


def test_a_peer_that_is_not_installed_is_left_out_and_named(monkeypatch, capsys):
    monkeypatch.setattr(peers.LIBRARIES["NumPy"], "module", "no_such_module")
    assert main(["--quick", "--only", "small"]) == 0
    printed = capsys.readouterr().out
    assert "no peer installed" in printed
    assert "left out: NumPy" in printed


def test_growth_fits_exponents(capsys):
    assert growth.exponent([1, 2, 4], [3.0, 12.0, 48.0]) == pytest.approx(2)
    assert main(["--quick", "--rounds", "1", "--growth", "--only", "where", "diamond"]) == 0
    assert capsys.readouterr().out.count("exponent ") >= 3


@pytest.mark.slow
def test_volumes_are_read_beside_those_who_read_them(capsys):
    assert reading.main(["--rounds", "1", "--shape", "16", "12", "5"]) == 0
    assert [line.split(" ours ")[0].strip() for line in capsys.readouterr().out.splitlines()] == [
        "NIfTI",
        "NIfTI, gzip",
        "DICOM",
    ]


@pytest.mark.slow
def test_measuring_agrees_with_scikit_image(capsys):
    assert measuring.main(["--quick", "--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    assert "100 regions" in printed
    assert "times as fast" in printed


@pytest.mark.slow
def test_sweeps_agree_with_calls_and_with_what_is_kept_by_hand(capsys):
    assert sweeping.main(["--quick", "--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("runs): ours") == len(sweeping.SWEEPS)
    assert [line for line in printed.splitlines() if "by hand " in line and "differ" in line] == []


@pytest.mark.slow
def test_a_study_is_timed_beside_imageio(capsys):
    assert studying.main(["--count", "4", "--size", "40", "--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("one job over imageio") == len(studying.PROGRAMS)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
def test_calls_on_small_images_give_what_is_written_by_hand():
    given = calling.inputs(64)
    for row in calling.ROWS:
        own = {name: given[name] for name in row.inputs} | row.more
        ours, theirs = maskexpr.compile(row.expression)(**own), row.by_hand(**own)
        pairs = zip(ours.values(), theirs, strict=True) if isinstance(ours, dict) else [(ours, theirs)]
        for one, other in pairs:
            np.testing.assert_allclose(
                np.asarray(one, float), np.asarray(other, float), rtol=1e-5, err_msg=row.expression
            )
    assert len(list(calling.rows((64,), 1, shortest=0))) == len(calling.ROWS) + 1


def sides(libraries):
    """Those of the catalogue, in this process."""
    settings = {role: catalogue.worker.Setting(role, 1, True) for role in ("ours", "peers")}
    return {role: catalogue.worker.Side(replace(of, libraries=libraries)) for role, of in settings.items()}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("scene", [catalogue.rows.SMALL, catalogue.rows.FLOATS, catalogue.rows.VOLUME])
def test_every_row_of_the_catalogue_has_its_answer(scene):
    both = sides(tuple(peers.LIBRARIES))
    chosen = [row for row in catalogue.ROWS if scene in row.on]
    with np.errstate(all="ignore"):
        results = [catalogue.contest.measure(row, scene, both, 1, shortest=0) for row in chosen]
    assert [(one.name, one.problems) for one in results if one.problems] == []
    assert all(one.of("ours") for one in results)
    assert len(chosen) > 80
    assert catalogue.others.unknown({row.name: row for row in catalogue.ROWS}) == set()


@pytest.mark.slow
def test_the_catalogue_is_a_command_with_tables_and_a_plot(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(catalogue.command, "Remote", catalogue.worker.Side)  # three processes take seconds to begin
    out, drawn = tmp_path / "out.json", tmp_path / "out.svg"
    given = ["--catalogue", "--quick", "--only", "clip", "im // 3", "--peers", "NumPy"]
    assert main([*given, "--scenes", "512x512 uint8", "--json", str(out), "--plot", str(drawn)]) == 0
    printed = capsys.readouterr().out
    assert "2 rows: " in printed
    assert "geometric mean" in printed
    assert [row["name"] for row in json.loads(out.read_text())["rows"]] == ["clip", "im // 3"]
    assert drawn.read_text().count("<title>") >= 2


@pytest.mark.slow
def test_a_side_of_the_catalogue_is_a_process_without_extras():
    side = catalogue.worker.Remote(catalogue.worker.Setting("ours", 1, True))
    (answer,) = side.prepare("im // 3", "512x512 uint8")
    assert answer.value.dtype == np.uint8
    assert min(side.sample("ours", 0, 2, True)) > 0
    with pytest.raises(RuntimeError, match="KeyError"):
        side.prepare("no such row", "512x512 uint8")
    side.close()


@pytest.mark.parametrize(
    ("ours", "theirs", "equal"),
    [
        (np.array([True, False]), np.array([255, 0], np.uint8), True),
        (np.array([1, 2]), np.array([1, 3]), False),
        (np.array([1.0, np.nan]), np.array([1.0 + 1e-12, np.nan]), True),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), False),
        (np.array([1.0, 2.0]), np.array([1.0, 2.001], np.float32), False),
        ([[1, 2], [0.5, 1.5, 2.5]], [1, 2, 0.5, 1.5, 2.5], True),
        (np.zeros((2, 2)), np.zeros(2), False),
    ],
)
def test_answers_are_the_same_but_for_rounding(ours, theirs, equal):
    assert catalogue.contest.compared(ours, theirs)[0] == equal


def test_a_row_of_the_catalogue_that_ours_fails_does_not_end_the_run(monkeypatch, capsys):
    wrong = [catalogue.rows.row(name, text, np=lambda im: im) for name, text in (("bad", "t + 1"), ("good", "im"))]
    monkeypatch.setattr(catalogue, "ROWS", wrong)
    monkeypatch.setattr(catalogue.command, "ROWS", wrong)
    monkeypatch.setattr(catalogue.command, "Remote", FailsByItself)
    assert main(["--catalogue", "--quick", "--plain", "--peers", "NumPy", "--scenes", "512x512 uint8"]) == 1
    printed = capsys.readouterr().out
    assert "!!! 512x512 uint8: bad: ours: ours: RuntimeError !!!" in printed
    assert "1 rows: " in printed


class FailsByItself(catalogue.worker.Side):
    """As a side in another process tells that it failed."""

    def prepare(self, row, scene):
        if row == "bad":
            raise RuntimeError("ours: RuntimeError")
        return super().prepare(row, scene)


def test_another_answer_in_the_catalogue_is_told_and_not_timed(monkeypatch):
    wrong = catalogue.rows.row("wrong", "im > 32", np=lambda im: im <= 32, scipy=lambda im: im.none)
    monkeypatch.setattr(catalogue, "ROWS", (wrong,))
    result = catalogue.contest.measure(wrong, "512x512 uint8", sides(("NumPy", "SciPy")), 1, shortest=0)
    assert [text.partition(":")[0] for text in result.problems] == ["NumPy", "SciPy"]
    assert result.best(("NumPy", "SciPy"), "wall") is None
