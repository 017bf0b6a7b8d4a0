"""What is taken of tables: columns and rows, and what names mean between the brackets."""

import contextlib

import numpy as np
import pytest

import maskexpr
from maskexpr import Image, ProgramError, Table, compile, evaluate

RNG = np.random.default_rng(7)
IM = RNG.integers(0, 256, (30, 40)).astype(np.uint8)
TABLE = "t = measure(im > 150, area, solidity, centroid, mean_intensity, of=im); "


def rows(text, **given):
    return evaluate(TABLE + text, im=IM, **given)


def test_conditions_choose_rows():
    t = rows("t")
    for text, chosen in {
        "area > 5": t["area"] > 5,
        "area > median(area) & solidity < 0.9 | centroid_y < 3": (t["area"] > np.median(t["area"]))
        & (t["solidity"] < 0.9)
        | (t["centroid_y"] < 3),
        "label == 3": t["label"] == 3,
        "5 < area <= 9": (t["area"] > 5) & (t["area"] <= 9),
        "area in [2, 4]": np.isin(t["area"], [2, 4]),
        "mean_intensity > mean(im) * 2 + sqrt(area)": t["mean_intensity"] > IM.mean() * 2 + np.sqrt(t["area"]),
        "area > 2**40": np.zeros(t.rows, bool),
    }.items():
        with pytest.warns(maskexpr.MaskWarning) if "40" in text else contextlib.nullcontext():
            assert rows(f"t[{text}]") == t.chosen(chosen), text
            assert rows(f"count(t[{text}])") == np.count_nonzero(chosen)


def test_a_column_is_numbers_for_statistics_and_a_list_as_a_result():
    t = rows("t")
    assert rows('median(t["area"])') == np.median(t["area"])
    assert rows('max(t["area"] / t["solidity"])') == (t["area"] / t["solidity"]).max()
    assert rows('fraction(t["area"] > 3)') == np.mean(t["area"] > 3)
    assert rows('histogram(t["area"], 4)') is not None
    found = rows('t["area"]')
    np.testing.assert_array_equal(found, t["area"], strict=True)
    found[0] = 99  # an array of the caller's own
    np.testing.assert_array_equal(rows('t["area"] * 2'), t["area"] * 2)
    np.testing.assert_array_equal(rows('t["area"] > 3'), t["area"] > 3)
    np.testing.assert_array_equal(rows('t["area"][t["solidity"] > 0.9]'), t["area"][t["solidity"] > 0.9])
    both = rows('output t; output a = t["area"]; output again = t["area"]')
    assert both["again"] is not both["a"]
    assert not np.shares_memory(both["t"]["area"], both["a"])


def test_columns_win_over_other_names_and_all_else_keeps_its_meaning():
    t = rows("t")
    assert rows("k = 5; t[area > k]") == t.chosen(t["area"] > 5)
    assert rows("solidity = 5; t[area > solidity]") == t.chosen(t["area"] > t["solidity"])
    assert rows("t[area > k]", k=6) == t.chosen(t["area"] > 6)
    assert rows("t[area > area(im > 150) / count(t)]") == t.chosen(t["area"] > (IM > 150).sum() / t.rows)
    assert rows("input limit: number; t[area > limit]", limit=2) == t.chosen(t["area"] > 2)
    assert {i.name for i in compile(TABLE + "t[centroid_x > 3 & area > area_min]").inputs} == {"im", "area_min"}
    within = "t[area > count(keep(im > 150, area > 20))]"
    assert rows(within) == t.chosen(t["area"] > evaluate("count(keep(im > 150, area > 20))", im=IM))


def test_tables_go_through_defs():
    t = rows("t")
    assert rows("def large(t, n) = t[area > n & centroid_x < 20]; large(t, 4)") == t.chosen(
        (t["area"] > 4) & (t["centroid_x"] < 20)
    )
    assert rows('def typical(t) = median(t["area"]); typical(t)') == np.median(t["area"])
    assert rows("def cells(m) = measure(m, area)[area > 4]; count(cells(im > 150))") == (t["area"] > 4).sum()
    with pytest.raises(ProgramError, match="no column"):
        rows('def odd(t) = t["ared"]; odd(t)')


def test_sizes_and_lengths_are_compared_with_columns():
    im = Image(IM, spacing=0.5)
    text = "measure(im > 150, area, feret_max, centroid{})[{}]"
    wanted = evaluate(text.format("", "area >= 6 & centroid_y < 20 & feret_max > 3"), im=im)
    assert evaluate(text.format("", "area >= 1.5mm2 & centroid_y < 1cm & feret_max > 1.5mm"), im=im) == wanted
    units = text.format(', unit="um"', "area_um2 >= 1.5mm2 & centroid_y_um < 1cm & feret_max_um > 1500")
    assert evaluate(units, im=im)["label"].tolist() == wanted["label"].tolist()
    with pytest.raises(ProgramError, match="an area"):
        evaluate(text.format("", "centroid_y > 2mm2"), im=im)


def test_a_table_without_rows_has_its_columns():
    found = rows("t[area > 1000]")
    assert isinstance(found, Table)
    assert list(found) == list(rows("t"))
    assert {a.dtype for a in found.values()} == {a.dtype for a in rows("t").values()}
    assert found.rows == rows("count(t[area > 1000])") == rows('sum(t[area > 1000]["area"])') == 0
    assert evaluate("measure(m, area, centroid)", m=np.zeros((3, 4), bool)).rows == 0


def test_assert_and_units_of_the_program():
    assert rows("assert count(t) > 3; output n = count(t); output cells = t")["n"] == rows("count(t)")
    with pytest.raises(maskexpr.RunError, match="few"):
        rows('assert count(t) > 3000, "few"; t')


@pytest.mark.parametrize(
    "text",
    [
        't["area"]',
        '-t["area"]',
        't["area"][t["solidity"] > 0.9]',
        't["area"][t["solidity"] > 0.9] + 1',
        'where(t["area"] > 5, t["area"], 0)',
        't[area > 5]["label"] in [3, 5]',
        'isnan(t["mean_intensity"]) | t["area"] > 5',
        'def f(t) = t["area"] / t["solidity"]; f(t)',
        'def f(t) = t[area > 5]["area"]; f(t)',
    ],
)
def test_what_is_made_of_columns_is_a_result_too(text):
    assert compile(TABLE + text).outputs == ("result",)  # nothing is said before there are inputs
    found = rows(text)
    assert (type(found), found.ndim) == (np.ndarray, 1)


def test_samples_of_pixels_are_no_result():
    with pytest.raises(ProgramError, match="samples cannot be an output"):
        compile("input im: image; im[im > 3]")
