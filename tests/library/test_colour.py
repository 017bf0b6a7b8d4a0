"""Colour images of any number of channels, with names or without."""

import numpy as np
import pytest

import maskexpr
from maskexpr import Image, ProgramError, evaluate

NAMES = ["DAPI", "GFP", "a", "b", "c"]


@pytest.fixture
def stack(rng):
    return rng.integers(0, 60000, (3, 6, 7, 5)).astype(np.uint16)


@pytest.fixture
def named(stack):
    return Image(stack, kind="colour", channels=NAMES)


@pytest.mark.parametrize("i", range(5))
def test_a_channel_by_number_and_name(stack, named, i):
    for text in (f"channel(im, {i})", f"band(im, {i + 1})", f'channel(im, "{NAMES[i]}")', f'band(im, "{NAMES[i]}")'):
        np.testing.assert_array_equal(evaluate(text, im=named), stack[..., i])
    np.testing.assert_array_equal(evaluate(f"channel(im, {i}) > 9", im=named), stack[..., i] > 9)


def test_alpha():
    im = np.arange(8, dtype=np.uint8).reshape(1, 2, 4)
    np.testing.assert_array_equal(evaluate("alpha(im)", im=im), im[..., 3])
    odd = Image(im, kind="colour", channels=["alpha", "red", "green", "blue"])
    np.testing.assert_array_equal(evaluate("alpha(im)", im=odd), im[..., 0])
    usual = Image(im, kind="colour", channels=["Red", "Green", "Blue", "Alpha"])
    for text in ("gray(im)", "hue(im)", "saturation(im)", "value(im)", "red(im)", "alpha(im)"):
        np.testing.assert_array_equal(evaluate(text, im=usual), evaluate(text, im=im))


@pytest.mark.parametrize(
    ("text", "message", "way_out"),
    [
        ('channel(im, "X")', "no channel 'X': they are DAPI, GFP, a, b, c", "from 0 to 4"),
        ("band(im, 0)", "no channel 0 of 5", "from 1 to 5"),
        ("gray(im)", "its channels are DAPI, GFP, a, b, c", 'channel(im, "DAPI")'),
        ("value(im)", "no red, green and blue", 'channel(im, "DAPI")'),
        ("alpha(im)", "im has no alpha", "TIFF"),
        ("im > 3", "im has 5 channels", 'channel(im, "DAPI"); its channels are DAPI, GFP, a, b, c'),
        ("otsu(im)", "im has 5 channels", 'channel(im, "DAPI"); its channels are'),
        ("mean(im[channel(im, 0) > 3])", "im has 5 channels", 'channel(im, "DAPI")[channel(im, 0) > 3]'),
    ],
)
def test_what_takes_no_channels_lists_them(named, text, message, way_out):
    with pytest.raises(ProgramError) as caught:
        evaluate(text, im=named)
    found = caught.value.diagnostics[0]
    assert message in found.message
    assert way_out in found.hint


def test_channels_without_names_are_numbered(stack):
    with pytest.raises(ProgramError, match=r"channel\(im, 0\); its channels are 0 to 4"):
        evaluate("im > 3", im=Image(stack, kind="colour"))
    with pytest.raises(ProgramError, match="they have no names"):
        evaluate('channel(im, "red")', im=stack[0, ..., :3])
    for count in (1, 2, 5):
        im = Image(stack[..., :count], kind="colour")
        np.testing.assert_array_equal(evaluate("band(im, 1)", im=im), stack[..., 0])
        chosen = evaluate("where(channel(im, 0) > 9, im, 0)", im=im)
        np.testing.assert_array_equal(chosen, np.where(stack[..., :1] > 9, stack[..., :count], 0))


def test_a_mask_of_equal_channels():
    for count in (1, 2, 3, 5):
        im = Image(np.repeat(np.eye(3, dtype=np.uint8)[..., None], count, axis=2), kind="colour")
        assert evaluate("input im: mask; area(im)", im=im) == 3


def test_the_kind_names_the_channels(named):
    bound = maskexpr.compile("where(channel(im, 1) > 9, im, 0)").bind(im=named)
    assert "with channels DAPI, GFP, a, b, c" in bound.explain()
