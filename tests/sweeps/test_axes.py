"""What is tried of a param: exact decimals, both ends, and texts that mean the same in a program."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.kinds.quantity import Quantity
from maskexpr.program.steps import ParamInfo
from maskexpr.sweeps.axes import axis_of, example_of, read_axis, wider

PROGRAM = maskexpr.compile(
    """
param low = 32 in 0..255
param free = -3
param share = 0.5 in 0..1
param waist = 1.5
param wide = 2 in 0.5..20
param reach = 1mm in 0mm..5mm
param size = 20mm2 in 1mm2..1m2
param around = 12px in 1px..100px
param shape = "disk" in "disk", "square"
param title = "a"
param on = true
output m = open(im > low, reach, shape)
"""
)
INFOS = {info.name: info for info in PROGRAM.params}


def values(name: str, text: str, *, sampled: bool = False) -> list[Any]:
    return [setting.value for setting in read_axis(INFOS[name], text, sampled=sampled).settings]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("low", "20..60:10", [20, 30, 40, 50, 60]),
        ("low", "20..59:10", [20, 30, 40, 50]),
        ("low", "250..255", [250, 251, 252, 253, 254, 255]),
        ("low", "0x10..0x12", [16, 17, 18]),
        ("low", "10,20,40", [10, 20, 40]),
        ("low", "10,20..22,40", [10, 20, 21, 22, 40]),
        ("low", "7", [7]),
        ("low", "7..7", [7]),
        ("free", "-5..-3", [-5, -4, -3]),
        ("share", "0.1..0.3:0.1", [0.1, 0.2, 0.3]),
        ("share", "0..1:0.25", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("share", "1e-3..3e-3:1e-3", [0.001, 0.002, 0.003]),
        ("wide", "1..3:1", [1.0, 2.0, 3.0]),
        ("around", "8px..12px:2px", [8, 10, 12]),
        ("reach", "1mm..2mm:0.5mm", [Quantity(Fraction(n, 2), 1) for n in (2, 3, 4)]),
        ("reach", "1mm..2mm:500um", [Quantity(Fraction(n, 2), 1) for n in (2, 3, 4)]),
        ("size", "1cm2..2cm2:1cm2", [Quantity(Fraction(n), 2) for n in (100, 200)]),
        ("shape", "disk,square", ["disk", "square"]),
        ("title", "a..b", ["a..b"]),
        ("on", "true,false", [True, False]),
    ],
)
def test_what_is_written_for_a_param(name: str, text: str, expected: list[Any]) -> None:
    found = values(name, text)
    assert found == expected
    assert [type(value) for value in found] == [type(value) for value in expected]


NO_STEP = "write share=0.1..0.3:0.02, or try some values of it: --samples 200"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("low", "60..20", "low=60..20 begins behind its end; write low=20..60"),
        ("low", "60..20:4", "low=60..20 begins behind its end; write low=20..60:4"),
        ("low", "0..300", "low cannot be 300; it is a whole number in 0..255"),
        ("low", "0..9:0", "the step 0 of low is not above 0; write low=0..9:1"),
        ("low", "0..100:-4", "the step -4 of low is not above 0; write low=0..100:10"),
        ("low", "0..100:", "the step '' of low is not above 0; write low=0..100:10"),
        ("low", "0..100:1:2", "the step 1:2 of low is not above 0; write low=0..100:10"),
        ("low", "0..9:0.5", "low is a whole number, and 0.5 is no whole step; write low=0..9"),
        ("low", "0..", "low cannot be ''; it is a whole number in 0..255"),
        ("low", "0..9:1mm", "the step 1mm of low is of another kind than 0..9; write low=0..9:1"),
        ("low", "3,4,3", "low is given the value 3 twice; delete one of the two"),
        ("low", "3,", "low cannot be ''; it is a whole number in 0..255"),
        ("low", "0..1_0", "low cannot be 1_0; it is a whole number in 0..255"),
        ("share", "0.1..0.3", f"share=0.1..0.3 has no step; {NO_STEP}"),
        ("share", "0..1e-999", "share cannot be 1e-999; it is a number in 0..1"),
        (
            "share",
            "0..1:0.00001",
            "share=0..1:0.00001 are 100,001 values; take a larger step, or try some of them: --samples 200",
        ),
        ("reach", "1mm..2mm:0.5", "the step 0.5 of reach is of another kind than 1mm..2mm; write reach=1mm..2mm:0.1mm"),
        ("reach", "1..2:0.5", "reach cannot be 1; it is a length such as 2mm in 0mm..5mm"),
        ("on", "true..false", "on takes no numbers, so true..false is no range of it; write its values: on=true,false"),
        ("shape", "disk,oval", "shape cannot be 'oval'; it is one of disk, square"),
    ],
)
def test_what_cannot_be_tried(name: str, text: str, message: str) -> None:
    with pytest.raises(maskexpr.InputError) as caught:
        read_axis(INFOS[name], text, sampled=False)
    assert str(caught.value) == f"error: {message}"


def test_a_stretch_is_sampled_finely_and_ends_where_it_ends() -> None:
    found = values("share", "0.1..0.3", sampled=True)
    assert 1000 <= len(found) <= 2501
    assert (found[0], found[-1]) == (0.1, 0.3)
    assert len(values("share", "0.5..0.5", sampled=True)) == 1


decimals = st.decimals(-1000, 1000, allow_nan=False, places=3)


@given(decimals, decimals.filter(lambda d: d >= 0), st.decimals("0.001", 50, allow_nan=False, places=3))
def test_ranges_are_those_of_exact_decimals(low: Decimal, width: Decimal, step: Decimal) -> None:
    info = ParamInfo("p", 0.5)
    count = int(width / step) + 1
    if count > 10_000:
        return
    settings = read_axis(info, f"{low}..{low + width}:{step}", sampled=False).settings
    assert [setting.value for setting in settings] == [float(low + i * step) for i in range(count)]
    for setting in settings[:: max(1, count // 5)]:
        program = maskexpr.compile(f"param p = {setting.text}; im > p")
        assert program.params[0].default == setting.value
        assert not program.params[0].whole


@given(st.floats(1e-28, 1e28) | st.floats(-1e28, -1e-28))
def test_any_float_is_written_as_itself(value: float) -> None:
    (setting,) = axis_of(ParamInfo("p", 0.5), value, sampled=False).settings
    assert maskexpr.compile(f"param p = {setting.text}; im > p").params[0].default == value


@pytest.mark.parametrize("name", INFOS)
def test_the_example_for_a_param_can_be_written(name: str) -> None:
    option, text = example_of(INFOS[name]).split("=", 1)
    assert option == f"-p {name}"
    assert len(values(name, text)) > (1 if name != "title" else 0)


@pytest.mark.parametrize(
    ("name", "text", "example"),
    [
        ("low", "20..60:4", "-p low=40..80:4"),
        ("low", "20..240:4", "-p low=132..252:4"),
        ("low", "10,20,40", "-p low=26..54:2"),
        ("share", "0.1..0.3:0.1", "-p share=0.2..0.4:0.1"),
        ("reach", "1mm..3mm:0.5mm", "-p reach=2mm..4mm:0.5mm"),
        ("reach", "1mm..4.5mm:500um", "-p reach=3mm..5mm:0.5mm"),
    ],
)
def test_a_wider_range_has_the_edge_in_its_middle(name: str, text: str, example: str) -> None:
    axis = read_axis(INFOS[name], text, sampled=False)
    found = wider(axis, axis.settings[-1].value)
    values(name, found.split("=", 1)[1])  # it can be tried
    assert found == example


def test_values_in_python() -> None:
    assert [s.value for s in axis_of(INFOS["low"], range(20, 61, 20), sampled=False).settings] == [20, 40, 60]
    assert [s.value for s in axis_of(INFOS["low"], "20..60:20", sampled=False).settings] == [20, 40, 60]
    assert [s.value for s in axis_of(INFOS["wide"], [1, 2.5], sampled=False).settings] == [1.0, 2.5]
    assert [s.text for s in axis_of(INFOS["wide"], [1, 2.5], sampled=False).settings] == ["1.0", "2.5"]
    assert [s.text for s in axis_of(INFOS["reach"], ["1mm", "250um"], sampled=False).settings] == ["1mm", "0.25mm"]
    for wrong in ([], range(10_001), [3, 3], [300], [2.5], "3,3"):
        with pytest.raises(maskexpr.InputError):
            axis_of(INFOS["low"], wrong, sampled=False)


PIECES = [
    "0",
    "1",
    "5",
    "60",
    "0.1",
    "1e-3",
    "1e30",
    "-2",
    "0x1f",
    "1mm",
    "2um",
    "3px",
    "20mm2",
    "..",
    ":",
    ",",
    "e",
    " ",
]


@given(st.sampled_from(sorted(INFOS)), st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=9))
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    for sampled in (False, True):
        try:
            axis = read_axis(INFOS[name], text, sampled=sampled)
        except maskexpr.InputError:
            continue
        assert axis.settings
        for setting in axis.settings[:3]:
            if not isinstance(setting.value, str):
                assert values(name, setting.text) == [setting.value]
