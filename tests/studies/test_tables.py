"""Tables of all images: rows, columns and cells do not depend on which image failed, or on who was done first."""

import csv
import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import maskexpr
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError, InputError
from maskexpr.files import tables as files
from maskexpr.kinds.table import Table
from maskexpr.studies import tables
from maskexpr.studies.outcome import Outcome

PROGRAM = maskexpr.compile(
    """
    low = otsu(im)
    c = centroid(im > low)
    output share = fraction(im > low)
    output n = area(im > low)
    output is_large = n > 3
    output cells = measure(label(im > low), area)
    """
)


def cells(count: int) -> Table:
    return Table({"label": np.arange(1, count + 1), "area_mm2": np.arange(count) / 4}, {"area_mm2": "mm2"})


def done(index: int, name: str, **numbers: object) -> Outcome:
    return Outcome(index, name, numbers, {"cells": cells(index)})


def failed(index: int, name: str, why: str = "it is damaged") -> Outcome:
    return Outcome(index, name, errors=(messages.FILE_REFUSED.anywhere(path=name, reason=why),))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def numbers(n: int) -> dict[str, object]:
    return {"c_10": 3.5, "c_9": 1, "low": 5, "is_large": n > 3, "n": n, "share": 0.5}


def test_columns_are_in_the_order_of_the_program_whatever_came_first() -> None:
    for order in itertools.permutations(numbers(2)):
        found = tables.of_images(PROGRAM, [done(0, "a.png", **{name: numbers(2)[name] for name in order})])
        assert [*found] == ["image", "share", "n", "is_large", "low", "c_9", "c_10", "error", "message"]


def test_what_is_missing_is_empty_and_the_rest_stays_what_it_is(tmp_path: Path) -> None:
    outcomes = [failed(0, "a b.png"), done(1, "b,\n.png", **numbers(2**60 + 1)), done(2, "{c}.png", n=7, share=np.inf)]
    written = tables.written(PROGRAM, outcomes, [str(tmp_path / f"all{ending}") for ending in (".csv",)])
    assert [Path(path).name for path in written] == ["all.csv", "all-cells.csv"]
    why = "cannot read a b.png: it is damaged"
    first, second, third = rows(tmp_path / "all.csv")
    assert first == {**dict.fromkeys(first, ""), "image": "a b.png", "error": "file-refused", "message": why}
    assert second["image"] == r"b,\n.png"
    assert (second["n"], second["is_large"], second["share"]) == (str(2**60 + 1), "true", "0.5")
    assert (third["n"], third["is_large"], third["low"], third["share"]) == ("7", "", "", "inf")
    assert [(r["image"], r["label"], r["area_mm2"]) for r in rows(tmp_path / "all-cells.csv")] == [
        (r"b,\n.png", "1", "0.0"),
        ("{c}.png", "1", "0.0"),
        ("{c}.png", "2", "0.25"),
    ]


def test_json_has_null_and_whole_numbers(tmp_path: Path) -> None:
    tables.written(PROGRAM, [failed(0, "a.png"), done(1, "b.png", n=2**60 + 1, share=np.nan)], [f"{tmp_path}/all.json"])
    found = json.loads((tmp_path / "all.json").read_text())
    assert found["n"] == [None, 2**60 + 1]
    assert found["share"] == [None, None]
    assert found["error"] == ["file-refused", ""]


def test_parquet_keeps_kinds_of_columns(tmp_path: Path) -> None:
    """Beside images that failed, of images that all failed, and without any rows."""
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "all.parquet"
    both = [failed(0, "a.png"), done(1, "b.png", n=2**60 + 1, is_large=True, share=0.5)]
    tables.written(PROGRAM, both, [str(path)])
    found = parquet.read_table(path)
    assert {field.name: str(field.type) for field in found.schema} == {
        "image": "string",
        "share": "double",
        "n": "int64",
        "is_large": "bool",
        "low": "double",
        "error": "string",
        "message": "string",
    }
    assert found["n"].to_pylist() == [None, 2**60 + 1]
    assert found["is_large"].to_pylist() == [None, True]
    for outcomes in (both[:1], []):
        tables.written(PROGRAM, outcomes, [str(path)])
        kinds = [str(field.type) for field in parquet.read_table(path).schema]
        assert kinds == ["string", *["double"] * 4, "string", "string"]
    tables.written(PROGRAM, [done(0, "a.png", n=1)], [str(path)])  # whose table has no rows
    assert [str(field.type) for field in parquet.read_table(tmp_path / "all-cells.parquet").schema] == [
        "string",
        "int64",
        "double",
    ]


@pytest.mark.parametrize("name", ["=cmd|calc!A1.png", "+1.png", "-1.png", "@SUM(1).png", "\t=1.png"])
def test_no_spreadsheet_runs_a_name_or_a_message(tmp_path: Path, name: str) -> None:
    """A name still names its file; what else begins so is marked as a text."""
    outcomes = [failed(0, name), Outcome(1, "b.png", errors=(messages.wording.Diagnostic("x", name),))]
    tables.written(PROGRAM, outcomes, [f"{tmp_path}/all.csv"])
    first, second = rows(tmp_path / "all.csv")
    (tmp_path / name).write_bytes(b"")
    assert name.startswith("\t") or (tmp_path / first["image"]).samefile(tmp_path / name)
    assert second["message"] == f"'{name}"
    for row in (first, second):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row.values())


def test_texts_are_cells_of_their_own(tmp_path: Path) -> None:
    """Quotes, commas, line ends and what is no UTF-8 in names and messages."""
    awkward = 'a "b", c\r\nd;\udc80e\x00.png'
    for ending in (".csv", ".tsv", ".json"):
        tables.written(PROGRAM, [failed(0, awkward)], [f"{tmp_path}/all{ending}"])
    assert rows(tmp_path / "all.csv")[0]["image"] == 'a "b", c\\r\\nd;\\udc80e\\x00.png'


# --- where they go ---------------------------------------------------------------------------------------------------


def test_a_table_that_is_named_after_a_result_is_that_result(tmp_path: Path) -> None:
    asked = [str(tmp_path / name) for name in ("all-cells.json", "all.csv")]
    assert sorted(tables.written(PROGRAM, [done(2, "a.png", n=1)], asked)) == sorted(asked)
    assert json.loads((tmp_path / "all-cells.json").read_text())["label"] == [1, 2]
    assert tables.written(PROGRAM, [done(2, "a.png", n=1)], asked[:1]) == asked[:1]


def test_tables_are_the_same_files_where_all_images_failed(tmp_path: Path) -> None:
    asked = [str(tmp_path / name) for name in ("all.csv", "cells.csv")]
    for paths in (asked[:1], asked, asked[1:]):
        whole = tables.written(PROGRAM, [done(2, "a.png", n=1)], paths)
        assert whole == tables.files_of(PROGRAM, paths)
        assert tables.written(PROGRAM, [failed(0, "a.png")], paths) == whole
    assert Path(asked[0]).read_text().startswith("image,share,n")
    assert Path(asked[1]).read_text().split() == ["image"]


def test_no_table_is_named_after_a_number() -> None:
    with pytest.raises(InputError, match=r"are both for the numbers of all images; .*table \(cells\)"):
        tables.check(PROGRAM, ["a.csv", "n.csv"], [])


def test_tables_that_could_not_be_written_are_refused_before_anything_is_done(tmp_path: Path) -> None:
    image = tmp_path / "im.csv"
    image.write_bytes(b"")
    (tmp_path / "folder.csv").mkdir()
    for path, code in {
        "all.xls": "file-no-table",
        "im.csv/all.csv": "file-not-written",
        "folder.csv": "file-target-is-folder",
        "im.csv": "output-over-input",
    }.items():
        with pytest.raises((FileError, InputError)) as caught:
            tables.check(PROGRAM, [str(tmp_path / path)], [str(image)])
        assert caught.value.code
        assert code.split("-")[0] in caught.value.code, code
    with pytest.raises(InputError, match="are both for the numbers of all images"):
        tables.check(PROGRAM, ["a.csv", "b.csv", "cells.csv"], [])


def test_a_table_is_not_written_over_a_result(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    with pytest.raises(InputError, match="and a table of all images"):
        tables.written(PROGRAM, [Outcome(0, "a.png", files={"cells": str(path)})], [str(path)])
    assert not path.exists()


def test_names_of_columns_of_ours_are_ours() -> None:
    program = maskexpr.compile("output error = 1; output image = 2; output message = 3")
    found = tables.of_images(program, [Outcome(0, "a.png", {"error": 1, "image": 2, "message": 3})])
    assert [*found] == ["image", "error_", "image_", "message_", "error", "message"]
    assert files.encode(found, ".csv") == b"image,error_,image_,message_,error,message\r\na.png,1,2,3,,\r\n"
