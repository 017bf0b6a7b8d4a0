"""Tables as text: whole texts at several widths, and the digits of numbers."""

from collections.abc import Sequence

import numpy as np
import pytest

from maskexpr.kinds.table import Table
from maskexpr.kinds.tabulated import Room, cell_texts, html_of, size_text, text_of

N = 30
TABLE = Table(
    {
        "label": np.arange(1, N + 1, dtype=np.int32),
        "area": np.arange(N) * 37 % 400 + 3,
        "area_mm2": (np.arange(N) * 37 % 400 + 3) * 1e-5,
        "mean_intensity": np.where(np.arange(N) % 7 == 1, np.nan, np.arange(N) * 7.25 + 0.5),
        "touches_border": np.arange(N) % 5 == 0,
        "percentile_intensity_90": np.arange(N) * 3.5 - 20,
    },
    {"area_mm2": "mm2"},
)


def test_a_wide_window() -> None:
    few = TABLE.chosen(TABLE["label"] <= 3)
    assert text_of(few, few.units, Room(100, 24)) == (
        "label  area  area_mm2  mean_intensity  touches_border  percentile_intensity_90\n"
        "                  mm2\n"
        "    1     3   0.00003             0.5            true                    -20.0\n"
        "    2    40   0.00040             nan           false                    -16.5\n"
        "    3    77   0.00077            15.0           false                    -13.0"
    )


def test_a_window_that_is_too_narrow_and_too_low() -> None:
    assert text_of(TABLE, TABLE.units, Room(60, 22)) == (
        "label  area  area_mm2  mean_intensity  touches_border\n"
        "                  mm2\n"
        "    1     3   0.00003            0.50            true\n"
        "    2    40   0.00040             nan           false\n"
        "    3    77   0.00077           15.00           false\n"
        "... 23 more rows ...\n"
        "   27   165   0.00165          189.00           false\n"
        "   28   202   0.00202          196.25           false\n"
        "   29   239   0.00239          203.50           false\n"
        "   30   276   0.00276             nan           false\n"
        "\n"
        "label  percentile_intensity_90\n"
        "    1                    -20.0\n"
        "    2                    -16.5\n"
        "    3                    -13.0\n"
        "...\n"
        "   27                     71.0\n"
        "   28                     74.5\n"
        "   29                     78.0\n"
        "   30                     81.5"
    )


def test_a_window_in_which_no_name_fits() -> None:
    few = Table({name: TABLE[name][:2] for name in ("label", "area", "percentile_intensity_90")})
    assert text_of(few, few.units, Room(20, 24)) == (
        "label  area\n    1     3\n    2    40\n\nlabel  percentile_..\n    1          -20.0\n    2          -16.5"
    )


@pytest.mark.parametrize("columns", [20, 25, 40, 79, 200])
@pytest.mark.parametrize("lines", [1, 10, 24, 80])
def test_no_line_is_longer_than_the_window(columns: int, lines: int) -> None:
    text = text_of(TABLE, TABLE.units, Room(columns, lines))
    assert max(map(len, text.splitlines())) <= columns
    wanted = ("area", "mm2", "mean_inten", "touches_b", "percentile") if columns > 20 else ("area", "mm2")
    assert all(name in text for name in wanted)


@pytest.mark.parametrize(("rows", "shown"), [(8, 8), (9, 9), (10, 8), (1_000_000, 8)])
def test_a_row_is_not_left_out_for_a_line_that_says_so(rows: int, shown: int) -> None:
    table = Table({"label": np.arange(rows)})
    lines = text_of(table, {}, Room(80, 11)).splitlines()
    assert len(lines) == 1 + shown + (shown < rows)
    assert (f"... {rows - shown:,} more rows ..." in lines) is (shown < rows)


def test_all_of_it() -> None:
    assert len(text_of(TABLE, TABLE.units, Room()).splitlines()) == N + 2


def test_colours_are_around_lines() -> None:
    room = Room(200, 12, lambda text: f"<{text}>", lambda text: f"({text})")
    lines = text_of(TABLE, TABLE.units, room).splitlines()
    assert lines[0] == "<label  area  area_mm2  mean_intensity  touches_border  percentile_intensity_90>"
    assert lines[1] == "(                  mm2)"
    assert "(... 22 more rows ...)" in lines


def test_no_rows_and_no_columns() -> None:
    empty = TABLE.chosen(TABLE["area"] < 0)
    assert text_of(empty, {}, Room(200, 24)).splitlines() == [
        "label  area  area_mm2  mean_intensity  touches_border  percentile_intensity_90"
    ]
    assert size_text(empty) == "0 rows, 6 columns"
    assert text_of({}, {}, Room()) == ""
    assert size_text({"label": np.array([4])}) == "1 row, 1 column"


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ([1.0, 2, 30], ["1.0", "2.0", "30.0"]),
        ([0.5, 1.25], ["0.50", "1.25"]),
        ([0.123456, 0.9], ["0.1235", "0.9000"]),
        ([123.456789, 0.5], ["123.46", "0.50"]),
        ([123456.789, 1.5], ["123456.8", "1.5"]),
        ([123.4, 0.00123], ["123.4000", "0.0012"]),
        ([1e-9, 1], ["1.000e-09", "1.000e+00"]),
        ([4e10, 0, float("nan")], ["4.000e+10", "0.0", "nan"]),
        ([float("nan"), float("inf"), 2.5], ["nan", "inf", "2.5"]),
        ([float("nan"), -float("inf")], ["nan", "-inf"]),
        ([0.0, -3.0], ["0.0", "-3.0"]),
    ],
)
def test_digits(numbers: Sequence[float], texts: Sequence[str]) -> None:
    assert cell_texts(np.array(numbers)) == texts


def test_digits_of_other_types() -> None:
    assert cell_texts(np.array([0.1, 7], np.float32)) == ["0.1", "7.0"]
    assert cell_texts(np.array([2**63, 1], np.uint64)) == ["9223372036854775808", "1"]
    assert cell_texts(np.array([True, False])) == ["true", "false"]


def test_html() -> None:
    text = html_of({"label": np.arange(100), "<b>": np.arange(100) / 4}, {"<b>": "&"})
    assert "<th>label</th><th>&lt;b&gt;</th>" in text
    assert "<td><em>&amp;</em></td>" in text
    assert text.count("<tr>") == 2 + 40 + 1
    assert "... 60 more rows ..." in text
    assert "<tr><td>99</td><td>24.75</td></tr>" in text
    assert "table, 100 rows, 2 columns" in text
