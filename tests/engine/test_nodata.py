"""What stands in results where there is no data."""

import numpy as np
import pytest

import maskexpr
from maskexpr import Image
from maskexpr.inside import stages

VALUES = np.array([[1, 2, 3], [4, 5, 200]], np.uint8)
HOLED = Image(VALUES, nodata=3)


def results(text, **given):
    return stages(maskexpr.compile(text), given).results()


def test_masks_are_off_labels_0_and_say_where_they_have_data():
    for text in ("~(im > 9)", "label(im > 1)"):
        (result,) = results(text, im=HOLED).values()
        assert not result.value[0, 2]
        assert result.valid.tolist() == [[True, True, False], [True, True, True]]
        assert result.nodata is None


@pytest.mark.parametrize(
    ("text", "nodata", "wanted", "number"),
    [
        ("im", 3, [[1, 2, 3], [4, 5, 200]], 3),
        ("im * 2", 3, [[2, 4, 3], [8, 10, 400]], 3),
        ("im / 1", 3, [[1, 2, 3], [4, 5, 200]], 3),
        ("im + 0.0", 3, [[1, 2, 3], [4, 5, 200]], 3),
        ("where(im == 5, 3, im) + 0.0", 3, [[1, 2, np.nan], [4, 3, 200]], np.nan),
        ("fill(im, 9) + 0.0", 3, [[1, 2, 9], [4, 5, 200]], None),
        ("im[:, :2]", 3, [[1, 2], [4, 5]], None),
    ],
)
def test_images_hold_the_number_for_none_where_no_other_pixel_does(text, nodata, wanted, number):
    (result,) = results(text, im=Image(VALUES, nodata=nodata)).values()
    assert np.array_equal(result.value, wanted, equal_nan=True)
    assert (result.valid is None) == (number is None)
    assert str(result.nodata) == str(number)


def test_the_number_is_that_of_the_input_a_result_is_made_of():
    a, b = Image(VALUES, nodata=3), Image(VALUES, nodata=200)
    found = results("output p = b + 0; output q = a + 0; output c = a + b", a=a, b=b)
    assert [found[name].nodata for name in "pqc"] == [200, 3, 3]


def test_masked_arrays_come_back_masked_and_nothing_given_is_changed():
    im = np.ma.masked_equal(VALUES, 3)
    before = im.data.copy(), im.mask.copy()
    text = "output m = im > 1; output s = im + 1; output n = sum(im); output f = fill(im, 0)"
    found = maskexpr.compile(text)(im=im)
    assert found["m"].tolist() == [[False, True, None], [True, True, True]]
    assert found["s"].tolist() == [[2, 3, None], [5, 6, 201]]
    assert found["n"] == 212
    assert found["f"].tolist() == [[1, 2, 0], [4, 5, 200]]
    assert all(isinstance(found[name], np.ma.MaskedArray) for name in "msf")
    assert np.array_equal(im.data, before[0])
    assert np.array_equal(im.mask, before[1])


def test_colours_have_data_where_all_channels_have():
    rgb = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    im = np.ma.array(rgb, mask=rgb == 4)
    found = maskexpr.evaluate("where(red(im) > 9, im, 0)", im=im)
    assert np.ma.getmaskarray(found)[..., 0].tolist() == [[False, True, False, False], [False] * 4]
    (result,) = results("im", im=Image(rgb, nodata=255, valid=rgb[..., 0] > 0)).values()
    assert result.value[0, 0].tolist() == [255] * 3


def test_a_colour_is_the_number_where_all_its_channels_are():
    """As it lacks data where it is read: 0 in one channel is no reason against 0 for none."""
    rgb = np.array([[[0, 0, 0], [255, 0, 0], [0, 9, 9]]], np.uint8)
    (result,) = results("where(x >= 0, im, 0)", im=Image(rgb, nodata=0)).values()
    assert (result.nodata, result.valid.tolist(), result.value.tolist()) == (0, [[False, True, True]], rgb.tolist())
    with pytest.raises(maskexpr.RunError, match="no number of uint8"):
        results("where(red(im) == 255, 0, im)", im=Image(rgb, nodata=0))


def test_what_is_stored_has_data_as_a_result_too():
    (result,) = results("stored(im)", im=HOLED).values()
    assert (result.valid, result.value.tolist()) == (None, VALUES.tolist())
    found = maskexpr.compile("output s = stored(im); output im")(im=np.ma.masked_equal(VALUES, 3))
    assert [np.ma.getmaskarray(found[name]).any() for name in ("s", "im")] == [False, True]


def test_a_refusal_quotes_what_was_written():
    with pytest.raises(
        maskexpr.RunError, match=r"5 values do not fit.*\n.*\n *\^{8}\n  write uint8\(clip\(im \* 300, 0, 255"
    ):
        maskexpr.evaluate("uint8(im * 300)", im=HOLED)
    bound = maskexpr.compile("im > sum(im)").bind(im=np.ma.array(VALUES, mask=True))
    bound.run()
    assert "fill(im, 0)" in bound.warnings[0].render()  # a number cannot be filled


@pytest.mark.parametrize(
    "text",
    [
        "mean(im)",
        "im > otsu(im)",
        "equalize(im)",
        "normalize(im)",
        "rescale(im, 0, 1)",
        "fraction(im > 3)",
        "im > max(im)",
    ],
)
def test_where_no_pixel_has_data_that_is_said(text):
    nothing = Image(VALUES, valid=np.zeros((2, 3), bool))
    image = "im > 3" if "fraction" in text else "im"
    with pytest.raises(maskexpr.RunError, match=f"no pixel of {image} has data, so there is nothing to measure"):
        maskexpr.evaluate(text, im=nothing)
    with pytest.raises(maskexpr.RunError, match=r"no pixel of \(im - 1\)\[im > 1\] has data[^@]*fill\(im - 1, 0\)"):
        maskexpr.evaluate("mean((im - 1)[im > 1])", im=nothing)  # samples cannot be filled
    bound = maskexpr.compile("im > sum((im - 1)[im > 1])").bind(im=nothing)
    bound.run()
    assert "fill(im - 1, 0)" in bound.warnings[0].render()
    with pytest.raises(maskexpr.RunError, match="how the mask is made"):
        maskexpr.evaluate("im > otsu(im, within=im > 200)", im=HOLED)


def test_fortran_order_and_views_give_the_same():
    rng = np.random.default_rng(0)
    values, valid = rng.integers(0, 99, (13, 17)).astype(np.uint8), rng.random((13, 17)) < 0.8
    text = "output a = dilate(im > 50, 2); output b = mean(im, axes='x'); output c = open(im)"
    program = maskexpr.compile(text)
    wanted = program(im=np.ma.array(values, mask=~valid))
    for turned in (np.asfortranarray, lambda a: np.repeat(a, 2, axis=1)[:, ::2], lambda a: a[::-1].copy()[::-1]):
        found = program(im=np.ma.array(turned(values), mask=turned(~valid)))
        for name, value in wanted.items():
            assert np.array_equal(found[name].mask, value.mask)
            assert np.array_equal(found[name].filled(0), value.filled(0))
