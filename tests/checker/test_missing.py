"""Which pixels of an input have data, from what is said of it."""

import numpy as np
import pytest

import maskexpr
from maskexpr.checker.missing import equals, number_of


@pytest.mark.parametrize(
    ("values", "dtype", "nodata", "found"),
    [
        ([-32768, 0, 3], "int16", -32768, [True, False, False]),
        ([-32768, 0, 3], "int16", -32768.0, [True, False, False]),
        ([0, 1, 255], "uint8", -1, None),
        ([0, 1, 255], "uint8", 256, None),
        ([0, 1, 255], "uint8", 0.5, None),
        ([0, 1, 255], "uint8", float("nan"), None),
        ([0, 1, 255], "uint8", float("inf"), None),
        ([0.1, 1e20, np.inf], "float32", 0.1, [True, False, False]),
        ([0.1, 1e20, np.inf], "float32", 1e20, [False, True, False]),
        ([0.1, 1e20, np.inf], "float32", 1e300, None),
        ([0.1, 1e20, np.inf], "float32", float("inf"), [False, False, True]),
        ([0.1, np.nan], "float64", float("nan"), [False, True]),
        ([2**63, 2**63 - 1], "uint64", 2**63, [True, False]),
    ],
)
def test_a_number_is_compared_in_the_type_of_the_array(values, dtype, nodata, found):
    """One that the type does not hold stands for nothing."""
    holds = equals(np.array(values, dtype), nodata)
    assert (None if holds is None else holds.tolist()) == found


def test_numbers_are_plain():
    assert type(number_of(np.float32(3))) is float
    assert type(number_of(np.int16(3))) is int
    assert number_of(None) is None


@pytest.mark.parametrize(
    ("image", "valid"),
    [
        (maskexpr.Image([[0, 1], [2, 3]], nodata=0), [[0, 1], [1, 1]]),
        (maskexpr.Image([[0, 1], [2, 3]], valid=np.array([[1, 0], [1, 1]], bool)), [[1, 0], [1, 1]]),
        (maskexpr.Image([[0, 1], [2, 3]], valid=np.array([[1, 0], [1, 1]], bool), nodata=3), [[1, 0], [1, 0]]),
        (maskexpr.Image([[0.0, np.nan]]), [[1, 1]]),
        (maskexpr.Image([[0.0, np.nan]], nodata=np.nan), [[1, 0]]),
        (maskexpr.Image([[0, 1], [2, 3]], nodata=1, axes="xy"), [[1, 0], [1, 1]]),
        (np.ma.masked_equal([[0, 1], [2, 3]], 2), [[1, 1], [0, 1]]),
        (maskexpr.Image(np.ma.masked_equal([[0, 1], [2, 3]], 2), nodata=0, axes="xy"), [[0, 1], [0, 1]]),
        (np.ma.array([[0, 1]]), [[1, 1]]),
        (maskexpr.Image([[0, 5]], nodata=0, kind="labels"), [[1, 1]]),
        (maskexpr.Image([[0, 5]], nodata=5, kind="labels"), [[1, 0]]),
        (maskexpr.Image([[False, True]], nodata=0), [[1, 1]]),
        (maskexpr.Image([[[0, 0, 0], [0, 0, 1]]], kind="colour", nodata=0), [[0, 1]]),
        (maskexpr.Image(np.ma.masked_equal([[[0, 0, 0], [0, 0, 1]]], 1), kind="colour"), [[1, 0]]),
    ],
)
def test_where_an_input_has_data(image, valid):
    assert np.ma.getdata(maskexpr.evaluate("valid(im)", im=image)).astype(int).tolist() == valid


def test_a_mask_with_a_third_value_for_none():
    """It is off there, and no mask of more than two values."""
    image = maskexpr.Image(np.array([[0, 1, 255]], np.uint8), nodata=255)
    assert maskexpr.evaluate("input m: mask; m", m=image).tolist() == [[False, True, False]]
    assert maskexpr.evaluate("input m: mask; ~m", m=image).tolist() == [[True, False, False]]
