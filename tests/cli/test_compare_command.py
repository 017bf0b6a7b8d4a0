"""`maskexpr compare` as a person types it: what is printed, written and returned."""

import csv
import json
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.command_shell import Shell

PAIRS = 30
MEASURES = ("--measures", "dice,hd")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Thirty pairs: bars that are shifted; one pair is empty, one has an empty truth, one another shape, and one is
    damaged."""
    monkeypatch.chdir(tmp_path)
    for folder in ("pred", "truth", "folder.csv"):
        (tmp_path / folder).mkdir()
    for i in range(PAIRS):
        truth, pred = np.zeros((12, 16), np.uint8), np.zeros((12, 16), np.uint8)
        truth[3:6, 4:8], pred[3:6, 4 + i % 4 : 8 + i % 4] = i != 20, i != 25
        if i == 20:
            pred[:] = 0
        if i == 25:
            pred[3:6] = 1
            truth[:] = 0
        iio.imwrite(f"truth/{i:02}.png", truth)
        iio.imwrite(f"pred/{i:02}.png", 255 * pred[: 11 if i == 5 else None])
    Path("pred/07.png").write_bytes(Path("pred/07.png").read_bytes()[:50])
    return Shell(tmp_path, capsys)


def test_many_pairs(shell: Shell) -> None:
    code, out, err = shell("compare", "pred=pred/*.png", "truth=truth/{pred.stem}.png", *MEASURES, "--table", "s.csv")
    assert (code, err) == (1, "")
    title, pairs, measures, notes, failed = out.removesuffix("s.csv\n").rstrip("\n").split("\n\n")
    assert title == "30 pairs of masks, 2 failed, distances as monai has them, pred in pred/, truth in truth/"
    lines = pairs.splitlines()
    assert lines[0].split() == ["pred", "dice", "hd", "note"]
    assert lines[1] == "00.png  1.00  0.0"
    assert lines[-1].split() == ["29.png", "0.75", "1.0"]
    assert "... 9 more rows ..." in lines
    assert [line.split() for line in measures.splitlines()] == [
        ["measure", "mean", "sd", "median", "worst", "in"],
        ["dice", "0.6250", "0.3081", "0.6250", "0.0000", "25.png"],
        ["hd", "1.4074", "1.1522", "1.5000", "inf", "25.png"],
    ]
    assert notes.splitlines() == [
        "both are empty in 1 pair (pred/20.png): dice 1, hd 0",
        "truth alone is empty in 1 pair (pred/25.png): dice 0, hd inf",
        "hd: inf in 1 of 28, left out of mean and sd, the largest in the median",
    ]
    assert failed.splitlines()[0] == "2 pairs failed:"
    assert failed.splitlines()[1].startswith("  pred/05.png: pred (05.png) is 11x16 and truth (05.png) is 12x16; ")
    with open("s.csv", newline="", encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    assert [row["pred"] for row in rows] == [f"pred/{i:02}.png" for i in range(PAIRS)]
    assert {int(row["pred"][5:7]): row["error"] for row in rows if row["error"]} == {5: "shape", 7: "file-broken"}
    assert (rows[5]["dice"], rows[20]["empty"], rows[25]["hd"]) == ("", "both", "inf")
    assert "resample" in rows[5]["message"]


def test_all_of_them(shell: Shell) -> None:
    out = shell("compare", "pred=pred/*.png", "truth=truth/{pred.stem}.png", *MEASURES, "--all")[1]
    assert all(f"\n{i:02}.png" in out for i in range(PAIRS))
    assert "more rows" not in out


@pytest.mark.slow
def test_workers_give_the_same(shell: Shell) -> None:
    asked = ("compare", "pred=pred/*.png", "truth=truth/{pred.stem}.png", "--kind", "labels", "--by", "class")
    alone, together = shell(*asked, "--table", "1.csv"), shell(*asked, "--table", "2.csv", "--jobs", "2")
    assert together == (1, alone[1].replace("1.csv", "2.csv"), "")
    assert Path("1.csv").read_bytes() == Path("2.csv").read_bytes()
    assert "label images, by class" in alone[1]


def test_two_files(shell: Shell) -> None:
    code, out, err = shell("compare", "a=pred/01.png", "b=truth/01.png", *MEASURES)
    assert (code, err) == (0, "")
    assert out == "1 pair of masks, distances as monai has them: pred/01.png and truth/01.png\n\ndice  0.75\nhd    1\n"


def test_what_all_are_taken_for_label_images_by_is_said(shell: Shell) -> None:
    iio.imwrite("pred/07.png", np.arange(12 * 16, dtype=np.uint8).reshape(12, 16))
    note = "label images, as pred/07.png holds several numbers beside 0; --kind mask compares masks"
    for more, is_said in (((), True), (("--kind", "labels"), False)):
        out = shell("compare", "a=pred/*.png", "b=truth/{a.stem}.png", *more)[1]
        assert out.startswith("30 pairs of label images")
        assert (note in out.splitlines()) == is_said
    out = shell("compare", "a=pred/*.png", "b=truth/{a.stem}.png", "--kind", "mask")[1]
    assert "  pred/07.png: a is declared as mask, but holds several values beside 0; " in out


def test_pairs_without_any_class(shell: Shell) -> None:
    code, out, _ = shell("compare", "a=pred/2[01].png", "b=truth/{a.stem}.png", "--by", "class", "--measures", "dice")
    assert code == 0
    assert "both are empty in 1 pair (pred/20.png): no class, no row\n" in out
    code, out, _ = shell("compare", "a=pred/20.png", "b=truth/20.png", "--by", "class", "--json")
    assert (code, json.loads(out)["results"]["pairs"]["rows"]) == (0, 0)


def test_a_document(shell: Shell) -> None:
    code, out, err = shell("compare", "a=pred/*.png", "b=truth/{a.stem}.png", *MEASURES, "--json", "--table", "s.json")
    assert (code, err) == (1, "")
    found = json.loads(out)
    pairs, summary = found["results"]["pairs"], found["results"]["summary"]
    assert pairs["columns"] == json.loads(Path("s.json").read_text("utf-8"))
    assert (pairs["rows"], pairs["columns"]["dice"][:2]) == (PAIRS, [1.0, 0.75])
    assert summary["columns"]["measure"] == ["dice", "hd"]
    assert summary["columns"]["inf"] == [0, 1]
    assert summary["columns"]["worst_in"] == ["pred/25.png"] * 2
    assert [error["code"] for error in found["errors"]] == ["shape", "file-broken"]
    assert found["files"] == [{"path": "s.json", "holds": "pairs"}]


def test_the_folder_of_the_table_is_made(shell: Shell) -> None:
    assert shell("compare", "a=pred/01.png", "b=truth/01.png", *MEASURES, "--table", "new/s.csv")[0] == 0
    assert Path("new/s.csv").exists()


def test_the_table_on_standard_output_is_alone_there(shell: Shell) -> None:
    code, out, err = shell("compare", "a=pred/01.png", "b=truth/01.png", *MEASURES, "--table", "-")
    assert code == 0
    assert out == "a,b,dice,hd,empty,error,message\r\npred/01.png,truth/01.png,0.75,1.0,,,\r\n"
    assert "dice  0.75" in err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a=pred/01.png"], "two are compared, and 1 is given"),
        (["a=pred/01.png", "b=truth/01.png", "c=truth/02.png"], "two are compared, and 3 are given"),
        (["a=pred/01.png", "b=truth/01.png", "--table", "s.png"], "s.png"),
        (["a=pred/01.png", "b=truth/01.png", "--table", "pred/01.png/s.csv"], "pred/01.png is no folder"),
        (["a=pred/01.png", "b=truth/01.png", "--table", "folder.csv"], "cannot write folder.csv: it is a folder"),
        (
            ["a=pred/01.png", "or=truth/01.png"],
            "error: or is a word of the language, it cannot be a name; write or_, say",
        ),
        (
            ["é=pred/01.png", "b=truth/01.png"],
            "error: names and numbers use ASCII characters only, é does not; write e",
        ),
        (
            ["a=pred/01.png", "b=truth/01.png", "--tolerance", "9999999999"],
            "error: tolerance is 9999999999; it must be at most 2147483648",
        ),
        (["a=pred/01.png", "b=truth/01.png", "--spacing", "c=1mm"], "no input or param c"),
        (["a=pred/01.png", "b=truth/01.png", "--measures", "dise"], "did you mean dice?"),
        (["a=pred/no*.png", "b=truth/01.png"], "pred/no*.png"),
    ],
)
def test_wrong_usage(shell: Shell, given: list[str], said: str) -> None:
    code, out, err = shell("compare", *given)
    assert (code, out) == (2, "")
    assert said in err


def test_help_lists_the_measures(shell: Shell) -> None:
    with pytest.raises(SystemExit):
        shell("compare", "--help")
    out = shell.printed()[0]
    assert "  hd95                  95 % Hausdorff distance\n" in out
    assert "usual of labels: f1, precision, recall, matched, panoptic_quality\n" in out
