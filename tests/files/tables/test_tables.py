"""Tables in files: written, and read back by others and by ourselves."""

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.files import tables
from maskexpr.kinds.table import Table

ENDINGS = [".csv", ".tsv", ".json", ".parquet"]
TABLE = Table(
    {
        "label": np.array([1, 2, 7], np.int32),
        "area": np.array([2**62 + 1, 0, -5]),
        "area_mm2": np.array([0.1 + 0.2, 1e-300, -1e22]),
        "narrow": np.array([0.1, 3, 1e-20], np.float32),
        "holed": np.array([np.nan, 0.5, np.nan]),
        "touches_border": np.array([True, False, True]),
    },
    {"area_mm2": "mm2"},
)


def written(tmp_path: Path, ending: str, table: Table = TABLE) -> Path:
    path = tmp_path / f"t{ending}"
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    maskexpr.write(path, table)
    return path


# --- what is in them -------------------------------------------------------------------------------------------------


def test_csv_to_the_letter(tmp_path: Path) -> None:
    assert written(tmp_path, ".csv").read_bytes() == (
        b"label,area,area_mm2,narrow,holed,touches_border\r\n"
        b"1,4611686018427387905,0.30000000000000004,0.1,,true\r\n"
        b"2,0,1e-300,3.0,0.5,false\r\n"
        b"7,-5,-1e+22,1e-20,,true\r\n"
    )


def test_tsv_to_the_letter(tmp_path: Path) -> None:
    infinite = Table({"label": np.array([1, 2]), "ratio": np.array([np.inf, -np.inf])})
    assert written(tmp_path, ".tsv", infinite).read_bytes() == b"label\tratio\n1\tinf\n2\t-inf\n"


def test_json_to_the_letter(tmp_path: Path) -> None:
    assert written(tmp_path, ".json").read_text("ascii") == (
        '{"label": [1, 2, 7], "area": [4611686018427387905, 0, -5], '
        '"area_mm2": [0.30000000000000004, 1e-300, -1e+22], "narrow": [0.1, 3.0, 1e-20], '
        '"holed": [null, 0.5, null], "touches_border": [true, false, true]}\n'
    )


def test_parquet_keeps_types_and_says_units(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    found = parquet.read_table(written(tmp_path, ".parquet"))
    assert found.column_names == list(TABLE)
    for name, values in TABLE.items():
        assert found[name].to_numpy().dtype == values.dtype
        np.testing.assert_array_equal(found[name].to_numpy(), values)
    assert found.schema.field("area_mm2").metadata == {b"unit": b"mm2"}
    assert found.schema.field("area").metadata is None


# --- read back by others ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ending", "dialect"), [(".csv", "excel"), (".tsv", "excel-tab")])
def test_python_reads_the_same_numbers(tmp_path: Path, ending: str, dialect: str) -> None:
    with open(written(tmp_path, ending), encoding="ascii", newline="") as stream:
        rows = list(csv.DictReader(stream, dialect=dialect))
    assert [int(row["area"]) for row in rows] == TABLE["area"].tolist()
    assert [float(row["area_mm2"]) for row in rows] == TABLE["area_mm2"].tolist()
    np.testing.assert_array_equal(np.array([row["narrow"] for row in rows], np.float32), TABLE["narrow"])
    assert json.loads(written(tmp_path, ".json").read_text("ascii"))["area_mm2"] == TABLE["area_mm2"].tolist()


@pytest.mark.parametrize("ending", ENDINGS)
def test_pandas_reads_the_same_table(tmp_path: Path, ending: str) -> None:
    pandas = pytest.importorskip("pandas")
    path = written(tmp_path, ending)
    if ending == ".json":
        frame = pandas.DataFrame(json.loads(path.read_text("ascii")))  # its own reader rounds
    elif ending == ".parquet":
        frame = pandas.read_parquet(path)
    else:
        exact = {"float_precision": "round_trip"} if pandas.__version__ < "3" else {}
        frame = pandas.read_csv(path, sep="," if ending == ".csv" else "\t", **exact)
    assert list(frame.columns) == list(TABLE)
    for name, values in TABLE.items():
        assert frame[name].dtype.kind == values.dtype.kind, name
        np.testing.assert_array_equal(frame[name].to_numpy().astype(values.dtype), values)


# --- read back by ourselves ------------------------------------------------------------------------------------------

FLOATS = st.lists(st.floats(allow_infinity=True), min_size=1, max_size=4)


@pytest.mark.parametrize("ending", ENDINGS)
@given(numbers=FLOATS, whole=st.integers(-(2**63), 2**63 - 1), narrow=st.floats(width=32, allow_nan=False))
def test_numbers_come_back(tmp_path_factory: Any, ending: str, numbers: list[float], whole: int, narrow: float) -> None:
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    if ending == ".json":
        numbers = [float("nan") if abs(number) == float("inf") else number for number in numbers]
        narrow = 0.0 if abs(narrow) == float("inf") else narrow
    rows = len(numbers)
    table = Table(
        {
            "label": np.arange(1, rows + 1),
            "numbers": np.array(numbers),
            "whole": np.full(rows, whole),
            "narrow": np.full(rows, narrow, np.float32),
        }
    )
    path = tmp_path_factory.getbasetemp() / f"numbers{ending}"
    maskexpr.write(path, table)
    found = tables.read(path)
    assert list(found) == list(table)
    for name, values in table.items():
        np.testing.assert_array_equal(found[name].astype(values.dtype), values)
        assert np.array_equal(np.signbit(found[name]), np.signbit(values)) or np.isnan(values).any()


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_rows_leave_their_columns(tmp_path: Path, ending: str) -> None:
    found = tables.read(written(tmp_path, ending, TABLE.chosen(TABLE["area"] == 3)))
    assert (found.rows, list(found)) == (0, list(TABLE))


def test_a_list_with_nan_keeps_its_rows(tmp_path: Path) -> None:
    """A line of nothing would be passed over."""
    path = written(tmp_path, ".csv", Table({"mean": np.array([1.5, np.nan, 2])}))
    assert path.read_bytes() == b'mean\r\n1.5\r\n""\r\n2.0\r\n'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv", b""),
        ("t.csv", b"\x89PNG\r\n\x1a\n"),
        ("t.csv", b"area\n3\n"),
        ("t.csv", b"label,area\n1\n"),
        ("t.csv", b"label,label\n1,1\n"),
        ("t.csv", b"label,name\n1,a\n"),
        ("t.csv", b"label\n1.5\n"),
        ("t.csv", b"label\n99999999999999999999999\n"),
        ("t.csv", b'label\n"1\n'),
        ("t.json", b"[1, 2]"),
        ("t.json", b'{"label": 3}'),
        ("t.json", b'{"label": [1], "area": [1, 2]}'),
        ("t.json", b'{"label": ["a"]}'),
        ("t.json", b'{"label": [[1]]}'),
        ("t.json", b"[" * 100_000),
        ("t.parquet", b"PAR1 and no more"),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, data: bytes) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(maskexpr.FileError, match="it holds no table of regions"):
        tables.read(tmp_path / name)


def test_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maskexpr.files.tables.reading._MOST_BYTES", 20)
    with pytest.raises(maskexpr.FileError, match="more than 20 bytes"):
        tables.read(written(tmp_path, ".csv"))


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(maskexpr.FileError, match="there is no such file"):
        tables.read(tmp_path / "t.csv")
    (tmp_path / "u.csv").mkdir()
    with pytest.raises(maskexpr.FileError, match="cannot read"):
        tables.read(tmp_path / "u.csv")


# --- written whole or not at all -------------------------------------------------------------------------------------


def mistake(path: Path, value: Any, **more: Any) -> str:
    with pytest.raises(maskexpr.MaskError) as raised:
        maskexpr.write(path, value, **more)
    return str(raised.value)


def test_endings_that_do_not_fit(tmp_path: Path) -> None:
    for name in ("t.png", "t", "t.xlsx"):
        assert "its ending names no format that holds a table; write .csv, .tsv, .json or .parquet" in mistake(
            tmp_path / name, TABLE
        )
    assert ".csv is for tables, not for a mask; write .png, .tif or .npy, say" in mistake(
        tmp_path / "m.csv", np.ones((2, 2), bool)
    )
    assert "a table has no kind and no place; leave out kind and like" in mistake(
        tmp_path / "t.csv", TABLE, kind="mask"
    )
    assert not list(tmp_path.iterdir())


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = mistake(tmp_path / "t.parquet", TABLE)
    assert "t.parquet: .parquet needs the pyarrow package; pip install 'maskexpr[tables]', or write .csv" in said
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(maskexpr.FileError, match="needs the pyarrow package"):
        tables.read(tmp_path / "t.parquet")


def test_an_old_file_stays_where_a_new_one_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, ".csv")
    before = path.read_bytes()

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "the disk is full; what was there before is untouched" in mistake(path, TABLE.chosen(TABLE["area"] > 0))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="there are no such devices")
def test_a_device_gets_csv(tmp_path: Path) -> None:
    maskexpr.write("/dev/null", TABLE)
    assert "it is a folder" in mistake(tmp_path, TABLE)


def test_numbers_beyond_64_bits(tmp_path: Path) -> None:
    column = np.array([2**80, 1], object)
    maskexpr.write(tmp_path / "n.json", Table({"n": column}))
    assert json.loads((tmp_path / "n.json").read_text("ascii")) == {"n": [2**80, 1]}
    pytest.importorskip("pyarrow")
    said = mistake(tmp_path / "n.parquet", Table({"n": column}))
    assert ".parquet cannot hold whole numbers beyond 64 bits; write .csv" in said
