"""Measures of masks from counted bits."""

import numpy as np
import pytest
from helpers.each import each
from helpers.one_step import expect_body, method

from maskexpr import Image


@each("text", ["area(m)", "fraction(m)", "any(m)", "all(m)"])
def test_masks_are_counted_as_bytes_and_as_bits(mask, text):
    expect_body(text, "plain", "packed", m=mask)
    made = method(text, m=mask)
    assert made.whole
    assert made.word == ("bits counted" if text in ("area(m)", "fraction(m)") else "looked at until it is known")


@each("text", ["bbox(m)", 'bbox(m, "mm")'])
def test_boxes_of_bytes_and_of_bits(mask, text):
    if mask.any():
        expect_body(text, "plain", "packed", m=Image(mask, spacing=0.3))


@each("text", ["area(im > 3)", "fraction(im > 3)", "any(im > 3)", "all(im > 3)"])
@pytest.mark.parametrize(("side", "is_few"), [(512, True), (1024, False)])
def test_few_pixels_are_counted_in_the_form_they_come_in(side, is_few, text):
    made = method(text, im=np.zeros((side, side), np.uint8))
    assert made.packed is not None
    assert (made.plain is not None) is is_few


@pytest.mark.parametrize(("text", "spacing"), [('area(m, "mm2")', [0.5, 0.3]), ('area(m, "um2")', 2), ("area(m)", 3)])
def test_areas_in_a_unit(text, spacing):
    expect_body(text, "plain", "packed", m=Image(np.random.default_rng(1).random((9, 70)) < 0.3, spacing=spacing))


@pytest.mark.parametrize("text", ["any(m[k])", "all(m[k])", "fraction(m[k])"])
def test_samples_have_no_bits(text):
    assert method(text, m=np.eye(5, dtype=bool), k=np.ones((5, 5), bool)).word == "plain body"
