"""A table as a value."""

import copy
import pickle
import sys

import numpy as np
import pytest

import maskexpr

TABLE = maskexpr.Table(
    {"label": np.array([1, 2, 5], np.int32), "area": np.array([12, 40, 7]), "mean": np.array([0.5, np.nan, 3])},
    {"area": "mm2"},
)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda table: pickle.loads(pickle.dumps(table))])
def test_copies_are_equal_and_cannot_be_written_to(copied) -> None:
    table = copied(TABLE)
    assert table == TABLE
    assert table.units == {"area": "mm2"}
    with pytest.raises(ValueError, match="read-only"):
        table["area"][0] = 3


def test_rows() -> None:
    first, second, _ = TABLE.to_rows()
    assert first == {"label": 1, "area": 12, "mean": 0.5}
    assert [type(value) for value in second.values()] == [int, int, float]
    assert TABLE.chosen(TABLE["area"] > 50).to_rows() == []


def test_what_a_person_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert repr(TABLE) == (
        "table, 3 rows, 3 columns\n"
        "label  area  mean\n"
        "        mm2\n"
        "    1    12   0.5\n"
        "    2    40   nan\n"
        "    5     7   3.0"
    )
    assert TABLE._repr_html_().count("<tr>") == 5


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = TABLE.to_pandas()
    pandas.testing.assert_frame_equal(frame, pandas.DataFrame(dict(TABLE)))
    assert [str(kind) for kind in frame.dtypes] == ["int32", "int64", "float64"]
    frame.loc[0, "area"] = 99
    assert TABLE["area"][0] == 12


def test_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas, or take the columns: dict"):
        TABLE.to_pandas()
