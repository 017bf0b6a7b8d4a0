"""What may stand in `measure(...)`, and which columns a table has by it."""

import numpy as np
import pytest

import maskexpr
from maskexpr import Image, ProgramError, compile, evaluate

M = np.array([[1, 1, 0, 1], [1, 1, 0, 0], [0, 0, 0, 1]], bool)
IM = np.arange(12, dtype=np.uint8).reshape(3, 4)


def columns(text, **given):
    return [(c.name, str(c.kind.dtype), c.unit) for c in compile(text).kind(**given).columns]


def test_the_label_comes_first_and_parts_are_named_by_their_axes():
    assert columns("measure(m, bbox, area)", m=M) == [
        ("label", "int32", ""),
        *((f"bbox_{part}", "int64", "") for part in ("y0", "x0", "y1", "x1")),
        ("area", "int64", ""),
    ]
    volume = np.zeros((2, 3, 4), bool)
    assert [c[0] for c in columns("measure(m, centroid)", m=volume)] == ["label", *(f"centroid_{a}" for a in "zyx")]
    four = np.zeros((2, 2, 3, 4), bool)
    names = ["label", "axis0", "bbox_z0", "bbox_y0", "bbox_x0", "bbox_z1", "bbox_y1", "bbox_x1"]
    assert [c[0] for c in columns('measure(m, bbox, axes="zyx")', m=four)] == names
    assert "bbox_axis0_1" in [c[0] for c in columns("measure(m, bbox)", m=four)]


@pytest.mark.parametrize(
    ("unit", "spacing", "text", "wanted"),
    [
        ("mm", 0.5, "area, centroid, solidity", ["area_mm2", "centroid_y_mm", "centroid_x_mm", "solidity"]),
        ("um", "0.5um", "perimeter, area", ["perimeter_um", "area_um2"]),
        ("px", None, "perimeter, area", ["perimeter", "area"]),
    ],
)
def test_a_unit_is_part_of_a_name(unit, spacing, text, wanted):
    m = Image(M, spacing=spacing)
    found = columns(f'measure(m, {text}, unit="{unit}")', m=m)[1:]
    assert [name for name, *_ in found] == wanted
    assert {u for name, _, u in found if name.rpartition("_")[2].rstrip("23") == unit} == (
        {w.rpartition("_")[2] for w in wanted if unit in w}
    )


def test_units_of_each_axis_are_their_own():
    m = np.zeros((2, 3, 4), bool)
    m[1, 1:, 2] = True
    found = evaluate('measure(m, volume, centroid, bbox, unit="mm")', m=Image(m, spacing=(2, 0.5, 0.25)))
    assert found["volume_mm3"].tolist() == [2 * 2 * 0.5 * 0.25]
    assert [found[f"centroid_{a}_mm"][0] for a in "zyx"] == [2, 0.75, 0.5]
    assert [found[f"bbox_{a}_mm"][0] for a in ("z0", "y0", "x0", "z1", "y1", "x1")] == [2, 0.5, 0.5, 4, 1.5, 0.75]
    assert found.units == {c: "mm3" if c == "volume_mm3" else "mm" for c in list(found)[1:]}


def test_images_of_a_list_give_columns_their_names():
    found = evaluate("measure(m, area, mean_intensity, max_intensity, of=[im, b])", m=M, im=IM, b=IM + 100)
    assert list(found)[2:] == [f"{p}_intensity_{n}" for p in ("mean", "max") for n in ("im", "b")]
    np.testing.assert_array_equal(found["mean_intensity_b"], found["mean_intensity_im"] + 100)
    alone = evaluate("measure(m, mean_intensity, of=[im])", m=M, im=IM)
    assert list(alone) == ["label", "mean_intensity_im"]
    assert list(evaluate("measure(m, percentile_intensity(97.5), of=im)", m=M, im=IM)) == [
        "label",
        "percentile_intensity_97_5",
    ]


def test_properties_win_over_other_names():
    text = "area = 3; solidity = m; measure(m, area, solidity)[area > 1]"
    with pytest.warns(maskexpr.MaskWarning, match="never used"):
        assert list(evaluate(text, m=M)) == ["label", "area", "solidity"]


def test_what_is_wrong_is_said_before_there_are_inputs():
    for text in ("measure(m, aera)", "measure(m, area, area)", "measure(m, mean_intensity)", "measure(m)"):
        with pytest.raises(ProgramError):
            compile(text)
    assert {i.name for i in compile("measure(m, area, of=[dapi, gfp])").inputs} == {"m", "dapi", "gfp"}


def test_columns_do_not_depend_on_data_but_on_where_it_may_lack():
    """A region without grey values has nan, whatever the image's type."""
    values = np.ma.array(IM, mask=IM == 3)
    found = evaluate("measure(m, area, max_intensity, mean_intensity, of=im)", m=M, im=values)
    assert found["max_intensity"].dtype == np.float64
    np.testing.assert_array_equal(found["max_intensity"], [5, np.nan, 11])
    np.testing.assert_array_equal(found["mean_intensity"], [2.5, np.nan, 11])
    whole = np.ma.array(IM, mask=np.zeros(IM.shape, bool))
    assert evaluate("measure(m, max_intensity, of=im)", m=M, im=whole)["max_intensity"].dtype in (np.uint8, np.float64)
    both = evaluate("measure(m, max_intensity, of=[im, b])", m=M, im=values, b=IM)
    assert (both["max_intensity_im"].dtype, both["max_intensity_b"].dtype) == (np.float64, np.uint8)
    assert both["max_intensity_b"].tolist() == [5, 3, 11]


def test_regions_without_data_have_no_rows():
    lab = np.ma.array([[1, 1, 2], [3, 0, 2]], mask=[[0, 1, 1], [0, 0, 1]], dtype=np.int32)
    found = evaluate("input lab: labels; measure(lab, area)", lab=lab)
    assert (found["label"].tolist(), found["area"].tolist()) == ([1, 3], [1, 1])


def test_a_table_is_no_input(rng):
    table = maskexpr.evaluate("measure(m, area)", m=rng.random((9, 9)) > 0.5)
    with pytest.raises(maskexpr.InputError, match="a table is measured by a program, not given to it"):
        maskexpr.evaluate("t > 3", t=table)
