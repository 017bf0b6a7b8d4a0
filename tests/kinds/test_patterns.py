"""Patterns of decimal numbers in an interval, against the numbers themselves."""

import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from maskexpr.kinds.patterns import DIGITS, between

WHOLE = st.one_of(st.sampled_from(["0", "1", "9", "10", "99", "100", "4999", "5000"]), st.integers(0, 12345).map(str))
DECIMALS = st.text("0123459", max_size=4)


@st.composite
def written(draw):
    """A number as a person writes it, near the ends of others."""
    decimals = draw(DECIMALS)
    return draw(st.sampled_from(["", "", "-"])) + draw(WHOLE) + (f".{decimals}" if decimals else "")


@settings(max_examples=300, deadline=None)
@given(st.lists(written(), min_size=2, max_size=12), st.booleans(), st.booleans())
def test_a_number_matches_where_it_lies_between(texts, has_low, has_high):
    low, high = sorted(map(Fraction, texts[:2]))
    pattern = re.compile(f"^(?:{between(low if has_low else None, high if has_high else None)})$")
    for text in texts:
        value = Fraction(text)
        lies_between = (not has_low or low <= value) and (not has_high or value <= high)
        if value == 0 and text[0] == "-":  # a zero with a sign is written by nobody
            lies_between &= not has_low or low < 0
        assert bool(pattern.match(text)) == lies_between, (text, pattern.pattern)


def test_what_is_no_number_of_the_language_does_not_match():
    pattern = re.compile(f"^(?:{between(None, None)})$")
    for text in ("", "-", ".5", "5.", "1e3", "+1", "01", "1 ", "0x1", "1,5", "\uff19", "1" * (DIGITS + 1)):
        assert not pattern.match(text), text
    assert pattern.match("1" * DIGITS + "." + "1" * DIGITS)


def test_an_interval_beyond_what_is_written_matches_nothing():
    far = Fraction(10) ** 20
    assert re.compile(f"^(?:{between(far, 2 * far)})$").match("3") is None
