"""Choices: the kinds that come of two values, and where they are spread."""

import numpy as np

from maskexpr import evaluate


def test_where_keeps_64_bit_integers_of_both_signs_exact() -> None:
    unsigned, signed = np.array([2**60 + 1, 3], np.uint64), np.array([-1, 2**60 + 3])
    found = evaluate("where(a > 5, a, b)", a=unsigned, b=signed)
    assert found.dtype == np.int64
    assert found.tolist() == [2**60 + 1, 2**60 + 3]


def test_where_of_labels_and_a_number_no_label_can_have_is_an_image() -> None:
    m = np.array([True, False])
    assert evaluate("where(m, label(m), 3000000000)", m=m).tolist() == [1, 3000000000]
    assert evaluate("where(m, label(m), 7)", m=m).dtype == np.int32


def test_where_of_numbers_gives_one_kind_of_number() -> None:
    assert repr(evaluate("where(any(m), 1, 2.5)", m=[True])) == "1.0"
    assert repr(evaluate("where(any(m), 1, 2)", m=[True])) == "1"


def test_where_spreads_a_grey_image_over_channels_whatever_the_condition() -> None:
    colour = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    grey, m = np.arange(20, dtype=np.uint8).reshape(4, 5), np.eye(4, 5, dtype=bool)
    spread = np.repeat(grey[..., np.newaxis], 3, axis=-1)
    mixed = np.where(m[..., np.newaxis], colour, spread)
    np.testing.assert_array_equal(evaluate("where(m, c, im)", m=m, c=colour, im=grey), mixed)
    np.testing.assert_array_equal(evaluate("where(any(m), im, c)", m=m, c=colour, im=grey), spread)
    np.testing.assert_array_equal(evaluate("where(all(m), im, c)", m=m, c=colour, im=grey), colour)
