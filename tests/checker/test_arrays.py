"""An input's array: the kind that it is, from what a caller gives."""

from typing import Any

import numpy as np
import pytest
from helpers.each import each

from maskexpr.checker.arrays import Image, input_value
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.ranges import LABEL_NUMBERS
from maskexpr.program.steps import InputInfo

FREE = InputInfo("im")


@each("declared", [None, "image", "labels", "mask", "colour"])
@each("dtype", ["uint8", "int16", "uint32", "float32", "bool"])
@each("shape", [(3, 4), (3, 4, 3), (2, 3, 4)])
def test_a_shape_and_a_type_say_what_the_array_says(shape: tuple[int, ...], dtype: str, declared: str | None) -> None:
    info = InputInfo("im", declared)

    def kind(value: Any) -> Any:
        try:
            return input_value(info, value, run=False)[1]
        except Refused as refused:
            return refused.mistake, refused.fields

    assert kind((shape, dtype)) == kind(np.zeros(shape, dtype))


def test_64_bit_ranges_are_measured_others_are_those_of_the_type() -> None:
    assert input_value(FREE, np.array([3, 2**40]), run=True)[1].range == (3, 2**40)
    assert input_value(FREE, np.array([3, 4], np.uint16), run=True)[1].range == (0, 65535)
    assert input_value(FREE, ((2,), "uint64"), run=False)[1].range == (0, 2**32 - 1)


def test_two_values_are_a_mask_where_one_is_declared() -> None:
    array, kind, _ = input_value(InputInfo("m", "mask"), np.array([0, 255, 0]), run=True)
    assert (array.tolist(), kind.name, kind.dtype, kind.range) == ([False, True, False], "mask", bool, None)
    with pytest.raises(Refused):
        input_value(InputInfo("m", "mask"), np.array([0, 255, 1]), run=True)


def test_labels_are_32_bit_whatever_they_came_in() -> None:
    array, kind, _ = input_value(InputInfo("m", "labels"), np.array([0, 7], np.uint64), run=True)
    assert (array.dtype, kind.range) == (np.int32, LABEL_NUMBERS)
    for beyond in ([-1, 0], [0, 2**31]):
        with pytest.raises(Refused):
            input_value(InputInfo("m", "labels"), np.array(beyond), run=True)


def test_a_foreign_byte_order_becomes_our_own() -> None:
    array, kind, _ = input_value(FREE, np.array([1, 2], ">u2"), run=True)
    assert array.dtype.isnative
    assert kind.dtype == np.uint16


def test_the_way_out_names_the_input() -> None:
    with pytest.raises(Refused) as caught:
        input_value(InputInfo("seen", "mask"), Image(np.zeros((3, 3, 3), np.uint8), kind="labels"), run=True)
    assert caught.value.fields["way_out"] == "make one with a comparison: declare it image and write seen > 0"


@pytest.mark.parametrize("spacing", [0.5, "0.5mm", ["500um", 0.5]])
def test_a_spacing_is_one_for_all_axes_or_one_for_each(spacing: Any) -> None:
    assert input_value(FREE, Image(np.zeros((2, 2)), spacing), run=True)[1].spacing == (0.5, 0.5)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i4", "u8", "f4", "f8", ">i2"])
def test_masks_have_one_value_beside_0(dtype: str) -> None:
    """Whichever it is, but for nan, which is equal to none."""
    values = [[0, 0], [1, 1], [0, 255], [0, -1], [1, 2], [0, 1, 2], [-1, 1], [-1, 0, 1], [-0.0, 3]]
    values += [[0, np.nan], [np.nan, 1], [0, np.inf], [-np.inf, 0, np.inf]] if dtype[0] == "f" else []
    for some in values:
        array = np.array(some * 3).astype(dtype).reshape(3, -1)
        others = {value for value in array.ravel().tolist() if value != 0}
        if len(others) > 1 or any(value != value for value in others):
            with pytest.raises(Refused):
                input_value(InputInfo("m", "mask"), array, run=True)
        else:
            mask, _, _ = input_value(InputInfo("m", "mask"), array, run=True)
            np.testing.assert_array_equal(mask, array != 0)
