"""Casts hold what NumPy's hold, and refuse what NumPy's would change."""

import re

import numpy as np
import pytest
import skimage.exposure
from helpers.each import each
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import maskexpr
from maskexpr import Image, RunError, evaluate

INTEGERS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
FLOATS = ["float16", "float32", "float64"]
ENDS = [n + d for bits in (7, 8, 15, 16, 31, 32, 53, 63, 64) for n in (2**bits, -(2**bits)) for d in (-1, 0, 1)]


@st.composite
def images(draw):
    dtype = np.dtype(draw(st.sampled_from([*INTEGERS, *FLOATS])))
    if dtype.kind == "f":
        values = st.one_of(
            st.integers(-300, 300).map(float),
            st.sampled_from([n for n in ENDS if abs(n) < 2**15 or dtype.itemsize > 2]).map(float),
            st.floats(width=8 * dtype.itemsize),
        )
    else:
        info = np.iinfo(dtype)
        values = st.one_of(
            st.integers(info.min, info.max), st.sampled_from([n for n in ENDS if info.min <= n <= info.max])
        )
    array = draw(hnp.arrays(object, draw(st.sampled_from([(1, 1), (3, 5), (40, 2)])), elements=values, fill=values))
    with np.errstate(over="ignore"):
        return array.astype(dtype)


def fits(value, dtype):
    """Whether a type holds a value, one by one and with Python's numbers."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return not np.isfinite(float(value)) or np.isfinite(dtype.type(value))
    info = np.iinfo(dtype)
    return np.isfinite(value) and value == int(value) and info.min <= int(value) <= info.max


@tried(150)
@given(images(), st.sampled_from([*INTEGERS, "float32", "float64"]))
def test_a_cast_is_numpys_where_all_values_fit_and_says_how_many_do_not(im, name):
    dtype = np.dtype(name)
    misfits = sum(not fits(value, dtype) for value in im.ravel().tolist())
    program = f"{name}(im)"
    if not misfits:
        result = evaluate(program, im=im)
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, im.astype(dtype))
        return
    with pytest.raises(maskexpr.MaskError) as caught:
        evaluate(program, im=im)
    found = caught.value.diagnostics[0]
    assert found.code == "cast"
    if isinstance(caught.value, RunError):  # else no value can fit, which is known before
        assert re.match(rf"{misfits} value", found.message)
    way_out = re.search(rf"{name}\(.*\)", found.hint)[0]
    assert evaluate(way_out, im=im).dtype == dtype


def test_a_misfit_anywhere_is_counted_once_whatever_the_strips():
    im = np.zeros((3000, 1000))
    im[::7, 3] = 0.5
    im[2999, 999] = 256
    with pytest.raises(RunError, match=r"430 values do not fit uint8, 0\.\.255: 1 outside, 429 with a fraction"):
        evaluate("uint8(im)", im=im)


def test_ranges_are_known_afterwards():
    im = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert evaluate("uint16(im) + 1", im=im).dtype == np.uint16
    assert evaluate("int16(im * 1.0) + 1", im=im).dtype == np.uint16  # 1..256
    with pytest.warns(maskexpr.MaskWarning, match="uint8, 0..255"):
        evaluate("uint8(im / 1) > 300", im=im)
    assert evaluate("uint8(7.0)") == 7
    assert evaluate("mean(uint8(im[im > 2]))", im=im) == 4
    assert evaluate("uint16(n)", n=Image(im, kind="labels")).dtype == np.uint16


# --- rescale ---------------------------------------------------------------------------------------------------------


@tried(60)
@given(
    hnp.arrays(np.float64, (4, 5), elements=st.floats(-1e6, 1e6)),
    st.tuples(st.integers(-300, 300), st.integers(-300, 300)),
    st.sampled_from(["float64", "float32", "int32", "uint8"]),
)
def test_rescale_is_that_of_scikit_image(im, target, name):
    im = np.abs(im).astype(name) if name == "uint8" else im.astype(name)
    start, stop = target
    result = evaluate(f"rescale(im, {start}, {stop})", im=im)
    assert result.dtype == (im.dtype if im.dtype.kind == "f" else np.float64)
    work = im.astype(np.float64)
    if im.min() == im.max():
        np.testing.assert_array_equal(result, start)
        return
    theirs = skimage.exposure.rescale_intensity(work, out_range=(start, stop))
    np.testing.assert_allclose(
        result, theirs, rtol=1e-6 if name == "float32" else 1e-12, atol=1e-4 if name == "float32" else 1e-9
    )
    assert {result.min(), result.max()} == {min(target), max(target)}


def test_rescale_reaches_eight_bits(im):
    result = evaluate("uint8(round(rescale(im, 0, 255)))", im=Image(im, kind="image"))
    assert result.dtype == np.uint8
    holed = np.array([[np.nan, 2, 4]])
    np.testing.assert_array_equal(evaluate("rescale(im, 10, 20)", im=holed), [[np.nan, 10, 20]])


def test_the_way_out_beside_pixels_without_data():
    im = Image(np.array([[-999.0, 1, 3.5]]), nodata=-999, kind="image")
    with pytest.raises(RunError) as caught:
        evaluate("fill(uint8(im), 0)", im=im)
    assert caught.value.hint == "write uint8(round(im))"
    np.testing.assert_array_equal(evaluate("fill(uint8(round(im)), 0)", im=im), [[0, 1, 4]])


@each("name", INTEGERS)
@each("dtype", ["float16", "float32", "float64"])
def test_the_way_out_is_one_at_the_ends_of_a_type(dtype, name):
    """As an image of few bits has no number between the largest of another type and the next of its own."""
    for value in (np.inf, -np.inf, 65504, -65504, 32768, 2**31, 2.0**63, 2.0**64, -1, 0.5):
        with np.errstate(over="ignore"):
            im = np.array([[value]]).astype(dtype)
        try:
            evaluate(f"{name}(im)", im=im)
        except maskexpr.MaskError as error:
            way_out = re.search(rf"{name}\(.*\)", error.diagnostics[0].hint)[0]
            assert evaluate(way_out, im=im).dtype == name
